//! Counts the requests of each key, and refuses those beyond a limit.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hyper::header::HeaderValue;

use super::defaults::RequestLimit;

/// Maximum number of keys that are counted at a time.
const MAX_KEYS: usize = 10_000;

/// The limits of a key, in the fields of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Unix time in seconds when all is allowed again.
    pub(super) reset: u64,
    /// The time to wait, if the request is refused.
    pub(super) retry_after: Option<Duration>,
}

/// Token buckets by key.
#[derive(Debug)]
pub(super) struct Limiter {
    limit: Option<RequestLimit>,
    /// The limit in responses, also where requests are not limited.
    shown: u32,
    burst: u32,
    hasher: RandomState,
    keys: Mutex<HashMap<u64, Bucket>>,
    /// `shown` and the latest reset as values of fields, so that they are not formatted for every response.
    shown_field: HeaderValue,
    reset_field: Mutex<(u64, HeaderValue)>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Limiter {
    /// A limiter; without a limit, it shows that of the contract: requests a minute, and burst.
    pub(super) fn new(limit: Option<RequestLimit>, contract: (u32, u32)) -> Self {
        let rate = limit.map(|limit| limit.rate.requests);
        let burst = limit.and_then(|limit| limit.burst.or_else(|| Some(contract.1.min(limit.rate.requests))));
        Self {
            limit,
            shown: rate.unwrap_or(contract.0),
            burst: burst.unwrap_or(contract.1).max(1),
            hasher: RandomState::new(),
            keys: Mutex::default(),
            shown_field: rate.unwrap_or(contract.0).into(),
            reset_field: Mutex::new((0, 0_u64.into())),
        }
    }

    /// The allowance of a key without requests.
    pub(super) fn full(&self) -> Allowance {
        let limited = self.limit.map(|_| self.burst);
        Allowance {
            limit: self.shown,
            remaining: limited.unwrap_or(self.shown),
            reset: now(),
            retry_after: None,
        }
    }

    /// Counts a request with this key.
    pub(super) fn count(&self, key: &[u8]) -> Allowance {
        let now = now();
        let Some(RequestLimit { rate, .. }) = self.limit else {
            return Allowance {
                limit: self.shown,
                remaining: self.shown,
                reset: now + 60,
                retry_after: None,
            };
        };
        let burst = f64::from(self.burst);
        let per_second = f64::from(rate.requests) / rate.span.as_secs_f64();
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let at = Instant::now();
        let key = self.hasher.hash_one(key);
        if keys.len() >= MAX_KEYS && !keys.contains_key(&key) {
            // Those that have all their tokens are as good as new.
            keys.retain(|_, bucket| bucket.after(at, per_second, burst) < burst);
            if keys.len() >= MAX_KEYS {
                keys.clear();
            }
        }
        let bucket = keys.entry(key).or_insert(Bucket { tokens: burst, at });
        let tokens = bucket.after(at, per_second, burst);
        let retry_after = (tokens < 1.0).then(|| Duration::from_secs_f64((1.0 - tokens) / per_second));
        let left = if tokens < 1.0 { tokens } else { tokens - 1.0 };
        *bucket = Bucket { tokens: left, at };
        let full = Duration::from_secs_f64((burst - left) / per_second);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the burst")]
        let remaining = left as u32;
        let reset = now + full.as_secs() + u64::from(full.subsec_nanos() > 0);
        Allowance { limit: self.shown, remaining, reset, retry_after }
    }

    /// The values of the fields for limit, remaining requests and reset.
    pub(super) fn fields(&self, allowance: &Allowance) -> [HeaderValue; 3] {
        let remaining = if allowance.remaining == self.shown {
            self.shown_field.clone()
        } else {
            allowance.remaining.into()
        };
        let mut latest = self.reset_field.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.0 != allowance.reset {
            *latest = (allowance.reset, allowance.reset.into());
        }
        [self.shown_field.clone(), remaining, latest.1.clone()]
    }

    /// Forgets all requests.
    pub(super) fn reset(&self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The Unix time in seconds.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

impl Bucket {
    /// The tokens at this time.
    fn after(&self, now: Instant, per_second: f64, burst: f64) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.tokens + passed * per_second).min(burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_burst_and_then_waits() {
        let limiter = Limiter::new(Some("60/m:3".parse().unwrap()), (120, 20));
        let counted: Vec<_> = (0..4).map(|_| limiter.count(b"a")).collect();
        assert_eq!(counted.iter().map(|one| one.remaining).collect::<Vec<_>>(), [2, 1, 0, 0]);
        assert!(counted[..3].iter().all(|one| one.retry_after.is_none() && one.limit == 60));
        let wait = counted[3].retry_after.unwrap();
        assert!(wait > Duration::from_millis(900) && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(limiter.count(b"b").remaining, 2);
        for one in &counted {
            let fields = [u64::from(one.limit), u64::from(one.remaining), one.reset].map(HeaderValue::from);
            assert_eq!(limiter.fields(one), fields);
        }
        limiter.reset();
        assert_eq!(limiter.count(b"a").remaining, 2);
    }

    #[test]
    fn many_keys_take_bounded_memory() {
        let limiter = Limiter::new(Some("1/h".parse().unwrap()), (120, 20));
        for number in 0..3 * MAX_KEYS as u64 {
            limiter.count(&number.to_le_bytes());
        }
        assert!(limiter.keys.lock().unwrap().len() <= MAX_KEYS);
    }

    #[test]
    fn nothing_is_refused_without_a_limit() {
        let limiter = Limiter::new(None, (120, 20));
        assert!((0..1_000).all(|_| limiter.count(b"a").retry_after.is_none()));
        assert_eq!(limiter.count(b"a").limit, 120);
    }
}
