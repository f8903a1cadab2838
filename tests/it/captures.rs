//! Captured traffic: whatever it is wrapped in, the verdicts are those of the plain bodies.

use std::fs;
use std::io::{self, BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clients_contract::payload::{self, Input, Item, Items, NotValidated, Options, Selection};
use clients_contract::validate::Verdict;
use clients_contract::{Contract, Error, ErrorKind, Origin, Payload};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::came::{Came, brotli, came, gzip, zstd};

const GOOD: &str = "fixtures/valid/minimal.json";
const BAD: &str = "fixtures/invalid/null-value/client-name.json";

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap()
}

/// The same JSON on one line.
fn line(path: &str) -> String {
    serde_json::from_str::<Value>(&text(path)).unwrap().to_string()
}

fn ours() -> Options {
    Options { selection: Some(Selection::new("GET", "/incoming/v2/clients")), ..Options::default() }
}

/// What is broken where, in each payload.
fn verdicts(payloads: &[Payload]) -> Vec<Vec<(&'static str, String)>> {
    let validator = Contract::clients().validator();
    let told = |payload: &Payload| {
        let findings = validator.validate_payload(payload).findings;
        findings.iter().map(|finding| (finding.rule.id, finding.pointer.to_string())).collect()
    };
    payloads.iter().map(told).collect()
}

fn expected() -> Vec<Vec<(&'static str, String)>> {
    vec![vec![], vec![("null-value", "/data/Clients/clients/0/name".to_owned())]]
}

fn har(bodies: &[&str]) -> Value {
    let entry = |body: &&str| {
        json!({
            "request": {"method": "GET", "url": "https://acme.example.com/incoming/v2/clients?page=1"},
            "response": {"status": 200, "content": {"text": body}}
        })
    };
    json!({"log": {"version": "1.2", "creator": {}, "entries": bodies.iter().map(entry).collect::<Vec<_>>()}})
}

fn with(entry: Value) -> Came {
    let mut har = json!({"log": {"version": "1.2", "entries": []}});
    har["log"]["entries"] = Value::Array(vec![entry]);
    came(har.to_string(), "x.har", &ours())
}

#[test]
fn every_capture_gives_the_verdicts_of_the_plain_bodies() {
    let files = payload::expand(["fixtures/captures", "fixtures/captures/*.http"]).files;
    assert_eq!(files.len(), 14);
    for file in files {
        let came = Came::of(payload::open(&file, &ours()).unwrap().items());
        let name = file.display();
        assert!(came.problems.is_empty(), "{name}: {:?}", came.problems);
        assert_eq!(verdicts(&came.payloads), expected(), "{name}");
        let is_capture = !file.file_name().unwrap().to_str().unwrap().starts_with(['c', 'p'])
            || file.extension().is_some_and(|extension| extension == "har");
        assert!(!is_capture || came.skipped.len() == 1, "{name}: {:?}", came.skipped);
    }
}

#[test]
fn entries_are_recognized_by_content_and_carry_their_request() {
    for name in
        ["chrome.har", "wiremock-requests.json", "wiremock-mappings.json", "postman.postman_collection.json"]
    {
        let bytes = fs::read(Path::new("fixtures/captures").join(name)).unwrap();
        let came = came(bytes, "unnamed", &ours());
        assert_eq!(verdicts(&came.payloads), expected(), "{name}");
        for (number, payload) in came.payloads.iter().enumerate() {
            assert_eq!(payload.status(), Some(200), "{name}");
            let request = payload.request().unwrap();
            assert_eq!(request.path, "/incoming/v2/clients", "{name}");
            let page = ("page".to_owned(), (number + 1).to_string());
            assert!(request.query.contains(&page), "{name}: {request:?}");
            assert_eq!(payload.origin().to_string(), format!("unnamed#{}", number + 2));
            assert!(!payload.origin().is_verbatim());
        }
    }
}

