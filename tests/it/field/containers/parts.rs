//! Parts of captures, captures behind other JSON, and flaws where nothing depends on them.

use clients_contract::payload::{Input, Options};
use serde_json::{Value, json};

use super::only;
use crate::came::{Came, came};

const BODY: &str = r#"{"id": 7}"#;

fn entry(response: &Value) -> Value {
    json!({"startedDateTime": "2026-01-01T00:00:00Z", "time": 1, "cache": {}, "timings": {},
        "request": {"method": "GET", "url": "https://a.example.com/v1/things", "headers": []}, "response": response})
}

fn answered() -> Value {
    entry(&json!({"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": BODY}}))
}

fn har() -> Value {
    json!({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": [answered()]}})
}

fn things(text: impl Into<Vec<u8>>, name: &str) -> Came {
    came(text, name, &only("/v1/things"))
}

#[test]
fn parts_of_captures_are_no_payloads() {
    let item = json!({"name": "x", "request": {"method": "GET", "url": "https://a.example.com/v1/things"},
        "response": [{"name": "ok", "code": 200, "body": BODY}]});
    let value = json!({"key": "a", "value": "b", "type": "default", "enabled": true});
    let mapping = json!({"request": {"urlPath": "/v1/things"}, "response": {"status": 200, "body": BODY}});
    for (value, what) in [
        (answered(), "entries of a HAR"),
        (entry(&Value::Null), "entries of a HAR"),
        (json!([1, answered(), answered()]), "entries of a HAR"),
        (har()["log"].clone(), "`log` of a HAR"),
        (json!({"entries": [answered()]}), "`log` of a HAR"),
        (json!({"har": har()}), "jq .har"),
        (item.clone(), "item of a Postman collection"),
        (json!([item]), "item of a Postman collection"),
        (
            json!({"name": "ok", "originalRequest": {"url": "/a"}, "code": 200, "body": BODY}),
            "item of a Postman",
        ),
        (
            json!({"name": "ok", "_postman_previewlanguage": "json", "code": 200, "body": BODY}),
            "item of a Postman",
        ),
        (json!({"serveEvents": [mapping]}), "mappings or events of WireMock"),
        (json!({"stubMapping": mapping}), "mappings or events of WireMock"),
        (json!({"mappings": mapping}), "mappings or events of WireMock"),
        (json!({"id": "x", "name": "prod", "values": [value]}), "Postman environment"),
        (json!({"environment": {"id": "x", "name": "prod", "values": [value]}}), "Postman environment"),
    ] {
        for text in [value.to_string(), format!("{value:#}"), format!("{value}\n{value}\n")] {
            assert!(things(text.clone(), "x.json").problem().contains(what), "{text}");
            let insisted = Options { input: Some(Input::Documents), ..Options::default() };
            assert!(!came(text.clone(), "x.json", &insisted).payloads.is_empty(), "{text}");
        }
        if !value.to_string().contains("\"request\"") {
            continue;
        }
        let line = things(format!("{{\"id\": 1}}\n{{\"id\": 2}}\n{value}\n"), "x.ndjson");
        assert_eq!((line.payloads.len(), line.problems.len()), (2, 1), "{value}");
        assert!(line.problems[0].to_string().starts_with("x.ndjson:3: "), "{:?}", line.problems);
    }
}

#[test]
fn a_collection_is_read_wherever_an_api_of_postman_puts_it() {
    let item = json!({"name": "x", "request": {"method": "GET", "url": "https://a.example.com/v1/things"},
        "response": [{"name": "ok", "code": 200, "body": BODY}]});
    let collection =
        json!({"info": {"name": "x", "schema": "https://schema.getpostman.com/"}, "item": [item]});
    for value in [json!({"collection": collection}), json!({"data": collection}), collection] {
        assert_eq!(things(value.to_string(), "x.json").bodies(), [BODY], "{value}");
    }
}

#[test]
fn payloads_with_some_of_those_members_are_read() {
    for value in [
        json!({"request": {"url": "https://a.example.com/a", "method": "GET"}, "response": {"content": "x"}}),
        json!({"version": "1", "creator": {"name": "bob"}, "entries": [{"id": 1}]}),
        json!({"har": {"log": "x"}}),
        json!({"name": "flags", "values": [{"key": "a", "enabled": true}]}),
        json!({"name": "x", "request": "gift wrap", "response": ["a"]}),
        json!({"run": {"executions": [{"id": 1}]}, "collection": "summer"}),
        json!({"response": {"status": 200, "body": "ok"}}),
    ] {
        assert_eq!(things(value.to_string(), "x.json").bodies(), [value.to_string()]);
    }
}

#[test]
fn mappings_that_say_little_are_mappings() {
    for request in [
        json!({"request": {"method": "GET"}}),
        json!({"request": {"headers": {"accept": {"contains": "json"}}}}),
        json!({"request": {}}),
        json!({"request": null}),
        json!({"id": "x", "priority": 1}),
    ] {
        for response in [json!({"jsonBody": {"id": 7}}), json!({"base64Body": "eyJpZCI6IDd9"})] {
            let mut mapping = request.clone();
            mapping["response"] = response;
            let bodies = things(mapping.to_string(), "x.json").bodies();
            assert_eq!(bodies.join("").replace(' ', ""), r#"{"id":7}"#, "{mapping}");
        }
        let mut mapping = request.clone();
        mapping["response"] = json!({"bodyFileName": "b.json"});
        let came = things(mapping.to_string(), "x.json");
        assert!(
            came.payloads.len() == 1 && came.payloads[0].not_validated().is_some(),
            "{mapping}: {came:?}"
        );
    }
}

#[test]
fn a_capture_is_recognised_behind_any_number_of_items() {
    let aborted: Vec<Value> =
        (0..3_000).map(|_| json!({"request": {"url": "/x"}, "response": null})).collect();
    let entries: Vec<Value> = aborted.iter().cloned().chain([answered()]).collect();
    assert_eq!(things(json!({"log": {"entries": entries}}).to_string(), "x.json").bodies(), [BODY]);
    let mapping = json!({"request": {"urlPath": "/v1/things"}, "response": {"jsonBody": {"id": 7}}});
    let others = (0..3_000).map(|id| json!({"id": id}));
    let mappings: Vec<Value> = others.chain([mapping]).collect();
    let came = things(json!({"mappings": mappings}).to_string(), "x.json");
    assert_eq!(came.bodies().last().map(String::as_str), Some(r#"{"id":7}"#));
}

#[test]
fn what_newman_received_is_read() {
    let request = json!({"method": "GET", "url": {"host": ["h"], "path": ["v1", "things"], "query": []}});
    let response = |code: u16, body: &str| {
        json!({"id": "r", "code": code, "status": "OK", "header": [{"key": "Content-Encoding", "value": "gzip"}],
            "stream": {"type": "Buffer", "data": body.as_bytes()}})
    };
    let item =
        json!({"name": "t", "request": request, "response": [{"code": 200, "body": "{\"saved\": 1}"}]});
    let executions = json!([
        {"cursor": {}, "item": item, "request": request, "response": response(200, BODY)},
        {"item": item, "request": request, "response": response(404, "{}")},
        {"item": item, "request": request, "requestError": {}},
    ]);
    let collection = json!({"info": {"_postman_id": "a", "name": "c"}, "item": [item]});
    let whole =
        json!({"collection": collection, "environment": {}, "run": {"stats": {}, "executions": executions}});
    let alone = json!({"run": {"executions": executions}});
    for (report, expected) in [(whole, vec![r#"{"saved": 1}"#, BODY, "{}"]), (alone, vec![BODY, "{}"])] {
        for text in [report.to_string(), format!("{report:#}")] {
            let came = things(text, "x.json");
            assert_eq!(
                (came.bodies(), came.skipped.len()),
                (expected.iter().map(ToString::to_string).collect(), 1)
            );
        }
    }
}

#[test]
fn values_of_several_lines_are_never_read_line_by_line() {
    let many = format!("{:#}", json!({"id": 2, "p": vec!["y".repeat(1_000); 2_300]}));
    let long = format!("{{\n \"id\": 2,\n \"p\": \"{}\"\n}}", "y".repeat(2_300_000));
    let flat = format!("{{\"p\": \"{}\",\n\"id\": 2\n}}", "y".repeat(2_300_000));
    let closed = "{\"a\": {\"b\": 1}\n,\"id\": 2}".to_owned();
    let flawed = "{\n\"a\": 1,\n\"b\": \"\\ud800\",\n\"id\": 2}".to_owned();
    for value in [many, long, flat, closed, flawed] {
        for name in ["x.ndjson", "x.json"] {
            for before in [1, 9_000] {
                for pass_large in [false, true] {
                    let text = format!("{}{value}\n", "{\"id\": 1}\n".repeat(before));
                    let options = Options { pass_large, ..Options::default() };
                    let came = came(text, name, &options);
                    let what = format!("{name} {before} {pass_large} {:.20}: {:?}", value, came.problems);
                    match came.problems.first().map(ToString::to_string) {
                        // Read as values in a row.
                        None => assert_eq!(came.payloads.len(), before + 1, "{what}"),
                        Some(problem) => {
                            assert!(came.payloads.len() <= before + 1, "{what}");
                            assert!(problem.starts_with(&format!("{name}:{}: ", before + 1)), "{what}");
                            assert!(problem.contains("`input=documents`"), "{what}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_line_that_was_cut_off_is_one_payload() {
    for cut in ["{\"id\": [1,", "[", "{\"a\": {\"b\":", "[1,\n\n", "{\"a\": \"x"] {
        for before in [1, 20_000] {
            let lines = "{\"id\": 1}\n".repeat(before);
            let came = came(format!("{lines}{cut}\n{lines}"), "x.ndjson", &Options::default());
            assert!(came.problems.is_empty(), "{cut} {before}: {:?}", came.problems);
            assert_eq!(came.payloads.len(), before * 2 + 1, "{cut} {before}");
        }
    }
}

#[test]
fn a_capture_behind_other_json_is_refused() {
    let mut late = har();
    late["log"]["entries"] = vec![answered(); 8_000].into();
    for capture in [har(), late] {
        for before in [1, 20_000] {
            for input in [None, Some(Input::Documents)] {
                let text = format!("{}{capture:#}\n", "{\"id\": 1}\n".repeat(before));
                let came = came(text, "x.json", &Options { input, ..only("/v1/things") });
                assert_eq!((came.payloads.len(), came.problems.len()), (before, 1), "{before} {input:?}");
                let problem = came.problems[0].to_string();
                assert!(problem.starts_with(&format!("x.json:{}: has HAR after", before + 1)), "{problem}");
            }
        }
    }
    // Whoever insists on values in a row has none in the first of them.
    let documents = Options { input: Some(Input::Documents), ..only("/v1/things") };
    assert_eq!(came(har().to_string(), "x.json", &documents).payloads.len(), 1);
}

#[test]
fn saved_http_behind_json_is_refused() {
    let dump = format!("HTTP/1.1 200 OK\r\nserver: x\r\n\r\n{BODY}\n");
    for before in ["{\"id\": 1}\n", "{\"id\": 1}\n{\"id\": 2}\n", "{\n\"id\": 1\n}\n", "{\"id\": 1} "] {
        for name in ["x.json", "x.ndjson", "<stdin>"] {
            // On a line by its name, a line is no JSON.
            if name == "x.ndjson" && !before.ends_with('\n') {
                continue;
            }
            let came = things(format!("{before}{dump}"), name);
            let problem = came.problems.last().map(ToString::to_string).unwrap_or_default();
            assert!(problem.contains("saved HTTP after other JSON"), "{name} {before:?}: {came:?}");
        }
    }
}

#[test]
fn flaws_that_do_not_matter_lose_no_body() {
    let text = har().to_string();
    for (flaw, bytes) in [
        ("\"headers\":[{\"name\":\"x\",\"value\":\"a\\ud800\"}]", &b""[..]),
        ("\"headers\":[{\"name\":\"x\",\"value\":1e999}]", b""),
        ("\"headers\":[{\"name\":\"x\",\"value\":\"a\tb\"}]", b""),
        ("\"headers\":[{\"name\":\"x\",\"value\":\"caf@\"}]", b"\xe9"),
    ] {
        let flawed = text.replace("\"headers\":[]", flaw);
        assert_ne!(flawed, text);
        let parts: Vec<&[u8]> = flawed.split('@').map(str::as_bytes).collect();
        assert_eq!(things(parts.join(bytes), "x.har").bodies(), [BODY], "{flaw}");
    }
    let url = text.replace("/v1/things", "/v1/things?x=caf@").replace('@', "\\udc00");
    assert_eq!(things(url, "x.har").bodies(), [BODY]);
    // The body is as it was.
    let body = text
        .replace("\\\"id\\\": 7", "\\\"id\\\": \\\"\\ud800\\\"")
        .replace("\"headers\":[]", "\"headers\":[1e999]");
    let bytes = things(body, "x.har").payloads[0].bytes().to_vec();
    assert!(std::str::from_utf8(&bytes).is_err(), "{bytes:?}");
}

#[test]
fn unknown_variables_of_postman_stand_for_any_part_of_a_url() {
    for (url, expected) in [
        ("{{a}}{{b}}/things", 1),
        ("https://h{{b}}/things", 1),
        ("{{base}}{{path}}", 1),
        ("https://h{{b}}", 1),
        ("{{host}}:{{port}}/v1/things", 1),
        ("https://h{{b}}/{{c}}", 1),
        ("https://h{{b}}/others", 0),
        ("{{host}}:{{port}}/things", 0),
        ("https://{{host}}/things", 0),
    ] {
        let item = |url: Value| json!({"request": {"method": "GET", "url": url}, "response": [{"code": 200, "body": BODY}]});
        let (host, path) = url.rsplit_once('/').filter(|(host, _)| !host.ends_with('/')).unwrap_or((url, ""));
        for url in [json!(url), json!({"raw": url}), json!({"raw": url, "host": [host], "path": [path]})] {
            let collection = json!({"info": {"_postman_id": "x"}, "item": [item(url)]});
            assert_eq!(things(collection.to_string(), "x.json").payloads.len(), expected, "{collection}");
        }
    }
    let collection = json!({"info": {"_postman_id": "x"}, "variable": [null, {"key": "b", "value": "https://h/v1"}, 7],
        "item": [{"request": "{{b}}/things", "response": [{"code": 200, "body": BODY}]}]});
    assert_eq!(things(collection.to_string(), "x.json").bodies(), [BODY]);
}

#[test]
fn messages_of_curl_are_named() {
    let meter = "  % Total    % Received % Xferd  Average Speed\n                                 Dload\n";
    let verbose = "*   Trying 127.0.0.1:80...\n> GET /a HTTP/1.1\n< HTTP/1.1 200 OK\n{\"id\": 7}\n";
    for text in [
        format!(
            "Note: Unnecessary use of -X or --request, GET is already inferred.\n{meter}  0     0* x\n{verbose}"
        ),
        format!("Warning: x\nNote: y\n\n{verbose}"),
        "[0-0] * Host h:443 was resolved.\n[0-0] > GET / HTTP/1.1\n[0-0] < HTTP/1.1 200 OK\n".to_owned(),
        "[1-x] == Info: Host h:443 was resolved.\n".to_owned(),
        "[0-0] > GET / HTTP/1.1\n".to_owned(),
    ] {
        assert!(things(text.clone(), "x.txt").problem().contains("curl"), "{text}");
    }
    assert_eq!(things("[0]", "x.json").bodies(), ["[0]"]);
    assert_eq!(things("[0] * 1", "x.json").bodies().len() + things("[\n0]", "x").bodies().len(), 2);
}
