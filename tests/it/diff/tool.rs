//! The tool as a process compares schemas.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

const NULLABLE: [&str; 2] = [
    "fixtures/diff/response-property-became-nullable/old.json",
    "fixtures/diff/response-property-became-nullable/new.json",
];
const WARNING: [&str; 2] = [
    "fixtures/diff/response-property-pattern-changed/old.json",
    "fixtures/diff/response-property-pattern-changed/new.json",
];

fn diff(arguments: &[&str]) -> std::process::Output {
    run(&[&["diff", "--no-settings"], arguments].concat())
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_finding_says_what_whom_and_where() {
    let output = diff(&[&["--witness"], &NULLABLE[..]].concat());
    assert_eq!(code(&output), 1);
    assert_eq!(
        stdout(&output),
        "error[response-property-became-nullable] `/value` became nullable; breaks consumers that read the value without \
         a null check (/properties/value/type, before \
         fixtures/diff/response-property-became-nullable/old.json:8:7 /properties/value/type)\n  \
         --> fixtures/diff/response-property-became-nullable/new.json:8:7\n   | {\"value\":null}\n\n\
         fail: fixtures/diff/response-property-became-nullable/new.json compared with \
         fixtures/diff/response-property-became-nullable/old.json; 1 error, 0 warnings, 0 infos; suggested version change: major\n"
    );
    let plain = diff(&NULLABLE);
    assert!(stdout(&plain).contains("   | \"type\": [\"string\",\"null\"]\n"), "{}", stdout(&plain));
    let turned = diff(&["--witness", NULLABLE[1], NULLABLE[0]]);
    assert_eq!(code(&turned), 0);
    assert!(
        stdout(&turned).contains("no witness: no new value comes through by this"),
        "{}",
        stdout(&turned)
    );
}

#[test]
fn the_code_follows_the_severity_whatever_the_format() {
    for format in clients_contract::report::FORMATS.iter().map(|format| format.name) {
        for (pair, at_error, at_warning) in [(NULLABLE, 1, 1), (WARNING, 0, 1), ([WARNING[0]; 2], 0, 0)] {
            let exit = |fail_on: &str| code(&diff(&["-f", format, "--fail-on", fail_on, pair[0], pair[1]]));
            assert_eq!(
                (exit("error"), exit("warning"), exit("never")),
                (at_error, at_warning, 0),
                "{format}"
            );
        }
        let output = diff(&["-f", format, NULLABLE[0], NULLABLE[1]]);
        let said = ["response-property-became-nullable", "became nullable", "old.json"];
        assert!(said.iter().all(|said| stdout(&output).contains(said)), "{format}: {}", stdout(&output));
    }
}

#[test]
fn the_json_report_keeps_its_schema() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string("schemas/report.schema.json").unwrap()).unwrap();
    let output = diff(&[&["-f", "json", "--witness"], &NULLABLE[..]].concat());
    let report: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert!(jsonschema::is_valid(&schema, &report), "{report:#}");
    assert_eq!(report["compared"], json!({"with": NULLABLE[0], "version_change": "major"}));
    let finding = &report["findings"][0];
    assert_eq!(finding["schema_pointer"], "/properties/value/type");
    assert_eq!(finding["example"]["text"], r#"{"value":null}"#);
}

#[test]
fn severities_baselines_and_settings_count() {
    let folder = folder("decisions");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let exit = |arguments: &[&str]| code(&diff(&[arguments, &NULLABLE[..]].concat()));
    assert_eq!(exit(&["--severity", "response-property-became-nullable=info"]), 0);
    assert_eq!(exit(&["--severity", "response-property-became-nullable=off"]), 0);
    let accepted = path("known.toml");
    assert_eq!(exit(&["--write-baseline", &accepted]), 0);
    assert_eq!(exit(&["--baseline", &accepted]), 0);
    assert_eq!(code(&diff(&["--baseline", &accepted, NULLABLE[1], NULLABLE[0]])), 0);
    let settings = path("clients-contract.toml");
    fs::write(&settings, "fail-on = \"never\"\nformat = \"ndjson\"\n[rules]\n").unwrap();
    let output = run(&[&["diff", "--settings", &settings], &NULLABLE[..]].concat());
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).starts_with('{'), "{}", stdout(&output));
}

