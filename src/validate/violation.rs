//! Violations: a rule, a pointer and a message, without line and column.

use super::message::Message;
use crate::finding::{Rule, Scope};
use crate::pointer::Pointer;

/// What breaks the contract: a finding without line and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: &'static Rule,
    /// The value, or the member, that it is about.
    pub pointer: Pointer,
    /// The message without its location, such as "null is not allowed". Never a value that could be personal
    /// data.
    pub what: String,
    /// The schema location of the keyword, a JSON Pointer; empty if there is none.
    pub schema_pointer: String,
    /// Number of further violations of the same group, which are only counted.
    pub(super) further: u64,
}

impl Violation {
    /// A violation that is not about a keyword of the schema.
    #[must_use]
    pub fn new(rule: &'static Rule, pointer: Pointer, what: impl Into<String>) -> Self {
        Self { rule, pointer, what: what.into(), schema_pointer: String::new(), further: 0 }
    }

    pub(super) fn with_message((rule, what): Message, pointer: Pointer) -> Self {
        Self::new(rule, pointer, what)
    }

    /// The same violation with the schema location of the keyword.
    #[must_use]
    pub fn stated_at(mut self, schema_pointer: impl Into<String>) -> Self {
        self.schema_pointer = schema_pointer.into();
        self
    }
}

/// The class of a finding among those of which only the first that applies is reported at a location:
/// null-value, type-mismatch, unknown-enum-value, invalid-format, a number out of the range of a 64-bit
/// float, out-of-range by a keyword. `None` for any other rule.
pub(super) fn precedence(violation: &Violation) -> Option<u8> {
    match violation.rule.scope {
        Scope::Schema(rank @ 1..=4) => Some(rank - 1),
        // A number that no 64-bit float holds has no value to compare with bounds.
        Scope::Schema(5) => Some(if violation.schema_pointer.is_empty() { 4 } else { 5 }),
        _ => None,
    }
}
