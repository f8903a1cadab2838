//! The field is null more often than in earlier traffic.

use crate::finding::{Rule, Scope, Severity};

/// The field is null more often than in earlier traffic.
pub static RULE: Rule = Rule {
    id: "null-rate-rose",
    severity: Severity::Warning,
    scope: Scope::Corpus,
    summary: "The field is null more often than in earlier traffic.",
    help: "Compared with a saved profile by Fisher's exact test, one-sided, at 1 % for all comparisons together; values of one payload count as one.",
    example: r#"{"slug": null} in 1 % of payloads before, in 40 % now"#,
};