#[test]
fn a_changelog_is_markdown() {
    let path = folder("changelog").join("CHANGES.md");
    let output = diff(&["--changelog", path.to_str().unwrap(), NULLABLE[0], NULLABLE[1]]);
    assert_eq!(code(&output), 1);
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        "## Changes (major)\n\n### Breaking\n\n- `/value` became nullable (response-property-became-nullable).\n"
    );
}

#[test]
fn schemas_come_from_everywhere() {
    let builtin = diff(&["schemas/clients.schema.json"]);
    assert_eq!((code(&builtin), stderr(&builtin)), (0, ""), "{}", stdout(&builtin));
    assert!(
        stdout(&builtin).ends_with("0 errors, 0 warnings, 0 infos; suggested version change: none\n"),
        "{}",
        stdout(&builtin)
    );
    let text = fs::read(NULLABLE[1]).unwrap();
    let output = fed(&["diff", NULLABLE[0], "-"], &text);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("--> <stdin>:8:7"), "{}", stdout(&output));
    let api = json!({"openapi": "3.1.0", "components": {"schemas": {"A": {"type": "string"}, "B": {"type": ["string", "null"]}}}});
    let path = folder("api").join("api.json");
    fs::write(&path, api.to_string()).unwrap();
    let [a, b] = ["A", "B"].map(|name| format!("{}#/components/schemas/{name}", path.display()));
    let output = diff(&["--witness", &a, &b]);
    assert!(
        stdout(&output).contains("response-body-became-nullable") && stdout(&output).contains("| null\n")
    );
}

#[test]
fn schemas_come_out_of_git() {
    let folder = folder("git");
    let git = |arguments: &[&str]| {
        let settings = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"];
        let output =
            Command::new("git").current_dir(&folder).args(settings).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    };
    git(&["init", "-q"]);
    for (number, file) in NULLABLE.into_iter().enumerate() {
        fs::copy(file, folder.join("a.json")).unwrap();
        git(&["add", "."]);
        git(&["commit", "-q", "-m", "step"]);
        git(&["tag", &format!("v{number}")]);
    }
    let here = |arguments: &[&str]| {
        let tool = env!("CARGO_BIN_EXE_clients-contract");
        Command::new(tool).current_dir(&folder).arg("diff").args(arguments).output().unwrap()
    };
    let output = here(&["v0:a.json", "HEAD:./a.json"]);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("--> HEAD:./a.json:8:7"), "{}", stdout(&output));
    for (revision, said) in [("v9:a.json", "v9"), ("v0:b.json", "b.json"), ("--help:x", "")] {
        let output = here(&["--", revision, "a.json"]);
        assert!([2, 3].contains(&code(&output)), "{revision}");
        assert!(stdout(&output).is_empty() && stderr(&output).contains(said), "{}", stderr(&output));
    }
}

