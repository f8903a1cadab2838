//! The body is nested deeper than allowed.

use crate::finding::{Rule, Scope, Severity};

/// The body is nested deeper than allowed.
pub static RULE: Rule = Rule {
    id: "too-deep",
    severity: Severity::Error,
    scope: Scope::Body,
    summary: "The body is nested deeper than allowed.",
    help: "More than 128 levels (`--max-depth`) is an attack or a bug, and many readers overflow their stack on it.",
    example: "[[[[[[[[…]]]]]]]]",
};
