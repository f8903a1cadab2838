//! A table of what servers do, and what comes of it.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::server::{Answer, Asked, Server, page};
use super::{bare, judged, report, rules, stderr, tool};

type Act = fn(&Asked) -> Answer;

/// The second of three pages is what the act says; the others are good.
fn server(act: Act) -> Server {
    Server::new(move |asked| if asked.page == 2 { act(asked) } else { good(asked) })
}

fn good(asked: &Asked) -> Answer {
    Answer::json(page(asked.page, 2, 6))
}

fn no(status: u16) -> Answer {
    Answer::new(status, "{\"error\": \"no\"}")
}

/// A server, and what is to come of it.
struct Row {
    name: &'static str,
    act: Act,
    code: i32,
    /// Bodies that were judged.
    payloads: u64,
    /// A piece of what is said.
    said: &'static str,
    rules: &'static [&'static str],
}

/// The walk stops at the second page, and the first is judged.
const fn stops(name: &'static str, act: Act, said: &'static str) -> Row {
    Row { name, act, code: 3, payloads: 1, said, rules: &[] }
}

/// The walk goes on to its end.
const fn goes_on(name: &'static str, act: Act, said: &'static str) -> Row {
    Row { name, act, code: 0, payloads: 3, said, rules: &[] }
}

/// The second page is judged, and nobody knows how to go on.
const fn ends(name: &'static str, act: Act, said: &'static str, rules: &'static [&'static str]) -> Row {
    Row { name, act, code: 3, payloads: 2, said, rules }
}

