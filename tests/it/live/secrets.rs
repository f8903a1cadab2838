//! The key, and secrets in bodies.

use std::fs;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use clients_contract::Contract;
use clients_contract::live::{Address, Key, Options, Proxy, Walk};

use super::server::{Answer, Server, page};
use super::{KEY, stderr, tool};

/// The key in every spelling that may come back.
fn spellings() -> Vec<String> {
    vec![
        KEY.to_owned(),
        KEY.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat(),
        KEY.bytes().map(|byte| format!("\\u{byte:04X}")).collect::<Vec<_>>().concat().replace("\\U", "\\u"),
        KEY.replace('_', "\\u005f"),
        KEY.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat(),
        KEY.replace('_', "%5f"),
        KEY.replace('_', "%255F"),
        STANDARD.encode(KEY),
        STANDARD.encode(format!("user:{KEY}")),
        URL_SAFE.encode(format!("Bearer {KEY}")),
    ]
}

/// Whether the key can be read from a text, in any of these ways.
fn shows_key(text: &str) -> bool {
    let escapes = |mark: &str| {
        let mut decoded = text.to_owned();
        for byte in KEY.bytes() {
            for digits in [format!("{byte:02x}"), format!("{byte:02X}")] {
                decoded = decoded.replace(&format!("{mark}{digits}"), &char::from(byte).to_string());
            }
        }
        decoded
    };
    let encoded = spellings()[7..].iter().any(|spelling| text.contains(&spelling[8..24]));
    encoded
        || [text, &escapes("\\u00"), &escapes("\\\\u00"), &escapes("%"), &escapes("%25")]
            .iter()
            .any(|text| text.contains(KEY))
}

/// A server that sends the key back in every way it can, and a secret of a client.
fn echo() -> Server {
    Server::new(|asked| {
        let echoed = spellings().join(" ");
        let body = page(asked.page, 1, 3)
            .replace("School", &format!("{echoed} \",\"secretKey\":\"body-5ec8e7\",\"x{echoed}\":\""));
        let status = if asked.page == 3 { 401 } else { 200 };
        Answer::new(status, body)
            .header("content-type", format!("application/json; {KEY}"))
            .header("x-echo", KEY)
            .header("set-cookie", "session=cookie-5e55")
            .after(Duration::from_millis(100))
    })
}

#[test]
fn the_key_appears_nowhere() {
    assert!(spellings().iter().all(|spelling| shows_key(&format!("\"a {spelling}.\""))), "the test sees it");
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.ndjson", "b.har"] {
        let record = folder.path().join(name);
        let markdown = folder.path().join(format!("{name}.md"));
        let server = echo();
        let report = format!("markdown={}", markdown.display());
        let more = ["-v", "--progress", "always", "--show-values", "--record", record.to_str().unwrap()];
        let more = [&more[..], &["--report", &report]].concat();
        let child = tool(&server.url(), &more).spawn().unwrap();
        if cfg!(target_os = "linux") {
            let line = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
            assert!(!String::from_utf8_lossy(&line).contains(KEY));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let recorded = fs::read(&record).unwrap();
        assert!(recorded.len() > 1000);
        for text in [&output.stdout, &output.stderr, &recorded, &fs::read(&markdown).unwrap()] {
            let text = String::from_utf8_lossy(text);
            assert!(!shows_key(&text) && !text.contains("Bearer"), "{name}: {text}");
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
fn secrets_are_recorded_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("a.ndjson");
    let more = ["--record", record.to_str().unwrap(), "--record-secrets"];
    tool(&echo().url(), &more).output().unwrap();
    let text = fs::read_to_string(record).unwrap();
    assert!(text.contains("body-5ec8e7") && !shows_key(&text));
}

#[test]
fn a_redirect_takes_the_key_nowhere_else() {
    let other = Server::new(|_| Answer::json(page(1, 1, 1)));
    let target = other.url();
    let server = Server::new(move |_| Answer::new(307, "").header("location", format!("{target}/")));
    let output = tool(&server.url(), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(other.heads().is_empty());
    assert_eq!(server.heads().len(), 1);
}

#[test]
fn a_redirect_that_holds_the_key_does_not_show_it() {
    let server = Server::new(|asked| match asked.before {
        0 => Answer::new(302, "").header("location", format!("/{KEY}/x?key={KEY}")),
        _ => Answer::new(404, ""),
    });
    let output = tool(&server.url(), &["-v"]).output().unwrap();
    assert!(stderr(&output).contains("/x: returned 404"), "{}", stderr(&output));
    assert!(!shows_key(&stderr(&output)) && !shows_key(&String::from_utf8_lossy(&output.stdout)));
}

#[test]
fn nothing_of_the_library_shows_a_key_or_a_password() {
    let key = Key::new(KEY).unwrap();
    let proxy = "http://user:pa55word@127.0.0.1:1".parse::<Proxy>().unwrap();
    let options = Options { proxy: Some(proxy), ..Options::default() };
    let text = format!("{key:?} {key:#?} {options:?}");
    let address = Address::parse("https://acme.example.com", "/").unwrap();
    let contract = Contract::clients();
    let walk = Walk::new(contract.paging(), contract.secrets(), address, key, options).unwrap();
    let text = format!("{text} {walk:?} {walk:#?}");
    assert!(text.contains("acme.example.com") && text.contains("127.0.0.1"), "{text}");
    assert!(!shows_key(&text) && !text.contains("pa55word"), "{text}");
}

#[test]
fn the_key_may_come_from_a_file_or_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    fs::write(&file, format!("{KEY}\n")).unwrap();
    let server = Server::new(|_| Answer::json(page(1, 1, 1)));
    for more in [&["--api-key-file", file.to_str().unwrap()][..], &["--api-key-stdin"]] {
        let mut command = tool(&server.url(), more);
        let output = command
            .env_remove("CLIENTS_CONTRACT_API_KEY")
            .stdin(fs::File::open(&file).unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    for key in [None, Some("short_1"), Some("ti_test_\u{e9}0123456789"), Some("ti_test_%0123456789")] {
        let mut command = tool(&server.url(), &[]);
        match key {
            Some(key) => command.env("CLIENTS_CONTRACT_API_KEY", key),
            None => command.env_remove("CLIENTS_CONTRACT_API_KEY"),
        };
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(key.is_none_or(|key| !stderr(&output).contains(key)), "{}", stderr(&output));
    }
    assert!(server.heads().iter().all(|head| head.contains(KEY)));
}
