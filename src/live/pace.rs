//! Request rate, retry delays and `Retry-After`.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::error::parse_error;

/// A number of requests per unit of time.
///
/// ```
/// use clients_contract::live::Rate;
///
/// let rate: Rate = "5/s".parse()?;
/// assert_eq!((rate.requests, rate.to_string().as_str()), (5, "5/s"));
/// assert!("0/s".parse::<Rate>().is_err());
/// # Ok::<(), clients_contract::live::ParseRateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub requests: u32,
    /// The span of time.
    pub span: Duration,
}

impl Rate {
    fn gap(self) -> Duration {
        self.span / self.requests.max(1)
    }
}

parse_error! {
    /// A text that is no rate.
    ParseRateError
}

impl FromStr for Rate {
    type Err = ParseRateError;

    /// Reads `60/m`, `5/s` or `1000/h`.
    fn from_str(text: &str) -> Result<Self, ParseRateError> {
        let parts = text.split_once('/').map(|(requests, unit)| (requests.trim().parse(), unit.trim()));
        let span = match parts {
            Some((Ok(1..), "s")) => 1,
            Some((Ok(1..), "m")) => 60,
            Some((Ok(1..), "h")) => 3_600,
            _ => 0,
        };
        match parts {
            Some((Ok(requests), _)) if span > 0 => Ok(Self { requests, span: Duration::from_secs(span) }),
            _ => Err(ParseRateError("not a rate such as 60/m, 5/s or 1000/h".to_owned())),
        }
    }
}

impl fmt::Display for Rate {
    /// As it is read, or with the seconds of the span (`60/90s`), which is not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, span } = self;
        match span.as_secs() {
            _ if span.subsec_nanos() > 0 => write!(f, "{requests}/{span:?}"),
            1 => write!(f, "{requests}/s"),
            60 => write!(f, "{requests}/m"),
            3_600 => write!(f, "{requests}/h"),
            seconds => write!(f, "{requests}/{seconds}s"),
        }
    }
}

/// Keeps the rate. The gap is counted from the end of the last response: a server then sees no two requests
/// closer, however long each was on its way.
#[derive(Debug)]
pub(super) struct Pace {
    rate: Rate,
    next: Option<Instant>,
}

impl Pace {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, next: None }
    }

    /// How long until a request may be sent.
    pub(super) fn wait(&self) -> Duration {
        self.next.map_or(Duration::ZERO, |next| next.saturating_duration_since(Instant::now()))
    }

    /// A request was answered, or failed.
    pub(super) fn answered(&mut self) {
        self.next = Instant::now().checked_add(self.rate.gap());
    }
}

/// Parses `Retry-After`: seconds, or a date.
pub(super) fn retry_after(text: &str) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    until(u64::try_from(date.as_second()).unwrap_or(0))
}

/// How long until that second of Unix time.
pub(super) fn until(second: u64) -> Option<Duration> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(second).saturating_sub(now))
}

/// The wait before the try of this number, counted from 0.
pub(super) fn backoff(first: Duration, number: u32) -> Duration {
    const MAX_PAUSE: Duration = Duration::from_secs(60);
    let full = first.saturating_mul(2_u32.saturating_pow(number)).min(MAX_PAUSE);
    // Any number will do; the standard library has no other source of chance.
    let chance = RandomState::new().build_hasher().finish() % 1_000;
    full / 2 + full.mul_f64(f64::from(u32::try_from(chance).unwrap_or(0)) / 2_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        assert_eq!(retry_after(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&"9".repeat(40)), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn waits_grow_and_end() {
        let first = Duration::from_millis(100);
        for number in 0..50 {
            let wait = backoff(first, number);
            let full = first.saturating_mul(2_u32.saturating_pow(number)).min(Duration::from_secs(60));
            assert!(wait >= full / 2 && wait <= full, "{number}: {wait:?}");
        }
    }

    #[test]
    fn a_rate_is_read() {
        let gap = |text: &str| text.parse().ok().map(Rate::gap);
        assert_eq!(gap("60/m"), Some(Duration::from_secs(1)));
        assert_eq!(gap("5/s"), Some(Duration::from_millis(200)));
        assert!(["", "5", "0/m", "-1/s", "5/d", "x/s"].into_iter().all(|text| gap(text).is_none()));
    }
}
