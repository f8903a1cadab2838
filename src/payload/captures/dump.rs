//! Finds where each of several concatenated HTTP responses ends.
//!
//! Nothing marks the end of a body reliably: `curl -i` removes chunks and, with `--compressed`, compression,
//! keeps the headers that describe them, and leaves out the bodies of redirects. A body therefore ends where
//! its chunks, its JSON value or its `Content-Length` end, provided that the next response or the end of the
//! input follows there; and otherwise at the next status line. A JSON string holds no line end, so that no
//! status line within one ends a body.

use std::io;

use super::brackets::{Brackets, Scanned};
use super::headers::{Headers, status};
use crate::payload::limit::{length, too_large};
use crate::payload::skim::filled;
use crate::payload::stream::Reader;

/// The longest status line that is looked for behind a body.
pub(super) const MAX_STATUS_LINE: usize = 1 << 10;

/// The longest status line and headers of one response.
pub(super) const MAX_HEAD: usize = 1 << 20;

/// A stream of responses, held from the one that is being read.
pub(super) struct Dump<'r> {
    reader: Reader<'r>,
    held: Vec<u8>,
    start: usize,
    ended: bool,
    pub(super) max_body: usize,
    /// Chunks that were looked at in vain.
    pub(super) wasted: usize,
}

/// The body of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BodyRange {
    /// Where it ends.
    pub(super) end: usize,
    /// Where the next response begins, or the end of the input.
    pub(super) next: usize,
    /// The bytes in its chunks, where it was saved with them.
    pub(super) joined: Option<Vec<u8>>,
}

impl<'r> Dump<'r> {
    pub(super) fn new(reader: Reader<'r>, max_body: u64) -> Self {
        Self { reader, held: Vec::new(), start: 0, ended: false, max_body: length(max_body), wasted: 0 }
    }

    /// What is held. All positions count from its first byte.
    pub(super) fn text(&self) -> &[u8] {
        &self.held[self.start..]
    }

    /// Drops this many bytes from the front of what is held.
    pub(super) fn drop_front(&mut self, length: usize) {
        self.start += length;
    }

    /// Holds this many bytes; false where the input ends before.
    pub(super) fn hold(&mut self, length: usize) -> io::Result<bool> {
        while self.text().len() < length && !self.ended {
            // Moved when at most half of it is left, so that each byte is moved once on average.
            if self.start > self.held.len() / 2 {
                self.held.drain(..self.start);
                self.start = 0;
            }
            let chunk = filled(&mut self.reader)?;
            let length = chunk.len();
            self.ended = length == 0;
            self.held.extend_from_slice(chunk);
            self.reader.consume(length);
        }
        Ok(self.text().len() >= length)
    }

    /// What is held behind a position: nothing at the end of the input only.
    pub(super) fn behind(&mut self, at: usize) -> io::Result<&[u8]> {
        self.hold(at + 1)?;
        Ok(self.text().get(at..).unwrap_or_default())
    }

    /// How much white space comes before the first response.
    pub(super) fn lead(&mut self) -> io::Result<usize> {
        self.past_space(0)
    }

    /// The status of the response that begins here, if one does.
    pub(super) fn status(&mut self, at: usize) -> io::Result<Option<u16>> {
        self.hold(at + MAX_STATUS_LINE)?;
        Ok(self.text().get(at..).and_then(status))
    }

    /// Whether a status line begins here.
    pub(super) fn is_status(&mut self, at: usize) -> io::Result<bool> {
        self.status(at).map(|status| status.is_some())
    }

    /// Behind the white space, and the byte order mark, that begins here.
    fn past_space(&mut self, from: usize) -> io::Result<usize> {
        let mut at = from;
        loop {
            self.within(at - from)?;
            let text = self.behind(at)?;
            let space = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let whole = space == text.len() && space > 0;
            at += space;
            if !whole {
                self.hold(at + 3)?;
                return Ok(if self.text()[at..].starts_with(b"\xef\xbb\xbf") { at + 3 } else { at });
            }
        }
    }

    pub(super) fn within(&self, length: usize) -> io::Result<()> {
        if length > self.max_body { Err(too_large(self.max_body as u64)) } else { Ok(()) }
    }

    /// Behind the empty line that ends the status line and the headers; `None` where they are cut off or
    /// endless.
    pub(super) fn head(&mut self) -> io::Result<Option<usize>> {
        let mut at = 0;
        loop {
            let Some(end) = memchr::memchr(b'\n', &self.text()[at..]).map(|end| at + end) else {
                let length = self.text().len();
                if length > MAX_HEAD || !self.hold(length + 1)? {
                    return Ok(None);
                }
                continue;
            };
            let line = &self.text()[at..end];
            at = end + 1;
            if matches!(line, b"" | b"\r") {
                return Ok(Some(at));
            }
            if at > MAX_HEAD {
                return Ok(None);
            }
        }
    }

