//! The number is outside its bounds, or no double holds it.

use crate::finding::{Rule, Scope, Severity};

/// The number is outside its bounds, or no double holds it.
pub static RULE: Rule = Rule {
    id: "out-of-range",
    severity: Severity::Error,
    scope: Scope::Schema(5),
    summary: "The number is outside its bounds, or no double holds it.",
    help: "Integers of this API are 32 bits wide, counts are not negative. A number like `1e400` is refused everywhere: readers turn it into infinity or fail.",
    example: r#"{"seatsLimit": 2147483648}"#,
};
