//! Responses and their header fields.

use std::fmt::Write;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ALLOW,
    CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION, ORIGIN,
    RETRY_AFTER, VARY,
};
use hyper::{HeaderMap, Response, StatusCode};
use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::failure::Failure;
use super::http::{Abort, Body};
use super::page::Page;
use crate::contract::Contract;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const VIOLATION: HeaderName = HeaderName::from_static("x-violation");
const REQUEST_PRIVATE: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");
/// The fields that scripts of other origins may read.
const EXPOSED: &str = "etag, location, preference-applied, retry-after, x-ratelimit-limit, \
                       x-ratelimit-remaining, x-ratelimit-reset, x-violation";

/// A page; 304 where the request names its tag and no status is preferred.
pub(super) fn page(page: &Page, headers: &HeaderMap, code: Option<StatusCode>) -> Response<Body> {
    let zipped = if accepts_gzip(headers) { page.compressed() } else { None };
    let (body, tag) = zipped.map_or((&page.body, &page.tag), |(body, tag)| (body, tag));
    let is_known = code.is_none() && is_known(headers, tag);
    let mut response = empty(if is_known { StatusCode::NOT_MODIFIED } else { code.unwrap_or_default() });
    let fields = response.headers_mut();
    fields.insert(ETAG, tag.clone());
    fields.insert(VARY, HeaderValue::from_static("accept-encoding, prefer"));
    if !is_known {
        fields.insert(CONTENT_TYPE, JSON);
        if zipped.is_some() {
            fields.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    if let Some(label) = &page.violation {
        fields.insert(VIOLATION, text(label));
    }
    if !is_known {
        *response.body_mut() = Body::new(body.clone());
    }
    response
}

/// An error, in the shape of the API.
pub(super) fn failure(failure: &Failure, contract: &Contract) -> Response<Body> {
    let status = failure.status;
    let has_no_body = [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED];
    let body = if has_no_body.contains(&status) { String::new() } else { failure.body(contract) };
    let mut response = json(status, body);
    let fields = response.headers_mut();
    if let Some(seconds) = failure.retry_after {
        fields.insert(RETRY_AFTER, seconds.into());
    }
    if status == StatusCode::UNAUTHORIZED {
        let scheme = contract.authentication.as_ref().map_or("Bearer", |known| &*known.scheme);
        fields.insert(hyper::header::WWW_AUTHENTICATE, text(scheme));
    }
    if [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::REQUEST_TIMEOUT].contains(&status) {
        // The rest of the request is not read.
        fields.insert(hyper::header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// 405 with the methods that are allowed.
pub(super) fn not_allowed(contract: &Contract, methods: &str) -> Response<Body> {
    let what = format!("method not allowed; expected {methods}");
    let mut response = failure(&Failure::new(StatusCode::METHOD_NOT_ALLOWED, what), contract);
    allow(&mut response, methods);
    response
}

/// Adds the methods that are allowed.
pub(super) fn allow(response: &mut Response<Body>, methods: &str) {
    response.headers_mut().insert(ALLOW, text(methods));
}

/// Adds the location that a redirect leads to: the same request without preferences in the query.
pub(super) fn redirect(response: &mut Response<Body>, path: &str, query: &str) {
    let others: Vec<&str> =
        query.split('&').filter(|pair| !pair.starts_with("__") && !pair.is_empty()).collect();
    let location = [path, &others.join("&")].join(if others.is_empty() { "" } else { "?" });
    response.headers_mut().insert(LOCATION, text(&location));
}

/// A response with this JSON text.
pub(super) fn json(status: StatusCode, body: String) -> Response<Body> {
    let mut response = empty(status);
    if !body.is_empty() {
        response.headers_mut().insert(CONTENT_TYPE, JSON);
        *response.body_mut() = Body::new(body.into());
    }
    response
}

/// A response without a body, with room for its fields.
fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.headers_mut() = HeaderMap::with_capacity(12);
    *response.status_mut() = status;
    response
}

/// The response to OPTIONS, such as a preflight of a browser.
pub(super) fn options(request: &HeaderMap, methods: &str) -> Response<Body> {
    let mut response = empty(StatusCode::NO_CONTENT);
    let fields = response.headers_mut();
    fields.insert(ALLOW, text(methods));
    fields.insert(ACCESS_CONTROL_ALLOW_METHODS, text(methods));
    let usual = HeaderValue::from_static("authorization, prefer, if-none-match");
    let requested = request.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    fields.insert(ACCESS_CONTROL_ALLOW_HEADERS, requested.unwrap_or(usual));
    fields.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if request.contains_key(REQUEST_PRIVATE) {
        fields.insert(ALLOW_PRIVATE, HeaderValue::from_static("true"));
    }
    response
}

/// Adds the fields of every response: limits, preferences, permissions for scripts of other origins.
pub(super) fn finish(
    response: &mut Response<Body>,
    request: &HeaderMap,
    limits: [HeaderValue; 3],
    applied: &[String],
) {
    add_limits(response, limits);
    let fields = response.headers_mut();
    if !applied.is_empty() {
        fields.insert(APPLIED, text(&applied.join(", ")));
    }
    if request.contains_key(ORIGIN) {
        fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        fields.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// Adds the fields of rate limits: limit, remaining requests and reset.
pub(super) fn add_limits(response: &mut Response<Body>, limits: [HeaderValue; 3]) {
    for (name, value) in [LIMIT, REMAINING, RESET].into_iter().zip(limits) {
        response.headers_mut().insert(name, value);
    }
}

/// The same as lines of a head.
pub(super) fn limit_lines(limit: u32, remaining: u32, reset: u64) -> String {
    format!("{LIMIT}: {limit}\r\n{REMAINING}: {remaining}\r\n{RESET}: {reset}\r\n")
}

/// The response up to half of its body.
pub(super) fn truncated(response: &Response<Body>) -> Abort {
    let status = response.status();
    let body = response.body().bytes();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}\r\ncontent-length: {}\r\n", status.as_u16(), body.len());
    for (name, value) in response.headers() {
        // Writing to memory does not fail.
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    head.push_str("\r\n");
    let bytes = [head.as_bytes(), &body[..body.len() / 2]].concat();
    Abort { bytes: bytes.into(), reset: false }
}

/// Bytes that are no response.
pub(super) fn garbage(seed: u64) -> Abort {
    let mut state = seed;
    let byte = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Not printable, so that nothing takes them for the head of a response.
        (state >> 56) as u8 | 0x80
    };
    Abort { bytes: (0..256).map(byte).collect::<Vec<u8>>().into(), reset: false }
}

/// The end of the connection.
pub(super) fn ended(reset: bool) -> Abort {
    Abort { bytes: Bytes::new(), reset }
}

/// Pieces of a slow body, and the pause before each.
pub(super) const SLOW: (usize, Duration) = (20, Duration::from_millis(100));

/// Text as the value of a field, percent-encoded where necessary.
fn text(text: &str) -> HeaderValue {
    let encoded = utf8_percent_encode(text, CONTROLS).to_string();
    HeaderValue::from_str(&encoded).unwrap_or(HeaderValue::from_static(""))
}

/// Whether `If-None-Match` has this tag.
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let tag = tag.to_str().unwrap_or_default();
    headers.get_all(IF_NONE_MATCH).iter().filter_map(|known| known.to_str().ok()).any(|known| {
        known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == tag)
    })
}

/// Whether a body may be compressed.
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT_ENCODING).iter().filter_map(|accepted| accepted.to_str().ok()).any(|accepted| {
        accepted.split(',').any(|one| {
            let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
            let weight =
                weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(1.0);
            coding.trim().eq_ignore_ascii_case("gzip") && weight > 0.0
        })
    })
}
