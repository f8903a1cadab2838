//! Which HTTP responses, status line, headers and body, were saved one behind the other?

use std::io;
use std::ops::Range;

use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::payload::limit::read_to_end;
use crate::payload::source::{Bodies, Reader, unreadable};
use crate::payload::space::newlines;
use crate::payload::{Item, Options, Payload, Skipped, codecs};

/// More headers than this have only attacks.
const MOST_HEADERS: usize = 1_000;

/// Headers and bodies of this many responses of the largest size are held.
const MOST_RESPONSES: u64 = 2;

/// The status of the response that begins here, if one does.
fn status(text: &[u8]) -> Option<u16> {
    let version = text.strip_prefix(b"HTTP/")?;
    let length = version.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
    let code = version[length..].strip_prefix(b" ")?;
    let (digits, behind) = code.split_at_checked(3)?;
    let ends = behind.first().is_none_or(u8::is_ascii_whitespace);
    let text = std::str::from_utf8(digits).ok().filter(|_| length > 0 && ends)?;
    text.parse().ok().filter(|code| (100..1000).contains(code))
}

/// Whether this is a saved response.
pub(super) fn begins(head: &[u8]) -> bool {
    status(head).is_some()
}

/// Where responses begin: at the beginning of a line, or right behind a body that ends without one.
fn starts(text: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, byte) in text.iter().enumerate() {
        let may = at == 0 || matches!(text[at - 1], b'\n' | b'}' | b']' | b'>');
        if *byte == b'H' && may && begins(&text[at..]) {
            found.push(at);
        }
    }
    found
}

/// Whether a status line answers CONNECT: `curl -i` prints it before the response that was asked for.
fn opens_tunnel(line: &[u8]) -> bool {
    line.trim_ascii_end().to_ascii_lowercase().ends_with(b"connection established")
}

/// What came in, response by response.
pub(super) fn responses(
    reader: Reader<'_>,
    origin: &Origin,
    options: &Options,
) -> std::vec::IntoIter<Result<Item, Error>> {
    let most = options.max_body;
    let text = match read_to_end(reader, most.saturating_mul(MOST_RESPONSES)) {
        Ok(text) => text,
        Err(error) => return vec![Err(unreadable(origin.name(), error))].into_iter(),
    };
    let skipped = text.len() - text.trim_ascii_start().len();
    let skipped = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { skipped };
    let starts: Vec<usize> = starts(&text[skipped..]).into_iter().map(|at| at + skipped).collect();
    if starts.first() != Some(&skipped) {
        let what = "is not saved HTTP: it does not begin with a status line such as `HTTP/1.1 200 OK`";
        return vec![Err(Error::new(ErrorKind::Input, origin.name(), what))].into_iter();
    }
    let mut items = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied();
        let number = (starts.len() > 1).then_some(index as u64 + 1);
        let response = Response { text: &text, range: start..end.unwrap_or(text.len()), last: end.is_none() };
        items.push(response.item(origin, number, most));
    }
    items.into_iter()
}

impl Bodies for std::vec::IntoIter<Result<Item, Error>> {}

struct Response<'t> {
    text: &'t [u8],
    range: Range<usize>,
    /// Whether no other response follows.
    last: bool,
}

impl Response<'_> {
    fn item(&self, origin: &Origin, number: Option<u64>, most: u64) -> Result<Item, Error> {
        let verbatim = number.map_or_else(|| origin.clone(), |number| origin.document(number));
        let wrong = |what: &str| Error::new(ErrorKind::Input, verbatim.to_string(), what);
        let response = &self.text[self.range.clone()];
        let code = status(response).unwrap_or_default();
        let line_end = response.iter().position(|&byte| byte == b'\n').map_or(response.len(), |at| at + 1);
        let (headers, length) = headers(&response[line_end..])
            .ok_or_else(|| wrong("has headers that are cut off or are not HTTP"))?;
        let body = &response[line_end + length..];
        let why = match code {
            100..=199 => Some("it is not the answer yet"),
            200 if opens_tunnel(&response[..line_end]) => Some("a proxy opened a tunnel"),
            300..=303 | 305..=399 if !self.last => Some("its redirect was followed"),
            _ => None,
        };
        if let Some(why) = why {
            let what = format!("HTTP response {code}");
            return Ok(Item::Skipped(Skipped { origin: verbatim, what, why }));
        }
        let unread = |error: io::Error| unreadable(&verbatim.to_string(), error);
        let chunks = if headers.chunked { unchunked(body) } else { None };
        let was_chunked = chunks.is_some();
        let (bytes, decoded) =
            codecs::body(chunks.unwrap_or_else(|| body.to_vec()), &headers.coding, most).map_err(unread)?;
        if bytes.len() as u64 > most {
            return Err(unread(crate::payload::limit::too_large(most)));
        }
        let payload = if decoded || was_chunked {
            let origin = number.map_or_else(|| origin.clone().decoded(), |number| origin.entry(number));
            Payload::new(origin, bytes)
        } else {
            let line = newlines(&self.text[..self.range.end - body.len()]) + 1;
            Payload::new(verbatim, bytes).starting_at(line)
        };
        Ok(Item::Payload(payload.with_status(code)))
    }
}

#[derive(Default)]
struct Headers {
    coding: String,
    chunked: bool,
}

/// The headers that matter, and where the body begins. A response may end with its headers.
fn headers(text: &[u8]) -> Option<(Headers, usize)> {
    let mut parsed = vec![httparse::EMPTY_HEADER; MOST_HEADERS];
    let Ok(httparse::Status::Complete((length, parsed))) = httparse::parse_headers(text, &mut parsed) else {
        return None;
    };
    let mut headers = Headers::default();
    for header in parsed {
        let value = String::from_utf8_lossy(header.value).to_ascii_lowercase();
        if header.name.eq_ignore_ascii_case("content-encoding") {
            headers.coding = value;
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            headers.chunked = value.contains("chunked");
        }
    }
    Some((headers, length))
}

/// The body without its chunks, `None` where that was done before it was saved.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((at, size))) = httparse::parse_chunk_size(body) else {
            return None;
        };
        if size == 0 {
            return Some(bytes);
        }
        let rest = &body[at..];
        let size = usize::try_from(size).ok()?;
        bytes.extend_from_slice(rest.get(..size)?);
        body = rest[size..].strip_prefix(b"\r\n").or_else(|| rest[size..].strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_line_is_told_from_text() {
        assert_eq!(status(b"HTTP/1.1 200 OK\r\n"), Some(200));
        assert_eq!(status(b"HTTP/2 429 \r\n"), Some(429));
        assert_eq!(status(b"HTTP/3 503"), Some(503));
        for text in ["HTTP/1.1 2000", "HTTP/1.1", "HTTP/ 200 ", "HTTP/1.1 abc ", "http", "HTTP/2 +20 "] {
            assert_eq!(status(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn chunks_are_joined_once() {
        assert_eq!(
            unchunked(b"3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n").as_deref(),
            Some(&b"{\"a\":1}"[..])
        );
        assert_eq!(unchunked(b"{\"a\":1}"), None);
        assert_eq!(unchunked(b"ff\r\n{\"a\":1}"), None);
    }

    #[test]
    fn responses_begin_where_bodies_end() {
        assert_eq!(starts(b"HTTP/2 200 \n\n{\"a\":\"HTTP/1.1 200 \"}HTTP/1.1 200 OK\n\n"), [0, 34]);
    }
}
