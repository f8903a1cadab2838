//! How much is wrong with a value?

/// What is asked of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    /// Whether there is anything wrong: ends with the first that is.
    Verdict,
    /// How much is wrong, and how far inside.
    Count,
    /// The same, and every breach is handed over.
    Report,
}

/// How much is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Score {
    pub(super) errors: u64,
    /// How far inside the value the outermost error is.
    pub(super) depth: u32,
}

impl Score {
    pub(super) const NONE: Self = Self { errors: 0, depth: u32::MAX };
    pub(super) const ONE: Self = Self { errors: 1, depth: 0 };

    pub(super) fn is_valid(self) -> bool {
        self.errors == 0
    }

    pub(super) fn add(&mut self, other: Self) {
        self.errors = self.errors.saturating_add(other.errors);
        self.depth = self.depth.min(other.depth);
    }

    /// The same for the value that this one is inside.
    pub(super) fn outside(self) -> Self {
        Self { depth: self.depth.saturating_add(u32::from(self.errors > 0)), ..self }
    }
}
