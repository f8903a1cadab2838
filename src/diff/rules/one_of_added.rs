//! An alternative of `oneOf` is new.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-one-of-added", "response-body-one-of-added"],
    Severity::Error,
    |change| matches!(change, Change::Branch { keyword: "oneOf", added: true }),
    "An alternative of `oneOf` is new.",
    "Consumers that know only the alternatives there were.",
    r#"{"oneOf": [A, B]} -> {"oneOf": [A, B, C]}"#,
)];
