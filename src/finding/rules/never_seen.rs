//! The contract documents this field, and no payload has it.

use crate::finding::{Rule, Scope, Severity};

/// The contract documents this field, and no payload has it.
pub static RULE: Rule = Rule {
    id: "never-seen",
    severity: Severity::Info,
    scope: Scope::Corpus,
    summary: "The contract documents this field, and no payload has it.",
    help: "Its object was there often enough to expect it. It may have been removed or renamed, or nobody uses it; the traffic may also be one-sided.",
    example: r#"{"name": "a"} in every payload, where `slug` is documented"#,
};
