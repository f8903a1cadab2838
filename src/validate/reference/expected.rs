//! Combines what branches that fit a value equally well expect.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::types::JsonType;
use serde_json::Value;

use super::super::Violation;
use super::super::message;
use super::explain::{expected_types, list};

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

    /// Adds what another branch expects of the same value.
    fn add(&mut self, other: &Self) {
        match (self, other) {
            (Self::Types(_, own), Self::Types(_, more)) => add(own, more),
            (Self::Values(_, own), Self::Values(_, more)) => add(own, more),
            _ => {}
        }
    }
}

fn add<T: Clone + PartialEq>(own: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !own.contains(one) {
            own.push(one.clone());
        }
    }
}

/// A violation that is not handed over yet.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) violation: Violation,
    pub(super) expected: Option<Expected>,
    pub(super) closest: Closest,
}

/// The breaches of the first of several branches, with what the others expect of the same values.
pub(super) fn together(branches: Vec<Vec<Held>>) -> Vec<Held> {
    let mut branches = branches.into_iter();
    let mut first = branches.next().unwrap_or_default();
    let others: Vec<Held> = branches.flatten().collect();
    for held in &mut first {
        let Some(expected) = &mut held.expected else { continue };
        let alike = others.iter().filter(|other| other.violation.pointer == held.violation.pointer);
        alike.filter_map(|other| other.expected.as_ref()).for_each(|other| expected.add(other));
        held.violation.what = expected.message().1;
    }
    first
}
