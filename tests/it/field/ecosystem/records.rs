//! What `--record x.har` writes is HAR 1.2 that other tools replay.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use super::{case, code, run, stderr};
use crate::live::server::{Answer, Server, page};

const KEY: &str = "ti_test_9f8e7d6c5b4a3210";

/// What HAR 1.2 requires and is missing or wrong in a log, one line each.
fn wrong(har: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let log = &har["log"];
    let mut need = |place: &str, value: &Value, is: fn(&Value) -> bool| {
        if !is(value) {
            wrong.push(format!("{place}: {value}"));
        }
    };
    need("version", &log["version"], Value::is_string);
    need("creator", &log["creator"]["name"], Value::is_string);
    need("creator", &log["creator"]["version"], Value::is_string);
    for entry in log["entries"].as_array().unwrap() {
        let is_time = |value: &Value| value.as_f64().is_some_and(|time| time > 0.0);
        let is_moment =
            |value: &Value| value.as_str().is_some_and(|text| text.len() == 24 && text.ends_with('Z'));
        need("startedDateTime", &entry["startedDateTime"], is_moment);
        need("time", &entry["time"], is_time);
        need("cache", &entry["cache"], Value::is_object);
        need("timings.wait", &entry["timings"]["wait"], is_time);
        for name in ["send", "receive"] {
            need(name, &entry["timings"][name], |value| value.as_f64().is_some_and(|time| time >= 0.0));
        }
        for side in ["request", "response"] {
            let side = &entry[side];
            need("httpVersion", &side["httpVersion"], |value| value == "HTTP/1.1");
            need("cookies", &side["cookies"], |value| value == &json!([]));
            need("headers", &side["headers"], |value| value.as_array().is_some_and(|all| !all.is_empty()));
            need("headersSize", &side["headersSize"], |value| value.as_i64().is_some());
            need("bodySize", &side["bodySize"], |value| value.as_i64().is_some());
        }
        need("method", &entry["request"]["method"], |value| value == "GET");
        need("queryString", &entry["request"]["queryString"], |value| {
            value.as_array().is_some_and(|all| !all.is_empty())
        });
        let response = &entry["response"];
        need("status", &response["status"], Value::is_u64);
        need("statusText", &response["statusText"], Value::is_string);
        need("redirectURL", &response["redirectURL"], |value| value == "");
        need("content.size", &response["content"]["size"], Value::is_u64);
        need("content.mimeType", &response["content"]["mimeType"], Value::is_string);
        need("content.text", &response["content"]["text"], Value::is_string);
    }
    wrong
}

#[test]
fn a_recorded_har_has_parameters_headers_and_times() {
    let before: Value = serde_json::from_str(&case("record-empty-queryString-headers.har")).unwrap();
    assert!(wrong(&before).len() > 10, "{:?}", wrong(&before));

    let server = Server::new(|asked| {
        let status = if asked.page == 1 { 200 } else { 203 };
        Answer::new(status, page(asked.page, 2, 3))
            .header("content-type", "application/json; charset=utf-8")
            .header("etag", format!("\"{KEY}-1\""))
            .header("retry-after", "7")
            .header("x-ratelimit-limit", "120")
            .header("x-ratelimit-remaining", "60")
            .header("set-cookie", "session=secret")
            .header("x-request-owner", "somebody")
            .after(Duration::from_millis(20))
    });
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.har");
    let arguments =
        ["validate", "--rate-limit", "1000/s", "--sort", "name", "--query", "a b&c=é", "--record"];
    let output = run(folder.path(), &[&arguments[..], &[record.to_str().unwrap(), &server.url()]].concat());
    assert!(code(&output) < 2, "{}", stderr(&output));
    let text = fs::read_to_string(&record).unwrap();
    for secret in [KEY, "set-cookie", "session", "x-request-owner", "authorization"] {
        assert!(!text.to_lowercase().contains(secret), "{secret}: {text}");
    }
    let har: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(wrong(&har), Vec::<String>::new());
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        entries[1]["request"]["queryString"],
        json!([{"name": "page", "value": "2"}, {"name": "sort", "value": "name"}, {"name": "query", "value": "a b&c=é"}])
    );
    assert_eq!(
        (&entries[1]["response"]["status"], &entries[1]["response"]["statusText"]),
        (&203.into(), &"Non Authoritative Information".into())
    );
    let names: Vec<&str> = entries[0]["response"]["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| header["name"].as_str().unwrap())
        .collect();
    for name in ["content-type", "date", "etag", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining"]
    {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert_eq!(names.len(), 6, "{names:?}");
    assert!(entries[0]["time"].as_f64().unwrap() >= 20.0, "{}", entries[0]["time"]);
    let content = &entries[0]["response"]["content"];
    assert_eq!(content["text"], page(1, 2, 3));
    assert_eq!(content["mimeType"], "application/json; charset=utf-8");
}
