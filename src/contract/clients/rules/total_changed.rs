//! `total` is another one than on the first page of the same walk.

use crate::finding::{Rule, Scope, Severity};

/// `total` is another one than on the first page of the same walk.
pub static RULE: Rule = Rule {
    id: "total-changed",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "`total` is another one than on the first page of the same walk.",
    help: "Clients came or went while the pages were walked; the walk may have missed some.",
    example: r#"page 1: {"total": 30}, page 2: {"total": 31}"#,
};
