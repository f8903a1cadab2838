//! The value is not one that the contract lists.

use crate::finding::{Rule, Scope, Severity};

/// The value is not one that the contract lists.
pub static RULE: Rule = Rule {
    id: "unknown-enum-value",
    severity: Severity::Error,
    scope: Scope::Schema(3),
    summary: "The value is not one that the contract lists.",
    help: "Consumers that match on the list meet a value they do not know. Values shaped like an identifier are named in the message, others are not.",
    example: r#"{"status": "retired"}"#,
};
