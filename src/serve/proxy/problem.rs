//! Responses of the proxy itself: problem details (RFC 9457).

use std::io;

use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use super::body::Body;
use super::connect::Refused;
use super::tls::{self, Failed};
use super::upstream::Failure;
use crate::finding::Finding;

/// The hop that made a response, and the type of the error (RFC 9209).
const PROXY_STATUS: HeaderName = HeaderName::from_static("proxy-status");

/// Findings that a response lists.
const MAX_FINDINGS: usize = 20;

/// Why there is no response of the target that could be passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    /// The type of the error, as RFC 9209 registers it.
    pub(super) kind: &'static str,
    pub(super) detail: String,
    findings: Vec<Value>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), findings: Vec::new() }
    }

    /// There is no response, or none that can be used.
    pub(super) fn bad_gateway(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, kind, detail)
    }

    /// The response took too long.
    pub(super) fn timeout(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, kind, detail)
    }

    /// The response violates the contract.
    pub(super) fn violation(contract: &str, findings: &[Finding]) -> Self {
        let finding = |finding: &Finding| {
            json!({"rule": finding.rule.id, "severity": finding.severity.name(),
                "pointer": finding.pointer.to_string(), "message": finding.message()})
        };
        let count = findings.len();
        let noun = if count == 1 { "finding" } else { "findings" };
        let detail = format!("the response violates the contract {contract}: {count} {noun}");
        let listed = findings.iter().take(MAX_FINDINGS).map(finding).collect();
        Self { findings: listed, ..Self::bad_gateway("http_protocol_error", detail) }
    }

    /// There is no response of this server.
    pub(super) fn of(failure: &Failure, server: &str) -> Self {
        let error = match failure {
            Failure::Connection(Refused::Late) => {
                return Self::timeout("connection_timeout", format!("{server}: no connection in time"));
            }
            Failure::Connection(Refused::Proxy(error)) => {
                let what = format!("{server}: connection through the proxy failed: {}", cause(error));
                return Self::bad_gateway("destination_unavailable", what);
            }
            Failure::Connection(Refused::Target(error)) => return Self::unconnected(error, server),
            Failure::Response(error) => error,
        };
        if error.is_parse_too_large() {
            let what = "the head of the response exceeds 256 KiB or 256 fields";
            return Self::bad_gateway("http_response_header_section_size", format!("{server}: {what}"));
        }
        let what = format!("{server}: no valid response: {}", cause(error));
        Self::bad_gateway("http_protocol_error", what)
    }

    fn unconnected(error: &io::Error, server: &str) -> Self {
        let cause = cause(error);
        let bad = |kind, what: &str| Self::bad_gateway(kind, format!("{server}: {what}"));
        match (tls::failed(error), error.kind()) {
            (Some(Failed::Certificate(why)), _) => {
                bad("tls_certificate_error", &format!("certificate is not trusted: {why}"))
            }
            (Some(Failed::Handshake(why)), _) => {
                bad("tls_protocol_error", &format!("TLS handshake failed: {why}"))
            }
            (None, io::ErrorKind::ConnectionRefused) => bad("connection_refused", "connection refused"),
            (None, _) if cause.contains("lookup address") => {
                bad("dns_error", &format!("host not found: {cause}"))
            }
            (None, _) => bad("destination_unavailable", &format!("no connection: {cause}")),
        }
    }

    /// The same with its detail rewritten.
    pub(super) fn reworded(self, words: impl Fn(&str) -> String) -> Self {
        Self { detail: words(&self.detail), ..self }
    }

    pub(super) fn response(&self) -> Response<Body> {
        let title = self.status.canonical_reason().unwrap_or_default();
        let mut body = json!({"type": "about:blank", "title": title,
            "status": self.status.as_u16(), "detail": self.detail});
        if !self.findings.is_empty() {
            body["findings"] = Value::from(&*self.findings);
        }
        let mut response = Response::new(Body::whole(body.to_string().into(), None));
        *response.status_mut() = self.status;
        let fields = response.headers_mut();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            fields.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        let status = format!("{}; error={}", env!("CARGO_PKG_NAME"), self.kind);
        if let Ok(status) = HeaderValue::from_str(&status) {
            fields.insert(PROXY_STATUS, status);
        }
        response
    }
}

/// The last cause of an error, which the others only repeat.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
