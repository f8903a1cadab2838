//! Validated is not the same as received; the same verdict in any size.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::process::Output;

use clients_contract::payload::{self, Input, Item, NotValidated, Options};
use clients_contract::report::FORMATS;
use clients_contract::validate::{Engine, Verdict};
use clients_contract::{Origin, Schema, Validator};
use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

const ALL_FAILED: &[&str] = &["--schema", "fixtures/field/all-answers-failed/id.schema.json"];
const OFF: &[&str] = &["--schema", "fixtures/field/severity-off-still-invalid/schema.json"];
const OFF_BODY: &str = "fixtures/field/severity-off-still-invalid/body.json";

fn validate(format: &str, fixed: &[&str], more: &[&str]) -> Output {
    run(&[&["validate", "--no-settings", "-f", format], fixed, more].concat())
}

fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// A HAR of one entry for each status and body.
fn har(entries: &[(u16, Option<&str>)]) -> String {
    let entry = |(status, body): &(u16, Option<&str>)| {
        json!({
            "request": {"method": "GET", "url": "https://api.invalid/v1/things"},
            "response": {"status": status, "content": {"text": body}}
        })
    };
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    json!({"log": {"version": "1.2", "creator": {}, "entries": entries}}).to_string()
}

fn things(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    (folder, file.to_str().unwrap().to_owned())
}

#[test]
fn captures_without_a_validated_payload_are_incomplete_in_every_format() {
    for format in FORMATS.iter().map(|format| format.name) {
        for file in ["all500.har", "c25-500.http", "c33-204.http"] {
            for fail_on in ["error", "warning", "never"] {
                let path = format!("fixtures/field/all-answers-failed/{file}");
                let arguments = ["--url-path", "/v1/things", "--fail-on", fail_on, &path];
                let output = validate(format, ALL_FAILED, &arguments);
                assert_eq!(code(&output), 3, "{format} {file} {fail_on}: {output:?}");
                let all = format!("{}{}", stdout(&output), stderr(&output));
                let said = if format == "json" { "\"incomplete\"" } else { "no payloads were validated" };
                assert!(all.contains(said), "{format} {file}: {all}");
            }
        }
    }
}

