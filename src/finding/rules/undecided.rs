//! A limit stopped the validation of a value.

use crate::finding::{Rule, Scope, Severity};

/// A limit stopped the validation of a value.
pub static RULE: Rule = Rule {
    id: "undecided",
    severity: Severity::Error,
    scope: Scope::Schema(6),
    summary: "A limit stopped the validation of a value, which may be valid or not.",
    help: "A `pattern` backtracks for too long on this value. The outcome is incomplete (exit code 3), whatever severity \
           this rule has: rewrite the pattern without nested repetitions and back-references.",
    example: r#"{"pattern": "^(a|aa)+\\1x$"} on "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#,
};
