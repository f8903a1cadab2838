//! Which recorded answers does a capture hold?

mod dump;
mod entries;
mod exchange;
mod har;
mod http;
mod postman;
mod wiremock;

use std::collections::BTreeSet;

use super::source::{Bodies, Reader};
use super::{Input, Options};
use crate::json::{Container, Event, Scanner};
use crate::origin::Origin;

use entries::Entries;
use exchange::Exchange;

/// A way to write recorded answers down as JSON.
struct Shape {
    input: Input,
    /// What it is called in a sentence.
    name: &'static str,
    /// The lists whose items are entries.
    lists: &'static [&'static [&'static str]],
    /// Members of the whole that are one entry together, where there is no list.
    loose: &'static [&'static str],
    /// Whether these keys tell it.
    told: fn(&BTreeSet<String>) -> bool,
    /// The answers in one entry.
    exchanges: fn(&[u8]) -> serde_json::Result<Vec<Exchange>>,
}

/// Every shape.
static SHAPES: &[&Shape] = &[&har::SHAPE, &postman::SHAPE, &wiremock::SHAPE];

/// How deep the keys lie that tell a capture.
const KEY_DEPTH: usize = 4;

/// The kind of capture that begins like this, if any.
pub(super) fn told(head: &[u8]) -> Option<Input> {
    if http::begins(head) {
        return Some(Input::Http);
    }
    if head.first() != Some(&b'{') {
        return None;
    }
    let keys = keys(head);
    SHAPES.iter().find(|shape| (shape.told)(&keys)).map(|shape| shape.input)
}

/// The keys in the beginning of a text, each with those above it: `log/entries/*/request`.
fn keys(head: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<(Container, String)> = Vec::new();
    let mut key = String::new();
    let mut scanner = Scanner::new(head, usize::MAX);
    while let Ok(Some(event)) = scanner.step() {
        match event {
            Event::Key { raw, .. } if open.len() <= KEY_DEPTH => {
                key = raw.decode().into_owned();
                let above = open.iter().skip(1).map(|(_, name)| name.as_str());
                found.insert(above.chain([key.as_str()]).collect::<Vec<_>>().join("/"));
            }
            Event::Begin { kind, .. } => {
                let in_array = open.last().is_some_and(|(kind, _)| *kind == Container::Array);
                open.push((kind, if in_array { "*".to_owned() } else { std::mem::take(&mut key) }));
            }
            Event::End { .. } => {
                open.pop();
            }
            // What is deeper is told by nobody.
            Event::Key { .. } | Event::Scalar { .. } => {}
        }
    }
    found
}

/// The answers of a capture and what is passed over, in its order.
pub(super) fn items<'r>(
    reader: Reader<'r>,
    origin: Origin,
    input: Input,
    options: Options,
) -> Box<dyn Bodies + 'r> {
    match SHAPES.iter().find(|shape| shape.input == input) {
        Some(shape) => Box::new(Entries::new(reader, origin, shape, options)),
        None => Box::new(http::Responses::new(reader, origin, &options)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_a_capture_from_a_body() {
        let cases: &[(&str, Option<Input>)] = &[
            ("{\"log\": {\"version\": \"1.2\", \"creator\": {", Some(Input::Har)),
            ("{\"log\": {\"entries\": [{\"x\": \"", Some(Input::Har)),
            ("{\"info\": {\"_postman_id\": \"", Some(Input::Postman)),
            ("{\"requests\": [{\"request\": {\"method\": \"GET\"", Some(Input::WireMock)),
            ("{\"mappings\": [{\"id\": 1, \"request\": {\"method\": \"GET\"", Some(Input::WireMock)),
            ("{\"request\": {\"method\": \"GET\"}, \"response\": {\"status\": 200", Some(Input::WireMock)),
            ("HTTP/1.1 200 OK\r\n", Some(Input::Http)),
            ("{\"log\": \"entries\", \"requests\": [1], \"mappings\": {}}", None),
            ("{\"data\": {\"log\": {\"entries\": []}}}", None),
            ("[{\"log\": {\"entries\": []}}]", None),
            ("HTTP error\n", None),
        ];
        for (head, input) in cases {
            assert_eq!(told(head.as_bytes()), *input, "{head}");
        }
    }
}
