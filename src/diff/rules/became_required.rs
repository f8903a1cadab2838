//! The property is always there now.

use super::{NOBODY, Opinion};
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_one(
    "response-property-became-required",
    Severity::Info,
    |change| matches!(change, Change::Required(true)),
    "The property is always there now.",
    NOBODY,
    r#"{} -> {"required": ["id"]}"#,
)];
