//! Repairs syntax errors in an entry, outside of its bodies.
//!
//! Recorders copy headers and URLs as they come: half a surrogate pair, bytes of Latin-1, numbers that no
//! double holds. These lose no body. Bodies themselves stay as they are.

use crate::payload::skim::ValueScan;
use crate::payload::space::span;

/// The entry with what is no JSON replaced in its strings and numbers, but for the values of these members.
pub(super) fn mended(entry: &[u8], bodies: &[&str]) -> Vec<u8> {
    let (mut out, mut at, mut is_body) = (Vec::with_capacity(entry.len()), 0, false);
    while let Some(&byte) = entry.get(at) {
        let rest = &entry[at..];
        let length = match byte {
            b'"' => string(rest),
            b'-' | b'0'..=b'9' => number(rest),
            b'{' | b'[' if is_body => ValueScan::default().over(rest).0.max(1),
            _ => 1,
        };
        let (token, behind) = rest.split_at(length);
        let is_key = byte == b'"' && behind[span(behind)..].starts_with(b":");
        match byte {
            b'"' if is_key || !is_body => out.extend_from_slice(text(token).as_bytes()),
            b'-' | b'0'..=b'9' if !is_body => out.extend_from_slice(finite(token)),
            _ => out.extend_from_slice(token),
        }
        if is_key {
            is_body = bodies.iter().any(|body| token == format!("\"{body}\"").as_bytes());
        }
        at += length;
    }
    out
}

/// The length of a string with its quotes.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if text[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

fn number(text: &[u8]) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len())
}

/// A number, or the largest one where no double holds it.
fn finite(number: &[u8]) -> &[u8] {
    let value = std::str::from_utf8(number).ok().and_then(|text| text.parse::<f64>().ok());
    if value.is_some_and(f64::is_infinite) { b"1e308" } else { number }
}

/// A string of JSON: bytes that are not UTF-8 and halves of surrogate pairs are replaced, control characters
/// escaped.
fn text(string: &[u8]) -> String {
    const REPLACEMENT: &str = "\\ufffd";
    let lossy = String::from_utf8_lossy(string);
    let (mut out, mut rest) = (String::with_capacity(lossy.len()), &*lossy);
    while let Some(at) = rest.find(|char: char| char == '\\' || char < ' ') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (length, token) = match (rest.as_bytes()[0], unit(rest)) {
            (b'\\', Some(0xd800..=0xdbff)) => match rest.get(6..).and_then(unit) {
                Some(0xdc00..=0xdfff) => (12, None),
                _ => (6, Some(REPLACEMENT.to_owned())),
            },
            (b'\\', Some(0xdc00..=0xdfff)) => (6, Some(REPLACEMENT.to_owned())),
            (b'\\', _) => (1 + rest[1..].chars().next().map_or(0, char::len_utf8), None),
            (control, _) => (1, Some(format!("\\u{control:04x}"))),
        };
        out.push_str(token.as_deref().unwrap_or(&rest[..length]));
        rest = &rest[length..];
    }
    out + rest
}

/// The UTF-16 unit of an escape that a text begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bodies_stay_as_they_are() {
        for (entry, expected) in [
            (
                &b"{\"a\": \"x\\ud800\", \"text\": \"\\ud800\"}"[..],
                "{\"a\": \"x\\ufffd\", \"text\": \"\\ud800\"}",
            ),
            (
                b"[\"\\udc00\", \"\\ud83d\\ude00\", \"\\ud800\\u0041\"]",
                r#"["\ufffd", "\ud83d\ude00", "\ufffd\u0041"]"#,
            ),
            (
                b"{\"caf\xe9\": \"\xff\", \"b\": \"\\\\ud800\\\"\"}",
                "{\"caf\u{fffd}\": \"\u{fffd}\", \"b\": \"\\\\ud800\\\"\"}",
            ),
            (b"{\"a\": 1e999, \"b\": [-1E+400, 1.5, 7]}", r#"{"a": 1e308, "b": [1e308, 1.5, 7]}"#),
            (
                b"{\"json\": {\"x\": 1e999}, \"c\": 1e999, \"text\" : 1e999}",
                r#"{"json": {"x": 1e999}, "c": 1e308, "text" : 1e999}"#,
            ),
            (b"{\"a\": \"x\ty\", \"text\": \"x\ty\"}", "{\"a\": \"x\\u0009y\", \"text\": \"x\ty\"}"),
            (b"{\"a\": \"\\", "{\"a\": \"\\"),
            (b"\"\\u12", "\"\\u12"),
        ] {
            assert_eq!(String::from_utf8_lossy(&mended(entry, &["text", "json"])), expected);
        }
    }
}
