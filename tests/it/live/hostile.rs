//! A table of what servers do, and what comes of it.

use std::io::Write;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::server::{Asked, JSON, Server, page, request, send};
use super::{causes, report, stderr, tool};

type Act = fn(&Asked, &mut dyn Write);

/// The second of three pages is what the act says; the others are good.
fn run(act: Act, more: &[&str]) -> std::process::Output {
    let server = Server::new(move |asked, out| {
        if asked.page == 2 {
            act(asked, out);
        } else {
            send(out, "200 OK", JSON, page(asked.page, 2, 6).as_bytes());
        }
    });
    tool(
        &server.url(),
        &[&["--retries", "1", "--timeout", "2s", "--max-body", "1MiB", "-v"][..], more].concat(),
    )
    .output()
    .unwrap()
}

fn status(out: &mut dyn Write, line: &str, headers: &str) {
    send(out, line, headers, b"{\"error\": \"no\"}");
}

/// Name, act, exit code, bodies judged, and a piece of what is said.
const TABLE: &[(&str, Act, i32, u64, &str)] = &[
    (
        "HTML login page",
        |_, out| send(out, "200 OK", "content-type: text/html\r\n", b"<html>log in</html>"),
        3,
        2,
        "came as text/html",
    ),
    (
        "wrong type",
        |asked, out| send(out, "200 OK", "content-type: text/plain\r\n", page(asked.page, 2, 6).as_bytes()),
        0,
        3,
        "not as JSON",
    ),
    ("empty body", |_, out| send(out, "200 OK", JSON, b""), 3, 1, "empty body"),
    (
        "length that lies",
        |_, out| {
            let _ = out.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\": ");
        },
        3,
        1,
        "asked for 2 times",
    ),
    (
        "chunks cut off",
        |_, out| {
            let _ = out.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"data\"");
        },
        3,
        1,
        "asked for 2 times",
    ),
    ("a byte at a time", slowly, 3, 1, "asked for 2 times"),
    ("gzip bomb", bomb, 3, 1, "--max-body"),
    (
        "5 GB",
        |_, out| {
            let _ = out.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\n");
            while out.write_all(&[b' '; 65_536]).is_ok() {}
        },
        3,
        1,
        "--max-body",
    ),
    (
        "odd bytes in a header",
        |asked, out| {
            let body = page(asked.page, 2, 6);
            let _ = out.write_all(b"HTTP/1.1 200 OK\r\nx-odd: \xff\xfe\r\n");
            let _ = write!(out, "content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        },
        0,
        3,
        "page 3 of 3",
    ),
    (
        "redirect loop",
        |_, out| status(out, "302 Found", "location: /incoming/v2/clients?page=2\r\n"),
        3,
        1,
        "redirects more than 5 times",
    ),
    (
        "redirect elsewhere",
        |_, out| status(out, "301 Moved Permanently", "location: https://evil.example.com/\r\n"),
        3,
        1,
        "another host",
    ),
    (
        "204",
        |_, out| {
            let _ = out.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        },
        3,
        1,
        "204",
    ),
    (
        "304",
        |_, out| {
            let _ = out.write_all(b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n");
        },
        3,
        1,
        "304",
    ),
    ("401", |_, out| status(out, "401 Unauthorized", ""), 3, 1, "check the API key"),
    ("403", |_, out| status(out, "403 Forbidden", ""), 3, 1, "check its permissions"),
    ("404", |_, out| status(out, "404 Not Found", ""), 3, 1, "check the name of the instance"),
    (
        "endless wait",
        |_, out| status(out, "429 Too Many Requests", "retry-after: 99999999\r\n"),
        3,
        1,
        "99999999 s",
    ),
    ("500 for ever", |_, out| status(out, "500 Internal Server Error", ""), 3, 1, "500"),
    ("reset", |_, _| {}, 3, 1, "asked for 2 times"),
    (
        "no HTTP",
        |_, out| {
            let _ = out.write_all(b"SSH-2.0-x\r\n\r\n");
        },
        3,
        1,
        "",
    ),
    (
        "GraphQL error",
        |_, out| send(out, "200 OK", JSON, b"{\"errors\": [{\"message\": \"no\"}], \"data\": null}"),
        3,
        2,
        "whether there are more",
    ),
    (
        "the first page again",
        |_, out| send(out, "200 OK", JSON, page(1, 2, 6).as_bytes()),
        3,
        2,
        "does not end",
    ),
    (
        "a total that changes",
        |asked, out| send(out, "200 OK", JSON, page(asked.page, 2, 8).as_bytes()),
        0,
        3,
        "",
    ),
    (
        "once 503",
        |asked, out| {
            if asked.before == 1 {
                status(out, "503 Service Unavailable", "retry-after: 0\r\n");
            } else {
                send(out, "200 OK", JSON, page(2, 2, 6).as_bytes());
            }
        },
        0,
        3,
        "503",
    ),
    (
        "no request left",
        |asked, out| {
            send(
                out,
                "200 OK",
                "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1\r\n",
                page(asked.page, 2, 6).as_bytes(),
            );
        },
        0,
        3,
        "",
    ),
];

fn slowly(_: &Asked, out: &mut dyn Write) {
    let _ = out.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n");
    while out.write_all(b" ").is_ok() {
        thread::sleep(Duration::from_millis(100));
    }
}

fn bomb(_: &Asked, out: &mut dyn Write) {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; 64 << 20]).unwrap();
    send(out, "200 OK", "content-encoding: gzip\r\n", &encoder.finish().unwrap());
}

