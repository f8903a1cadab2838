//! Reads concatenated HTTP responses, as `curl -i` prints them.

use std::io;

use super::dump::{BodyRange, Dump};
use super::exchange::{FOLLOWED, INFORMATIONAL};
use super::headers::{Headers, status};
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::payload::limit::too_large;
use crate::payload::space::newlines;
use crate::payload::stream::{Bodies, Reader, unreadable};
use crate::payload::{Item, NotValidated, Options, Payload, Skipped, codecs};

/// Whether this is a saved response.
pub(super) fn begins(head: &[u8]) -> bool {
    status(head).is_some()
}

/// What came in, response by response. No more is held than the one that is read.
pub(super) struct Responses<'r> {
    dump: Dump<'r>,
    origin: Origin,
    max_body: u64,
    /// Responses so far.
    number: u64,
    /// The line of the next byte, counted from 1.
    line: u64,
    /// How long the last response was.
    length: usize,
    done: bool,
}

impl<'r> Responses<'r> {
    pub(super) fn new(reader: Reader<'r>, origin: Origin, options: &Options) -> Self {
        let dump = Dump::new(reader, options.max_body);
        Self {
            dump,
            origin,
            max_body: options.max_body,
            number: 0,
            line: 1,
            length: usize::MAX / 2,
            done: false,
        }
    }

    fn drop_front(&mut self, length: usize) {
        self.line += newlines(&self.dump.text()[..length]);
        self.dump.drop_front(length);
    }

    /// The next response, if any.
    fn response(&mut self) -> Result<Option<Item>, Error> {
        let unread = |origin: &Origin| {
            let location = origin.to_string();
            move |error: io::Error| unreadable(&location, error)
        };
        if self.number == 0 {
            let space = self.dump.lead().map_err(unread(&self.origin))?;
            self.drop_front(space);
        }
        let here = self.origin.document(self.number + 1);
        let origin = if self.number == 0 { self.origin.clone() } else { here };
        if self.number > 0 && !self.dump.hold(1).map_err(unread(&origin))? {
            return Ok(None);
        }
        let Some(code) = self.dump.status(0).map_err(unread(&origin))? else {
            let what = "is not saved HTTP: it does not begin with a status line such as `HTTP/1.1 200 OK`";
            return Err(Error::new(ErrorKind::Input, origin.to_string(), what));
        };
        let Some(head) = self.dump.head().map_err(unread(&origin))? else {
            let what = format!(
                "has headers that are cut off or are not HTTP; the response begins in line {}",
                self.line
            );
            return Err(Error::new(ErrorKind::Input, origin.to_string(), what));
        };
        let headers = Headers::of(&self.dump.text()[..head]);
        let body = self.dump.body(head, code, &headers).map_err(unread(&origin))?;
        let last = !self.dump.hold(body.next + 1).map_err(unread(&origin))?;
        self.number += 1;
        let number = (!last || self.number > 1).then_some(self.number);
        let next = body.next;
        self.length = next;
        let response = Response { code, headers, last, number, origin: &self.origin, max: self.max_body };
        let text = self.dump.text();
        let line = self.line + newlines(&text[..head]);
        let item = response.item(&text[head..body.end], body, line);
        self.drop_front(next);
        item.map(Some)
    }
}

impl Iterator for Responses<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let (before, line) = (self.number, self.line);
        let response = self.response().map_err(|error| error.on_line(line));
        // One whose end is known is skipped, whatever is wrong with it.
        self.done = !matches!(response, Ok(Some(_))) && self.number == before;
        response.transpose()
    }
}

impl Bodies for Responses<'_> {
    fn at_hand(&self) -> bool {
        // Whether it is whole is not known before it is read; responses in a row are of about the same
        // length.
        !self.done && self.dump.text().len() > self.length * 2
    }
}

/// A response, but for its body.
struct Response<'o> {
    code: u16,
    headers: Headers,
    /// Whether no other response follows.
    last: bool,
    /// Which one it is, where there are several.
    number: Option<u64>,
    origin: &'o Origin,
    max: u64,
}

impl Response<'_> {
    /// Why it is not the response to the request. A response without a body is not validated, and counts.
    fn preliminary(&self, body: &[u8]) -> Option<&'static str> {
        let empty = body.trim_ascii().is_empty();
        match self.code {
            100..=199 => Some(INFORMATIONAL),
            200 if empty && self.headers.is_tunnel => Some("tunnel of a proxy"),
            300..=303 | 305..=399 if !self.last => Some(FOLLOWED),
            _ => None,
        }
    }

    fn item(self, text: &[u8], body: BodyRange, line: u64) -> Result<Item, Error> {
        let Self { code, number, origin, max, .. } = self;
        let verbatim = number.map_or_else(|| origin.clone(), |number| origin.document(number));
        if let Some(why) = self.preliminary(text) {
            let what = format!("HTTP response {code}");
            return Ok(Item::Skipped(Skipped { origin: verbatim, what, why: why.into() }));
        }
        let unread = |error: io::Error| unreadable(&verbatim.to_string(), error);
        let was_chunked = body.joined.is_some();
        let bytes = body.joined.unwrap_or_else(|| text.to_vec());
        let (bytes, decoded) = if NotValidated::of_status(code).is_some() {
            // Nobody looks at its body, so that it may be anything.
            (bytes, false)
        } else {
            codecs::body(bytes, &self.headers.coding, max).map_err(unread)?
        };
        if bytes.len() as u64 > max {
            return Err(unread(too_large(max)));
        }
        let payload = if decoded || was_chunked {
            let origin = number.map_or_else(|| origin.clone().decoded(), |number| origin.entry(number));
            Payload::new(origin.beginning_at(line), bytes)
        } else {
            Payload::new(verbatim, bytes).starting_at(line)
        };
        Ok(Item::Payload(payload.with_status(code)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_recognized() {
        assert_eq!(status(b"HTTP/1.1 200 OK\r\n"), Some(200));
        assert_eq!(status(b"HTTP/2 429 \r\n"), Some(429));
        assert_eq!(status(b"HTTP/3 503"), Some(503));
        for text in ["HTTP/1.1 2000", "HTTP/1.1", "HTTP/ 200 ", "HTTP/1.1 abc ", "http", "HTTP/2 +20 "] {
            assert_eq!(status(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn headers_that_do_not_matter_do_no_harm() {
        let head = "HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\nX Bad Name: v\r\nServer : v\r\nnonsense\r\nX: \u{fffd}\r\n\
            content-ENCODING: br\r\nTransfer-Encoding:\r\n\tchunked\r\nContent-Length: 12\r\n\r\n";
        let headers = Headers::of(head.as_bytes());
        assert_eq!((&*headers.coding, headers.chunked, headers.length), ("br", true, Some(12)));
    }
}