    /// The body that begins here, behind the headers.
    pub(super) fn body(&mut self, from: usize, code: u16, headers: &Headers) -> io::Result<BodyRange> {
        let first = self.past_space(from)?;
        let empty = BodyRange { end: from, next: first, joined: None };
        if self.behind(first)?.is_empty() {
            return Ok(empty);
        }
        // A redirect that was followed was saved without the body that its length is about.
        let follows = self.is_status(first)?;
        if follows && matches!(code, 100..=199 | 204 | 300..=399) {
            return Ok(empty);
        }
        if headers.chunked
            && let Some(body) = self.chunked(from)?
        {
            return Ok(body);
        }
        let json = match self.json(first)? {
            Some(end) => self.next(end)?,
            None => None,
        };
        let declared = headers.length.and_then(|length| usize::try_from(length).ok());
        let declared = declared.filter(|length| *length <= self.max_body).map(|length| from + length);
        let declared = match declared {
            Some(end) if self.hold(end)? => self.next(end)?.map(|next| (end, next)),
            _ => None,
        };
        let end = match (json, declared) {
            (Some(next), Some((end, behind))) if end > next => {
                return Ok(BodyRange { end, next: behind, joined: None });
            }
            (Some(next), _) => next,
            (None, Some((end, next))) => return Ok(BodyRange { end, next, joined: None }),
            (None, None) if follows => return Ok(empty),
            (None, None) => self.next_status_line(from)?,
        };
        self.within(end - from)?;
        Ok(BodyRange { end, next: end, joined: None })
    }

    /// Where the next response, or the end of the input, is, if nothing but white space comes before it.
    pub(super) fn next(&mut self, from: usize) -> io::Result<Option<usize>> {
        let at = self.past_space(from)?;
        let ends = self.behind(at)?.is_empty() || self.is_status(at)?;
        Ok(ends.then_some(at))
    }

    /// Behind the JSON value that begins here; `None` where there is none. What cannot be a part of one ends
    /// the search, so that it never goes on into another response.
    fn json(&mut self, from: usize) -> io::Result<Option<usize>> {
        let first = self.behind(from)?;
        if !matches!(first, [b'{' | b'[' | b'"', ..]) {
            return self.scalar(from);
        }
        let (mut brackets, mut at) = (Brackets::default(), from);
        loop {
            self.within(at - from)?;
            let text = self.behind(at)?;
            let length = text.len();
            match brackets.over(text) {
                _ if length == 0 => return Ok(None),
                Scanned::All => at += length,
                Scanned::End(end) => return Ok(Some(at + end)),
                Scanned::NotJson => return Ok(None),
            }
        }
    }

