//! Reads ahead without consuming.

use std::io::{self, BufRead, Read};

use super::stream::Reader;

/// A stream with its beginning held, to look at before it is read.
pub(super) struct Ahead<'r> {
    held: Vec<u8>,
    at: usize,
    /// An error behind what is held; returned when a reader reaches it.
    trouble: Option<io::Error>,
    rest: Reader<'r>,
}

impl<'r> Ahead<'r> {
    pub(super) fn new(rest: Reader<'r>) -> Self {
        Self { held: Vec::new(), at: 0, trouble: None, rest }
    }

    /// What is held and not read yet.
    pub(super) fn held(&self) -> &[u8] {
        &self.held[self.at..]
    }

    /// Holds more, until it is this much; false where the stream ends before. What is at hand beyond that is
    /// taken only as far as it doubles what is held: whatever is held is copied.
    pub(super) fn hold(&mut self, length: usize) -> bool {
        const STEP: usize = 32 << 10;
        self.held.drain(..self.at);
        self.at = 0;
        while self.held.len() < length && self.trouble.is_none() {
            let max = (length - self.held.len()).max(self.held.len()).max(STEP);
            match self.rest.fill_buf() {
                Ok([]) => return false,
                Ok(chunk) => {
                    let taken = chunk.len().min(max);
                    self.held.extend_from_slice(&chunk[..taken]);
                    self.rest.consume(taken);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.trouble = Some(error),
            }
        }
        self.trouble.is_none()
    }
}

impl Read for Ahead<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // What is not held need not be copied through anybody's buffer.
        if self.held.is_empty() && self.trouble.is_none() {
            return self.rest.read(buffer);
        }
        let mut ready = self.fill_buf()?;
        let length = ready.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Ahead<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.held.len() {
            return Ok(&self.held[self.at..]);
        }
        match self.trouble.take() {
            Some(error) => Err(error),
            None => self.rest.fill_buf(),
        }
    }

    fn consume(&mut self, length: usize) {
        if self.at < self.held.len() {
            self.at += length;
            if self.at == self.held.len() {
                self.held = Vec::new();
                self.at = 0;
            }
        } else {
            self.rest.consume(length);
        }
    }
}

/// A stream of which the first bytes are held.
#[cfg(feature = "captures")]
pub(super) fn peek(reader: Reader<'_>, length: usize) -> Ahead<'_> {
    let mut ahead = Ahead::new(reader);
    // JSON is told by its first byte, and the rest of it may be long in coming.
    let json = |first: u8| matches!(first, b'{' | b'[' | b' ' | b'\t' | b'\r' | b'\n' | 0xef);
    if ahead.hold(1) && !json(ahead.held()[0]) {
        ahead.hold(length);
    }
    ahead
}
