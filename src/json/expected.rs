//! Syntax errors at a byte where something else was expected.

use super::scan::{CUT, Container, Next, Scanner};
use super::syntax_error::{SyntaxError, SyntaxErrorKind, not_utf8};

/// What a walk over a text expected where it could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Value,
    KeyOrEnd,
    Key,
    Colon,
    CommaOrEnd,
    /// More of a string.
    Text,
    /// Nothing but white space.
    Nothing,
}

/// The syntax error of a text that cannot be what was expected from `offset` on, where `rest` is. `broken`
/// is where the text stops being UTF-8.
pub(crate) fn syntax_error_at(
    rest: &[u8],
    offset: usize,
    expected: Expected,
    inside: Option<Container>,
    broken: Option<(usize, bool)>,
) -> SyntaxError {
    let quoted;
    let (text, next, before) = match expected {
        Expected::Value => (rest, Next::Value, 0),
        Expected::KeyOrEnd => (rest, Next::KeyOrEnd, 0),
        Expected::Key => (rest, Next::Key, 0),
        Expected::CommaOrEnd => (rest, Next::CommaOrEnd, 0),
        Expected::Colon | Expected::Nothing => (rest, Next::Nothing, 0),
        Expected::Text => {
            quoted = [b"\"", rest].concat();
            (&*quoted, Next::Value, 1)
        }
    };
    let mut scanner = Scanner::resumed(text, inside, next);
    let step = match (expected, rest) {
        (Expected::Colon, []) => Err(scanner.truncated()),
        (Expected::Colon, _) => Err(scanner.not_json("expected `:` after a key")),
        _ => scanner.step(),
    };
    let truncated = step
        .as_ref()
        .map_or_else(|syntax_error| syntax_error.kind == SyntaxErrorKind::Truncated, Option::is_none);
    match (step, broken) {
        (_, Some(broken)) if truncated => not_utf8(broken),
        (Err(syntax_error), _) => {
            let begun = inside.is_some() || !rest.is_empty() || expected != Expected::Value;
            let what = if truncated && begun { CUT.to_owned() } else { syntax_error.what };
            SyntaxError { kind: syntax_error.kind, offset: syntax_error.offset + offset - before, what }
        }
        (Ok(_), _) => SyntaxError { offset, ..scanner.not_json("expected a value") },
    }
}
