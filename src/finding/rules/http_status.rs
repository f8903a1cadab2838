//! A response has a status other than 2xx.

use crate::finding::{Rule, Scope, Severity};

/// A response has a status other than 2xx.
pub static RULE: Rule = Rule {
    id: "http-status",
    severity: Severity::Warning,
    scope: Scope::Body,
    summary: "The response has a status other than 2xx.",
    help: "The contract describes successful responses, so the body is not validated. A 429 that was retried is normal; a 401, 404 or 500 means that the capture holds less than it seems to.",
    example: "HTTP/1.1 429 Too Many Requests",
};
