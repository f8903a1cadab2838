//! Requests of a Postman collection, with variables substituted.

use serde::Deserialize;
use serde_json::Value;

use super::exchange::{NoStatus, status};
use super::pattern::Pattern;
use crate::payload::{Request, selection};

/// A variable of a collection or a folder.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Variable {
    #[serde(default)]
    key: Value,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    disabled: Value,
}

/// The variables in a list, whatever else is in it.
pub(super) fn variables_of(list: &Value) -> Vec<Variable> {
    let known = list.as_array().into_iter().flatten();
    known.filter_map(|variable| Variable::deserialize(variable).ok()).collect()
}

/// The status by its number. A reason phrase alone only identifies a response as successful.
pub(super) fn code(code: Option<&Value>, phrase: Option<&Value>) -> Result<Option<u16>, NoStatus> {
    match (status(code)?, phrase.and_then(Value::as_str)) {
        (None, Some(phrase)) if phrase.eq_ignore_ascii_case("OK") => Ok(Some(200)),
        (None, Some(phrase)) if !phrase.is_empty() => status(Some(&phrase.into())),
        (code, _) => Ok(code),
    }
}

/// A request is an object, or only its URL. What the saved one lacks is taken from the request of the item.
pub(super) fn request(saved: &Value, item: &Value, variables: &[Variable]) -> Request {
    let both = [saved, item];
    let method = both.iter().find_map(|requested| requested.get("method")?.as_str()).unwrap_or("GET");
    let Some(url) = url(saved, item) else { return Request::new(method, "") };
    let raw = text(if url.is_object() { &url["raw"] } else { url });
    let mut request = Request::new(method, &address(&raw, variables));
    if let Some(path) = path(&url["path"]) {
        let base = base(&url["host"], &raw, variables);
        let path = filled(&path, variables);
        request.path = Request::new(method, &format!("{base}/{}", path.trim_start_matches('/'))).path;
    }
    request.path = with_variables(&literal(&request.path), &url["variable"]);
    if let Some(parameters) = url["query"].as_array() {
        let given = parameters
            .iter()
            .filter(|parameter| parameter["disabled"] != true && parameter["key"].is_string());
        request.query = given.map(|parameter| (text(&parameter["key"]), text(&parameter["value"]))).collect();
    }
    request
}

fn url<'v>(saved: &'v Value, item: &'v Value) -> Option<&'v Value> {
    let urls =
        [saved, item].map(|requested| if requested.is_object() { &requested["url"] } else { requested });
    urls.into_iter().find(|url| !url.is_null())
}

/// What the URL fits where its host ends with a variable of which no value is known: it may hold the
/// beginning of the path.
pub(super) fn pattern(saved: &Value, item: &Value, variables: &[Variable], path: &str) -> Option<Pattern> {
    let url = url(saved, item)?;
    let raw = text(if url.is_object() { &url["raw"] } else { url });
    let host = match &url["host"] {
        Value::Array(parts) => parts.iter().map(text).collect::<Vec<_>>().join("."),
        other => text(other),
    };
    let is_relative = host.is_empty() && !raw.contains("://") && !raw.starts_with("{{");
    let address = filled(if host.is_empty() { &raw } else { &host }, variables);
    let behind_scheme = address.split_once("://").map_or(&*address, |(_, behind)| behind);
    let host = behind_scheme.split(['/', '?', '#']).next()?;
    let before = host.strip_suffix("}}").and_then(|host| host.rsplit_once("{{")).map(|(before, _)| before)?;
    if is_relative || before.is_empty() || before.ends_with([':', '.', '@', '-']) {
        return None;
    }
    let literal = |piece: &str| regex_syntax::escape(&selection::decoded(piece));
    let pieces: Vec<_> = selection::pieces(path.trim_end_matches('/')).into_iter().map(literal).collect();
    Some(Pattern { text: format!("(?:/.*)?{}", pieces.join("[^/]+")), with_query: false })
}

