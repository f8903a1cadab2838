//! A JSON scanner that reports the offset of every value and of syntax errors.

mod encoding;
mod expected;
mod lines;
mod scan;
mod syntax_error;

pub(crate) use encoding::decode;
pub(crate) use expected::{Expected, syntax_error_at};
pub(crate) use lines::{LineColumn, Lines, column_after};
pub(crate) use scan::{Container, Event, Scalar, Scanner};
pub(crate) use syntax_error::{SyntaxError, SyntaxErrorKind};

/// Where the text is not one JSON value, if anywhere.
pub(crate) fn syntax_error(text: &[u8], max_depth: usize) -> Option<SyntaxError> {
    let mut scanner = Scanner::new(text, max_depth);
    loop {
        match scanner.step() {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(syntax_error) => return Some(syntax_error),
        }
    }
}

/// Whether the text is one JSON value and nothing else; distinguishes NDJSON from JSON.
pub(crate) fn is_complete(text: &[u8]) -> bool {
    syntax_error(text, usize::MAX).is_none()
}
