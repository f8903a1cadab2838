//! Findings: rules, severities, groups and baselines.

#[cfg(feature = "reports")]
pub mod baseline;
#[cfg(feature = "reports")]
mod candidates;
mod fingerprint;
#[cfg(feature = "reports")]
mod group;
#[cfg(feature = "reports")]
mod location;
#[cfg(feature = "reports")]
mod policy;
mod rule;
pub mod rules;
#[cfg(feature = "drift")]
mod saved;
mod similar;
#[cfg(feature = "reports")]
mod suppressed;

#[cfg(feature = "reports")]
pub use baseline::Baseline;
pub use fingerprint::fingerprint;
#[cfg(feature = "reports")]
pub use group::{Group, Groups};
#[cfg(feature = "reports")]
pub use location::{Example, Position, TextLocation};
#[cfg(feature = "reports")]
pub use policy::Policy;
pub(crate) use rule::rules;
pub use rule::{ParseRuleError, ParseSeverityError, Rule, Scope, Severity};
#[cfg(feature = "drift")]
pub use saved::{ObservedGroup, SavedGroups};
#[doc(hidden)]
pub use similar::{did_you_mean, similar};
#[cfg(feature = "reports")]
pub use suppressed::{Suppressed, SuppressedBy};

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::origin::Origin;
use crate::pointer::Pointer;

/// One thing wrong at one location of one payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that was broken; its id is permanent.
    pub rule: &'static Rule,
    /// The severity: that of the rule unless overridden.
    pub severity: Severity,
    /// The payload it was found in.
    pub origin: Origin,
    /// The value, or the member, that it is about.
    pub pointer: Pointer,
    /// Line of that location, counted from 1.
    pub line: u64,
    /// Column of that location in Unicode code points, counted from 1.
    pub column: u64,
    /// Byte offset of that location in the body.
    pub offset: usize,
    /// Byte offsets of the object or array to show it in, and of where in that to begin.
    pub(crate) shown: [usize; 2],
    /// What was found, then what was expected: "null is not allowed". Never a value of the payload that could
    /// be personal data.
    pub what: String,
    /// The schema location of the keyword, a JSON Pointer, after the URI of its document and `#` if that is
    /// another one (`ext.json#/type`); empty if there is none.
    pub schema_pointer: String,
    /// Number of findings of the same group in the same payload that are not listed: 0 except for the last
    /// finding of a group of which only the first ones, at most 99, and the last one are listed.
    pub further: u64,
}

impl Finding {
    /// The message: the location, then what was found.
    #[must_use]
    pub fn message(&self) -> String {
        sentence(self.rule, &self.pointer.to_string(), &self.what)
    }

    /// The fingerprint of the finding group: equal for equal rule and pointer, whatever the array index, the
    /// line, the message or the value.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(self.rule.id, &self.pointer.starred())
    }
}

/// The location, then what was found; the root is `body`. What is found about a schema change is a predicate.
fn sentence(rule: &Rule, pointer: &str, what: &str) -> String {
    let change = rule.scope == Scope::Change;
    let location = match pointer {
        "" if change => "the body".to_owned(),
        "" => "body".to_owned(),
        pointer => format!("`{pointer}`"),
    };
    if change { format!("{location} {what}") } else { format!("{location}: {what}") }
}

impl fmt::Display for Finding {
    /// `file:line:column: error[rule] sentence`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.origin.location(self.line, self.column);
        write!(f, "{position}: {}[{}] {}", self.severity, self.rule.id, self.message())
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 6 + usize::from(self.further > 0))?;
        out.serialize_field("rule", self.rule.id)?;
        out.serialize_field("severity", &self.severity)?;
        out.serialize_field("pointer", &self.pointer.to_string())?;
        out.serialize_field("line", &self.line)?;
        out.serialize_field("column", &self.column)?;
        out.serialize_field("message", &self.message())?;
        if self.further > 0 {
            out.serialize_field("further", &self.further)?;
        }
        out.end()
    }
}

/// Former rule IDs, with those that replace them.
const RENAMED: &[(&str, &str)] =
    &[("page-not-as-asked", "page-mismatch"), ("sort-not-kept", "sort-order-mismatch")];

/// An unknown rule ID, with the one that replaces it, or the most similar known one.
pub(crate) fn unknown_rule<'r>(id: &str, rules: impl Iterator<Item = &'r str>) -> String {
    let rules: Vec<&str> = rules.collect();
    let renamed = RENAMED.iter().find(|(old, new)| *old == id && rules.contains(new));
    let near = renamed.map(|(_, new)| *new).or_else(|| similar(id, rules, 0.7));
    format!("unknown rule `{id}`{}", crate::error::did_you_mean(near))
}
