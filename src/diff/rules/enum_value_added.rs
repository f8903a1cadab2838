//! A value is new in the list.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-enum-value-added", "response-body-enum-value-added"],
    Severity::Warning,
    |change| matches!(change, Change::Values { removed, .. } if removed.is_empty()),
    "A value is new in the list.",
    "Consumers that know only the values listed before.",
    r#"{"enum": ["draft"]} -> {"enum": ["draft", "ready"]}"#,
)];
