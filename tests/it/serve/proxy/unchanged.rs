use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::super::{KEY, PATH};
use super::raw::{Act, Raw};
use super::{Proxied, gzip};
use crate::live::server::page;

/// Sends a request without an end of the connection in it, and reads what comes.
fn exchange(address: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    response
}

/// The head, the hash of the body, and the trailers.
fn parts(response: &[u8]) -> (String, String, String) {
    let end = response.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&response[..end]).into_owned();
    // The proxy ends the connection of a client that ended its half.
    let head = head.replace("connection: close\r\n", "");
    let mut rest = &response[end..];
    let (mut body, mut trailers) = (rest.to_vec(), String::new());
    if head.to_lowercase().contains("\r\ntransfer-encoding: ") && !rest.is_empty() {
        body.clear();
        loop {
            let line = rest.windows(2).position(|two| two == b"\r\n").unwrap();
            let size = std::str::from_utf8(&rest[..line]).unwrap().split(';').next().unwrap();
            let size = usize::from_str_radix(size, 16).unwrap();
            rest = &rest[line + 2..];
            if size == 0 {
                break;
            }
            body.extend_from_slice(&rest[..size]);
            rest = &rest[size + 2..];
        }
        trailers = String::from_utf8(rest.to_vec()).unwrap();
    }
    (head, format!("{:x?}", Sha256::digest(&body)), trailers)
}

/// What the target sends, and whether it is the response to a `HEAD` request.
fn responses() -> Vec<(&'static str, Vec<u8>)> {
    let body = page(1, 3, 3);
    let (length, half) = (body.len(), body.len() / 2);
    let zipped = gzip(body.as_bytes());
    let fields = "X-Zulu: 1\r\nServer: Raw/1.0\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nx-ALPHA: \u{e9}\r\nETag: \"1\"";
    let chunks = format!(
        "{half:X}\r\n{}\r\n{:x};name=value\r\n{}\r\n0\r\n",
        &body[..half],
        length - half,
        &body[half..]
    );
    let text = |text: String| text.into_bytes();
    vec![
        (
            "GET",
            text(format!(
                "HTTP/1.1 200 OK\r\n{fields}\r\nContent-Length: {length}\r\nX-Last: 9\r\n\r\n{body}"
            )),
        ),
        (
            "GET",
            text(format!(
                "HTTP/1.1 200 Fine\r\n{fields}\r\nTransfer-Encoding: chunked\r\nX-Last: 9\r\n\r\n{chunks}\r\n"
            )),
        ),
        (
            "GET",
            text(format!(
                "HTTP/1.1 200 OK\r\nTrailer: X-Sum, X-Time\r\nTransfer-Encoding: chunked\r\n{fields}\r\n\r\n{chunks}\
                 x-sum: 1\r\nx-time: 2\r\n\r\n"
            )),
        ),
        (
            "GET",
            [
                text(format!(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
                    zipped.len()
                )),
                zipped,
            ]
            .concat(),
        ),
        ("HEAD", text(format!("HTTP/1.1 200 OK\r\n{fields}\r\nContent-Length: 12345\r\nX-Last: 9\r\n\r\n"))),
        (
            "GET",
            text(format!(
                "HTTP/1.1 304 Not Modified\r\n{fields}\r\nContent-Length: 12345\r\nX-Last: 9\r\n\r\n"
            )),
        ),
        ("GET", text(format!("HTTP/1.1 304 Not Modified\r\n{fields}\r\n\r\n"))),
        ("GET", text(format!("HTTP/1.1 204 No Content\r\n{fields}\r\n\r\n"))),
        ("GET", text(format!("HTTP/1.1 500 Oh No\r\nContent-Length: 0\r\n{fields}\r\n\r\n"))),
        (
            "GET",
            text(format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/{length}\r\nContent-Length: 4\r\n\r\n{{\"da"
            )),
        ),
        ("GET", text(format!("HTTP/1.1 799 Own\r\n{fields}\r\nContent-Length: 2\r\n\r\n{{}}"))),
    ]
}

#[test]
fn responses_pass_with_the_same_fields_and_bytes() {
    let all = responses();
    let sent: Vec<Vec<u8>> = all.iter().map(|(_, response)| response.clone()).collect();
    let number =
        |head: &str| head.split("number=").nth(1).unwrap().split(' ').next().unwrap().parse::<usize>();
    // Every other one follows an informational response, which is dropped.
    let early = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    let raw = Raw::new(move |came| {
        let number = number(&came.head).unwrap();
        let early = if number % 2 == 0 { "" } else { early };
        Act::Send([early.as_bytes(), &sent[number]].concat())
    });
    for flags in [&[][..], &["--enforce", "--fail-on", "error"]] {
        let mut proxied = Proxied::start(&raw.url(), flags);
        for (number, (method, response)) in all.iter().enumerate() {
            let request = format!(
                "{method} {PATH}?number={number} HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nAuthorization: Bearer {KEY}\r\n\r\n"
            );
            let passed = exchange(proxied.address(), &request);
            assert_eq!(parts(&passed), parts(response), "{number}: {}", String::from_utf8_lossy(&passed));
        }
        let (code, report, stderr) = proxied.end();
        assert_eq!(code, Some(0), "{stderr}");
        assert_eq!(report["checked"]["valid"], 4, "{report:#}");
        let reasons = report["not_validated"].as_array().unwrap().iter();
        let reasons: Vec<_> =
            reasons.map(|reason| (reason["reason"].as_str().unwrap(), reason["count"].as_u64())).collect();
        assert_eq!(reasons, [("http-status", Some(2)), ("no-body", Some(3)), ("partial-body", Some(1))]);
    }
    let connections = raw.came().iter().map(|came| came.connection).max().unwrap();
    assert_eq!(connections, 1, "each proxy keeps one connection");
}

#[test]
fn a_client_of_http_1_0_gets_a_body_without_chunks() {
    let body = page(1, 3, 3);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let raw = Raw::new(move |_| Act::Send(chunked.clone().into_bytes()));
    let proxied = Proxied::start(&raw.url(), &[]);
    let response = exchange(proxied.address(), &format!("GET {PATH} HTTP/1.0\r\n\r\n"));
    let text = String::from_utf8(response).unwrap();
    assert!(text.ends_with(&format!("\r\n\r\n{body}")) && !text.contains("chunked"), "{text}");
}

#[test]
fn requests_pass_with_the_same_fields_in_the_same_order() {
    let raw = Raw::new(|_| Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()));
    let proxied = Proxied::start(&raw.url(), &[]);
    let fields = "Host: x\r\nX-Zulu: 1\r\nACCEPT: a/b\r\nAccept: c/d\r\nauthorization: Bearer x\r\nX-Empty:\r\nCookie: a=1; b=2\r\n";
    let own = "Connection: keep-alive, X-Own\r\nX-Own: 1\r\nKeep-Alive: 1\r\n";
    for (fields, added) in [
        (fields.to_owned(), ""),
        (format!("{own}{fields}"), ""),
        (format!("{fields}TE: trailers\r\n"), "te: trailers\r\nconnection: te\r\n"),
    ] {
        exchange(proxied.address(), &format!("GET /a%2Fb?c=%20&d HTTP/1.1\r\n{fields}\r\n"));
        let expected = fields.replace(own, "").replace("Host: x", &format!("Host: {}", raw.address));
        let expected = expected.replace("TE: trailers\r\n", "");
        let head = raw.came().pop().unwrap().head.replace("TE: trailers", "te: trailers");
        assert_eq!(head, format!("GET /a%2Fb?c=%20&d HTTP/1.1\r\n{expected}{added}\r\n"));
    }
}

