//! `hasMore` says something else than `currentPage`, `perPage` and `total` do.

use crate::finding::{Rule, Scope, Severity};

/// `hasMore` says something else than `currentPage`, `perPage` and `total` do.
pub static RULE: Rule = Rule {
    id: "has-more-disagrees",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "`hasMore` says something else than `currentPage`, `perPage` and `total` do.",
    help: "A walk that trusts `hasMore` ends too early or asks for a page that is not there. Not judged when `perPage` is 0.",
    example: r#"{"pageInfo": {"perPage": 25, "currentPage": 1, "total": 30, "hasMore": false}}"#,
};
