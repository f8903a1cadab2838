//! What records keep of a response beside its body.

use std::time::Duration;

use jiff::Timestamp;
use ureq::http::{StatusCode, Version};

/// How a response came.
pub(super) struct Exchange {
    /// When it was requested.
    pub(super) started: Timestamp,
    /// From then to its first byte.
    pub(super) wait: Duration,
    /// From then to its last one.
    pub(super) receive: Duration,
    pub(super) status: StatusCode,
    pub(super) version: Version,
    /// Headers that reveal nothing about people or keys.
    pub(super) headers: Vec<(String, String)>,
    /// Its bytes as they came.
    pub(super) length: usize,
}
