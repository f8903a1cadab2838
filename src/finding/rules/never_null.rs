//! The contract allows null, and no payload has it.

use crate::finding::{Rule, Scope, Severity};

/// The contract allows null, and no payload has it.
pub static RULE: Rule = Rule {
    id: "never-null",
    severity: Severity::Info,
    scope: Scope::Corpus,
    summary: "The contract allows null, and no payload has it.",
    help: "The contract could promise more. Of n values without a null, the true rate is below 3/n with 95 % confidence if they are independent.",
    example: r#"{"slug": "a"} in every payload, where null is allowed"#,
};
