//! Masks the values of secret members in recorded bodies.

use crate::json::{Event, Scalar, Scanner};
use crate::validate::Secrets;

/// The body with the values of secret members masked, type by type, and all else as it came. What stands
/// behind a syntax error is masked as a whole, and so is what it breaks off; the error stays the same.
pub(crate) fn masked(body: &[u8], secrets: &Secrets) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let body = body.strip_prefix(BOM).inspect(|_| out.extend_from_slice(BOM)).unwrap_or(body);
    let mut copied = 0;
    // For each open container: whether it lies inside a secret member.
    let mut open: Vec<bool> = Vec::new();
    let mut secret_key = false;
    let mut scanner = Scanner::new(body, usize::MAX);
    let mut read = 0;
    let wrong = loop {
        let event = match scanner.step() {
            Ok(Some(event)) => event,
            Ok(None) => break None,
            Err(error) => break Some(error.offset),
        };
        let inside = open.last() == Some(&true);
        match event {
            Event::Begin { at, .. } => {
                open.push(inside || secret_key);
                secret_key = false;
                read = at + 1;
            }
            Event::End { end } => {
                open.pop();
                read = end;
            }
            Event::Key { raw, .. } => secret_key = secrets.holds(&raw.decode()),
            Event::Scalar { kind, at, end } => {
                if inside || secret_key {
                    out.extend_from_slice(&body[copied..at]);
                    out.extend_from_slice(mask(kind, &body[at..end]));
                    copied = end;
                }
                secret_key = false;
                read = end;
            }
        }
    };
    let Some(wrong) = wrong else {
        out.extend_from_slice(&body[copied..]);
        return out;
    };
    out.extend_from_slice(&body[copied..read]);
    let (before, behind) = body[read..].split_at(wrong.saturating_sub(read).min(body.len() - read));
    hide_tokens(before, &mut out);
    let (token, behind) = behind.split_at(token(behind));
    // A digit is wrong behind a leading zero.
    out.extend_from_slice(if matches!(token, [b'0'..=b'9']) { b"1" } else { token });
    out.extend(behind.iter().copied().map(hide));
    out
}

const BOM: &[u8] = b"\xef\xbb\xbf";

fn hide(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() { b'x' } else { byte }
}

/// Masks keys and the beginning of a value, so that they are as well-formed as before.
fn hide_tokens(text: &[u8], out: &mut Vec<u8>) {
    let (mut at, mut is_string) = (0, false);
    while let Some(&byte) = text.get(at) {
        let escape = if text[at..].starts_with(b"\\u") { 6 } else { 2 };
        at += match byte {
            b'\\' if is_string && text.len() - at >= escape => {
                out.resize(out.len() + escape, b'x');
                escape
            }
            // It is cut off.
            b'\\' if is_string => {
                out.extend(text[at..].iter().map(|byte| if byte.is_ascii_hexdigit() { b'0' } else { *byte }));
                text.len() - at
            }
            _ => {
                is_string ^= byte == b'"';
                out.push(match byte {
                    b'1'..=b'9' if !is_string => b'1',
                    // Literals, and zeros and exponents of numbers.
                    _ if !is_string => byte,
                    _ => hide(byte),
                });
                1
            }
        };
    }
}

/// How many of the bytes at a syntax error show its reason.
fn token(text: &[u8]) -> usize {
    let words: [&[u8]; 4] = [b"NaN", b"Infinity", b"+NaN", b"+Infinity"];
    match text {
        [b'\\', b'u', digits @ ..] => {
            2 + digits.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count()
        }
        [b't' | b'f' | b'n' | b'0'..=b'9', ..] => 1,
        _ => words.iter().find(|word| text.starts_with(word)).map_or(0, |word| word.len()),
    }
}

fn mask(kind: Scalar, text: &[u8]) -> &[u8] {
    match kind {
        Scalar::String => b"\"masked\"",
        Scalar::Number => b"0",
        Scalar::Null | Scalar::Boolean => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn secrets_go_and_all_else_stays() {
        let mask =
            |text: &str| String::from_utf8(masked(text.as_bytes(), &Secrets::new(["secretKey"]))).unwrap();
        assert_eq!(
            mask(r#" {"a": "x", "secret_key" : "s\"1", "b": [1, {"secretKey": null}]} "#),
            r#" {"a": "x", "secret_key" : "masked", "b": [1, {"secretKey": null}]} "#
        );
        assert_eq!(
            mask(r#"{"secretKey": {"deep": ["s1", 2, true]}, "c": 3}"#),
            r#"{"secretKey": {"deep": ["masked", 0, true]}, "c": 3}"#
        );
        assert_eq!(mask(r#"{"a": "x", "secretKey": "s1"#), r#"{"a": "x", "xxxxxxxxx": "xx"#);
        assert_eq!(mask("<html>s1</html>"), "<xxxx>xx</xxxx>");
    }

    #[test]
    fn a_syntax_error_stays_the_same_and_shows_nothing() {
        for text in [
            "\u{feff}{\"secretKey\": \"s1\", \"a\": 1}",
            "\u{feff}[\"s1",
            "\u{feff}<html>",
            r#"{"a": NaN, "b": "s1"}"#,
            r#"{"a": +Infinity}"#,
            r#"{"a": "s\"1\u00e9 \ud800 s1"}"#,
            r#"{"a": "\ud800\u00s1"}"#,
            r#"{"a": "\ud800\n"}"#,
            r#"{"a": "s1\q"}"#,
            r#"{"a": "s1\u00"#,
            r#"{"a": "s1\"#,
            "{\"a\": \"s1\ns1\"}",
            r#"{"a": 01}"#,
            r#"{"a": -10.5e"#,
            r#"{"a": 7.x}"#,
            r#"{"a": tru"#,
            r#"{"a": trux}"#,
            r#"{"a": s1}"#,
            r#"{"a\n" 1}"#,
            r#"{"a": 1, }"#,
            r#"{"a": 1 7}"#,
            r"{a: 1}",
            r"{'a': 1}",
            "[1] s1",
            "[1, // s1",
            "text",
            "",
        ] {
            for text in [text.as_bytes(), &[text.as_bytes(), b" \xff s1"].concat()] {
                let error = |text: &[u8]| {
                    let text = text.strip_prefix(BOM).unwrap_or(text);
                    json::syntax_error(text, 128).map(|error| (error.kind, error.what))
                };
                let masked = masked(text, &Secrets::new(["secretKey"]));
                let shown = String::from_utf8_lossy(&masked);
                assert_eq!(error(&masked), error(text), "{shown}");
                assert!(!shown.contains("s1"), "{shown}");
                assert_eq!(masked.starts_with(BOM), text.starts_with(BOM));
            }
        }
        let whole = masked("\u{feff}{\"a\": 1}".as_bytes(), &Secrets::new(["secretKey"]));
        assert_eq!(whole, "\u{feff}{\"a\": 1}".as_bytes());
    }
}
