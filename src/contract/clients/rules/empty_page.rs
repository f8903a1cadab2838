//! A page is empty before the end of the walk.

use crate::finding::{Rule, Scope, Severity};

/// A page is empty before the end of the walk.
pub static RULE: Rule = Rule {
    id: "empty-page",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "A page is empty before the end of the walk.",
    help: "`hasMore` or `total` promise clients that are not there; a consumer that stops at an empty page misses the rest.",
    example: r#"{"pageInfo": {"currentPage": 2, "hasMore": true, ...}, "clients": []}"#,
};
