//! Recognizes captures among JSON values while they are read.
//!
//! Only the members that some row of the table names are looked at; everything between them is walked over by
//! its brackets and quotes. What is kept does not grow with the value, so that a capture is recognized
//! wherever its members are.

use super::Recognized;
use super::member::Seen;
use super::tree::{Facts, TREE};
use crate::payload::skim::{ValueScan, Watch};
use crate::payload::space::span;

/// Maximum length of a key or text that is compared.
const MAX_TEXT: usize = 256;

/// Items of an array that are looked at, unless it is one of entries: the others are as these are.
const MAX_ITEMS: usize = 1024;

/// Lists of entries of captures, which may begin with any number of others.
const ENTRIES: &[&str] = &["entries", "executions", "item", "mappings", "requests"];

/// A container that is looked into.
struct Open {
    node: usize,
    is_object: bool,
    items: usize,
}

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    /// The value itself.
    Start,
    /// A key, an item, or the end of the container.
    Member,
    /// The rest of a key.
    Key,
    Colon,
    /// A value, at this location of the tree or at none.
    Value(Option<usize>),
    /// The rest of a text at a location of the tree.
    Text(usize),
    /// The rest of a number at a location of the tree.
    Number(usize),
    /// The rest of a value that is not inspected.
    Rest,
    /// The rest of an array of which enough was seen.
    Items,
    /// The rest of what is no JSON.
    Broken,
}

/// Looks at one value after the other.
pub(super) struct Recognizer {
    facts: Facts,
    recognized: Option<Recognized>,
    open: Vec<Open>,
    next: Next,
    walk: ValueScan,
    text: Vec<u8>,
    escaped: bool,
}

impl Recognizer {
    pub(super) fn new() -> Self {
        Self {
            facts: Facts::default(),
            recognized: None,
            open: Vec::new(),
            next: Next::Start,
            walk: ValueScan::default(),
            text: Vec::new(),
            escaped: false,
        }
    }

    /// Notes what is at this location of the tree.
    fn note(&mut self, node: usize, seen: Seen<'_>) {
        let before = self.facts;
        for (is, fact) in &TREE.nodes[node].facts {
            if is.fits(seen) {
                self.facts.add(fact);
            }
        }
        if self.recognized.is_none() && self.facts != before {
            self.recognized = TREE.recognized(&mut self.facts);
        }
    }

    /// Goes into a value that begins with this byte; false where that byte is a part of it and is walked
    /// over.
    fn enter(&mut self, node: Option<usize>, byte: u8) -> bool {
        let is_object = byte == b'{';
        self.walk = ValueScan::default();
        self.next = Next::Rest;
        let Some(node) = node else { return false };
        match byte {
            b'{' => self.note(node, Seen::Object),
            b'[' => self.note(node, Seen::Array),
            b'"' => self.note(node, Seen::Text(None)),
            b'-' | b'0'..=b'9' => self.note(node, Seen::Number(None)),
            b't' | b'f' => self.note(node, Seen::Bool),
            _ => {}
        }
        let known = &TREE.nodes[node];
        let compared = known.facts.iter().any(|(is, _)| is.compares());
        match byte {
            b'{' | b'[' if !known.is_leaf() => {
                self.open.push(Open { node, is_object, items: 0 });
                self.next = Next::Member;
                return true;
            }
            b'"' if compared => {
                self.text.clear();
                self.next = Next::Text(node);
                return true;
            }
            b'-' | b'0'..=b'9' if compared => {
                self.text.clear();
                self.next = Next::Number(node);
            }
            _ => {}
        }
        false
    }

    /// The end of the container that is looked into; true where that was the value itself.
    fn leave(&mut self) -> bool {
        if let Some(Open { node, is_object: true, .. }) = self.open.pop() {
            let recognized = TREE.recognized_at_end(node, &mut self.facts);
            self.recognized = self.recognized.or(recognized);
        }
        self.next = Next::Member;
        self.open.is_empty()
    }

    /// A key, an item or the end, which begins with this byte: how many bytes were taken, and whether the
    /// value ended.
    fn member(&mut self, byte: u8) -> (usize, bool) {
        let Some(open) = self.open.last_mut() else { return (0, true) };
        match (open.is_object, byte) {
            (_, b',') => (1, false),
            (true, b'}') | (false, b']') => (1, self.leave()),
            (true, b'"') => {
                self.text.clear();
                self.next = Next::Key;
                (1, false)
            }
            (false, byte) if !matches!(byte, b'}' | b':') => {
                open.items += 1;
                let (node, items) = (open.node, open.items);
                if items > MAX_ITEMS && !ENTRIES.contains(&TREE.nodes[node].key) {
                    self.walk = ValueScan::inside(1);
                    self.next = Next::Items;
                    return (0, false);
                }
                (usize::from(self.enter(TREE.child(node, b"*"), byte)), false)
            }
            _ => (0, self.give_up()),
        }
    }

