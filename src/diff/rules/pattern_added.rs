//! A pattern is new.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-pattern-added", "response-body-pattern-added"],
    Severity::Info,
    |change| matches!(change, Change::Pattern(None, _)),
    "A pattern is new.",
    NOBODY,
    r#"{} -> {"pattern": "^A"}"#,
)];