#[test]
fn whatever_a_server_does_is_told_and_what_came_is_judged() {
    thread::scope(|scope| {
        for (name, act, code, payloads, said) in TABLE {
            scope.spawn(move || {
                let output = run(*act, &[]);
                let told = stderr(&output);
                assert_eq!(output.status.code(), Some(*code), "{name}: {told}");
                assert!(told.contains(said), "{name}: {told}");
                let report = report(&output);
                assert_eq!(report["checked"]["payloads"], *payloads, "{name}: {told}");
                assert_eq!(report["problems"].as_array().unwrap().is_empty(), *code == 0, "{name}");
            });
        }
    });
}

#[test]
fn walks_that_go_wrong_have_findings() {
    let rules = |act: Act| {
        let found = causes(&report(&run(act, &[])));
        found.into_iter().map(|(rule, ..)| rule).collect::<Vec<_>>()
    };
    let again = rules(|_, out| send(out, "200 OK", JSON, page(1, 2, 6).as_bytes()));
    assert_eq!(again, ["page-not-as-asked", "walk-not-ending"]);
    let changed = rules(|asked, out| send(out, "200 OK", JSON, page(asked.page, 2, 8).as_bytes()));
    assert_eq!(changed, ["total-changed"]);
}

#[test]
fn what_is_no_address_is_not_asked() {
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, code, said) in [
        (format!("http://{refused}"), 3, "refuses the connection"),
        ("http://".to_owned(), 2, "URL"),
        ("http://10.0.0.1/".to_owned(), 2, "--allow-http"),
        ("https://user:password@127.0.0.1/".to_owned(), 2, "must not"),
        ("htps://acme.example.com".to_owned(), 3, "cannot be read"),
    ] {
        let output = tool(&url, &["--retries", "0"]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{url}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{url}: {}", stderr(&output));
    }
}

/// A server with a certificate of its own, that ended in 2001 or has not ended.
fn secure(expired: bool) -> (u16, String) {
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    if expired {
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    }
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let pem = certificate.pem();
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            if request(&mut stream, &Mutex::default()).is_some() {
                send(&mut stream, "200 OK", JSON, page(1, 2, 2).as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (port, pem)
}

#[test]
fn a_certificate_is_trusted_when_somebody_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("own.pem");
    let pem = pem.to_str().unwrap();
    for expired in [false, true] {
        let (port, certificate) = secure(expired);
        std::fs::write(pem, certificate).unwrap();
        let url = format!("https://localhost:{port}");
        let code = |more: &[&str]| {
            let output = tool(&url, more).output().unwrap();
            (output.status.code().unwrap(), stderr(&output))
        };
        let (refused, told) = code(&[]);
        assert!(refused == 3 && told.contains("is not trusted"), "{told}");
        let (trusted, told) = code(&["--cacert", pem]);
        assert_eq!(trusted, if expired { 3 } else { 0 }, "{told}");
        let (insecure, told) = code(&["--insecure", "-q"]);
        assert!(insecure == 0 && told.contains("warning: --insecure"), "{told}");
    }
}
