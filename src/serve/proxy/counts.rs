//! Counts what passes through a proxy.

use std::sync::atomic::{AtomicU64, Ordering};

/// What passed through a [`Proxy`](super::Proxy) so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Requests to any path.
    pub requests: u64,
    /// Responses that were selected for validation, complete or not.
    pub selected: u64,
    /// Selected responses that were neither validated nor recorded: there was no memory for their copies.
    pub dropped: u64,
    /// Requests without a response of the target: answered with 502 or 504, or with 400 where their body is
    /// malformed or incomplete.
    pub failed: u64,
    /// Responses that the target broke off.
    pub broken: u64,
    /// Requests whose connection the consumer closed before the end of the response.
    pub abandoned: u64,
    /// Responses that were replaced, because they violate the contract.
    pub refused: u64,
    /// Selected responses that wait to be validated.
    pub waiting: u64,
}

/// The counters behind [`Traffic`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) requests: AtomicU64,
    pub(super) selected: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) broken: AtomicU64,
    pub(super) abandoned: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) waiting: AtomicU64,
}

impl Counters {
    pub(super) fn now(&self) -> Traffic {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Traffic {
            requests: of(&self.requests),
            selected: of(&self.selected),
            dropped: of(&self.dropped),
            failed: of(&self.failed),
            broken: of(&self.broken),
            abandoned: of(&self.abandoned),
            refused: of(&self.refused),
            waiting: of(&self.waiting),
        }
    }
}

/// Counts one more.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
