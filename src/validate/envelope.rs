//! Recognizes the envelope of a payload.
//!
//! A contract may know several shapes around the same items. Each has a schema of its own, and a mark by
//! which it is recognised: the member that holds the items' list, or the list itself where it is a member of
//! the root. Where a payload has several marks, the envelope that the contract lists first counts; where it
//! has none, the first that is accepted.
//!
//! A body that is validated while it is read is validated by the envelope of the first mark in its first
//! windows. Where another mark behind them turns out to count, what was found is by the wrong schema, and the
//! beginning cannot be read again: the finding is `undecided`, so that no run passes on it. The reference
//! engine holds the body, and decides.

use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use super::engine::Compiled;
use super::invariant::ShallowValue;
use super::{Limits, Promises};
use crate::error::{Error, ErrorKind};
use crate::json::{self, Container, Event, Scanner};
use crate::pointer::unescape;
use crate::schema::Schema;

/// The root of a payload, for findings about the envelope.
pub(super) const ROOT: &[&str] = &[""];

/// The windows that are looked at to recognise the envelope of a payload that is validated while it is read.
const MAX_LEAD: usize = 4;

/// Bytes that are looked at first to recognise the envelope of a payload that is in memory.
const FIRST_LOOK: usize = 1 << 12;

/// Where the schema of an envelope comes from.
pub(crate) enum Source {
    /// A user's schema, which may be wrong.
    Given(Schema),
    /// A schema known to be valid, and perhaps its table.
    Known(fn() -> Value, Option<&'static str>),
}

/// How payloads of one envelope are validated.
pub(crate) struct Shape {
    /// Its name.
    pub(crate) name: String,
    /// A JSON Pointer to its list of items; empty where it has none.
    pub(crate) items: String,
    pub(crate) source: Source,
    pub(crate) promises: Promises,
}

/// What is recognised of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    /// A JSON Pointer.
    pointer: String,
    /// Its steps.
    steps: Box<[Box<str>]>,
    /// Whether an array must be there; otherwise it is enough that something is.
    is_array: bool,
}

impl Mark {
    fn of(items: &str) -> Self {
        let parent = items.rsplit_once('/').map_or("", |(parent, _)| parent);
        let (pointer, is_array) = if parent.is_empty() { (items, true) } else { (parent, false) };
        let steps = pointer.split('/').skip(1).map(|step| unescape(step).into()).collect();
        Self { pointer: pointer.to_owned(), steps, is_array }
    }

    fn is_in(&self, value: &Value) -> bool {
        value.pointer(&self.pointer).is_some_and(|value| !self.is_array || value.is_array())
    }

    /// Whether this is what is recognised, at the location that these keys lead to.
    fn is_at(&self, keys: &[Option<Box<str>>], location: Token) -> bool {
        let Token::Value { is_array } = location else { return false };
        (is_array || !self.is_array) && keys.len() == self.steps.len() && self.is_below(keys)
    }

    /// Whether it is at the location that these keys lead to, or inside.
    fn is_below(&self, keys: &[Option<Box<str>>]) -> bool {
        let steps = self.steps.iter().map(|step| Some(&**step));
        keys.len() <= self.steps.len()
            && keys.iter().map(Option::as_deref).zip(steps).all(|(key, step)| key == step)
    }
}

/// What comes next in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// A key; its value has not begun.
    Key,
    /// A value.
    Value { is_array: bool },
}

type Lazy = LazyLock<Compiled, Box<dyn FnOnce() -> Compiled + Send>>;

/// An envelope made ready.
#[derive(Clone)]
struct Ready {
    name: Arc<str>,
    mark: Mark,
    compiled: Arc<Lazy>,
    is_accepted: bool,
}

/// The envelopes of a contract, and which of them are accepted.
#[derive(Clone)]
pub(super) struct Envelopes {
    all: Vec<Ready>,
    /// The first one that is accepted.
    first: usize,
}

impl fmt::Debug for Envelopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.all.iter().map(|one| (&one.name, one.is_accepted));
        f.debug_map().entries(names).finish()
    }
}

impl Envelopes {
    /// The one shape of a schema.
    pub(super) fn one(compiled: Compiled) -> Self {
        let compiled = Arc::new(LazyLock::new(Box::new(|| compiled) as Box<dyn FnOnce() -> Compiled + Send>));
        let one = Ready { name: "".into(), mark: Mark::of(""), compiled, is_accepted: true };
        Self { all: vec![one], first: 0 }
    }