#[test]
fn what_cannot_be_compared_is_no_pass() {
    let folder = folder("bad");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let cases = [
        (folder.join("none.json").to_str().unwrap().to_owned(), "cannot be read"),
        (file("text.json", "{"), "text.json:1:2"),
        (file("type.json", r#"{"type": "text"}"#), "not a valid JSON Schema"),
        (file("outside.json", r#"{"$ref": "other.json"}"#), "nothing is fetched"),
        (file("circle.json", r##"{"$ref": "#/$defs/none"}"##), "unresolved reference"),
    ];
    for (path, said) in &cases {
        for pair in [[path, NULLABLE[1]], [NULLABLE[0], path]] {
            let output = diff(&pair);
            assert_eq!(code(&output), 3, "{path}");
            assert!(stdout(&output).is_empty() && stderr(&output).contains(said), "{}", stderr(&output));
        }
    }
    assert_eq!(code(&fed(&["diff", "-", "-"], b"{}")), 2);
    assert_eq!(code(&diff(&["--severity", "nothing=off", NULLABLE[0], NULLABLE[1]])), 2);
}

#[test]
fn the_rules_are_listed() {
    let output = run(&["rules"]);
    for rule in clients_contract::diff::rules::all() {
        assert!(stdout(&output).contains(rule.id), "{}", rule.id);
    }
}

#[test]
fn what_changed_in_another_document_is_located_there() {
    let folder = folder("documents");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let root = "{\"properties\": {\"seats\": {\"$ref\": \"urn:seats\"}}}\n";
    let (old, new) = (write("old.json", root), write("new.json", root));
    let (before, now) =
        (write("before.json", "{\n\n\n\"maximum\": 3}"), write("now.json", "{\n\n\"maximum\": 4}"));
    let resource = |uri: &str, file: &str| format!("{uri}={file}");
    // Both schemas are given the same documents, so the older one refers to another URI.
    let old_root = fs::read_to_string(&old).unwrap().replace("urn:seats", "urn:before");
    fs::write(&old, old_root).unwrap();
    let output = diff(&[
        "--resource",
        &resource("urn:before", &before),
        "--resource",
        &resource("urn:seats", &now),
        &old,
        &new,
    ]);
    let text = stdout(&output);
    assert!(
        text.contains(&format!("(urn:seats#/maximum, before {before}:4:1 urn:before#/maximum)")),
        "{text}"
    );
    assert!(text.contains(&format!("--> {now}:3:1\n   | \"maximum\": 4\n")), "{text}");
    let files = folder.join("beside");
    let beside = |version: &str, maximum: u8, lines: &str| {
        let other = format!("{{{lines}\"maximum\": {maximum}}}");
        write(&format!("beside/{version}/seats.json"), &other);
        write(&format!("beside/{version}/root.json"), &root.replace("urn:seats", "seats.json"))
    };
    let (old, new) = (beside("old", 3, "\n"), beside("new", 4, "\n\n\n\n"));
    let output = diff(&[&old, &new]);
    let text = stdout(&output);
    let at =
        |version: &str, line: u8| format!("{}:{line}:1", files.join(version).join("seats.json").display());
    assert!(text.contains(&format!("before {}", at("old", 2))), "{text}");
    assert!(text.contains(&format!("--> {}", at("new", 5))), "{text}");
}

#[test]
fn one_rule_at_one_location_may_have_two_severities() {
    let folder = folder("severities");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let branch = |bounds: Value| json!({"type": "integer", "minimum": bounds[0], "maximum": bounds[1]});
    let old = [json!({"type": "integer", "minimum": 10}), json!({"type": "integer", "maximum": -10})];
    // The first new branch is covered, the second one is not.
    let new = [&old[..], &[branch(json!([20, 30])), branch(json!([-3, 3]))]].concat();
    fs::write(path("old.json"), json!({"anyOf": old}).to_string()).unwrap();
    fs::write(path("new.json"), json!({"anyOf": new}).to_string()).unwrap();
    let [old, new, baseline] = ["old.json", "new.json", "known.toml"].map(path);
    for format in clients_contract::report::FORMATS.iter().map(|format| format.name) {
        let output = diff(&["-f", format, &old, &new]);
        assert_eq!(code(&output), 1, "{format}: {}", stderr(&output));
        assert_eq!(stderr(&output), "", "{format}");
    }
    let text = diff(&[&*old, &new]);
    assert!(stdout(&text).contains("1 error, 0 warnings, 1 info"), "{}", stdout(&text));
    assert_eq!(code(&diff(&["--write-baseline", &baseline, &old, &new])), 0);
    assert_eq!(code(&diff(&["--baseline", &baseline, "--fail-on", "info", &old, &new])), 0);
}

#[test]
fn asking_whether_branches_are_covered_does_not_end_the_comparison() {
    let folder = folder("covering");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let branch = |number: usize| {
        let inside = json!({"type": "object", "properties": {"w": {"type": "integer", "minimum": number}}});
        json!({"type": "object", "required": ["k"], "properties": {"k": {"const": number}, "v": inside}})
    };
    let branches = |count: usize| json!({"anyOf": (0..count).map(branch).collect::<Vec<_>>()});
    fs::write(path("old.json"), branches(64).to_string()).unwrap();
    fs::write(path("new.json"), branches(1_000).to_string()).unwrap();
    let output = diff(&["-f", "json", &path("old.json"), &path("new.json")]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(!stderr(&output).contains("comparison was stopped"), "{}", stderr(&output));
}
