//! `hasMore` promises more, and what comes is nothing new or never ends.

use crate::finding::{Rule, Scope, Severity};

/// `hasMore` promises more, and what comes is nothing new or never ends.
pub static RULE: Rule = Rule {
    id: "walk-not-ending",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "`hasMore` promises more, and what comes is nothing new or never ends.",
    help: "A consumer that goes on until `hasMore` is false never ends: the server repeats pages, goes on far beyond `total`, or for more pages than a walk is given.",
    example: r#"page 3: {"hasMore": true}, "clients": [A, B], both seen before"#,
};
