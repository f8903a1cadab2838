//! The payloads exercise less of the contract than was asked for.

use crate::finding::{Rule, Scope, Severity};

/// The payloads exercise less of the contract than was asked for.
pub static RULE: Rule = Rule {
    id: "low-coverage",
    severity: Severity::Error,
    scope: Scope::Corpus,
    summary: "The payloads exercise less of the contract than was asked for.",
    help: "`drift --min-coverage` says how much that is: documented fields that were there, enum members, nulls, empty arrays and strings. What is never exercised is promised, but nobody knows whether it holds.",
    example: r#"{"name": "a"} in every payload, with --min-coverage 80, where 12 more fields are documented"#,
};
