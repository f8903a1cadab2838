//! The field has the same value in every payload.

use crate::finding::{Rule, Scope, Severity};

/// The field has the same value in every payload.
pub static RULE: Rule = Rule {
    id: "constant",
    severity: Severity::Info,
    scope: Scope::Corpus,
    summary: "The field has the same value in every payload.",
    help: "A default, a field nobody fills, or one-sided traffic.",
    example: r#"{"plan": "x"} in every payload"#,
};