    /// Behind the number or the word that begins here.
    fn scalar(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut at = from;
        loop {
            self.within(at - from)?;
            let text = self.behind(at)?;
            if at == from
                && let Some(word) =
                    [&b"true"[..], b"false", b"null"].iter().find(|word| text.starts_with(word))
            {
                return Ok(Some(at + word.len()));
            }
            let digit = |byte: &&u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
            let digits = text.iter().take_while(digit).count();
            at += digits;
            if digits == 0 || digits < text.len() {
                return Ok((at > from).then_some(at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    /// The bodies of all responses in a text.
    fn bodies(text: &str, capacity: usize) -> Vec<String> {
        let reader = BufReader::with_capacity(capacity, Cursor::new(text.as_bytes().to_vec()));
        let mut dump = Dump::new(Box::new(reader), 1 << 20);
        let mut found = Vec::new();
        while dump.hold(1).unwrap() {
            let code = dump.status(0).unwrap().unwrap_or_else(|| panic!("{found:?}"));
            let head = dump.head().unwrap().unwrap();
            let headers = Headers::of(&dump.text()[..head]);
            let body = dump.body(head, code, &headers).unwrap();
            let bytes = body.joined.unwrap_or_else(|| dump.text()[head..body.end].to_vec());
            found.push(String::from_utf8(bytes).unwrap());
            dump.drop_front(body.next);
        }
        found
    }

    #[track_caller]
    fn assert_bodies(text: &str, expected: &[&str]) {
        for capacity in [1, 7, 64, 1 << 16] {
            assert_eq!(bodies(text, capacity), expected, "{text}");
        }
    }

    const OK: &str = "HTTP/1.1 200 OK\r\n\r\n";
    const NEXT: &str = "HTTP/1.1 200 OK\r\nserver: x\r\n\r\n[2]";

    #[test]
    fn a_json_value_ends_a_body_wherever_a_status_line_is_quoted() {
        for json in [
            r#"{"a":"HTTP/1.1 200 "}"#,
            r#"{"a":"}HTTP/1.1 404 Not Found","b":["]HTTP/2 500 ",{"c":">HTTP/1.1 200 OK\r\nserver: x\r\n\r\n"}]}"#,
            r#"["\"}HTTP/1.1 200 OK","\\"]"#,
            r#""HTTP/1.1 200 OK""#,
            "null",
            "-1.5e+3",
            "{\n  \"a\": [1,\r\n 2]\n}",
        ] {
            assert_bodies(&format!("{OK}{json}"), &[json]);
            assert_bodies(&format!("{OK}{json}{NEXT}"), &[json, "[2]"]);
            assert_bodies(&format!("{OK}\n{json}\n{NEXT}\n"), &[&format!("\n{json}\n"), "[2]\n"]);
        }
    }

    #[test]
    fn a_wrong_length_is_survived() {
        // Too small, too large, none, that of the compressed body, one that ends within a string before a
        // status line.
        let json = r#"{"a":"HTTP/1.1 200 OK"}"#;
        for length in [0, 3, 6, 22, 23, 24, 40, 900, 99_999_999_999_u64] {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            assert_bodies(&format!("{head}{json}"), &[json]);
            assert_bodies(&format!("{head}{json}{NEXT}"), &[json, "[2]"]);
            assert_bodies(
                &format!("{head}{json}\n{head}{json}\n"),
                &[&format!("{json}\n"), &format!("{json}\n")],
            );
        }
        // A right one tells what is no JSON from the next response.
        let text = "{\"a\": 1}\nHTTP/1.1 200 OK\n\n[3]";
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", text.len());
        assert_bodies(&format!("{head}{text}{NEXT}"), &[text, "[2]"]);
    }

    #[test]
    fn a_body_that_is_cut_off_or_no_json_ends_at_the_next_response() {
        for body in
            ["{\"a\":", "{\"a\": \"x", "[1,\n", "nope", "upstream error\n", "{\"a\": NaN}", "{'a': 1}\n"]
        {
            assert_bodies(&format!("{OK}{body}{NEXT}"), &[body, "[2]"]);
            assert_bodies(&format!("{OK}{body}"), &[body]);
        }
        let html =
            "<!DOCTYPE html>\n<HTML><pre>HTTP/1.1 404 Not Found</pre> HTTP/1.1 500 x\nserver: y\n</html>";
        assert_bodies(&format!("{OK}{html}{NEXT}"), &[html, "[2]"]);
        assert_bodies(&format!("{OK}{html}\n{NEXT}"), &[&format!("{html}\n"), "[2]"]);
        let quoted = "<html><body>\n<pre>\nHTTP/1.1 500 Internal Server Error\nserver: nginx\n</pre>\n\
            <pre>\nHTTP/1.1 500 Again\nserver: nginx\n</pre></body></html>";
        assert_bodies(&format!("{OK}{quoted}"), &[quoted]);
        assert_bodies(&format!("{OK}{quoted}\n{NEXT}"), &[&format!("{quoted}\n"), "[2]"]);
        let (open, page) = ("<html>\n<p>cut\n", "<html>a</html>");
        assert_bodies(&format!("{OK}{open}HTTP/1.1 200 OK\nserver: x\n\n{page}"), &[open, page]);
        // Whatever else follows a status line is a part of the text that quotes it.
        let quoted = "upstream said:\nHTTP/1.1 502 Bad Gateway\nserver: nginx\nand no more\n";
        assert_bodies(&format!("{OK}{quoted}"), &[quoted]);
        assert_bodies(&format!("{OK}{quoted}{NEXT}"), &[quoted, "[2]"]);
        let cut = "<html>\n<p>see HTTP/1.1 200 OK\n";
        assert_bodies(&format!("{OK}{cut}{NEXT}"), &[cut, "[2]"]);
    }

    #[test]
    fn a_response_without_a_body_has_none() {
        let redirect = "HTTP/1.1 302 Found\r\ncontent-length: 34\r\n\r\n";
        assert_bodies(&format!("{redirect}{NEXT}"), &["", "[2]"]);
        for head in [
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/2 204 \r\n\r\n",
            "HTTP/2 304 \r\ncontent-length: 9\r\n\r\n",
        ] {
            assert_bodies(&format!("{head}{NEXT}"), &["", "[2]"]);
        }
        // As `curl -I` prints it.
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n";
        assert_bodies(&format!("{head}{head}"), &["", ""]);
    }

    #[test]
    fn chunks_are_joined_once() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunks = "3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n";
        assert_bodies(&format!("{head}{chunks}"), &["{\"a\":1}"]);
        assert_bodies(&format!("{head}{chunks}{NEXT}"), &["{\"a\":1}", "[2]"]);
        assert_bodies(&format!("{head}3\r\n[3]\r\n0\r\nx: y\r\n\r\n{NEXT}"), &["[3]", "[2]"]);
        // Lines end with a line feed alone, or the input ends in a chunk or before the last one.
        assert_bodies(
            "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n3\n{\"a\n4\n\":1}\n0\n\n",
            &["{\"a\":1}"],
        );
        assert_bodies(&format!("{head}40\r\n{{\"a\":\"b"), &["{\"a\":\"b"]);
        assert_bodies(&format!("{head}3\r\n[1,\r\n40\r\n2"), &["[1,2"]);
        for end in ["", "\r", "\r\n", "\r\n1"] {
            assert_bodies(&format!("{head}3\r\n[3]{end}"), &["[3]"]);
        }
        // They were joined before it was saved, or are cut off.
        assert_bodies(&format!("{head}{{\"a\":1}}{NEXT}"), &["{\"a\":1}", "[2]"]);
        assert_bodies(&format!("{head}ff\r\n{{\"a\":1}}\n{NEXT}"), &["ff\r\n{\"a\":1}\n", "[2]"]);
    }
}
