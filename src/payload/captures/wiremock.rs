//! What did `WireMock` serve (its journal), and what did it record (its mappings)?

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Shape;
use super::exchange::{Exchange, Text, coding, status};
use crate::payload::{Input, Request};

pub(super) static SHAPE: Shape = Shape {
    input: Input::WireMock,
    name: "a journal or mappings of WireMock",
    lists: &[&["requests"], &["mappings"]],
    loose: &["request", "response"],
    told: |keys| {
        let has = |key: &str| keys.contains(key);
        has("requests/*/request/method")
            || has("mappings/*/request/method")
            || has("request/method") && has("response/status")
    },
    exchanges,
};

#[derive(Deserialize)]
struct Served<'e> {
    #[serde(default)]
    request: Value,
    #[serde(borrow)]
    response: Option<Answer<'e>>,
}

/// In the journal a body is text and base64, in a mapping text, base64, JSON or a file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'e> {
    status: Option<Value>,
    #[serde(default)]
    headers: Value,
    body: Option<Text>,
    body_as_base64: Option<Text>,
    base64_body: Option<Text>,
    #[serde(borrow)]
    json_body: Option<&'e RawValue>,
    body_file_name: Option<String>,
}

fn exchanges(entry: &[u8]) -> serde_json::Result<Vec<Exchange>> {
    let Served { request: asked, response } = serde_json::from_slice(entry)?;
    let request = request(&asked);
    let Some(answer) = response else {
        return Ok(vec![Exchange { request, status: Some(0), ..Exchange::default() }]);
    };
    let in_base64 = answer.body_as_base64.or(answer.base64_body);
    let base64 = in_base64.is_some();
    let json = || answer.json_body.map(|json| json.get().as_bytes().to_vec());
    let body = in_base64.or(answer.body).map(|Text(bytes)| bytes).or_else(json);
    Ok(vec![Exchange {
        request,
        // A mapping that says nothing answers with 200.
        status: answer.status.as_ref().map_or(Some(200), |code| status(Some(code))),
        body,
        base64,
        elsewhere: answer.body_file_name.is_some(),
        coding: coding(&answer.headers),
    }])
}

/// A URL as it came, or as a mapping wants it; parameters that a mapping asks for are those of the
/// request it was recorded from.
fn request(asked: &Value) -> Request {
    let text = |key: &str| asked.get(key).and_then(Value::as_str);
    let url = ["url", "urlPath", "absoluteUrl", "urlPattern", "urlPathPattern"].into_iter().find_map(text);
    let mut request = Request::new(text("method").unwrap_or("ANY"), url.unwrap_or_default());
    // The journal repeats parameters here that stand in the URL already.
    let asked_for = asked.get("queryParameters").and_then(Value::as_object);
    for (name, wanted) in asked_for.into_iter().flatten() {
        if let Some(value) = wanted.get("equalTo").and_then(Value::as_str) {
            request.query.push((name.clone(), value.to_owned()));
        }
    }
    request
}
