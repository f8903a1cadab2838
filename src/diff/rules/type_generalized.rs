//! More types, or texts of any format, are allowed now.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-type-generalized", "response-body-type-generalized"],
    Severity::Error,
    |change| match change {
        Change::Types { lost, .. } => lost.is_empty(),
        Change::Format(Some(_), None) => true,
        _ => false,
    },
    "More types, or texts of any format, are allowed now.",
    "Consumers that read the value as what it was.",
    r#"{"type": "integer"} -> {"type": "number"}"#,
)];
