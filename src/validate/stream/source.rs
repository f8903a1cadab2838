//! The text of a payload: whole, or through a window.

use std::collections::VecDeque;
use std::io::{self, Read};

use crate::json::{self, LineColumn};

/// A text that is walked from its beginning to its end.
pub(super) trait Source {
    /// What can be seen of it.
    fn bytes(&self) -> &[u8];

    /// Looks further; what stands from `keep` on is kept and moves to the front. False at the end of the
    /// text.
    fn more(&mut self, keep: usize) -> bool;

    /// How many bytes came before those that can be seen.
    fn before(&self) -> usize;

    /// Line and column of a byte that can be seen, where nobody can find them later.
    fn location(&mut self, at: usize) -> Option<LineColumn>;

    /// Where the text stops being UTF-8, if it does, and whether it is merely cut off there.
    fn broken(&self) -> Option<(usize, bool)>;
}

/// A text that is there.
pub(super) struct Whole<'t> {
    text: &'t [u8],
    broken: Option<(usize, bool)>,
}

impl<'t> Whole<'t> {
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        let broken = broken(bytes);
        let until = broken.map_or(bytes.len(), |(until, _)| until);
        Self { text: &bytes[..until], broken }
    }
}

impl Source for Whole<'_> {
    #[inline]
    fn bytes(&self) -> &[u8] {
        self.text
    }

    #[inline]
    fn more(&mut self, _: usize) -> bool {
        false
    }

    #[inline]
    fn before(&self) -> usize {
        0
    }

    #[inline]
    fn location(&mut self, _: usize) -> Option<LineColumn> {
        None
    }

    fn broken(&self) -> Option<(usize, bool)> {
        self.broken
    }
}

/// Where bytes stop being UTF-8, and whether they merely end in the middle of a character.
fn broken(bytes: &[u8]) -> Option<(usize, bool)> {
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return None;
    }
    let error = simdutf8::compat::from_utf8(bytes).err()?;
    Some((error.valid_up_to(), error.error_len().is_none()))
}

/// A text of any length, read through a window.
pub(super) struct Window<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What can be seen: UTF-8 from its first byte to its last.
    seen: usize,
    /// What was read: behind what can be seen, at most the beginning of a character.
    filled: usize,
    /// Bytes that slid out of the window.
    before: usize,
    broken: Option<(usize, bool)>,
    ended: bool,
    pub(super) trouble: Option<io::Error>,
    /// Line and column of the byte at `lines_at`, up to which lines are counted.
    here: LineColumn,
    lines_at: usize,
    /// Lines and columns of bytes that can be seen, in turn, by their offsets in the whole text.
    counted: VecDeque<(usize, LineColumn)>,
}

impl<R: Read> Window<R> {
    /// A window of `size` bytes over a text that begins here; it grows only for a token that somebody looks
    /// at. The name of the encoding where that is not UTF-8.
    pub(super) fn new(reader: R, size: usize, start: LineColumn) -> Result<Self, &'static str> {
        let mut window = Self::empty(reader, size, start);
        // A mark, or a pattern of zeros, is told from four bytes.
        while window.filled < 4 && !window.ended {
            window.read();
        }
        let read = &window.buffer[..window.filled];
        let mark = read.len() - json::decode(read)?.len();
        window.buffer.drain(..mark);
        window.filled -= mark;
        window.before = mark;
        window.counted.push_back((mark, window.here));
        Ok(window)
    }

    fn empty(reader: R, size: usize, start: LineColumn) -> Self {
        Self {
            reader,
            buffer: vec![0; size.max(4)],
            seen: 0,
            filled: 0,
            before: 0,
            broken: None,
            ended: false,
            trouble: None,
            here: start,
            lines_at: 0,
            counted: VecDeque::new(),
        }
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.buffer.len()
    }

    /// Moves `keep` to the front of the window.
    fn slide(&mut self, keep: usize) {
        if self.lines_at < keep {
            // Nobody asks any more for what is passed here.
            self.here = self.here.after(&self.buffer[self.lines_at..keep]);
            self.lines_at = keep;
        }
        let location = self.line_column(keep);
        self.buffer.copy_within(keep..self.filled, 0);
        self.seen -= keep;
        self.filled -= keep;
        self.before += keep;
        self.lines_at -= keep;
        let gone = self.counted.partition_point(|(offset, _)| *offset <= self.before);
        self.counted.drain(..gone);
        self.counted.push_front((self.before, location));
    }

    /// Line and column of a byte that can be seen. Lines are counted once, and from the nearest byte known
    /// for what was passed before.
    fn line_column(&mut self, at: usize) -> LineColumn {
        const STEP: usize = 1 << 10;
        while self.lines_at < at {
            let until = at.min(self.lines_at + STEP);
            self.here = self.here.after(&self.buffer[self.lines_at..until]);
            self.lines_at = until;
            self.counted.push_back((self.before + until, self.here));
        }
        if self.lines_at == at {
            return self.here;
        }
        let behind = self.counted.partition_point(|(offset, _)| *offset <= self.before + at);
        match behind.checked_sub(1).and_then(|known| self.counted.get(known)) {
            Some((offset, location)) => location.after(&self.buffer[offset - self.before..at]),
            None => self.here,
        }
    }

    /// Shows what was read, as far as it is UTF-8.
    fn reveal(&mut self) {
        if self.broken.is_some() {
            return;
        }
        match broken(&self.buffer[self.seen..self.filled]) {
            None => self.seen = self.filled,
            Some((until, cut)) => {
                self.seen += until;
                if !cut || self.ended {
                    self.broken = Some((self.before + self.seen, cut));
                    self.ended = true;
                }
            }
        }
    }

    /// Reads once; what cannot be read is the end, and is told there.
    fn read(&mut self) {
        if self.filled == self.buffer.len() {
            // By a quarter: what a long token takes is little more than its length.
            let size = self.buffer.len();
            self.buffer.resize(size + (size / 4).max(1), 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(length) => self.filled += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.trouble = Some(error);
                    self.ended = true;
                }
            }
            return;
        }
    }
}

impl<R: Read> Source for Window<R> {
    #[inline]
    fn bytes(&self) -> &[u8] {
        &self.buffer[..self.seen]
    }

    #[cold]
    fn more(&mut self, keep: usize) -> bool {
        self.slide(keep);
        let seen = self.seen;
        self.reveal();
        while self.seen == seen && !self.ended {
            self.read();
            self.reveal();
        }
        self.seen > seen
    }

    #[inline]
    fn before(&self) -> usize {
        self.before
    }

    fn location(&mut self, at: usize) -> Option<LineColumn> {
        Some(self.line_column(at))
    }

    fn broken(&self) -> Option<(usize, bool)> {
        self.broken
    }
}
