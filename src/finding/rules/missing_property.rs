//! A required key is not there.

use crate::finding::{Rule, Scope, Severity};

/// A required key is not there.
pub static RULE: Rule = Rule {
    id: "missing-property",
    severity: Severity::Error,
    scope: Scope::Schema(0),
    summary: "A required key is not there.",
    help: "Consumers read this key without checking for it. Ask the API's owner whether it was renamed or dropped; if it became optional on purpose, the contract needs a new major version.",
    example: r#"{"pageInfo": {"perPage": 25, "currentPage": 1, "hasMore": false}}"#,
};
