//! Captures: recognizes them and reads the responses that they record.

mod beside;
mod brackets;
mod chunks;
mod dump;
mod entries;
mod entry;
mod escapes;
mod exchange;
mod har;
mod headers;
mod http;
mod lenient;
mod mappings;
mod markup;
mod member;
mod newman;
mod pattern;
mod postman;
mod postman_request;
mod quoted;
mod recognize;
mod requests;
#[cfg(feature = "redact")]
pub(super) mod saved;
mod shapes;
mod stop;
mod text;
mod tree;
mod wiremock;
mod yaml;

use std::path::PathBuf;

use super::skim::Watch;
use super::stream::{Bodies, Reader};
use super::{Input, Options, Recognized};
#[cfg(feature = "redact")]
use crate::error::Error;
use crate::origin::Origin;

use entries::Entries;
use entry::Entry;
use exchange::Exchange;
#[cfg(feature = "redact")]
pub(crate) use headers::fields;
#[cfg(feature = "redact")]
pub(crate) use stop::{MAX_DEPTH, too_deep};

/// A JSON format of recorded responses.
struct Shape {
    input: Input,
    /// The lists whose items are entries.
    lists: &'static [&'static [&'static str]],
    /// Members of the whole that are one entry together, where there is no list.
    loose: &'static [&'static str],
    /// The members of an entry that are bodies.
    bodies: &'static [&'static str],
    /// Those of them that are always texts.
    texts: &'static [&'static str],
    /// The responses in one entry.
    exchanges: fn(&Entry<'_>) -> serde_json::Result<Vec<Exchange>>,
}

/// Every shape.
static SHAPES: &[&Shape] = &[&har::SHAPE, &postman::SHAPE, &wiremock::SHAPE];

/// Recognizes captures and other files that are no payloads, by their members.
#[expect(clippy::unnecessary_wraps, reason = "without captures there is nobody")]
pub(super) fn watch() -> Option<Box<dyn Watch>> {
    Some(Box::new(recognize::Recognizer::new()))
}

/// What text is that does not begin as an object or an array does.
pub(super) fn text(text: &[u8]) -> Option<Recognized> {
    if http::begins(text) {
        let log = text::indented(text).map(Recognized::Other);
        return Some(log.unwrap_or(Recognized::Capture(Input::Http)));
    }
    text::of(text).map(Recognized::Other)
}

/// Whether text that begins as an array does is none.
pub(super) fn is_trace(text: &[u8]) -> bool {
    text::is_trace(text)
}

/// Whether this is a saved response.
pub(super) fn is_response(text: &[u8]) -> bool {
    http::begins(text)
}

/// The bytes of a JSON string, by what stands between its quotes; `None` where that has an invalid escape.
#[cfg(feature = "redact")]
pub(crate) fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    escapes::resolved(text)
}

/// The text of an entry with its syntax errors repaired, but for those of its bodies.
#[cfg(feature = "redact")]
pub(crate) fn mended(text: &[u8]) -> Vec<u8> {
    let bodies: Vec<&str> = SHAPES.iter().flat_map(|shape| shape.bodies).copied().collect();
    lenient::mended(text, &bodies)
}

#[cfg(feature = "redact")]
pub(super) fn from_base64(text: Vec<u8>) -> std::io::Result<Vec<u8>> {
    exchange::from_base64(text)
}

/// The bytes of a recorded body, decoded: from base64 where it is marked as such, and decompressed where its
/// header or its content names a codec.
///
/// # Errors
///
/// When it cannot be decoded, or has more than this number of bytes.
#[cfg(feature = "redact")]
pub(crate) fn body_bytes(bytes: Vec<u8>, base64: bool, coding: &str, max: u64) -> std::io::Result<Vec<u8>> {
    exchange::body_bytes(bytes, base64, coding, max)
}

/// Whether the encoding that a capture names is base64.
#[cfg(feature = "redact")]
pub(crate) fn is_base64(encoding: &str) -> bool {
    har::is_base64(encoding)
}

/// The status that a value of a capture is, 0 where there was no response.
#[cfg(feature = "redact")]
pub(crate) fn status(value: &serde_json::Value) -> Option<u16> {
    exchange::status(Some(value)).ok().flatten()
}

