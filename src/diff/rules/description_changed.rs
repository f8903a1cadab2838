//! Only words for people changed.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-description-changed", "response-body-description-changed"],
    Severity::Info,
    |change| matches!(change, Change::Words(_)),
    "Only words for people changed.",
    "Nobody: no validator reads it.",
    r#"{"description": "A name."} -> {"description": "The name."}"#,
)];
