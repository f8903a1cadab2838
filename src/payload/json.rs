//! Is a stream one JSON body, one a line, or several in a row?

use std::io;

use super::limit::{length, read_line, read_rest, too_large};
use super::skim::{Large, Skimmed, Skimmer};
use super::source::{Reader, unreadable};
use super::{Item, Payload};
use crate::error::Error;
use crate::origin::Origin;

/// Exactly one body.
pub(super) struct Whole<'r> {
    pub(super) reader: Option<Reader<'r>>,
    pub(super) origin: Origin,
    pub(super) most: u64,
}

impl Iterator for Whole<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.take()?;
        let mut bytes = Vec::new();
        let read = read_rest(reader, &mut bytes, self.most);
        let payload = |()| Item::Payload(Payload::new(self.origin.clone(), bytes));
        Some(read.map(payload).map_err(|error| unreadable(self.origin.name(), error)))
    }
}

/// One body a line. Blank lines are nothing.
pub(super) struct Lines<'r> {
    reader: Reader<'r>,
    origin: Origin,
    most: u64,
    line: u64,
    done: bool,
}

impl<'r> Lines<'r> {
    pub(super) fn new(reader: Reader<'r>, origin: Origin, most: u64) -> Self {
        Self { reader, origin, most, line: 0, done: false }
    }

    fn advance(&mut self) -> io::Result<Option<Payload>> {
        loop {
            let mut bytes = read_line(&mut self.reader, self.most)?;
            if bytes.is_empty() {
                self.done = true;
                // A capture that failed must not pass for one that had nothing to say.
                let empty = self.line == 0;
                return Ok(empty.then(|| Payload::new(self.origin.clone(), Vec::new())));
            }
            self.line += 1;
            if !bytes.iter().copied().all(is_space) {
                if bytes.last() == Some(&b'\n') {
                    bytes.pop();
                }
                let origin = self.origin.at_line(self.line);
                return Ok(Some(Payload::new(origin, bytes).starting_at(self.line)));
            }
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.advance();
        self.done |= next.is_err();
        let place = || format!("{}:{}", self.origin.name(), self.line + 1);
        next.map(|payload| payload.map(Item::Payload))
            .map_err(|error| unreadable(&place(), error))
            .transpose()
    }
}

/// Bodies one behind the other. The next one begins with a bracket behind the end of the last;
/// whatever else stands there belongs to the last, and makes it no JSON.
pub(super) struct Documents<'r> {
    skimmer: Skimmer<Reader<'r>>,
    origin: Origin,
    most: u64,
    /// Bodies so far.
    number: u64,
    /// White space before the next body, on its line.
    lead: Vec<u8>,
    /// Whether the last body ends on the line of the next one.
    mid_line: bool,
    done: bool,
}

impl<'r> Documents<'r> {
    pub(super) fn new(reader: Reader<'r>, origin: Origin, most: u64) -> Self {
        let skimmer = Skimmer::new(reader);
        Self { skimmer, origin, most, number: 0, lead: Vec::new(), mid_line: false, done: false }
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
            if space.len() as u64 > self.most {
                return Err(too_large(self.most));
            }
        }
        Ok(space)
    }

    fn advance(&mut self) -> io::Result<Option<Payload>> {
        if self.number == 0 {
            self.lead = self.space(false)?;
        }
        self.number += 1;
        let mut bytes = std::mem::take(&mut self.lead);
        let first = self.skimmer.peek()?;
        if first.is_none() {
            self.done = true;
            return Ok(Some(Payload::new(self.origin.clone(), Vec::new())));
        }
        let (line, mid_line) = (self.skimmer.line, self.mid_line);
        let skimmed = if first.is_some_and(is_bracket) {
            self.skimmer.value(&mut bytes, length(self.most), Large::Stop)?
        } else {
            Skimmed::Whole
        };
        match skimmed {
            Skimmed::Whole => self.behind(&mut bytes)?,
            Skimmed::TooLarge => return Err(too_large(self.most)),
            Skimmed::Cut => self.done = true,
        }
        let alone = self.done && self.number == 1;
        Ok(Some(match (alone, mid_line) {
            (true, _) => Payload::new(self.origin.clone(), bytes).starting_at(line),
            (false, false) => Payload::new(self.origin.document(self.number), bytes).starting_at(line),
            (false, true) => Payload::new(self.origin.entry(self.number), bytes),
        }))
    }

    /// Looks for the next body, and takes what belongs to this one.
    fn behind(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let space = self.space(true)?;
        if self.skimmer.peek()?.is_some_and(is_bracket) {
            let line_end = space.iter().rposition(|&byte| byte == b'\n');
            self.mid_line = line_end.is_none();
            self.lead = line_end.map_or_else(Vec::new, |at| space[at + 1..].to_vec());
            return Ok(());
        }
        self.done = true;
        bytes.extend(space);
        read_rest(&mut self.skimmer.reader, bytes, self.most)
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.advance();
        self.done |= next.is_err();
        next.map(|payload| payload.map(Item::Payload))
            .map_err(|error| unreadable(self.origin.name(), error))
            .transpose()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
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
