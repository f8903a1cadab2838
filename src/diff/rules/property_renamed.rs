//! A property most likely has another name now.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[
    Opinion::on_one(
        "response-required-property-renamed",
        Severity::Error,
        |change| matches!(change, Change::Renamed { required: true, .. }),
        "A required property most likely has another name now.",
        "Every consumer that reads the property under its old name.",
        r#"{"properties": {"seatLimit": S}} -> {"properties": {"seatsLimit": S}}"#,
    ),
    Opinion::on_one(
        "response-optional-property-renamed",
        Severity::Warning,
        |change| matches!(change, Change::Renamed { required: false, .. }),
        "An optional property most likely has another name now.",
        "Consumers that read the property under its old name.",
        r#"{"properties": {"seatLimit": S}} -> {"properties": {"seatsLimit": S}}"#,
    ),
];
