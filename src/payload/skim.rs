//! Finds the end of a JSON value in a stream, and keeps a bounded part of it.

use std::io::{self, BufRead};

use super::Recognized;
use super::blocks::{BLOCK, StringBlock, brackets, inside_strings, short_string};
#[cfg(any(test, feature = "captures"))]
use super::limit::too_large;
use super::space::newlines;
#[cfg(any(test, feature = "captures"))]
use super::space::span;

/// What came of reading a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skimmed {
    /// It was read to its end.
    Whole,
    /// It is larger than what was to be kept of it.
    TooLarge,
    /// The stream ended before it did.
    Cut,
}

/// What to do about a value that is larger than what is to be kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Large {
    /// Read to its end, for what follows it.
    Pass,
    /// Stop there, with all kept that was taken: the rest of it is read by [`Skimmer::rest`].
    Stop,
}

/// Looks at a value while it is walked over.
pub(super) trait Watch: Send {
    /// Another value begins.
    fn begin(&mut self);
    /// How far the value goes in this chunk, and whether it ends there.
    fn over(&mut self, chunk: &[u8]) -> (usize, bool);
    /// Whether what came so far is a number or a word.
    fn is_scalar(&self) -> bool;
    /// What the value is, where it is no payload.
    fn recognized(&self) -> Option<Recognized>;
}

/// Walks over JSON values by their brackets and quotes; whether they are JSON is not its business.
pub(super) struct Skimmer<R> {
    reader: R,
    /// The line of the next byte, counted from 1.
    pub(super) line: u64,
    /// White space between values, at most.
    #[cfg(any(test, feature = "captures"))]
    max_space: u64,
    /// Bytes that were read and not taken.
    ahead: usize,
    walk: ValueScan,
    /// Who walks instead, and looks what values are.
    watch: Option<Box<dyn Watch>>,
    /// Nothing more belongs to the value.
    ended: bool,
}

/// Where in a value the walk is.
#[derive(Debug, Default)]
pub(super) struct ValueScan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    began: bool,
}

impl<R: BufRead> Skimmer<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            line: 1,
            #[cfg(any(test, feature = "captures"))]
            max_space: u64::MAX,
            ahead: 0,
            walk: ValueScan::default(),
            watch: None,
            ended: false,
        }
    }

    /// The same, with a watch that recognizes values.
    pub(super) fn watched(mut self, watch: Option<Box<dyn Watch>>) -> Self {
        self.watch = watch;
        self
    }

    /// What the last value is, where it is no payload.
    pub(super) fn recognized(&self) -> Option<Recognized> {
        self.watch.as_ref().and_then(|watch| watch.recognized())
    }

    /// The stream behind what was read.
    pub(super) fn into_reader(self) -> R {
        self.reader
    }

    fn begin(&mut self) {
        self.ended = false;
        match &mut self.watch {
            Some(watch) => watch.begin(),
            None => self.walk = ValueScan::default(),
        }
    }

    fn is_scalar(&self) -> bool {
        self.watch.as_ref().map_or_else(|| self.walk.is_scalar(), |watch| watch.is_scalar())
    }

    /// The same, with a limit to white space between values.
    #[cfg(feature = "captures")]
    pub(super) fn max_space(mut self, bytes: u64) -> Self {
        self.max_space = bytes;
        self
    }

    /// Whether some of what comes next was read already, so that reading it does not wait.
    pub(super) fn at_hand(&self) -> bool {
        self.ahead > 0
    }

    /// What is there, at least a byte unless the stream is at its end.
    pub(super) fn filled(&mut self) -> io::Result<&[u8]> {
        filled(&mut self.reader)
    }

    /// Takes some of what is there.
    pub(super) fn consume(&mut self, length: usize) -> io::Result<()> {
        let chunk = filled(&mut self.reader)?;
        self.line += newlines(&chunk[..length]);
        self.ahead = chunk.len() - length;
        self.reader.consume(length);
        Ok(())
    }

    /// The next byte, which stays where it is.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(filled(&mut self.reader)?.first().copied())
    }

    /// Takes the next byte.
    pub(super) fn take(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.consume(1)?;
        }
        Ok(byte)
    }

    /// Takes white space, and the byte order mark at the start, and gives the byte behind it.
    #[cfg(any(test, feature = "captures"))]
    pub(super) fn peek_token(&mut self) -> io::Result<Option<u8>> {
        let mut space = 0_u64;
        loop {
            let chunk = self.filled()?;
            let length = match chunk.first() {
                Some(0xef | 0xbb | 0xbf) => 1,
                first => match span(chunk) {
                    0 => return Ok(first.copied()),
                    length => length,
                },
            };
            self.consume(length)?;
            space += length as u64;
            if space > self.max_space {
                return Err(too_large(self.max_space));
            }
        }
    }

    /// Reads a value (its first byte is the next one) and keeps at most `most` bytes of it. What is no
    /// payload is read as far as it takes to know that.
    pub(super) fn value(&mut self, kept: &mut Vec<u8>, max: usize, beyond: Large) -> io::Result<Skimmed> {
        self.value_and_quotes(kept, max, beyond, |_| ())
    }

    /// The same, with a call for the first and last quote of each string in what is kept, unless watched.
    pub(super) fn value_and_quotes(
        &mut self,
        kept: &mut Vec<u8>,
        max: usize,
        beyond: Large,
        mut quote: impl FnMut(usize),
    ) -> io::Result<Skimmed> {
        self.begin();
        let mut large = false;
        loop {
            let chunk = filled(&mut self.reader)?;
            if chunk.is_empty() {
                // A number or a word ends with the stream.
                return Ok(if self.is_scalar() { Skimmed::Whole } else { Skimmed::Cut });
            }
            let (length, ended) = match &mut self.watch {
                Some(watch) => watch.over(chunk),
                // What is not kept has no place.
                None if large && beyond == Large::Pass => self.walk.over(chunk),
                None => {
                    let before = kept.len();
                    self.walk.over_quotes(chunk, |at| quote(before + at))
                }
            };
            let taken = &chunk[..length];
            let room = max.saturating_sub(kept.len());
            let keeps = if beyond == Large::Stop { length } else { length.min(room) };
            kept.extend_from_slice(&taken[..keeps]);
            large |= length > room;
            self.consume(length)?;
            if self.recognized().is_some() && !ended {
                return Ok(Skimmed::TooLarge);
            }
            if large && beyond == Large::Stop && !ended {
                return Ok(Skimmed::TooLarge);
            }
            if ended {
                let passed = large && beyond == Large::Pass;
                return Ok(if passed { Skimmed::TooLarge } else { Skimmed::Whole });
            }
        }
    }

    /// Reads on in a value of which too much was kept; nothing behind its end.
    pub(super) fn rest(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let chunk = filled(&mut self.reader)?;
        let chunk = &chunk[..chunk.len().min(buffer.len())];
        let (length, ended) = match &mut self.watch {
            Some(watch) => watch.over(chunk),
            None => self.walk.over(chunk),
        };
        self.ended = ended || chunk.is_empty();
        buffer[..length].copy_from_slice(&chunk[..length]);
        self.consume(length)?;
        Ok(length)
    }
}