/// Whether a regular expression for URLs, or for paths alone, matches one of these; nothing where it cannot be
/// used.
#[cfg(feature = "redact")]
pub(crate) fn pattern_fits(
    text: &str,
    with_query: bool,
    templates: &mut dyn Iterator<Item = &str>,
) -> Option<bool> {
    pattern::Pattern { text: text.to_owned(), with_query }.fits_any(templates).ok()
}

/// The values of `Content-Encoding` in a list or an object of headers.
#[cfg(feature = "redact")]
pub(crate) fn coding(headers: &serde_json::Value) -> String {
    exchange::coding(headers)
}

/// The lists whose items are entries, and the members that are an entry without a list.
#[cfg(feature = "redact")]
pub(super) fn lists(input: Input) -> &'static [&'static [&'static str]] {
    SHAPES.iter().find(|shape| shape.input == input).map_or(&[], |shape| shape.lists)
}

/// A body that a capture stores in a file of its own: beside it, or in the folder `__files` of WireMock.
///
/// # Errors
///
/// When the file may not or cannot be read.
#[cfg(feature = "redact")]
pub(super) fn beside(
    name: &str,
    in_files: bool,
    folder: &std::path::Path,
    options: &Options,
) -> Result<Option<Vec<u8>>, Error> {
    let elsewhere = if in_files { beside::Elsewhere::InFiles } else { beside::Elsewhere::Beside };
    let Some(path) = elsewhere(name.to_owned()).find(folder) else { return Ok(None) };
    options.before_beside.ask(&path)?;
    let read = beside::read(&path, options.max_body);
    read.map(Some).map_err(|error| super::unreadable(&crate::untrusted::path_text(&path), error))
}

/// A capture to read.
pub(super) struct Capture {
    pub(super) origin: Origin,
    pub(super) options: Options,
    /// The folder that it is in, where bodies may be in files of their own.
    pub(super) folder: Option<PathBuf>,
    /// The line it begins on.
    pub(super) line: u64,
}

