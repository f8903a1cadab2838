//! The key, and secrets in bodies.

use std::fs;
use std::thread;
use std::time::Duration;

use super::server::{JSON, Server, page, send};
use super::{KEY, stderr, tool};

/// A server that sends the key back in every way it can, and a secret of a client.
fn echo() -> Server {
    Server::new(|asked, out| {
        let headers = format!("{JSON}x-echo: {KEY}\r\nset-cookie: session=cookie-5e55\r\n");
        let body = page(asked.page, 1, 3)
            .replace("School", &format!("{KEY} \",\"secretKey\":\"body-5ec8e7\",\"x{KEY}\":\""));
        thread::sleep(Duration::from_millis(100));
        match asked.page {
            3 => send(out, &format!("401 {KEY}"), &headers, body.as_bytes()),
            _ => send(out, "200 OK", &headers, body.as_bytes()),
        }
    })
}

#[test]
fn the_key_appears_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.ndjson", "b.har"] {
        let record = folder.path().join(name);
        let markdown = folder.path().join(format!("{name}.md"));
        let server = echo();
        let report = format!("markdown={}", markdown.display());
        let more = ["-v", "--show-values", "--record", record.to_str().unwrap(), "--report", &report];
        let child = tool(&server.url(), &more).spawn().unwrap();
        if cfg!(target_os = "linux") {
            let line = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
            assert!(!String::from_utf8_lossy(&line).contains(KEY));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let recorded = fs::read(&record).unwrap();
        assert!(!recorded.is_empty());
        for text in [&output.stdout, &output.stderr, &recorded, &fs::read(&markdown).unwrap()] {
            let text = String::from_utf8_lossy(text);
            assert!(!text.contains(KEY) && !text.contains("Bearer"), "{name}: {text}");
            assert!(!text.contains("body-5ec8e7") && !text.contains("cookie-5e55"), "{name}: {text}");
        }
        let heads = server.heads();
        assert_eq!(heads.len(), 3);
        let agent = format!("user-agent: clients-contract/{}", env!("CARGO_PKG_VERSION"));
        for head in heads {
            assert!(head.contains(&format!("authorization: Bearer {KEY}")), "it is sent");
            assert!(head.contains(&agent), "{head}");
        }
    }
}

#[test]
fn secrets_are_recorded_when_somebody_asks() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("a.ndjson");
    let more = ["--record", record.to_str().unwrap(), "--record-secrets"];
    tool(&echo().url(), &more).output().unwrap();
    let text = fs::read_to_string(record).unwrap();
    assert!(text.contains("body-5ec8e7") && !text.contains(KEY));
}

#[test]
fn a_redirect_takes_the_key_nowhere_else() {
    let other = Server::new(|_, out| send(out, "200 OK", JSON, page(1, 1, 1).as_bytes()));
    let target = other.url();
    let server = Server::new(move |_, out| {
        send(out, "307 Temporary Redirect", &format!("location: {target}/\r\n"), b"");
    });
    let output = tool(&server.url(), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(other.heads().is_empty());
}

#[test]
fn the_key_may_come_from_a_file_or_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    fs::write(&file, format!("{KEY}\n")).unwrap();
    let server = Server::new(|_, out| send(out, "200 OK", JSON, page(1, 1, 1).as_bytes()));
    for more in [&["--api-key-file", file.to_str().unwrap()][..], &["--api-key-stdin"]] {
        let mut command = tool(&server.url(), more);
        let output = command
            .env_remove("CLIENTS_CONTRACT_API_KEY")
            .stdin(fs::File::open(&file).unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let output = tool(&server.url(), &[]).env_remove("CLIENTS_CONTRACT_API_KEY").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(server.heads().iter().all(|head| head.contains(KEY)));
}
