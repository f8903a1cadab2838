//! Reads concatenated JSON documents.

use std::io::{self, Read};

use super::detect::Begun;
use super::lead::{Lead, MARK, Passing, Rest};
use super::limit::{length, too_large};
use super::skim::{Large, Skimmed, Skimmer};
use super::space::span;
use super::stream::{Bodies, Bounds, HELD, Reader, unreadable};
use super::{Input, Item, Payload, Recognized, captures};
use crate::error::Error;
use crate::json::column_after;
use crate::origin::Origin;

/// Bodies one behind the other. The next one begins with a bracket, or a byte order mark, behind the end of
/// the last; whatever else stands there belongs to the last, up to the end of the stream, and makes it no
/// JSON.
pub(super) struct Documents<'r> {
    skimmer: Skimmer<Reader<'r>>,
    origin: Origin,
    bounds: Bounds,
    /// A body that is passed on.
    passing: Option<Passing>,
    /// Bodies so far.
    number: u64,
    /// The line on which the last one begins.
    began: u64,
    /// What precedes the next payload on its line.
    lead: Lead,
    /// Whether the last body ends on the line of the next one.
    mid_line: bool,
    /// The column behind the last value, where another one may follow on its line.
    column: u64,
    /// The beginning of what looked like a byte order mark, and is a part of the last body.
    pending: Vec<u8>,
    /// How to read the whole if its first value turns out to be a capture.
    capture: Option<captures::Capture>,
    /// Whether the first value is a payload, whatever it looks like.
    insisted: bool,
    /// It was one.
    inside: Option<Box<dyn Bodies + 'r>>,
    done: bool,
}

impl<'r> Documents<'r> {
    /// Values in a row. Each is looked at whether it is a capture, but the first only with a capture to make
    /// of it.
    pub(super) fn new(
        reader: Reader<'r>,
        origin: Origin,
        bounds: Bounds,
        capture: Option<captures::Capture>,
    ) -> Self {
        let insisted = capture.is_none();
        Self {
            skimmer: Skimmer::new(reader).watched(captures::watch()),
            origin,
            bounds,
            passing: None,
            number: 0,
            began: 1,
            lead: Lead::default(),
            mid_line: false,
            column: 1,
            pending: Vec::new(),
            capture,
            insisted,
            inside: None,
            done: false,
        }
    }

    /// The same, where the beginning of the first value was looked at.
    pub(super) fn begun(mut self, begun: Option<Begun>) -> Self {
        if let Some(begun) = begun {
            self.skimmer = self.skimmer.watched(Some(Box::new(begun)));
        }
        self
    }

    /// What the last value is, where it is no payload.
    fn found(&self) -> Option<Recognized> {
        self.skimmer.recognized().filter(|_| !self.insisted || self.number > 1)
    }

    /// Continues in a capture of which this was read, or fails with what else it is.
    fn recognized(&mut self, recognized: Recognized, read: Vec<u8>, line: u64) -> io::Result<()> {
        self.done = true;
        let capture = self.capture.take().filter(|_| self.number == 1);
        let what = match (recognized, capture) {
            (Recognized::Capture(input), Some(capture)) => {
                let rest = std::mem::replace(&mut self.skimmer, Skimmer::new(Box::new(io::empty())));
                let reader = io::Cursor::new(read).chain(rest.into_reader());
                let capture = captures::Capture { line, ..capture };
                self.inside = Some(capture.items(Box::new(reader), input));
                return Ok(());
            }
            (Recognized::Capture(input), None) => return Err(behind_json(input.what())),
            (Recognized::Other(what), _) => what.to_owned(),
        };
        Err(io::Error::new(io::ErrorKind::InvalidData, what))
    }

