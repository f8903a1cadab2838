//! Reads the request journal and the recorded mappings of `WireMock`.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Shape;
use super::beside::Elsewhere;
use super::entry::{Entry, Text};
use super::exchange::{Exchange, coding, status};
use super::pattern::Pattern;
use crate::payload::{Input, Request};

pub(super) static SHAPE: Shape = Shape {
    input: Input::WireMock,
    lists: &[&["requests"], &["mappings"]],
    loose: &["request", "response"],
    bodies: &["body", "bodyAsBase64", "base64Body", "jsonBody"],
    texts: &["body", "bodyAsBase64", "base64Body"],
    exchanges,
};

#[derive(Deserialize)]
struct Served<'e> {
    #[serde(default)]
    request: Value,
    #[serde(borrow)]
    response: Option<StubResponse<'e>>,
}

/// In the journal a body is text and base64, in a mapping text, base64, JSON or a file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StubResponse<'e> {
    status: Option<Value>,
    #[serde(default)]
    headers: Value,
    #[serde(borrow)]
    body: Option<Text<'e>>,
    #[serde(borrow)]
    body_as_base64: Option<Text<'e>>,
    #[serde(borrow)]
    base64_body: Option<Text<'e>>,
    #[serde(borrow)]
    json_body: Option<&'e RawValue>,
    body_file_name: Option<String>,
    /// How a connection breaks instead of a response.
    fault: Option<Value>,
}

fn exchanges(entry: &Entry<'_>) -> serde_json::Result<Vec<Exchange>> {
    let Served { request: requested, response } = serde_json::from_slice(entry.text())?;
    let (request, pattern) = request(&requested);
    let Some(answer) = response else {
        return Ok(vec![Exchange { request, status: Ok(Some(0)), ..Exchange::default() }]);
    };
    let in_base64 = answer.body_as_base64.or(answer.base64_body);
    let base64 = in_base64.is_some();
    let body = match (in_base64.or(answer.body), answer.json_body) {
        (Some(text), _) => Some(entry.bytes(text)?),
        (None, json) => json.map(|json| entry.raw(json)).transpose()?,
    };
    Ok(vec![Exchange {
        request,
        pattern,
        is_template: requested["urlPathTemplate"].is_string(),
        // A fault is no response, and a mapping that says nothing answers with 200.
        status: match answer.fault {
            Some(_) => Ok(Some(0)),
            None => status(answer.status.as_ref()).map(|code| code.or(Some(200))),
        },
        body,
        base64,
        elsewhere: answer.body_file_name.map(Elsewhere::InFiles),
        coding: coding(&answer.headers),
        ..Exchange::default()
    }])
}

/// A URL as it came, or as a mapping wants it, and the regular expression for it where the mapping has one.
/// Parameters that a mapping asks for are those of the request it was recorded from.
fn request(requested: &Value) -> (Request, Option<Pattern>) {
    let text = |key: &str| text(&requested[key], "equalTo");
    let url = ["url", "urlPath", "absoluteUrl", "urlPathTemplate"].into_iter().find_map(text);
    let wanted = [("urlPattern", true), ("urlPathPattern", false), ("url", true), ("urlPath", false)]
        .into_iter()
        .find_map(|(key, with_query)| Some((self::text(&requested[key], "matches")?, with_query)));
    // A mapping without a URL or a method answers all.
    let pattern = url.is_none().then(|| {
        let (text, with_query) = wanted.unwrap_or((".*", true));
        Pattern { text: text.to_owned(), with_query }
    });
    let method = text("method").unwrap_or("ANY");
    let mut request = Request::new(method, url.or(wanted.map(|(text, _)| text)).unwrap_or("*"));
    // The journal repeats parameters here that stand in the URL already.
    let parameters = requested["queryParameters"].as_object().or(requested["queryParams"].as_object());
    for (name, wanted) in parameters.into_iter().flatten() {
        if let Some(value) = wanted.get("equalTo").and_then(Value::as_str) {
            request.query.push((name.clone(), value.to_owned()));
        }
    }
    (request, pattern)
}

/// A text, or one that a matcher of this name asks for.
fn text<'v>(value: &'v Value, matcher: &str) -> Option<&'v str> {
    value.as_str().or_else(|| value.get(matcher)?.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_a_url_has_its_path_or_pattern() {
        for (requested, path, pattern) in [
            (json!({"method": "GET", "url": "/a?b=1"}), "GET /a", None),
            (json!({"method": null, "urlPath": "/a"}), "ANY /a", None),
            (json!({"urlPath": {"equalTo": "/a"}}), "ANY /a", None),
            (json!({"urlPathTemplate": "/a/{b}", "method": "post"}), "POST /a/{b}", None),
            (json!({"url": "/a", "absoluteUrl": "http://h/a"}), "ANY /a", None),
            (json!({"urlPattern": "/a/[0-9]+\\?b=.*"}), "ANY /a/[0-9]+\\", Some(("/a/[0-9]+\\?b=.*", true))),
            (json!({"urlPathPattern": "/a/.*"}), "ANY /a/.*", Some(("/a/.*", false))),
            (json!({"urlPath": {"matches": "/a.*"}}), "ANY /a.*", Some(("/a.*", false))),
            (json!({}), "ANY /*", Some((".*", true))),
            (Value::Null, "ANY /*", Some((".*", true))),
        ] {
            let (request, found) = request(&requested);
            let found = found.as_ref().map(|pattern| (&*pattern.text, pattern.with_query));
            assert_eq!((&*request.name().replace("\\u{5c}", "\\"), found), (path, pattern), "{requested}");
        }
    }
}
