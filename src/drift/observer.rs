//! Adds a payload to the statistics of its fields.

use memchr::memchr2;

use super::field::Field;
use super::field_state::{FieldId, Kind, NOWHERE};
use super::field_table::{FieldTable, MAX_NAME};
use super::long::Long;
use super::scalars::{HEAD, decoded};
use crate::schema::model::Subschemas;
use crate::validate::Promises;

/// The longest number that is read.
const MAX_NUMBER: usize = 1 << 16;

/// Sees payloads that were validated, or are validated meanwhile, in one pass over their bytes. It keeps
/// counts, and of a payload no more than how deep it is in it.
pub(super) struct Observer<'s> {
    locations: FieldTable<'s>,
    /// A key and a text that together stand for an omission.
    elision: Option<(&'static str, &'static str)>,
    /// Whether 2.0 is no integer.
    as_written: bool,
    /// The objects and arrays around.
    stack: Vec<Frame>,
    /// Where the next value stands; nowhere when it is not looked at.
    here: FieldId,
    want: Want,
    /// A string of which more comes.
    long: Option<Long>,
    payload: u64,
    objects: u64,
    /// Fields that had objects in this payload.
    touched: Vec<FieldId>,
    /// The text is no JSON after all.
    broken: bool,
}

/// An object or array that has not ended.
#[derive(Clone, Copy)]
struct Frame {
    location: FieldId,
    is_object: bool,
    /// The member before.
    member: FieldId,
    /// Which object of all it is.
    object: u64,
    items: i64,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq)]
enum Want {
    Value,
    /// A key, or the end of the object.
    Key,
    /// An item, or the end of the array.
    Item,
    /// The colon behind a key that was too long to be held.
    Colon,
    /// A comma, or the end.
    Comma,
    /// Nothing any more.
    Nothing,
}

/// What stands between two quotes.
enum Quoted {
    /// It ends before this index; whether it has escapes.
    Until(usize, bool),
    /// More has to come.
    Open,
}

impl<'s> Observer<'s> {
    pub(super) fn new(root: Option<Subschemas<'s>>, promises: &Promises, as_written: bool) -> Self {
        Self {
            locations: FieldTable::new(root, promises.secrets.clone()),
            elision: promises.elision,
            as_written,
            stack: Vec::new(),
            here: 0,
            want: Want::Value,
            long: None,
            payload: 0,
            objects: 0,
            touched: Vec::new(),
            broken: false,
        }
    }

    /// Adds a payload that is JSON.
    pub(super) fn observe(&mut self, text: &[u8]) {
        self.begin();
        self.go_on(text, true);
        self.end();
    }

    /// Begins a payload.
    pub(super) fn begin(&mut self) {
        self.stack.clear();
        self.touched.clear();
        (self.here, self.want, self.long, self.broken) = (0, Want::Value, None, false);
        self.payload += 1;
    }

    /// Ends it; false when it was not whole.
    pub(super) fn end(&mut self) -> bool {
        let touched = std::mem::take(&mut self.touched);
        self.locations.payload_ends(&touched);
        self.touched = touched;
        !self.broken && self.want == Want::Nothing
    }

    /// Values of fields for which there was no room.
    pub(super) fn beyond(&self) -> u64 {
        self.locations.beyond
    }

    /// What was seen.
    pub(super) fn finish(mut self) -> Field {
        self.locations.take(0)
    }