    /// Refuses what turned out to be a capture when most of it was passed on already.
    fn refuse(&self) -> io::Result<()> {
        match self.found() {
            None => Ok(()),
            Some(Recognized::Other(what)) => Err(io::Error::new(io::ErrorKind::InvalidData, what)),
            Some(Recognized::Capture(input)) if self.number > 1 => Err(behind_json(input.what())),
            Some(Recognized::Capture(input)) => {
                let (what, name) = (input.what(), input.name());
                let what =
                    format!("looks like {what}, but only far behind its beginning: pass `input={name}`");
                Err(io::Error::new(io::ErrorKind::InvalidData, what))
            }
        }
    }

    /// Goes on to the next body; only what is before it on its line is kept.
    fn skip_space(&mut self) -> io::Result<()> {
        let mut passed = 0_u64;
        loop {
            let chunk = self.skimmer.filled()?;
            let length = span(chunk);
            if length > 0 {
                self.mid_line &= !self.lead.pass(&chunk[..length]);
                self.skimmer.consume(length)?;
            } else if self.lead.takes_mark(chunk.first()) {
                self.lead.push(&chunk[..1]);
                self.skimmer.consume(1)?;
            } else {
                return Ok(());
            }
            passed += length as u64;
            if passed > self.bounds.max {
                return Err(too_large(self.bounds.max));
            }
        }
    }

    /// Behind the first value, the line of a problem is that on which its value begins.
    fn problem(&self, error: io::Error) -> Error {
        if self.number > 1 && error.kind() == io::ErrorKind::InvalidData {
            return unreadable(&self.origin.at_line(self.began).to_string(), error);
        }
        unreadable(self.origin.name(), error)
    }

    fn advance(&mut self) -> io::Result<Option<Item>> {
        while self.passing.is_some() {
            // Nobody read the large body to its end.
            self.read_body(&mut [0; 8192])?;
        }
        if self.done {
            return Ok(None);
        }
        self.skip_space()?;
        self.number += 1;
        let (line, mid_line) = (self.skimmer.line, self.mid_line);
        let column = if mid_line { self.column + self.lead.points() } else { 1 };
        self.column = column;
        self.began = line;
        let (bytes, large) = if let Some(byte) = self.skimmer.peek()? {
            let body = self.body(if is_bracket(byte) { Rest::Value } else { Rest::Other })?;
            if self.inside.is_some() {
                return Ok(None);
            }
            body
        } else {
            self.done = true;
            (Vec::new(), false)
        };
        if self.mid_line && !self.done && !large {
            self.column = column_after(column, &bytes);
        }
        // Whether another body follows a large one is not known yet.
        let alone = (self.done || large) && self.number == 1;
        let payload = match alone {
            true if bytes.is_empty() && !large => Payload::new(self.origin.clone(), bytes),
            true => Payload::new(self.origin.clone(), bytes).starting_at(line),
            false => {
                let origin = self.origin.document(self.number);
                Payload::new(origin, bytes).starting_at(line).starting_in(column)
            }
        };
        Ok(Some(if large { Item::Large(payload) } else { Item::Payload(payload) }))
    }

    /// Reads a body as far as it is to be held; true where that is not all of it.
    fn body(&mut self, mut rest: Rest) -> io::Result<(Vec<u8>, bool)> {
        let Bounds { held, max } = self.bounds;
        let mut lead = std::mem::take(&mut self.lead);
        if self.mid_line {
            // A body that begins in the middle of a line has the column where it does.
            lead = Lead::default();
        }
        let line = self.skimmer.line;
        let mut bytes = Vec::new();
        if lead.len() > held {
            self.column += lead.points();
            self.pass_on(lead, bytes, rest)?;
            return Ok((Vec::new(), true));
        }
        bytes.extend(&lead.kept);
        bytes.resize(length(lead.len()), b' ');
        if rest == Rest::Value {
            rest = match self.skimmer.value(&mut bytes, length(held), Large::Stop)? {
                Skimmed::Whole => self.behind_value(),
                Skimmed::TooLarge => Rest::Value,
                Skimmed::Cut => {
                    self.done = true;
                    Rest::End
                }
            };
            if let Some(recognized) = self.found() {
                if bytes.len() as u64 > HELD {
                    // Held or not, it is recognized as late.
                    self.refuse()?;
                }
                self.recognized(recognized, bytes, line)?;
                return Ok((Vec::new(), false));
            }
        }
        let end = bytes.len();
        while rest != Rest::End && bytes.len() as u64 <= held {
            let mut buffer = [0; 4096];
            let length = self.go_on(&mut rest, &mut buffer)?;
            bytes.extend_from_slice(&buffer[..length]);
        }
        if bytes.len() as u64 > max {
            return Err(too_large(max));
        }
        if rest != Rest::End {
            self.column = column_after(self.column, &bytes[..end]);
            self.pass_on(Lead::default(), bytes, rest)?;
            return Ok((Vec::new(), true));
        }
        if !self.done {
            // White space before the next body belongs to neither.
            bytes.truncate(end);
        }
        Ok((bytes, false))
    }

