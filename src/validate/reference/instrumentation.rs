//! Evaluation with one weakened keyword, or with a trace, for mutation testing.

use std::cell::RefCell;
use std::collections::HashSet;

use jsonschema::ValidationError;
use referencing::Draft;
use serde_json::Value;

use super::score::{Mode, Score};
use crate::schema::Weakening;
use crate::schema::digits::Digits;
use crate::schema::keywords;
use crate::schema::keywords::names;
use crate::schema::model::{Change, NodeId};
use crate::schema::types::TypeSet;

/// The weakenings by which an evaluation can change, each with whether a keyword is reported that it takes
/// back.
#[derive(Debug, Default)]
pub(in crate::validate) struct Trace {
    seen: HashSet<(Weakening, bool)>,
    /// The same in the order in which they came.
    log: Vec<(Weakening, bool)>,
}

impl Trace {
    pub(in crate::validate) fn into_sorted(mut self) -> Vec<(Weakening, bool)> {
        self.log.sort_unstable();
        self.log
    }
}

/// A schema as it is evaluated: weaker in one keyword, or traced, or with the digits of a value that rounds
/// some numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::validate) struct Instrumentation<'e> {
    pub(in crate::validate) weaker: Option<&'e Weakening>,
    pub(in crate::validate) trace: Option<&'e RefCell<Trace>>,
    pub(in crate::validate) digits: Option<&'e Digits>,
}

impl Instrumentation<'_> {
    /// Whether the schema is evaluated as it is, and nothing is traced.
    pub(in crate::validate) fn is_clear(self) -> bool {
        self.weaker.is_none() && self.trace.is_none()
    }

    /// Whether the value is accepted at a subschema, whatever it is.
    pub(super) fn accepts(self, node: NodeId, value: &Value) -> bool {
        self.weaker.is_some_and(|weaker| weaker.accepts(node, TypeSet::of_value(value)))
    }

    /// Whether a subschema has lost this keyword.
    pub(super) fn drops(self, node: NodeId, keyword: &str) -> bool {
        self.weaker.is_some_and(|weaker| weaker.drops(node, keyword))
    }

    /// Whether nothing is changed or observed in what a subschema asserts by itself.
    pub(super) fn is_blind_to(self, node: NodeId) -> bool {
        self.trace.is_none() && self.weaker.is_none_or(|weaker| weaker.node != node)
    }

    /// Whether an error is one of the weaker schema, too.
    pub(super) fn sees(self, node: NodeId, draft: Draft, error: &ValidationError<'_>, mode: Mode) -> bool {
        if self.is_blind_to(node) {
            return true;
        }
        let path = error.schema_path().as_str();
        let keyword = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let change = match keyword {
            names::REQUIRED => Change::Optional(missing(error)),
            // In draft-04 they are a part of the others.
            names::EXCLUSIVE_MINIMUM if draft == Draft::Draft4 => Change::Drop(names::MINIMUM),
            names::EXCLUSIVE_MAXIMUM if draft == Draft::Draft4 => Change::Drop(names::MAXIMUM),
            other => Change::Drop(keywords::find(other).map_or("", |keyword| keyword.name)),
        };
        let change = Weakening::new(node, change);
        let seen = self.weaker != Some(&change);
        self.note(change, mode);
        seen
    }

    /// Remembers that a subschema refuses a value.
    pub(super) fn refused(self, score: Score, node: NodeId, value: &Value, mode: Mode) {
        if self.trace.is_some() && !score.is_valid() {
            self.note(Weakening::new(node, Change::Accept(TypeSet::of_value(value))), mode);
        }
    }

    /// Remembers that a keyword is broken.
    pub(super) fn broken(self, score: Score, node: NodeId, keyword: &'static str, mode: Mode) {
        if self.trace.is_some() && !score.is_valid() && !keyword.is_empty() {
            self.note(Weakening::new(node, Change::Drop(keyword)), mode);
        }
    }

    fn note(self, weakening: Weakening, mode: Mode) {
        if let Some(trace) = self.trace {
            let mut trace = trace.borrow_mut();
            let one = (weakening, mode == Mode::Report);
            if trace.seen.insert(one.clone()) {
                trace.log.push(one);
            }
        }
    }

    /// How much is remembered.
    pub(super) fn remembered(self) -> usize {
        self.trace.map_or(0, |trace| trace.borrow().log.len())
    }

    /// Forgets what came after that: alternatives that were refused for others do not matter.
    pub(super) fn forget(self, after: usize) {
        if let Some(trace) = self.trace {
            let Trace { seen, log } = &mut *trace.borrow_mut();
            for one in log.drain(after..) {
                seen.remove(&one);
            }
        }
    }
}

/// The name of the member that `required` misses.
fn missing(error: &ValidationError<'_>) -> String {
    match error.kind() {
        jsonschema::error::ValidationErrorKind::Required { property } => {
            property.as_str().unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
