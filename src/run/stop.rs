//! Stops a run from another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends a run early, from another thread or on a signal. What was validated so far is reported.
///
/// Clones are handles of the same run.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_stopped: AtomicBool,
    is_noticed: AtomicBool,
}

impl Stop {
    /// Asks the run to end.
    pub fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to end. Work asks this, and whoever waits for it learns that it did:
    /// [`Stop::is_noticed`].
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        let is_stopped = self.0.is_stopped.load(Ordering::Relaxed);
        if is_stopped {
            self.0.is_noticed.store(true, Ordering::Relaxed);
        }
        is_stopped
    }

    /// Whether the work knows that it was asked to end. Work that does not is blocked: in a pipe without a
    /// writer, in a computation.
    #[must_use]
    pub fn is_noticed(&self) -> bool {
        self.0.is_noticed.load(Ordering::Relaxed)
    }
}
