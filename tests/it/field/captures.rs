//! HTTP dumps and other recorded containers.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufReader, Cursor, Read, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clients_contract::payload::{self, Input, Item, Options};
use clients_contract::{Error, Origin};
use serde_json::Value;

const ID: &str = "fixtures/field/http-status-line-inside-body/s.json";

/// Exit code, JSON report and standard error of `validate` for files, or standard input.
pub(super) fn validated(arguments: &[&str], input: &[u8]) -> (i32, Value, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clients-contract"))
        .args(["validate", "--no-settings", "-f", "json"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    (output.status.code().unwrap(), report, stderr)
}

/// Rule and pointer of every finding group.
pub(super) fn groups(report: &Value) -> Vec<String> {
    let text = |group: &Value, name: &str| group[name].as_str().unwrap().to_owned();
    let groups = report["findings"].as_array().unwrap().iter();
    groups.map(|group| format!("{} {}", text(group, "rule"), text(group, "pointer"))).collect()
}

#[test]
fn a_status_line_inside_a_body_begins_no_response() {
    for (schema, file) in [
        (ID, "fixtures/field/http-status-line-inside-body/c20-html-in-json.http"),
        (ID, "fixtures/field/http-status-line-inside-body/c21-log-in-json.http"),
        ("fixtures/field/attack/object.schema.json", "fixtures/field/attack/curl-status-line-in-html.http"),
    ] {
        for engine in ["auto", "reference"] {
            let (code, report, stderr) = validated(&["--schema", schema, "--engine", engine, file], b"");
            assert_eq!((code, &report["checked"]["valid"]), (0, &1.into()), "{file}: {stderr}");
        }
        let bytes = fs::read(file).unwrap();
        let twice = [&bytes[..], &bytes].concat();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&twice).unwrap();
        for input in [twice, packed.finish().unwrap()] {
            let (code, report, stderr) = validated(&["--schema", schema, "-"], &input);
            assert_eq!((code, &report["checked"]["valid"]), (0, &2.into()), "{file}: {stderr}");
        }
    }
}

#[test]
fn headers_that_do_not_matter_do_not_stop_validation() {
    let folder = "fixtures/field/http-odd-headers";
    for file in ["c09-obsfold", "c11-header-space", "c12-header-space-before-colon", "c13-header-nocolon"] {
        let file = format!("{folder}/{file}.http");
        let (code, report, stderr) = validated(&["--schema", &format!("{folder}/s.json"), &file], b"");
        assert_eq!((code, groups(&report)), (1, vec!["type-mismatch /id".to_owned()]), "{file}: {stderr}");
        let text = fs::read_to_string(&file).unwrap();
        let (_, report, stderr) = validated(&["--schema", ID, "-"], text.repeat(3).as_bytes());
        assert_eq!(report["checked"]["invalid"], 3, "{file}: {stderr}");
    }
}

/// Every body that a dump holds, with its status, and every problem.
fn bodies(dump: impl Into<Vec<u8>>, max_body: u64) -> (Vec<(u16, Vec<u8>)>, Vec<Error>) {
    let options = Options { input: Some(Input::Http), max_body, ..Options::default() };
    let opened = payload::open_reader(Cursor::new(dump.into()), Origin::file("x"), &options).unwrap();
    let (mut bodies, mut problems) = (Vec::new(), Vec::new());
    for item in opened.items() {
        match item {
            Ok(Item::Payload(payload)) => {
                bodies.push((payload.status().unwrap(), payload.bytes().trim_ascii().to_vec()));
            }
            Ok(_) => {}
            Err(error) => problems.push(error),
        }
    }
    (bodies, problems)
}

#[test]
fn responses_of_all_kinds_in_a_row_are_distinguished() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let quoted = r#"{"log":"}HTTP/1.1 500 Oops\r\nserver: x\r\n\r\n{\"a\":1}"}"#;
    let html = "<html><pre>HTTP/1.1 404 Not Found</pre></html>";
    let coded = gzip(quoted);
    let responses: Vec<Vec<u8>> = vec![
        b"HTTP/1.1 302 Found\r\ncontent-length: 154\r\n\r\n".to_vec(),
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{quoted}", quoted.len()).into_bytes(),
        // The length of the compressed body, which was decoded before it was saved.
        format!("HTTP/2 200 \r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n{quoted}", coded.len())
            .into_bytes(),
        // As it came over the wire.
        [
            format!("HTTP/2 200 \ncontent-encoding: gzip\ncontent-length: {}\n\n", coded.len()).as_bytes(),
            &coded,
        ]
        .concat(),
        format!("HTTP/1.1 404 Not Found\r\n\r\n{html}").into_bytes(),
        format!("HTTP/1.1 404 Not Found\r\ncontent-length: {}\r\n\r\n{html}", html.len()).into_bytes(),
        format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{quoted}\r\n0\r\n\r\n",
            quoted.len()
        )
        .into_bytes(),
        b"HTTP/1.1 200 OK\r\nserver: x\r\n\r\n{\"a\":".to_vec(),
        b"HTTP/1.1 200 OK\r\nserver: x\r\n\r\n[1]".to_vec(),
    ];
    let statuses = [200, 200, 200, 404, 404, 200, 200, 200];
    let texts = [quoted, quoted, quoted, html, html, quoted, "{\"a\":", "[1]"];
    for separator in ["", "\n", "\r\n\r\n"] {
        let (found, problems) = bodies(responses.join(separator.as_bytes()), 1 << 20);
        assert!(problems.is_empty(), "{problems:?}");
        let expected: Vec<_> = statuses.into_iter().zip(texts.map(|text| text.as_bytes().to_vec())).collect();
        assert_eq!(found, expected, "{separator:?}");
    }
}

