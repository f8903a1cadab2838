//! Reads HAR 1.2 entries as browsers, proxies and test tools write them.

use serde::Deserialize;
use serde_json::Value;

use super::Shape;
use super::beside::Elsewhere;
use super::exchange::{Exchange, Text, coding, status};
use crate::payload::{Input, Request};

pub(super) static SHAPE: Shape =
    Shape { input: Input::Har, lists: &[&["log", "entries"]], loose: &[], bodies: &["text"], exchanges };

/// A blocked or pending request has no response in some of the tools; what has no request is no entry.
#[derive(Deserialize)]
struct Entry {
    request: HarRequest,
    response: Option<HarResponse>,
}

#[derive(Deserialize)]
struct HarRequest {
    method: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct HarResponse {
    status: Option<Value>,
    #[serde(default)]
    headers: Value,
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    text: Option<Text>,
    encoding: Option<String>,
    /// Playwright puts bodies into files beside the HAR when asked to.
    #[serde(rename = "_file")]
    file: Option<String>,
}

fn exchanges(entry: &[u8]) -> serde_json::Result<Vec<Exchange>> {
    let Entry { request, response } = serde_json::from_slice(entry)?;
    let HarRequest { method, url } = request;
    let request = Request::new(method.as_deref().unwrap_or("GET"), &url.unwrap_or_default());
    let Some(HarResponse { status: code, headers, content }) = response else {
        return Ok(vec![Exchange { request, status: Ok(Some(0)), ..Exchange::default() }]);
    };
    let (text, encoding, file) =
        content.map_or((None, None, None), |content| (content.text, content.encoding, content.file));
    Ok(vec![Exchange {
        request,
        status: status(code.as_ref()),
        body: text.map(|Text(bytes)| bytes),
        base64: encoding.is_some_and(|encoding| encoding.trim().eq_ignore_ascii_case("base64")),
        elsewhere: file.map(Elsewhere::Beside),
        coding: coding(&headers),
        ..Exchange::default()
    }])
}
