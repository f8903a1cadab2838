//! Counts what a redaction did.

use std::collections::BTreeMap;

use super::treatment::Class;

/// What was done, by class and count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Strings and numbers of each class, and values kept.
    pub values: BTreeMap<Class, u64>,
    /// Keys that are data, replaced.
    pub keys: u64,
    /// Bodies, those that are masked among them.
    pub bodies: u64,
    /// Those that are not JSON, or not to their end: the rest is masked as a whole.
    pub masked_bodies: u64,
    /// Values of which no replacement was found that keeps and breaks the same assertions of the schema, so
    /// that findings may differ.
    pub unpreserved: u64,
    /// Requests for an order that pseudonyms do not have: they no longer say so.
    pub unordered: u64,
}

impl Summary {
    pub(super) fn count(&mut self, class: Class, values: u64) {
        *self.values.entry(class).or_default() += values;
    }

    /// Adds what another redactor did.
    pub fn add(&mut self, other: &Self) {
        for (class, values) in &other.values {
            self.count(*class, *values);
        }
        self.keys += other.keys;
        self.bodies += other.bodies;
        self.masked_bodies += other.masked_bodies;
        self.unpreserved += other.unpreserved;
        self.unordered += other.unordered;
    }
}