#[test]
fn a_response_that_is_cut_off_hides_no_other() {
    let cut = ["{\"a\":", "{\"a\":\"x", "[1,", "{\"a\":{\"b\":[", "\"", "upstream error", "<html><p>x</p>\n"];
    for body in cut {
        let response = format!("HTTP/1.1 200 OK\r\nserver: x\r\n\r\n{body}");
        let (found, problems) = bodies(response.repeat(5), 1 << 20);
        assert!(problems.is_empty() && found.len() == 5, "{body}: {} {problems:?}", found.len());
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_and_what_came_before_it_kept() {
    let large = format!("[{}1]", "1,".repeat(1000));
    for head in ["", "content-length: 2003\r\n", "transfer-encoding: chunked\r\n"] {
        let dump = format!("HTTP/1.1 200 OK\r\n\r\n[1]HTTP/1.1 200 OK\r\n{head}\r\n{large}");
        let (found, problems) = bodies(dump.clone(), 2000);
        assert!(found.len() == 1 && problems.len() == 1, "{problems:?}");
        assert!(problems[0].message().contains("2000 bytes"), "{problems:?}");
        assert_eq!(bodies(dump, 2003).0.len(), 2);
    }
}

/// Responses without end.
struct Endless {
    chunk: Cursor<Vec<u8>>,
    response: Vec<u8>,
    read: Arc<AtomicU64>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = self.chunk.read(buffer)?;
        if count == 0 {
            self.chunk = Cursor::new(self.response.clone());
            count = self.chunk.read(buffer)?;
        }
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[test]
fn a_dump_without_end_is_read_response_by_response() {
    let json = format!("{{\"a\":[{}]}}", vec!["\"HTTP/1.1 200 OK\""; 5000].join(","));
    let mut responses = vec![format!("HTTP/1.1 200 OK\r\n\r\n{json}")];
    responses.push(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{json}\n", json.len()));
    // Larger than what is in the input for a while, but not than a body may be.
    responses.push(format!("HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n{json}\n"));
    for response in responses {
        let read = Arc::new(AtomicU64::new(0));
        let source =
            Endless { chunk: Cursor::default(), response: response.into_bytes(), read: Arc::clone(&read) };
        let options = Options { max_body: 1 << 20, ..Options::default() };
        let reader = BufReader::with_capacity(1 << 16, source);
        let items = payload::open_reader(reader, Origin::stdin(), &options).unwrap().items();
        let mut so_far = 0;
        for item in items.take(100) {
            let Item::Payload(payload) = item.unwrap() else { panic!("all have a body") };
            assert_eq!(payload.bytes().trim_ascii(), json.as_bytes());
            so_far += payload.bytes().len() as u64;
            // The response, the length that it claims to have, and a few buffers.
            assert!(read.load(Ordering::Relaxed) - so_far < 600_000);
        }
    }
}

#[test]
fn responses_in_a_row_have_their_lines() {
    let mut dump = String::new();
    for number in 0..50 {
        let _ = write!(dump, "HTTP/1.1 200 OK\r\n\r\n{{\n\"id\": \"{number}\"\n}}\n");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.http");
    fs::write(&file, dump).unwrap();
    let (code, report, _) = validated(&["--schema", ID, file.to_str().unwrap()], b"");
    assert_eq!(code, 1);
    let group = &report["findings"][0];
    assert_eq!(
        (&group["count"], &group["first"]["line"], &group["last"]["line"]),
        (&50.into(), &4.into(), &249.into())
    );
    assert!(group["last"]["origin"].as_str().unwrap().ends_with("many.http#50"), "{group}");
}
