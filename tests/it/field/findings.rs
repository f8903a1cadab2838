//! No finding is lost: limits, duplicate keys, precedence, both engines.

mod differential;
mod made;
mod oracle;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clients_contract::validate::Engine;
use clients_contract::{Contract, Finding, Origin, Payload, Schema, Validation, Validator};
use serde_json::{Value, json};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field/findings").join(name)
}

/// Runs `validate` and gives exit code, JSON report and what stderr says.
fn validate(arguments: &[&str], paths: &[&Path]) -> (i32, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_clients-contract"))
        .args(["validate", "--no-settings", "-f", "json"])
        .args(arguments)
        .args(paths)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    (output.status.code().unwrap(), report, stderr)
}

/// Rule, pointer and count of each group in a report.
fn groups(report: &Value) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let groups = report["findings"].as_array().unwrap().iter();
    groups
        .map(|group| (text(&group["rule"]), text(&group["pointer"]), group["count"].as_u64().unwrap()))
        .collect()
}

fn group(rule: &str, pointer: &str, count: u64) -> (String, String, u64) {
    (rule.to_owned(), pointer.to_owned(), count)
}

const ENGINES: [&str; 2] = ["stream", "reference"];

#[test]
fn a_rule_that_is_off_promotes_no_weaker_one_and_loses_none() {
    let (schema, payload) = (case("two-keywords.schema.json"), case("two-keywords.json"));
    for engine in ENGINES {
        let arguments = ["--engine", engine, "--schema", schema.to_str().unwrap()];
        let (code, report, _) = validate(&arguments, &[&payload]);
        assert_eq!(code, 1);
        assert_eq!(
            groups(&report),
            [group("type-mismatch", "/*", 1_000), group("unknown-enum-value", "/*", 500)]
        );
        let off = ["--severity", "type-mismatch=off"];
        for more in [&[][..], &["--max-findings", "0"], &["--max-findings", "1"]] {
            let (code, report, _) = validate(&[&arguments[..], &off, more].concat(), &[&payload]);
            assert_eq!(code, 1, "{engine} {more:?}");
            let uncounted = if more.contains(&"0") { 500 } else { 0 };
            assert_eq!(report["uncounted"], uncounted);
            if uncounted == 0 {
                assert_eq!(groups(&report), [group("unknown-enum-value", "/*", 500)]);
                assert_eq!(report["findings"][0]["first"]["pointer"], "/1000");
                assert_eq!(report["findings"][0]["last"]["pointer"], "/1499");
            }
        }
        let both = [&off[..], &["--severity", "unknown-enum-value=off"]].concat();
        assert_eq!(validate(&[&arguments[..], &both].concat(), &[&payload]).0, 0);
    }
}

#[test]
fn a_group_that_no_baseline_accepts_fails_however_many_findings_there_are() {
    let (schema, baseline) = (case("hidden-group.schema.json"), case("hidden-group.baseline.toml"));
    for engine in ENGINES {
        let arguments = ["--engine", engine, "--schema", schema.to_str().unwrap()];
        let accept = ["--baseline", baseline.to_str().unwrap()];
        let (code, report, _) =
            validate(&[&arguments[..], &accept].concat(), &[&case("hidden-group.json.gz")]);
        assert_eq!(code, 1, "{engine}");
        assert_eq!(groups(&report), [group("null-value", "/*/b1", 5), group("null-value", "/*/b2", 5)]);
        assert_eq!(report["baseline"]["findings"], 21_000);
    }
}

#[test]
fn the_last_location_is_the_last() {
    for engine in ENGINES {
        let (_, report, _) = validate(&["--engine", engine], &[&case("last-location.json.gz")]);
        let ids = report["findings"].as_array().unwrap().iter();
        let mut ids = ids.filter(|group| group["pointer"] == "/data/Clients/clients/*/id");
        let group = ids.next().unwrap();
        assert_eq!((&group["rule"], &group["count"]), (&json!("null-value"), &json!(5_000)));
        assert_eq!(group["first"]["line"], 2);
        assert_eq!(group["last"]["pointer"], "/data/Clients/clients/4999/id");
        assert_eq!((&group["last"]["line"], &group["last"]["column"]), (&json!(5_001), &json!(7)));
    }
}

