//! A condition of `allOf` is new.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-all-of-added", "response-body-all-of-added"],
    Severity::Info,
    |change| matches!(change, Change::Branch { keyword: "allOf", added: true }),
    "A condition of `allOf` is new.",
    NOBODY,
    r#"{"allOf": [A]} -> {"allOf": [A, B]}"#,
)];
