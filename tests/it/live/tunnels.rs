//! Certificates, and proxies that see nothing.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::server::{Answer, Server, certificate, page};
use super::{KEY, stderr, tool};

fn secure(name: &str, expired: bool) -> (Server, String) {
    let (config, pem) = certificate(name, expired);
    (Server::secure(config, |asked| Answer::json(page(asked.page, 2, 6))), pem)
}

#[test]
fn a_certificate_is_trusted_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("own.pem");
    let pem = pem.to_str().unwrap();
    for (name, expired, code) in
        [("localhost", false, 0), ("localhost", true, 3), ("other.example.com", false, 3)]
    {
        let (server, certificate) = secure(name, expired);
        fs::write(pem, certificate).unwrap();
        let url = format!("https://localhost:{}", server.address.port());
        let run = |more: &[&str]| {
            let output = tool(&url, more).output().unwrap();
            (output.status.code().unwrap(), stderr(&output))
        };
        let (refused, told) = run(&[]);
        assert!(refused == 3 && told.contains("is not trusted"), "{told}");
        assert!(server.heads().is_empty(), "the key goes to nobody who is not trusted");
        let (trusted, told) = run(&["--cacert", pem]);
        assert_eq!(trusted, code, "{told}");
        let (insecure, told) = run(&["--insecure", "-q"]);
        assert!(insecure == 0 && told.contains("warning: --insecure"), "{told}");
    }
    for (text, code) in [("", 3), ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", 3)] {
        fs::write(pem, text).unwrap();
        let output = tool("https://localhost:1", &["--cacert", pem]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    }
}

#[test]
fn a_server_without_tls_is_reported() {
    let server = Server::new(|_| Answer::json(page(1, 2, 2)));
    let output = tool(&format!("https://{}", server.address), &["--insecure"]).output().unwrap();
    assert!(
        output.status.code() == Some(3) && stderr(&output).contains("TLS handshake failed"),
        "{}",
        stderr(&output)
    );
    assert!(server.heads().is_empty());
}

/// A proxy on loopback that leads every tunnel to one server, and keeps all that it sees.
struct Proxy {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    fn new(target: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::default();
        let keep = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let keep = Arc::clone(&keep);
                thread::spawn(move || tunnel(stream, target, &keep));
            }
        });
        Self { address, seen }
    }

    fn url(&self) -> String {
        format!("http://user:pa55word@{}", self.address)
    }

    fn seen(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }
}

fn tunnel(mut near: TcpStream, target: Option<SocketAddr>, seen: &Mutex<Vec<u8>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if near.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    seen.lock().unwrap().extend(&head);
    let Some(target) = target else {
        let _ = near.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        return;
    };
    let mut far = TcpStream::connect(target).unwrap();
    let _ = near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
    let (mut back_from, mut back_to) = (far.try_clone().unwrap(), near.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = near.read(&mut buffer) {
        seen.lock().unwrap().extend(&buffer[..length]);
        if far.write_all(&buffer[..length]).is_err() {
            return;
        }
    }
}

const HOST: &str = "acme.example.invalid";

#[test]
fn a_proxy_sees_the_host_and_nothing_else() {
    let (server, certificate) = secure(HOST, false);
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("own.pem");
    fs::write(&pem, certificate).unwrap();
    let more = ["--cacert", pem.to_str().unwrap(), "--retries", "0"];
    let url = format!("https://{HOST}");
    // The variable that names a proxy, the hosts that need none, and whether it is gone through.
    for (name, spared, through) in [
        ("HTTPS_PROXY", "", true),
        ("https_proxy", "other.example.invalid", true),
        ("ALL_PROXY", "e.invalid", true),
        ("HTTP_PROXY", "", false),
        ("HTTPS_PROXY", "localhost, .example.invalid", false),
        ("HTTPS_PROXY", HOST, false),
        ("HTTPS_PROXY", "*", false),
    ] {
        let proxy = Proxy::new(Some(server.address));
        let mut command = tool(&url, &more);
        let output = command.env(name, proxy.url()).env("NO_PROXY", spared).output().unwrap();
        let (told, seen) = (stderr(&output), proxy.seen());
        assert_eq!(output.status.code(), Some(if through { 0 } else { 3 }), "{name} {spared}: {told}");
        assert_eq!(seen.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")), through, "{seen}");
        assert!(!seen.contains(KEY) && !seen.contains("Bearer") && !seen.contains("/incoming"), "{seen}");
        assert!(!told.contains("pa55word"), "{told}");
    }
    assert_eq!(server.heads().len(), 9);
    assert!(server.heads().iter().all(|head| head.contains(KEY) && !head.contains("pa55word")));
}

#[test]
fn plain_http_goes_through_no_proxy() {
    let proxy = Proxy::new(None);
    let server = Server::new(|asked| Answer::json(page(asked.page, 2, 6)));
    let mut command = tool(&server.url(), &[]);
    for name in ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "http_proxy"] {
        command.env(name, proxy.url());
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(proxy.seen(), "");
}

#[test]
fn a_proxy_that_does_not_help_is_reported() {
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (value, code, said) in [
        (Proxy::new(None).url(), 3, "407"),
        (format!("http://user:pa55word@{refused}"), 3, "connection refused by the proxy"),
        ("socks5://user:pa55word@127.0.0.1:1".to_owned(), 2, "SOCKS"),
        ("http://user:pa55word@".to_owned(), 2, "HTTPS_PROXY"),
    ] {
        let output = tool(&format!("https://{HOST}"), &[]).env("HTTPS_PROXY", &value).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{value}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{value}: {}", stderr(&output));
        assert!(!stderr(&output).contains("pa55word"), "{}", stderr(&output));
    }
}
