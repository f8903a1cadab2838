//! Bytes before a payload on its line, and the reading of large payloads.

use std::io::{self, Read};

use super::limit::length;

/// The byte order mark.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// White space before a body on its line, perhaps with the byte order mark. A long run is counted, not kept:
/// to the columns behind it one kind of white space is like another.
#[derive(Default)]
pub(super) struct Lead {
    pub(super) kept: Vec<u8>,
    pub(super) spaces: u64,
}

impl Lead {
    const MAX_KEPT: usize = 4 << 10;

    pub(super) fn len(&self) -> u64 {
        self.spaces + self.kept.len() as u64
    }

    /// Columns that it takes.
    pub(super) fn points(&self) -> u64 {
        self.spaces + self.kept.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64
    }

    pub(super) fn push(&mut self, space: &[u8]) {
        if self.spaces == 0 && self.kept.len() + space.len() <= Self::MAX_KEPT {
            self.kept.extend_from_slice(space);
        } else {
            self.spaces += space.len() as u64;
        }
    }

    /// Goes on behind more white space; false where that ends no line.
    pub(super) fn pass(&mut self, space: &[u8]) -> bool {
        let line_end = memchr::memrchr(b'\n', space);
        if line_end.is_some() {
            *self = Self::default();
        }
        self.push(&space[line_end.map_or(0, |end| end + 1)..]);
        line_end.is_some()
    }

    /// Whether the byte can belong to the mark at the start.
    pub(super) fn takes_mark(&self, byte: Option<&u8>) -> bool {
        let marks = self.kept.iter().filter(|byte| MARK.contains(byte)).count();
        self.spaces == 0 && marks < MARK.len() && byte.is_some_and(|byte| MARK.contains(byte))
    }
}

/// What of a body is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// More of its value.
    Value,
    /// White space behind its value, or trailing data.
    Space,
    /// What is no JSON, up to the end of the stream.
    Other,
    /// Nothing.
    End,
}

/// A body that is passed on piece by piece.
pub(super) struct Passing {
    pub(super) lead: io::Cursor<Vec<u8>>,
    pub(super) spaces: u64,
    pub(super) held: io::Cursor<Vec<u8>>,
    pub(super) rest: Rest,
    /// How many bytes more it may have.
    pub(super) room: u64,
}

impl Passing {
    /// Passes on what is in memory.
    pub(super) fn read_held(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let lead = self.lead.read(buffer)?;
        if lead > 0 {
            return Ok(lead);
        }
        if self.spaces > 0 {
            let length = buffer.len().min(length(self.spaces));
            buffer[..length].fill(b' ');
            self.spaces -= length as u64;
            return Ok(length);
        }
        let length = self.held.read(buffer)?;
        if length == 0 {
            self.held = io::Cursor::default();
        }
        Ok(length)
    }
}