#[test]
fn what_is_not_requested_is_named_without_parameters() {
    let entry = |method: &str, url: &str| json!({"request": {"method": method, "url": url}, "response": {"status": 200, "content": {"text": "{}"}}});
    let skipped = with(entry("GET", "https://a.example.com/assets/app.js?token=secret")).skipped;
    assert_eq!(skipped[0].what, "GET /assets/app.js");
    assert_eq!(skipped[0].origin.to_string(), "x.har#1");
    assert_eq!(with(entry("GET", "/incoming/v2/clients/7")).skipped.len(), 1);
    assert_eq!(with(entry("POST", "/incoming/v2/clients")).skipped.len(), 1);
    assert_eq!(with(entry("get", "http://localhost:8080/incoming/v2/clients/?page=2")).payloads.len(), 1);
}

#[test]
fn a_response_without_a_body_or_with_another_status_is_not_validated() {
    let answer = |status: Value, content: Value| {
        with(json!({
            "comment": "c", "_vendor": [1, {"x": null}],
            "request": {"method": "GET", "url": "https://a.example.com/incoming/v2/clients"},
            "response": {"status": status, "content": content, "headers": null}
        }))
    };
    for (status, content) in [
        (json!(304), json!({"size": 0})),
        (json!(200), json!({"size": 0, "comment": "not included"})),
        (json!(200), json!({"text": ""})),
        (json!(200), json!({"text": null})),
        (json!(200), json!({"text": " \r\n"})),
        (json!(200), json!({"_file": "abc.json"})),
        (json!(200), Value::Null),
        (json!(201), json!({"size": 0})),
        (json!(204), Value::Null),
        (json!("204 No Content"), Value::Null),
    ] {
        let came = answer(status.clone(), content.clone());
        let expected =
            if content.get("_file").is_some() { NotValidated::BodyElsewhere } else { NotValidated::NoBody };
        let validation = Contract::clients().validator().validate_payload(&came.payloads[0]);
        assert_eq!(validation.verdict(), Verdict::NotValidated(expected), "{status} {content}: {came:?}");
        assert!(validation.findings.is_empty() && came.skipped.is_empty(), "{status} {content}: {came:?}");
    }
    let unanswered = answer(json!(0), json!({"size": 0, "mimeType": "x-unknown"}));
    assert_eq!((unanswered.payloads.len(), unanswered.skipped.len()), (0, 1), "{unanswered:?}");
    let pending = with(json!({"request": {"method": "GET", "url": "/incoming/v2/clients"}}));
    assert_eq!(pending.skipped.len(), 1);
    for content in [json!({"text": "{\"error\": \"rate_limit_exceeded\"}"}), json!({"size": 0})] {
        let came = answer(json!(429), content);
        assert_eq!(verdicts(&came.payloads), [[("http-status", String::new())]]);
        let validation = Contract::clients().validator().validate_payload(&came.payloads[0]);
        assert!(!validation.valid);
        assert_eq!(
            validation.findings[0].message(),
            "body: response has status 429; only 2xx responses are validated"
        );
    }
    let page = answer(json!(200), json!({"text": "<html>gateway</html>", "mimeType": "text/html"}));
    assert_eq!(verdicts(&page.payloads)[0][0].0, "not-json");
    let refused =
        answer(json!("200"), json!({"text": "{\"errors\": [{\"message\": \"no\"}], \"data\": null}"}));
    assert_eq!(verdicts(&refused.payloads)[0][0].0, "api-error");
}

#[test]
fn bodies_are_decoded_however_the_recorder_left_them() {
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let body = text(GOOD);
    let coded = |text: &str, encoding: &str, coding: &str| {
        with(json!({
            "request": {"method": "GET", "url": "/incoming/v2/clients"},
            "response": {
                "status": 200,
                "headers": [{"name": "Content-Encoding", "value": coding}],
                "content": {"text": text, "encoding": encoding}
            }
        }))
    };
    let whole = encode(body.as_bytes());
    let wrapped = whole.as_bytes().chunks(76).map(|c| String::from_utf8(c.to_vec()).unwrap());
    for (text, encoding, coding) in [
        (body.clone(), "", "br"),
        (encode(body.as_bytes()), "base64", "gzip"),
        (wrapped.collect::<Vec<_>>().join("\r\n"), "base64", ""),
        (encode(body.as_bytes()).trim_end_matches('=').to_owned(), "base64", ""),
        (encode(&gzip(body.as_bytes())), "base64", "gzip"),
        (encode(&zstd(body.as_bytes())), "base64", ""),
        (encode(&brotli(body.as_bytes())), "base64", "br"),
    ] {
        let came = coded(&text, encoding, coding);
        assert_eq!(came.payloads.len(), 1, "{encoding} {coding}: {came:?}");
        assert_eq!(came.payloads[0].bytes(), body.as_bytes(), "{encoding} {coding}");
    }
    // What cannot be base64 is the text itself.
    assert_eq!(coded("%%%", "base64", "").payloads[0].bytes(), b"%%%");
    let wrong = coded("AAAAA", "base64", "");
    assert_eq!(wrong.problems[0].subject(), "x.har#1");
    assert!(wrong.problems[0].message().contains("base64"));
}

