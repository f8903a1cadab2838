//! A recorded answer came with another status than 200.

use crate::finding::{Rule, Scope, Severity};

/// A recorded answer came with another status than 200.
pub static RULE: Rule = Rule {
    id: "http-status",
    severity: Severity::Warning,
    scope: Scope::Body,
    summary: "The recorded answer came with another status than 200.",
    help: "The contract speaks of answers with status 200, so the body was not judged. A 429 that was retried is normal; a 401, 404 or 500 means that the capture holds less than it seems to.",
    example: "HTTP/1.1 429 Too Many Requests",
};
