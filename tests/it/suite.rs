//! The official JSON Schema test suite.
//!
//! Its folder comes from `JSON_SCHEMA_TEST_SUITE`; without it the tests say that they were not run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clients_contract::validate::Engine;
use clients_contract::{Schema, Validator};
use serde_json::Value;

/// Says something past the capture of tests that pass.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The suite's folder of a draft, where the suite is.
fn draft(name: &str) -> Option<PathBuf> {
    let Some(suite) = std::env::var_os("JSON_SCHEMA_TEST_SUITE") else {
        tell(&format!(
            "NOT RUN: the official suite for {name}: JSON_SCHEMA_TEST_SUITE does not name its folder"
        ));
        return None;
    };
    Some(Path::new(&suite).join("tests").join(name))
}

fn groups(folder: &Path) -> Vec<(String, Value)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    let groups = |file: &PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let groups: Vec<Value> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        groups.into_iter().map(move |group| (name.clone(), group))
    };
    files.iter().flat_map(groups).collect()
}

/// Runs every group whose schema the streaming engine runs: its findings are those of the reference engine, and its
/// verdicts the suite's, but for formats: which of them are asserted, and how strictly, is the reference engine's choice.
fn run(name: &str, least: usize) {
    let Some(folder) = draft(name) else { return };
    let groups = groups(&folder);
    let (mut run, mut tests, mut differ) = (0, 0, 0);
    for (file, group) in &groups {
        let Ok(validator) = Validator::new(&Schema::from_value(group["schema"].clone())) else { continue };
        let Ok(stream) = validator.clone().engine(Engine::Stream) else { continue };
        let reference = validator.engine(Engine::Reference).unwrap();
        run += 1;
        for test in group["tests"].as_array().unwrap() {
            tests += 1;
            let what = format!("{name}/{file}: {}: {}", group["description"], test["description"]);
            let body = test["data"].to_string();
            let (ours, theirs) = (stream.validate(body.as_bytes()), reference.validate(body.as_bytes()));
            assert_eq!(ours.findings, theirs.findings, "{what}");
            let formats = name.ends_with("format") || file == "format";
            let agrees = test["valid"] == ours.valid;
            assert!(agrees || formats, "{what}");
            differ += usize::from(!agrees);
        }
    }
    let of = groups.len();
    let ran = format!("{name}: the streaming engine ran {run} of {of} groups itself, {tests} tests");
    tell(&format!("{ran}, {differ} of formats otherwise than the suite"));
    assert!(run >= least, "{run} groups");
}

#[test]
fn draft_2020_12_is_judged_as_the_suite_says() {
    run("draft2020-12", 85);
}

#[test]
fn draft_07_is_judged_as_the_suite_says() {
    run("draft7", 70);
}

#[test]
fn formats_are_judged_as_the_suite_says() {
    run("draft2020-12/optional/format", 15);
}
