//! A property is new.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[
    Opinion::on_one(
        "response-required-property-added",
        Severity::Info,
        |change| matches!(change, Change::Added { required: true }),
        "A required property is new.",
        "Only consumers that refuse keys they do not know.",
        r#"{} -> {"required": ["id"], "properties": {"id": {"type": "string"}}}"#,
    ),
    Opinion::on_one(
        "response-optional-property-added",
        Severity::Info,
        |change| matches!(change, Change::Added { required: false }),
        "An optional property is new.",
        "Only consumers that refuse keys they do not know.",
        r#"{} -> {"properties": {"id": {"type": "string"}}}"#,
    ),
];
