//! What a baseline did to the findings of a run.

use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::baseline::{Accept, Baseline};
use crate::untrusted::Untrusted;

/// What a baseline did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accepted {
    /// Findings that it accepted.
    pub findings: u64,
    /// Its expired entries; their findings are reported again.
    pub expired: Vec<Accept>,
    /// Its entries that matched nothing.
    pub stale: Vec<Accept>,
}

impl Accepted {
    /// What a baseline did so far.
    #[must_use]
    pub fn of(baseline: &Baseline) -> Self {
        Self {
            findings: baseline.accepted(),
            expired: baseline.expired().cloned().collect(),
            stale: baseline.stale().cloned().collect(),
        }
    }

    /// One line about each entry that wants a look: it has expired, or matched nothing.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let expired = self.expired.iter().map(|entry| (entry, "expired; it no longer accepts findings"));
        let stale = self.stale.iter().map(|entry| (entry, "matched nothing; remove it"));
        let note = |(entry, what): (&Accept, _)| {
            let entry = format!("{} at `{}`", entry.rule, entry.pointer);
            format!("{} {what}", Untrusted::from(entry).line())
        };
        expired.chain(stale).map(note).collect()
    }
}
