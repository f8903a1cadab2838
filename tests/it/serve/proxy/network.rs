use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use super::super::{KEY, PATH};
use super::Proxied;
use crate::live::server::{Answer, Server, certificate, page};

/// The proxy of a network, which connects to one server whatever it is asked for.
struct Tunnel {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    fn to(server: SocketAddr, response: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&heads);
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).unwrap_or(0) > 0 {
                    head.push(byte[0]);
                }
                seen.lock().unwrap().push(String::from_utf8(head).unwrap());
                let _ = client.write_all(response.as_bytes());
                let Ok(mut upstream) = TcpStream::connect(server) else { continue };
                let (mut from, mut to) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
                thread::spawn(move || std::io::copy(&mut from, &mut to));
                thread::spawn(move || std::io::copy(&mut upstream, &mut client));
            }
        });
        Self { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

#[test]
fn the_proxy_of_the_network_is_used_for_https_unless_no_proxy_names_the_host() {
    let (tls, pem) = certificate("acme.invalid", false);
    let server = Server::secure(tls, |_| Answer::json(page(1, 5, 5)));
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    fs::write(&ca, pem).unwrap();
    let flags = ["--cacert", ca.to_str().unwrap()];
    let target = "https://acme.invalid:8443";
    let tunnel = Tunnel::to(server.address, "HTTP/1.1 200 Connection established\r\n\r\n");
    let url = format!("http://someone:pass%20word@{}", tunnel.address);
    let mut proxied = Proxied::start_with(target, &flags, &[("HTTPS_PROXY", &url)]);
    for _ in 0..3 {
        assert_eq!(proxied.get(PATH).status, 200);
    }
    let (code, _, stderr) = proxied.end();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains(&format!("through the proxy {}", tunnel.address)), "{stderr}");
    assert!(!stderr.contains("pass"), "{stderr}");
    let heads = tunnel.heads();
    assert_eq!(heads.len(), 1, "the connection is kept");
    assert!(heads[0].starts_with("CONNECT acme.invalid:8443 HTTP/1.1\r\n"), "{heads:?}");
    assert!(heads[0].to_lowercase().contains("proxy-authorization: basic "), "{heads:?}");
    assert!(!heads[0].contains(KEY) && server.heads()[0].contains(KEY));

    let variables = [("HTTPS_PROXY", &*url), ("NO_PROXY", "other.invalid,.invalid")];
    let proxied = Proxied::start_with(target, &flags, &variables);
    assert_eq!(proxied.get(PATH).json()["status"], 502, "the host does not exist");
    assert_eq!(tunnel.heads().len(), 1);

    let refusing = Tunnel::to(server.address, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let url = format!("http://{}", refusing.address);
    let proxied = Proxied::start_with(target, &flags, &[("https_proxy", &url)]);
    let detail = proxied.get(PATH).json()["detail"].to_string();
    assert!(detail.contains("connection through the proxy failed: it returned 407"), "{detail}");
}

#[test]
fn certificates_that_are_not_trusted_have_plain_words_and_the_flag() {
    let folder = tempfile::tempdir().unwrap();
    let detail = |(tls, pem): (rustls::ServerConfig, String), host: &str, trusted: bool| {
        let server = Server::secure(tls, |_| Answer::json("{}"));
        let ca = folder.path().join("ca.pem");
        fs::write(&ca, pem).unwrap();
        let flags: &[&str] = if trusted { &["--cacert", ca.to_str().unwrap()] } else { &[] };
        let mut proxied = Proxied::start(&format!("https://{host}:{}", server.address.port()), flags);
        let reply = proxied.get(PATH);
        assert_eq!(reply.status, 502);
        assert!(reply.header("proxy-status").unwrap().contains("tls_certificate_error"), "{}", reply.head);
        assert_eq!(proxied.end().0, Some(3));
        reply.json()["detail"].as_str().unwrap().to_owned()
    };
    for (served, host, trusted, expected) in [
        (
            certificate("localhost", false),
            "localhost",
            false,
            "its issuer is unknown; trust the issuer with `--cacert`",
        ),
        (certificate("localhost", false), "127.0.0.1", true, "it is for another host name"),
        (certificate("localhost", true), "localhost", true, "it has expired"),
        (authority("localhost"), "localhost", true, "it is the certificate of an authority, not of a server"),
    ] {
        let detail = detail(served, host, trusted);
        assert!(detail.ends_with(&format!("certificate is not trusted: {expected}")), "{detail}");
    }
    let plain = Server::new(|_| Answer::json("{}"));
    let proxied = Proxied::start(&format!("https://localhost:{}", plain.address.port()), &[]);
    let detail = proxied.get(PATH).json()["detail"].to_string();
    assert!(detail.contains("the server does not use TLS on this port"), "{detail}");
}

/// A server with the certificate of an authority.
fn authority(name: &str) -> (rustls::ServerConfig, String) {
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
    (config, certificate.pem())
}

#[test]
fn files_without_certificates_are_refused_with_their_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, expected) in [
        ("empty.pem", "", "no PEM certificate found"),
        ("text.pem", "hello", "no PEM certificate found"),
        (
            "key.pem",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "no PEM certificate found",
        ),
        (
            "broken.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "certificate 1 cannot be read",
        ),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        refused(folder.path(), name, expected);
    }
    refused(folder.path(), "missing.pem", "");
    refused(folder.path(), ".", "");
}

fn refused(folder: &std::path::Path, name: &str, expected: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args([
        "proxy",
        "--no-settings",
        "--port",
        "0",
        "--target",
        "https://acme.example.com",
        "--cacert",
        name,
    ]);
    let output = command.current_dir(folder).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{name}: {stderr}");
    assert!(stderr.contains(&format!("--cacert: {name}")) && stderr.contains(expected), "{name}: {stderr}");
}
