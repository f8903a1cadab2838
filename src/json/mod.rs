//! Is this text JSON, and where does each value lie in it?

mod encoding;
mod expected;
mod flaw;
mod lines;
mod scan;

pub(crate) use encoding::decode;
pub(crate) use expected::{Expected, flaw_at};
pub(crate) use flaw::{Flaw, FlawKind};
pub(crate) use lines::{LineColumn, Lines};
pub(crate) use scan::{Container, Event, Scalar, Scanner};

/// Where the text is not one JSON value, if anywhere.
pub(crate) fn flaw(text: &[u8], max_depth: usize) -> Option<Flaw> {
    let mut scanner = Scanner::new(text, max_depth);
    loop {
        match scanner.step() {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(flaw) => return Some(flaw),
        }
    }
}

/// Whether the text is one JSON value and nothing else; how NDJSON is told from JSON.
pub(crate) fn is_complete(text: &[u8]) -> bool {
    flaw(text, usize::MAX).is_none()
}
