//! A documented field is gone, or going, and a similar new one is there as often.

use crate::finding::{Rule, Scope, Severity};

/// A documented field is gone, or going, and a similar new one is there as often.
pub static RULE: Rule = Rule {
    id: "likely-rename",
    severity: Severity::Warning,
    scope: Scope::Corpus,
    summary: "A documented field is gone, or going, and a similar new one is there as often.",
    help: "The new key has a similar name, a type that the contract gives the old one, and is there as often as the old one is missing. Consumers that read the old key find nothing.",
    example: r#"{"statas": "open"} in every payload, where `status` is documented"#,
};
