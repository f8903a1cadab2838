//! Sends one request and classifies the response.

use std::io::{self, Read};
use std::slice::from_ref;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::address::Address;
use super::exchange::{Exchange, coding, is_partial, kept, printable};
use super::key::Key;
use super::options::Options;
use super::pace::{retry_after, until};
use super::proxy::Proxy;
use crate::error::{Error, ErrorKind};
use crate::payload;

/// More are a loop, or as good as one.
const MAX_REDIRECTS: usize = 5;

/// What came of one request.
pub(super) enum Fetched {
    Response(Response),
    /// To be followed, on the same server.
    Redirect(Address, String),
    /// Worth another try, after a wait that the server may have named.
    Again(String, Option<Duration>),
    /// The same, of a response with this status.
    Busy(StatusCode, Option<Duration>),
    /// A response with this status that is not validated; no other try would help.
    Refused(u16, Error),
    /// No other try would help.
    Stop(Error),
}

/// The body of a response, decoded.
pub(super) struct Response {
    pub(super) bytes: Vec<u8>,
    /// Its `Content-Type`.
    pub(super) kind: String,
    /// How it came, as far as records keep it.
    pub(super) exchange: Exchange,
    /// The time until the server accepts requests again, if its rate limit is exhausted.
    pub(super) pause: Option<Duration>,
}

/// Sends requests.
pub(super) struct Fetcher {
    agent: Agent,
    key: Key,
    max_body: u64,
    proxied: bool,
}

impl Fetcher {
    pub(super) fn new(address: &Address, key: Key, options: &Options) -> Result<Self, Error> {
        if options.proxy.is_some() && !address.is_secure() {
            let what = "plain HTTP is not sent through a proxy, which would see the API key; use HTTPS";
            return Err(Error::new(ErrorKind::Usage, address.url(), what));
        }
        let mut tls = TlsConfig::builder().disable_verification(options.insecure);
        if let Some(pem) = &options.certificates {
            let roots = roots(pem)
                .ok_or_else(|| Error::new(ErrorKind::Input, "`certificates`", "no PEM certificate found"))?;
            tls = tls.root_certs(RootCerts::new_with_certs(&roots));
        }
        let timeouts = options.timeouts;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Never what the environment says: whoever walks says it.
            .proxy(options.proxy.as_ref().map(Proxy::inner))
            .tls_config(tls.build())
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .timeout_resolve(Some(timeouts.connect))
            .timeout_connect(Some(timeouts.connect))
            .timeout_recv_response(Some(timeouts.read))
            .timeout_per_read(Some(timeouts.read))
            .timeout_global(Some(timeouts.whole))
            .build();
        let proxied = options.proxy.is_some();
        Ok(Self { agent: config.into(), key, max_body: options.max_body, proxied })
    }

    /// Sends one request. `hops` is the number of redirects that led here.
    pub(super) fn get(&self, address: &Address, query: &str, hops: usize) -> Fetched {
        let url = address.url();
        let header = match self.key.header() {
            Ok(header) => header,
            Err(error) => return Fetched::Stop(error),
        };
        let target = if query.is_empty() { url } else { format!("{url}?{query}") };
        let request = self.agent.get(&target).header("authorization", header);
        let (started, clock) = (Timestamp::now(), Instant::now());
        let response = match request.header("accept-encoding", "gzip, br, zstd").call() {
            Ok(response) => response,
            Err(error) => return self.failed(&error, address),
        };
        let (parts, body) = response.into_parts();
        let status = parts.status;
        let exchange = Exchange {
            started,
            wait: clock.elapsed(),
            receive: Duration::ZERO,
            status,
            version: parts.version,
            headers: kept(&parts.headers, from_ref(&self.key)),
            length: 0,
            broken: None,
        };
        let refused = |what: &str| Fetched::Refused(status.as_u16(), self.error(address, what));
        let named = text(&parts.headers, "retry-after").as_deref().and_then(retry_after);
        match status.as_u16() {
            206 if is_partial(status, &parts.headers) => refused("returned 206: a part of a response"),
            // Whatever says that it succeeded is validated if it has a body.
            200..=203 | 206..=299 => self.body(&parts.headers, exchange, body.into_reader(), address),
            301 | 302 | 303 | 307 | 308 if hops < MAX_REDIRECTS => {
                let location = text(&parts.headers, "location").unwrap_or_default();
                match address.redirected(&location) {
                    Ok((next, query)) => Fetched::Redirect(next, query),
                    Err(what) => refused(&format!("returned {status}: {what}")),
                }
            }
            301 | 302 | 303 | 307 | 308 => refused(&format!("redirected more than {MAX_REDIRECTS} times")),
            429 | 503 => Fetched::Busy(status, named),
            408 | 500..=599 => Fetched::Busy(status, None),
            code => refused(&format!("returned {status}{}", advice(code))),
        }
    }

    /// The end of the walk. A redirect may have put the key into the address.
    fn stop(&self, address: &Address, what: &str) -> Fetched {
        Fetched::Stop(self.error(address, what))
    }

    fn error(&self, address: &Address, what: &str) -> Error {
        let location = self.key.scrubbed(&address.url());
        Error::new(ErrorKind::Network, location, self.key.scrubbed(what))
    }

