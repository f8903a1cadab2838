//! When may the next request be sent?

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// So many requests in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub requests: u32,
    /// The span of time.
    pub span: Duration,
}

impl Rate {
    /// Reads `60/m`, `5/s` or `1000/h`.
    ///
    /// ```
    /// use clients_contract::live::Rate;
    ///
    /// assert_eq!(Rate::parse("5/s").map(|rate| rate.requests), Some(5));
    /// assert_eq!(Rate::parse("0/s"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (requests, unit) = text.split_once('/')?;
        let requests = requests.trim().parse().ok().filter(|requests| *requests > 0)?;
        let span = match unit.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return None,
        };
        Some(Self { requests, span: Duration::from_secs(span) })
    }

    fn gap(self) -> Duration {
        self.span / self.requests.max(1)
    }
}

/// Keeps the rate. The gap is counted from the end of the last answer: a server then sees no two requests closer, however
/// long each was on its way.
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

/// What `Retry-After` says: seconds, or a date.
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
    const MOST: Duration = Duration::from_secs(60);
    let full = first.saturating_mul(2_u32.saturating_pow(number)).min(MOST);
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
        let gap = |text| Rate::parse(text).map(Rate::gap);
        assert_eq!(gap("60/m"), Some(Duration::from_secs(1)));
        assert_eq!(gap("5/s"), Some(Duration::from_millis(200)));
        assert!(["", "5", "0/m", "-1/s", "5/d", "x/s"].into_iter().all(|text| gap(text).is_none()));
    }
}
