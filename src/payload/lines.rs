//! Reads NDJSON: one payload a line.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use super::detect::is_several;
use super::limit::{length, too_large};
use super::line_watch::LineWatch;
use super::skim::ValueScan;
use super::space::{is_blank, newlines, span};
use super::stream::{Bodies, Bounds, Reader, unreadable};
use super::{Item, Payload};
use crate::error::Error;
use crate::json::{self, SyntaxErrorKind};
use crate::origin::Origin;

/// Read in one go: less makes more calls, more falls out of a processor's cache.
const CHUNK: usize = 1 << 20;

/// Maximum number of chunks kept for reuse.
const MAX_CHUNKS: usize = 8;

/// Bytes behind lines that are looked at whether values go on there, and again as many as the lines have.
const MAX_LOOKS: usize = 16 << 20;

/// White space at the beginning of a line is kept up to this length, and only counted beyond it.
const MAX_INDENT: usize = 64 << 10;

/// One body a line. Blank lines are nothing, however many or long they are. Lines are not copied: they are
/// parts of the chunk that was read, and the chunk is filled again once they are gone.
pub(super) struct Lines<'r> {
    reader: Reader<'r>,
    origin: Origin,
    bounds: Bounds,
    /// The line that is being read is passed on as it comes, and is so long already.
    passing: Option<u64>,
    /// Lines so far.
    line: u64,
    chunk: Arc<Vec<u8>>,
    /// What of the chunk was read and is not yet part of a line.
    rest: Range<usize>,
    /// How far into that there is no line end.
    searched: usize,
    /// White space that the line begins with, and that was dropped.
    indent: u64,
    /// Whether the line was found to hold anything else.
    solid: bool,
    /// White space since the last body.
    blank: u64,
    /// Other chunks, perhaps still in use.
    others: Vec<Arc<Vec<u8>>>,
    ended: bool,
    done: bool,
    /// Refuses captures.
    watch: LineWatch,
    /// How many more bytes are looked at whether values go on behind their lines.
    looks: Option<usize>,
}

impl<'r> Lines<'r> {
    pub(super) fn new(reader: Reader<'r>, origin: Origin, bounds: Bounds) -> Self {
        Self {
            reader,
            origin,
            bounds,
            passing: None,
            line: 0,
            chunk: Arc::default(),
            rest: 0..0,
            searched: 0,
            indent: 0,
            solid: false,
            blank: 0,
            others: Vec::new(),
            ended: false,
            done: false,
            watch: LineWatch::default(),
            looks: None,
        }
    }

    /// The same, but a line that is a capture, or begins a value of several lines, is refused.
    pub(super) fn watched(self) -> Self {
        Self { watch: LineWatch::new(), looks: Some(MAX_LOOKS), ..self }
    }

    /// The same of a text that is a part of a file and begins on this line of it, counted from 1.
    pub(super) fn beginning_at(self, line: u64) -> Self {
        // No stream has as many lines as could follow.
        Self { line: line.saturating_sub(1).min(u64::MAX / 2), ..self }
    }

    fn line_end(&self) -> Option<usize> {
        let from = self.rest.start + self.searched;
        memchr::memchr(b'\n', &self.chunk[from..self.rest.end]).map(|at| from + at)
    }

    /// The next line without its end, `None` behind the last one.
    fn line(&mut self) -> io::Result<Option<Line>> {
        loop {
            self.skip_blank()?;
            let end = self.line_end();
            let line = self.rest.start..end.unwrap_or(self.rest.end);
            if self.solid && self.is_longer(&line, self.bounds.held) {
                if self.bounds.max == self.bounds.held {
                    return Err(too_large(self.bounds.max));
                }
                self.line += 1;
                self.passing = Some(0);
                return Ok(Some(Line::Long));
            }
            if end.is_some() || self.ended {
                self.rest.start = end.map_or(line.end, |end| end + 1);
                self.searched = 0;
                let last = end.is_none() && line.is_empty() && self.indent == 0;
                self.line += u64::from(!last);
                return Ok((!last).then_some(Line::Held(line)));
            }
            self.searched = line.len();
            self.read()?;
        }
    }

    fn is_longer(&self, line: &Range<usize>, max: u64) -> bool {
        let line = &self.chunk[line.clone()];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        (line.len() as u64).saturating_add(self.indent) > max
    }