/// A text with the values of its variables (`{{name}}`) where they are known. A value may have variables,
/// too.
fn filled(text: &str, variables: &[Variable]) -> String {
    const MAX_DEPTH: usize = 5;
    const MAX_LENGTH: usize = 16 << 10;
    let value = |name: &str| {
        let named = |variable: &&Variable| {
            variable.disabled != true && [&variable.key, &variable.id].iter().any(|key| **key == name)
        };
        Some(self::text(&variables.iter().find(named)?.value)).filter(|value| !value.is_empty())
    };
    let mut text = text.to_owned();
    for _ in 0..MAX_DEPTH {
        let (mut out, mut rest, mut changed) = (String::new(), &*text, false);
        while let Some((before, behind)) = rest.split_once("{{") {
            let Some((name, behind)) = behind.split_once("}}") else { break };
            out.push_str(before);
            match value(name.trim()) {
                Some(value) => {
                    changed = true;
                    out.push_str(if behind.starts_with('/') { value.trim_end_matches('/') } else { &value });
                }
                None => out.extend(["{{", name, "}}"]),
            }
            rest = behind;
        }
        out.push_str(rest);
        if !changed || out.len() > MAX_LENGTH {
            break;
        }
        text = out;
    }
    text
}

/// The path of the variable that a URL begins with, if its value has more than scheme and host.
fn base(host: &Value, raw: &str, variables: &[Variable]) -> String {
    let host = match host {
        Value::Array(parts) => parts.iter().map(text).collect::<Vec<_>>().join("."),
        other => text(other),
    };
    let first = raw.split('/').next().unwrap_or_default();
    let host = [&*host, first].into_iter().find(|host| host.starts_with("{{")).unwrap_or_default();
    Request::new("", &address(host, variables)).path.trim_end_matches('/').to_owned()
}

/// The same of a URL: a variable in its beginning holds a host, also without a scheme.
fn address(text: &str, variables: &[Variable]) -> String {
    let filled = filled(text, variables);
    let is_host = text.starts_with("{{") && !filled.contains("://") && !filled.starts_with(['/', '{']);
    if is_host { format!("http://{filled}") } else { filled }
}

/// A path in which only variables have braces: one pair is text like any other.
fn literal(path: &str) -> String {
    let encoded = |text: &str| text.replace('{', "%7B").replace('}', "%7D");
    let (mut out, mut rest) = (String::new(), path);
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((name, behind)) = behind.split_once("}}") else { break };
        out.push_str(&encoded(before));
        out.extend(["{{", name, "}}"]);
        rest = behind;
    }
    out.push_str(&encoded(rest));
    out
}

/// A text, or a number as text; empty for anything else.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The path of a URL object: a text, or segments, each a text or an object with one.
fn path(path: &Value) -> Option<String> {
    match path {
        Value::String(path) => Some(path.clone()),
        Value::Array(segments) => {
            let segment =
                |segment: &Value| text(if segment.is_object() { &segment["value"] } else { segment });
            Some(segments.iter().map(segment).collect::<Vec<_>>().join("/"))
        }
        _ => None,
    }
}

