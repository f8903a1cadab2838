//! One object has the same key twice.

use crate::finding::{Rule, Scope, Severity};

/// One object has the same key twice.
pub static RULE: Rule = Rule {
    id: "duplicate-key",
    severity: Severity::Warning,
    scope: Scope::Member,
    summary: "One object has the same key twice.",
    help: "Readers disagree about which value counts; here the last one does, and nothing under an earlier one is reported.",
    example: r#"{"slug": "a", "slug": "b"}"#,
};
