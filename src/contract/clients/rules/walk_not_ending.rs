//! `hasMore` promises more, and what comes is nothing new.

use crate::finding::{Rule, Scope, Severity};

/// `hasMore` promises more, and what comes is nothing new.
pub static RULE: Rule = Rule {
    id: "walk-not-ending",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "`hasMore` promises more, and what comes is nothing new.",
    help: "A consumer that goes on until `hasMore` is false never ends: the server repeats pages, or goes on far beyond `total`.",
    example: r#"page 3: {"hasMore": true}, "clients": [A, B], both seen before"#,
};
