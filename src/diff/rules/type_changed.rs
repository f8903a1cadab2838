//! The type, or the format of the text, is another one.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-type-changed", "response-body-type-changed"],
    Severity::Error,
    |change| match change {
        Change::Types { gained, lost } => !gained.is_empty() && !lost.is_empty(),
        Change::Format(Some(_), Some(_)) => true,
        _ => false,
    },
    "The type, or the format of the text, is another one.",
    "Every consumer that reads the value.",
    r#"{"type": "string"} -> {"type": "integer"}"#,
)];
