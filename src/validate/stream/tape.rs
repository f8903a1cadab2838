//! Records what a walk passes, so that it counts once the whole payload is known to be a response.

use std::ops::Range;
use std::sync::Arc;

use super::observe::Observer;
use super::program::Program;

/// Longer strings are recorded by their first bytes, so many of them, and their length.
pub(crate) const HEAD: usize = 4_096;

/// How many events are recorded of a text that is held: 16 MiB.
const MAX_EVENTS: usize = 1 << 20;

/// A member or item, as far as it takes to find its field.
pub(crate) type Member = u32;

/// An item of an array, or the payload itself.
pub(crate) const ITEM: Member = Member::MAX;

/// The member whose key was recorded last.
pub(crate) const KEYED: Member = Member::MAX - 1;

/// What a walk passed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// The key of a member that its object does not list; it ends here among the keys.
    Key {
        until: usize,
    },
    /// An object begins; the number of the first property that it lists.
    Object {
        member: Member,
        first: Member,
    },
    Array {
        member: Member,
    },
    /// The innermost object or array ends, with so many members or items.
    End {
        count: usize,
    },
    Null {
        member: Member,
    },
    Boolean {
        member: Member,
        value: bool,
    },
    /// A number, and whether it is written as an integer.
    Number {
        member: Member,
        is_written_whole: bool,
        value: f64,
    },
    /// A string of at most [`HEAD`] bytes, and where it begins behind its quote.
    String {
        member: Member,
        length: u16,
        from: usize,
    },
    /// A longer one, by its index.
    Long {
        member: Member,
        index: usize,
    },
}

/// A string that is longer than [`HEAD`] bytes.
#[derive(Clone, Debug)]
enum Long {
    /// It stands in the text.
    Visible(Range<usize>),
    Digest(Digest),
}

/// What is known of a long string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    /// Its first bytes, as they are written.
    pub(crate) head: Vec<u8>,
    pub(crate) bytes: u64,
    /// Code points, with those of its escapes as they are written.
    pub(crate) points: u64,
}

impl Digest {
    fn add(&mut self, text: &[u8]) {
        let wanted = HEAD.saturating_sub(self.head.len()).min(text.len());
        self.head.extend_from_slice(&text[..wanted]);
        self.bytes += text.len() as u64;
        self.points += points(text);
    }
}

/// How many code points a UTF-8 text has.
pub(crate) fn points(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(byte & 0xc0 != 0x80)).sum()
}

/// The names of the properties that a schema lists, by their numbers.
#[derive(Clone, Debug)]
pub(crate) struct Names(Arc<Program>);

impl Names {
    pub(crate) fn get(&self, property: Member) -> &str {
        &self.0.names[property as usize]
    }

    /// Whether properties have the same numbers in both.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What a walk passed; its memory is used again.
#[derive(Debug)]
pub(crate) struct Tape {
    program: Option<Arc<Program>>,
    events: Vec<Event>,
    keys: String,
    longs: Vec<Long>,
    member: Member,
    /// Where the string begins that was not passed yet.
    open: Option<usize>,
    /// What is known of it, when its beginning is out of sight.
    long: Option<Digest>,
    /// How many events are recorded.
    max: usize,
    /// Whether there were more.
    is_full: bool,
}

/// What a walk passed in a text, or in what was visible of it.
#[derive(Clone, Copy)]
pub(crate) struct Passage<'t> {
    tape: &'t Tape,
    text: &'t [u8],
    pub(crate) events: &'t [Event],
    pub(crate) keys: &'t str,
}

impl<'t> Passage<'t> {
    /// The names of listed properties, if there are any.
    pub(crate) fn names(&self) -> Option<Names> {
        self.tape.program.clone().filter(|program| !program.names.is_empty()).map(Names)
    }

    /// A string as it is written between its quotes.
    #[inline]
    pub(crate) fn string(&self, from: usize, length: u16) -> &'t [u8] {
        self.text.get(from..from + usize::from(length)).unwrap_or_default()
    }

    pub(crate) fn long(&self, index: usize) -> Digest {
        match self.tape.longs.get(index) {
            Some(Long::Digest(digest)) => digest.clone(),
            Some(Long::Visible(range)) => {
                let mut digest = Digest::default();
                digest.add(self.text.get(range.clone()).unwrap_or_default());
                digest
            }
            None => Digest::default(),
        }
    }
}

impl Default for Tape {
    fn default() -> Self {
        Self {
            program: None,
            events: Vec::new(),
            keys: String::new(),
            longs: Vec::new(),
            member: ITEM,
            open: None,
            long: None,
            max: MAX_EVENTS,
            is_full: false,
        }
    }
}

impl Tape {
    /// What was recorded of a text; `None` when nothing was.
    pub(crate) fn passage<'t>(&'t self, text: &'t [u8]) -> Option<Passage<'t>> {
        self.program.as_ref()?;
        Some(Passage { tape: self, text, events: &self.events, keys: &self.keys })
    }

    #[inline]
    fn push(&mut self, event: Event) {
        if self.events.len() < self.max {
            self.events.push(event);
        } else {
            self.is_full = true;
        }
    }

    /// Whether a walk passed more than is recorded of a text that is held.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Whether no walk was recorded.
    pub(crate) fn is_blank(&self) -> bool {
        self.program.is_none()
    }

    /// Forgets what was recorded.
    pub(crate) fn clear(&mut self) {
        self.forget();
        (self.program, self.member, self.open, self.long) = (None, ITEM, None, None);
        self.is_full = false;
        self.keys.shrink_to(MAX_EVENTS);
    }