impl ValueScan {
    /// A walk that begins inside this many containers.
    #[cfg(feature = "captures")]
    pub(super) fn inside(depth: usize) -> Self {
        Self { depth, began: true, ..Self::default() }
    }

    /// Whether what came so far is a number or a word.
    pub(super) fn is_scalar(&self) -> bool {
        self.began && self.depth == 0 && !self.in_string
    }

    /// How far the value goes in this chunk, and whether it ends there.
    pub(super) fn over(&mut self, chunk: &[u8]) -> (usize, bool) {
        self.over_quotes(chunk, |_| ())
    }

    /// The same, with a call for the first and last quote of each string.
    fn over_quotes(&mut self, chunk: &[u8], mut quote: impl FnMut(usize)) -> (usize, bool) {
        let (mut at, mut bytewise) = (0, 0);
        while let Some(&byte) = chunk.get(at) {
            if self.depth > 0 && at >= bytewise {
                let (length, ended) = self.blocks(&chunk[at..], |place| quote(at + place));
                at += length;
                if ended {
                    return (at, true);
                }
                bytewise = at + BLOCK;
                continue;
            }
            if self.in_string {
                at += self.string(&chunk[at..]);
                if self.in_string {
                    break;
                }
                quote(at - 1);
                if self.depth == 0 {
                    return (at, true);
                }
                continue;
            }
            at += 1;
            match byte {
                b'"' => {
                    self.in_string = true;
                    quote(at - 1);
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at, true);
                    }
                }
                b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => {
                    return (at - 1, true);
                }
                _ => {}
            }
            self.began = true;
        }
        (chunk.len(), false)
    }

    /// How far the whole blocks go in a container, and whether it ends there. They end before a backslash
    /// outside strings, which escapes nothing.
    fn blocks(&mut self, text: &[u8], mut quote: impl FnMut(usize)) -> (usize, bool) {
        let mut at = 0;
        while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk) {
            let (strings, mut escaped) = (StringBlock::of(block), self.escaped);
            let quotes = strings.unescaped(&mut escaped);
            if quotes != 0 || !self.in_string {
                let inside = inside_strings(quotes, self.in_string);
                if strings.has_backslash_outside(inside) {
                    break;
                }
                let (opens, closes) = brackets(block);
                let end = self.end(opens & !inside, closes & !inside);
                let mut rest = quotes & end.map_or(u64::MAX, |end| !(u64::MAX << end));
                for _ in 0..rest.count_ones() {
                    quote(at + rest.trailing_zeros() as usize);
                    rest &= rest - 1;
                }
                if let Some(end) = end {
                    (self.in_string, self.escaped) = (false, false);
                    return (at + end + 1, true);
                }
                self.in_string = inside >> (BLOCK - 1) != 0;
            }
            self.escaped = escaped;
            at += BLOCK;
        }
        (at, false)
    }

    /// Where the container ends among these brackets of a block, unless it goes on behind them.
    fn end(&mut self, opens: u64, closes: u64) -> Option<usize> {
        if closes.count_ones() as usize >= self.depth {
            let mut rest = closes;
            for closed in 1..=closes.count_ones() {
                let at = rest.trailing_zeros();
                let opened = (opens & !(u64::MAX << at)).count_ones() as usize;
                if self.depth + opened == closed as usize {
                    self.depth = 0;
                    return Some(at as usize);
                }
                rest &= rest - 1;
            }
        }
        self.depth = self.depth + opens.count_ones() as usize - closes.count_ones() as usize;
        None
    }

    /// How far the rest of a string goes, with its last quote. Blocks are looked at without a branch an
    /// escape: a body in a string has one every few bytes.
    fn string(&mut self, text: &[u8]) -> usize {
        if !self.escaped
            && let Some(end) = short_string(text)
        {
            self.in_string = false;
            return end + 1;
        }
        let mut at = 0;
        while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk) {
            if let Some(end) = StringBlock::of(block).end(&mut self.escaped) {
                (self.in_string, self.escaped) = (false, false);
                return at + end + 1;
            }
            at += BLOCK;
        }
        for (behind, byte) in (at + 1..).zip(&text[at..]) {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_string = false;
                    return behind;
                }
                _ => {}
            }
        }
        text.len()
    }
}

