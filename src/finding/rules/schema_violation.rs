//! Another keyword of the schema is not satisfied.

use crate::finding::{Rule, Scope, Severity};

/// Another keyword of the schema is not satisfied.
pub static RULE: Rule = Rule {
    id: "schema-violation",
    severity: Severity::Error,
    scope: Scope::Schema(6),
    summary: "Another keyword of the schema is not satisfied.",
    help: "Only schemas that people bring with `--schema` have such keywords; the message names the keyword.",
    example: r#"{"tags": ["a", "a"]}"#,
};
