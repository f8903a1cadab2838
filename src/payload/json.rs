//! Is a stream one JSON body, or several in a row?

use std::io::{self, Read};

use super::limit::{length, read_rest, too_large};
use super::skim::{Large, Skimmed, Skimmer};
use super::source::{Bodies, Bounds, Reader, unreadable};
use super::space::is_space;
use super::{Item, Payload};
use crate::error::Error;
use crate::origin::Origin;

/// Exactly one body.
pub(super) struct Whole<'r> {
    reader: Option<Reader<'r>>,
    origin: Origin,
    bounds: Bounds,
    /// A body that is passed on.
    passing: Option<Passing<Reader<'r>>>,
}

/// What was held of a large body, and where the rest of it comes from.
struct Passing<R> {
    held: io::Cursor<Vec<u8>>,
    rest: R,
    /// How many bytes more it may have.
    room: u64,
    most: u64,
}

impl<R> Passing<R> {
    fn new(held: Vec<u8>, rest: R, most: u64) -> Self {
        let room = most.saturating_sub(held.len() as u64);
        Self { held: io::Cursor::new(held), rest, room, most }
    }

    /// Reads what was held, then `from_rest`.
    fn read(
        &mut self,
        buffer: &mut [u8],
        from_rest: impl FnOnce(&mut R, &mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let held = self.held.read(buffer)?;
        if held > 0 {
            return Ok(held);
        }
        // What was held is passed on by now.
        self.held = io::Cursor::default();
        let length = from_rest(&mut self.rest, buffer)?;
        self.room = self.room.checked_sub(length as u64).ok_or_else(|| too_large(self.most))?;
        Ok(length)
    }
}

impl<'r> Whole<'r> {
    pub(super) fn new(reader: Reader<'r>, origin: Origin, bounds: Bounds) -> Self {
        Self { reader: Some(reader), origin, bounds, passing: None }
    }

    fn body(&mut self, mut reader: Reader<'r>) -> io::Result<Item> {
        let Bounds { held, most } = self.bounds;
        let mut bytes = Vec::new();
        (&mut reader).take(held.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= held {
            return Ok(Item::Payload(Payload::new(self.origin.clone(), bytes)));
        }
        if most == held {
            return Err(too_large(most));
        }
        self.passing = Some(Passing::new(bytes, reader, most));
        Ok(Item::Large(Payload::new(self.origin.clone(), Vec::new())))
    }
}

impl Bodies for Whole<'_> {
    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.passing.as_mut().map_or(Ok(0), |passing| passing.read(buffer, Read::read))
    }
}

impl Iterator for Whole<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.take()?;
        Some(self.body(reader).map_err(|error| unreadable(self.origin.name(), error)))
    }
}

/// Bodies one behind the other. The next one begins with a bracket behind the end of the last;
/// whatever else stands there belongs to the last, and makes it no JSON.
pub(super) struct Documents<'r> {
    skimmer: Skimmer<Reader<'r>>,
    origin: Origin,
    bounds: Bounds,
    /// A body that is passed on; its rest comes from the skimmer.
    passing: Option<Passing<Rest>>,
    /// Bodies so far.
    number: u64,
    /// White space before the next body, on its line.
    lead: Vec<u8>,
    /// Whether the last body ends on the line of the next one.
    mid_line: bool,
    done: bool,
}

impl<'r> Documents<'r> {
    pub(super) fn new(reader: Reader<'r>, origin: Origin, bounds: Bounds) -> Self {
        Self {
            skimmer: Skimmer::new(reader),
            origin,
            bounds,
            passing: None,
            number: 0,
            lead: Vec::new(),
            mid_line: false,
            done: false,
        }
    }

    /// White space up to the next body; only that on its line is kept, unless `all`.
    fn space(&mut self, all: bool) -> io::Result<Vec<u8>> {
        let mut space = Vec::new();
        while let Some(byte) = self.skimmer.peek()?.filter(|byte| is_space(*byte) || is_mark(*byte)) {
            self.skimmer.take()?;
            space.push(byte);
            if byte == b'\n' && !all {
                space.clear();
            }
            if space.len() as u64 > self.bounds.held {
                return Err(too_large(self.bounds.held));
            }
        }
        Ok(space)
    }

    fn advance(&mut self) -> io::Result<Option<Item>> {
        while self.passing.is_some() {
            // Nobody read the large body to its end.
            self.read_body(&mut [0; 8192])?;
        }
        if self.done {
            return Ok(None);
        }
        if self.number == 0 {
            self.lead = self.space(false)?;
        }
        self.number += 1;
        let mut bytes = std::mem::take(&mut self.lead);
        let first = self.skimmer.peek()?;
        if first.is_none() {
            self.done = true;
            return Ok(Some(Item::Payload(Payload::new(self.origin.clone(), Vec::new()))));
        }
        let (line, mid_line) = (self.skimmer.line, self.mid_line);
        let Bounds { held, most } = self.bounds;
        let skimmed = if first.is_some_and(is_bracket) {
            self.skimmer.value(&mut bytes, length(held), Large::Stop)?
        } else {
            Skimmed::Whole
        };
        match skimmed {
            Skimmed::Whole if bytes.len() as u64 > most => return Err(too_large(most)),
            Skimmed::Whole => self.behind(&mut bytes)?,
            Skimmed::TooLarge if held < most => {
                self.passing = Some(Passing::new(std::mem::take(&mut bytes), Rest::Value, most));
            }
            Skimmed::TooLarge => return Err(too_large(most)),
            Skimmed::Cut => self.done = true,
        }
        // Whether another body follows a large one is not known yet.
        let large = self.passing.is_some();
        let alone = (self.done || large) && self.number == 1;
        let payload = match (alone, mid_line) {
            (true, _) => Payload::new(self.origin.clone(), bytes).starting_at(line),
            (false, false) => Payload::new(self.origin.document(self.number), bytes).starting_at(line),
            (false, true) => Payload::new(self.origin.entry(self.number), bytes),
        };
        Ok(Some(if large { Item::Large(payload) } else { Item::Payload(payload) }))
    }

