//! An enum member is there that earlier traffic did not have.

use crate::finding::{Rule, Scope, Severity};

/// An enum member is there that earlier traffic did not have.
pub static RULE: Rule = Rule {
    id: "value-appeared",
    severity: Severity::Warning,
    scope: Scope::Corpus,
    summary: "An enum member is there that earlier traffic did not have.",
    help: "Compared with a saved profile by Fisher's exact test, one-sided, at 1 % for all comparisons together; values of one payload count as one.",
    example: r#"{"status": "retired"} in no payload before, in 10 % now"#,
};
