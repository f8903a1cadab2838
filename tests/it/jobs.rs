//! The tool with many threads, with either engine, and with bodies too large to hold.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clients_contract::generate::{Choices, Generator};
use clients_contract::{clients, report};
use serde_json::{Value, json};

fn validate(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(["validate", "--no-settings"]).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Lines of which every third has something to say.
fn lines(count: u64) -> String {
    let (catalogue, responses) =
        (clients::catalogue().unwrap(), Generator::new(clients::recipe(1).unwrap(), 3));
    let mut text = String::new();
    for number in 0..count {
        let mut value = responses.value(number % 50);
        match number % 9 {
            0 => {
                let violation = catalogue.break_once(&value, &mut Choices::seeded(number)).unwrap();
                text.push_str(&violation.payload.to_text());
                text.push('\n');
            }
            3 => value["data"]["new"] = json!([number]),
            6 => text.push_str("{\"data\": \n"),
            _ => {}
        }
        text.push_str(&value.to_string());
        text.push('\n');
    }
    text
}

#[test]
fn many_threads_tell_the_same_in_the_same_order() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    let text = lines(1_500);
    let all = folder.path().join("all.ndjson");
    fs::write(&all, &text).unwrap();
    for (number, line) in text.lines().take(120).enumerate() {
        fs::write(pages.join(format!("{number:03}.json")), line).unwrap();
    }
    let (all, pages) = (all.to_str().unwrap(), pages.to_str().unwrap());
    for format in report::FORMATS.iter().map(|format| format.name) {
        let with = |jobs| {
            validate(&[
                "-f",
                format,
                "--jobs",
                jobs,
                all,
                pages,
                "fixtures/captures/chrome.har",
                "no such file",
            ])
        };
        let (one, many) = (with("1"), with("4"));
        assert_eq!(one.status.code(), Some(3), "{format}");
        assert_eq!(many.status.code(), one.status.code(), "{format}");
        assert_eq!(many.stdout, one.stdout, "{format}");
        assert_eq!(many.stderr, one.stderr, "{format}");
    }
}

#[test]
fn a_reader_that_leaves_ends_many_threads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ndjson");
    fs::write(&file, lines(3_000)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(["validate", "--no-settings", "--jobs", "4", "-f", "ndjson"]).arg(&file);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn both_engines_report_the_same() {
    let with = |engine| validate(&["-f", "json", "--engine", engine, "fixtures"]).stdout;
    let (stream, reference) = (with("stream"), with("reference"));
    assert!(stream.len() > 10_000);
    assert_eq!(String::from_utf8(stream), String::from_utf8(reference));
}

#[test]
fn the_engine_in_use_is_reported_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("s.json");
    fs::write(&schema, r#"{"properties": {"data": {"oneOf": [{"type": "object"}]}}}"#).unwrap();
    let schema = schema.to_str().unwrap();
    let minimal = "fixtures/valid/minimal.json";
    let said = |arguments: &[&str]| String::from_utf8(validate(arguments).stderr).unwrap();
    assert!(said(&["-v", minimal]).contains("with the stream engine"));
    assert!(said(&["-v", "--engine", "reference", minimal]).contains("reference engine: it was requested"));
    assert!(said(&["-v", "--schema", schema, minimal]).contains("`oneOf` at /properties/data"));
    let refused = validate(&["--engine", "stream", "--schema", schema, minimal]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("`oneOf` at /properties/data"));
}

/// Findings without their surroundings, which a body that is not held does not show.
fn findings(arguments: &[&str]) -> Vec<Value> {
    let output = validate(&[arguments, &["-f", "ndjson"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A body of some megabytes with findings at its beginning, in its middle and at its end.
fn large() -> Value {
    let one = Generator::new(clients::recipe(40).unwrap(), 8).value(0);
    let some = one["data"]["Clients"]["clients"].as_array().unwrap();
    let mut all: Vec<Value> = some.iter().cycle().take(400).cloned().collect();
    all[200]["name"] = Value::Null;
    all[399]["new"] = json!({"a": 1});
    json!({"data": {"Clients": {"clients": all}}})
}

fn check(name: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(folder.path()).join(name);
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let (held, passed) =
        (findings(&["--engine", "reference", file]), findings(&["--engine", "stream", file]));
    assert!(!held.is_empty() && held.iter().any(|line| !line["findings"].as_array().unwrap().is_empty()));
    assert_eq!(passed.len(), held.len(), "{name}");
    for (passed, held) in passed.iter().zip(&held) {
        assert_eq!(passed["findings"], held["findings"], "{name}");
        assert_eq!(passed["valid"], held["valid"], "{name}");
    }
}

#[test]
fn bodies_too_large_to_hold_are_validated_alike() {
    let value = large();
    let (compact, pretty) = (value.to_string(), format!("{value:#}"));
    assert!(compact.len() > 5 << 20, "{} bytes", compact.len());
    let minimal = fs::read_to_string("fixtures/valid/minimal.json").unwrap();
    check("compact.json", &compact);
    check("pretty.json", &pretty);
    check("cut.json", &pretty[..pretty.len() - 3]);
    check("behind.json", &format!("{pretty}\n  x"));
    check("lines.ndjson", &format!("{{\n{compact}\n[]\n{compact}"));
    check("rows.json", &format!("{minimal}\n{pretty}\n{minimal}\n{compact}{{}}"));
    check("first.json", &format!("{pretty}\n{minimal}"));
    check("mark.json", &format!("\u{feff}\n{compact}"));
}

#[test]
fn bodies_about_as_large_as_what_is_held_are_validated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body.json");
    let name = file.to_str().unwrap();
    let sizes =
        [(2 << 20) - 1, 2 << 20, (2 << 20) + 1, (2 << 20) + 300_000, (3 << 20) - 1, 3 << 20, (3 << 20) + 9];
    for size in sizes {
        for (before, behind) in [("", ""), ("\n ", "\n"), ("", "\n{}"), ("{}", "")] {
            let list = "1,".repeat(size / 2 - 1);
            fs::write(&file, format!("{before}[{list}1]{behind}")).unwrap();
            let output = validate(&["-f", "ndjson", name]);
            assert_eq!(output.status.code(), Some(1), "{size} {before:?} {behind:?}: {output:?}");
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.contains("expected object, found an array"), "{text}");
            assert!(!text.contains("not-json"), "{text}");
            for engine in ["stream", "reference"] {
                let limited = validate(&["--max-body", "1MiB", "--engine", engine, name]);
                assert_eq!(limited.status.code(), Some(3), "{engine} {size} {before:?} {behind:?}");
            }
        }
    }
}
