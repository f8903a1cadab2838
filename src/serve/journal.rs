//! The latest requests, without keys.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode};
use serde::Serialize;

use super::masking::{Secrets, is_secret};

/// Maximum number of requests.
const MAX_REQUESTS: usize = 1_000;

/// Maximum bytes of a request, and of its target.
const MAX_BYTES: usize = 8_000;
const MAX_TARGET: usize = 4_000;

/// A request that a server received. Keys, and values of fields and parameters that are named like keys, are
/// replaced by asterisks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Received {
    /// Its number, counted from 1.
    pub number: u64,
    /// Its method.
    pub method: String,
    /// Its path, without parameters.
    pub path: String,
    /// Its parameters, decoded, in their order.
    pub parameters: Vec<(String, String)>,
    /// Its header fields.
    pub headers: Vec<(String, String)>,
    /// The status of the response; `None` where the connection was ended instead.
    pub status: Option<u16>,
    /// The preferences that were applied, such as `fault=reset`.
    pub applied: Vec<String>,
}

impl Received {
    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        value_of(&self.parameters, name)
    }

    /// The value of a header field, whose name is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        value_of(&self.headers, name)
    }

    fn secrets(&self, secrets: &mut Secrets) {
        for (name, value) in self.headers.iter().chain(&self.parameters) {
            secrets.add_value(name, value);
        }
    }

    fn masked(self, secrets: &Secrets) -> Self {
        let value = |(name, value): (String, String)| {
            let value = secrets.hide_value(&name, &value);
            (name, value)
        };
        // A key may be passed without a name, so that it is taken for one.
        let pair = |(name, text): (String, String)| (secrets.hide(&name), value((name, text)).1);
        Self {
            method: secrets.hide(&self.method),
            path: secrets.hide(&self.path),
            parameters: self.parameters.into_iter().map(pair).collect(),
            headers: self.headers.into_iter().map(value).collect(),
            applied: self.applied.iter().map(|text| secrets.hide(text)).collect(),
            ..self
        }
    }
}

fn value_of<'v>(all: &'v [(String, String)], name: &str) -> Option<&'v str> {
    all.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A request as it came: its first line, and a line for each header field.
struct Line {
    number: u64,
    text: String,
    status: Option<StatusCode>,
    applied: Vec<String>,
}

/// The latest requests. Their keys are hidden when they are read.
#[derive(Default)]
pub(super) struct Journal {
    lines: Mutex<VecDeque<Line>>,
    /// Those of all requests.
    secrets: Secrets,
}

impl Journal {
    /// A journal that also hides these secrets.
    pub(super) fn new(secrets: Secrets) -> Self {
        Self { lines: Mutex::default(), secrets }
    }

    fn lines(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, number: u64, request: &Parts, status: Option<StatusCode>, applied: Vec<String>) {
        let mut lines = self.lines();
        let oldest = if lines.len() >= MAX_REQUESTS { lines.pop_front() } else { None };
        let mut text = oldest.map_or_else(|| String::with_capacity(512), |oldest| oldest.text);
        text.clear();
        write(request, &mut text);
        lines.push_back(Line { number, text, status, applied });
    }

    /// The requests in their order.
    pub(super) fn received(&self) -> Vec<Received> {
        let mut received: Vec<Received> = self.lines().iter().map(read).collect();
        received.sort_by_key(|one| one.number);
        let mut secrets = self.secrets.clone();
        for one in &received {
            one.secrets(&mut secrets);
        }
        received.into_iter().map(|one| one.masked(&secrets)).collect()
    }

    pub(super) fn reset(&self) {
        self.lines().clear();
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("requests", &self.lines().len()).finish_non_exhaustive()
    }
}

/// Writes a request, of which whole fields and parameters are left out where it is too long: no part of a key
/// is left.
fn write(request: &Parts, text: &mut String) {
    let target = match (request.uri.authority(), request.uri.path_and_query()) {
        (None, Some(target)) => target.as_str(),
        _ => &request.uri.to_string(),
    };
    let cut = if target.len() > MAX_TARGET { target[..MAX_TARGET].rfind(['&', '?', '/']) } else { None };
    let target = if target.len() > MAX_TARGET { &target[..cut.unwrap_or(0)] } else { target };
    for part in [request.method.as_str(), " ", target, "\n"] {
        text.push_str(part);
    }
    let length = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 3;
    if text.len() + request.headers.iter().map(length).sum::<usize>() <= MAX_BYTES {
        request.headers.iter().for_each(|field| write_field(field, text));
        return;
    }
    // Secrets come first: they must be known, so that they are hidden elsewhere.
    for secret in [true, false] {
        for field in request.headers.iter().filter(|(name, _)| is_secret(name.as_str()) == secret) {
            if text.len() + length(field) <= MAX_BYTES {
                write_field(field, text);
            }
        }
    }
}

