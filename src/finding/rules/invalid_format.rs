//! The text is not what its format asks for.

use crate::finding::{Rule, Scope, Severity};

/// The text is not what its format asks for.
pub static RULE: Rule = Rule {
    id: "invalid-format",
    severity: Severity::Error,
    scope: Scope::Schema(4),
    summary: "The text is not what its format asks for.",
    help: "The contract asserts `uuid` (8-4-4-4-12 hex digits) and `date-time` (RFC 3339, with a zone).",
    example: r#"{"createdAt": "yesterday"}"#,
};
