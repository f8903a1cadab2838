//! Writes an exchange as an entry of HAR 1.2.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::exchange::Exchange;

/// An entry, whose body is not copied on its way.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'b> {
    started_date_time: String,
    time: f64,
    request: Value,
    response: Response<'b>,
    cache: Value,
    timings: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'b> {
    status: u16,
    status_text: &'static str,
    http_version: String,
    cookies: [(); 0],
    headers: Vec<Pair<'b>>,
    content: Content<'b>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    headers_size: i8,
    body_size: usize,
    /// Why it ended before its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'b str>,
}

/// A header or a parameter.
#[derive(Serialize)]
struct Pair<'b> {
    name: &'b str,
    value: &'b str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'b> {
    size: usize,
    mime_type: &'b str,
    text: &'b str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

/// The text of an entry; of one that is not the first, with the comma before it.
pub(super) fn entry(
    method: &str,
    url: &str,
    exchange: &Exchange,
    body: &[u8],
    first: bool,
) -> serde_json::Result<Vec<u8>> {
    let encoded;
    let (text, encoding) = if let Ok(text) = std::str::from_utf8(body) {
        (text, None)
    } else {
        encoded = STANDARD.encode(body);
        (&*encoded, Some("base64"))
    };
    let headers = exchange.headers.iter().map(|(name, value)| Pair { name, value }).collect();
    let kind = exchange.headers.iter().find(|(name, _)| name == "content-type");
    let version = format!("{:?}", exchange.version);
    let (wait, receive) = (milliseconds(exchange.wait), milliseconds(exchange.receive));
    let recorded = Entry {
        started_date_time: moment(exchange.started),
        time: milliseconds(exchange.wait + exchange.receive),
        request: request(method, url),
        response: Response {
            status: exchange.status.as_u16(),
            status_text: exchange.status.canonical_reason().unwrap_or_default(),
            http_version: version,
            cookies: [],
            headers,
            content: Content {
                size: body.len(),
                mime_type: kind.map_or("", |(_, value)| value),
                text,
                encoding,
            },
            redirect_url: "",
            headers_size: -1,
            body_size: exchange.length,
            comment: exchange.broken.as_deref(),
        },
        cache: json!({}),
        // The connection and the request are part of the wait: nobody times them apart.
        timings: json!({"send": 0, "wait": wait, "receive": receive}),
    };
    let mut entry = if first { b"\n".to_vec() } else { b",\n".to_vec() };
    serde_json::to_writer(&mut entry, &recorded)?;
    Ok(entry)
}

/// The request, without the key.
fn request(method: &str, url: &str) -> Value {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = form_urlencoded::parse(query.as_bytes());
    let pairs: Vec<Value> = pairs.map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({"method": method, "url": url, "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": [{"name": "accept", "value": "application/json"}], "queryString": pairs,
        "headersSize": -1, "bodySize": 0})
}

/// In milliseconds, to the microsecond.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// As browsers write it: to the millisecond.
fn moment(time: Timestamp) -> String {
    format!("{time:.3}")
}
