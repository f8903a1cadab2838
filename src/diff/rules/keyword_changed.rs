//! Another keyword changed, and what that means was not judged.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-keyword-changed", "response-body-keyword-changed"],
    Severity::Warning,
    |change| matches!(change, Change::Keyword(_)),
    "Another keyword changed, and what that means was not judged.",
    "Consumers that rely on what the keyword said, if any do.",
    r#"{"not": A} -> {"not": B}"#,
)];