    /// Text of a server, safe for a message.
    fn printable(&self, text: &str) -> String {
        printable(text, from_ref(&self.key))
    }

    fn body(
        &self,
        headers: &HeaderMap,
        mut exchange: Exchange,
        reader: impl Read,
        address: &Address,
    ) -> Fetched {
        let clock = Instant::now();
        let stop = |what: String| self.stop(address, &what);
        let too_large =
            || stop(format!("response exceeds the maximum of {} bytes (`max_body`)", self.max_body));
        let mut raw = Vec::new();
        if let Err(error) = reader.take(self.max_body.saturating_add(1)).read_to_end(&mut raw) {
            return Fetched::Again(self.key.scrubbed(&format!("response was truncated: {error}")), None);
        }
        if raw.len() as u64 > self.max_body {
            return too_large();
        }
        (exchange.receive, exchange.length) = (clock.elapsed(), raw.len());
        let length = text(headers, "content-length").and_then(|length| length.parse::<u64>().ok());
        if length.is_some_and(|length| length > raw.len() as u64) {
            return Fetched::Again("response is shorter than its Content-Length".to_owned(), None);
        }
        let coding = coding(headers);
        if let Some(other) = coding.split(',').map(str::trim).find(|coding| !is_known(coding)) {
            return stop(format!(
                "answers in the coding `{}`, which was not requested",
                self.printable(other)
            ));
        }
        let mut bytes = match payload::as_sent(raw, &coding, self.max_body) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return too_large(),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                return stop(format!("response could not be decoded: {error}"));
            }
            Err(error) => return Fetched::Again(format!("response could not be decoded: {error}"), None),
        };
        if bytes.trim_ascii().is_empty() {
            let error = self.error(address, "response has an empty body");
            return Fetched::Refused(exchange.status.as_u16(), error);
        }
        self.key.scrub(&mut bytes);
        let kind = text(headers, "content-type").unwrap_or_default();
        Fetched::Response(Response { bytes, kind: self.printable(&kind), exchange, pause: pause(headers) })
    }

    /// Classifies a failed request: stop, or retry.
    fn failed(&self, error: &ureq::Error, address: &Address) -> Fetched {
        let reason = error.to_string();
        let stop = |what: &str| self.stop(address, &format!("{what}: {reason}"));
        match error {
            ureq::Error::HostNotFound => stop(NOT_FOUND),
            // What the system says of a name is an error without a kind.
            ureq::Error::Io(_) if reason.contains("lookup address") && !is_temporary(&reason) => {
                stop(NOT_FOUND)
            }
            ureq::Error::Io(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => {
                let by = if self.proxied { " by the proxy" } else { "" };
                self.stop(address, &format!("connection refused{by}"))
            }
            ureq::Error::ConnectProxyFailed(_) => stop("connection through the proxy failed"),
            _ if reason.contains("certificate") => {
                stop("certificate is not trusted; add your own authority with `certificates`")
            }
            ureq::Error::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => {
                stop("TLS handshake failed")
            }
            ureq::Error::Timeout(_)
            | ureq::Error::Io(_)
            | ureq::Error::ConnectionFailed
            | ureq::Error::BodyStalled => Fetched::Again(self.key.scrubbed(&reason), None),
            ureq::Error::Protocol(_) => stop("invalid HTTP response"),
            _ => stop("request failed"),
        }
    }
}

const NOT_FOUND: &str = "host not found; check the name of the instance";

/// Whether the name of a host may be found the next time.
fn is_temporary(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.contains("temporary") || reason.contains("try again")
}

/// Whether the body can be decoded.
fn is_known(coding: &str) -> bool {
    ["", "identity", "gzip", "x-gzip", "br", "zstd"].iter().any(|known| coding.eq_ignore_ascii_case(known))
}

/// What to look at.
fn advice(status: u16) -> &'static str {
    match status {
        204 | 205 => ": there is nothing to validate",
        304 => ", although the request was not conditional",
        300..=399 => ", which is not a redirect that can be followed",
        400 | 422 => "; check `query=`, `sort=`, `count=` and `page=`",
        401 => "; check the API key: it must belong to this instance",
        403 => "; check the permissions of the API key",
        404 => "; check the name of the instance and the path",
        _ => "",
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// When server reports that no requests are left, how long until there are some again.
fn pause(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| text(headers, name)?.trim().parse::<u64>().ok();
    if number("x-ratelimit-remaining")? > 0 {
        return None;
    }
    until(number("x-ratelimit-reset")?)
}

/// The public authorities and those in the PEM text, where it holds any.
fn roots(pem: &[u8]) -> Option<Vec<Certificate<'static>>> {
    let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
    let mut roots: Vec<_> = public.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.ok()? {
            roots.push(certificate);
        }
    }
    (roots.len() > public.len()).then_some(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_authorities_stand_beside_the_public_ones() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS.len();
        let pem = own.cert.pem();
        assert_eq!(roots(pem.repeat(2).as_bytes()).unwrap().len(), public + 2);
        assert!(public > 50 && roots(b"").is_none());
    }
}
