//! The field is there and is null in every payload.

use crate::finding::{Rule, Scope, Severity};

/// The field is there and is null in every payload.
pub static RULE: Rule = Rule {
    id: "always-null",
    severity: Severity::Info,
    scope: Scope::Corpus,
    summary: "The field is there and is null in every payload.",
    help: "Consumers get nothing from it. The source may have stopped filling it.",
    example: r#"{"slug": null} in every payload"#,
};
