//! The page is another one, or has another size, than the request asked for.

use crate::finding::{Rule, Scope, Severity};

/// The page is another one, or has another size, than the request asked for.
pub static RULE: Rule = Rule {
    id: "page-not-as-asked",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "The page is another one, or has another size, than the request asked for.",
    help: "The server ignores `page` or `count`, or caps the latter: a consumer that computes pages from what it asked for misses clients. Judged where the request was recorded.",
    example: r#"GET ?page=2 answered by {"currentPage": 1}"#,
};
