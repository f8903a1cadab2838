//! Invariants: what a contract requires beyond its schema.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::Violation;
use super::span::TextSpan;
use crate::payload::Payload;
use crate::pointer::{Pointer, Token, unescape};

/// An invariant of one payload, checked against the values at a few locations.
#[derive(Clone, Copy, Debug)]
pub struct Invariant {
    /// The locations it watches: JSON Pointers, with `*` for every item of an array.
    pub watch: &'static [&'static str],
    /// Returns the violations, given the values at those locations.
    pub check: fn(&WatchedValues) -> Vec<Violation>,
    /// Its violation explains those of the schema, which are not reported.
    pub instead_of_schema: bool,
}

/// A value without the contents of arrays and objects.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ShallowValue {
    /// A null.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Box<str>),
    /// An array with this many items.
    Array(usize),
    /// An object with this many members.
    Object(usize),
}

/// A value at a watched location. There may be one for every item of a long array, so that it keeps of the
/// location only what the watch does not have; [`WatchedValues::pointer`] has the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedValue {
    /// The index or key for each `*` of the watch.
    stars: Stars,
    /// The value.
    pub seen: ShallowValue,
    /// Where in the text, where that is known.
    pub(super) span: Option<TextSpan>,
}

/// The items for the stars of a watch; in an object a star is the key that it is.
#[derive(Clone, Debug, PartialEq)]
enum Stars {
    One(Option<usize>),
    Many(Box<[Option<usize>]>),
}

impl WatchedValue {
    /// What was seen at a location that this watch leads to.
    pub(super) fn new(watch: &str, pointer: &Pointer, seen: ShallowValue, span: Option<TextSpan>) -> Self {
        let steps = watch.split('/').skip(1).zip(pointer.tokens());
        let stars = steps.filter(|(step, _)| *step == "*");
        let stars: Vec<Option<usize>> = stars
            .map(|(_, token)| if let Token::Index(index) = token { Some(*index) } else { None })
            .collect();
        let stars = if let [one] = stars[..] { Stars::One(one) } else { Stars::Many(stars.into()) };
        Self { stars, seen, span }
    }

    /// Whether it was seen behind this byte.
    pub(super) fn is_behind(&self, offset: usize) -> bool {
        self.span.is_some_and(|span| span.offset > offset)
    }

    /// The location, which this watch leads to.
    pub(super) fn pointer(&self, watch: &str) -> Pointer {
        let mut stars = match &self.stars {
            Stars::One(one) => std::slice::from_ref(one),
            Stars::Many(many) => many,
        }
        .iter();
        let mut pointer = Pointer::root();
        for step in watch.split('/').skip(1) {
            let star = if step == "*" { stars.next().copied().flatten() } else { None };
            pointer.push(star.map_or_else(|| Token::Key(unescape(step).into()), Token::Index));
        }
        pointer
    }
}

/// The values at the locations that an invariant watches, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchedValues {
    watch: &'static [&'static str],
    lists: Vec<Arc<Vec<WatchedValue>>>,
}

impl WatchedValues {
    /// All values at the location with this index in `watch`.
    #[must_use]
    pub fn all(&self, watch: usize) -> &[WatchedValue] {
        self.lists.get(watch).map_or(&[], |list| list.as_slice())
    }

    /// The value at a location that occurs once.
    #[must_use]
    pub fn one(&self, watch: usize) -> Option<&ShallowValue> {
        self.all(watch).first().map(|watched| &watched.seen)
    }

    /// The location with this index in `watch`, which has no stars.
    #[must_use]
    pub fn pointer_of(&self, watch: usize) -> Pointer {
        let watch = self.watch.get(watch).copied().unwrap_or_default();
        let mut pointer = Pointer::root();
        for step in watch.split('/').skip(1) {
            pointer.push(Token::Key(unescape(step).into()));
        }
        pointer
    }

    /// The location of a value, with the index of its watch.
    #[must_use]
    pub fn pointer(&self, watch: usize, watched: &WatchedValue) -> Pointer {
        watched.pointer(self.watch.get(watch).copied().unwrap_or_default())
    }
}

/// An invariant of payloads that belong together, such as the pages of one walk.
#[derive(Debug)]
pub struct SequenceInvariant {
    /// The locations of each payload that it watches, as in [`Invariant::watch`].
    pub watch: &'static [&'static str],
    /// Begins to validate a new stream of payloads.
    pub start: fn() -> Box<dyn SequenceValidator>,
}