const TABLE: &[Row] = &[
    // Bodies.
    ends(
        "HTML login page",
        |_| Answer::new(200, "<html>log in</html>").header("content-type", "text/html"),
        "content type text/html",
        &["not-json"],
    ),
    goes_on(
        "wrong type",
        |asked| Answer::new(200, page(asked.page, 2, 6)).header("content-type", "text/plain"),
        "expected JSON",
    ),
    stops("empty body", |_| Answer::json(""), "empty body"),
    stops("blank body", |_| Answer::json(" \n"), "empty body"),
    stops(
        "length that says too much",
        |_| Answer::bytes("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\": "),
        "requested 2 times",
    ),
    ends(
        "length that says too little",
        |asked| {
            Answer::bytes(format!("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{}", page(asked.page, 2, 6)))
        },
        "is not JSON",
        &["truncated-body"],
    ),
    stops(
        "length that is no number",
        |_| Answer::bytes("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{}"),
        "page 2",
    ),
    stops(
        "chunks cut off",
        |_| Answer::bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"data\""),
        "requested 2 times",
    ),
    stops(
        "chunks that are none",
        |_| Answer::bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{\"data\""),
        "page 2",
    ),
    stops("a byte at a time", |_| Answer::socket(drip), "requested 2 times"),
    stops("silence", |asked| good(asked).after(Duration::from_secs(60)), "requested 2 times"),
    stops("gzip bomb", |_| coded("gzip", gzip(&vec![b' '; 64 << 20])), "--max-body"),
    stops("brotli bomb", |_| coded("br", brotli(&vec![b' '; 64 << 20])), "--max-body"),
    stops("5 GB", |_| Answer::socket(flood), "--max-body"),
    goes_on("gzip", |asked| coded("gzip", gzip(page(asked.page, 2, 6).as_bytes())), "page 3 of 3"),
    goes_on("brotli", |asked| coded("br", brotli(page(asked.page, 2, 6).as_bytes())), "page 3 of 3"),
    goes_on("zstd", |asked| coded("zstd", zstd(page(asked.page, 2, 6).as_bytes())), "page 3 of 3"),
    stops(
        "gzip cut off",
        |asked| coded("gzip", half(gzip(page(asked.page, 2, 6).as_bytes()))),
        "requested 2 times",
    ),
    stops(
        "zstd cut off",
        |asked| coded("zstd", half(zstd(page(asked.page, 2, 6).as_bytes()))),
        "requested 2 times",
    ),
    stops("gzip that is none", |asked| coded("gzip", page(asked.page, 2, 6).into()), "body is not gzip"),
    stops(
        "gzip without a header",
        |asked| Answer::json(gzip(page(asked.page, 2, 6).as_bytes())),
        "body is gzip",
    ),
    stops(
        "another coding",
        |asked| coded("compress", page(asked.page, 2, 6).into()),
        "the coding `compress`",
    ),
    ends(
        "GraphQL error",
        |_| Answer::json("{\"errors\": [{\"message\": \"no\"}], \"data\": null}"),
        "whether there are more",
        &["api-error"],
    ),
    // Headers and statuses.
    goes_on("odd bytes in a header", |asked| good(asked).header("x-odd", b"\xff\xfe"), "page 3 of 3"),
    goes_on(
        "odd bytes in headers that are read",
        |asked| {
            let odd = ["retry-after", "x-ratelimit-remaining", "content-type"];
            odd.iter().fold(good(asked), |answer, name| answer.header(name, b"\xff\xfe"))
        },
        "page 3 of 3",
    ),
    stops(
        "redirect loop",
        |_| no(302).header("location", "/incoming/v2/clients?page=2"),
        "redirected more than 5 times",
    ),
    stops("redirect elsewhere", |_| no(301).header("location", "https://evil.example.com/"), "another host"),
    stops("redirect to nowhere", |_| no(302), "redirects to"),
    stops("redirect to odd bytes", |_| no(302).header("location", b"\xff\xfe"), "redirects to"),
    stops("a choice", |_| no(300), "not a redirect"),
    stops("206", |asked| Answer::new(206, page(asked.page, 2, 6)), "206: a part of a response"),
    stops("204", |_| Answer::new(204, ""), "204"),
    stops("304", |_| Answer::new(304, ""), "304"),
    stops("400", |_| no(400), "check --query"),
    stops("401", |_| no(401), "check the API key"),
    stops("403", |_| no(403), "check the permissions"),
    stops("404", |_| no(404), "check the name of the instance"),
    stops("500 for ever", |_| no(500), "500"),
    stops("headers without end", |_| Answer::socket(headers), "page 2"),
    goes_on(
        "a hint before the answer",
        |asked| {
            let body = page(asked.page, 2, 6);
            let length = body.len();
            Answer::bytes(format!(
                "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}"
            ))
        },
        "page 3 of 3",
    ),
    // Waits.
    stops("endless wait", |_| no(429).header("retry-after", "99999999"), "99999999 s"),
    stops(
        "endless wait by date",
        |_| no(503).header("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT"),
        "--max-wait",
    ),
    ends(
        "endless wait by limit",
        |asked| good(asked).header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "99999999999"),
        "--max-wait",
        &[],
    ),
    goes_on(
        "once 503",
        |asked| if asked.before == 1 { no(503).header("retry-after", "0") } else { good(asked) },
        "503",
    ),
    goes_on(
        "wait by date",
        |asked| if asked.before == 1 { no(429).header("retry-after", in_two_seconds()) } else { good(asked) },
        "page 2 of 3, waiting",
    ),
    goes_on(
        "wait by date that is over",
        |asked| {
            let past = "Wed, 21 Oct 2015 07:28:00 GMT";
            if asked.before == 1 { no(429).header("retry-after", past) } else { good(asked) }
        },
        "waiting 0.0 s: server returned 429",
    ),
    goes_on(
        "wait by limit",
        |asked| {
            let reset = (jiff::Timestamp::now() + Duration::from_secs(2)).as_second().to_string();
            good(asked).header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", reset)
        },
        "server reports that no requests are left",
    ),
    goes_on(
        "no request left",
        |asked| good(asked).header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "1"),
        "page 3 of 3",
    ),
    // Connections.
    stops("end without an answer", |_| Answer::bytes(""), "requested 2 times"),
    stops("reset", |_| Answer::reset(""), "requested 2 times"),
    stops(
        "reset in the middle",
        |_| Answer::reset("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\": "),
        "requested 2 times",
    ),
    stops("no HTTP", |_| Answer::bytes("SSH-2.0-x\r\n\r\n"), "invalid HTTP response"),
    // Pages that change while walking.
    ends(
        "the first page again",
        |_| Answer::json(page(1, 2, 6)),
        "would not end",
        &["page-mismatch", "walk-not-ending"],
    ),
    ends(
        "a walk beyond its total",
        |asked| Answer::json(page(asked.page, 2, 6).replace("\"total\":6", "\"total\":1")),
        "beyond those of its `total`",
        &["has-more-disagrees", "total-changed", "walk-not-ending"],
    ),
    Row {
        name: "a total that changes",
        act: |asked| Answer::json(page(asked.page, 2, 8)),
        code: 0,
        payloads: 3,
        said: "page 3 of 3",
        rules: &["total-changed"],
    },
    Row {
        name: "an item that moves",
        act: |asked| Answer::json(page(asked.page, 2, 6).replace("-000000000002", "-000000000001")),
        code: 0,
        payloads: 3,
        said: "page 3 of 3",
        rules: &["repeated-client"],
    },
    Row {
        name: "another page size",
        act: |asked| Answer::json(page(asked.page, 2, 6).replace("\"perPage\":2", "\"perPage\":3")),
        code: 0,
        payloads: 3,
        said: "page 3 of 3",
        rules: &["has-more-disagrees", "page-mismatch"],
    },
];

