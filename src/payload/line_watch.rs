//! Recognizes captures among lines of NDJSON.
//!
//! A capture must not be validated as a payload. To look at the members of each line would take longer than
//! reading it: only lines that have a member of captures in them, or begin with another key than the line
//! before, are looked at.

use std::io;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::documents::behind_json;
use super::skim::Watch;
use super::space::span;
use super::{Input, Recognized, captures, requests};

/// Captures of WireMock may begin with any key (`id`, `name`), but not without this one, or `requests`.
static REQUEST: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"request"));

/// What others have: HAR, and collections of Postman.
static OTHERS: LazyLock<[Finder<'_>; 4]> =
    LazyLock::new(|| ["\"entries\"", "\"item\"", "\"response\"", "\\u00"].map(Finder::new));

/// The longest first key that is remembered.
const MAX_KEY: usize = 64;

/// Looks at one line after the other.
#[derive(Default)]
pub(super) struct LineWatch {
    watch: Option<Box<dyn Watch>>,
    /// The beginning of the last line that was looked at for everything, up to the end of its first key.
    key: Vec<u8>,
    /// Whether the long line that is passed on was read to its end.
    ended: bool,
    /// The last line names the request of the next one, which is its response then, whatever it looks like.
    named: bool,
    /// Whether the long line is such a response.
    is_response: bool,
}

impl LineWatch {
    pub(super) fn new() -> Self {
        Self { watch: captures::watch(), ..Self::default() }
    }

    /// Refuses a line that is a capture.
    pub(super) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let Some(watch) = &mut self.watch else { return Ok(()) };
        let is_response = std::mem::replace(&mut self.named, requests::is_request(line));
        if is_response || self.named {
            return Ok(());
        }
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let line = &line[span(line)..];
        if !matches!(line.first(), Some(b'{' | b'[')) {
            let is_http = captures::is_response(line);
            return if is_http { Err(behind_json(Input::Http.what())) } else { Ok(()) };
        }
        let known = !self.key.is_empty() && line.starts_with(&self.key);
        let whole = |at: usize| {
            let end = &line[at + REQUEST.needle().len()..];
            end.starts_with(b"\"") || end.starts_with(b"s\"")
        };
        let mut suspect = REQUEST.find_iter(line).any(whole);
        if !known {
            self.key.clear();
            self.key.extend_from_slice(first_key(line).unwrap_or_default());
            suspect = suspect || OTHERS.iter().any(|needle| needle.find(line).is_some());
        }
        if !suspect {
            return Ok(());
        }
        watch.begin();
        watch.over(line);
        watch.recognized().map_or(Ok(()), |recognized| Err(refused(recognized)))
    }

    /// Refuses a line whose value goes on behind it, as far as that was read.
    pub(super) fn several(&mut self, text: &[u8]) -> io::Error {
        let recognized = self.watch.as_mut().and_then(|watch| {
            watch.begin();
            watch.over(&text[span(text)..]);
            watch.recognized()
        });
        match recognized {
            Some(Recognized::Capture(input)) => behind_json(input.what()),
            Some(Recognized::Other(what)) => io::Error::new(io::ErrorKind::InvalidData, what),
            None => {
                let what =
                    "begins a JSON value of several lines, which is not NDJSON: pass `input=documents`";
                io::Error::new(io::ErrorKind::InvalidData, what)
            }
        }
    }

    /// Whether the long line ended before its value did.
    pub(super) fn is_open(&self) -> bool {
        self.watch.is_some() && !self.ended
    }

    /// A long line begins that is passed on piece by piece.
    pub(super) fn begin(&mut self) {
        self.ended = false;
        self.is_response = std::mem::take(&mut self.named);
        if let Some(watch) = &mut self.watch {
            watch.begin();
        }
    }

    /// Refuses a long line that turns out to be a capture.
    pub(super) fn piece(&mut self, piece: &[u8]) -> io::Result<()> {
        let Some(watch) = self.watch.as_mut().filter(|_| !self.ended) else { return Ok(()) };
        self.ended = watch.over(piece).1;
        if self.is_response {
            return Ok(());
        }
        watch.recognized().map_or(Ok(()), |recognized| Err(refused(recognized)))
    }
}

/// The beginning of an object up to the end of its first key, unless that is one that captures begin with.
fn first_key(line: &[u8]) -> Option<&[u8]> {
    const OF_CAPTURES: &[&[u8]] = &[b"log", b"info", b"item", b"collection", b"mappings", b"response"];
    let inside = line.strip_prefix(b"{")?;
    let key = inside[span(inside)..].strip_prefix(b"\"")?;
    let length = memchr::memchr(b'"', &key[..key.len().min(MAX_KEY)])?;
    let begin = line.len() - key.len();
    (!OF_CAPTURES.contains(&&key[..length])).then_some(&line[..=begin + length])
}

fn refused(recognized: Recognized) -> io::Error {
    let what = match recognized {
        Recognized::Capture(input) => format!(
            "is {}, not a payload: put it into a file of its own and pass `input={}`; pass `input=ndjson` if it is a payload",
            input.what(),
            input.name()
        ),
        Recognized::Other(what) => what.to_owned(),
    };
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(all(test, feature = "captures"))]
mod tests {
    use super::*;

    const HAR: &str = r#"{"log": {"version": "1.2", "creator": {}, "entries": []}}"#;
    const EVENT: &str =
        r#"{"id": "x", "request": {"method": "GET", "url": "/a"}, "response": {"status": 200}}"#;

    fn refused_at(lines: &[&str]) -> Option<usize> {
        let mut watch = LineWatch::new();
        lines.iter().position(|line| watch.line(line.as_bytes()).is_err())
    }

    #[test]
    fn a_capture_is_refused_behind_any_other_line() {
        let collection = r#"{"info": {"_postman_id": "x"}, "item": []}"#;
        let array = format!("[{HAR}]");
        for capture in [HAR, EVENT, collection, &array] {
            for before in ["", "1", "{}", r#"{"id": 1}"#, r#"{"log": 1}"#, r#"{"info": {"name": 1}}"#, "[]"] {
                assert_eq!(refused_at(&[before, before, capture]), Some(2), "{before} {capture}");
            }
        }
    }

    #[test]
    fn other_lines_are_not() {
        let lines = [
            r#"{"id": 1, "request": {"id": 2}}"#,
            r#"{"log": {"entries": [{"request": "GET /"}]}}"#,
            r#"{"recorded_request":{"method":"GET","url":"/a"}}"#,
            r#"{"item": [{"request": 1}], "info": {"name": "x"}}"#,
            "null",
            "{",
            "",
        ];
        assert_eq!(refused_at(&lines), None);
    }

    #[test]
    fn a_response_to_a_named_request_is_no_capture() {
        let request = r#"{"recorded_request":{"method":"GET","url":"/a"}}"#;
        assert_eq!(refused_at(&[request, HAR, request, EVENT, "1", HAR]), Some(5));
        let mut watch = LineWatch::new();
        assert!(watch.line(request.as_bytes()).is_ok());
        watch.begin();
        assert!(watch.piece(HAR.as_bytes()).is_ok());
        watch.begin();
        assert!(watch.piece(HAR.as_bytes()).is_err());
    }

    #[test]
    fn a_long_line_is_looked_at_piece_by_piece() {
        let mut watch = LineWatch::new();
        watch.begin();
        let refused = EVENT.as_bytes().chunks(7).any(|piece| watch.piece(piece).is_err());
        assert!(refused);
        watch.begin();
        assert!(watch.piece(b"{\"id\": 1}").is_ok() && watch.piece(HAR.as_bytes()).is_ok());
    }
}
