//! What does the server answer to one request?

use std::io::{self, Read};
use std::time::Duration;

use ureq::http::{HeaderMap, StatusCode};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy};

use super::address::Address;
use super::key::Key;
use super::options::Options;
use super::pace::{retry_after, until};
use crate::error::{Error, ErrorKind};
use crate::payload;

/// More are a loop, or as good as one.
const MOST_REDIRECTS: usize = 5;

/// What came of one request.
pub(super) enum Answer {
    Body(Body),
    /// To be followed, on the same server.
    Elsewhere(Address, String),
    /// Worth another try, after a wait that the server may have named.
    Again(String, Option<Duration>),
    /// No other try would help.
    Stop(Error),
}

/// The body of an answer, decoded.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// Its `Content-Type`.
    pub(super) kind: String,
    /// How long until the server accepts requests again, where it says that it accepts none now.
    pub(super) pause: Option<Duration>,
}

/// Sends requests.
pub(super) struct Fetcher {
    agent: Agent,
    key: Key,
    max_body: u64,
}

impl Fetcher {
    pub(super) fn new(address: &Address, key: Key, options: &Options) -> Result<Self, Error> {
        let mut tls = TlsConfig::builder().disable_verification(options.insecure);
        if let Some(pem) = &options.certificates {
            let certificates = certificates(pem)
                .ok_or_else(|| Error::new(ErrorKind::Input, "certificates", "hold no PEM certificate"))?;
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
        }
        // Over plain HTTP a proxy would see the key.
        let proxy = if address.is_secure() && !address.is_loopback() { Proxy::try_from_env() } else { None };
        let timeouts = options.timeouts;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .tls_config(tls.build())
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .timeout_resolve(Some(timeouts.connect))
            .timeout_connect(Some(timeouts.connect))
            .timeout_recv_response(Some(timeouts.read))
            .timeout_per_read(Some(timeouts.read))
            .timeout_global(Some(timeouts.whole))
            .build();
        Ok(Self { agent: config.into(), key, max_body: options.max_body })
    }

    /// Asks once. `hops` is the number of redirects that led here.
    pub(super) fn get(&self, address: &Address, query: &str, hops: usize) -> Answer {
        let url = address.url();
        let stop = |what: String| Answer::Stop(Error::new(ErrorKind::Network, address.url(), what));
        let header = match self.key.header() {
            Ok(header) => header,
            Err(error) => return Answer::Stop(error),
        };
        let target = if query.is_empty() { url } else { format!("{url}?{query}") };
        let request = self.agent.get(&target).header("authorization", header);
        let response = match request.header("accept-encoding", "gzip, br, zstd").call() {
            Ok(response) => response,
            Err(error) => return self.failed(&error, address),
        };
        let (parts, body) = response.into_parts();
        let status = parts.status;
        let named = text(&parts.headers, "retry-after").as_deref().and_then(retry_after);
        match status.as_u16() {
            200 => self.body(&parts.headers, body.into_reader(), address),
            301 | 302 | 303 | 307 | 308 if hops < MOST_REDIRECTS => {
                let location = text(&parts.headers, "location").unwrap_or_default();
                match address.redirected(&location) {
                    Ok((next, query)) => Answer::Elsewhere(next, query),
                    Err(what) => stop(format!("answers {status}: {what}")),
                }
            }
            300..=399 if status != StatusCode::NOT_MODIFIED => {
                stop(format!("redirects more than {MOST_REDIRECTS} times"))
            }
            429 | 503 => Answer::Again(format!("it answered {status}"), named),
            408 | 500..=599 => Answer::Again(format!("it answered {status}"), None),
            other => stop(format!("answers {status}{}", advice(other))),
        }
    }

    fn body(&self, headers: &HeaderMap, reader: impl Read, address: &Address) -> Answer {
        let stop = |what: String| Answer::Stop(Error::new(ErrorKind::Network, address.url(), what));
        let too_large = || {
            stop(format!(
                "answers with more than {} bytes, the most that is read (`--max-body`)",
                self.max_body
            ))
        };
        let mut raw = Vec::new();
        if let Err(error) = reader.take(self.max_body.saturating_add(1)).read_to_end(&mut raw) {
            return Answer::Again(self.key.scrubbed(&format!("the answer was cut off: {error}")), None);
        }
        if raw.len() as u64 > self.max_body {
            return too_large();
        }
        let length = text(headers, "content-length").and_then(|length| length.parse::<u64>().ok());
        if length.is_some_and(|length| length > raw.len() as u64) {
            return Answer::Again("the answer is shorter than it says".to_owned(), None);
        }
        let coding = text(headers, "content-encoding").unwrap_or_default();
        let mut bytes = match payload::decoded(raw, &coding, self.max_body) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return too_large(),
            Err(error) => return Answer::Again(format!("the answer could not be decoded: {error}"), None),
        };
        if bytes.trim_ascii().is_empty() {
            return stop("answers 200 with an empty body".to_owned());
        }
        self.key.scrub(&mut bytes);
        let kind = text(headers, "content-type").unwrap_or_default();
        let kind = self.key.scrubbed(&kind.chars().filter(|c| !c.is_control()).take(100).collect::<String>());
        Answer::Body(Body { bytes, kind, pause: pause(headers) })
    }

    fn failed(&self, error: &ureq::Error, address: &Address) -> Answer {
        let stop = |what: &str| {
            let said = self.key.scrubbed(&error.to_string());
            Answer::Stop(Error::new(ErrorKind::Network, address.url(), format!("{what}: {said}")))
        };
        let said = error.to_string();
        match error {
            ureq::Error::HostNotFound => stop("cannot be found; check the name of the instance"),
            ureq::Error::Io(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => {
                stop("refuses the connection")
            }
            _ if said.contains("certificate") => {
                stop("is not trusted (`--cacert` names the certificate of an authority of your own)")
            }
            ureq::Error::Timeout(_)
            | ureq::Error::Io(_)
            | ureq::Error::ConnectionFailed
            | ureq::Error::BodyStalled => Answer::Again(self.key.scrubbed(&said), None),
            ureq::Error::Protocol(_) => stop("does not speak HTTP as it should"),
            _ => stop("cannot be asked"),
        }
    }
}

/// What to look at.
fn advice(status: u16) -> &'static str {
    match status {
        204 => ": there is nothing to judge",
        304 => ", not modified, although nothing was asked that could be",
        400 | 422 => "; check --query, --sort, --count and --page",
        401 => "; check the API key, and that it is one of this instance",
        403 => "; the API key is known and may not do this: check its permissions",
        404 => "; check the name of the instance and the path",
        _ => "",
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// When the server says that no request is left, how long until there are some again.
fn pause(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| text(headers, name)?.trim().parse::<u64>().ok();
    if number("x-ratelimit-remaining")? > 0 {
        return None;
    }
    until(number("x-ratelimit-reset")?)
}

fn certificates(pem: &[u8]) -> Option<Vec<Certificate<'static>>> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.ok()? {
            found.push(certificate);
        }
    }
    (!found.is_empty()).then_some(found)
}
