//! Combines what branches that fit a value equally well expect.

use std::collections::{HashMap, HashSet};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::types::JsonType;
use serde_json::Value;

use super::super::Violation;
use super::super::message;
use super::explain::{expected_types, list};
use crate::schema::numbers::canonical;

/// The keyword and number of the alternatives of which one is being reported.
pub(super) type Closest = Option<(&'static str, usize)>;

/// What a value should have been: one of these types or values, and what it is.
#[derive(Debug)]
pub(super) enum Expected {
    Types(JsonType, Vec<JsonType>),
    Values(Option<String>, Vec<Value>),
}

impl Expected {
    /// What an error says of the value that it is about.
    pub(super) fn of(error: &ValidationError<'_>) -> Option<Self> {
        let value = &**error.instance();
        match error.kind() {
            _ if value.is_null() => None,
            Kind::Type { kind } => Some(Self::Types(value.into(), expected_types(kind))),
            Kind::Enum { options } => Some(Self::values(value, list(options).to_vec())),
            Kind::Constant { expected_value } => Some(Self::values(value, vec![(**expected_value).clone()])),
            _ => None,
        }
    }

    pub(super) fn types(value: &Value, expected: Vec<JsonType>) -> Self {
        Self::Types(value.into(), expected)
    }

    pub(super) fn values(value: &Value, expected: Vec<Value>) -> Self {
        let text = value.as_str().filter(|text| message::is_identifier(text));
        Self::Values(text.map(str::to_owned), expected)
    }

    pub(super) fn message(&self) -> message::Message {
        match self {
            Self::Types(found, expected) => message::mismatch(*found, expected),
            Self::Values(text, expected) => message::unknown(text.as_deref(), expected),
        }
    }

    /// Adds what other branches expect of the same value.
    fn add<'a>(&mut self, others: impl Iterator<Item = &'a Self>) {
        match self {
            Self::Types(_, own) => {
                for other in others {
                    let Self::Types(_, more) = other else { continue };
                    for one in more {
                        if !own.contains(one) {
                            own.push(*one);
                        }
                    }
                }
            }
            Self::Values(_, own) => {
                let more = others.filter_map(|other| match other {
                    Self::Values(_, more) => Some(more),
                    Self::Types(..) => None,
                });
                *own = distinct(std::mem::take(own).into_iter().chain(more.flatten().cloned()));
            }
        }
    }
}

/// Values without those that are equal to an earlier one.
pub(super) fn distinct(values: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    values.into_iter().filter(|value| seen.insert(canonical(value).to_string())).collect()
}

/// A violation that is not handed over yet.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) violation: Violation,
    pub(super) expected: Option<Expected>,
    pub(super) closest: Closest,
}

/// The violations of the first of several branches, with what the others expect of the same values.
pub(super) fn together(mut first: Vec<Held>, others: &[Held]) -> Vec<Held> {
    let mut by_pointer: HashMap<String, Vec<&Expected>> = HashMap::new();
    for other in others {
        let expected = by_pointer.entry(other.violation.pointer.to_string()).or_default();
        expected.extend(&other.expected);
    }
    for held in &mut first {
        let Some(expected) = &mut held.expected else { continue };
        let alike = by_pointer.get(&held.violation.pointer.to_string());
        expected.add(alike.into_iter().flatten().copied());
        held.violation.what = expected.message().1;
    }
    first
}
