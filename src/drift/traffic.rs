//! Writes findings about traffic as a whole.

use crate::finding::{Finding, Rule};
use crate::origin::Origin;
use crate::pointer::Pointer;

/// A finding about the whole traffic at a location.
pub(super) fn claim(rule: &'static Rule, at: &Pointer, what: String) -> Finding {
    Finding {
        rule,
        severity: rule.severity,
        origin: Origin::file("<traffic>").decoded(),
        pointer: at.clone().shortened(),
        line: 1,
        column: 1,
        offset: 0,
        shown: [0, 0],
        what,
        schema_pointer: String::new(),
        further: 0,
    }
}