#[test]
fn a_body_that_is_no_text_does_not_stop_the_capture() {
    let har =
        har(&["SURROGATE", &text(GOOD)]).to_string().replace("SURROGATE", "{\\\"a\\\": \\\"\\ud800\\\"}");
    let came = came(har, "x.har", &ours());
    assert_eq!(verdicts(&came.payloads), [vec![("not-json", String::new())], vec![]]);
}

#[test]
fn a_broken_entry_is_a_problem_of_its_own_and_quotes_nothing() {
    let text = r#"{"log": {"entries": [
        {"request": {"url": ["secret"]}}, {"request": nonsense}, {"response": "secret"}, {}]}}"#;
    let came = came(text, "x.har", &Options::default());
    let places: Vec<_> = came.problems.iter().map(Error::subject).collect();
    assert_eq!(places, ["x.har#1", "x.har#2", "x.har#3", "x.har#4"]);
    assert!(came.problems.iter().all(|error| !error.message().contains("secret")), "{:?}", came.problems);
}

#[test]
fn what_is_not_har_says_so() {
    let insisted = Options { input: Some(Input::Har), ..ours() };
    for (text, what) in [
        ("{\"data\": {}}", "is JSON, but not HAR: it has no list `log.entries`"),
        ("{\"log\": {\"entries\": {}}}", "it has no list `log.entries`"),
        ("[]", "is not HAR"),
        ("<html>", "is not HAR"),
        ("{\"log\" 1}", "is not JSON, in line 1"),
        ("{\"log\": }", "is not JSON, in line 1"),
        ("", "is empty"),
        ("{\"log\": {\"entries\": []}} {}", "has trailing data"),
    ] {
        let came = came(text, "x", &insisted);
        assert_eq!(came.problems.len(), 1, "{text}: {came:?}");
        assert!(came.problems[0].message().contains(what), "{text}: {:?}", came.problems);
        assert_eq!(came.problems[0].kind(), ErrorKind::Input);
        assert!(came.payloads.is_empty());
    }
}