impl Capture {
    /// The responses of a capture and what is skipped, in its order.
    pub(super) fn items<'r>(self, reader: Reader<'r>, input: Input) -> Box<dyn Bodies + 'r> {
        match SHAPES.iter().find(|shape| shape.input == input) {
            Some(shape) => Box::new(Entries::new(reader, self, shape)),
            None => Box::new(http::Responses::new(reader, self.origin, &self.options)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a text is recognized as, read in pieces of this length.
    fn recognized(text: &str, length: usize) -> Option<Recognized> {
        let mut watch = watch()?;
        watch.begin();
        for piece in text.as_bytes().chunks(length) {
            if watch.over(piece).1 {
                break;
            }
        }
        watch.recognized()
    }

    #[track_caller]
    fn assert_recognized(text: &str, expected: Option<Input>) {
        for length in [1, 3, 1 << 20] {
            assert_eq!(recognized(text, length), expected.map(Recognized::Capture), "{text}");
        }
    }

    #[test]
    fn captures_are_recognized_by_their_members() {
        for (text, input) in [
            (r#"{"log": {"version": "1.2", "creator": {}, "entries": ["#, Input::Har),
            (r#"{"log": {"entries": [{"x": 1, "response": {}, "request": {"url": "/", "#, Input::Har),
            (r#"{"_x": {}, "log": {"creator": {}, "pages": [], "entries": [], "version": ""#, Input::Har),
            (r#"{"\u006cog": {"version": "1.2", "creator": {}, "entries": ["#, Input::Har),
            (r#"{"info": {"_postman_id": "x"}, "item": ["#, Input::Postman),
            (r#"{"item": [], "info": {"schema": "https://schema.getpostman.com/json/""#, Input::Postman),
            (r#"{"item": [{"item": []}], "info": {"name": "n""#, Input::Postman),
            (r#"{"info": {"name": "n"}, "item": [1, {}, {"request": {"url": "/"}"#, Input::Postman),
            (r#"{"collection": {"item": [], "info": {"_postman_id": "x""#, Input::Postman),
            (r#"{"requests": [{"request": {"method": "GET"}, "response": {"status": 200}}"#, Input::WireMock),
            (r#"{"requests": [], "requestJournalDisabled": false"#, Input::WireMock),
            (r#"{"mappings": [{"response": {"jsonBody": {}}, "request": {"urlPath": "/a""#, Input::WireMock),
            (r#"{"mappings": [{"id": 1}, {"response": {"#, Input::WireMock),
            (r#"{"request": {"method": "GET", "url": "/a"}, "response": {"status": 200}"#, Input::WireMock),
            (r#"{"request": {"method": "GET"}, "response": {"status": 200}}"#, Input::WireMock),
            (r#"{"request": {"method": "ANY", "url": "/a"}}"#, Input::WireMock),
            (r#"{"request": {"method": "PURGE", "url": "/a"}, "response": {}}"#, Input::WireMock),
            (r#"{"request": {"urlPattern": "/a"}, "response": null}"#, Input::WireMock),
            (r#"{"response": {}, "request": {"url": "/a", "method": null}}"#, Input::WireMock),
            (r#"{"request": {"urlPath": "/a"}, "response": {"status": null}}"#, Input::WireMock),
            (r#"{"id": "9b", "response": {"status": 200, "jsonBody": {}"#, Input::WireMock),
            (r#"{"request": {}, "response": {"status": 200, "body": "{}"}}"#, Input::WireMock),
            (
                r#"{"id": 1, "name": "x", "request": {"headers": {"accept": {"contains": "json"}}},
                "response": {"status": 200, "headers": {}, "body": "{}"}}"#,
                Input::WireMock,
            ),
            (
                r#"{"response": {"status": 404, "body": "x"}, "id": 1, "request": {"urlPathTemplate": "/a/{b}""#,
                Input::WireMock,
            ),
        ] {
            assert_recognized(text, Some(input));
        }
    }

    #[test]
    fn a_capture_in_an_array_is_something_else() {
        for text in [
            r#"[{"log": {"version": "1.2", "creator": {}, "entries": []}}]"#,
            r#"[1, {"info": {"_postman_id": "x"}, "item": []}]"#,
            r#"[{}, {"request": {"method": "GET", "url": "/a"}, "response": {"status": 200}}]"#,
            r#"[{"request": {"urlPath": "/a"}}]"#,
        ] {
            for length in [1, 3, 1 << 20] {
                assert!(matches!(recognized(text, length), Some(Recognized::Other(_))), "{text}");
            }
        }
    }

    #[test]
    fn items_are_looked_at_one_by_one() {
        let first = r#"{"id": 1}, "#.repeat(100);
        assert_recognized(&format!(r#"{{"mappings": [{first}{{"request": {{"#), Some(Input::WireMock));
        for text in [
            r#"{"log": {"entries": [{"request": {"method": "GET", "url": "/x"}}, {"response": {}}]}}"#,
            r#"{"requests": [{"request": {"method": "GET"}}, {"response": {"status": 200}}]}"#,
            r#"{"items": [{"type": "http"}, {"type": "dns", "request": {"url": "a", "method": "GET"}}]}"#,
            r#"[{"scope": "http://a", "method": "GET", "path": "/"}, {"status": 200, "response": {}}]"#,
            r#"{"order": [], "requests": [{"url": "/a"}, {"method": "GET"}]}"#,
        ] {
            assert_recognized(text, None);
        }
    }

    #[test]
    fn a_payload_with_some_of_those_members_is_none() {
        for text in [
            r#"{"log": "entries", "requests": [1], "mappings": {}}"#,
            r#"{"log": {"entries": [{"level": "info", "request": "GET /", "response": 200}]}}"#,
            r#"{"log": {"version": "3", "entries": []}}"#,
            r#"{"log": {"version": "1.4.2", "entries": [{"date": "2026-01-01", "text": "fixed"}]}}"#,
            r#"{"log": {"creator": {"name": "bob"}, "entries": [{"id": 1}]}}"#,
            r#"{"log": {"version": null, "creator": null, "entries": []}}"#,
            r#"{"data": {"log": {"version": "1.2", "creator": {}, "entries": []}}}"#,
            r#"{"item": [{"id": 1, "request": null}], "info": {"name": "a"}}"#,
            r#"{"item": [{"id": 1, "request": "gift wrap"}], "info": {"name": "order 7"}}"#,
            r#"{"info": {"schema": "https://a.example.com/schema.json"}, "item": []}"#,
            r#"{"item": {"request": {"url": "/"}, "response": []}, "info": {"name": "x"}}"#,
            r#"{"request": {"id": 1}, "response": {"id": 2}}"#,
            r#"{"request": {"method": "email"}, "response": {"status": "sent"}}"#,
            r#"{"request": {"id": 1, "method": "phone"}, "response": {"status": 3, "text": "ok"}}"#,
            r#"{"request": {"url": "https://x", "method": "POST"}, "response": {"status": 200, "body": "ok"}}"#,
            r#"{"request": {"method": "GET"}, "response": {"status": 3}}"#,
            r#"{"request": {"urlPath": "/a"}, "response": "ok"}"#,
            r#"{"request": {"url": "/a"}, "response": null}"#,
            r#"{"request": {}, "response": {"status": 200, "body": "ok", "tookMs": 3}}"#,
            r#"{"event": "paid", "request": {"headers": {}}, "response": {"status": 200, "body": "ok"}}"#,
            r#"{"request": {"headers": {}, "payload": {}}, "response": {"status": 200, "body": "ok"}}"#,
            r#"{"request": {}, "response": {"status": 3, "body": "ok"}}"#,
            r#"{"response": {"status": 200, "body": "ok"}}"#,
            r#"{"collectionName": "x", "requests": [{"url": "/a"}]}"#,
            r#"{"mappings": [{"from": "a"}], "meta": {"total": 1}}"#,
            r#"{"mappings": [], "meta": {"total": 0}}"#,
            r#"{"order": [1], "requests": []}"#,
            r#"{"requests": [{"id": 1, "collectionId": "c9", "state": "open"}]}"#,
            r#"{"consumer": {"name": "a"}, "provider": {"name": "b"}, "messages": []}"#,
            r#"{"items": [{"type": "https-check"}, {"type": "dns", "request": {}}], "total": 2}"#,
            r#"{"data": {"pairs": [{"request": {"id": 1}, "response": {"id": 2}}]}}"#,
            r#"[{"scope": "read", "method": "POST", "path": "/x", "status": 3, "response": "ok"}]"#,
            r#"{"*": {"scope": "a", "path": "b", "method": "c", "status": 1, "response": 2}}"#,
            r#"[1, [], {"scope": "a", "path": "b"}]"#,
            "[",
            "{",
            "{\"log\"",
            "{]}",
            "{\"log\": {\"version\" \"1.2\", \"creator\": {}}}",
            "[[[[[[[[[[]]]]]]]]]]",
        ] {
            assert_recognized(text, None);
        }
    }

    #[test]
    fn a_value_ends_where_its_brackets_do() {
        let texts = [
            r#"{"log": {"version": "1\"}", "entries": [{}, 1, "x", [], {}, {}, {}, {}, {"a": [{}]}, 5]}}"#,
            r#"{"item": [], "x": [tru"e}", 1 2 {]}, "a" "b"}"#,
            r#"[{"scope": "\\", "path": {"x": "]"}}]"#,
            r#"{"info": {"schema": "\u007d\""}}"#,
            "{}",
            "[]",
            "{\"requests\": [[1], {\"url\": }}}",
        ];
        for text in texts {
            let mut walk = crate::payload::skim::ValueScan::default();
            let (length, ended) = walk.over(text.as_bytes());
            for piece in [1, 2, 5, 1000] {
                let mut watch = watch().unwrap();
                watch.begin();
                let mut found = 0;
                for chunk in format!("{text} {{").as_bytes().chunks(piece) {
                    let (length, ended) = watch.over(chunk);
                    found += length;
                    if ended {
                        break;
                    }
                }
                assert!(ended && found == length, "{text}: {found} {length}");
            }
        }
    }

    proptest! {
        /// Whatever a text is, a watch goes as far as a walk does, in pieces of any length.
        #[test]
        fn a_watch_ends_where_a_walk_does(
            tokens in prop::collection::vec(prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\n", "1", "null", "\"log\":", "\"entries\":[",
                "\"info\":{\"schema\":", "\"item\":[{", "\"mappings\":[]", "\"x\":", "\"a\"", "{}",
            ]), 1..60),
            piece in 1..9_usize,
        ) {
            let text = tokens.concat();
            let text = text.trim_start();
            let (length, ended) = crate::payload::skim::ValueScan::default().over(text.as_bytes());
            let mut watch = watch().unwrap();
            watch.begin();
            let (mut found, mut found_end) = (0, false);
            for chunk in text.as_bytes().chunks(piece) {
                let (length, ended) = watch.over(chunk);
                found += length;
                if ended {
                    found_end = true;
                    break;
                }
            }
            prop_assert_eq!((found, found_end), (length, ended), "{}", text);
        }
    }

    #[test]
    fn the_table_fits_its_numbers() {
        assert!(tree::TREE.facts() <= tree::Facts::MAX);
    }
}