    fn forget(&mut self) {
        self.events.clear();
        self.keys.clear();
        self.longs.clear();
    }

    #[inline]
    fn member(&mut self) -> Member {
        std::mem::replace(&mut self.member, ITEM)
    }

    fn long_string(&mut self, text: &[u8], begin: usize, until: usize) {
        let long = match self.long.take() {
            None => Long::Visible(begin + 1..until),
            Some(mut digest) => {
                digest.add(&text[begin..until]);
                Long::Digest(digest)
            }
        };
        let (member, index) = (self.member(), self.longs.len());
        self.longs.push(long);
        self.push(Event::Long { member, index });
    }

    /// The open string goes on behind what is visible. It stays visible as long as it may be short.
    fn string_slides(&mut self, text: &[u8], keep: usize, at: usize) -> usize {
        let Some(begin) = self.open else { return keep };
        let from = begin + usize::from(self.long.is_none());
        let may_be_short = self.long.is_none() && at - begin <= HEAD + 1;
        if may_be_short || from >= keep {
            return keep.min(begin);
        }
        self.long.get_or_insert_default().add(&text[from..keep]);
        self.open = Some(keep);
        keep
    }
}

/// Writes a [`Tape`].
pub(in crate::validate) struct Recorder<'r> {
    tape: &'r mut Tape,
    /// Takes what was recorded before it slides out of sight.
    sink: Option<&'r mut dyn FnMut(Passage<'_>)>,
}

impl<'r> Recorder<'r> {
    /// Records a text that is there.
    pub(in crate::validate) fn new(tape: &'r mut Tape) -> Self {
        tape.max = MAX_EVENTS;
        Self { tape, sink: None }
    }

    /// Records a text that is read through a window.
    pub(in crate::validate) fn handing_on(tape: &'r mut Tape, sink: &'r mut dyn FnMut(Passage<'_>)) -> Self {
        // A window has few events; they are handed on before it slides.
        tape.max = usize::MAX;
        Self { tape, sink: Some(sink) }
    }

    fn hand_on(&mut self, text: &[u8]) {
        let Some(sink) = &mut self.sink else { return };
        if let Some(passage) = self.tape.passage(text) {
            sink(passage);
        }
        self.tape.forget();
    }
}

impl Observer for Recorder<'_> {
    fn begins(&mut self, program: Option<&Arc<Program>>) {
        self.tape.clear();
        self.tape.program = program.cloned();
    }

    #[inline]
    fn listed(&mut self, property: usize) {
        self.tape.member = Member::try_from(property).unwrap_or(ITEM);
    }

    fn unlisted(&mut self, key: &str) {
        self.tape.keys.push_str(key);
        let until = self.tape.keys.len();
        self.tape.push(Event::Key { until });
        self.tape.member = KEYED;
    }

    #[inline]
    fn object(&mut self, first: u32) {
        let member = self.tape.member();
        self.tape.push(Event::Object { member, first });
    }

    #[inline]
    fn array(&mut self) {
        let member = self.tape.member();
        self.tape.push(Event::Array { member });
    }

    #[inline]
    fn ends(&mut self, count: usize) {
        self.tape.push(Event::End { count });
    }

    #[inline]
    fn literal(&mut self, first: u8) {
        let member = self.tape.member();
        self.tape.push(match first {
            b'n' => Event::Null { member },
            _ => Event::Boolean { member, value: first == b't' },
        });
    }

    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "statistics read JSON's numbers as doubles")]
    fn integer(&mut self, number: i64) {
        let member = self.tape.member();
        self.tape.push(Event::Number { member, is_written_whole: true, value: number as f64 });
    }

    fn number(&mut self, text: &[u8]) {
        let is_written_whole = !text.iter().any(|byte| b".eE".contains(byte));
        let text = std::str::from_utf8(text).unwrap_or_default();
        // One that is too large for a double is as large as any.
        let value = text.parse::<f64>().unwrap_or_default().clamp(f64::MIN, f64::MAX);
        let member = self.tape.member();
        self.tape.push(Event::Number { member, is_written_whole, value });
    }

    #[inline]
    fn scalar(&mut self, text: &[u8], at: usize, end: usize) {
        match text[at] {
            b'"' => {
                self.string_begins(at);
                self.string_ends(text, end);
            }
            digit @ b'0'..=b'9' => {
                let digits = text[at + 1..end].iter().map(|digit| i64::from(digit - b'0'));
                self.integer(digits.fold(i64::from(digit - b'0'), |number, digit| number * 10 + digit));
            }
            first => self.literal(first),
        }
    }

    #[inline]
    fn string_begins(&mut self, at: usize) {
        self.tape.open = Some(at);
    }

    #[inline]
    fn string_ends(&mut self, text: &[u8], until: usize) {
        let Some(begin) = self.tape.open.take() else { return };
        let (from, until) = (begin + 1, until - 1);
        match u16::try_from(until.saturating_sub(from)) {
            Ok(length) if usize::from(length) <= HEAD && self.tape.long.is_none() => {
                let member = self.tape.member();
                self.tape.push(Event::String { member, length, from });
            }
            _ => self.tape.long_string(text, begin, until),
        }
    }

    fn slides(&mut self, text: &[u8], keep: usize, at: usize) -> usize {
        self.hand_on(text);
        self.tape.string_slides(text, keep, at)
    }

    fn moved(&mut self, by: usize) {
        self.tape.open = self.tape.open.map(|open| open - by);
    }

    fn finishes(&mut self, text: &[u8]) {
        self.hand_on(text);
    }
}