#[test]
fn connections_that_the_target_closes_cost_no_request() {
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    // As at random: it closes after a response, or when it has received the next request.
    let raw = Raw::new(move |came| match (came.connection * 7 + came.number * 3) % 5 {
        _ if came.number == 0 => Act::Send(response.to_vec()),
        0 => Act::Close(response.to_vec()),
        1 => Act::Close(Vec::new()),
        _ => Act::Send(response.to_vec()),
    });
    let mut proxied = Proxied::start(&raw.url(), &["--url-path", "* /{any}"]);
    for number in 0..300 {
        let method = ["GET", "GET", "HEAD", "POST", "GET", "OPTIONS"][number % 6];
        let length = if method == "POST" { "content-length: 2\r\n" } else { "" };
        let body = if method == "POST" { "{}" } else { "" };
        let request = format!("{method} /{number} HTTP/1.1\r\nhost: x\r\n{length}\r\n{body}");
        let response = exchange(proxied.address(), &request);
        let text = String::from_utf8_lossy(&response);
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{method} {number}: {text}");
    }
    let (_, _, stderr) = proxied.end();
    assert!(!stderr.contains("without a response"), "{stderr}");
    let came = raw.came();
    let posts: Vec<_> = came.iter().filter(|came| came.head.starts_with("POST")).collect();
    assert_eq!(posts.len(), 50, "a request that is not repeatable is sent once");
    let connections = came.iter().map(|came| came.connection).max().unwrap();
    assert!(connections < 200, "{connections}");
}

#[test]
fn a_request_is_not_repeated_on_a_new_connection_or_behind_a_part_of_a_response() {
    let raw = Raw::new(|came| match (came.connection, came.number) {
        (0, _) => Act::Close(Vec::new()),
        (1, 0) => Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()),
        _ => Act::Close(b"HTTP/1.1 20".to_vec()),
    });
    let proxied = Proxied::start(&raw.url(), &[]);
    for (status, requests) in [("502", 1), ("200", 2), ("502", 3)] {
        let response = exchange(proxied.address(), "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        assert!(response.starts_with(format!("HTTP/1.1 {status}").as_bytes()));
        assert_eq!(raw.came().len(), requests);
    }
}

#[test]
fn heads_beyond_the_limits_are_431_and_502() {
    let long = |bytes: usize| "y".repeat(bytes);
    for (bytes, status) in [(200_000, "200"), (300_000, "502")] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: {}\r\n\r\n", long(bytes));
        let raw = Raw::new(move |_| Act::Send(head.clone().into_bytes()));
        let proxied = Proxied::start(&raw.url(), &[]);
        let response = exchange(proxied.address(), "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        assert!(response.starts_with(format!("HTTP/1.1 {status}").as_bytes()), "{bytes}");
        if status == "502" {
            let text = String::from_utf8(response).unwrap();
            assert!(text.contains("application/problem+json") && text.contains("256 KiB"), "{text}");
            assert!(text.contains("http_response_header_section_size"), "{text}");
        }
    }
    let raw = Raw::new(|_| Act::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()));
    let proxied = Proxied::start(&raw.url(), &[]);
    for (bytes, status) in [(60_000, "200"), (66_000, "431")] {
        let request = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", long(bytes));
        let response = exchange(proxied.address(), &request);
        assert!(response.starts_with(format!("HTTP/1.1 {status}").as_bytes()), "{bytes}");
    }
}
