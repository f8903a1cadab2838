use std::fs;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::{KEY, PATH};
use super::raw::{Act, Raw};
use super::{Proxied, exchange, gzip};
use crate::live::server::{Answer, Server};

const PASSWORD: &str = "correct/horse+battery";

/// Every way in which a request may have a secret: its target, its field, and what is never shown of it.
fn requests() -> Vec<(String, String, Vec<String>)> {
    let percent = PASSWORD.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let basic = STANDARD.encode(format!("someone:{PASSWORD}"));
    let own = |text: &str| vec![text.to_owned()];
    vec![
        (PATH.to_owned(), format!("authorization: Bearer {KEY}"), own(KEY)),
        (format!("{PATH}?page=2&api_key={KEY}"), format!("x-api-key: {KEY}"), own(KEY)),
        (format!("{PATH}?note={KEY}"), format!("Authorization: bearer  {KEY}"), own(KEY)),
        (format!("{PATH}?access_token={percent}"), "x: y".to_owned(), vec![percent, PASSWORD.to_owned()]),
        (PATH.to_owned(), format!("authorization: Basic {basic}"), vec![basic, PASSWORD.to_owned()]),
        (format!("/{KEY}"), format!("authorization: {KEY}"), own(KEY)),
        // Keys where nobody expects one: by their prefix, and by their scheme.
        (format!("{PATH}?q={KEY}"), "x: y".to_owned(), own(KEY)),
        (PATH.to_owned(), format!("x-note: see {KEY}"), own(KEY)),
        // Keys with several parts, with characters that have to be escaped, and keys in other parameters.
        (
            format!("{PATH}?access_token=AbCd+RestOfIt"),
            "x: y".to_owned(),
            vec!["AbCd".to_owned(), "RestOfIt".to_owned()],
        ),
        (
            PATH.to_owned(),
            "x-api-key: AbCd1 RestOfIt".to_owned(),
            vec!["AbCd1".to_owned(), "RestOfIt".to_owned()],
        ),
        (
            PATH.to_owned(),
            r#"authorization: Digest username="u", uri="/x", response="AbCdEf012345""#.to_owned(),
            own("AbCdEf012345"),
        ),
        (
            PATH.to_owned(),
            "authorization: Bearer Zq8_7Wd2Lm5x, Bearer Yq8_7Wd2Lm5x".to_owned(),
            vec!["Zq8_7Wd2Lm5x".to_owned(), "Yq8_7Wd2Lm5x".to_owned()],
        ),
        (format!("{PATH}?api_key=a%25b%5Cc%C3%A4dEfGhI"), "x: y".to_owned(), own("dEfGhI")),
        (format!("{PATH}?a=1;token=SECRET-12"), "x: y".to_owned(), own("SECRET-12")),
        (format!("{PATH}?r=http%3A//x/%3Fapi_key%3DSECRET-12"), "x: y".to_owned(), own("SECRET-12")),
        (
            format!("{PATH}?jwt=SECRET-12&sig=TERCES-21"),
            "x: y".to_owned(),
            vec!["SECRET-12".to_owned(), "TERCES-21".to_owned()],
        ),
        (PATH.to_owned(), "x-session-id: SECRET-12".to_owned(), own("SECRET-12")),
        (PATH.to_owned(), "cookie: theme=dark-mode; connect.sid=SECRET-12".to_owned(), own("SECRET-12")),
        (format!("{PATH}?q=Zq8_7Wd2Lm5x"), "x-forward: Bearer Zq8_7Wd2Lm5x".to_owned(), own("Zq8_7Wd2Lm5x")),
    ]
}

#[test]
fn no_file_and_no_message_has_a_key() {
    // The server sends the request back, in every way that it can.
    let server = Server::new(|asked| {
        let head = asked.head.replace('"', "");
        let body = format!(
            r#"{{"data": {{"Clients": "{KEY}", "more": "{PASSWORD}", "request": {head:?}, "b": "{}"}}}}"#,
            STANDARD.encode(&head)
        );
        Answer::new(if asked.page == 2 { 401 } else { 200 }, body)
            .header("content-type", KEY)
            .header("etag", format!("\"{KEY} {PASSWORD}\""))
            .header("x-ratelimit-scope", PASSWORD)
    });
    for name in ["day.har", "day.ndjson", "day.har.gz", "day.ndjson.zst"] {
        for (target, field, secrets) in requests() {
            let (mut proxied, record) = Proxied::recording(&server.url(), name, &["--show-values", "-v"]);
            let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{field}\r\n\r\n");
            let passed = exchange(proxied.address(), &request);
            assert!(!passed.is_empty());
            let (_, report, stderr) = proxied.end();
            let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
            command.args(["validate", "--no-settings", "--show-values"]).arg(&record);
            let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
            let bytes = fs::read(&record).unwrap();
            for secret in &secrets {
                assert!(!stderr.contains(secret), "{secret}: {stderr}");
                assert!(!report.to_string().contains(secret), "{secret}: {report}");
                assert!(!shown.contains(secret), "{secret}: {shown}");
                assert!(
                    !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                    "{name}: {secret}"
                );
            }
            let is_recorded =
                target.starts_with(PATH) && !(target.contains("page=2") && name.contains("ndjson"));
            assert_eq!(bytes.len() > 200, is_recorded, "{target}: {name}");
        }
    }
}

#[test]
fn the_beginning_of_a_key_at_the_end_of_a_truncated_body_is_masked() {
    let body = format!("{{\"data\": \"{}{KEY}\"}}", "x".repeat(5_000));
    let cut = &body[..body.len() - 8];
    let plain =
        [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes(), cut.into()];
    let zipped = gzip(cut.as_bytes());
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", zipped.len());
    let zipped = [head.into_bytes(), zipped[..zipped.len() - 8].to_vec(), vec![b'x'; 8]];
    for response in [plain.concat(), zipped.concat()] {
        let raw = Raw::new(move |_| Act::Close(response.clone()));
        let (mut proxied, record) = Proxied::recording(&raw.url(), "day.har", &[]);
        proxied.get(PATH);
        assert_ne!(proxied.end().0, Some(0));
        let text = fs::read_to_string(record).unwrap();
        assert!(text.contains("xxxx***") && !text.contains(&KEY[..6]), "{text}");
    }
}
