//! Pairs recorded responses with the requests that precede them.

use std::io;

use serde::{Deserialize, Serialize};

use super::stream::Bodies;
use super::{Item, Request};
use crate::error::{Error, ErrorKind};

/// What a line begins with that is no body, but the request that the next one answers.
const BEGINS: &[u8] = b"{\"recorded_request\":";

/// Such a line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    recorded_request: Recorded,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    method: String,
    url: String,
}

/// The line that names the request of the next line, with its end.
#[cfg(feature = "live")]
pub(crate) fn request_line(method: &str, url: &str) -> serde_json::Result<Vec<u8>> {
    let recorded_request = Recorded { method: method.to_owned(), url: url.to_owned() };
    let mut line = serde_json::to_vec(&Line { recorded_request })?;
    line.push(b'\n');
    Ok(line)
}

/// Adds a body as one line, which has the same findings and is not read as the name of a request.
#[cfg(feature = "live")]
pub(crate) fn push_line(body: &[u8], lines: &mut Vec<u8>) {
    let (mut is_string, mut is_escaped) = (false, false);
    for &byte in body {
        lines.push(match byte {
            // As invalid in a string as the end of a line is.
            b'\n' | b'\r' if is_string => 0x0b,
            b'\n' | b'\r' => b' ',
            _ => byte,
        });
        is_string ^= byte == b'"' && !is_escaped;
        is_escaped = is_string && byte == b'\\' && !is_escaped;
    }
    lines.push(b'\n');
    let start = lines.len() - body.len() - 1;
    if body.starts_with(BEGINS) {
        lines.insert(start + 1, b' ');
    }
}

/// The URL that a line names, if it names the request of the next one.
#[cfg(feature = "live")]
pub(crate) fn requested_url(line: &[u8]) -> Option<String> {
    recorded(line).map(|recorded| recorded.url)
}

/// The method and the URL that a line names, if it names the request of the next one.
#[cfg(feature = "redact")]
pub(crate) fn requested(line: &[u8]) -> Option<(String, String)> {
    recorded(line).map(|recorded| (recorded.method, recorded.url))
}

/// Such a line, without its end.
///
/// # Errors
///
/// None for texts.
#[cfg(feature = "redact")]
pub(crate) fn recorded_line(method: String, url: String) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Line { recorded_request: Recorded { method, url } })
}

/// Whether a line names the request of the next one.
pub(super) fn is_request(line: &[u8]) -> bool {
    recorded(line).is_some()
}

fn recorded(line: &[u8]) -> Option<Recorded> {
    if !line.starts_with(BEGINS) {
        return None;
    }
    Some(serde_json::from_slice::<Line>(line).ok()?.recorded_request)
}

fn request(line: &[u8]) -> Option<Request> {
    recorded(line).map(|Recorded { method, url }| Request::new(&method, &url))
}

/// Lines, each with its request where the line before names it. Such a pair holds together wherever other
/// lines were taken away.
pub(super) struct Requests<L> {
    lines: L,
    /// The request that was named, and where.
    named: Option<(Request, String)>,
}

impl<L> Requests<L> {
    pub(super) fn new(lines: L) -> Self {
        Self { lines, named: None }
    }
}

impl<L: Bodies> Bodies for Requests<L> {
    fn at_hand(&self) -> bool {
        self.lines.at_hand()
    }

    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lines.read_body(buffer)
    }
}

impl<L: Bodies> Iterator for Requests<L> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let item = self.lines.next();
            if let Some(Ok(Item::Payload(payload))) = &item
                && let Some(request) = request(payload.bytes())
            {
                self.named = Some((request, payload.origin().to_string()));
                continue;
            }
            let Some((request, location)) = self.named.take() else { return item };
            return Some(match item {
                Some(Ok(Item::Payload(payload))) => Ok(Item::Payload(payload.with_request(request))),
                Some(Ok(Item::Large(payload))) => Ok(Item::Large(payload.with_request(request))),
                Some(other) => other,
                None => {
                    let what = "is cut off: it ends with a request that has no response";
                    Err(Error::new(ErrorKind::Input, location, what))
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::origin::Origin;
    use crate::payload::{Input, Item, read};

    /// Line, requested page and body of everything in a text.
    fn items(text: &str) -> Vec<(u64, Option<String>, String)> {
        let items = read(text.as_bytes(), Origin::file("f"), Some(Input::Ndjson));
        items
            .map(|item| match item {
                Ok(Item::Payload(payload)) => {
                    let requested = payload.request().map(|request| request.query[0].1.clone());
                    (payload.line(), requested, String::from_utf8_lossy(payload.bytes()).into_owned())
                }
                Ok(other) => panic!("{other:?}"),
                Err(error) => (0, None, error.to_string()),
            })
            .collect()
    }

    #[cfg(feature = "live")]
    #[test]
    fn a_body_is_one_line_with_the_same_error() {
        let request = super::request_line("GET", "/a?page=7").unwrap();
        for (body, line) in [
            ("{\n \"a\": \"\\\"\"\r\n}", "{  \"a\": \"\\\"\"  }"),
            ("[\"\\\\\",\n\"b\n\"]", "[\"\\\\\", \"b\u{b}\"]"),
            ("[\"\\\n\"]", "[\"\\\u{b}\"]"),
            (
                "{\"recorded_request\":{\"method\":\"GET\",\"url\":\"/b?page=8\"}}",
                "{ \"recorded_request\":{\"method\":\"GET\",\"url\":\"/b?page=8\"}}",
            ),
            (
                "{\"log\":{\"version\":\"1.2\",\"creator\":{},\"entries\":[]}}",
                "{\"log\":{\"version\":\"1.2\",\"creator\":{},\"entries\":[]}}",
            ),
        ] {
            let mut lines = request.clone();
            super::push_line(body.as_bytes(), &mut lines);
            let error = |text: &str| crate::json::syntax_error(text.as_bytes(), 9).map(|error| error.what);
            assert_eq!(error(line), error(body));
            let text = String::from_utf8(lines).unwrap();
            assert_eq!(items(&text), [(2, Some("7".to_owned()), line.to_owned())]);
        }
    }

    #[test]
    fn a_body_answers_the_request_before_it_and_no_other() {
        let requested =
            |page| format!("{{\"recorded_request\":{{\"method\":\"GET\",\"url\":\"/a?page={page}\"}}}}\n");
        let body = |line, page: Option<&str>, text: &str| (line, page.map(str::to_owned), text.to_owned());
        let text = format!("{}1\n2\n{}{}3\n", requested(7), requested(8), requested(9));
        let expected = [body(2, Some("7"), "1"), body(3, None, "2"), body(6, Some("9"), "3")];
        assert_eq!(items(&text), expected);
        // Whatever else begins like that is a body.
        let other = "{\"recorded_request\":{\"method\":\"GET\",\"url\":\"/a\",\"x\":1}}";
        assert_eq!(items(other), [body(1, None, other)]);
        let cut = items(&format!("1\n{}", requested(1)));
        assert!(cut.len() == 2 && cut[1].2.contains("cut off"), "{cut:?}");
    }
}
