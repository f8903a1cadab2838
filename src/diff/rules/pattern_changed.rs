//! The pattern is another one.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-pattern-changed", "response-body-pattern-changed"],
    Severity::Warning,
    |change| matches!(change, Change::Pattern(Some(_), Some(_))),
    "The pattern is another one.",
    "Consumers that take the text apart by the pattern.",
    r#"{"pattern": "^A"} -> {"pattern": "^B"}"#,
)];