#[test]
fn responses_that_were_not_validated_are_counted_apart() {
    let entries = [
        (200, Some(r#"{"id": 1}"#)),
        (201, Some(r#"{"id": 1}"#)),
        (203, Some(r#"{"id": "x"}"#)),
        (206, Some("<html>")),
        (500, Some("<html>")),
        (404, Some(r#"{"id": 1}"#)),
        (204, None),
        (304, None),
        (200, None),
    ];
    let (_folder, file) = things("run.har", &har(&entries));
    let arguments = ["--url-path", "/v1/things", &file];
    let output = validate("json", ALL_FAILED, &arguments);
    let report = parsed(&output);
    assert_eq!(code(&output), 1, "{report:#}");
    let checked = &report["checked"];
    let counts = ["payloads", "valid", "invalid", "not_validated"].map(|name| checked[name].as_u64());
    assert_eq!(counts, [Some(9), Some(2), Some(2), Some(5)]);
    assert_eq!(
        report["not_validated"],
        json!([
            {"reason": "http-status", "count": 2, "first": format!("{file}#5")},
            {"reason": "no-body", "count": 3, "first": format!("{file}#7")},
        ])
    );
    assert!(report["report_version"].as_str().unwrap().starts_with("3."));
    let rules: Vec<_> = report["findings"].as_array().unwrap().iter().map(|group| &group["rule"]).collect();
    assert_eq!(rules, ["not-json", "type-mismatch", "http-status"]);
    assert_eq!(report["findings"][2]["count"], 2);
    assert_eq!(report["findings"][0]["share"], json!(1.0 / 9.0));

    let output = validate("ndjson", ALL_FAILED, &arguments);
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let valid: Vec<_> = lines.iter().map(|line| line["valid"].as_bool()).collect();
    let not = None;
    assert_eq!(valid, [Some(true), Some(true), Some(false), Some(false), not, not, not, not, not]);
    assert!(lines[4]["valid"].is_null() && lines[4]["not_validated"] == "http-status", "{}", lines[4]);
    assert!(lines[6]["not_validated"] == "no-body" && lines[0].get("not_validated").is_none());

    let apart = "2 valid, 2 invalid, 5 not validated (2 http-status, 3 no-body)";
    for format in ["text", "markdown", "junit", "github", "sarif"] {
        let output = validate(format, ALL_FAILED, &arguments);
        assert!(stdout(&output).contains(apart), "{format}: {}", stdout(&output));
        let first = if format == "markdown" { "run.har&#35;7" } else { "run.har#7" };
        assert!(stdout(&output).contains(first), "{format} names the first: {}", stdout(&output));
    }
    let issues = parsed(&validate("gitlab", ALL_FAILED, &arguments));
    let not_validated =
        issues.as_array().unwrap().iter().filter(|issue| issue["check_name"] == "not-validated");
    assert_eq!(not_validated.count(), 2, "{issues:#}");
}

#[test]
fn drift_and_infer_count_responses_that_were_not_validated() {
    let body = r#"{"id": 1}"#;
    let (folder, file) = things("run.har", &har(&[(200, Some(body)), (503, Some("x")), (204, None)]));
    let profile = folder.path().join("profile.json").to_str().unwrap().to_owned();
    let drift = |more: &[&str]| {
        let common = ["drift", "--no-settings", "-f", "json", "--url-path", "/v1/things"];
        parsed(&run(&[&common[..], ALL_FAILED, more].concat()))
    };
    let one = drift(&["--profile", &profile, &file]);
    assert_eq!(one["checked"]["not_validated"], 2, "{one:#}");
    assert_eq!((&one["checked"]["valid"], &one["checked"]["invalid"]), (&json!(1), &json!(0)));
    assert_eq!(one["not_validated"][1]["reason"], "no-body");
    assert_eq!(drift(&["--merge", &profile]), one);
    let inferred = run(&["infer", "--url-path", "/v1/things", &file]);
    assert_eq!(code(&inferred), 0, "{inferred:?}");
    assert!(stderr(&inferred).contains("not validated"), "{inferred:?}");
    let (_folder, failed) = things("failed.har", &har(&[(500, None)]));
    assert_eq!(code(&run(&["infer", "--url-path", "/v1/things", &failed])), 3);
    let report = drift(&[&failed]);
    assert_eq!(report["outcome"], "incomplete", "{report:#}");
}

#[test]
fn a_page_that_is_not_json_is_an_invalid_payload() {
    let (_folder, page) = things("page.json", "<html><body>Bad gateway</body></html>");
    let (_folder_2, har) = things("page.har", &har(&[(200, Some("<html>"))]));
    let (_folder_3, empty) = things("empty.json", "");
    for (file, rule) in [(page, "not-json"), (har, "not-json"), (empty, "truncated-body")] {
        let output = validate("json", ALL_FAILED, &["--url-path", "/v1/things", &file]);
        let report = parsed(&output);
        assert_eq!(code(&output), 1, "{report:#}");
        assert_eq!(report["checked"]["invalid"], 1, "{report:#}");
        assert_eq!(report["findings"][0]["rule"], rule);
    }
}

#[test]
fn an_invalid_payload_says_why_with_its_rule_switched_off() {
    let off = ["--severity", "invalid-format=off", OFF_BODY];
    let report = parsed(&validate("json", OFF, &off));
    assert_eq!(report["checked"]["invalid"], 1, "{report:#}");
    assert_eq!(
        report["suppressed"],
        json!([{"rule": "invalid-format", "by": "off", "count": 1, "payloads": 1}])
    );
    let line = parsed(&validate("ndjson", OFF, &off));
    assert_eq!((&line["valid"], &line["suppressed"]), (&json!(false), &json!({"invalid-format": 1})));
    for format in ["text", "markdown", "junit", "github", "sarif"] {
        let output = validate(format, OFF, &off);
        assert_eq!(code(&output), 0, "{format}: {output:?}");
        let explained = "1 invalid (1 finding switched off: invalid-format)";
        let explained =
            if format == "markdown" { explained.replace(": ", "&#58; ") } else { explained.to_owned() };
        assert!(stdout(&output).contains(&explained), "{format}: {}", stdout(&output));
        assert!(!stdout(&output).contains("no violations"), "{format}: {}", stdout(&output));
    }
    let issues = parsed(&validate("gitlab", OFF, &off));
    assert!(issues[0]["description"].as_str().unwrap().contains("invalid-format"), "{issues:#}");
    let drift = parsed(&run(&[&["drift", "--no-settings", "-f", "json"], OFF, &off[..]].concat()));
    assert_eq!(drift["suppressed"][0]["rule"], "invalid-format", "{drift:#}");
}

#[test]
fn an_invalid_payload_says_why_with_its_findings_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = folder.path().join("known.toml").to_str().unwrap().to_owned();
    assert_eq!(code(&validate("text", OFF, &["--write-baseline", &baseline, OFF_BODY])), 0);
    let accepted = ["--baseline", &*baseline, OFF_BODY];
    let report = parsed(&validate("json", OFF, &accepted));
    assert_eq!(report["suppressed"][0]["by"], "baseline", "{report:#}");
    let text = validate("text", OFF, &accepted);
    assert!(
        stdout(&text).contains("1 invalid (1 finding accepted by the baseline: invalid-format)"),
        "{text:?}"
    );
    let line = parsed(&validate("ndjson", OFF, &accepted));
    assert_eq!(line["suppressed"], json!({"invalid-format": 1}));
}

#[test]
fn a_baseline_cannot_be_written_from_nothing_validated() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = folder.path().join("known.toml").to_str().unwrap().to_owned();
    let arguments = ["--url-path", "/v1/things", "--write-baseline", &baseline];
    let path = "fixtures/field/all-answers-failed/all500.har";
    assert_eq!(code(&validate("text", ALL_FAILED, &[&arguments[..], &[path]].concat())), 3);
}

/// A kind of body: its name, a text of about so many bytes, the rule that it breaks, and the offset of the
/// flaw.
struct Kind {
    name: &'static str,
    make: fn(usize) -> String,
    expected: Option<(&'static str, Place)>,
}

/// Where the flaw is in a text, in bytes.
type Place = fn(&str) -> usize;

const NOT_JSON: &str = "not-json";

/// Bodies on one line, so that they are lines of NDJSON, too.
const KINDS: &[Kind] = &[
    Kind {
        name: "brackets that close early",
        make: |size| format!("{{\"a\":1}}}} \"rest\":\"{}\"}}", "x".repeat(size)),
        expected: Some((NOT_JSON, |_| 7)),
    },
    Kind {
        name: "an HTML page",
        make: |size| format!("<html>{}</html>", "<p>{x}</p>".repeat(size / 10 + 1)),
        expected: Some((NOT_JSON, |_| 0)),
    },
    Kind {
        name: "text before the value",
        make: |size| format!("callback({{\"a\":\"{}\"}})", "x".repeat(size)),
        expected: Some((NOT_JSON, |_| 0)),
    },
    Kind {
        name: "a closing bracket first",
        make: |size| format!("]{{\"a\":\"{}\"}}", "x".repeat(size)),
        expected: Some((NOT_JSON, |_| 0)),
    },
    Kind {
        name: "text behind the value",
        make: |size| format!("{{\"a\":\"{}\"}} ;", "x".repeat(size)),
        expected: Some((NOT_JSON, |text| text.len() - 1)),
    },
    Kind {
        name: "text behind white space behind the value",
        make: |size| format!("{{\"a\":1}}{};", " ".repeat(size)),
        expected: Some((NOT_JSON, |text| text.len() - 1)),
    },
    Kind {
        name: "a value that is cut off",
        make: |size| format!("{{\"a\":[{}", "1,".repeat(size / 2)),
        expected: Some(("truncated-body", str::len)),
    },
    Kind {
        name: "a flaw at the end",
        make: |size| format!("{{\"a\":\"{}\",,}}", "x".repeat(size)),
        expected: Some((NOT_JSON, |text| text.len() - 2)),
    },
    Kind {
        name: "white space before the value",
        make: |size| format!("{}{{\"a\":1}}", " \t".repeat(size / 2)),
        expected: None,
    },
    Kind {
        name: "white space inside",
        make: |size| format!("{{\"a\":{}1}}", " ".repeat(size)),
        expected: None,
    },
    Kind {
        name: "white space behind the value",
        make: |size| format!("{{\"a\":1}}{}", " ".repeat(size)),
        expected: None,
    },
    Kind {
        name: "a large value",
        make: |size| format!("{{\"a\":\"{}\"}}", "é".repeat(size / 2)),
        expected: None,
    },
];

/// Where a body is taken from.
const CARRIERS: &[&str] = &["json", "documents", "ndjson", "gzip", "har", "content"];

fn carried(carrier: &str, text: &str) -> (Vec<u8>, Option<Input>) {
    match carrier {
        "json" => (text.into(), Some(Input::Json)),
        "documents" => (text.into(), Some(Input::Documents)),
        "ndjson" => (format!("\n{text}\n").into(), Some(Input::Ndjson)),
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            (encoder.finish().unwrap(), Some(Input::Documents))
        }
        "har" => (har(&[(200, Some(text))]).into(), Some(Input::Har)),
        _ => (text.into(), None),
    }
}

/// The verdict on a body, and the rule, line and column of its first finding.
type Found = (Verdict, Option<(&'static str, u64, u64)>);

/// What is found in all bodies of a stream: verdict, and the rule, line and column of the first finding.
fn found(validator: &Validator, bytes: Vec<u8>, options: &Options) -> Vec<Found> {
    let opened = payload::open_reader(Cursor::new(bytes), Origin::file("f"), options).unwrap();
    let mut items = opened.items();
    let mut found = Vec::new();
    while let Some(item) = items.next() {
        let validation = match item.unwrap() {
            Item::Payload(payload) => validator.validate_payload(&payload),
            Item::Large(payload) => validator.validate_reader(&payload, items.body()).unwrap(),
            Item::Skipped(skipped) => panic!("{skipped:?}"),
        };
        let first = validation.findings.first();
        found.push((validation.verdict(), first.map(|first| (first.rule.id, first.line, first.column))));
    }
    found
}

/// `FIELD_SIZES=all` tries every kind in every size from every carrier.
#[test]
fn a_verdict_does_not_depend_on_size_engine_or_carrier() {
    const MIB: usize = 1 << 20;
    let all = std::env::var("FIELD_SIZES").is_ok();
    let sizes: &[usize] = if all {
        &[0, 100, 65_500, 65_540, MIB - 20, MIB, MIB + 20, 2 * MIB - 30, 2 * MIB, 2 * MIB + 65_600, 4 * MIB]
    } else {
        &[100, 65_540, 2 * MIB + 20]
    };
    let schema = Schema::from_value(json!({"properties": {"a": {"type": ["integer", "string", "array"]}}}));
    let validator = Validator::new(&schema).unwrap();
    let mut turn = 0;
    for size in sizes {
        for kind in KINDS {
            let text = (kind.make)(*size);
            for carrier in CARRIERS {
                turn += 1;
                if !all && *size > MIB && turn % 4 != 0 {
                    continue;
                }
                let (bytes, input) = carried(carrier, &text);
                for engine in [Engine::Stream, Engine::Reference] {
                    let pass_large = engine == Engine::Stream;
                    let options = Options { input, pass_large, ..Options::default() };
                    let validator = validator.clone().engine(engine).unwrap();
                    let line = if *carrier == "ndjson" { 2 } else { 1 };
                    let expected = kind.expected.map_or((Verdict::Valid, None), |(rule, at)| {
                        (Verdict::Invalid, Some((rule, line, at(&text) as u64 + 1)))
                    });
                    let found = found(&validator, bytes.clone(), &options);
                    let name = kind.name;
                    assert_eq!(found, [expected], "{name}, {size} bytes, {carrier}, {engine:?}");
                }
            }
        }
    }
}

#[test]
fn several_large_documents_stay_apart() {
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(3 << 20));
    let space = " \n".repeat(1_200_000);
    let validator = Validator::new(&Schema::from_value(json!({"type": "object"}))).unwrap();
    let valid = (Verdict::Valid, None);
    let invalid = |line, column| (Verdict::Invalid, Some((NOT_JSON, line, column)));
    for (text, expected) in [
        (format!("{large}{large}{{}}"), vec![valid; 3]),
        (format!("{{}}{space}{large}{space}{{}}"), vec![valid; 3]),
        (format!("{{}}{space} {{,}}"), vec![valid, invalid(1_200_001, 3)]),
        (format!("\u{feff}{large}\n\u{feff}{{}}\n\u{feff} {{}}"), vec![valid; 3]),
        (format!("{{}}{space}!"), vec![invalid(1_200_001, 1)]),
        (format!("{{}}\u{ff01}{large}"), vec![invalid(1, 3)]),
    ] {
        for engine in [Engine::Stream, Engine::Reference] {
            let pass_large = engine == Engine::Stream;
            let options = Options { input: Some(Input::Documents), pass_large, ..Options::default() };
            let validator = validator.clone().engine(engine).unwrap();
            let found = found(&validator, text.clone().into(), &options);
            // A body behind another one on a line has lines of its own.
            let verdicts = |all: &[(Verdict, Option<_>)]| all.iter().map(|one| one.0).collect::<Vec<_>>();
            assert_eq!(verdicts(&found), verdicts(&expected), "{}", &text[..40]);
            assert_eq!(found, expected, "{}", &text[..40]);
        }
    }
}

fn file_of(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body.json");
    fs::write(&file, text).unwrap();
    (folder, file)
}

#[test]
fn a_large_damaged_body_is_not_json_for_the_tool_too() {
    let junk = format!("{{\"a\":1}}}} \"rest\":\"{}\"}}", "x".repeat(3_000_000));
    let html = format!("<html>{}</html>", "<p>x</p>".repeat(400_000));
    let spaces = format!("{{\"a\":1}}{}", " ".repeat(3_000_000));
    for (text, exit, column) in [(&junk, 1, 8), (&html, 1, 1), (&spaces, 0, 0)] {
        let (_folder, file) = file_of(text);
        let file = file.to_str().unwrap();
        for engine in ["stream", "reference"] {
            let fixed = ["validate", "--no-settings", "-f", "json", "--engine", engine, "--schema"];
            let schema = "fixtures/field/severity-off-still-invalid/schema.json";
            let from_file = run(&[&fixed[..], &[schema, file]].concat());
            let from_stdin = fed(&[&fixed[..], &[schema, "-"]].concat(), text.as_bytes());
            for output in [from_file, from_stdin] {
                assert_eq!(code(&output), exit, "{engine}: {output:?}");
                let report = parsed(&output);
                assert_eq!(report["checked"]["bytes"], text.len(), "{engine}");
                if exit == 1 {
                    let group = &report["findings"][0];
                    assert_eq!(
                        (&group["rule"], &group["first"]["column"]),
                        (&json!(NOT_JSON), &json!(column))
                    );
                }
            }
            let limited = run(&[&fixed[..], &[schema, "--max-body", "2500000", file]].concat());
            assert_eq!(code(&limited), 3, "{engine}: {limited:?}");
            assert_eq!(parsed(&limited)["problems"].as_array().unwrap().len(), 1, "{engine}");
        }
    }
}

#[test]
fn blank_lines_are_nothing_and_their_run_is_limited() {
    let validator = Validator::new(&Schema::from_value(json!({"type": "object"}))).unwrap();
    let wide = " ".repeat(200_000);
    let text = format!("\n\n{wide}\n \t\r\n{wide}{{}}\n{wide}\n{wide}{wide}{{,}}\r\n\n{wide}");
    for (pass_large, engine) in [(true, Engine::Stream), (false, Engine::Reference)] {
        let options = Options { input: Some(Input::Ndjson), pass_large, ..Options::default() };
        let validator = validator.clone().engine(engine).unwrap();
        let expected = [(Verdict::Valid, None), (Verdict::Invalid, Some((NOT_JSON, 7, 400_002)))];
        assert_eq!(found(&validator, text.clone().into(), &options), expected, "{engine:?}");
        for (run, fits) in [("\n", true), (" ", true), ("\n", false), (" \t", false), ("\r\n", false)] {
            for input in [Input::Ndjson, Input::Documents] {
                let max_body = 150_000;
                let length = if fits { 149_000 } else { 151_000 };
                let text = format!("{}{{}}\n", run.repeat(length / run.len()));
                let options = Options { input: Some(input), max_body, pass_large, ..Options::default() };
                let reader = Cursor::new(text.into_bytes());
                let opened = payload::open_reader(reader, Origin::file("f"), &options).unwrap();
                let items: Vec<_> = opened.items().collect();
                assert_eq!(items[0].is_ok(), fits, "{run:?} {input:?}: {items:?}");
            }
        }
    }
}

#[test]
fn a_large_line_behind_much_white_space_is_one_payload() {
    let validator = Validator::new(&Schema::from_value(json!({"type": "object"}))).unwrap();
    let space = " ".repeat(3 << 20);
    let text = format!("{space}{{\"a\":\"{}\"}}\n{space}\n{space}{{}} x\n{{}}\n", "x".repeat(1 << 20));
    let expected = [
        (Verdict::Valid, None),
        (Verdict::Invalid, Some((NOT_JSON, 3, (3 << 20) + 4))),
        (Verdict::Valid, None),
    ];
    for (pass_large, engine) in [(true, Engine::Stream), (false, Engine::Reference)] {
        let options = Options { input: Some(Input::Ndjson), pass_large, ..Options::default() };
        let validator = validator.clone().engine(engine).unwrap();
        assert_eq!(found(&validator, text.clone().into(), &options), expected, "{engine:?}");
    }
}

/// The most memory that a run takes, in KiB, as the system sees it.
#[cfg(target_os = "linux")]
fn peak(arguments: &[&str]) -> u64 {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(arguments).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let now = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
        peak = peak.max(now);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    peak
}

#[cfg(target_os = "linux")]
#[test]
fn short_lines_take_little_memory_with_many_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines.ndjson");
    fs::write(&file, "1\n".repeat(400_000)).unwrap();
    let file = file.to_str().unwrap();
    let peak = peak(&["validate", "--no-settings", "-q", "-j", "4", file]);
    assert!((1..80 << 10).contains(&peak), "{peak} KiB");
}

#[test]
fn reasons_have_the_names_that_reports_show() {
    for reason in [NotValidated::HttpStatus, NotValidated::NoBody, NotValidated::BodyElsewhere] {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
    }
}

/// A status that is there and is not one of HTTP says nothing of success, however a tool wrote it.
#[test]
fn a_status_is_read_however_it_is_written_and_what_is_none_is_named() {
    let request = json!({"method": "GET", "url": "https://api.invalid/v1/things"});
    let captures = |status: &Value| {
        [
            (
                "a.har",
                json!({"log": {"version": "1.2", "creator": {}, "entries": [
                {"request": request, "response": {"status": status, "content": {"text": "{\"id\": 1}"}}}]}}),
            ),
            (
                "a.postman.json",
                json!({"info": {"schema":
                "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [{"name": "a",
                "request": request, "response": [{"name": "b", "code": status, "body": "{\"id\": 1}"}]}]}),
            ),
            (
                "a.wiremock.json",
                json!({"mappings": [{"request": {"method": "GET", "url": "/v1/things"},
                "response": {"status": status, "jsonBody": {"id": 1}}}]}),
            ),
        ]
    };
    for (status, expected) in [
        (json!(200), Some(0)),
        (json!(200.0), Some(0)),
        (json!("201"), Some(0)),
        (json!("200 OK"), Some(0)),
        (Value::Null, Some(0)),
        (json!(404), Some(1)),
        (json!(404.0), Some(1)),
        (json!("404"), Some(1)),
        (json!("404 Not Found"), Some(1)),
        (json!(404.5), None),
        (json!(-2), None),
        (json!(70_000), None),
        (json!(65_736), None),
        (json!(1e30), None),
        (json!("Not Found"), None),
        (json!([404]), None),
        (json!({"code": 404}), None),
        (json!(true), None),
    ] {
        for (name, capture) in captures(&status) {
            let (_folder, file) = things(name, &capture.to_string());
            let report = parsed(&validate("json", ALL_FAILED, &["--url-path", "/v1/things", &file]));
            let (checked, problems) = (&report["checked"], report["problems"].to_string());
            assert_eq!(checked["not_validated"], expected.unwrap_or(0), "{name} {status}: {report}");
            assert_eq!(checked["payloads"], u64::from(expected.is_some()), "{name} {status}: {report}");
            let named = problems.contains("has an invalid HTTP status");
            assert_eq!(named, expected.is_none(), "{name} {status}: {report}");
        }
    }
}

/// Findings that are only counted are counted in every line, too.
#[test]
fn a_line_of_ndjson_says_how_much_it_does_not_list() {
    let schema = json!({"additionalProperties": {"type": "string"}}).to_string();
    let members: Vec<String> = (0..10_002).map(|number| format!("\"k{number}\":null")).collect();
    let (_schema, schema) = things("schema.json", &schema);
    let (_body, body) = things("body.json", &format!("{{{}}}", members.join(",")));
    for (max, not_listed) in [("100000", 2), ("1", 10_001)] {
        let output = validate("ndjson", &["--schema", &schema], &["--max-findings", max, &body]);
        let line = parsed(&output);
        assert_eq!((code(&output), &line["not_listed"]), (3, &json!(not_listed)));
        assert!(
            line["incomplete"].as_str().unwrap().starts_with("2 findings not listed"),
            "{}",
            line["incomplete"]
        );
    }
}
