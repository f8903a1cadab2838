//! Byte sizes with units, such as `64MiB`.

use std::fmt;
use std::str::FromStr;

use crate::error::parse_error;

/// A number of bytes, at least 1, that people write with a unit: `64MiB`, `2GB`, `1000000`.
///
/// ```
/// use clients_contract::payload::ByteSize;
///
/// let size: ByteSize = "64MiB".parse()?;
/// assert_eq!((size.bytes(), size.to_string().as_str()), (64 << 20, "64MiB"));
/// assert!("0".parse::<ByteSize>().is_err());
/// # Ok::<(), clients_contract::payload::ParseByteSizeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

impl ByteSize {
    /// The number of bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

parse_error! {
    /// A text that is no number of bytes.
    ParseByteSizeError
}

impl FromStr for ByteSize {
    type Err = ParseByteSizeError;

    /// Reads a number and a unit, in any case: `B` or none, `KiB` or `K`, `MiB` or `M`, `GiB` or `G` (powers
    /// of 1024), `KB`, `MB`, `GB` (powers of 1000).
    fn from_str(text: &str) -> Result<Self, ParseByteSizeError> {
        let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
        let unit = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
            "" | "b" => Some(1),
            "kb" => Some(1_000),
            "k" | "kib" => Some(1 << 10),
            "mb" => Some(1_000_000),
            "m" | "mib" => Some(1 << 20),
            "gb" => Some(1_000_000_000),
            "g" | "gib" => Some(1 << 30),
            _ => None,
        };
        let count = digits.parse::<u64>().ok().filter(|count| *count > 0);
        let bytes = count.zip(unit).and_then(|(count, unit)| count.checked_mul(unit));
        let wrong = || ParseByteSizeError("not a number of bytes such as 1000000 or 64MiB".to_owned());
        bytes.map(Self).ok_or_else(wrong)
    }
}

impl fmt::Display for ByteSize {
    /// In the largest of the units GiB, MiB and KiB that leaves a whole number, or in bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
        match units.into_iter().find(|(_, shift)| self.0.trailing_zeros() >= *shift) {
            Some((unit, shift)) => write!(f, "{}{unit}", self.0 >> shift),
            None => write!(f, "{}", self.0),
        }
    }
}