#[test]
fn an_empty_har_and_one_with_a_mark_and_odd_order_are_read() {
    assert!(came("{\"log\": {\"entries\": []}}", "x.har", &ours()).problems.is_empty());
    let mut odd = har(&[&text(GOOD)]);
    odd["log"]["pages"] = json!([{"entries": [1]}, "]}"]);
    let odd = format!("\u{feff}\n{{\"x\": {{\"log\": {{\"entries\": [2]}}}}, {}", &odd.to_string()[1..]);
    let came = came(odd, "x.har", &ours());
    assert_eq!(verdicts(&came.payloads), [vec![]], "{came:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Cut anywhere, a HAR gives the entries before the cut and then says that it is cut.
    #[test]
    fn what_came_before_a_cut_is_still_validated(share in 0.0..1.0_f64) {
        let whole = har(&[&text(GOOD), &text(BAD), &text(GOOD)]).to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let cut = 1 + ((whole.len() - 1) as f64 * share) as usize;
        let came = came(&whole[..cut], "x.har", &ours());
        prop_assert_eq!(came.problems.len(), 1);
        let message = came.problems[0].to_string();
        prop_assert!(message.starts_with("x.har:1: is cut off; "), "{}", message);
        let full = whole[..cut].matches("\"status\":200}}").count();
        prop_assert_eq!(came.payloads.len(), full);
    }

    /// However it is compressed, the same bodies come out.
    #[test]
    fn codecs_change_nothing(layers in prop::collection::vec(0..3_usize, 0..=3), har_too in any::<bool>()) {
        let plain = if har_too { har(&[&text(GOOD), &text(BAD)]).to_string() } else { line(GOOD) + "\n" + &line(BAD) };
        let mut name = if har_too { "run.har".to_owned() } else { "run.ndjson".to_owned() };
        let mut bytes = plain.into_bytes();
        for layer in &layers {
            let (ending, coded) = match layer {
                0 => (".gz", gzip(&bytes)),
                1 => (".zst", zstd(&bytes)),
                _ => (".br", brotli(&bytes)),
            };
            bytes = coded;
            name.push_str(ending);
        }
        let came = came(bytes, &name, &ours());
        prop_assert!(came.problems.is_empty(), "{}: {:?}", name, came.problems);
        prop_assert_eq!(verdicts(&came.payloads), expected());
        let verbatim = came.payloads[1].origin().is_verbatim();
        prop_assert_eq!(verbatim, layers.is_empty() && !har_too);
    }
}

#[test]
fn the_fourth_layer_is_one_too_many() {
    let four = gzip(&zstd(&gzip(&zstd(b"{}"))));
    let came = came(four, "x", &ours());
    assert!(came.problems[0].message().contains("more than 3 times"), "{came:?}");
}

#[test]
fn a_cut_stream_gives_what_was_read() {
    let line = |n: i32| format!("{{\"n\": {n}, \"sin\": {}}}\n", f64::from(n).sin());
    let lines = (0..4_000).map(line).collect::<Vec<_>>().concat();
    for (name, bytes) in [
        ("x.ndjson.gz", gzip(lines.as_bytes())),
        ("x.ndjson.zst", zstd(lines.repeat(4).as_bytes())),
        ("x.ndjson.br", brotli(lines.as_bytes())),
    ] {
        let came = came(&bytes[..bytes.len() * 2 / 3], name, &ours());
        assert!(came.payloads.len() > 1_000, "{name}: {}", came.payloads.len());
        assert_eq!(came.problems.len(), 1, "{name}");
        let first: Value = serde_json::from_slice(came.payloads[0].bytes()).unwrap();
        assert_eq!(first["n"], 0, "{name}");
        let place = came.problems[0].subject();
        assert_eq!(place, format!("{name}:{}", came.payloads.len() + 1));
    }
    let broken = came([&gzip(b"{}")[..10], b"nonsense"].concat(), "x.gz", &ours());
    assert_eq!(broken.problems.len(), 1);
    let not = came("{}", "x.json.br", &ours());
    assert!(not.problems[0].message().contains("brotli"), "{not:?}");
}

#[test]
fn frames_and_members_in_a_row_are_one_stream() {
    for code in [gzip, zstd] {
        let twice = [code(line(GOOD).as_bytes()), code(b"\n"), code(line(BAD).as_bytes())].concat();
        assert_eq!(verdicts(&came(twice, "x", &ours()).payloads), expected());
    }
}

#[test]
fn a_bomb_is_a_problem_and_not_a_matter_of_memory() {
    let limited = |input| Options { input, max_body: 10_000, ..ours() };
    let spaces = format!("{{\"a\": \"{}\"}}", " ".repeat(5_000_000));
    for (head, input) in
        [("", None), ("", Some(Input::Json)), ("", Some(Input::Ndjson)), (OK, None), (OK, Some(Input::Http))]
    {
        let came = came(gzip(format!("{head}{spaces}").as_bytes()), "bomb.gz", &limited(input));
        assert_eq!(came.payloads.len(), 0, "{input:?}");
        assert!(came.problems[0].message().contains("`max_body`"), "{input:?}: {:?}", came.problems);
    }
    // An entry of a capture that is too large does not hide the next one.
    let large = " ".repeat(5_000_000);
    for text in [large.as_str(), &large[..20_000]] {
        let bomb = gzip(har(&[text, &text_of_good()]).to_string().as_bytes());
        let came = came(bomb, "bomb.har.gz", &limited(None));
        assert_eq!(came.problems[0].subject(), "bomb.har.gz#1");
        assert!(came.problems[0].message().contains("`max_body`"));
        assert_eq!(verdicts(&came.payloads), [vec![]]);
        assert_eq!(came.payloads[0].origin().to_string(), "bomb.har.gz#2");
    }
}

fn text_of_good() -> String {
    text(GOOD)
}

#[test]
fn a_body_of_exactly_the_limit_is_read() {
    for input in [None, Some(Input::Json), Some(Input::Ndjson)] {
        for (max_body, payloads) in [(8, 1), (7, 0)] {
            let options = Options { input, max_body, ..ours() };
            assert_eq!(came("{\"a\": 1}", "x", &options).payloads.len(), payloads, "{input:?} {max_body}");
        }
    }
}

#[test]
fn archives_and_the_like_are_named() {
    let mut tar = vec![0_u8; 512];
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, what) in [
        (b"PK\x03\x04....".to_vec(), "is a ZIP archive; unpack it first"),
        (tar.clone(), "is a tar archive"),
        (gzip(&tar), "is a tar archive"),
        (b"%PDF-1.7".to_vec(), "is a PDF document"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), "is a PNG image"),
        (b"SQLite format 3\0".to_vec(), "is an SQLite database"),
    ] {
        let came = came(bytes, "x.har", &ours());
        assert!(came.problems[0].message().starts_with(what), "{what}: {:?}", came.problems);
    }
    // Another encoding of text is for the validator to name.
    let utf16: Vec<u8> = "{\"a\": 1}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let came = came(utf16, "x.json", &ours());
    assert_eq!(verdicts(&came.payloads), [[("not-json", String::new())]]);
}

