//! Keys that nothing describes are not allowed any more, or fewer of them.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-additional-properties-closed", "response-body-additional-properties-closed"],
    Severity::Info,
    |change| matches!(change, Change::Open(false)),
    "Keys that nothing describes are not allowed any more, or fewer of them.",
    NOBODY,
    r#"{} -> {"additionalProperties": false}"#,
)];
