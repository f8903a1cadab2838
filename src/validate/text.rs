//! Finds duplicate keys and number overflows, which a parsed value does not show.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use serde_json::Value;

use crate::json::{Container, Event, Scalar, Scanner, SyntaxError};
use crate::pointer::Pointer;
use crate::schema::decimals::rounded;
use crate::schema::digits::Digits;
use crate::schema::located::each_located;

/// Facts that parsing loses.
#[derive(Debug, Default)]
pub(super) struct TextFacts {
    /// Where keys begin that stood in the same object before.
    duplicates: Vec<Noted>,
    /// Numbers that no double holds.
    overflows: Vec<Noted>,
    /// The offsets of those numbers, also of those that a later duplicate overrides.
    overflow_texts: Vec<Range<usize>>,
    /// Whether a number has other digits than the double that it is parsed as.
    is_rounded: bool,
}

/// A fact that parsing loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Duplicate,
    Overflow,
}

/// Reads the whole text once.
pub(super) fn facts(text: &[u8], max_depth: usize) -> Result<TextFacts, SyntaxError> {
    let mut reader = Reader { text, ..Reader::default() };
    let mut scanner = Scanner::new(text, max_depth);
    while let Some(event) = scanner.step()? {
        reader.take(event);
    }
    Ok(reader.facts)
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a [u8],
    open: Vec<Frame<'a>>,
    facts: TextFacts,
}

/// A container that has begun and not ended.
struct Frame<'a> {
    kind: Container,
    key: Cow<'a, str>,
    key_at: usize,
    members: Members<'a>,
}

/// Where each member of an object begins and ends, by its key.
#[derive(Default)]
struct Members<'a> {
    /// The first ones, which are looked through.
    few: Vec<(Cow<'a, str>, Range<usize>)>,
    others: HashMap<Cow<'a, str>, Range<usize>>,
}

impl<'a> Members<'a> {
    const FEW: usize = 8;

    fn get(&self, key: &str) -> Option<Range<usize>> {
        let first = self.few.iter().find(|(known, _)| known == key).map(|(_, member)| member);
        first.or_else(|| self.others.get(key).filter(|_| self.few.len() == Self::FEW)).cloned()
    }

    fn insert(&mut self, key: Cow<'a, str>, member: Range<usize>) {
        if let Some((_, known)) = self.few.iter_mut().find(|(known, _)| *known == key) {
            *known = member;
        } else if self.few.len() < Self::FEW {
            self.few.push((key, member));
        } else {
            self.others.insert(key, member);
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Noted {
    offset: usize,
    /// A later member of the same key has taken this one's place.
    overridden: bool,
}

impl Noted {
    fn at(offset: usize) -> Self {
        Self { offset, overridden: false }
    }
}

impl<'a> Reader<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Begin { kind, at } => {
                let (key, members) = (Cow::Borrowed(""), Members::default());
                self.open.push(Frame { kind, key, key_at: at, members });
            }
            Event::End { end } => {
                self.open.pop();
                self.value_ended(end);
            }
            Event::Key { raw, at } => self.key(raw.decode(), at),
            Event::Scalar { kind, at, end } => {
                if kind == Scalar::Number {
                    let number = &self.text[at..end];
                    if overflows(number) {
                        self.facts.overflow_texts.push(at..end);
                        self.facts.overflows.push(Noted::at(at));
                    } else {
                        self.facts.is_rounded = self.facts.is_rounded || rounded(number).is_some();
                    }
                }
                self.value_ended(end);
            }
        }
    }

    fn key(&mut self, key: Cow<'a, str>, at: usize) {
        let Some(frame) = self.open.last_mut() else {
            return;
        };
        frame.key_at = at;
        let earlier = frame.members.get(&key);
        frame.key = key;
        if let Some(earlier) = earlier {
            override_within(&mut self.facts.overflows, &earlier);
            override_within(&mut self.facts.duplicates, &earlier);
            self.facts.duplicates.push(Noted::at(at));
        }
    }

    fn value_ended(&mut self, end: usize) {
        if let Some(frame) = self.open.last_mut().filter(|frame| frame.kind == Container::Object) {
            frame.members.insert(std::mem::take(&mut frame.key), frame.key_at..end);
        }
    }
}

impl TextFacts {
    /// The digits that numbers of the value have in the text, if it rounds some.
    pub(super) fn digits(&self, text: &[u8], value: &Value) -> Option<Digits> {
        self.is_rounded.then(|| Digits::of(text, value))
    }

    /// Takes each fact that counts with its place, in document order.
    pub(super) fn each(&self, text: &[u8], mut take: impl FnMut(Fact, Pointer)) {
        let counts = |noted: &&Noted| !noted.overridden;
        let mut duplicates = self.duplicates.iter().filter(counts).map(|noted| noted.offset).peekable();
        let mut overflows = self.overflows.iter().filter(counts).map(|noted| noted.offset).peekable();
        if duplicates.peek().is_none() && overflows.peek().is_none() {
            return;
        }
        each_located(text, |event, at| {
            match event {
                Event::Key { at: offset, .. } if duplicates.next_if_eq(offset).is_some() => {
                    take(Fact::Duplicate, at.clone());
                }
                Event::Scalar { at: offset, .. } if overflows.next_if_eq(offset).is_some() => {
                    take(Fact::Overflow, at.clone());
                }
                _ => return ControlFlow::Continue(()),
            }
            let is_left = duplicates.peek().is_some() || overflows.peek().is_some();
            if is_left { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
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
/// have a finding of their own, and the rest of the body is still to be validated.
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
        let (mut duplicates, mut overflows) = (Vec::new(), Vec::new());
        facts(text.as_bytes(), 128).unwrap().each(text.as_bytes(), |fact, pointer| match fact {
            Fact::Duplicate => duplicates.push(pointer.to_string()),
            Fact::Overflow => overflows.push(pointer.to_string()),
        });
        (duplicates, overflows)
    }

    fn all<const N: usize>(names: [&str; N]) -> Vec<String> {
        names.map(String::from).to_vec()
    }

    #[test]
    fn an_overridden_duplicate_has_no_findings_inside() {
        let text = r#"{"a": {"x": 1e400, "y": 1, "y": 2}, "\u0061": {"x": 1}, "b": [0, -1e999]}"#;
        assert_eq!(pointers(text), (all(["/a"]), all(["/b/1"])));
    }

    #[test]
    fn a_key_three_times_is_reported_once() {
        assert_eq!(pointers(r#"{"a":1,"a":2,"a":3}"#), (all(["/a"]), vec![]));
    }

    #[test]
    fn overflow_depends_on_the_value() {
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
