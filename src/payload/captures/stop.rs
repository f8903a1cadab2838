//! What stops the reading of a capture, or of one of its entries.

use std::io;

use serde_json::error::Category;

use super::Shape;

/// What stops an entry, or the reading of entries.
pub(super) enum Stop {
    Unreadable(io::Error),
    /// What is wrong with the whole.
    Capture(String),
    /// What is wrong with one entry.
    Entry(String),
    /// The line in which the whole is cut off.
    Cut(u64),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// Levels that `serde_json` reads.
pub(crate) const MAX_DEPTH: usize = 127;

/// What is wrong with an entry that has more of them.
pub(crate) fn too_deep() -> String {
    format!("is nested too deeply: at most {MAX_DEPTH} levels are read")
}

/// Never the words of the parser: they may quote a value.
pub(super) fn not_understood(error: &serde_json::Error, shape: &Shape) -> Stop {
    let reason = error.to_string();
    let what = if reason.starts_with("recursion limit exceeded") {
        too_deep()
    } else if reason.starts_with("number out of range") {
        "has a number that exceeds the range of a 64-bit float".to_owned()
    } else if error.classify() == Category::Data {
        return Stop::Entry(format!(
            "is not a valid entry of {} (line {} column {} of the entry): pass `input=json` if the file is a payload",
            shape.input.what(),
            error.line(),
            error.column()
        ));
    } else {
        "is not JSON".to_owned()
    };
    Stop::Entry(format!("{what} (line {} column {} of the entry)", error.line(), error.column()))
}
