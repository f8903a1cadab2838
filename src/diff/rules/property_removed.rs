//! A property is gone.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[
    Opinion::on_one(
        "response-required-property-removed",
        Severity::Error,
        |change| matches!(change, Change::Removed { required: true }),
        "A required property is gone.",
        "Every consumer that reads the property.",
        r#"{"required": ["id"], "properties": {"id": {"type": "string"}}} -> {}"#,
    ),
    Opinion::on_one(
        "response-optional-property-removed",
        Severity::Warning,
        |change| matches!(change, Change::Removed { required: false }),
        "An optional property is gone.",
        "Consumers that read the property: it may not come any more, or be anything.",
        r#"{"properties": {"id": {"type": "string"}}} -> {}"#,
    ),
];
