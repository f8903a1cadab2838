//! A condition of `allOf` is gone.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-all-of-removed", "response-body-all-of-removed"],
    Severity::Error,
    |change| matches!(change, Change::Branch { keyword: "allOf", added: false }),
    "A condition of `allOf` is gone.",
    "Consumers that rely on the condition.",
    r#"{"allOf": [A, B]} -> {"allOf": [A]}"#,
)];
