//! Reads concatenated JSON documents, or the capture that the first of them is.

use std::io::{self, Cursor, Read};

use super::{Next, Part};
use crate::payload::detect::Begun;
use crate::payload::limit::{length, too_large};
use crate::payload::skim::{Large, Skimmed, Skimmer};
use crate::payload::space::span;
use crate::payload::stream::Reader;
use crate::payload::{Recognized, captures};

/// A byte order mark.
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

pub(super) struct Documents<'r> {
    skimmer: Skimmer<Reader<'r>>,
    max: usize,
    first: bool,
    /// Whether the first document is a payload, whatever it looks like.
    insisted: bool,
    ended: bool,
}

impl<'r> Documents<'r> {
    pub(super) fn new(reader: Reader<'r>, max: u64, begun: Option<Begun>, insisted: bool) -> Self {
        let watch = match begun {
            Some(begun) => Some(Box::new(begun) as Box<_>),
            None => captures::watch(),
        };
        let watch = watch.filter(|_| !insisted);
        Self {
            skimmer: Skimmer::new(reader).watched(watch),
            max: length(max),
            first: true,
            insisted,
            ended: false,
        }
    }

    pub(super) fn next(&mut self) -> Next<'r> {
        self.advance().unwrap_or_else(Next::Stopped)
    }

    fn advance(&mut self) -> io::Result<Next<'r>> {
        if self.ended {
            return Ok(Next::End);
        }
        let mut between = Vec::new();
        self.between(&mut between)?;
        let next = self.skimmer.peek()?;
        if !between.is_empty() && (next.is_some() || !self.first) {
            return Ok(Next::Part(Part::Between(between)));
        }
        let first = std::mem::take(&mut self.first);
        let mut body = between;
        match next {
            None => self.ended = true,
            Some(b'{' | b'[') => match self.skimmer.value(&mut body, self.max, Large::Pass)? {
                _ if first && self.skimmer.recognized().is_some() => return self.recognized(body),
                Skimmed::TooLarge => return Err(too_large(self.max as u64)),
                Skimmed::Whole => self.behind(&mut body)?,
                Skimmed::Cut => self.ended = true,
            },
            Some(_) => self.rest(&mut body)?,
        }
        let is_end = body.is_empty() && !first;
        Ok(if is_end { Next::End } else { Next::Part(Part::Body(body)) })
    }

    /// Takes white space and byte order marks.
    fn between(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let chunk = self.skimmer.filled()?;
            let length = match span(chunk) {
                0 => usize::from(chunk.first().is_some_and(|byte| MARK.contains(byte))),
                length => length,
            };
            if length == 0 {
                return Ok(());
            }
            out.extend_from_slice(&chunk[..length]);
            self.skimmer.consume(length)?;
            if out.len() > self.max {
                return Err(too_large(self.max as u64));
            }
        }
    }

    /// What stands behind a document and begins no other belongs to it, and makes it no JSON.
    fn behind(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        let chunk = self.skimmer.filled()?;
        let next = chunk.get(span(chunk));
        if chunk.is_empty() || next.is_none_or(|byte| matches!(byte, b'{' | b'[') || MARK.contains(byte)) {
            return Ok(());
        }
        self.rest(body)
    }

    /// Takes all there is.
    fn rest(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        self.ended = true;
        loop {
            let chunk = self.skimmer.filled()?;
            let length = chunk.len();
            if length == 0 {
                return Ok(());
            }
            body.extend_from_slice(chunk);
            self.skimmer.consume(length)?;
            if body.len() > self.max {
                return Err(too_large(self.max as u64));
            }
        }
    }

    /// Goes on in the capture of which this was read.
    fn recognized(&mut self, read: Vec<u8>) -> io::Result<Next<'r>> {
        self.ended = true;
        match self.skimmer.recognized() {
            Some(Recognized::Capture(input)) if !self.insisted => {
                let rest = std::mem::replace(&mut self.skimmer, Skimmer::new(Box::new(io::empty())));
                let reader = Cursor::new(read).chain(rest.into_reader());
                Ok(Next::Capture(input, Box::new(reader)))
            }
            Some(Recognized::Other(what)) => Err(io::Error::new(io::ErrorKind::InvalidData, what)),
            _ => Ok(Next::Part(Part::Body(read))),
        }
    }
}
