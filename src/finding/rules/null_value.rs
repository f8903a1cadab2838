//! The value is null where the contract has no null.

use crate::finding::{Rule, Scope, Severity};

/// The value is null where the contract has no null.
pub static RULE: Rule = Rule {
    id: "null-value",
    severity: Severity::Error,
    scope: Scope::Schema(1),
    summary: "The value is null where the contract has no null.",
    help: "Typed consumers fail on this value. If null is meant, the contract needs a new major version that says so.",
    example: r#"{"name": null}"#,
};
