//! Only listed values are allowed now.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-became-enum", "response-body-became-enum"],
    Severity::Info,
    |change| matches!(change, Change::Listed(true)),
    "Only listed values are allowed now.",
    NOBODY,
    r#"{"type": "string"} -> {"enum": ["draft"]}"#,
)];
