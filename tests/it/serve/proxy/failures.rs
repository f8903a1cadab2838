use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::{KEY, PATH, Reply};
use super::raw::{Act, Raw};
use super::{Proxied, exchange, get, groups, gzip, validated, wait_for};
use crate::live::server::{Answer, Server, page};

const SHORT: [&str; 2] = ["--timeout", "500ms"];

/// What an upstream answers, the status of the problem, and its kind.
type UpstreamCase = (fn(&str) -> Answer, u16, &'static str);

#[test]
fn a_target_without_a_valid_response_is_502_or_504() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let fields = "x: y\r\n".repeat(300);
    let many = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{fields}\r\n");
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: {}\r\n\r\n", "y".repeat(1 << 20));
    let answers: [UpstreamCase; 7] = [
        (|_| Answer::json("{}").after(Duration::from_secs(5)), 504, "http_response_timeout"),
        (|_| Answer::bytes("\u{80}nonsense\r\n\r\n"), 502, "http_protocol_error"),
        (|_| Answer::bytes(""), 502, "http_protocol_error"),
        (|_| Answer::reset(""), 502, "http_protocol_error"),
        (|text| Answer::bytes(text), 502, "http_response_header_section_size"),
        (|text| Answer::bytes(text), 502, "http_response_header_section_size"),
        (
            |_| {
                Answer::bytes("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n")
            },
            502,
            "",
        ),
    ];
    for (number, (answer, status, kind)) in answers.into_iter().enumerate() {
        let text = if number == 4 { many.clone() } else { long.clone() };
        let server = Server::new(move |_| answer(&text));
        check(&server.url(), status, kind);
    }
    check(&closed, 502, "connection_refused");
    check("https://127.0.0.1:9", 502, "connection_refused");
}

/// One request: its response is a problem, and it is counted.
fn check(target: &str, status: u16, kind: &str) {
    let mut proxied = Proxied::start(target, &SHORT);
    let reply = proxied.get(PATH);
    assert_eq!(reply.status, status, "{target}: {}", reply.head);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert!(reply.header("proxy-status").unwrap().contains(kind), "{}", reply.head);
    let problem = reply.json();
    assert_eq!(problem["status"], status);
    assert!(problem["detail"].as_str().unwrap().contains("127.0.0.1"), "{problem}");
    let (code, report, stderr) = proxied.end();
    assert!(stderr.contains("1 without a response"), "{stderr}");
    assert_eq!(report["checked"]["skipped"], 1, "{stderr}");
    assert_eq!(code, Some(3), "nothing was validated: {stderr}");
    let problem = &report["problems"][0];
    assert!(problem["origin"].as_str().unwrap().contains(PATH), "{problem}");
    assert!(problem["message"].as_str().unwrap().starts_with("GET: no response: "), "{problem}");
}

#[test]
fn a_truncated_response_is_truncated_for_the_client_and_recorded_as_broken() {
    let body = page(1, 50, 50);
    let half = body.len() / 2;
    let (sized, chunked) = (
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}", body.len(), &body[..half]),
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{half:x}\r\n{}\r\n", &body[..half]),
    );
    let stalled = sized.clone();
    let answers: Vec<Box<dyn Fn() -> Answer + Send + Sync>> = vec![
        Box::new(move || Answer::bytes(sized.clone())),
        Box::new(move || Answer::bytes(chunked.clone())),
        Box::new(move || {
            let stalled = stalled.clone();
            Answer::socket(move |mut stream| {
                let _ = stream.write_all(stalled.as_bytes());
                thread::sleep(Duration::from_secs(5));
            })
        }),
    ];
    for answer in answers {
        let server = Server::new(move |_| answer());
        let (mut proxied, record) = Proxied::recording(&server.url(), "day.har", &SHORT);
        let mut stream = TcpStream::connect(proxied.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(get(PATH, "").replace("connection: close\r\n", "").as_bytes()).unwrap();
        let mut response = Vec::new();
        // The connection ends although it could be used again.
        let _ = stream.read_to_end(&mut response);
        let text = String::from_utf8_lossy(&response).into_owned();
        let text = text.split_once("\r\n\r\n").unwrap().1;
        assert!(text.contains(&body[..half]) && !text.ends_with("0\r\n\r\n"), "{text}");
        let (code, report, stderr) = proxied.end();
        assert_eq!(code, Some(3), "{stderr}");
        assert!(stderr.contains("1 truncated"), "{stderr}");
        let problem = report["problems"][0]["message"].as_str().unwrap();
        assert!(problem.starts_with("GET: truncated"), "{problem}");
        assert_eq!(groups(&report).len(), 1);
        assert_eq!(groups(&report)[0].0, groups(&validated(&record).1)[0].0);
        let har: Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
        let comment = har["log"]["entries"][0]["response"]["comment"].as_str().unwrap();
        assert!(comment.starts_with("truncated"), "{comment}");
    }
}

