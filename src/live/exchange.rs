//! What records keep of a response beside its body.

use std::time::Duration;

use jiff::Timestamp;
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