/// The state of a [`SequenceInvariant`] after the payloads so far.
pub trait SequenceValidator: Send {
    /// The violations of the next payload, given those before it.
    fn next(&mut self, payload: &Payload, seen: &WatchedValues) -> Vec<Violation>;

    /// Keeps what [`links`](Self::links) needs of the payloads that follow: it grows with them.
    fn keep_links(&mut self) {}

    /// How the payloads so far may belong to others before or after them, for runs over parts of the input.
    fn links(&self) -> Links {
        Links::default()
    }
}

/// How a part of the input belongs to other parts, where an invariant holds for payloads in a row. A part may go
/// on where an earlier one ended, and must be validated together with it, if it needs what the other offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// Fingerprints of the states in which payloads of this part would not begin anew.
    pub needs: BTreeSet<String>,
    /// Fingerprints of the states that this part ends in.
    pub offers: BTreeSet<String>,
}

impl WatchedValues {
    pub(super) fn new(watch: &'static [&'static str], lists: Vec<Arc<Vec<WatchedValue>>>) -> Self {
        Self { watch, lists }
    }

    /// Adds to each violation the span of its location, if that is watched.
    pub(super) fn with_spans(&self, violations: Vec<Violation>) -> Vec<(Violation, TextSpan)> {
        if violations.is_empty() {
            return Vec::new();
        }
        let seen = self
            .watch
            .iter()
            .zip(&self.lists)
            .flat_map(|(watch, list)| list.iter().map(|watched| (watched.span, watched.pointer(watch))));
        // Of many places seen, few are spoken of.
        let mut spans: HashMap<Pointer, TextSpan> =
            violations.iter().map(|violation| (violation.pointer.clone(), TextSpan::default())).collect();
        for (span, pointer) in seen {
            if let (Some(span), Some(location)) = (span, spans.get_mut(&pointer)) {
                *location = span;
            }
        }
        let location = |violation: Violation| {
            let span = spans.get(&violation.pointer).copied().unwrap_or_default();
            (violation, span)
        };
        violations.into_iter().map(location).collect()
    }
}

/// The watched values of a value.
pub(super) fn watched_values(watch: &'static [&'static str], value: &Value) -> WatchedValues {
    WatchedValues::new(watch, watch.iter().map(|watch| Arc::new(look(value, watch))).collect())
}

/// What the invariants say of what they see at the locations they watch, and whether any of them speaks
/// instead of the schema.
pub(super) fn check(
    invariants: &[Invariant],
    see: impl Fn(&'static [&'static str]) -> WatchedValues,
) -> (Vec<(Violation, TextSpan)>, bool) {
    let mut replaced = false;
    let mut violations = Vec::new();
    for invariant in invariants {
        let seen = see(invariant.watch);
        let found = (invariant.check)(&seen);
        replaced |= invariant.instead_of_schema && !found.is_empty();
        violations.extend(seen.with_spans(found));
    }
    (violations, replaced)
}

fn look(value: &Value, watch: &str) -> Vec<WatchedValue> {
    let mut locations = vec![(Pointer::root(), value)];
    for step in watch.split('/').skip(1) {
        locations = locations.into_iter().flat_map(|(pointer, value)| below(&pointer, value, step)).collect();
    }
    locations
        .into_iter()
        .map(|(pointer, value)| WatchedValue::new(watch, &pointer, seen(value), None))
        .collect()
}

fn below<'v>(pointer: &Pointer, value: &'v Value, step: &str) -> Vec<(Pointer, &'v Value)> {
    let at = |token, value| {
        let mut below = pointer.clone();
        below.push(token);
        (below, value)
    };
    match value {
        Value::Array(items) if step == "*" => {
            items.iter().enumerate().map(|(index, item)| at(Token::Index(index), item)).collect()
        }
        Value::Object(members) => {
            let name = unescape(step);
            members.get(&*name).map(|member| at(Token::Key(name.into()), member)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn seen(value: &Value) -> ShallowValue {
    match value {
        Value::Null => ShallowValue::Null,
        Value::Bool(value) => ShallowValue::Boolean(*value),
        Value::Number(number) => ShallowValue::Number(number.clone()),
        Value::String(text) => ShallowValue::String(text.as_str().into()),
        Value::Array(items) => ShallowValue::Array(items.len()),
        Value::Object(members) => ShallowValue::Object(members.len()),
    }
}
