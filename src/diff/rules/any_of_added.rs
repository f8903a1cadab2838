//! An alternative of `anyOf` is new.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-any-of-added", "response-body-any-of-added"],
    Severity::Error,
    |change| matches!(change, Change::Branch { keyword: "anyOf", added: true }),
    "An alternative of `anyOf` is new.",
    "Consumers that know only the alternatives there were.",
    r#"{"anyOf": [A, B]} -> {"anyOf": [A, B, C]}"#,
)];
