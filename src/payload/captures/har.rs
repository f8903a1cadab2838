//! Reads HAR 1.2 entries as browsers, proxies and test tools write them.

use serde::Deserialize;
use serde_json::Value;

use super::Shape;
use super::beside::Elsewhere;
use super::entry::{Entry, Text};
use super::exchange::{Exchange, coding, status};
use crate::payload::{Input, Request};

pub(super) static SHAPE: Shape = Shape {
    input: Input::Har,
    lists: &[&["log", "entries"]],
    loose: &[],
    bodies: &["text"],
    texts: &["text"],
    exchanges,
};

/// A blocked or pending request has no response in some of the tools; what has no request is no entry.
#[derive(Deserialize)]
struct HarEntry<'e> {
    request: HarRequest,
    #[serde(borrow)]
    response: Option<HarResponse<'e>>,
}

#[derive(Deserialize)]
struct HarRequest {
    method: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct HarResponse<'e> {
    status: Option<Value>,
    #[serde(default)]
    headers: Value,
    #[serde(borrow)]
    content: Option<Content<'e>>,
}

#[derive(Deserialize)]
struct Content<'e> {
    #[serde(borrow)]
    text: Option<Text<'e>>,
    encoding: Option<String>,
    /// Playwright puts bodies into files beside the HAR when asked to.
    #[serde(rename = "_file")]
    file: Option<String>,
}

/// Whether a text is encoded as base64.
pub(super) fn is_base64(encoding: &str) -> bool {
    encoding.trim().eq_ignore_ascii_case("base64")
}

fn exchanges(entry: &Entry<'_>) -> serde_json::Result<Vec<Exchange>> {
    let HarEntry { request, response } = serde_json::from_slice(entry.text())?;
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
        body: text.map(|text| entry.bytes(text)).transpose()?,
        base64: encoding.is_some_and(|encoding| is_base64(&encoding)),
        elsewhere: file.map(Elsewhere::Beside),
        coding: coding(&headers),
        ..Exchange::default()
    }])
}
