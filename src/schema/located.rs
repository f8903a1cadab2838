//! Walks over JSON text with the location of everything in it.

use std::ops::ControlFlow;

use crate::json::{Container, Event, Scanner};
use crate::pointer::{Pointer, Token};

/// Takes every event of a valid JSON text with the location of the value that it begins, is or ends; of a key, of
/// its member. Ends where it breaks.
pub(crate) fn each_located<'t>(
    text: &'t [u8],
    mut take: impl FnMut(&Event<'t>, &Pointer) -> ControlFlow<()>,
) {
    let mut at = Pointer::root();
    let mut indexes: Vec<Option<usize>> = Vec::new();
    let mut scanner = Scanner::new(text, usize::MAX);
    while let Ok(Some(event)) = scanner.step() {
        // An item is named when it begins, a member by its key.
        if let (Event::Begin { .. } | Event::Scalar { .. }, Some(Some(index))) = (&event, indexes.last_mut())
        {
            at.push(Token::Index(*index));
            *index += 1;
        }
        match &event {
            Event::Begin { kind, .. } => indexes.push((*kind == Container::Array).then_some(0)),
            Event::End { .. } => drop(indexes.pop()),
            Event::Key { raw, .. } => at.push(Token::Key(raw.decode().into())),
            Event::Scalar { .. } => {}
        }
        if take(&event, &at).is_break() {
            return;
        }
        if matches!(event, Event::End { .. } | Event::Scalar { .. }) {
            at.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_its_location() {
        let mut seen = Vec::new();
        each_located(br#"{"a": [1, {"b/": true}], "c": {}}"#, |event, at| {
            if !matches!(event, Event::End { .. }) {
                seen.push(at.to_string());
            }
            if seen.len() == 9 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(seen, ["", "/a", "/a", "/a/0", "/a/1", "/a/1/b~1", "/a/1/b~1", "/c", "/c"]);
    }
}
