//! Preferences of a request: `Prefer: code=429` and the like.

use std::time::Duration;

use super::drift::Drift;
use crate::error::named;
use crate::finding::{Rule, did_you_mean};
use crate::live::duration;

/// Longest delay of a response.
const MAX_WAIT: Duration = Duration::from_secs(600);

/// A fault of a connection or of a response's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is reset, without a response.
    Reset,
    /// The connection is closed after half of the body.
    Truncate,
    /// Bytes that are not HTTP.
    Garbage,
    /// The connection is closed, without a response.
    Empty,
    /// The body comes in small pieces, over two seconds.
    Slow,
}

impl Fault {
    /// Every fault.
    pub const ALL: &'static [Self] = &[Self::Reset, Self::Truncate, Self::Garbage, Self::Empty, Self::Slow];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Truncate => "truncate",
            Self::Garbage => "garbage",
            Self::Empty => "empty",
            Self::Slow => "slow",
        }
    }
}

named!(Fault, "fault", ParseFaultError);

/// How a response differs from the usual one. Of several preferences of one name, the first one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Preferences {
    pub(super) code: Option<u16>,
    pub(super) wait: Option<Duration>,
    pub(super) fault: Option<Fault>,
    pub(super) violation: Option<&'static Rule>,
    /// Names of presets, with `+` between them.
    pub(super) preset: Option<String>,
    pub(super) drift: Option<Drift>,
    pub(super) envelope: Option<String>,
    /// Name and text of each, in the order of the request.
    given: Vec<(&'static str, String)>,
}

/// The names of preferences.
pub(super) const NAMES: [&str; 7] = ["code", "wait", "fault", "violation", "preset", "drift", "envelope"];

/// The message about an unknown preference in options and scenarios; requests may have preferences for others.
pub(super) fn unknown_preference(name: &str) -> String {
    unknown("preference", name, &NAMES)
}

/// The message about an unknown name, with the one that was probably meant.
pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let near = did_you_mean(name, known.iter().copied());
    crate::error::unknown(what, name, known.iter().copied()) + &near
}

impl Preferences {
    /// Reads the values of a `Prefer` header (RFC 7240). Unknown preferences are ignored.
    pub(super) fn add_header(&mut self, header: &str) -> Result<(), String> {
        for preference in split(header, ',') {
            let first = split(preference, ';').next().unwrap_or_default();
            let (name, value) = first.split_once('=').unwrap_or((first, ""));
            let value = value.trim();
            let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
            self.add(name.trim().to_ascii_lowercase().as_str(), value)?;
        }
        Ok(())
    }

    /// Adds a preference unless there is one of its name.
    pub(super) fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        let Some(name) = NAMES.iter().find(|known| **known == name) else { return Ok(()) };
        let wrong = |expected: &str| format!("invalid preference `{name}`: expected {expected}");
        let added = match *name {
            "code" => {
                let code = value.parse().ok().filter(|code| (200..=599).contains(code));
                first(&mut self.code, code.ok_or_else(|| wrong("a status from 200 to 599"))?)
            }
            "wait" => {
                let wait = duration(value).ok().filter(|wait| *wait <= MAX_WAIT);
                let wait = if value == "0" { Some(Duration::ZERO) } else { wait };
                first(
                    &mut self.wait,
                    wait.ok_or_else(|| wrong("a time up to 10 minutes, in seconds or such as `250ms`"))?,
                )
            }
            "fault" => first(&mut self.fault, value.parse().map_err(|_| unknown_fault(value))?),
            "violation" => {
                let rule: Result<&'static Rule, _> = value.parse();
                first(&mut self.violation, rule.map_err(|error| error.to_string())?)
            }
            "preset" => first(&mut self.preset, value.to_owned()),
            "drift" => first(&mut self.drift, value.parse().map_err(|what: String| wrong(&what))?),
            _ => first(&mut self.envelope, value.to_owned()),
        };
        if added {
            self.given.push((name, format!("{name}={}", quoted(value))));
        }
        Ok(())
    }

    /// Adds those of others whose names are missing here.
    pub(super) fn add_all(&mut self, others: &Self) {
        let Self { code, wait, fault, violation, preset, drift, envelope, given } = others;
        for (name, text) in given {
            if self.given.iter().all(|(known, _)| known != name) {
                self.given.push((name, text.clone()));
            }
        }
        self.code = self.code.or(*code);
        self.wait = self.wait.or(*wait);
        self.fault = self.fault.or(*fault);
        self.violation = self.violation.or(*violation);
        self.preset = self.preset.take().or_else(|| preset.clone());
        self.drift = self.drift.take().or_else(|| drift.clone());
        self.envelope = self.envelope.take().or_else(|| envelope.clone());
    }

    /// The texts of those that were applied, by their names.
    pub(super) fn applied(&self, is_applied: impl Fn(&str) -> bool) -> Vec<String> {
        self.given.iter().filter(|(name, _)| is_applied(name)).map(|(_, text)| text.clone()).collect()
    }
}

