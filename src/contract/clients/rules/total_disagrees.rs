//! A whole walk lists more or fewer clients than its `total`.

use crate::finding::{Rule, Scope, Severity};

/// A whole walk lists more or fewer clients than its `total`.
pub static RULE: Rule = Rule {
    id: "total-disagrees",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "A whole walk lists more or fewer clients than its `total`.",
    help: "Clients are missing from the pages, or stand on two of them; `total` cannot be used to know how many there are.",
    example: r#"page 1 of 1: {"total": 3, "hasMore": false}, "clients": [A, B]"#,
};