    /// Drops blank lines, and what a line begins with if that is much white space.
    fn skip_blank(&mut self) -> io::Result<()> {
        if self.solid || self.rest.is_empty() {
            return Ok(());
        }
        let here = &self.chunk[self.rest.clone()];
        let mut space = span(here);
        self.solid = space < here.len();
        if let Some(end) = memchr::memrchr(b'\n', &here[..space]) {
            let lines = end + 1;
            self.line += newlines(&here[..lines]);
            self.blank += self.indent + lines as u64;
            self.indent = 0;
            self.rest.start += lines;
            self.searched = 0;
            space -= lines;
        }
        if space > MAX_INDENT {
            self.indent += space as u64;
            self.rest.start += space;
            self.searched = 0;
        }
        let max = self.bounds.max;
        if self.blank.saturating_add(self.indent) > max { Err(too_large(max)) } else { Ok(()) }
    }

    /// Reads once behind the rest of the chunk, which is moved to the front of one that is free.
    fn read(&mut self) -> io::Result<()> {
        let kept = self.rest.len();
        let size = CHUNK.max(if kept > CHUNK / 2 { kept * 2 } else { 0 });
        if let Some(chunk) = Arc::get_mut(&mut self.chunk) {
            chunk.copy_within(self.rest.clone(), 0);
            chunk.resize(size.max(chunk.len()), 0);
        } else {
            let mut free = self.others.iter().position(|other| Arc::strong_count(other) == 1);
            if free.is_none() && self.others.len() > MAX_CHUNKS {
                self.others.remove(0);
            }
            let mut next = free.take().map_or_else(Arc::default, |at| self.others.swap_remove(at));
            if let Some(chunk) = Arc::get_mut(&mut next) {
                chunk.resize(size.max(chunk.len()), 0);
                chunk[..kept].copy_from_slice(&self.chunk[self.rest.clone()]);
            }
            self.others.push(std::mem::replace(&mut self.chunk, next));
        }
        self.rest = 0..kept;
        let Some(chunk) = Arc::get_mut(&mut self.chunk) else { return Ok(()) };
        loop {
            match self.reader.read(&mut chunk[kept..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.rest.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    fn advance(&mut self) -> io::Result<Option<Item>> {
        while self.passing.is_some() {
            // Nobody read the long line to its end.
            if let Err(error) = self.read_body(&mut [0; 8192]) {
                self.line -= 1;
                return Err(error);
            }
        }
        loop {
            let line = match self.line()? {
                Some(Line::Held(line)) => line,
                Some(Line::Long) => {
                    self.blank = 0;
                    self.watch.begin();
                    let payload = Payload::new(self.origin.at_line(self.line), Vec::new());
                    return Ok(Some(Item::Large(payload.starting_at(self.line))));
                }
                None => {
                    self.done = true;
                    // A capture that failed must not pass for one that had nothing to say.
                    let empty = || Item::Payload(Payload::new(self.origin.clone(), Vec::new()));
                    return Ok((self.line == 0).then(empty));
                }
            };
            let (indent, solid) = (std::mem::take(&mut self.indent), std::mem::take(&mut self.solid));
            if !solid || is_blank(&self.chunk[line.clone()]) {
                continue;
            }
            self.blank = 0;
            let (line, several) = self.goes_on(line)?;
            if let Err(error) = several.map_or_else(|| self.watch.line(&self.chunk[line.clone()]), Err) {
                // A problem is at the line that was not given.
                self.line -= 1;
                return Err(error);
            }
            let origin = self.origin.at_line(self.line);
            let payload = if indent == 0 {
                Payload::part(origin, Arc::clone(&self.chunk), line)
            } else {
                let mut bytes = vec![b' '; length(indent)];
                bytes.extend_from_slice(&self.chunk[line]);
                Payload::new(origin, bytes)
            };
            return Ok(Some(Item::Payload(payload.starting_at(self.line))));
        }
    }

    /// Whether the value of a line may go on behind it: it ends inside of a value, or the next line begins
    /// so.
    fn may_go_on(&self, line: &Range<usize>) -> bool {
        let text = self.chunk[line.clone()].trim_ascii();
        let close = match text.first() {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            _ => return false,
        };
        let behind = &self.chunk[self.rest.clone()];
        text.last() != Some(&close) || matches!(behind.get(span(behind)), Some(b'}' | b']' | b','))
    }

    /// The line, and what is wrong if its value is JSON that ends on a later line. A line that was cut off is
    /// followed by others.
    fn goes_on(&mut self, line: Range<usize>) -> io::Result<(Range<usize>, Option<io::Error>)> {
        let Some(looks) = self.looks else { return Ok((line, None)) };
        self.looks = Some((looks + line.len()).min(MAX_LOOKS));
        if looks == 0 || !self.may_go_on(&line) {
            return Ok((line, None));
        }
        // Nothing is taken: what is read behind the line stays in the chunk.
        let behind = self.rest.start - line.start;
        self.rest.start = line.start;
        let several = loop {
            let text = &self.chunk[self.rest.clone()];
            let syntax_error = json::syntax_error(text, usize::MAX);
            let seen = syntax_error.as_ref().map_or(text.len(), |syntax_error| syntax_error.offset);
            self.looks = self.looks.map(|looks| looks.saturating_sub(seen));
            let is_cut =
                syntax_error.is_some_and(|syntax_error| syntax_error.kind == SyntaxErrorKind::Truncated);
            if !is_cut || self.ended || text.len() > CHUNK {
                let (length, ended) = ValueScan::default().over(&text[span(text)..seen]);
                let end = span(text) + length;
                let whole = ended && end > line.len() && json::is_complete(&text[..end]);
                break (whole || is_several(&text[..seen])).then(|| self.watch.several(text));
            }
            self.read()?;
        };
        let line = self.rest.start..self.rest.start + line.len();
        self.rest.start += behind;
        Ok((line, several))
    }

    /// Refuses a long line whose value goes on behind it. What follows a line that was cut off is a value of
    /// its own.
    fn ended_long(&mut self) -> io::Result<()> {
        if !self.watch.is_open() {
            return Ok(());
        }
        if self.rest.is_empty() && !self.ended {
            self.read()?;
        }
        let behind = &self.chunk[self.rest.clone()];
        match behind.get(span(behind)) {
            Some(b'}' | b']' | b',' | b'"') => Err(self.watch.several(&[])),
            _ => Ok(()),
        }
    }

    /// Passes on the long line.
    fn pass(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(passed) = self.passing else { return Ok(0) };
        let mut length = length(self.indent).min(buffer.len());
        let mut end = None;
        if length > 0 {
            buffer[..length].fill(b' ');
            self.indent -= length as u64;
        } else {
            if self.rest.is_empty() && !self.ended {
                self.read()?;
            }
            let here = &self.chunk[self.rest.clone()];
            end = memchr::memchr(b'\n', here);
            length = end.unwrap_or(here.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&here[..length]);
            self.rest.start += length;
            self.searched = 0;
        }
        let passed = passed + length as u64;
        if passed > self.bounds.max {
            return Err(too_large(self.bounds.max));
        }
        self.watch.piece(&buffer[..length])?;
        self.passing = Some(passed);
        if length == 0 && !buffer.is_empty() {
            self.rest.start += usize::from(end.is_some());
            self.passing = None;
            self.solid = false;
            self.ended_long()?;
        }
        Ok(length)
    }
}

/// A line, as it was found.
enum Line {
    Held(Range<usize>),
    /// Longer than what is held.
    Long,
}

impl Bodies for Lines<'_> {
    fn at_hand(&self) -> bool {
        // A blank line is nothing to have at hand.
        let here = &self.chunk[self.rest.clone()];
        memchr::memchr(b'\n', &here[span(here)..]).is_some()
    }

    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let passed = self.pass(buffer);
        if passed.is_err() {
            // Nobody looks for the end of a line that is too long.
            (self.passing, self.done) = (None, true);
        }
        passed
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
        let location = || format!("{}:{}", self.origin.name(), self.line + 1);
        next.map_err(|error| unreadable(&location(), error)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    /// Every line with its number, whatever is held of the lines before.
    fn lines(text: &[u8], keep: bool, max: u64) -> Vec<(u64, Vec<u8>)> {
        let reader = BufReader::with_capacity(7, Cursor::new(text.to_vec()));
        let mut kept = Vec::new();
        let mut found = Vec::new();
        let bounds = Bounds { held: max, max };
        for item in Lines::new(Box::new(reader), Origin::file("f"), bounds) {
            let Ok(Item::Payload(payload)) = item else { break };
            found.push((payload.line(), payload.bytes().to_vec()));
            if keep {
                kept.push((payload, found.len() - 1));
            }
        }
        for (payload, at) in kept {
            assert_eq!(payload.bytes(), found[at].1);
        }
        found
    }

    #[test]
    fn lines_are_whole_whether_earlier_ones_are_held_or_not() {
        let long = b"x".repeat(3 * CHUNK);
        let text = [&b"a\n\n b \r\n"[..], &long, b"\nc\n  \n", &long, b"\nlast"].concat();
        let expected = [
            (1, b"a".to_vec()),
            (3, b" b \r".to_vec()),
            (4, long.clone()),
            (5, b"c".to_vec()),
            (7, long.clone()),
            (8, b"last".to_vec()),
        ];
        for hold in [false, true] {
            assert_eq!(lines(&text, hold, u64::MAX), expected);
        }
    }

    #[test]
    fn a_long_line_is_passed_on_whether_it_is_read_or_not() {
        let long = b"y".repeat(3 * CHUNK);
        let text = [&b"a\n"[..], &long, b"\nb\n", &long].concat();
        for read in [0, 10, 2 * CHUNK, 4 * CHUNK] {
            let bounds = Bounds { held: 100, max: u64::MAX };
            let mut lines = Lines::new(Box::new(Cursor::new(text.clone())), Origin::file("f"), bounds);
            let mut found = Vec::new();
            while let Some(item) = lines.next() {
                match item.unwrap() {
                    Item::Large(payload) => {
                        let mut body = Vec::new();
                        while body.len() < read {
                            let from = body.len();
                            body.resize(from + 1000, 0);
                            let length = lines.read_body(&mut body[from..]).unwrap();
                            body.truncate(from + length);
                            if length == 0 {
                                assert_eq!(body, long);
                                break;
                            }
                        }
                        found.push((payload.line(), b"long".to_vec()));
                    }
                    Item::Payload(payload) => found.push((payload.line(), payload.bytes().to_vec())),
                    Item::Skipped(_) => {}
                }
            }
            let expected = [&b"a"[..], b"long", b"b", b"long"].map(<[u8]>::to_vec);
            assert_eq!(found, (1..).zip(expected).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_value_of_several_lines_ends_the_reading() {
        let found = |text: &str, capacity| {
            let reader = BufReader::with_capacity(capacity, Cursor::new(text.as_bytes().to_vec()));
            let bounds = Bounds { held: u64::MAX, max: u64::MAX };
            let lines = Lines::new(Box::new(reader), Origin::file("f"), bounds).watched();
            lines
                .map(|item| item.map_or_else(|error| error.to_string(), |_| String::new()))
                .collect::<Vec<_>>()
        };
        let problem = |line| {
            format!(
                "f:{line}: begins a JSON value of several lines, which is not NDJSON: pass `input=documents`"
            )
        };
        let whole = |count| vec![String::new(); count];
        for capacity in [1, 7, 1 << 16] {
            for pretty in
                ["{\n\"a\": [1,\n2]\n}\n", " [\n1\n]", "{\"a\": 1\n, \"b\": 2}\n{}\n", "{\n\n}\n{\n}\n"]
            {
                let text = format!("{{}}\n\n{{\"a\": 1}}\n{pretty}");
                assert_eq!(found(&text, capacity), [whole(2), vec![problem(4)]].concat(), "{text}");
            }
            // A line that is cut off is one of many, and so is one with several values.
            for cut in ["{\"a\": [1,", "{", "[1, {\"a\":", "{} {"] {
                let text = format!("{{}}\n{cut}\n{{\"a\": 1}}\n\n[1]\n{{\"a\": 1}}");
                assert_eq!(found(&text, capacity), whole(5), "{text}");
            }
        }
        assert_eq!(found(&"{\n[\n".repeat(20_000), 1 << 16), whole(40_000));
    }

    #[test]
    fn a_line_that_is_too_long_ends_the_reading() {
        assert_eq!(lines(b"1234\n12345\r\n123456\n1", false, 5).len(), 2);
    }
}