#[test]
fn requests_reach_the_target_as_they_are_but_for_the_connection() {
    let server =
        Server::new(|_| Answer::json(page(1, 1, 1)).header("x-other", "1").header("keep-alive", "timeout=5"));
    let mut proxied = Proxied::start(&server.url(), &[]);
    let host = server.address.to_string();
    let authorization = format!("authorization: Bearer {KEY}");
    for (request, first) in [
        (get(&format!("{PATH}?page=1&x=%2F"), ""), format!("GET {PATH}?page=1&x=%2F")),
        (get(&format!("http://elsewhere.example.com{PATH}"), ""), format!("GET {PATH}")),
        (get(PATH, "upgrade: websocket\r\nkeep-alive: x\r\nte: trailers\r\n"), format!("GET {PATH}")),
        (get(PATH, "expect: 100-continue\r\n"), format!("GET {PATH}")),
        (
            get("/", "x-own: 1\r\n").replace("connection: close", "connection: close, x-own"),
            "GET /".to_owned(),
        ),
        (get("/", "content-length: 5\r\n").replace("GET", "POST") + "hello", "POST /".to_owned()),
        (
            get("/", "transfer-encoding: chunked\r\n").replace("GET", "PUT") + "5\r\nhello\r\n0\r\n\r\n",
            "PUT /".to_owned(),
        ),
        (get("/", "").replace("HTTP/1.1", "HTTP/1.0"), "GET /".to_owned()),
    ] {
        let reply = Reply::of(&exchange(proxied.address(), &request));
        assert!(
            reply.head.contains(" 200 OK") && reply.header("x-other") == Some("1"),
            "{request}: {}",
            reply.head
        );
        assert_eq!(reply.header("keep-alive"), None);
        let head = server.heads().pop().unwrap();
        assert!(head.starts_with(&first), "{head}");
        let lower = head.to_lowercase();
        assert!(
            lower.contains(&format!("host: {host}")) && lower.contains(&authorization.to_lowercase()),
            "{head}"
        );
        for field in ["upgrade", "keep-alive", "x-own", "elsewhere", "via"] {
            assert!(!lower.contains(field), "{field}: {head}");
        }
        assert_eq!(lower.contains("connection: te"), request.contains("te: trailers"), "{head}");
    }
    let connect = Reply::of(&exchange(proxied.address(), "CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n"));
    assert_eq!(connect.status, 501);
    let bomb = get(PATH, &"x: y\r\n".repeat(200));
    assert_eq!(Reply::of(&exchange(proxied.address(), &bomb)).status, 431);
    assert_eq!(proxied.end().0, Some(0));
}

