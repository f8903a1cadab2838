//! Fewer types, or only texts of one format, are allowed now.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-type-specialized", "response-body-type-specialized"],
    Severity::Info,
    |change| match change {
        Change::Types { gained, .. } => gained.is_empty(),
        Change::Format(None, _) => true,
        _ => false,
    },
    "Fewer types, or only texts of one format, are allowed now.",
    NOBODY,
    r#"{"type": "number"} -> {"type": "integer"}"#,
)];
