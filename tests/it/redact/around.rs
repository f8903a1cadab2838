//! What is around bodies: patterns, headers, parameters, statuses, and captures that are deep or long.

use std::time::{Duration, Instant};

use clients_contract::payload::Input;
use serde_json::{Value, json};

use super::captures::{read, rewritten};
use super::{KEY, clients};
use crate::came::base64;
use crate::tool::{code, run, stderr};

/// What a capture becomes, and how many values were not preserved.
fn redacted(capture: &str, name: &str, input: Option<Input>) -> (String, u64) {
    let mut redactor = clients(KEY);
    let (out, problems) = rewritten(&mut redactor, capture.as_bytes(), name, input, 1);
    assert_eq!(problems, <[&str; 0]>::default(), "{capture}");
    (String::from_utf8(out).unwrap(), redactor.summary().unpreserved)
}

fn har(request: &Value, response: &Value) -> String {
    json!({"log": {"version": "1.2", "creator": {}, "entries": [{"request": request, "response": response}]}})
        .to_string()
}

fn get(url: &str) -> Value {
    json!({"method": "GET", "url": url})
}

fn mapping(request: &Value) -> String {
    json!({"mappings": [{"request": request, "response": {"status": 200, "jsonBody": {}}}]}).to_string()
}

#[test]
fn patterns_have_no_letters_and_digits_but_those_of_the_api() {
    for (pattern, gone) in [
        ("/users/[Jj][Oo][Hh][Nn]-[Ss]", "[Jj]"),
        ("/users/123-45-678-90?.*", "123-45"),
        (r"/users/\x6a\x6f\x68\x6e", r"\x6a"),
        (r"/users/\u006a\u006f", "006a"),
        (r"/users/(jo|al)@(ab|cd)\.(de|io)", "(jo|al)"),
        (r".*phone=\+49-151-234-567-89.*", "151-234"),
        (r"/users/\Qj.d\E", "j.d"),
        ("/users/j.o.h.n", "j.o.h"),
        ("(?<john>.)", "john"),
    ] {
        let query = json!({"phone": {"matches": pattern}});
        for request in [
            json!({"urlPattern": pattern}),
            json!({"urlPathPattern": pattern}),
            json!({"urlPath": {"matches": pattern}}),
            json!({"url": "/a", "headers": {"Accept": {"matches": pattern, "doesNotMatch": pattern}}}),
            json!({"url": "/a", "queryParameters": query}),
            json!({"url": "/a", "method": {"matches": pattern}}),
        ] {
            let capture = mapping(&request);
            let (out, _) = redacted(&capture, "a.json", Some(Input::WireMock));
            let written = json!(gone).to_string();
            assert!(!out.contains(written.trim_matches('"')), "{out}");
            let input = Some(Input::WireMock);
            assert_eq!(read(out.as_bytes(), "a.json", input), read(capture.as_bytes(), "a.json", input));
        }
    }
}