/// One group too many is counted and makes the run incomplete, unless its rule is off.
#[test]
fn more_groups_than_are_kept_make_the_run_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    fs::write(here("schema.json"), r#"{"properties": {"a": {"type": "null"}}}"#).unwrap();
    let members: String = (0..12_000).fold(String::new(), |mut members, n| {
        let _ = write!(members, r#""k{n}": 0, "#);
        members
    });
    fs::write(here("wide.json"), format!(r#"{{{members}"a": 1}}"#)).unwrap();
    let schema = here("schema.json");
    for engine in ENGINES {
        let arguments = ["--engine", engine, "--schema", schema.to_str().unwrap()];
        let (code, report, stderr) = validate(&arguments, &[&here("wide.json")]);
        assert_eq!(code, 3, "{engine}");
        assert_eq!((&report["outcome"], &report["uncounted"]), (&json!("incomplete"), &json!(2_001)));
        assert!(stderr.contains("2001 findings not listed"), "{stderr}");
        assert_eq!(groups(&report)[0], group("type-mismatch", "/a", 1));
        let off = ["--severity", "undocumented-property=off"];
        let (code, report, _) = validate(&[&arguments[..], &off].concat(), &[&here("wide.json")]);
        assert_eq!((code, &report["uncounted"]), (1, &json!(0)));
        let both = [&off[..], &["--severity", "type-mismatch=off"]].concat();
        assert_eq!(validate(&[&arguments[..], &both].concat(), &[&here("wide.json")]).0, 0);
        // A baseline that could not name all groups is not written.
        let baseline = here("new.toml");
        let write = ["--write-baseline", baseline.to_str().unwrap()];
        let (code, ..) = validate(&[&arguments[..], &write].concat(), &[&here("wide.json")]);
        assert_ne!(code, 0);
        assert!(!baseline.exists());
    }
}

fn engines(schema: Value) -> [Validator; 2] {
    let validator = Validator::new(&Schema::from_value(schema)).unwrap();
    [Engine::Stream, Engine::Reference].map(|engine| validator.clone().engine(engine).unwrap())
}

/// Rule, pointer, keyword and further findings of each finding.
fn shown(validation: &Validation) -> Vec<(&str, String, &str, u64)> {
    let show = |finding: &Finding| (finding.rule.id, finding.pointer.to_string(), finding.further);
    let keyword = |finding: &Finding| finding.schema_pointer.rfind('/').map_or(0, |at| at + 1);
    validation
        .findings
        .iter()
        .map(|finding| {
            let (rule, pointer, further) = show(finding);
            (rule, pointer, &finding.schema_pointer[keyword(finding)..], further)
        })
        .collect()
}

#[test]
fn every_keyword_of_the_first_rule_is_reported_and_none_of_a_later_one() {
    let schema = json!({"items": {
        "type": ["string", "integer"], "enum": ["a", null], "format": "uuid", "minLength": 3, "maximum": 3,
        "exclusiveMaximum": 2, "minimum": 9,
    }});
    for validator in engines(schema) {
        let found = validator.validate(br#"[null, "b", 5, true, 2.5]"#);
        let one = |rule, index: &str, keyword| (rule, format!("/{index}"), keyword, 0);
        assert_eq!(
            shown(&found),
            [
                one("null-value", "0", "type"),
                one("schema-violation", "1", "minLength"),
                one("unknown-enum-value", "1", "enum"),
                one("unknown-enum-value", "2", "enum"),
                one("type-mismatch", "3", "type"),
                one("type-mismatch", "4", "type"),
            ]
        );
    }
    for validator in engines(json!({"maximum": 3, "exclusiveMaximum": 2})) {
        let one = |keyword| ("out-of-range", String::new(), keyword, 0);
        assert_eq!(shown(&validator.validate(b"4")), [one("exclusiveMaximum"), one("maximum")]);
        // No 64-bit float holds it, so that there is nothing to compare with.
        assert_eq!(shown(&validator.validate(b"1e400")), [one("")]);
    }
}

#[test]
fn two_ways_to_one_keyword_are_one_finding() {
    let schema = json!({
        "allOf": [{"$ref": "#/$defs/name"}, {"$ref": "#/$defs/name"}, {"properties": {"name": {"minLength": 9, "type": "string"}}}],
        "$defs": {"name": {"properties": {"name": {"type": "string"}}}},
    });
    let found = Validator::new(&Schema::from_value(schema)).unwrap().validate(br#"{"name": 1}"#);
    let pointers: Vec<&str> = found.findings.iter().map(|finding| &*finding.schema_pointer).collect();
    assert_eq!(pointers, ["/$defs/name/properties/name/type", "/allOf/2/properties/name/type"]);
}

/// Many duplicate keys in many objects, and one key many times in one object.
#[test]
fn duplicate_keys_are_counted_exactly() {
    let rows = |count: usize| {
        (0..count).map(|n| format!(r#"{{"id":{n},"id":"{n}"}}"#)).collect::<Vec<_>>().join(",")
    };
    let repeated = |count: usize| {
        format!("{{{}}}", (0..count).map(|n| format!(r#""k":{n}"#)).collect::<Vec<_>>().join(","))
    };
    for validator in
        engines(json!({"items": {"properties": {"id": {"type": "integer"}, "k": {"type": "null"}}}}))
    {
        let found = validator.validate(format!("[{}]", rows(3_000)).as_bytes());
        let sum = |rule: &str| -> u64 {
            let of = found.findings.iter().filter(|finding| finding.rule.id == rule);
            of.map(|finding| 1 + finding.further).sum()
        };
        assert_eq!((sum("duplicate-key"), sum("type-mismatch")), (3_000, 3_000));
        let last = found.findings.iter().rfind(|finding| finding.rule.id == "duplicate-key").unwrap();
        assert_eq!((last.pointer.to_string(), last.further), ("/2999/id".to_owned(), 2_900));
        let found = validator.validate(format!("[{}]", repeated(3_000)).as_bytes());
        let one = |rule, keyword| (rule, "/0/k".to_owned(), keyword, 0);
        assert_eq!(shown(&found), [one("duplicate-key", ""), one("type-mismatch", "type")]);
    }
}

/// A payload that is read says the same line and column as one that is held, also of objects that begin far
/// before.
#[test]
fn locations_are_the_same_in_a_window() {
    let mut rows = String::new();
    for n in 0..4_000 {
        let _ = write!(rows, "{}{{\"id\":null, \"é🦀\":\n{n}}}", if n == 0 { "" } else { "," });
    }
    let text = format!(r#"{{"data":{{"Clients":{{"pageInfo":null,"clients":[{rows}]}}}}}}"#);
    let validator = Contract::clients().validator();
    let held = validator.validate(text.as_bytes());
    let read = validator
        .validate_reader(&Payload::new(Origin::file("<body>"), Vec::new()), text.as_bytes())
        .unwrap();
    let places = |validation: &Validation| {
        let place =
            |finding: &Finding| (finding.rule.id, finding.pointer.to_string(), finding.line, finding.column);
        validation.findings.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(places(&held), places(&read));
    let missing = held.findings.iter().rfind(|finding| finding.rule.id == "missing-property").unwrap();
    assert_eq!((missing.line, missing.column), (4_000, 7));
}

/// Each severity has room for its own groups, so that infos never hide an error; too many of any make the run
/// incomplete.
#[test]
fn groups_of_many_payloads_do_not_hide_a_worse_one() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let schema =
        r#"{"additionalProperties": {"type": "string"}, "properties": {"last": {"type": "integer"}}}"#;
    fs::write(here("schema.json"), schema).unwrap();
    let nulls = |number: usize| format!("{{\"k{number}\": null, \"j{number}\": null}}\n");
    let lines = (0..6_000).map(nulls).collect::<String>() + "{\"last\": \"x\"}\n";
    fs::write(here("many.ndjson"), lines).unwrap();
    let schema = here("schema.json");
    let arguments = ["--schema", schema.to_str().unwrap(), "--severity", "null-value=info"];
    let (code, report, stderr) = validate(&arguments, &[&here("many.ndjson")]);
    assert_eq!((code, &report["outcome"], &report["uncounted"]), (3, &json!("incomplete"), &json!(2_000)));
    assert_eq!(groups(&report)[0], group("type-mismatch", "/last", 1));
    assert!(stderr.contains("2000 findings not listed"), "{stderr}");
    assert!(
        report["problems"][0]["message"].as_str().unwrap().starts_with("2000 "),
        "{}",
        report["problems"]
    );
}
