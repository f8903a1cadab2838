//! The body is not JSON.

use crate::finding::{Rule, Scope, Severity};

/// The body is not JSON.
pub static RULE: Rule = Rule {
    id: "not-json",
    severity: Severity::Error,
    scope: Scope::Body,
    summary: "The body is not JSON.",
    help: "A gateway's error page, a wrong encoding, a comment or `NaN`: no reader can be expected to take it. The message says where and why.",
    example: "<html>502 Bad Gateway</html>",
};
