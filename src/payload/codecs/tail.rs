//! Classifies the bytes behind the end of a compressed stream.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::payload::head::Ahead;
use crate::payload::skim::filled;

/// A note about a stream that was read.
#[derive(Clone, Debug, Default)]
pub(in crate::payload) struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    /// Notes that a stream is not all there is.
    pub(super) fn goes_on(&self, codec: &str) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(format!("trailing data behind its {codec} stream ignored"));
    }

    /// Takes those of another stream.
    #[cfg(feature = "reports")]
    pub(in crate::payload) fn append(&self, other: &Self) {
        let other = std::mem::take(&mut *other.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(other);
    }

    /// The next of them.
    pub(in crate::payload) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// What is behind a part of a stream that ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Another such part.
    Another,
    /// Nothing to read: the end, padding up to it, or what does not belong there and is noted.
    Nothing,
}

/// Looks behind a part of a stream. Zeros up to the end are padding, as tapes and block devices leave it;
/// `gzip -dc` treats them so.
pub(super) fn tail(
    reader: &mut Ahead<'_>,
    begins: fn(&[u8]) -> bool,
    codec: &str,
    notes: &Notes,
) -> io::Result<Tail> {
    /// Number of bytes that identify the beginning of another part.
    const MARK: usize = 4;
    reader.hold(MARK);
    if begins(reader.held()) {
        return Ok(Tail::Another);
    }
    loop {
        let chunk = filled(reader)?;
        if chunk.is_empty() {
            return Ok(Tail::Nothing);
        }
        if chunk.iter().any(|byte| *byte != 0) {
            notes.goes_on(codec);
            return Ok(Tail::Nothing);
        }
        let length = chunk.len();
        io::BufRead::consume(reader, length);
    }
}
