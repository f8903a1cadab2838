//! A page holds more clients than its `perPage`.

use crate::finding::{Rule, Scope, Severity};

/// A page holds more clients than its `perPage`.
pub static RULE: Rule = Rule {
    id: "page-overflow",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "A page holds more clients than its `perPage`.",
    help: "Consumers size their buffers by `perPage`. Not judged when `perPage` is 0, as in the documentation's placeholder.",
    example: r#"{"pageInfo": {"perPage": 1, ...}, "clients": [{...}, {...}]}"#,
};
