//! The contract does not know this key.

use crate::finding::{Rule, Scope, Severity};

/// The contract does not know this key.
pub static RULE: Rule = Rule {
    id: "undocumented-property",
    severity: Severity::Info,
    scope: Scope::Member,
    summary: "The contract does not know this key.",
    help: "Additions are allowed, so the payload stays valid. If the key is there to stay, the contract should describe it. Only the topmost unknown key is reported.",
    example: r#"{"favouriteColour": "green"}"#,
};
