//! The pattern is gone.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-pattern-removed", "response-body-pattern-removed"],
    Severity::Error,
    |change| matches!(change, Change::Pattern(Some(_), None)),
    "The pattern is gone.",
    "Consumers that take the text apart by the pattern.",
    r#"{"pattern": "^A"} -> {}"#,
)];
