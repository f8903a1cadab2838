//! An alternative of `anyOf` is gone.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-any-of-removed", "response-body-any-of-removed"],
    Severity::Info,
    |change| matches!(change, Change::Branch { keyword: "anyOf", added: false }),
    "An alternative of `anyOf` is gone.",
    NOBODY,
    r#"{"anyOf": [A, B, C]} -> {"anyOf": [A, B]}"#,
)];
