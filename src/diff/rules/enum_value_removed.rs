//! A value is gone from the list.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-enum-value-removed", "response-body-enum-value-removed"],
    Severity::Info,
    |change| matches!(change, Change::Values { added, .. } if added.is_empty()),
    "A value is gone from the list.",
    NOBODY,
    r#"{"enum": ["draft", "ready"]} -> {"enum": ["draft"]}"#,
)];