#[test]
fn clients_that_close_the_connection_early_are_counted() {
    let body = page(1, 2_000, 2_000);
    let server = Server::new(move |asked| {
        let answer = Answer::json(body.clone()).slowly(10_000, Duration::from_millis(30));
        if asked.page == 9 { answer.after(Duration::from_secs(3)) } else { answer }
    });
    let mut proxied = Proxied::start(&server.url(), &[]);
    let leave = |proxied: &Proxied, target: &str, read: usize| {
        let mut stream = TcpStream::connect(proxied.address()).unwrap();
        stream.write_all(get(target, "").as_bytes()).unwrap();
        if read == 0 {
            thread::sleep(Duration::from_millis(300));
        }
        stream.read_exact(&mut vec![0; read]).unwrap();
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    };
    for _ in 0..9 {
        leave(&proxied, PATH, 1_000);
    }
    leave(&proxied, &format!("{PATH}?page=9"), 0);
    leave(&proxied, "/elsewhere", 1_000);
    assert_eq!(proxied.get(PATH).status, 200);
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["payloads"]), (Some(0), &1.into()), "{stderr}");
    assert_eq!(report["checked"]["skipped"], 10, "{stderr}");
    assert!(stderr.contains("11 abandoned"), "{stderr}");
    // Nothing was validated.
    let mut proxied = Proxied::start(&server.url(), &[]);
    leave(&proxied, PATH, 1_000);
    thread::sleep(Duration::from_millis(300));
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["outcome"]), (Some(3), &"incomplete".into()), "{stderr}");
}

#[test]
fn failures_beside_valid_responses_make_the_report_incomplete() {
    let body = page(1, 5, 5);
    let short = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len() + 9);
    let blank = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n  \n".to_owned();
    for (bytes, what) in [(String::new(), "no response"), (short, "truncated"), (blank, "truncated")] {
        let sent = bytes.clone();
        let good = body.clone();
        let server = Server::new(move |asked| match asked.page {
            1 => Answer::json(good.clone()),
            _ => Answer::bytes(sent.clone()),
        });
        let mut proxied = Proxied::start(&server.url(), &[]);
        assert_eq!(proxied.get(&format!("{PATH}?page=1")).status, 200);
        for _ in 0..3 {
            let _ = proxied.get(&format!("{PATH}?page=2"));
        }
        let (code, report, stderr) = proxied.end();
        assert_eq!(code, Some(3), "{bytes}: {stderr}");
        let problems = report["problems"].as_array().unwrap();
        let problem = problems[0]["message"].as_str().unwrap();
        assert!(problems.len() == 1 && problem.starts_with(&format!("GET: {what}")), "{report:#}");
        assert!(problem.ends_with("(3 times)"), "{problem}");
        assert_eq!(report["checked"]["not_validated"], 0, "{report:#}");
    }
}

#[test]
fn a_response_that_is_not_encoded_as_its_header_has_it_is_a_problem() {
    let body = page(1, 5, 5);
    let zipped = gzip(body.as_bytes());
    let head = |fields: &str, length: usize| {
        format!("HTTP/1.1 200 OK\r\n{fields}content-length: {length}\r\n\r\n").into_bytes()
    };
    let lying = [head("content-encoding: gzip\r\n", body.len()), body.clone().into_bytes()].concat();
    let silent = [head("", zipped.len()), zipped].concat();
    for (bytes, what) in [(lying, "body is not gzip"), (silent, "body is gzip")] {
        for flags in [&[][..], &["--enforce"]] {
            let bytes = bytes.clone();
            let raw = Raw::new(move |_| Act::Close(bytes.clone()));
            let (mut proxied, record) = Proxied::recording(&raw.url(), "day.har", flags);
            let reply = proxied.get(PATH);
            if !flags.is_empty() {
                assert!(reply.status == 502 && reply.json()["detail"].to_string().contains(what));
            }
            let (code, report, stderr) = proxied.end();
            assert_eq!((code, &report["checked"]["valid"]), (Some(3), &1.into()), "{stderr}");
            let problem = report["problems"][0]["message"].as_str().unwrap();
            assert!(problem.starts_with(&format!("GET: {what}")), "{problem}");
            assert_eq!(validated(&record).1["checked"]["valid"], 1);
        }
    }
}

