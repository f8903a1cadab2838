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
    /// Stops the run.
    pub fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the run was stopped. Workers call this, and a caller that waits for them learns that they did:
    /// [`Stop::is_noticed`].
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        let is_stopped = self.0.is_stopped.load(Ordering::Relaxed);
        if is_stopped {
            self.0.is_noticed.store(true, Ordering::Relaxed);
        }
        is_stopped
    }

    /// Whether workers have noticed the stop. If not, they are blocked: in a pipe without a
    /// writer, in a computation.
    #[must_use]
    pub fn is_noticed(&self) -> bool {
        self.0.is_noticed.load(Ordering::Relaxed)
    }
}
