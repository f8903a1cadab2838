//! The property need not be there any more.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_one(
    "response-property-became-optional",
    Severity::Error,
    |change| matches!(change, Change::Required(false)),
    "The property need not be there any more.",
    "Consumers that read the property without asking whether it is there.",
    r#"{"required": ["id"]} -> {}"#,
)];
