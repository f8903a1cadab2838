//! The clients are not in the order that the request asked for.

use crate::finding::{Rule, Scope, Severity};

/// The clients are not in the order that the request asked for.
pub static RULE: Rule = Rule {
    id: "sort-not-kept",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "The clients are not in the order that the request asked for.",
    help: "The server ignores `sort`, or breaks it between two pages: pages may shift while they are walked. Either direction counts as sorted. Judged for `name`, `slug`, `createdAt` and `updatedAt`, where the request was recorded.",
    example: r#"GET ?sort=name answered by "clients": [{"name": "B"}, {"name": "C"}, {"name": "A"}]"#,
};