/// What the buffer holds, at least a byte unless the stream is at its end.
pub(super) fn filled(reader: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // What was filled stays filled.
    reader.fill_buf()
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    /// How far a value goes in a text that comes in pieces of this length, whether it ends there, and the
    /// first and last quotes of its strings.
    fn scanned(text: &[u8], piece: usize) -> (usize, bool, Vec<usize>) {
        let (mut scan, mut quotes, mut at) = (ValueScan::default(), Vec::new(), 0);
        for piece in text.chunks(piece) {
            let (length, ended) = scan.over_quotes(piece, |place| quotes.push(at + place));
            at += length;
            if ended {
                return (at, true, quotes);
            }
        }
        (at, false, quotes)
    }

    proptest! {
        #[test]
        fn blocks_of_a_value_are_read_as_its_bytes_are(
            parts in prop::collection::vec(
                prop::sample::select(&["{", "[{", "}", "]", "\"", "\"", "\\\"", "\\", "x", ", : {}", "\"[\\\\\""][..]),
                0..200,
            ),
            long in 0..200_usize,
            piece in 60..300_usize,
        ) {
            let text = format!("[[[\"{}\"{}", "x".repeat(long), parts.concat());
            let expected = scanned(text.as_bytes(), 1);
            prop_assert_eq!(&scanned(text.as_bytes(), text.len()), &expected);
            prop_assert_eq!(&scanned(text.as_bytes(), piece), &expected);
        }
    }

    fn values(text: &str, capacity: usize) -> Vec<(String, Skimmed)> {
        let mut skimmer = Skimmer::new(BufReader::with_capacity(capacity, text.as_bytes()));
        let mut found = Vec::new();
        while skimmer.peek_token().unwrap().is_some() {
            let mut kept = Vec::new();
            let end = skimmer.value(&mut kept, 20, Large::Pass).unwrap();
            found.push((String::from_utf8(kept).unwrap(), end));
        }
        found
    }

    #[test]
    fn values_end_where_they_end_whatever_the_buffer() {
        let text = " {\"a\": \"}\\\"\"}[1,[2]] 12 \"x\\\\\"null\n{\"longer\": \"than it should\"} {\"a\":";
        for capacity in 1..20 {
            let (whole, recognized): (Vec<_>, Vec<_>) = values(text, capacity).into_iter().unzip();
            let expected = [
                "{\"a\": \"}\\\"\"}",
                "[1,[2]]",
                "12",
                "\"x\\\\\"",
                "null",
                "{\"longer\": \"than it ",
                "{\"a\":",
            ];
            assert_eq!(whole, expected, "{capacity}");
            assert_eq!(recognized[..5], [Skimmed::Whole; 5]);
            assert_eq!(recognized[5..], [Skimmed::TooLarge, Skimmed::Cut]);
        }
    }
}
