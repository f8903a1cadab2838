//! Reads lines, many at a time.

use std::io::BufRead;

use super::{Next, Part};
use crate::payload::limit::{length, too_large};
use crate::payload::skim::filled;
use crate::payload::stream::Reader;

/// Lines are handed on together up to this number of bytes.
const BLOCK: usize = 256 << 10;

pub(super) struct Lines<'r> {
    reader: Reader<'r>,
    /// The beginning of a line.
    held: Vec<u8>,
    max: usize,
    /// The line is too long, and is read to its end.
    skips: bool,
    ended: bool,
}

impl<'r> Lines<'r> {
    pub(super) fn new(reader: Reader<'r>, max: u64) -> Self {
        Self { reader, held: Vec::new(), max: length(max), skips: false, ended: false }
    }

    pub(super) fn next(&mut self) -> Next<'r> {
        let mut searched = 0;
        loop {
            if self.ended {
                let rest = std::mem::take(&mut self.held);
                return if rest.is_empty() { Next::End } else { Next::Part(Part::Lines(rest)) };
            }
            let chunk = match filled(&mut self.reader) {
                Ok(chunk) => chunk,
                // What came before it comes first.
                Err(_) if !self.held.is_empty() => {
                    return Next::Part(Part::Lines(std::mem::take(&mut self.held)));
                }
                Err(error) => return Next::Stopped(error),
            };
            if chunk.is_empty() {
                self.ended = true;
                continue;
            }
            if self.skips {
                let end = memchr::memchr(b'\n', chunk);
                let length = end.unwrap_or(chunk.len());
                self.skips = end.is_none();
                self.reader.consume(length);
                continue;
            }
            self.held.extend_from_slice(chunk);
            let length = chunk.len();
            self.reader.consume(length);
            if self.held.len() < BLOCK {
                continue;
            }
            match memchr::memrchr(b'\n', &self.held[searched..]) {
                Some(end) => {
                    let rest = self.held.split_off(searched + end + 1);
                    return Next::Part(Part::Lines(std::mem::replace(&mut self.held, rest)));
                }
                None if self.held.len() > self.max => {
                    self.held.clear();
                    self.skips = true;
                    return Next::LeftOut(too_large(self.max as u64).to_string());
                }
                None => searched = self.held.len(),
            }
        }
    }
}