    /// Looks at a part of the payload and says how much of it is done with: the rest is to come again, with
    /// what follows it.
    pub(super) fn go_on(&mut self, text: &[u8], is_last: bool) -> usize {
        let mut at = 0;
        if self.long.is_some() {
            at = self.go_on_in_string(text);
        }
        while !self.broken && self.long.is_none() {
            while text.get(at).is_some_and(|byte| *byte <= b' ') {
                at += 1;
            }
            let Some(&byte) = text.get(at) else { return at };
            let step = match self.want {
                Want::Key if byte == b'"' => self.key(text, at),
                Want::Key | Want::Comma if byte == b'}' => Some(self.close(true, at)),
                Want::Item | Want::Comma if byte == b']' => Some(self.close(false, at)),
                Want::Comma if byte == b',' => {
                    let object = self.stack.last().is_some_and(|frame| frame.is_object);
                    self.want = if object { Want::Key } else { Want::Item };
                    Some(at + 1)
                }
                Want::Colon if byte == b':' => {
                    self.want = Want::Value;
                    Some(at + 1)
                }
                Want::Value | Want::Item => {
                    if self.want == Want::Item {
                        self.item();
                    }
                    self.value(byte, text, at, is_last)
                }
                _ => {
                    self.broken = true;
                    Some(at)
                }
            };
            match step {
                Some(next) => at = next,
                // A token that is not whole.
                None if is_last => self.broken = true,
                None => return at,
            }
        }
        if self.broken { text.len() } else { at }
    }

    /// The next value is an item of the array around.
    fn item(&mut self) {
        let Some(frame) = self.stack.last_mut() else { return };
        if frame.location == NOWHERE {
            self.here = NOWHERE;
            return;
        }
        self.here = self.locations.items(frame.location).unwrap_or(NOWHERE);
    }

    /// A key and its colon.
    fn key(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let frame = *self.stack.last()?;
        if frame.location == NOWHERE {
            let Quoted::Until(end, _) = self.quoted(text, at, true)? else { return Some(text.len()) };
            let colon = colon_behind(text, end)?;
            return Some(self.found(NOWHERE, colon));
        }
        let expected = match frame.member {
            NOWHERE => self.locations.at(frame.location).first,
            member => self.locations.at(member).next,
        };
        if expected != NOWHERE {
            let child = self.locations.at(expected);
            if child.parent == frame.location
                && let Some(length) = child.key_of(&text[at..])
            {
                return Some(self.found(expected, at + length));
            }
        }
        let Quoted::Until(end, escaped) = self.quoted(text, at, true)? else { return Some(text.len()) };
        let colon = colon_behind(text, end)?;
        let raw = &text[at + 1..end];
        let known = if escaped { None } else { self.locations.known_member(frame.location, raw) };
        let child = known.or_else(|| self.locations.member(frame.location, &decoded(raw, escaped)));
        let child = child.unwrap_or(NOWHERE);
        if child != NOWHERE {
            match frame.member {
                NOWHERE => self.locations.at(frame.location).first = child,
                member => self.locations.at(member).next = child,
            }
        }
        Some(self.found(child, colon))
    }

    /// The next value is that of this member.
    #[inline]
    fn found(&mut self, mut child: FieldId, behind: usize) -> usize {
        if let Some(frame) = self.stack.last_mut()
            && child != NOWHERE
        {
            frame.member = child;
            let location = self.locations.at(child);
            // Of a key that stands twice the first value counts.
            if location.object == frame.object && !location.is_shared {
                child = NOWHERE;
            } else {
                location.object = frame.object;
            }
        }
        (self.here, self.want) = (child, Want::Value);
        behind
    }

    fn value(&mut self, first: u8, text: &[u8], at: usize, is_last: bool) -> Option<usize> {
        match first {
            b'"' => return self.string(text, at),
            b'{' | b'[' => return Some(self.open(first == b'{', at)),
            _ => {}
        }
        let (end, counted) = match first {
            b'n' => (at + 4, Kind::Null),
            b't' => (at + 4, Kind::Boolean),
            b'f' => (at + 5, Kind::Boolean),
            _ => {
                let length = text[at..].iter().take_while(|byte| !ends_number(**byte)).count();
                self.broken |= length == 0 || length > MAX_NUMBER;
                // A number ends where something else begins.
                if at + length == text.len() && !is_last && !self.broken {
                    return None;
                }
                if self.here != NOWHERE {
                    self.locations.at(self.here).number(&text[at..at + length], self.as_written);
                }
                return Some(self.done(at + length));
            }
        };
        if end > text.len() {
            return None;
        }
        if self.here != NOWHERE {
            match counted {
                Kind::Boolean => self.locations.at(self.here).boolean(first == b't'),
                _ => self.locations.at(self.here).count(counted),
            }
        }
        Some(self.done(end))
    }