pub(super) fn unknown_fault(name: &str) -> String {
    let known: Vec<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    unknown("fault", name, &known)
}

fn first<T>(known: &mut Option<T>, value: T) -> bool {
    let is_first = known.is_none();
    known.get_or_insert(value);
    is_first
}

/// A value as it may be in a header.
fn quoted(value: &str) -> String {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte);
    if !value.is_empty() && value.bytes().all(is_token) {
        return value.to_owned();
    }
    let shown = value.chars().filter(|c| (' '..='~').contains(c) && !['"', '\\'].contains(c));
    format!("\"{}\"", shown.collect::<String>())
}

/// The parts of a header, but not within quotes.
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let mut within = false;
    text.split(move |c| {
        within ^= c == '"';
        c == at && !within
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Result<Preferences, String> {
        let mut preferences = Preferences::default();
        preferences.add_header(header).map(|()| preferences)
    }

    #[test]
    fn preferences_are_read_and_the_first_of_a_name_counts() {
        let read = |header| read(header).unwrap();
        assert_eq!(read("code=429").code, Some(429));
        assert_eq!(read("respond-async, code = 503; x=y, CODE=200").code, Some(503));
        assert_eq!(read("wait=2").wait, Some(Duration::from_secs(2)));
        assert_eq!(read("wait=250ms").wait, Some(Duration::from_millis(250)));
        assert_eq!(read("wait=0").wait, Some(Duration::ZERO));
        assert_eq!(read("fault=truncate").fault, Some(Fault::Truncate));
        assert_eq!(read("violation=null-value").violation.unwrap().id, "null-value");
        assert_eq!(read("preset=\"nulls,unicode\"").preset.as_deref(), Some("nulls,unicode"));
        let both = read("return=minimal, code=429, preset=\"a,b\"");
        assert_eq!(both.applied(|_| true), ["code=429", "preset=\"a,b\""]);
        assert_eq!(both.applied(|name| name == "code"), ["code=429"]);
        assert!(read("").applied(|_| true).is_empty());
    }

    #[test]
    fn invalid_preferences_are_refused() {
        for header in
            ["code=99", "code=600", "code=x", "wait=-1", "wait=1h", "fault=x", "violation=x", "drift=x"]
        {
            let error = read(header).unwrap_err();
            assert!(
                ["expected", "unknown", "no rule"].iter().any(|part| error.contains(part)),
                "{header}: {error}"
            );
        }
    }

    #[test]
    fn preferences_of_a_request_precede_defaults() {
        let mut own = read("code=500").unwrap();
        own.add_all(&read("code=429, wait=1").unwrap());
        assert_eq!((own.code, own.wait), (Some(500), Some(Duration::from_secs(1))));
        assert_eq!(own.applied(|_| true), ["code=500", "wait=1"]);
    }
}