    /// Begins to pass on a body that is too large to be held.
    fn pass_on(&mut self, lead: Lead, held: Vec<u8>, rest: Rest) -> io::Result<()> {
        let max = self.bounds.max;
        let length = lead.len() + held.len() as u64;
        let room = max.checked_sub(length).filter(|_| max > self.bounds.held);
        self.passing = Some(Passing {
            lead: io::Cursor::new(lead.kept),
            spaces: lead.spaces,
            held: io::Cursor::new(held),
            rest,
            room: room.ok_or_else(|| too_large(max))?,
        });
        Ok(())
    }

    fn behind_value(&mut self) -> Rest {
        self.lead = Lead::default();
        self.mid_line = true;
        Rest::Space
    }

    /// Reads on in the present body: nothing at its end.
    fn go_on(&mut self, rest: &mut Rest, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match rest {
                Rest::Value => {
                    let length = self.skimmer.rest(buffer)?;
                    self.column = column_after(self.column, &buffer[..length]);
                    self.refuse()?;
                    if length > 0 {
                        return Ok(length);
                    }
                    *rest = self.behind_value();
                }
                Rest::Space => {
                    let chunk = self.skimmer.filled()?;
                    let length = span(&chunk[..chunk.len().min(buffer.len())]);
                    if length > 0 {
                        buffer[..length].copy_from_slice(&chunk[..length]);
                        self.mid_line &= !self.lead.pass(&chunk[..length]);
                        self.skimmer.consume(length)?;
                        return Ok(length);
                    }
                    *rest = self.behind_space()?;
                }
                Rest::Other => {
                    self.done = true;
                    let pending = self.pending.len().min(buffer.len());
                    if pending > 0 {
                        buffer[..pending].copy_from_slice(&self.pending[..pending]);
                        self.pending.drain(..pending);
                        return Ok(pending);
                    }
                    let chunk = self.skimmer.filled()?;
                    let length = chunk.len().min(buffer.len());
                    buffer[..length].copy_from_slice(&chunk[..length]);
                    self.skimmer.consume(length)?;
                    if length == 0 {
                        *rest = Rest::End;
                    }
                    return Ok(length);
                }
                Rest::End => return Ok(0),
            }
        }
    }

    /// What follows a value and white space: the end, another payload, or trailing data of this one.
    fn behind_space(&mut self) -> io::Result<Rest> {
        match self.skimmer.peek()? {
            None => {
                self.done = true;
                return Ok(Rest::End);
            }
            Some(byte) if is_bracket(byte) => return Ok(Rest::End),
            Some(b'H') if captures::is_response(self.skimmer.filled()?) => {
                return Err(behind_json(Input::Http.what()));
            }
            Some(_) => {}
        }
        while self.pending.len() < MARK.len() && self.skimmer.peek()? == Some(MARK[self.pending.len()]) {
            self.pending.extend(self.skimmer.take()?);
        }
        let begins = |byte: u8| is_bracket(byte) || span(&[byte]) > 0;
        if self.pending == MARK && self.skimmer.peek()?.is_some_and(begins) {
            // Files that were put together, each with its mark.
            self.lead.push(MARK);
            self.pending.clear();
            return Ok(Rest::End);
        }
        Ok(Rest::Other)
    }

    /// Passes on a large body.
    fn pass(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(mut passing) = self.passing.take() else { return Ok(0) };
        let mut length = passing.read_held(buffer)?;
        if length == 0 && !buffer.is_empty() {
            length = self.go_on(&mut passing.rest, buffer)?;
            let room = passing.room.checked_sub(length as u64);
            passing.room = room.ok_or_else(|| too_large(self.bounds.max))?;
        }
        if length > 0 || buffer.is_empty() {
            self.passing = Some(passing);
        }
        Ok(length)
    }
}

