//! The key that pseudonyms are made with.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::untrusted::path_text;

/// Bytes of the shortest key.
const MIN_KEY: usize = 16;

/// Bytes of the longest key.
const MAX_KEY: usize = 4096;

/// The key that pseudonyms are made with: whoever has it can find out which value has which pseudonym. It is
/// never printed, and forgotten when it is dropped.
///
/// ```
/// use clients_contract::redact::Key;
///
/// let key = Key::new(b"16 bytes or more")?;
/// assert_eq!(format!("{key:?}"), "Key(…)");
/// assert!(Key::new(b"too short").is_err());
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// A key of these bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when there are fewer than 16 bytes, or more than 4096.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        Self::of(Zeroizing::new(bytes.to_vec()), "redaction key")
    }

    /// A random key, for pseudonyms that nobody can make again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when the system has no random numbers.
    pub fn random() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new(vec![0; 32]);
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::new(ErrorKind::Input, "redaction key", format!("no random numbers: {error}"))
        })?;
        Ok(Self(bytes))
    }

    /// Reads a key from a file. A line feed at its end does not count.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when the file cannot be read, [`ErrorKind::Usage`] as of [`Key::new`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path_text(path);
        // No byte of it may be left behind by a buffer that grows.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_KEY + 3));
        let read = File::open(path).and_then(|file| file.take(MAX_KEY as u64 + 3).read_to_end(&mut bytes));
        read.map_err(|error| Error::new(ErrorKind::Input, &*name, error.to_string()))?;
        for end in [b'\n', b'\r'] {
            if bytes.last() == Some(&end) {
                bytes.pop();
            }
        }
        Self::of(bytes, &name)
    }

    fn of(bytes: Zeroizing<Vec<u8>>, name: &str) -> Result<Self, Error> {
        if (MIN_KEY..=MAX_KEY).contains(&bytes.len()) {
            return Ok(Self(bytes));
        }
        let message =
            format!("{} bytes; a key has from {MIN_KEY} to {MAX_KEY}", bytes.len().min(MAX_KEY + 1));
        Err(Error::new(ErrorKind::Usage, name, message))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}
