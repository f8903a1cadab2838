//! Masks the values of secret members in recorded bodies.

use crate::json::{Event, Scalar, Scanner};
use crate::validate::Secrets;

/// The body with the values of secret members masked, type by type, and all else as it came. What stands
/// behind a syntax error is masked as a whole.
pub(crate) fn masked(body: &[u8], secrets: &Secrets) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut copied = 0;
    // For each open container: whether it lies inside a secret member.
    let mut open: Vec<bool> = Vec::new();
    let mut secret_key = false;
    let mut scanner = Scanner::new(body, usize::MAX);
    let mut read = 0;
    let whole = loop {
        let event = match scanner.step() {
            Ok(Some(event)) => event,
            Ok(None) => break true,
            Err(_) => break false,
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
    if whole {
        out.extend_from_slice(&body[copied..]);
    } else {
        out.extend_from_slice(&body[copied..read]);
        let hide = |byte: &u8| if byte.is_ascii_alphanumeric() { b'x' } else { *byte };
        out.extend(body[read..].iter().map(hide));
    }
    out
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
}