    fn string(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let Quoted::Until(end, escaped) = self.quoted(text, at, false)? else { return Some(text.len()) };
        if self.here != NOWHERE {
            let raw = &text[at + 1..end];
            if !self.is_omission(raw) {
                let payload = self.payload;
                self.locations.at(self.here).string(raw, escaped, payload);
            }
        }
        Some(self.done(end + 1))
    }

    fn is_omission(&mut self, raw: &[u8]) -> bool {
        let Some((key, omitted)) = self.elision else { return false };
        raw == omitted.as_bytes() && self.locations.at(self.here).is_unlisted(key)
    }

    /// A value has ended.
    #[inline]
    fn done(&mut self, behind: usize) -> usize {
        match self.stack.last_mut() {
            Some(frame) => {
                frame.items += 1;
                self.want = Want::Comma;
            }
            None => self.want = Want::Nothing,
        }
        behind
    }

    fn open(&mut self, is_object: bool, at: usize) -> usize {
        self.objects += 1;
        let (location, object) = (self.here, self.objects);
        if location != NOWHERE {
            let known = self.locations.at(location);
            if is_object && known.payload != self.payload {
                known.payload = self.payload;
                known.objects_before = known.counts[Kind::Object as usize];
                known.by_payload.payloads_with_object += 1;
                self.touched.push(location);
            }
            known.count(if is_object { Kind::Object } else { Kind::Array });
        }
        self.stack.push(Frame { location, is_object, member: NOWHERE, object, items: 0 });
        self.want = if is_object { Want::Key } else { Want::Item };
        at + 1
    }

    fn close(&mut self, is_object: bool, at: usize) -> usize {
        let frame = self.stack.pop().filter(|frame| frame.is_object == is_object);
        let Some(frame) = frame else {
            self.broken = true;
            return at;
        };
        if !is_object && frame.location != NOWHERE {
            self.locations.at(frame.location).count_items(frame.items);
        }
        self.done(at + 1)
    }

    /// The string that begins at a quote. One that is longer than what can be seen is taken as it comes.
    fn quoted(&mut self, text: &[u8], at: usize, is_key: bool) -> Option<Quoted> {
        let begin = at + 1;
        let mut from = begin;
        let mut escaped = false;
        loop {
            match memchr2(b'"', b'\\', text.get(from..).unwrap_or_default()) {
                Some(offset) if text[from + offset] == b'"' => {
                    return Some(Quoted::Until(from + offset, escaped));
                }
                Some(offset) => {
                    escaped = true;
                    from += offset + 2;
                }
                None if text.len() - begin <= HEAD.max(MAX_NAME) => return None,
                None => break,
            }
        }
        self.long = Some(Long { is_key, ..Long::default() });
        self.go_on_in_string(&text[begin..]);
        Some(Quoted::Open)
    }

    /// More of a long string; says where it ends, or how much there is.
    fn go_on_in_string(&mut self, text: &[u8]) -> usize {
        let Some(mut long) = self.long.take() else { return 0 };
        let end = long.take(text);
        let Some(end) = end else {
            self.long = Some(long);
            return text.len();
        };
        if !long.is_key {
            if self.here != NOWHERE {
                self.locations.at(self.here).long_string(&long.head, long.bytes, long.points);
            }
            return self.done(end + 1);
        }
        // A key of this length has no place of its own.
        let location = self.stack.last().map_or(NOWHERE, |frame| frame.location);
        let others = if location == NOWHERE { None } else { self.locations.unnamed(location) };
        (self.here, self.want) = (others.unwrap_or(NOWHERE), Want::Colon);
        end + 1
    }
}

/// Where a value begins behind the quote that ends its key.
#[inline]
fn colon_behind(text: &[u8], quote: usize) -> Option<usize> {
    let mut at = quote + 1;
    while text.get(at).is_some_and(|byte| *byte <= b' ') {
        at += 1;
    }
    (text.get(at)? == &b':').then_some(at + 1)
}

fn ends_number(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | b'"' | b':' | b'{' | b'[')
}