/// A HAR of `entries` entries that is made as it is read, and counts how far it was read.
struct Endless {
    entries: u64,
    made: u64,
    chunk: Cursor<Vec<u8>>,
    read: Arc<AtomicU64>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = self.chunk.read(buffer)?;
        if count == 0 && self.made < self.entries {
            let entry = har(&[&format!("{{\"n\": {}, \"pad\": \"{}\"}}", self.made, "x".repeat(50_000))]);
            let comma = if self.made + 1 < self.entries { "," } else { "]}}" };
            let text = format!("{}{comma}", entry["log"]["entries"][0]);
            self.made += 1;
            self.chunk = Cursor::new(text.into_bytes());
            count = self.chunk.read(buffer)?;
        }
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[test]
fn a_large_har_is_read_entry_by_entry() {
    let read = Arc::new(AtomicU64::new(0));
    let head = b"{\"log\": {\"version\": \"1.2\", \"creator\": {}, \"entries\": [".to_vec();
    let source = Endless { entries: 1_300, made: 0, chunk: Cursor::new(head), read: Arc::clone(&read) };
    let reader = BufReader::with_capacity(1 << 16, source);
    let items: Items<'_> = payload::open_reader(reader, Origin::stdin(), &ours()).unwrap().items();
    let mut so_far = 0;
    for (number, item) in items.enumerate() {
        let Item::Payload(payload) = item.unwrap() else { panic!("all are asked for") };
        so_far += payload.bytes().len() as u64;
        assert_eq!(payload.origin().to_string(), format!("<stdin>#{}", number + 1));
        // What is read ahead is a few buffers, however long the capture.
        let ahead = read.load(Ordering::Relaxed) - so_far;
        assert!(ahead < 1_000_000, "{ahead} bytes ahead at entry {number}");
    }
    assert!(so_far > 64_000_000);
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

#[test]
fn saved_responses_are_taken_apart() {
    let good = text(GOOD);
    let bad = text(BAD);
    let lf = OK.replace('\r', "");
    for (dump, told) in [
        (format!("{OK}{good}"), vec![("x".to_owned(), 4)]),
        (format!("{lf}{good}"), vec![("x".to_owned(), 4)]),
        (format!("\u{feff}HTTP/2 200 \r\n\r\n{good}"), vec![("x".to_owned(), 3)]),
        (format!("HTTP/1.1 100 Continue\r\n\r\n{OK}{good}"), vec![("x#2".to_owned(), 6)]),
        (format!("HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\nmoved\n{OK}{good}"), vec![("x#2".to_owned(), 8)]),
        (format!("HTTP/1.1 200 Connection established\r\n\r\n{OK}{good}"), vec![("x#2".to_owned(), 6)]),
    ] {
        let came = came(dump.clone(), "x", &ours());
        assert!(came.problems.is_empty(), "{dump}: {:?}", came.problems);
        let origins = came.payloads.iter().map(|body| (body.origin().to_string(), body.line()));
        assert_eq!(origins.collect::<Vec<_>>(), told, "{dump}");
        assert_eq!(came.payloads[0].bytes(), good.as_bytes());
        assert!(came.payloads[0].origin().is_verbatim());
    }
    let two = came(format!("{OK}{}{OK}{bad}", good.trim_end()), "x", &ours());
    assert_eq!(verdicts(&two.payloads), expected());
    let failed = came("HTTP/2 429 \r\nretry-after: 3\r\n\r\n{\"error\": \"x\"}", "x", &ours());
    assert_eq!(verdicts(&failed.payloads)[0][0].0, "http-status");
    for nothing in [OK.to_owned(), format!("{OK}\r\n"), "HTTP/2 304 \r\n\r\n".to_owned()] {
        let came = came(nothing, "x", &ours());
        assert_eq!(came.payloads[0].not_validated(), Some(NotValidated::NoBody), "{came:?}");
    }
    assert!(came("HTTP/1.1 200 OK\r\nContent-Ty", "x", &ours()).problems[0].message().contains("cut off"));
    let insisted = Options { input: Some(Input::Http), ..ours() };
    assert!(came("{}", "x", &insisted).problems[0].message().contains("status line"));
}

#[test]
fn saved_responses_may_be_as_they_came_over_the_wire() {
    let good = text(GOOD);
    let (first, second) = good.split_at(40);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:X};x=y\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    let coded = |coding: &str, body: &[u8]| {
        [format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n").as_bytes(), body].concat()
    };
    for dump in
        [chunked.into_bytes(), coded("gzip", &gzip(good.as_bytes())), coded("br", &brotli(good.as_bytes()))]
    {
        let came = came(dump, "x", &ours());
        assert_eq!(came.payloads[0].bytes(), good.as_bytes());
        assert!(!came.payloads[0].origin().is_verbatim());
    }
    // Decoded before it was saved, with the headers left as they were.
    let decoded = came(coded("br", good.as_bytes()), "x", &ours());
    assert!(decoded.payloads[0].origin().is_verbatim());
}

fn tool(arguments: &[&str], input: Option<&[u8]>) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command
        .arg("validate")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A tool that found out early does not read to the end.
    let _ = child.stdin.take().unwrap().write_all(input.unwrap_or_default());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn standard_input_may_be_any_of_it() {
    for file in ["chrome.har", "curl.http", "concatenated.json", "pages.ndjson.gz", "pages.ndjson.zst"] {
        let bytes = fs::read(Path::new("fixtures/captures").join(file)).unwrap();
        let (code, out, _) = tool(&["-f", "ndjson", "-"], Some(&bytes));
        assert_eq!(code, 1, "{file}");
        assert_eq!(out.lines().count(), 2, "{file}: {out}");
    }
}

#[test]
fn the_tool_counts_and_names_what_it_skips() {
    let har = "fixtures/captures/chrome.har";
    let (code, out, err) = tool(&["-f", "json", har], None);
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["checked"]["skipped"], 1);
    assert_eq!(report["findings"][0]["first"]["origin"], "fixtures/captures/chrome.har#3");
    assert!(err.contains("skipped 1 entry of captures: GET /assets/app.js"), "{err}");
    let (_, _, err) = tool(&["-v", har], None);
    assert!(err.contains("skipped fixtures/captures/chrome.har#1: GET /assets/app.js: "), "{err}");
    let (_, out, err) = tool(&["-q", har], None);
    assert!(err.is_empty(), "{err}");
    assert!(out.contains("--> fixtures/captures/chrome.har#3 line 1 column "), "{out}");

    let (code, out, err) = tool(&["--url-path", "/no/such", "--url-path", "POST /a", har], None);
    assert_eq!(code, 3, "nothing judged is not a pass");
    assert!(out.contains("3 skipped"), "{out}");
    let nothing = "error: no entry of captures matches GET /no/such, POST /a: select others with --url-path\nskipped 3 ";
    assert!(err.contains(nothing) && err.contains("GET /assets/app.js"), "{err}");
    let (_, _, err) = tool(&["-q", "--url-path", "/assets/app.js", har], None);
    assert!(!err.contains("no entry of captures"), "{err}");
    let empty = r#"{"log": {"version": "1.2", "creator": {}, "entries": []}}"#;
    let (_, _, err) = tool(&["--url-path", "/no/such", "-"], Some(empty.as_bytes()));
    assert!(!err.contains("no entry of captures"), "{err}");
    let (code, out, _) = tool(&["--url-path", "https://x.example.com/assets/app.js/", har], None);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("not-json"), "{out}");
}

