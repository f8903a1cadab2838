//! A client was already on an earlier page of the same walk.

use crate::finding::{Rule, Scope, Severity};

/// A client was already on an earlier page of the same walk.
pub static RULE: Rule = Rule {
    id: "repeated-client",
    severity: Severity::Warning,
    scope: Scope::Invariant,
    summary: "A client was already on an earlier page of the same walk.",
    help: "Pages shift while they are walked, or the server ignores `page`: some other client was probably missed. Ask for a stable `sort`.",
    example: r#"page 1: {"clients": [{"id": A}]}, page 2: {"clients": [{"id": A}]}"#,
};
