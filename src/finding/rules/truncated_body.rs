//! The body ends before the JSON value does.

use crate::finding::{Rule, Scope, Severity};

/// The body ends before the JSON value does.
pub static RULE: Rule = Rule {
    id: "truncated-body",
    severity: Severity::Error,
    scope: Scope::Body,
    summary: "The body ends before the JSON value does.",
    help: "Empty counts too. Usually a connection or a disk cut the capture; take it again.",
    example: r#"{"data": {"items": ["#,
};
