//! The two schemas are of different drafts.

use super::Opinion;
use crate::diff::fact::Change;
use crate::finding::Severity;

pub(super) static OPINIONS: &[Opinion] = &[Opinion::on_one(
    "response-body-dialect-changed",
    Severity::Warning,
    |change| matches!(change, Change::Dialect { .. }),
    "The two schemas are of different drafts.",
    "Consumers, where a keyword means something else in the other draft.",
    r#"{"$schema": "http://json-schema.org/draft-07/schema#"} -> {"$schema": "https://json-schema.org/draft/2020-12/schema"}"#,
)];
