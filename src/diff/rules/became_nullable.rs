//! Null is allowed now.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-became-nullable", "response-body-became-nullable"],
    Severity::Error,
    |change| matches!(change, Change::Nullable(true)),
    "Null is allowed now.",
    "Consumers that use the value without asking whether it is null.",
    r#"{"type": "string"} -> {"type": ["string", "null"]}"#,
)];