#[test]
fn patterns_that_are_the_apis_stay() {
    for pattern in
        [r"/incoming/v2/clients(\?.*)?", r"/incoming/v2/clients\?page=\d+&count=[0-9]{1,3}", "/incoming/.*"]
    {
        let (out, unpreserved) =
            redacted(&mapping(&json!({"urlPattern": pattern})), "a.json", Some(Input::WireMock));
        assert!(out.contains(&json!(pattern).to_string()), "{out}");
        assert_eq!(unpreserved, 0);
    }
    let (out, unpreserved) = redacted(
        &mapping(&json!({"urlPattern": r"/incoming/(v2)/clients(\1)?[a-z&&[j]]?"})),
        "a.json",
        Some(Input::WireMock),
    );
    assert!(out.contains(r#""urlPattern":".*""#) && unpreserved == 1, "{out}");
}

#[test]
fn values_that_are_nested_too_deeply_are_errors() {
    let deep = |before: &str, inside: &str, behind: &str, levels: usize| {
        format!("{}1{}", before.repeat(levels), behind.repeat(levels)).replace('1', inside)
    };
    let postman = |item: &str| {
        let schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
        format!(r#"{{"info":{{"name":"x","schema":"{schema}"}},"item":[{item}]}}"#)
    };
    let item = |levels| deep(r#"{"name":"a","item":["#, r#"{"name":"a"}"#, "]}", levels);
    let path = |levels| {
        let path = deep("[", r#""a""#, "]", levels);
        format!(
            r#"{{"request":{{"method":"GET","url":{{"raw":"http://a/b","path":{path}}}}},"response":[]}}"#
        )
    };
    let header = |levels| {
        let matcher = deep(r#"{"equalTo":"#, r#""a""#, "}", levels);
        let response = r#"{"status":200,"body":"{}"}"#;
        format!(
            r#"{{"requests":[{{"request":{{"url":"/a","method":"GET","headers":{{"Accept":{matcher}}}}},"response":{response}}}]}}"#
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.json");
    for (name, input, make) in [
        ("item", "postman", &(|levels: usize| postman(&item(levels / 2))) as &dyn Fn(usize) -> String),
        ("path", "postman", &|levels| postman(&path(levels))),
        ("header", "wiremock", &header),
    ] {
        let capture = folder.path().join(name);
        let (from, to) = (capture.to_str().unwrap(), out.to_str().unwrap());
        let redact = || run(&["redact", from, "-o", to, "--force", "--input", input]);
        let validate = || run(&["validate", from, "--input", input]);
        let message = "is nested too deeply: at most 127 levels are read";
        std::fs::write(&capture, make(200_000)).unwrap();
        let done = redact();
        assert_eq!(code(&done), 3, "{name}: {}", stderr(&done));
        let omitted = format!("entry 1: {message}; it is omitted");
        assert!(stderr(&done).contains(&omitted), "{name}: {}", stderr(&done));
        assert!(stderr(&validate()).contains(message), "{name}: {}", stderr(&validate()));
        // The limit is the one of `validate`.
        for levels in 118..=130 {
            std::fs::write(&capture, make(levels)).unwrap();
            let is_refused = code(&redact()) == 3;
            assert_eq!(is_refused, stderr(&validate()).contains(message), "{name} {levels}");
        }
        std::fs::remove_file(&capture).unwrap();
        std::fs::remove_file(&out).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{name}");
    }
}

#[test]
fn long_captures_take_time_as_long() {
    let begun = Instant::now();
    let variables = "{{a}}".repeat(100_000);
    for url in [format!("http://a/{variables}"), format!("http://{variables}/a")] {
        let (out, _) = redacted(&har(&get(&url), &json!({"status": 200})), "a.har", None);
        assert_eq!(out.matches("{{").count(), 100_000);
    }
    let bodies = r#","text":"{}""#.repeat(50_000);
    let response = json!({"status": 200, "content": {"mimeType": "a"}});
    let capture = har(&get("/incoming/v2/clients"), &response)
        .replace(r#""mimeType":"a""#, &format!(r#""mimeType":"application/json"{bodies}"#));
    let (out, _) = redacted(&capture, "a.har", None);
    assert_eq!(out.matches(r#""text""#).count(), 50_000);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn entries_keep_what_is_read_of_them() {
    let page = std::fs::read_to_string("fixtures/valid/minimal.json").unwrap();
    let url = "https://a.test/incoming/v2/clients?page=1";
    let plain = json!({"status": 200, "content": {"text": page}});
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, page.as_bytes()).unwrap();
    let gzip = base64(&gzip.finish().unwrap());
    let encoded = base64(page.as_bytes());
    let mut captures = vec![
        har(&get(url), &json!({"status": 200, "content": {"text": gzip, "encoding": "base64"}})),
        har(&get(url), &json!({"status": 500, "content": {"text": gzip, "encoding": "base64"}})),
        har(&get(url), &json!({"status": 500, "content": {"text": "H4sIAAAA", "encoding": "base64"}})),
    ];
    for encoding in ["BASE64", "Base64", "base64 ", "base64"] {
        let content = json!({"text": encoded, "encoding": encoding});
        captures.push(har(&get(url), &json!({"status": 200, "content": content})));
    }
    for url in [
        "/incoming/v2/%63lients",
        "https://a.test/incoming/v2/clients ",
        " https://a.test/incoming/v2/clients\t?page=1",
        "/incoming/v2/clients/%6aohn",
    ] {
        captures.push(har(&get(url), &plain));
    }
    for method in ["Get", "GET ", "get", "Brew", "PURGE"] {
        captures.push(har(&json!({"method": method, "url": url}), &plain));
    }
    for status in [
        json!("200"),
        json!("200 OK"),
        json!("404 Not Found"),
        json!(200.0),
        json!(2e2),
        json!(-1),
        json!(0),
        json!(4_915_112_345_678_u64),
        json!("4915112345678"),
        json!(200.5),
        json!("ok"),
        json!(""),
        json!(null),
        json!([200]),
    ] {
        captures.push(har(&get(url), &json!({"status": status, "content": {"text": page}})));
    }
    for text in [json!(1), json!({"a": 1}), json!([1]), json!(true), json!(null)] {
        captures.push(har(&get(url), &json!({"status": 200, "content": {"text": text}})));
        captures.push(har(&get(url), &json!({"status": 200, "content": {"_file": text}})));
        captures.push(har(&get(url), &json!({"status": 200, "content": {"text": page, "encoding": text}})));
    }
    for capture in captures {
        let mut redactor = clients(KEY);
        let (out, _) = rewritten(&mut redactor, capture.as_bytes(), "a.har", None, 1);
        // Where in the entry an error is depends on its length.
        let items = |text: &[u8]| {
            let items = read(text, "a.har", None).into_iter();
            items.map(|item| item.split(" (line").next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(items(&out), items(capture.as_bytes()), "{capture}");
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains("4915112345678"), "{out}");
    }
}

#[test]
fn statuses_of_postman_keep_what_is_read_of_them() {
    let page = std::fs::read_to_string("fixtures/valid/minimal.json").unwrap();
    for (name, value) in [
        ("code", json!(200)),
        ("code", json!("200")),
        ("status", json!("ok")),
        ("status", json!("200 John")),
        ("status", json!("John")),
        ("status", json!("Not Found")),
    ] {
        let response = json!({name: value, "body": page});
        let capture = json!({"info": {"name": "a", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
            "item": [{"name": "a", "request": {"method": "GET", "url": "/incoming/v2/clients"}, "response": [response]}]})
        .to_string();
        let (out, _) = redacted(&capture, "a.json", Some(Input::Postman));
        let input = Some(Input::Postman);
        assert_eq!(read(out.as_bytes(), "a.json", input), read(capture.as_bytes(), "a.json", input), "{out}");
        assert!(!out.contains("John"), "{out}");
    }
}

#[test]
fn numbers_of_people_are_replaced() {
    let url = "https://a.io:4915112/incoming/v2/clients?query=4915112345678&page=2&count=25&cursor=123456789012345678&page=4915112345678";
    let headers = json!([
        {"name": "Retry-After", "value": "4155551234"},
        {"name": "X-RateLimit-Limit", "value": "415-867-5309"},
        {"name": "Age", "value": "1234567890"},
        {"name": "Content-Language", "value": "4915112345 49151"},
        {"name": "Cache-Control", "value": "max-age=4915112345"},
        {"name": "X-Total-Count", "value": "25"}
    ]);
    let request = json!({"method": "GET", "url": url, "headers": headers,
        "queryString": [{"name": "query", "value": "4915112345678"}, {"name": "page", "value": "2"}]});
    let response = json!({"status": 4_915_112_345_678_u64, "headers": headers, "content": {"text": "{}"}});
    let (out, _) = redacted(&har(&request, &response), "a.har", None);
    for gone in ["4915112", "49151", "123456789", "4155551234", "867", "5309"] {
        assert!(!out.contains(gone), "{gone}: {out}");
    }
    for kept in
        ["page=2&count=25", r#"{"name":"page","value":"2"}"#, r#"{"name":"X-Total-Count","value":"25"}"#]
    {
        assert!(out.contains(kept), "{kept}: {out}");
    }
    let dump = "HTTP/4915112345 200 OK\r\nContent-Type: application/json\r\n\r\n{}\n";
    let (out, _) = redacted(dump, "a.http", None);
    assert!(out.starts_with("HTTP/1.1 200 OK\r\n"), "{out}");
}
