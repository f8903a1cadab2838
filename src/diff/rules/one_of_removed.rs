//! An alternative of `oneOf` is gone.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_any(
    ["response-property-one-of-removed", "response-body-one-of-removed"],
    Severity::Info,
    |change| matches!(change, Change::Branch { keyword: "oneOf", added: false }),
    "An alternative of `oneOf` is gone.",
    "Consumers, where what two alternatives took before is now taken by one.",
    r#"{"oneOf": [A, B, C]} -> {"oneOf": [A, B]}"#,
)];
