//! What records keep of a response beside its body.

use std::time::Duration;

use jiff::Timestamp;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_RANGE};
use ureq::http::{HeaderMap, HeaderValue, StatusCode, Version};

use super::key::Key;

/// Headers that records keep, beside those of the rate limit.
const RECORDED: &[&str] = &["content-type", "date", "etag", "retry-after"];

/// How a response came.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// When it was requested.
    pub(crate) started: Timestamp,
    /// From then to its first byte.
    pub(crate) wait: Duration,
    /// From then to its last one.
    pub(crate) receive: Duration,
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    /// Headers that reveal nothing about people or keys.
    pub(crate) headers: Vec<(String, String)>,
    /// Its bytes as they came.
    pub(crate) length: usize,
    /// Why it ended before its end.
    pub(crate) broken: Option<String>,
}

/// The headers that records keep, without keys.
pub(crate) fn kept(headers: &HeaderMap, keys: &[Key]) -> Vec<(String, String)> {
    let is_kept = |name: &str| RECORDED.contains(&name) || name.starts_with("x-ratelimit-");
    let kept = headers.iter().filter(|(name, _)| is_kept(name.as_str()));
    let text = |value: &HeaderValue| printable(&String::from_utf8_lossy(value.as_bytes()), keys);
    kept.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Text of a server, safe for a message.
pub(super) fn printable(text: &str, keys: &[Key]) -> String {
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    // Hidden before it is cut: half a key is too much.
    keys.iter().fold(text, |text, key| key.scrubbed(&text)).chars().take(100).collect()
}

/// The values of `Content-Encoding`.
pub(crate) fn coding(headers: &HeaderMap) -> String {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(",")
}

/// Whether a body is a part of one: `Content-Range` of status 206 has another unit where it counts items.
pub(crate) fn is_partial(status: StatusCode, headers: &HeaderMap) -> bool {
    let range = headers.get(CONTENT_RANGE).map(HeaderValue::as_bytes);
    let is_of_bytes = |range: &[u8]| range.get(..5).is_some_and(|unit| unit.eq_ignore_ascii_case(b"bytes"));
    status == StatusCode::PARTIAL_CONTENT && range.is_none_or(is_of_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_bytes_is_a_part_of_a_body() {
        for (status, range, expected) in [
            (206, Some("bytes 0-3/10"), true),
            (206, None, true),
            (206, Some("0-24/3573"), false),
            (206, Some("items 0-24/*"), false),
            (200, Some("bytes 0-3/10"), false),
        ] {
            let headers = range.map(|range| (CONTENT_RANGE, HeaderValue::from_static(range)));
            let headers = HeaderMap::from_iter(headers);
            assert_eq!(is_partial(StatusCode::from_u16(status).unwrap(), &headers), expected, "{range:?}");
        }
    }
}