fn coded(coding: &'static str, body: Vec<u8>) -> Answer {
    Answer::json(body).header("content-encoding", coding)
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 1, ..Default::default() };
    brotli::BrotliCompress(&mut &text[..], &mut packed, &params).unwrap();
    packed
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

fn half(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

fn in_two_seconds() -> String {
    let then = jiff::Timestamp::now() + Duration::from_secs(2);
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&then).unwrap()
}

fn drip(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n");
    while stream.write_all(b" ").is_ok() {
        thread::sleep(Duration::from_secs(1));
    }
}

fn flood(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\n");
    while stream.write_all(&b" ".repeat(65_536)).is_ok() {}
}

fn headers(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
    while stream.write_all(&b"x-more: 0123456789\r\n".repeat(100)).is_ok() {}
}

/// How many payloads were valid or invalid.
fn validated(report: &Value) -> u64 {
    ["valid", "invalid"].iter().map(|verdict| report["checked"][verdict].as_u64().unwrap()).sum()
}

#[test]
fn whatever_a_server_does_is_reported_and_what_came_is_kept_and_validated() {
    let check = |row: &Row| {
        let Row { name, act, code, payloads, said, rules: expected } = row;
        let server = server(*act);
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("w.ndjson");
        let more =
            ["--count", "2", "--retries", "1", "--timeout", "whole=3s,read=2s", "--max-body", "1MiB", "-v"];
        let more = [&more[..], &["--record", record.to_str().unwrap()]].concat();
        let output = tool(&server.url(), &more).output().unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{name}: {told}");
        assert!(told.contains(said), "{name}: {told}");
        let live = report(&output);
        assert_eq!(validated(&live), *payloads, "{name}: {told}");
        assert_eq!(live["problems"].as_array().unwrap().is_empty(), *code == 0, "{name}");
        // A response that ends the walk without a page is counted, and not recorded.
        let of_pages: Vec<String> = rules(&live).into_iter().filter(|rule| rule != "http-status").collect();
        assert_eq!(of_pages, *expected, "{name}: {told}");
        let recorded = judged(&record);
        assert_eq!(validated(&recorded), *payloads, "{name}: what came is kept");
        assert_eq!(rules(&recorded), *expected, "{name}: of the record");
    };
    // A few at a time: each is a process.
    thread::scope(|scope| {
        for first in 0..4 {
            scope.spawn(move || TABLE.iter().skip(first).step_by(4).for_each(check));
        }
    });
}

#[test]
fn requests_that_cannot_be_sent_are_reported() {
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, more, code, said) in [
        (format!("http://{refused}"), "-v", 3, "connection refused"),
        ("https://nowhere.invalid".to_owned(), "-v", 3, "nowhere.invalid"),
        ("http://nowhere.invalid".to_owned(), "--allow-http", 3, "warning: --allow-http"),
        ("http://nowhere.invalid".to_owned(), "-v", 2, "--allow-http"),
        ("http://".to_owned(), "-v", 2, "URL"),
        ("https://a b/".to_owned(), "-v", 2, "URL"),
        ("https://:x/".to_owned(), "-v", 2, "URL"),
        ("http://10.0.0.1/".to_owned(), "-v", 2, "--allow-http"),
        ("https://user:password@127.0.0.1/".to_owned(), "-v", 2, "must not"),
        ("https://127.0.0.1/?page=2".to_owned(), "-v", 2, "must not have a query"),
    ] {
        let output = tool(&url, &["--retries", "0", more]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{url}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{url}: {}", stderr(&output));
    }
    for path in ["htps://acme.example.com", "acme.thoughtindustries.com", "HTTPS:/acme.example.com"] {
        let output = bare().args(["--no-settings", path]).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{path}: {}", stderr(&output));
        assert!(stderr(&output).contains("cannot be read"), "{path}: {}", stderr(&output));
    }
}
