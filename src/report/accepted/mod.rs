//! What a baseline did to the findings of a run.

use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::baseline::{Accept, Baseline};

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
}
