//! The size limit of one payload.

use std::io;
#[cfg(feature = "captures")]
use std::io::Read;

/// Default maximum size of one decoded body: 256 MiB.
pub const DEFAULT_MAX_BODY: u64 = 256 << 20;

/// The error about a larger body.
pub(crate) fn too_large(max: u64) -> io::Error {
    let what = format!("has a body larger than the maximum of {max} bytes (`max_body`)");
    io::Error::new(io::ErrorKind::FileTooLarge, what)
}

/// The limit as a length in memory.
pub(super) fn length(max: u64) -> usize {
    usize::try_from(max).unwrap_or(usize::MAX)
}

/// Everything there is, if that is not too much.
#[cfg(feature = "captures")]
pub(super) fn read_to_end(reader: impl Read, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max { Err(too_large(max)) } else { Ok(bytes) }
}
