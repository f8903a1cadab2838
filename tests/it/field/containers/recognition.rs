//! What a JSON file is, wherever its members are.

use clients_contract::payload::{Input, Options};
use serde_json::{Value, json};

use super::only;
use crate::came::{brotli, came, gzip, zstd};

const BODY: &str = r#"{"id": 7}"#;

fn har() -> String {
    let entry = json!({
        "request": {"method": "GET", "url": "https://a.example.com/v1/things"},
        "response": {"status": 200, "content": {"text": BODY}}
    });
    json!({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": [entry]}}).to_string()
}

fn postman() -> String {
    let saved = json!({"name": "ok", "code": 200, "body": BODY});
    let item = json!({"name": "list", "request": {"method": "GET", "url": {"path": ["v1", "things"]}}, "response": [saved]});
    json!({"item": [{"name": "folder", "item": [item]}], "info": {"name": "n"}}).to_string()
}

fn wiremock() -> String {
    json!({"request": {"urlPath": "/v1/things"}, "response": {"jsonBody": {"id": 7}}}).to_string()
}

#[test]
fn a_capture_is_recognised_behind_anything_else() {
    for capture in [har(), postman(), wiremock()] {
        for length in [0, 10, 70_000, 1_100_000, 1_900_000] {
            let padded = format!("{{\"_note\": \"{}\",\n {}", "x".repeat(length), &capture[1..]);
            for (bytes, name) in [
                (padded.clone().into_bytes(), "x.json"),
                (format!("\u{feff} \n{padded}\n\n").into_bytes(), "<stdin>"),
                (gzip(padded.as_bytes()), "x.json.gz"),
                (zstd(padded.as_bytes()), "x"),
                (brotli(padded.as_bytes()), "x.json.br"),
            ] {
                for pass_large in [false, true] {
                    let options = Options { pass_large, ..only("/v1/things") };
                    let came = came(bytes.clone(), name, &options);
                    assert!(came.problems.is_empty(), "{name} {length}: {:?}", came.problems);
                    assert_eq!(came.bodies().join("").replace(' ', ""), r#"{"id":7}"#, "{name} {length}");
                }
            }
        }
    }
}

#[test]
fn a_capture_that_is_recognized_too_late_is_refused() {
    let padded = format!("{{\"_note\": \"{}\",{}", "x".repeat(5_000_000), &har()[1..]);
    // As a body that is held, and as one that is passed on.
    let held = came(padded.clone(), "x.json", &only("/v1/things"));
    assert!(held.problem().contains("`input=har`"), "{held:?}");
    let mut items = {
        let options = Options { pass_large: true, ..only("/v1/things") };
        let reader = std::io::BufReader::new(std::io::Cursor::new(padded.clone().into_bytes()));
        let origin = clients_contract::Origin::file("x.json");
        clients_contract::payload::open_reader(reader, origin, &options).unwrap().items()
    };
    assert!(matches!(items.next(), Some(Ok(clients_contract::payload::Item::Large(_)))));
    let error = std::io::copy(&mut items.body(), &mut std::io::sink()).unwrap_err();
    assert!(error.to_string().contains("`input=har`"), "{error}");
    let insisted = Options { input: Some(Input::Har), ..only("/v1/things") };
    assert_eq!(came(padded.clone(), "x.json", &insisted).bodies(), [BODY]);
    let payload = Options { input: Some(Input::Json), ..Options::default() };
    assert_eq!(came(padded, "x.json", &payload).payloads.len(), 1);
}

#[test]
fn a_capture_behind_other_json_is_refused() {
    let came = came(format!("{{\n\"id\": 1\n}}\n{}", har()), "x.json", &Options::default());
    assert_eq!(came.payloads.len(), 1);
    assert!(came.problems[0].message().contains("put it into a file of its own"), "{came:?}");
}

#[test]
fn a_payload_is_a_payload_whatever_its_members_are_called() {
    for payload in [
        json!({"log": [1], "item": {}, "info": {"name": "x"}, "request": null, "response": {}}),
        json!({"request": {"id": 7, "method": "card"}, "response": {"id": 8}}),
        json!({"mappings": [{"from": "a", "to": "b"}], "requests": [{"id": 1}]}),
        json!({"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}}),
        json!([{"request": {"method": "GET"}}]),
    ] {
        let long = format!("{{\"pad\": \"{}\", \"a\": {payload}}}", "x".repeat(100_000));
        for text in [payload.to_string(), format!("{payload:#}"), long] {
            let came = came(text.clone(), "x.json", &only("/v1/things"));
            assert_eq!(came.bodies(), [text.as_str()], "{:?}", came.problems);
        }
    }
    // What has all that a mapping has is one; whoever knows better says so.
    let mapping = wiremock();
    assert_eq!(came(mapping.clone(), "x.json", &only("/other")).skipped.len(), 1);
    let insisted = Options { input: Some(Input::Json), ..only("/other") };
    assert_eq!(came(mapping.clone(), "x.json", &insisted).bodies(), [mapping]);
}

#[test]
fn null_members_are_absent_ones() {
    let texts = [
        json!({"log": {"version": null, "creator": null, "browser": null, "pages": null, "entries": [{
            "startedDateTime": "2026-01-01T00:00:00Z", "pageref": null, "cache": null,
            "request": {"method": null, "url": "v1/things", "headers": null, "queryString": null},
            "response": {"status": 200, "headers": null, "redirectURL": null,
                "content": {"text": BODY, "encoding": null, "_file": null, "mimeType": null}}}]}}),
        json!({"info": {"name": "n", "_postman_id": null, "schema": null}, "variable": null, "item": [
            {"name": null, "item": null, "request": {"method": null, "url": {"raw": null, "host": null, "query": null,
                "path": ["v1", "things"], "variable": null}},
             "response": [null, {"name": null, "originalRequest": null, "code": 200, "header": null, "body": BODY}]},
            {"name": "folder", "item": [], "request": null, "response": null}]}),
        json!({"id": null, "request": {"method": null, "urlPath": null, "url": "/v1/things", "headers": null},
            "response": {"status": null, "headers": null, "jsonBody": null, "base64Body": null, "bodyFileName": null, "body": BODY}}),
        json!({"meta": null, "mappings": null, "requests": [{"request": {"url": "/v1/things", "method": "GET"},
            "response": {"status": 200, "body": BODY, "bodyAsBase64": null}}]}),
    ];
    for text in texts {
        let came = came(text.to_string(), "x.json", &only("/v1/things"));
        assert!(came.problems.is_empty(), "{text}: {came:?}");
        assert_eq!(came.bodies(), [BODY], "{text}");
    }
}

#[test]
fn mappings_are_selected_by_every_form_of_their_url() {
    let selected = |request: Value, url_path: &str| {
        let mapping = json!({"request": request, "response": {"body": BODY}});
        let came = came(mapping.to_string(), "x.json", &only(url_path));
        assert!(came.problems.is_empty(), "{came:?}");
        came.payloads.len() == 1
    };
    for (request, url_path, expected) in [
        (json!({"url": "/v1/things?page=1"}), "/v1/things", true),
        (json!({"urlPath": "/v1/things", "method": "POST"}), "POST /v1/things", true),
        (json!({"urlPath": "/v1/things", "method": "POST"}), "/v1/things", false),
        (json!({"urlPathTemplate": "/v1/{kind}"}), "/v1/things", true),
        (json!({"urlPathTemplate": "/v1/{kind}"}), "/v1/{id}", true),
        (json!({"urlPattern": "/v1/things\\?page=[0-9]+"}), "/v1/things", true),
        (json!({"urlPathPattern": "/v1/[a-z]+"}), "/v1/things", true),
        (json!({"urlPathPattern": "/v1/things/[0-9]+"}), "/v1/things/{id}", true),
        (json!({"urlPathPattern": "/v1/[0-9]+"}), "/v1/things", false),
        (json!({"urlPathPattern": "/v1/th"}), "/v1/things", false),
        (json!({"urlPathPattern": "/v1/((((", "method": "POST"}), "/v1/things", false),
        (json!({"urlPattern": "/v1/things(\\?.*)?"}), "/v1/things", true),
        (json!({"urlPattern": "/v1/things(?:\\?page=\\d+)?"}), "/v1/things", true),
        (json!({"urlPathPattern": "\\Q/v1/things\\E"}), "/v1/things", true),
        (json!({"urlPathPattern": "/v1/things/[0-9a-f]{24}"}), "/v1/things/{id}", true),
        (json!({"urlPathPattern": "/v1/things/[A-Z]{3}-\\d+"}), "/v1/things/{id}", true),
        (json!({"url": "/v1/{kind}"}), "/v1/things", false),
        (json!({"method": "ANY"}), "DELETE /v1/things", true),
    ] {
        assert_eq!(selected(request.clone(), url_path), expected, "{request} {url_path}");
    }
    // One that would take for ever, and one that is none.
    for pattern in ["/v1/(a|aa|aaa)*\\1b?(?=x)", "/v1/(((("] {
        let mapping = json!({"request": {"urlPathPattern": pattern}, "response": {"body": BODY}});
        let came = came(mapping.to_string(), "x.json", &only(&format!("/v1/{}", "a".repeat(5_000))));
        assert!(came.problem().contains("URL pattern"), "{pattern}: {came:?}");
    }
}

#[test]
fn lines_by_name_are_lines_unless_the_first_body_takes_several() {
    let pretty = "{\n  \"id\": 7,\n  \"list\": [\n    1\n  ]\n}\n";
    for (text, origins) in [
        (pretty.to_owned(), &["x.jsonl"][..]),
        (format!("\n{pretty}{pretty}"), &["x.jsonl#1", "x.jsonl#2"]),
        ("[\n{\"id\": 7}\n]\n".to_owned(), &["x.jsonl"]),
        ("{\"id\": 7}\n".to_owned(), &["x.jsonl:1"]),
        ("{\"id\": 7}\n{\n".to_owned(), &["x.jsonl:1", "x.jsonl:2"]),
        ("{\"id\": \n{\"id\": 7}\n{\"id\": 8}\n".to_owned(), &["x.jsonl:1", "x.jsonl:2", "x.jsonl:3"]),
        ("{\"id\": 7,\n{\"id\": 8}\n".to_owned(), &["x.jsonl:1", "x.jsonl:2"]),
        ("{\"id\": 7,\n".to_owned(), &["x.jsonl:1"]),
        ("1\n2\n".to_owned(), &["x.jsonl:1", "x.jsonl:2"]),
    ] {
        let came = came(text.clone(), "x.jsonl", &Options::default());
        let found: Vec<String> = came.payloads.iter().map(|payload| payload.origin().to_string()).collect();
        assert_eq!(found, origins, "{text}");
    }
    let large = format!("{:#}", json!({"id": 7, "list": vec![1; 500_000]}));
    assert_eq!(came(large.clone(), "x.ndjson", &Options::default()).bodies(), [large]);
    let named = format!("{:#}", serde_json::from_str::<Value>(&har()).unwrap());
    assert_eq!(came(named, "x.ndjson", &only("/v1/things")).bodies(), [BODY]);
}

#[test]
fn a_redirect_that_was_followed_is_skipped_in_a_har_as_in_a_dump() {
    let entry = |status: u16, body: &str| {
        json!({"request": {"method": "GET", "url": "/v1/things"},
            "response": {"status": status, "redirectURL": "/v1/things/", "content": {"text": body}}})
    };
    let har = |entries: &[Value]| json!({"log": {"version": "1.2", "entries": entries}}).to_string();
    let dump = |responses: &[(u16, &str)]| {
        let texts: Vec<String> = responses
            .iter()
            .map(|(status, body)| format!("HTTP/1.1 {status} x\r\nserver: y\r\n\r\n{body}"))
            .collect();
        texts.concat()
    };
    for status in [301, 302, 303, 307, 308] {
        for (followed, skipped) in [(true, 1), (false, 0)] {
            let mut responses = vec![(status, "moved\n")];
            responses.extend(followed.then_some((200, BODY)));
            let entries: Vec<Value> = responses.iter().map(|(status, body)| entry(*status, body)).collect();
            for text in [har(&entries), dump(&responses)] {
                let came = came(
                    text.clone(),
                    "x",
                    &Options { selection: only("/v1/things").selection, ..Options::default() },
                );
                assert_eq!((came.skipped.len(), came.payloads.len()), (skipped, 1), "{text}: {came:?}");
                assert_eq!(came.payloads[0].status(), Some(if followed { 200 } else { status }), "{text}");
            }
        }
    }
}

#[test]
fn variables_of_a_collection_are_part_of_its_paths() {
    let variables = json!([{"key": "baseUrl", "value": "https://api.example.com/v1"}, {"key": "kind", "value": "orders"}]);
    let item = |host: &str, path: Value, folder: Value| {
        let url = json!({"raw": "?", "host": [host], "path": path});
        json!([{"name": "f", "variable": folder, "item": [
            {"name": "i", "request": {"method": "GET", "url": url}, "response": [{"code": 200, "body": BODY}]}]}])
    };
    let things = json!([{"key": "kind", "value": "things"}]);
    for (items, selected) in [
        (item("{{baseUrl}}", json!(["things"]), Value::Null), true),
        (item("{{other}}", json!(["v1", "{{kind}}"]), Value::Null), false),
        (item("{{other}}", json!(["v1", "{{kind}}"]), things), true),
        (item("{{other}}", json!(["v1", "{{unknown}}"]), Value::Null), true),
        (item("{{other}}", json!(["v1", "{unknown}"]), Value::Null), false),
    ] {
        let info = r#""info": {"_postman_id": "x", "name": "n"}"#;
        for text in [
            format!("{{{info}, \"variable\": {variables}, \"item\": {items}}}"),
            format!("{{{info}, \"item\": {items}, \"variable\": {variables}}}"),
            format!("{{\"collection\": {{{info}, \"item\": {items}, \"variable\": {variables}}}}}"),
        ] {
            let came = came(text.clone(), "x.json", &only("/v1/things"));
            assert!(came.problems.is_empty(), "{text}: {came:?}");
            assert_eq!(came.payloads.len(), usize::from(selected), "{text}: {came:?}");
        }
    }
}

#[test]
fn braces_in_a_recorded_url_are_text() {
    for url in ["https://a/v1/%7Bid%7D", "https://a/v1/{thing}"] {
        let har = json!({"log": {"version": "1.2", "creator": {}, "entries": [
            {"request": {"method": "GET", "url": url}, "response": {"status": 200, "content": {"text": BODY}}}]}});
        assert_eq!(came(har.to_string(), "x.har", &only("/v1/things")).skipped.len(), 1, "{url}");
        assert_eq!(came(har.to_string(), "x.har", &only("/v1/{id}")).bodies(), [BODY], "{url}");
    }
}

#[test]
fn a_status_of_minus_one_is_no_response() {
    let har = json!({"log": {"version": "1.2", "creator": {}, "entries": [
        {"request": {"method": "GET", "url": "/v1/things"}, "response": {"status": -1, "content": {"size": -1}}}]}});
    let came = came(har.to_string(), "x.har", &only("/v1/things"));
    assert_eq!((came.skipped.len(), came.problems.len()), (1, 0), "{came:?}");
}

#[test]
fn payloads_that_look_a_little_like_a_capture_are_validated() {
    for payload in [
        json!({"log": {"version": "1.4.2", "entries": [{"date": "2026-01-01", "text": "fixed"}]}}),
        json!({"log": {"creator": {"name": "bob"}, "entries": [{"id": 1}]}}),
        json!({"log": {"entries": [{"request": {"method": "GET", "url": "/x"}}, {"response": {}}]}}),
        json!({"info": {"name": "order 7"}, "item": [{"id": 1, "request": "gift wrap"}]}),
        json!({"mappings": [], "meta": {"total": 0}}),
        json!({"request": {"id": 1, "method": "phone"}, "response": {"status": 3, "text": "ok"}}),
        json!({"request": {"url": "https://x", "method": "POST"}, "response": {"status": 200, "body": "ok"}}),
        json!({"consumer": {"name": "a"}, "provider": {"name": "b"}, "messages": []}),
        json!({"requests": [{"id": 1, "collectionId": "c9", "state": "open"}]}),
    ] {
        let text = payload.to_string();
        let came = came(text.clone(), "x.json", &only("/v1/things"));
        assert_eq!(came.bodies(), [text], "{:?}", came.problems);
    }
}

#[test]
fn an_entry_without_a_request_is_a_problem() {
    let har = json!({"log": {"version": "1.0", "creator": {}, "entries": [{"id": 1}, {"request": {"url": "/v1/things"},
        "response": {"status": 200, "content": {"text": BODY}}}, {"request": "GET /", "response": {}}]}});
    let came = came(har.to_string(), "x.json", &only("/v1/things"));
    assert_eq!((came.bodies(), came.problems.len()), (vec![BODY.to_owned()], 2), "{came:?}");
    for problem in &came.problems {
        assert!(problem.message().contains("`input=json`"), "{problem}");
    }
}

#[test]
fn minimal_mappings_are_recognized() {
    let get = json!({"method": "GET", "url": "/v1/things"});
    for mapping in [
        json!({"request": get, "response": {}}),
        json!({"request": get}),
        json!({"request": get, "response": null}),
        json!({"request": {"urlPath": "/v1/things"}, "response": {"status": null}}),
        json!({"request": {"url": "/v1/things", "method": null}, "response": {}}),
        json!({"response": {"status": 200, "jsonBody": {"id": "x"}}}),
        json!({"mappings": [{"request": get}]}),
        json!({"mappings": [{"response": {}}]}),
        json!({"mappings": [1, 2, 3, 4, 5, 6, 7, 8, 9, {"request": {"headers": {}}}]}),
    ] {
        // Never a payload as it is.
        let text = mapping.to_string();
        let came = came(text.clone(), "x.json", &only("/v1/things"));
        assert!(came.payloads.iter().all(|payload| payload.request().is_some()), "{text}: {came:?}");
    }
}

#[test]
fn a_capture_on_a_line_of_ndjson_is_refused() {
    let event =
        json!({"id": "x", "request": {"method": "GET", "url": "/v1/things"}, "response": {"status": 200}});
    let late = format!(
        "{{\"requests\": [{{\"response\": {{\"body\": \"{}\"}}, \"request\": {{\"url\": \"/a\", \"method\": \"GET\"}}}}]}}",
        "y".repeat(70_000)
    );
    let array = format!("[{}]", har());
    for capture in [har(), postman(), wiremock(), event.to_string(), late.clone(), array] {
        for name in ["x.ndjson", "x.jsonl", "x.json", "<stdin>"] {
            let text = format!("{{\"id\": 1}}\n{{\"id\": 2}}\n{capture}\n{{\"id\": 3}}\n");
            let came_now = came(text.clone(), name, &only("/v1/things"));
            assert_eq!((came_now.payloads.len(), came_now.problems.len()), (2, 1), "{name}: {capture:.60}");
            let problem = came_now.problems[0].to_string();
            assert!(problem.contains(&format!("{name}:3")), "{problem}");
            let insisted = Options { input: Some(Input::Ndjson), ..Options::default() };
            assert_eq!(came(text, name, &insisted).payloads.len(), 4, "{name}");
        }
    }
    assert!(came(late, "x.ndjson", &Options::default()).problem().contains("`input=wiremock`"));
    // As a line that is passed on.
    let long = format!("{{\"id\": 1}}\n{{\"pad\": \"{}\", {}", "y".repeat(3 << 20), &har()[1..]);
    let options = Options { pass_large: true, ..Options::default() };
    let reader = std::io::BufReader::new(std::io::Cursor::new(long.into_bytes()));
    let origin = clients_contract::Origin::file("x.ndjson");
    let mut items = clients_contract::payload::open_reader(reader, origin, &options).unwrap().items();
    assert!(items.next().is_some_and(|item| item.is_ok()) && items.next().is_some_and(|item| item.is_ok()));
    let error = std::io::copy(&mut items.body(), &mut std::io::sink()).unwrap_err();
    assert!(error.to_string().contains("`input=har`"), "{error}");
}

#[test]
fn lines_and_pretty_values_may_be_mixed() {
    let pretty = "{\n  \"id\": 1\n}\n";
    let asked = "{\"recorded_request\":{\"method\":\"GET\",\"url\":\"/a\"}}\n";
    for name in ["x.ndjson", "x.jsonl", "x.json", "<stdin>"] {
        for (text, count) in [
            (format!("{{\"id\":1}}\n{pretty}"), 2),
            (format!("{{\"id\":1}}\n{{\"id\":2}}\n\n{pretty}{{\"id\":3}}\n[\n1]\n"), 5),
            (format!("{asked}{pretty}"), 1),
            (format!("{asked}{pretty}{asked}{pretty}"), 2),
        ] {
            let came = came(text.clone(), name, &Options::default());
            assert!(came.problems.is_empty() && came.payloads.len() == count, "{name} {text}: {came:?}");
            let asked = came.payloads.iter().filter(|payload| payload.request().is_some()).count();
            assert_eq!(asked, if text.contains("recorded") { count } else { 0 }, "{text}: {came:?}");
        }
        let behind = format!("{{\"id\": 1}}\n{:#}", serde_json::from_str::<Value>(&har()).unwrap());
        let came = came(behind, name, &Options::default());
        assert!(came.payloads.len() == 1 && came.problems.len() == 1, "{name}: {came:?}");
    }
}

#[test]
fn a_value_of_several_lines_far_behind_names_its_line() {
    let lines = "{\"id\": 1}\n".repeat(10_000);
    for pretty in ["{\n  \"id\": 1\n}\n", "[\n1\n]", "{\"id\": 1,\n\"x\": {\n}}\n"] {
        for name in ["x.ndjson", "x.jsonl", "x.json", "<stdin>"] {
            let text = format!("{lines}{pretty}{lines}");
            let came_now = came(text.clone(), name, &Options::default());
            assert_eq!((came_now.payloads.len(), came_now.problems.len()), (10_000, 1), "{name}: {pretty}");
            let problem = came_now.problems[0].to_string();
            assert!(problem.starts_with(&format!("{name}:10001: ")), "{problem}");
            assert!(problem.contains("several lines") && problem.contains("`input=documents`"), "{problem}");
            let documents = Options { input: Some(Input::Documents), ..Options::default() };
            assert_eq!(came(text, name, &documents).payloads.len(), 20_001, "{name}: {pretty}");
        }
    }
    // A line that was cut off stands for itself.
    let cut = came(format!("{lines}{{\"id\": [1,\n{lines}"), "x.ndjson", &Options::default());
    assert_eq!((cut.payloads.len(), cut.problems.len()), (20_001, 0));
}

#[test]
fn a_mapping_that_says_nothing_of_the_request_answers_all() {
    for request in [json!({}), json!({"headers": {"Accept": {"contains": "json"}}})] {
        for status in [json!(200), json!(201)] {
            let mapping = json!({"request": request, "response": {"status": status, "body": BODY}});
            for text in [mapping.to_string(), format!("{mapping:#}")] {
                assert_eq!(came(text.clone(), "x.json", &only("/v1/things")).bodies(), [BODY], "{text}");
            }
        }
    }
}

#[test]
fn an_informational_response_is_skipped_alike_in_every_capture() {
    let dump = came(
        format!("HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{BODY}"),
        "x",
        &only("/a"),
    );
    let entry = |status: u16| json!({"request": {"method": "GET", "url": "/a"}, "response": {"status": status, "content": {"text": BODY}}});
    let har = json!({"log": {"version": "1.2", "creator": {}, "entries": [entry(101), entry(200)]}});
    for came in [dump, came(har.to_string(), "x.har", &only("/a"))] {
        assert_eq!((came.bodies(), came.skipped.len()), (vec![BODY.to_owned()], 1), "{came:?}");
        assert_eq!(came.skipped[0].why, "informational response");
    }
}

#[test]
fn headers_that_are_cut_off_name_the_line_of_their_response() {
    let dump = format!("HTTP/1.1 200 OK\r\n\r\n{BODY}\r\nHTTP/1.1 200 OK\r\nserver");
    let came = came(dump, "x", &Options::default());
    assert_eq!((came.payloads.len(), came.problems.len()), (1, 1), "{came:?}");
    let problem = came.problems[0].to_string();
    assert!(problem.starts_with("x#2: ") && problem.ends_with("the response begins in line 4"), "{problem}");
}

#[test]
fn a_saved_response_in_folders_has_its_own_line() {
    let saved = json!({"code": 200, "body": BODY});
    let item = json!({"name": "x", "request": "https://a.example.com/v1/things", "response": [saved, saved]});
    let folder = json!({"name": "outer", "item": [{"name": "inner", "item": [item, item]}]});
    let text = format!("{:#}", json!({"info": {"_postman_id": "x"}, "item": [item, folder]}));
    let lines = text.lines().enumerate().filter(|(_, line)| line.contains("\"body\""));
    // The object begins one line before its first member.
    let expected: Vec<u64> = lines.map(|(at, _)| at as u64).collect();
    let came = came(text, "x.json", &only("/v1/things"));
    let found: Vec<u64> = came.payloads.iter().filter_map(|payload| payload.origin().begins()).collect();
    assert_eq!((found.len(), found), (6, expected));
}