#[test]
fn a_truncated_response_that_is_compressed_is_recorded_as_far_as_it_came() {
    let zipped = gzip(page(1, 400, 400).as_bytes());
    let half = zipped[..zipped.len() / 2].to_vec();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", zipped.len());
    let broken = [&zipped[..zipped.len() / 2], &[0xff; 40][..]].concat();
    let ended =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", broken.len());
    for (response, comment) in [
        ([head.as_bytes(), &half].concat(), "truncated by the target"),
        ([ended.as_bytes(), &broken].concat(), "could not be decoded"),
    ] {
        let raw = Raw::new(move |_| Act::Close(response.clone()));
        let (mut proxied, record) = Proxied::recording(&raw.url(), "day.har", &[]);
        let _ = proxied.get(PATH);
        let (code, report, stderr) = proxied.end();
        assert_eq!(code, Some(3), "{stderr}");
        assert_eq!(report["problems"].as_array().unwrap().len(), 1, "{report:#}");
        assert_eq!(groups(&report)[0].0, "truncated-body");
        let har: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
        let response = &har["log"]["entries"][0]["response"];
        assert!(response["comment"].as_str().unwrap().starts_with(comment), "{response}");
        assert!(
            response["content"]["text"].as_str().unwrap().starts_with("{\"data\": {")
                || response["content"]["text"].as_str().unwrap().starts_with("{\"data\":{")
        );
        assert_eq!(groups(&validated(&record).1), groups(&report));
    }
}

#[test]
fn a_signal_waits_for_open_responses_and_writes_the_report() {
    let body = page(1, 50, 50);
    let length = body.len();
    let server =
        Server::new(move |_| Answer::json(body.clone()).slowly(length / 10, Duration::from_millis(150)));
    let mut proxied = Proxied::start(&server.url(), &[]);
    let address = proxied.address();
    let mut half = TcpStream::connect(address).unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nhost: x").unwrap();
    let reading = thread::spawn(move || Reply::of(&exchange(address, &get(PATH, ""))));
    wait_for("a request", || !server.heads().is_empty());
    thread::sleep(Duration::from_millis(300));
    let from = Instant::now();
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["valid"]), (Some(0), &1.into()), "{stderr}");
    assert!((300..6_000).contains(&from.elapsed().as_millis()), "the half-sent head is not waited for");
    assert_eq!(reading.join().unwrap().body.len(), length);
}

#[test]
fn a_broken_request_is_the_clients_error() {
    let server = Server::new(|_| Answer::json(page(1, 1, 1)));
    let mut proxied = Proxied::start(&server.url(), &[]);
    let head = get(PATH, "").replace("GET", "POST");
    let head = head.trim_end();
    for rest in [
        "transfer-encoding: chunked\r\n\r\nxyz\r\n",
        "transfer-encoding: chunked\r\n\r\n5\r\nhel",
        "content-length: 9\r\n\r\nhello",
    ] {
        let mut stream = TcpStream::connect(proxied.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(format!("{head}\r\n{rest}").as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).unwrap();
        let reply = Reply::of(&response);
        assert_eq!(reply.status, 400, "{rest:?}: {}", reply.head);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert!(reply.header("proxy-status").unwrap().ends_with("error=http_request_error"));
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("request") && !detail.contains("127.0.0.1"), "{detail}");
    }
    assert!(proxied.end().2.contains("3 without a response"));
}

#[test]
fn an_enforced_response_without_a_body_is_not_passed() {
    for (status, body, passed) in [
        ("200 OK", "", 502),
        ("200 OK", " \r\n\t ", 502),
        ("201 Created", "", 502),
        ("204 No Content", "", 204),
        ("404 Not Found", "", 404),
    ] {
        let length = if status.starts_with("204") {
            String::new()
        } else {
            format!("content-length: {}\r\n", body.len())
        };
        let response = format!("HTTP/1.1 {status}\r\n{length}\r\n{body}");
        let raw = Raw::new(move |_| Act::Send(response.clone().into_bytes()));
        let mut proxied = Proxied::start(&raw.url(), &["--enforce"]);
        let reply = proxied.get(PATH);
        assert_eq!(reply.status, passed, "{status} {body:?}: {}", reply.head);
        if passed == 502 {
            let detail = reply.json()["detail"].as_str().unwrap().to_owned();
            assert_eq!(detail, "the response could not be validated: it has no body");
        }
        let (code, report, stderr) = proxied.end();
        assert_eq!((code, &report["checked"]["payloads"]), (Some(3), &1.into()), "{status}: {stderr}");
        assert_eq!(stderr.contains("1 refused"), passed == 502, "{stderr}");
    }
}