#[test]
fn a_status_is_a_warning() {
    let dump = b"HTTP/2 503 \r\n\r\n";
    // Alone it leaves nothing validated.
    assert_eq!(tool(&["-"], Some(dump)).0, 3);
    assert_eq!(tool(&["-", GOOD], Some(dump)).0, 0);
    assert_eq!(tool(&["--fail-on", "warning", "-", GOOD], Some(dump)).0, 1);
}

#[test]
fn options_are_obeyed_or_refused() {
    let (code, _, err) = tool(&["--input", "har", GOOD], None);
    assert_eq!(code, 3);
    assert!(err.contains("minimal.json: is JSON, but not HAR"), "{err}");
    assert_eq!(tool(&["--input", "documents", GOOD, "fixtures/captures/concatenated.json"], None).0, 1);
    for size in ["100", "100B", "1kB"] {
        assert_eq!(tool(&["--max-body", size, BAD], None).0, if size == "1kB" { 1 } else { 3 }, "{size}");
    }
    for arguments in [["--max-body", "0"], ["--max-body", "1XB"], ["--input", "xml"]] {
        assert_eq!(tool(&[&arguments[..], &[GOOD]].concat(), None).0, 2, "{arguments:?}");
    }
}

fn names(files: &[PathBuf], folder: &Path) -> Vec<String> {
    files.iter().map(|file| file.strip_prefix(folder).unwrap().display().to_string()).collect()
}

