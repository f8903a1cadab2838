//! Any value is allowed now, not only listed ones.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-became-not-enum", "response-body-became-not-enum"],
    Severity::Error,
    |change| matches!(change, Change::Listed(false)),
    "Any value is allowed now, not only listed ones.",
    "Consumers that know only the values listed before.",
    r#"{"enum": ["draft"]} -> {"type": "string"}"#,
)];
