use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use clients_contract::live::Key;
use clients_contract::serve::Options;
use serde_json::json;

use super::{KEY, PATH, Reply, Tool, ask, ask_by, generated, mock, page, send};

#[test]
fn health_and_requests_are_listed() {
    let mock = mock(&generated(3), Options::default());
    let health = ask(&mock, "/__admin/health", &[]).json();
    assert_eq!(health, json!({"status": "ok", "contract": "clients", "total": 3}));
    page(&mock, "page=1&api_key=abc");
    ask(&mock, "/other", &["prefer: code=500", "x-api-key: abc"]);
    let journal = ask(&mock, "/__admin/requests", &[]);
    assert!(!String::from_utf8_lossy(&journal.body).contains(KEY));
    let journal = journal.json();
    assert_eq!(journal["total"], 2);
    assert_eq!(journal["requests"][0]["parameters"], json!([["page", "1"], ["api_key", "***"]]));
    assert_eq!(journal["requests"][1]["status"], 404);
    assert!(!journal.to_string().contains("abc"), "{journal}");
    ask_by(&mock, "POST", "/__admin/reset", &[]);
    assert_eq!(ask(&mock, "/__admin/requests", &[]).json()["total"], 0);
}

#[test]
fn reset_is_refused_for_other_methods_sizes_and_sites() {
    let mock = mock(&generated(3), Options::default());
    let small = "content-length: 2\r\n\r\n{}";
    for (method, fields, status) in [
        ("POST", "host: 127.0.0.1:4010\r\n\r\n".to_owned(), 204),
        ("POST", "host: localhost\r\n\r\n".to_owned(), 204),
        ("POST", format!("host: [::1]:4010\r\n{small}"), 204),
        ("POST", "host: localhost\r\norigin: http://localhost:3000\r\n\r\n".to_owned(), 204),
        ("GET", "host: localhost\r\n\r\n".to_owned(), 405),
        ("DELETE", "host: localhost\r\n\r\n".to_owned(), 405),
        ("POST", "host: evil.example\r\n\r\n".to_owned(), 403),
        ("POST", "host: localhost.evil.example\r\n\r\n".to_owned(), 403),
        ("POST", "host: localhost\r\norigin: https://evil.example\r\n\r\n".to_owned(), 403),
        ("POST", "host: localhost\r\norigin: null\r\n\r\n".to_owned(), 403),
        ("POST", "host: localhost\r\nsec-fetch-site: cross-site\r\n\r\n".to_owned(), 403),
        ("POST", "host: localhost\r\ncontent-length: 2000000\r\n\r\n".to_owned(), 413),
    ] {
        page(&mock, "");
        let head = format!("{method} /__admin/reset HTTP/1.1\r\nconnection: close\r\n{fields}");
        let reply = Reply::of(&send(mock.address(), head.as_bytes()).unwrap());
        assert_eq!(reply.status, status, "{method} {fields}");
        assert_eq!(mock.requests().is_empty(), status == 204, "{method} {fields}");
        assert_eq!(reply.header("allow"), (status == 405).then_some("POST"));
        if status == 403 {
            let message = reply.json()["message"].as_str().unwrap().to_owned();
            assert!(
                ["Host", "Origin", "Sec-Fetch-Site"].iter().any(|name| message.contains(name)),
                "{message}"
            );
        }
    }
}

/// Requests with a key in every position and spelling.
fn requests_with(key: &str) -> Vec<String> {
    let percent = key.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
    let spellings = [
        key.to_owned(),
        percent.clone(),
        percent.replace('%', "%25"),
        STANDARD.encode(key),
        URL_SAFE.encode(format!("user:{key}")),
        STANDARD.encode(format!("{key}:x")),
    ];
    let known = format!("authorization: Bearer {key}\r\n");
    let mut requests = Vec::new();
    for one in &spellings {
        for (target, fields) in [
            (format!("{PATH}?a={one}"), known.clone()),
            (format!("{PATH}?{one}=a"), known.clone()),
            (format!("{PATH}?api_key={one}"), String::new()),
            (format!("/{one}/x"), known.clone()),
            (PATH.to_owned(), format!("{known}x-copy: {one}\r\n")),
            (PATH.to_owned(), format!("{known}prefer: preset=\"{one}\"\r\n")),
            (PATH.to_owned(), format!("{known}prefer: wait=0; x=\"{one}\"\r\n")),
            (PATH.to_owned(), format!("authorization: Basic {one}\r\n")),
            (PATH.to_owned(), format!("authorization: ApiKey {one}\r\nx-copy: {one}\r\n")),
            (PATH.to_owned(), format!("authorization: {one}\r\n")),
            (PATH.to_owned(), format!("x-api-key: {one}\r\ncookie: key={one}\r\n")),
        ] {
            requests.push(format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n"));
        }
    }
    requests
}

#[test]
fn keys_are_hidden_in_every_position_and_spelling() {
    for key in [KEY, "zx/+9Q=", "s3cr", "tok_with.dots~and-more_0123"] {
        let options = Options::default();
        let options = if key.len() >= 8 { options.key(Key::new(key).unwrap()) } else { options };
        let mock = mock(&generated(3), options);
        let requests = requests_with(key);
        for request in &requests {
            let _ = send(mock.address(), request.as_bytes());
        }
        assert_eq!(mock.requests().len(), requests.len());
        let shown = format!("{:?} {}", mock.requests(), ask(&mock, "/__admin/requests", &[]).json());
        assert_hidden(&shown, key);
        assert!(!format!("{mock:?}").contains(key));
    }
    // Of the contract's keys, those that were never sent as a key are hidden, too.
    let mock = mock(&generated(3), Options::default());
    let _ = send(
        mock.address(),
        format!("GET {PATH}?a={KEY} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes(),
    );
    assert_eq!(mock.requests()[0].parameter("a"), Some("***"));
}

fn assert_hidden(shown: &str, key: &str) {
    let decoded = percent_encoding::percent_decode_str(shown).decode_utf8_lossy().into_owned();
    let twice = percent_encoding::percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
    for text in [shown, &decoded, &twice] {
        assert!(!text.contains(key), "{key}");
        for spelling in [
            STANDARD.encode(key),
            STANDARD.encode(format!("{key}:x")),
            URL_SAFE.encode(format!("user:{key}")),
        ] {
            assert!(!text.contains(spelling.trim_end_matches('=')), "{key} as {spelling}");
        }
    }
}

#[test]
fn the_tool_prints_no_key() {
    let tool = Tool::start(&["--total", "3"]);
    for request in requests_with(KEY) {
        let _ = send(tool.address(), request.as_bytes());
    }
    let (code, stderr) = tool.end("-TERM");
    assert_eq!(code, Some(0));
    assert_hidden(&stderr, KEY);
}