impl Bodies for Documents<'_> {
    fn at_hand(&self) -> bool {
        if let Some(inside) = &self.inside {
            return inside.at_hand();
        }
        self.skimmer.at_hand() && self.passing.is_none() && !self.done
    }

    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let passed = self.pass(buffer);
        // Nobody knows where the next body begins.
        self.done |= passed.is_err();
        passed
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(inside) = &mut self.inside {
            return inside.next();
        }
        if self.done && self.passing.is_none() {
            return None;
        }
        let next = self.advance();
        self.done |= next.is_err();
        if let Some(inside) = &mut self.inside {
            return inside.next();
        }
        next.map_err(|error| self.problem(error)).transpose()
    }
}

/// Refuses a capture that follows a payload.
pub(super) fn behind_json(what: &str) -> io::Error {
    let what = format!("has {what} after other JSON: put it into a file of its own");
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'{' | b'[')
}

#[cfg(test)]
mod tests {
    use super::super::read;
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
    fn one_body_and_many_are_detected_by_content() {
        assert_eq!(bodies("{\n\"a\":1}\n", None), [body("f", 1, "{\n\"a\":1}\n")]);
        assert_eq!(bodies("\n\n {\"a\":1}\n\n", None), [body("f", 3, " {\"a\":1}\n\n")]);
        assert_eq!(
            bodies("\n{}\n\n{\"a\":\n{}", None),
            [body("f:2", 2, "{}"), body("f:4", 4, "{\"a\":"), body("f:5", 5, "{}")]
        );
    }

    #[test]
    fn documents_in_a_row_are_separated() {
        assert_eq!(
            bodies("{\n\"a\":1}\n\n  {\n}[] {\"b\":", None),
            [
                body("f#1", 1, "{\n\"a\":1}"),
                body("f#2", 4, "  {\n}"),
                body("f#3", 5, "[]"),
                body("f#4", 5, "{\"b\":")
            ]
        );
        // What is no body of its own spoils the one before it.
        assert_eq!(bodies("{\n} ]\n{}", None), [body("f", 1, "{\n} ]\n{}")]);
        assert_eq!(bodies("{\n}\n{}, x", None), [body("f#1", 1, "{\n}"), body("f#2", 3, "{}, x")]);
        assert_eq!(bodies("<html>\n<p>\n{}", None), [body("f", 1, "<html>\n<p>\n{}")]);
    }

    #[test]
    fn a_document_on_the_line_of_another_has_its_column() {
        let starts = |text: &str| -> Vec<_> {
            let items = read(text.as_bytes(), Origin::file("f"), None);
            let payloads = items.map(|item| {
                let Item::Payload(payload) = item.unwrap() else { panic!("nothing is skipped") };
                assert!(payload.origin().is_verbatim());
                (payload.line(), payload.column())
            });
            payloads.collect()
        };
        assert_eq!(starts("{}{} []"), [(1, 1), (1, 3), (1, 6)]);
        // White space at the beginning of a line is a part of the body that follows.
        assert_eq!(starts("{\"é\":1}{}\n  {}\t{\n}[]"), [(1, 1), (1, 8), (2, 1), (2, 6), (3, 2)]);
        assert_eq!(starts("{}\u{feff}{}"), [(1, 1), (1, 4)]);
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
