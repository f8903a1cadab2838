//! Timeouts of a request, and durations as text.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

use crate::error::parse_error;

/// Shortest and longest duration that are read.
const MIN_DURATION: Duration = Duration::from_millis(1);
const MAX_DURATION: Duration = Duration::from_secs(24 * 3_600);

/// Timeouts of a request.
///
/// ```
/// use std::time::Duration;
/// use clients_contract::live::Timeouts;
///
/// let timeouts: Timeouts = "connect=5s,read=1m".parse()?;
/// assert_eq!(timeouts.connect, Duration::from_secs(5));
/// assert_eq!(timeouts.to_string(), "connect=5s,read=1m,whole=2m");
/// // Without names, it is that of the whole response, and no other is longer.
/// assert_eq!("8s".parse::<Timeouts>()?.to_string(), "connect=8s,read=8s,whole=8s");
/// # Ok::<(), clients_contract::live::ParseTimeoutsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, with its TLS handshake.
    pub connect: Duration,
    /// For the response to begin, and for each read from it.
    pub read: Duration,
    /// For the whole response.
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            whole: Duration::from_secs(120),
        }
    }
}

parse_error! {
    /// A text that gives no timeouts.
    ParseTimeoutsError
}

impl FromStr for Timeouts {
    type Err = ParseTimeoutsError;

    /// Reads `30s`, or `connect=10s,read=30s,whole=2m`, of which each may be missing.
    fn from_str(text: &str) -> Result<Self, ParseTimeoutsError> {
        let mut timeouts = Self::default();
        if !text.contains('=') {
            timeouts.whole = duration(text)?;
            timeouts.connect = timeouts.connect.min(timeouts.whole);
            timeouts.read = timeouts.read.min(timeouts.whole);
            return Ok(timeouts);
        }
        for part in text.split(',') {
            match part.split_once('=') {
                Some(("connect", value)) => timeouts.connect = duration(value)?,
                Some(("read", value)) => timeouts.read = duration(value)?,
                Some(("whole", value)) => timeouts.whole = duration(value)?,
                _ => {
                    let what = format!("`{part}` is none of connect=TIME, read=TIME and whole=TIME");
                    return Err(ParseTimeoutsError(what));
                }
            }
        }
        Ok(timeouts)
    }
}

impl fmt::Display for Timeouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |time: Duration| SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        let Self { connect, read, whole } = *self;
        write!(f, "connect={:#},read={:#},whole={:#}", text(connect), text(read), text(whole))
    }
}

/// Reads a duration such as `500ms`, `30s` or `2m`. A number alone is in seconds.
///
/// # Errors
///
/// When it is none, or not from 1 ms to 24 hours.
#[doc(hidden)]
pub fn duration(text: &str) -> Result<Duration, ParseTimeoutsError> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let time = seconds.or_else(|| text.parse::<SignedDuration>().ok()?.try_into().ok());
    let time = time.filter(|time| (MIN_DURATION..=MAX_DURATION).contains(time));
    time.ok_or_else(|| {
        ParseTimeoutsError(format!(
            "expected a duration such as 500ms, 30s or 2m, from 1ms to 24h; found `{text}`"
        ))
    })
}
