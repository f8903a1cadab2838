//! The official JSON Schema test suite.
//!
//! Its folder comes from `JSON_SCHEMA_TEST_SUITE`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clients_contract::validate::Engine;
use clients_contract::{Schema, Validator};
use serde_json::Value;

use crate::needed::needed;

/// Says something past the capture of tests that pass.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The suite's folder of a draft.
fn draft(name: &str) -> PathBuf {
    needed("JSON_SCHEMA_TEST_SUITE").join("tests").join(name)
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

/// Runs every group whose schema the streaming engine runs: its findings are those of the reference engine,
/// and its verdicts the suite's, but for formats: which of them are asserted, and how strictly, is the
/// reference engine's choice.
fn run(name: &str, least: usize) {
    let folder = draft(name);
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
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn draft_2020_12_is_validated_as_the_suite_says() {
    run("draft2020-12", 85);
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn draft_07_is_validated_as_the_suite_says() {
    run("draft7", 70);
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn formats_are_validated_as_the_suite_says() {
    run("draft2020-12/optional/format", 15);
}

/// What the suite's documents are called, and what they say in a draft that they may not name.
fn remotes(suite: &Path, name: &str, dialect: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut pending = vec![suite.join("remotes")];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let within = path.strip_prefix(suite.join("remotes")).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                let own = !within.starts_with("draft") || within.starts_with(&format!("{name}/"));
                if let (true, Some(members)) = (own, document.as_object_mut()) {
                    members.entry("$schema").or_insert(dialect.into());
                }
                found.push((format!("http://localhost:1234/{within}"), document));
            }
        }
    }
    found
}

/// Runs every group of a draft, its optional ones too: the verdicts of the reference engine are the suite's,
/// but for the formats that are not asserted, and for those that are where the suite wants annotations.
fn run_reference(name: &str, dialect: &str) {
    let folder = draft(name);
    let suite = folder.parent().and_then(Path::parent).unwrap();
    let remotes = remotes(suite, name, dialect);
    let of = |part: &'static str| groups(&folder.join(part)).into_iter().map(move |group| (part, group));
    let mut tests = 0;
    for (part, (file, group)) in ["", "optional", "optional/format"].into_iter().flat_map(of) {
        let unasserted = file.starts_with("idn-") || (part.is_empty() && file == "format");
        let mut schema = group["schema"].clone();
        if let Some(members) = schema.as_object_mut() {
            members.entry("$schema").or_insert(dialect.into());
        }
        let mut schema = Schema::from_value(schema);
        let text = schema.to_json();
        for (uri, document) in remotes.iter().filter(|_| text.contains("localhost:1234")) {
            schema = schema.with_resource(uri, document).unwrap();
        }
        let what = format!("{name}/{part}/{file}: {}", group["description"]);
        let validator = Validator::new(&schema).unwrap_or_else(|error| panic!("{what}: {error}"));
        let reference = validator.engine(Engine::Reference).unwrap();
        for test in group["tests"].as_array().unwrap() {
            tests += 1;
            let body = test["data"].to_string();
            let validation = reference.validate(body.as_bytes());
            assert!(unasserted || test["valid"] == validation.valid, "{what}: {}", test["description"]);
            let alike = [reference.is_valid(body.as_bytes()), reference.is_valid_value(&test["data"])];
            assert_eq!(alike, [validation.valid; 2], "{what}: {}", test["description"]);
        }
    }
    tell(&format!("{name}: the reference engine ran {tests} tests"));
    assert!(tests > 800, "{tests} tests");
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn every_draft_is_validated_by_the_reference_engine_as_the_suite_says() {
    for (name, dialect) in [
        ("draft4", "http://json-schema.org/draft-04/schema#"),
        ("draft6", "http://json-schema.org/draft-06/schema#"),
        ("draft7", "http://json-schema.org/draft-07/schema#"),
        ("draft2019-09", "https://json-schema.org/draft/2019-09/schema"),
        ("draft2020-12", "https://json-schema.org/draft/2020-12/schema"),
    ] {
        run_reference(name, dialect);
    }
}