    /// Looks for the next body, and takes what belongs to this one.
    fn behind(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let space = self.space(true)?;
        let next = self.skimmer.peek()?;
        if next.is_some_and(is_bracket) {
            let line_end = space.iter().rposition(|&byte| byte == b'\n');
            self.mid_line = line_end.is_none();
            self.lead = line_end.map_or_else(Vec::new, |at| space[at + 1..].to_vec());
            return Ok(());
        }
        self.done = true;
        bytes.extend(space);
        if next.is_none() {
            return Ok(());
        }
        // A body that ended in the chunk that filled what is held may be a little longer than that.
        let Bounds { held, most } = self.bounds;
        let room = (bytes.len() as u64).saturating_add(held).min(most);
        read_rest(&mut self.skimmer.reader, bytes, room)
    }
}

/// What of a large body is still to come.
enum Rest {
    /// More of its value.
    Value,
    /// What stands behind the value and is no body of its own.
    Behind,
}

impl Bodies for Documents<'_> {
    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(mut passing) = self.passing.take() else { return Ok(0) };
        let skimmer = &mut self.skimmer;
        let mut length = passing.read(buffer, |rest, buffer| match rest {
            Rest::Value => skimmer.rest(buffer),
            Rest::Behind => Ok(0),
        })?;
        if length == 0 && matches!(passing.rest, Rest::Value) && !buffer.is_empty() {
            let mut behind = Vec::new();
            self.behind(&mut behind)?;
            passing = Passing::new(behind, Rest::Behind, passing.room);
            length = passing.read(buffer, |_, _| Ok(0))?;
        }
        if length > 0 || buffer.is_empty() {
            self.passing = Some(passing);
        }
        Ok(length)
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done && self.passing.is_none() {
            return None;
        }
        let next = self.advance();
        self.done |= next.is_err();
        next.map_err(|error| unreadable(self.origin.name(), error)).transpose()
    }
}

/// A byte of the byte order mark.
fn is_mark(byte: u8) -> bool {
    matches!(byte, 0xef | 0xbb | 0xbf)
}

fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'{' | b'[')
}

#[cfg(test)]
mod tests {
    use super::super::{Input, read};
    use super::*;

    fn bodies(text: &str, input: Option<Input>) -> Vec<(String, u64, String)> {
        read(text.as_bytes(), Origin::file("f"), input)
            .map(|item| {
                let Item::Payload(payload) = item.unwrap() else { panic!("nothing is skipped") };
                let text = String::from_utf8(payload.bytes().to_vec()).unwrap();
                (payload.origin().to_string(), payload.line(), text)
            })
            .collect()
    }

    fn body(origin: &str, line: u64, text: &str) -> (String, u64, String) {
        (origin.to_owned(), line, text.to_owned())
    }

    #[test]
    fn content_tells_one_body_from_many() {
        assert_eq!(bodies("{\n\"a\":1}\n", None), [body("f", 1, "{\n\"a\":1}\n")]);
        assert_eq!(bodies("\n\n {\"a\":1}\n\n", None), [body("f", 3, " {\"a\":1}\n\n")]);
        assert_eq!(
            bodies("\n{}\n\n{\"a\":\n{}", None),
            [body("f:2", 2, "{}"), body("f:4", 4, "{\"a\":"), body("f:5", 5, "{}")]
        );
    }

    #[test]
    fn documents_in_a_row_are_told_apart() {
        assert_eq!(
            bodies("{\n\"a\":1}\n\n  {\n}[] {\"b\":", None),
            [
                body("f#1", 1, "{\n\"a\":1}"),
                body("f#2", 4, "  {\n}"),
                body("f#3", 1, "[]"),
                body("f#4", 1, "{\"b\":")
            ]
        );
        // What is no body of its own spoils the one before it.
        assert_eq!(bodies("{\n} ]\n{}", None), [body("f", 1, "{\n} ]\n{}")]);
        assert_eq!(bodies("{\n}\n{}, x", None), [body("f#1", 1, "{\n}"), body("f#2", 3, "{}, x")]);
        assert_eq!(bodies("<html>\n<p>\n{}", None), [body("f", 1, "<html>\n<p>\n{}")]);
    }

    #[test]
    fn who_insists_is_obeyed() {
        assert_eq!(bodies("{\n}", Some(Input::Ndjson)), [body("f:1", 1, "{"), body("f:2", 2, "}")]);
        assert_eq!(bodies("{}\n{}", Some(Input::Json)), [body("f", 1, "{}\n{}")]);
        assert_eq!(bodies("{}\n{}", Some(Input::Documents)), [body("f#1", 1, "{}"), body("f#2", 2, "{}")]);
    }

    #[test]
    fn nothing_at_all_is_an_empty_body() {
        for input in [None, Some(Input::Json), Some(Input::Ndjson)] {
            assert_eq!(bodies("", input), [body("f", 1, "")], "{input:?}");
        }
        assert_eq!(bodies("\n\n", Some(Input::Ndjson)), []);
        assert_eq!(bodies(" \n", None), [body("f", 1, "")]);
    }
}