    /// These, of which the first is accepted.
    pub(super) fn of(shapes: Vec<Shape>) -> Result<Self, Error> {
        let all_marks: Vec<Mark> = shapes.iter().map(|shape| Mark::of(&shape.items)).collect();
        let several = all_marks.len() > 1;
        let mut marks: Vec<String> = all_marks.iter().map(|mark| mark.pointer.clone()).collect();
        marks.push(String::new());
        marks.retain(|_| several);
        let mut all = Vec::with_capacity(shapes.len());
        for (Shape { name, source, promises, .. }, mark) in shapes.into_iter().zip(all_marks) {
            let compile: Box<dyn FnOnce() -> Compiled + Send> = match source {
                Source::Given(schema) => {
                    let compiled = Compiled::new(&schema, promises, &marks)?;
                    Box::new(|| compiled)
                }
                Source::Known(derive, table) => {
                    let marks = marks.clone();
                    Box::new(move || Compiled::of_valid(derive, table, promises, &marks))
                }
            };
            let compiled = Arc::new(LazyLock::new(compile));
            all.push(Ready { name: name.into(), mark, compiled, is_accepted: all.is_empty() });
        }
        Ok(Self { all, first: 0 })
    }

    /// The same, but these are accepted.
    pub(super) fn accepting(mut self, names: &[&str]) -> Result<Self, Error> {
        let unknown =
            names.iter().find(|name| **name != ANY && self.all.iter().all(|one| *one.name != ***name));
        if let Some(name) = unknown {
            let known: Vec<&str> =
                self.all.iter().filter(|_| self.all.len() > 1).map(|one| &*one.name).collect();
            let message = if known.is_empty() {
                "the contract has only one".to_owned()
            } else {
                format!("expected {} or {ANY}", known.join(", "))
            };
            return Err(Error::new(ErrorKind::Usage, format!("unknown envelope `{name}`"), message));
        }
        for one in self.all.iter_mut().filter(|_| !names.is_empty()) {
            one.is_accepted = names.contains(&&*one.name) || names.contains(&ANY);
        }
        self.first = self.all.iter().position(|one| one.is_accepted).unwrap_or_default();
        Ok(self)
    }

    /// The same with another schema for the first envelope that is accepted.
    #[cfg(feature = "drift")]
    pub(super) fn with_schema(&self, schema: &Schema) -> Result<Self, Error> {
        let several = self.all.len() > 1;
        let marks = self.all.iter().map(|one| one.mark.pointer.clone()).chain([String::new()]);
        let marks: Vec<String> = marks.filter(|_| several).collect();
        let compiled = Compiled::new(schema, self.first().promises.clone(), &marks)?;
        let mut other = self.clone();
        let compiled = Arc::new(LazyLock::new(Box::new(|| compiled) as Box<dyn FnOnce() -> Compiled + Send>));
        other.all[self.first].compiled = compiled;
        Ok(other)
    }

    pub(super) fn first(&self) -> &Compiled {
        self.compiled(self.first)
    }

    pub(super) fn compiled(&self, at: usize) -> &Compiled {
        &self.all[at].compiled
    }

    pub(super) fn first_index(&self) -> usize {
        self.first
    }

    pub(super) fn is_first(&self, at: usize) -> bool {
        at == self.first
    }

    pub(super) fn is_accepted(&self, at: usize) -> bool {
        self.all[at].is_accepted
    }

    /// The name, where there are names.
    pub(super) fn name(&self, at: usize) -> Option<&Arc<str>> {
        Some(&self.all[at].name).filter(|_| self.all.len() > 1)
    }

    /// The message about a payload in this envelope, which is not accepted.
    pub(super) fn differs(&self, at: usize) -> String {
        let accepted = self.all.iter().filter(|one| one.is_accepted).map(|one| format!("`{}`", one.name));
        let accepted: Vec<String> = accepted.collect();
        format!("found envelope `{}`; expected {}", self.all[at].name, accepted.join(" or "))
    }

    /// The envelope whose mark a value has.
    pub(super) fn of_value(&self, value: &Value) -> usize {
        self.chosen(|mark| mark.is_in(value))
    }

