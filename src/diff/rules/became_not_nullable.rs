//! Null is not allowed any more.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-became-not-nullable", "response-body-became-not-nullable"],
    Severity::Info,
    |change| matches!(change, Change::Nullable(false)),
    "Null is not allowed any more.",
    NOBODY,
    r#"{"type": ["string", "null"]} -> {"type": "string"}"#,
)];
