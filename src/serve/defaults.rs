//! Defaults of all requests: faults in a share of them, latency, rate limits.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::preferences::{NAMES, Preferences, unknown_preference};
use crate::error::parse_error;
use crate::generate::Choices;
use crate::live::{Rate, duration};

/// A default preference for a share of all requests: `5%:reset`, `10%:429`, `1%:violation=null-value`.
///
/// ```
/// use clients_contract::serve::DefaultFault;
///
/// assert!("5%:reset".parse::<DefaultFault>().is_ok());
/// assert!("120%:reset".parse::<DefaultFault>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DefaultFault {
    /// Of a million requests.
    per_million: u64,
    pub(super) preferences: Preferences,
    /// As it was given.
    pub(super) text: String,
}

parse_error! {
    /// A text that is no default fault.
    ParseDefaultFaultError
}

const MILLION: u64 = 1_000_000;

impl FromStr for DefaultFault {
    type Err = ParseDefaultFaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |what: &str| ParseDefaultFaultError(what.to_owned());
        let usual = "expected a share and a fault, such as 5%:reset, 10%:429 or 1%:violation=null-value";
        let (share, what) = text.split_once(':').ok_or_else(|| wrong(usual))?;
        let share: Option<f64> = share.trim().strip_suffix('%').and_then(|share| share.trim().parse().ok());
        let share = share.filter(|share| *share > 0.0 && *share <= 100.0);
        let share = share.ok_or_else(|| wrong("the share is not a percentage above 0 and up to 100"))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
        let per_million = (share * 10_000.0).round().max(1.0) as u64;
        let mut preferences = Preferences::default();
        let (name, value) = match what.split_once('=') {
            Some(named) => named,
            None if what.bytes().all(|byte| byte.is_ascii_digit()) => ("code", what),
            None => ("fault", what),
        };
        if !NAMES.contains(&name) {
            return Err(ParseDefaultFaultError(unknown_preference(name)));
        }
        preferences.add(name, value).map_err(ParseDefaultFaultError)?;
        Ok(Self { per_million, preferences, text: text.to_owned() })
    }
}

/// The fault of the request of this number, if it has one: at most one has it.
pub(super) fn drawn(faults: &[DefaultFault], seed: u64, number: u64) -> Option<&Preferences> {
    if faults.is_empty() {
        return None;
    }
    let mut drawn = Choices::seeded(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).draw(MILLION - 1);
    for fault in faults {
        match drawn.checked_sub(fault.per_million) {
            Some(rest) => drawn = rest,
            None => return Some(&fault.preferences),
        }
    }
    None
}

/// Whether the shares of these faults are together at most all requests.
pub(super) fn fit(faults: &[DefaultFault]) -> bool {
    faults.iter().map(|fault| fault.per_million).sum::<u64>() <= MILLION
}

/// Latency of responses: `200ms`, or a random one in `50..200ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    min: Duration,
    max: Duration,
}

parse_error! {
    /// A text that is no latency.
    ParseLatencyError
}

impl FromStr for Latency {
    type Err = ParseLatencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseLatencyError("expected a latency such as 200ms or 50..200ms".to_owned());
        let time = |text: &str| duration(text).map_err(|_| wrong());
        let Some((min, max)) = text.split_once("..") else {
            let time = time(text)?;
            return Ok(Self { min: time, max: time });
        };
        let latest = time(max)?;
        // A number without a unit has that of the other.
        let unit = max.trim_start_matches(|c: char| c.is_ascii_digit());
        let earliest = match min.bytes().all(|byte| byte.is_ascii_digit()) {
            true if min.bytes().all(|byte| byte == b'0') => Duration::ZERO,
            true => time(&format!("{min}{unit}"))?,
            false => time(min)?,
        };
        if earliest > latest {
            return Err(wrong());
        }
        Ok(Self { min: earliest, max: latest })
    }
}

impl Latency {
    /// The latency of the request of this number.
    pub(super) fn of(self, seed: u64, number: u64) -> Duration {
        let span = u64::try_from(self.max.saturating_sub(self.min).as_micros()).unwrap_or(u64::MAX);
        let mut choices = Choices::seeded(!seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        self.min + Duration::from_micros(choices.draw(span))
    }
}

/// Rate limit of each key, with an optional burst: `120/m`, `120/m:20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLimit {
    pub(super) rate: Rate,
    pub(super) burst: Option<u32>,
}

parse_error! {
    /// A text that is no rate limit.
    ParseRequestLimitError
}

impl FromStr for RequestLimit {
    type Err = ParseRequestLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rate, burst) = match text.split_once(':') {
            Some((rate, burst)) => (rate, Some(burst)),
            None => (text, None),
        };
        let wrong = || ParseRequestLimitError("expected a limit such as 120/m, 5/s or 120/m:20".to_owned());
        let burst = burst.map(|burst| burst.parse().ok().filter(|burst| *burst > 0).ok_or_else(wrong));
        Ok(Self { rate: rate.parse().map_err(|_| wrong())?, burst: burst.transpose()? })
    }
}

impl fmt::Display for RequestLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rate)?;
        self.burst.map_or(Ok(()), |burst| write!(f, ":{burst}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_select_the_same_share_of_requests() {
        let faults: Vec<DefaultFault> =
            ["10%:reset", "20%:429"].iter().map(|text| text.parse().unwrap()).collect();
        let all = |seed| (0..10_000).map(move |number| (seed, number));
        let named =
            |(seed, number)| drawn(&faults, seed, number).map(|found| found.applied(|_| true)[0].clone());
        let found: Vec<_> = all(7).map(named).collect();
        let count = |name: &str| found.iter().flatten().filter(|one| *one == name).count();
        assert!((800..1_200).contains(&count("fault=reset")), "{}", count("fault=reset"));
        assert!((1_800..2_200).contains(&count("code=429")), "{}", count("code=429"));
        assert_eq!(found, all(7).map(named).collect::<Vec<_>>());
        assert_ne!(found, all(8).map(named).collect::<Vec<_>>());
        let always = ["100%:empty".parse().unwrap()];
        assert!((0..1_000).all(|number| drawn(&always, 1, number).is_some()));
        assert!(fit(&faults) && !fit(&[faults[0].clone(), always[0].clone()]));
    }

    #[test]
    fn faults_latencies_and_limits_are_parsed() {
        for text in
            ["", "reset", "5:reset", "0%:reset", "101%:reset", "5%:x", "5%:99", "5%:x=1", "5%:violation=x"]
        {
            assert!(text.parse::<DefaultFault>().is_err(), "{text}");
        }
        for (text, min, max) in [
            ("200ms", 200, 200),
            ("50..200ms", 50, 200),
            ("0..1s", 0, 1_000),
            ("50ms..1s", 50, 1_000),
            ("1..2", 1_000, 2_000),
        ] {
            let latency: Latency = text.parse().unwrap();
            assert_eq!([latency.min, latency.max].map(|time| time.as_millis()), [min, max], "{text}");
            assert!((0..100).all(|number| (latency.min..=latency.max).contains(&latency.of(1, number))));
        }
        assert!(["", "x", "3s..1s", "1..", "-1ms"].iter().all(|text| text.parse::<Latency>().is_err()));
        for text in ["120/m", "120/m:20", "5/s:1"] {
            assert_eq!(text.parse::<RequestLimit>().unwrap().to_string(), text);
        }
        assert!(
            ["", "120", "120/m:0", "120/m:x", "0/m"].iter().all(|text| text.parse::<RequestLimit>().is_err())
        );
    }
}