    /// The same by what was seen at the locations of the marks.
    pub(super) fn of_seen<'s>(&self, seen: impl Fn(&str) -> Option<&'s ShallowValue>) -> usize {
        self.chosen(|mark| match seen(&mark.pointer) {
            Some(ShallowValue::Array(_)) => true,
            seen => seen.is_some() && !mark.is_array,
        })
    }

    fn chosen(&self, has: impl Fn(&Mark) -> bool) -> usize {
        if self.all.len() == 1 {
            return 0;
        }
        self.all.iter().position(|one| has(&one.mark)).unwrap_or(self.first)
    }

    /// The envelope whose mark comes first in a text: nearly always the one that [`Self::of_seen`] finds
    /// behind the whole. `None` where there is no mark.
    pub(super) fn of_beginning(&self, text: &[u8]) -> Option<usize> {
        if self.all.len() == 1 {
            return Some(0);
        }
        let first_mark = |text: &[u8]| {
            let mut found = None;
            self.each_token(text, |keys, location| {
                found = self.all.iter().position(|one| one.mark.is_at(keys, location));
                found.is_none()
            });
            found
        };
        // A scanner checks all of its text for UTF-8 first; a mark comes early.
        let lead = text.get(..FIRST_LOOK).and_then(first_mark);
        lead.or_else(|| first_mark(text))
    }

    /// The envelope of a text by all of it: the same as [`Self::of_value`] of its value.
    pub(super) fn of_text(&self, text: &[u8]) -> usize {
        let mut marked = vec![false; self.all.len()];
        if self.all.len() > 1 {
            self.each_token(text, |keys, location| {
                for (one, marked) in self.all.iter().zip(&mut marked) {
                    // What a later member of the same key replaces is not there.
                    let is_replaced = location == Token::Key && one.mark.is_below(keys);
                    *marked = (*marked && !is_replaced) || one.mark.is_at(keys, location);
                }
                true
            });
        }
        marked.iter().position(|marked| *marked).unwrap_or(self.first)
    }

    /// Hands over the keys and values of a text that are no deeper than marks, until `see` wants no more,
    /// with the keys that lead there; an item of an array has none.
    fn each_token(&self, text: &[u8], mut see: impl FnMut(&[Option<Box<str>>], Token) -> bool) {
        let max = self.all.iter().map(|one| one.mark.steps.len()).max().unwrap_or_default();
        let mut scanner = Scanner::new(text, usize::MAX);
        let mut depth = 0;
        let mut keys: Vec<Option<Box<str>>> = Vec::with_capacity(max);
        while let Ok(Some(event)) = scanner.step() {
            let is_array = matches!(event, Event::Begin { kind: Container::Array, .. });
            if let (true, Event::Begin { .. } | Event::Scalar { .. }) = (depth <= max, &event)
                && !see(&keys, Token::Value { is_array })
            {
                return;
            }
            match event {
                Event::Key { raw, .. } if depth <= max => {
                    if let Some(key) = keys.last_mut() {
                        *key = Some(raw.decode().into());
                    }
                    if !see(&keys, Token::Key) {
                        return;
                    }
                }
                Event::Begin { .. } => {
                    depth += 1;
                    if depth <= max {
                        keys.push(None);
                    }
                }
                Event::End { .. } => {
                    if depth <= max {
                        keys.pop();
                    }
                    depth -= 1;
                }
                _ => {}
            }
        }
    }

    /// Reads the beginning of a body, a window or as far as it takes to recognise its envelope, and says
    /// which it is; `None` where that is the whole body.
    pub(super) fn lead(
        &self,
        reader: &mut impl Read,
        limits: Limits,
    ) -> io::Result<(Vec<u8>, Option<usize>)> {
        let mut lead = Vec::new();
        if self.all.len() == 1 {
            return Ok((lead, Some(0)));
        }
        for _ in 0..MAX_LEAD {
            let window = limits.window as u64;
            if (reader.by_ref().take(window).read_to_end(&mut lead)? as u64) < window {
                return Ok((lead, None));
            }
            let found = json::decode(&lead).ok().and_then(|text| self.of_beginning(text));
            if found.is_some() {
                return Ok((lead, found));
            }
        }
        Ok((lead, Some(self.first)))
    }
}

/// The name for all envelopes of a contract.
pub const ANY: &str = "any";
