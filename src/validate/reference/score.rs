//! Scores the violations of a value, to find the nearest alternative.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What is asked of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    /// Whether there is anything wrong: ends with the first that is.
    Verdict,
    /// How much is wrong, and how far inside.
    Count,
    /// The same, and every violation is handed over.
    Report,
}

/// How much is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Score {
    pub(super) errors: u64,
    /// How far inside the value the outermost error is.
    pub(super) depth: u32,
    /// What the errors are known by, whatever their order: rules and locations.
    pub(super) mark: u64,
}

impl Score {
    pub(super) const NONE: Self = Self { errors: 0, depth: u32::MAX, mark: 0 };
    pub(super) const ONE: Self = Self { errors: 1, depth: 0, mark: 0 };

    /// An error that is known by this.
    pub(super) fn one(known_by: impl Hash) -> Self {
        Self { mark: hashed(known_by), ..Self::ONE }
    }

    pub(super) fn is_valid(self) -> bool {
        self.errors == 0
    }

    pub(super) fn add(&mut self, other: Self) {
        self.errors = self.errors.saturating_add(other.errors);
        self.depth = self.depth.min(other.depth);
        self.mark = self.mark.wrapping_add(other.mark);
    }

    /// The same for the value that has this one inside, after a step.
    pub(super) fn outside(self, step: impl FnOnce() -> crate::pointer::Token) -> Self {
        if self.is_valid() {
            return self;
        }
        Self { depth: self.depth.saturating_add(1), mark: hashed((self.mark, step())), ..self }
    }
}

fn hashed(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
