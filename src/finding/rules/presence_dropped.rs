//! The field is there less often than in earlier traffic.

use crate::finding::{Rule, Scope, Severity};

/// The field is there less often than in earlier traffic.
pub static RULE: Rule = Rule {
    id: "presence-dropped",
    severity: Severity::Warning,
    scope: Scope::Corpus,
    summary: "The field is there less often than in earlier traffic.",
    help: "Compared with a saved profile by Fisher's exact test, one-sided, at 1 % for all comparisons together; values of one payload count as one.",
    example: r#"{"slug": "a"} in 90 % of payloads before, in 40 % now"#,
};