/// A path with its variables (`:id`) replaced by their values, or by `{id}` where they have none.
fn with_variables(path: &str, variables: &Value) -> String {
    let value = |name: &str| {
        let known = variables.as_array()?.iter();
        let named = |variable: &&Value| ["key", "id"].iter().any(|key| variable[*key] == name);
        Some(text(&known.clone().find(named)?["value"])).filter(|value| !value.is_empty())
    };
    let replaced = |segment: &str| match segment.strip_prefix(':') {
        Some(name) if !name.is_empty() => value(name).unwrap_or_else(|| format!("{{{name}}}")),
        _ => segment.to_owned(),
    };
    path.split('/').map(replaced).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_a_url_has_its_path() {
        for (url, path) in [
            (json!("https://a.example.com/v1/things?page=1"), "/v1/things"),
            (json!("{{base}}/v1/things"), "/v1/things"),
            (json!({"raw": "{{base}}/v1/things/"}), "/v1/things"),
            (json!({"host": ["a", "example", "com"], "path": ["v1", "things"]}), "/v1/things"),
            (json!({"host": "{{base}}", "path": "v1/things"}), "/v1/things"),
            (json!({"raw": null, "protocol": "https", "host": null, "path": "/v1/things"}), "/v1/things"),
            (json!({"path": [{"type": "string", "value": "v1"}, "things", ""]}), "/v1/things"),
            (json!({"path": ["v1", 7]}), "/v1/7"),
            (json!({"path": ["v1", ":id"], "variable": [{"key": "id", "value": "7"}]}), "/v1/7"),
            (json!({"raw": "{{base}}/v1/:id", "variable": [{"id": "id", "value": 7}]}), "/v1/7"),
            (json!({"path": ["v1", ":id"], "variable": [{"key": "id", "value": null}]}), "/v1/{id}"),
            (json!({"raw": "https://a.example.com/v1/:id"}), "/v1/{id}"),
            (json!("https://a.example.com/v1/{id}"), "/v1/%7Bid%7D"),
            (json!({"raw": "{{base}}/v1/{{a}}-{b}"}), "/v1/{{a}}-%7Bb%7D"),
            (json!({"host": ["a"]}), "/"),
            (json!({}), "/"),
        ] {
            assert_eq!(request(&json!({"url": url}), &Value::Null, &[]).path, path, "{url}");
        }
    }

    #[test]
    fn variables_have_their_values() {
        let variables: Vec<Variable> = serde_json::from_value(json!([
            {"key": "base", "value": "https://{{host}}/v1/"}, {"key": "host", "value": "a.example.com"},
            {"key": "only", "value": "a.example.com/v2"}, {"id": "kind", "value": "things"},
            {"key": "off", "value": "x", "disabled": true}, {"key": "loop", "value": "{{loop}}{{loop}}"},
            {"key": "empty", "value": ""}, {"key": null, "value": null}]))
        .unwrap();
        for (url, path) in [
            (json!("{{base}}/things"), "/v1/things"),
            (json!({"raw": "{{base}}/things", "host": ["{{base}}"], "path": ["things"]}), "/v1/things"),
            (json!({"raw": "{{base}}/things", "path": ["things"]}), "/v1/things"),
            (json!({"host": "{{only}}", "path": "/{{ kind }}/:id"}), "/v2/things/{id}"),
            (json!({"host": ["{{other}}"], "path": ["v1", "{{kind}}", "{{off}}"]}), "/v1/things/{{off}}"),
            (json!("{{base}}x/{{empty}}"), "/v1/x/{{empty}}"),
        ] {
            assert_eq!(request(&json!({"url": url}), &Value::Null, &variables).path, path, "{url}");
        }
        assert!(filled("{{loop}}", &variables).len() < 1_000);
    }

    #[test]
    fn a_saved_request_inherits_from_its_item() {
        let item = json!({"method": "POST", "url": {"path": ["a"], "query": [
            {"key": "x", "value": "1"}, {"key": "y", "value": null}, {"key": "z", "disabled": true}, {"key": null}]}});
        let pairs = vec![("x".to_owned(), "1".to_owned()), ("y".to_owned(), String::new())];
        for saved in [Value::Null, json!({}), json!({"method": null, "url": null})] {
            let request = request(&saved, &item, &[]);
            assert_eq!((&*request.method, &*request.path, &request.query), ("POST", "/a", &pairs), "{saved}");
        }
        let other = request(&json!({"method": "PUT", "url": "/b?c=d"}), &item, &[]);
        assert_eq!((&*other.method, &*other.path), ("PUT", "/b"));
        assert_eq!(request(&json!("/c"), &item, &[]).path, "/c");
    }
}
