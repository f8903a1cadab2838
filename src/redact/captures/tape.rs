//! The tokens of a JSON text, in their order.

use super::super::tokens::{Broken, literal, number, solid, string};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String { escaped: bool },
    Number,
    Literal,
}

/// A value or a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) begin: usize,
    pub(super) end: usize,
    /// The token behind it and all that is inside it.
    pub(super) next: usize,
}

/// The tokens of one value; those of an object are keys and values by turns.
///
/// # Errors
///
/// When the text is not one JSON value.
pub(super) fn tape(text: &[u8]) -> Result<Vec<Token>, Broken> {
    let mut tokens: Vec<Token> = Vec::new();
    // Open containers, and the tokens that each has itself.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = solid(text, 0);
    loop {
        let (kind, end) = token(text, at)?;
        tokens.push(Token { kind, begin: at, end, next: tokens.len() + 1 });
        at = solid(text, end);
        if let Some((_, count)) = open.last_mut() {
            *count += 1;
        }
        if matches!(kind, Kind::Object | Kind::Array) {
            open.push((tokens.len() - 1, 0));
            let close = if kind == Kind::Object { b'}' } else { b']' };
            if text.get(at) != Some(&close) {
                is_key(text, at, kind)?;
                continue;
            }
        }
        loop {
            let Some(&(container, count)) = open.last() else {
                return if at == text.len() { Ok(tokens) } else { Err(Broken) };
            };
            let kind = tokens[container].kind;
            let is_behind_key = kind == Kind::Object && count % 2 == 1;
            match (text.get(at).ok_or(Broken)?, kind) {
                (b':', _) if is_behind_key => {
                    at = solid(text, at + 1);
                    break;
                }
                (b',', _) if !is_behind_key => {
                    at = solid(text, at + 1);
                    is_key(text, at, kind)?;
                    break;
                }
                (b'}', Kind::Object) if !is_behind_key => {}
                (b']', Kind::Array) => {}
                _ => return Err(Broken),
            }
            tokens[container].end = at + 1;
            tokens[container].next = tokens.len();
            open.pop();
            at = solid(text, at + 1);
        }
    }
}

/// What begins here, and where it ends; of a container, its bracket.
fn token(text: &[u8], at: usize) -> Result<(Kind, usize), Broken> {
    Ok(match text.get(at).ok_or(Broken)? {
        b'"' => {
            let (end, escaped) = string(text, at)?;
            (Kind::String { escaped }, end)
        }
        b'{' => (Kind::Object, at + 1),
        b'[' => (Kind::Array, at + 1),
        b'-' | b'0'..=b'9' => (Kind::Number, number(text, at)?),
        _ => (Kind::Literal, literal(text, at)?),
    })
}

/// Members of objects begin with a key.
fn is_key(text: &[u8], at: usize, container: Kind) -> Result<(), Broken> {
    if container == Kind::Object && text.get(at) != Some(&b'"') { Err(Broken) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_tokens_if_it_is_json() {
        for text in [
            r#"{"a": [1, {"b": "x\"y"}, [], {}], "c": null}"#,
            " [ ] ",
            "1",
            r#""a""#,
            r#"{"a":{"b":{"c":[[[0]]]}}}"#,
            "",
            "[",
            "{]",
            r#"{"a"}"#,
            r#"{"a":1,}"#,
            "[1,]",
            "[1 2]",
            r#"{"a":1:2}"#,
            "{1:2}",
            "{} {}",
            r#"["a":1]"#,
        ] {
            let is_json = serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(tape(text.as_bytes()).is_ok(), is_json, "{text}");
        }
        let tokens = tape(br#"{"a": [1, {"b": 2}], "c": 3}"#).unwrap();
        assert_eq!((tokens[0].next, tokens[0].end, tokens[2].next), (9, 28, 7));
    }
}
