//! Chooses the example of a finding group, also where its findings come in parts.

use super::location::{Example, TextLocation};

/// Findings of a group that are shown, to keep the smallest: showing costs more than counting.
pub(super) const MAX_SHOWN: u64 = 8;

/// One of the first findings of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) location: TextLocation,
    /// For how many findings it stands.
    pub(super) count: u64,
    /// The finding, shown in its surroundings; empty where it cannot be the example.
    pub(super) lines: Vec<String>,
}

/// The first findings of a group in one file, in order: those among the first eight, and one that goes beyond.
///
/// The example is the smallest of the first eight, the first of them where some are alike. One that is not
/// smaller than an earlier one is no example whatever comes between them, so that candidates of parts hold all
/// that those of the whole are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Candidates(pub(super) Vec<Candidate>);

impl Candidates {
    fn count(&self) -> u64 {
        self.0.iter().fold(0, |sum, candidate| sum.saturating_add(candidate.count))
    }

    /// Whether the next finding may be shown.
    pub(super) fn are_open(&self) -> bool {
        self.count() < MAX_SHOWN
    }

    /// Adds the next finding, if it may be shown.
    pub(super) fn add(&mut self, location: TextLocation, count: u64, lines: impl FnOnce() -> Vec<String>) {
        let before = self.count();
        if before >= MAX_SHOWN {
            return;
        }
        let shown = if before.saturating_add(count) <= MAX_SHOWN { lines() } else { Vec::new() };
        let lines = if self.smallest().is_none_or(|best| size(&shown) < size(&best.lines)) {
            shown
        } else {
            Vec::new()
        };
        self.0.push(Candidate { location, count, lines });
    }

    fn smallest(&self) -> Option<&Candidate> {
        self.0.iter().rfind(|candidate| !candidate.lines.is_empty())
    }

    /// The smallest.
    pub(super) fn example(&self) -> Option<Example> {
        let Candidate { location, lines, .. } = self.smallest()?;
        Some(Example { location: location.clone(), lines: lines.clone() })
    }

    /// Adds findings of other payloads of the same file.
    #[cfg(feature = "drift")]
    pub(super) fn merge(&mut self, other: Self) {
        let mut all = std::mem::take(&mut self.0);
        all.extend(other.0);
        // Stable: those of one payload stay in their order.
        all.sort_by(|a, b| a.location.origin.order().cmp(&b.location.origin.order()));
        for Candidate { location, count, lines } in all {
            self.add(location, count, || lines);
        }
    }
}

fn size(lines: &[String]) -> usize {
    lines.first().map_or(0, |line| line.chars().count())
}
