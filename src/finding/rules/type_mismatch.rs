//! The value has another JSON type than the contract says.

use crate::finding::{Rule, Scope, Severity};

/// The value has another JSON type than the contract says.
pub static RULE: Rule = Rule {
    id: "type-mismatch",
    severity: Severity::Error,
    scope: Scope::Schema(2),
    summary: "The value has another JSON type than the contract says.",
    help: "A fraction where an integer belongs counts too; `1.0` is an integer.",
    example: r#"{"priceInCents": "4900"}"#,
};
