//! Violations: a rule, a pointer and a message, without line and column.

use super::message::Message;
use crate::finding::{Rule, Scope};
use crate::pointer::Pointer;

/// A finding that has not been placed in the text yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// The value, or the member, that it is about.
    pub pointer: Pointer,
    /// A predicate about the place: "is null; …". Never a person's value.
    pub what: String,
    /// The keyword of the schema that says so (a JSON Pointer into it); empty where none does.
    pub schema_pointer: String,
    /// So many more of the same group are only counted.
    pub(super) further: u64,
}

impl Violation {
    /// A violation that no schema states.
    #[must_use]
    pub fn new(rule: &'static Rule, pointer: Pointer, what: impl Into<String>) -> Self {
        Self { rule, pointer, what: what.into(), schema_pointer: String::new(), further: 0 }
    }

    pub(super) fn with_message((rule, what): Message, pointer: Pointer) -> Self {
        Self::new(rule, pointer, what)
    }

    /// The same violation as the schema states it with the keyword at this JSON Pointer.
    #[must_use]
    pub fn stated_at(mut self, schema_pointer: impl Into<String>) -> Self {
        self.schema_pointer = schema_pointer.into();
        self
    }
}

/// The class of a finding among those of which only the first that applies is reported at a location: null-value,
/// type-mismatch, unknown-enum-value, invalid-format, a number out of the range of a 64-bit float, out-of-range by a keyword.
/// `None` for any other rule.
pub(super) fn precedence(violation: &Violation) -> Option<u8> {
    match violation.rule.scope {
        Scope::Schema(rank @ 1..=4) => Some(rank - 1),
        // A number that no 64-bit float holds has no value to compare with bounds.
        Scope::Schema(5) => Some(if violation.schema_pointer.is_empty() { 4 } else { 5 }),
        _ => None,
    }
}