    /// What is no JSON is walked over to where its brackets end.
    fn give_up(&mut self) -> bool {
        self.walk = ValueScan::inside(self.open.len());
        self.next = Next::Broken;
        false
    }

    /// The rest of a text up to its quote: how many bytes were taken, and whether the quote was there.
    fn quoted(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            let length = match byte {
                _ if self.escaped => 1,
                b'"' => return (at + 1, true),
                b'\\' => 1,
                _ => memchr::memchr2(b'"', b'\\', &chunk[at..]).unwrap_or(chunk.len() - at),
            };
            self.escaped = byte == b'\\' && !self.escaped;
            let room = MAX_TEXT.saturating_sub(self.text.len()).min(length);
            self.text.extend_from_slice(&chunk[at..at + room]);
            at += length;
        }
        (at, false)
    }

    /// The key or text that was read, with its escapes resolved.
    fn unquoted(&mut self) -> Vec<u8> {
        let text = std::mem::take(&mut self.text);
        if !text.contains(&b'\\') {
            return text;
        }
        let quoted = [b"\"", &text[..], b"\""].concat();
        serde_json::from_slice::<String>(&quoted).map_or(text, String::into_bytes)
    }

    /// One step into the chunk, which is not empty.
    fn step(&mut self, chunk: &[u8]) -> (usize, bool) {
        let byte = chunk[0];
        let spaced = matches!(self.next, Next::Member | Next::Colon | Next::Value(_));
        match span(chunk) {
            0 => {}
            space if spaced => return (space, false),
            _ => {}
        }
        match self.next {
            Next::Start => (usize::from(self.enter(Some(0), byte)), false),
            Next::Member => self.member(byte),
            Next::Key => {
                let (length, ended) = self.quoted(chunk);
                if ended {
                    self.next = Next::Colon;
                }
                (length, false)
            }
            Next::Colon if byte == b':' => {
                let key = self.unquoted();
                let open = self.open.last().filter(|_| key != b"*");
                let child = open.and_then(|open| TREE.member(open.node, &key));
                self.text = key;
                self.next = Next::Value(child);
                (1, false)
            }
            Next::Colon => (0, self.give_up()),
            Next::Value(_) if matches!(byte, b',' | b':' | b'}' | b']') => (0, self.give_up()),
            Next::Value(node) => (usize::from(self.enter(node, byte)), false),
            Next::Text(node) => {
                let (length, ended) = self.quoted(chunk);
                if ended {
                    let text = self.unquoted();
                    let text = String::from_utf8_lossy(&text);
                    self.note(node, Seen::Text(Some(&text)));
                    self.next = Next::Member;
                }
                (length, false)
            }
            Next::Rest => {
                let (length, ended) = self.walk.over(chunk);
                if ended {
                    self.next = Next::Member;
                }
                (length, ended && self.open.is_empty())
            }
            Next::Number(node) => {
                let (length, ended) = self.walk.over(chunk);
                let room = MAX_TEXT.saturating_sub(self.text.len()).min(length);
                self.text.extend_from_slice(&chunk[..room]);
                if ended {
                    let text = String::from_utf8_lossy(&self.text).into_owned();
                    self.note(node, Seen::Number(text.trim_ascii().parse().ok()));
                    self.next = Next::Member;
                }
                (length, ended && self.open.is_empty())
            }
            Next::Items => {
                let (length, ended) = self.walk.over(chunk);
                (length, ended && self.leave())
            }
            Next::Broken => self.walk.over(chunk),
        }
    }
}

impl Watch for Recognizer {
    fn begin(&mut self) {
        *self = Self { text: std::mem::take(&mut self.text), ..Self::new() };
    }

    fn over(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < chunk.len() {
            let (length, ended) = self.step(&chunk[at..]);
            at += length;
            if ended {
                return (at, true);
            }
        }
        (at, false)
    }

    fn is_scalar(&self) -> bool {
        self.open.is_empty() && matches!(self.next, Next::Rest | Next::Number(_)) && self.walk.is_scalar()
    }

    fn recognized(&self) -> Option<Recognized> {
        self.recognized
    }
}
