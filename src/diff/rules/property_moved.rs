//! A property most likely stands elsewhere now.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[
    Opinion::on_one(
        "response-required-property-moved",
        Severity::Error,
        |change| matches!(change, Change::Moved { required: true, .. }),
        "A required property most likely stands elsewhere now.",
        "Every consumer that reads the property at its old place.",
        r#"{"properties": {"id": S}} -> {"properties": {"meta": {"properties": {"id": S}}}}"#,
    ),
    Opinion::on_one(
        "response-optional-property-moved",
        Severity::Warning,
        |change| matches!(change, Change::Moved { required: false, .. }),
        "An optional property most likely stands elsewhere now.",
        "Consumers that read the property at its old place.",
        r#"{"properties": {"id": S}} -> {"properties": {"meta": {"properties": {"id": S}}}}"#,
    ),
];
