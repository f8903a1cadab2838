//! What does the text of a body say that its parsed value no longer does?

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::json::{Container, Event, Flaw, Scalar, Scanner};
use crate::pointer::{Pointer, Token};

/// Facts that parsing loses.
#[derive(Debug, Default)]
pub(super) struct TextFacts {
    /// Members whose key stood in the same object before.
    pub(super) duplicates: Vec<Pointer>,
    /// Numbers that no double holds.
    pub(super) overflows: Vec<Pointer>,
    /// Where those numbers stand, also the ones that a later duplicate overrides.
    pub(super) overflow_texts: Vec<Range<usize>>,
}

/// Reads the whole text once.
pub(super) fn facts(text: &[u8], max_depth: usize) -> Result<TextFacts, Flaw> {
    let mut reader = Reader { text, ..Reader::default() };
    let mut scanner = Scanner::new(text, max_depth);
    while let Some(event) = scanner.step()? {
        reader.take(event);
    }
    Ok(reader.facts())
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a [u8],
    open: Vec<Frame<'a>>,
    duplicates: Vec<Noted>,
    overflows: Vec<Noted>,
    overflow_texts: Vec<Range<usize>>,
}

/// A container that has begun and not ended.
struct Frame<'a> {
    kind: Container,
    at: usize,
    key: Cow<'a, str>,
    index: usize,
    members: HashMap<Cow<'a, str>, Range<usize>>,
}

struct Noted {
    pointer: Pointer,
    offset: usize,
    /// A later member of the same key has taken this one's place.
    overridden: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Begin { kind, at } => {
                self.open.push(Frame { kind, at, key: Cow::Borrowed(""), index: 0, members: HashMap::new() });
            }
            Event::End { end } => {
                let at = self.open.pop().map_or(end, |frame| frame.at);
                self.value_ended(at..end);
            }
            Event::Key { raw, at } => self.key(raw.decode(), at),
            Event::Scalar { kind, at, end } => {
                if kind == Scalar::Number && overflows(&self.text[at..end]) {
                    self.overflow_texts.push(at..end);
                    let pointer = self.pointer();
                    self.overflows.push(Noted { pointer, offset: at, overridden: false });
                }
                self.value_ended(at..end);
            }
        }
    }

    fn key(&mut self, key: Cow<'a, str>, at: usize) {
        let Some(frame) = self.open.last_mut() else {
            return;
        };
        let earlier = frame.members.get(&key).cloned();
        frame.key = key;
        if let Some(earlier) = earlier {
            override_within(&mut self.overflows, &earlier);
            override_within(&mut self.duplicates, &earlier);
            let pointer = self.pointer();
            self.duplicates.push(Noted { pointer, offset: at, overridden: false });
        }
    }

    fn value_ended(&mut self, value: Range<usize>) {
        if let Some(frame) = self.open.last_mut() {
            match frame.kind {
                Container::Array => frame.index += 1,
                Container::Object => {
                    frame.members.insert(std::mem::take(&mut frame.key), value);
                }
            }
        }
    }

    fn pointer(&self) -> Pointer {
        let mut pointer = Pointer::root();
        for frame in &self.open {
            pointer.push(match frame.kind {
                Container::Object => Token::Key(frame.key.as_ref().into()),
                Container::Array => Token::Index(frame.index),
            });
        }
        pointer
    }

    fn facts(self) -> TextFacts {
        let kept = |noted: Vec<Noted>| {
            let kept = noted.into_iter().filter(|noted| !noted.overridden);
            let mut pointers: Vec<Pointer> = kept.map(|noted| noted.pointer).collect();
            pointers.sort();
            pointers.dedup();
            pointers
        };
        TextFacts {
            duplicates: kept(self.duplicates),
            overflows: kept(self.overflows),
            overflow_texts: self.overflow_texts,
        }
    }
}

fn override_within(noted: &mut [Noted], range: &Range<usize>) {
    let from = noted.partition_point(|noted| noted.offset < range.start);
    let until = noted.partition_point(|noted| noted.offset < range.end);
    for noted in &mut noted[from..until] {
        noted.overridden = true;
    }
}

/// Whether a number, well formed, is larger than any double.
pub(super) fn overflows(number: &[u8]) -> bool {
    // Without an exponent it takes 309 digits.
    let large = number.len() > 308 || number.iter().any(|byte| matches!(byte, b'e' | b'E'));
    large && std::str::from_utf8(number).is_ok_and(|number| number.parse::<f64>().is_ok_and(f64::is_infinite))
}

/// The text with every number that no double holds replaced by a large one that fits: those
/// have a finding of their own, and the rest of the body is still to be judged.
pub(super) fn with_numbers_that_fit<'a>(text: &'a [u8], facts: &TextFacts) -> Cow<'a, [u8]> {
    if facts.overflow_texts.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut fitting = Vec::with_capacity(text.len());
    let mut copied = 0;
    for range in &facts.overflow_texts {
        fitting.extend_from_slice(&text[copied..range.start]);
        fitting.extend_from_slice(if text[range.start] == b'-' { b"-1e308" } else { b"1e308" });
        copied = range.end;
    }
    fitting.extend_from_slice(&text[copied..]);
    Cow::Owned(fitting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(text: &str) -> (Vec<String>, Vec<String>) {
        let facts = facts(text.as_bytes(), 128).unwrap();
        let text = |pointers: &[Pointer]| pointers.iter().map(Pointer::to_string).collect();
        (text(&facts.duplicates), text(&facts.overflows))
    }

    fn all<const N: usize>(names: [&str; N]) -> Vec<String> {
        names.map(String::from).to_vec()
    }

    #[test]
    fn what_a_later_duplicate_overrides_is_not_told() {
        let text = r#"{"a": {"x": 1e400, "y": 1, "y": 2}, "\u0061": {"x": 1}, "b": [0, -1e999]}"#;
        assert_eq!(pointers(text), (all(["/a"]), all(["/b/1"])));
    }

    #[test]
    fn a_key_three_times_is_told_once() {
        assert_eq!(pointers(r#"{"a":1,"a":2,"a":3}"#), (all(["/a"]), vec![]));
    }

    #[test]
    fn overflow_is_judged_by_value() {
        let digits = format!("[1e308, 1.7e308, 1e-400, {}, {}]", "9".repeat(308), "9".repeat(309));
        assert_eq!(pointers(&digits), (vec![], all(["/4"])));
    }

    #[test]
    fn numbers_are_replaced_in_place() {
        let text = br#"{"a": 1e400, "b": [-1e400]}"#;
        let facts = facts(text, 128).unwrap();
        assert_eq!(&*with_numbers_that_fit(text, &facts), br#"{"a": 1e308, "b": [-1e308]}"#);
    }

    #[test]
    fn a_million_duplicates_take_no_square() {
        let text = format!("{{{}\"a\":1}}", "\"a\":{\"b\":1,\"b\":2},".repeat(300_000));
        assert_eq!(pointers(&text).0, all(["/a"]));
    }
}