fn write_field((name, value): (&HeaderName, &HeaderValue), text: &mut String) {
    for part in [name.as_str(), ": ", &String::from_utf8_lossy(value.as_bytes()), "\n"] {
        text.push_str(part);
    }
}

fn read(line: &Line) -> Received {
    let mut lines = line.text.lines();
    let first = lines.next().unwrap_or_default();
    let (method, target) = first.split_once(' ').unwrap_or((first, ""));
    let (before, query) = target.split_once('?').unwrap_or((target, ""));
    let path = before.find("://").and_then(|at| before[at + 3..].find('/').map(|slash| at + 3 + slash));
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Received {
        number: line.number,
        method: method.to_owned(),
        path: before[path.unwrap_or(0)..].to_owned(),
        parameters: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: lines.filter_map(|line| line.split_once(": ")).map(owned).collect(),
        status: line.status.map(|status| status.as_u16()),
        applied: line.applied.clone(),
    }
}

/// The key of a request, after the scheme of its authorization.
pub(super) fn key_of<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h [u8]> {
    let value = headers.get(hyper::header::AUTHORIZATION)?.as_bytes();
    let (given, key) = value.split_at_checked(scheme.len())?;
    let key = key.trim_ascii();
    (given.eq_ignore_ascii_case(scheme.as_bytes())
        && value.get(scheme.len()) == Some(&b' ')
        && !key.is_empty())
    .then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(uri: &str, fields: &[(&str, &str)]) -> Received {
        let mut request = hyper::Request::builder().uri(uri);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let journal = Journal::default();
        journal.add(1, &parts, Some(StatusCode::OK), Vec::new());
        let received = journal.received().remove(0);
        journal.reset();
        assert!(journal.received().is_empty());
        received
    }

    #[test]
    fn keys_are_hidden() {
        let received = received(
            "http://host:1/v1/things?page=2&apiKey=other&note=ti_test_12345678&x=a%20b",
            &[
                ("authorization", "Bearer ti_test_12345678"),
                ("x-secret", "s"),
                ("x-copy", "is ti_test_12345678"),
            ],
        );
        assert!(!format!("{received:?}").contains("12345678"), "{received:?}");
        assert_eq!((&*received.method, &*received.path, received.status), ("GET", "/v1/things", Some(200)));
        assert_eq!(received.parameter("page"), Some("2"));
        assert_eq!(received.parameter("apiKey"), Some("***"));
        assert_eq!(received.parameter("x"), Some("a b"));
        assert_eq!(received.header("authorization"), Some("Bearer ***"));
        assert_eq!([received.header("x-secret"), received.header("x-copy")], [Some("***"), Some("is ***")]);
    }

    #[test]
    fn names_of_fields_are_not_hidden() {
        // user:secret
        let fields =
            [("authorization", "Basic dXNlcjpzZWNyZXQ="), ("user-agent", "secret"), ("x-secret", "agent")];
        let received = received("/v1?user=user", &fields);
        assert_eq!((received.header("user-agent"), received.parameter("user")), (Some("***"), Some("user")));
        assert_eq!(received.header("authorization"), Some("Basic ***"));
    }

    #[test]
    fn long_requests_are_shortened_without_cutting_a_key() {
        let long = "x".repeat(MAX_BYTES - 100);
        let uri = format!("/v1?a={}&b=key_0123456789", "y".repeat(MAX_TARGET - 10));
        let one = received(
            &uri,
            &[("x-long", &long), ("x-copy", "key_0123456789"), ("authorization", "Bearer key_0123456789")],
        );
        assert!(!format!("{one:?}").contains("key_0"), "{one:?}");
        assert_eq!((one.header("x-long"), one.header("x-copy")), (None, Some("***")));
        assert_eq!(received(&format!("/{}", "z".repeat(2 * MAX_TARGET)), &[]).path, "");
    }
}
