//! Keys that nothing describes are allowed now, or more of them.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-additional-properties-opened", "response-body-additional-properties-opened"],
    Severity::Warning,
    |change| matches!(change, Change::Open(true)),
    "Keys that nothing describes are allowed now, or more of them.",
    "Consumers that refuse keys they do not know.",
    r#"{"additionalProperties": false} -> {}"#,
)];
