//! Readers, and the trait of what yields payloads.

use std::io::{self, BufRead};

use super::Item;
use crate::error::{Error, ErrorKind};

/// A stream of bytes, decompressed.
pub type Reader<'r> = Box<dyn BufRead + Send + 'r>;

/// Larger bodies are passed on as they are read, where that is wanted.
pub(super) const HELD: u64 = 2 << 20;

/// Limits to one body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// What is held of it, at most.
    pub(super) held: u64,
    /// How large it may be.
    pub(super) max: u64,
}

/// Something that holds bodies.
pub(super) trait Bodies: Iterator<Item = Result<Item, Error>> + Send {
    /// Whether the next item is there already, so that reading it does not wait.
    fn at_hand(&self) -> bool {
        false
    }

    /// Reads the body that was given as large.
    fn read_body(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

/// Says what went wrong with a stream that was being read.
pub fn unreadable(location: &str, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge if error.get_ref().is_some() => {
            Error::new(ErrorKind::Input, location, error.to_string())
        }
        _ => Error::new(ErrorKind::Input, location, "could not be read to its end").because(error),
    }
}