#[test]
fn folders_and_patterns_stand_for_captures() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir_all(path("sub")).unwrap();
    for name in
        ["b.har.br", "a.HAR", "c.ndjson.zst", "sub/d.json.gz", "e.txt.gz", "f.http", "[g].json", ".h.har"]
    {
        fs::write(path(name), "").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), path("sub/round")).unwrap();
    let found = |name: &str| {
        let sources = payload::expand([path(name)]);
        assert!(sources.problems.is_empty(), "{:?}", sources.problems);
        names(&sources.files, folder.path())
    };
    assert_eq!(found(""), ["[g].json", "a.HAR", "b.har.br", "c.ndjson.zst", "sub/d.json.gz"]);
    assert_eq!(found("?.*"), ["a.HAR", "b.har.br", "c.ndjson.zst", "e.txt.gz", "f.http"]);
    assert_eq!(found("[g].json"), ["[g].json"], "a path that exists is no pattern");
    assert_eq!(found("[a-b].*"), ["a.HAR", "b.har.br"]);
    assert_eq!(found("**/*.gz"), ["e.txt.gz", "sub/d.json.gz"]);
    assert_eq!(found("s*"), ["sub/d.json.gz"], "a folder that a pattern matches is walked");
    for nothing in ["*.pcap", "[", "nowhere/*"] {
        let sources = payload::expand([path(nothing)]);
        assert_eq!((sources.files.len(), sources.problems.len()), (0, 1), "{nothing}");
    }
    assert_eq!(tool(&[&path("*.pcap")], None).0, 3);
}

#[test]
fn a_file_that_grows_is_read_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grows.ndjson");
    let line = line(GOOD) + "\n";
    fs::write(&file, &line).unwrap();
    let opened = payload::open(&file, &ours()).unwrap();
    let mut growing = fs::File::options().append(true).open(&file).unwrap();
    let mut count = 0;
    for item in opened.items() {
        item.unwrap();
        count += 1;
        growing.write_all(line.as_bytes()).unwrap();
        assert!(count < 100, "it never ends");
    }
    assert_eq!(count, 1);
}
