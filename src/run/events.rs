//! Events of a run.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
#[cfg(feature = "live")]
use crate::live;
use crate::payload::Skipped;

/// One thing that happens during a run, for progress and messages.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// The run starts; how many bytes there are to read, where that is known.
    Start {
        /// The size of all files; `None` with a stream or an instance among the sources.
        bytes: Option<u64>,
    },
    /// Bytes were read, compressed as they are.
    Read(u64),
    /// Something could not be read or validated. The report lists it, too.
    Problem(&'e Error),
    /// An entry of a capture, or another part of a file, was skipped.
    Skipped(&'e Skipped),
    /// A step of the walk of an instance.
    #[cfg(feature = "live")]
    Walk(&'e live::Event),
    /// Information, such as a file that was written.
    Note(&'e str),
    /// A warning: something that differs from what was requested.
    Warning(&'e str),
}

/// Receives the events of a run, on whichever thread they happen.
#[derive(Clone)]
pub struct Events(Arc<dyn Fn(&Event<'_>) + Send + Sync>);

impl Events {
    /// Hands each event to `receive`.
    #[must_use]
    pub fn new(receive: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(receive))
    }

    pub(super) fn send(&self, event: &Event<'_>) {
        (self.0)(event);
    }

    pub(super) fn note(&self, text: &str) {
        self.send(&Event::Note(text));
    }

    pub(super) fn warn(&self, text: &str) {
        self.send(&Event::Warning(text));
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new(|_| {})
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
