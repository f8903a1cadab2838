//! Would anybody notice if the contract were weaker? Our fixtures do, at every place of it.

use std::io::Read;

use clients_contract::generate::mutate::{Witnesses, mutants};
use clients_contract::{Contract, clients};

use super::tool::{code, run, stderr, stdout};

#[test]
fn violations_of_every_location_kill_the_mutants() {
    let contract = Contract::clients();
    let validator = contract.validator();
    let mutants = mutants(contract.schema()).unwrap();
    let mut all = Witnesses::for_mutants(&mutants);
    for violation in clients::catalogue().unwrap().smallest() {
        let body = violation.payload.to_text();
        let validation = validator.validate(body.as_bytes());
        let (_, concerned) = validator.validate_traced(body.as_bytes());
        all.add(body.as_bytes(), validation.valid, &validation.findings, concerned);
    }
    let judge = |weaker: &_, body: &[u8]| {
        let validation = validator.validate_weaker(body, weaker);
        Some((validation.valid, validation.findings))
    };
    let alive: Vec<_> = mutants
        .iter()
        .filter(|mutant| all.killer(mutant, judge).is_none())
        .map(|mutant| format!("{} at {}", mutant.operator, mutant.schema_pointer))
        .collect();
    assert!(alive.is_empty(), "{} of {} mutants live: {alive:#?}", alive.len(), mutants.len());
}

#[test]
fn the_fixtures_kill_every_mutant() {
    let output = run(&["mutate", "--min-score", "100", "fixtures"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).contains(", 100.0 %"), "{}", stdout(&output));
}

/// `fixtures/README.md` says how the file is made; it is made again when the contract or the catalogue
/// changes.
#[test]
fn the_fixture_of_violations_is_what_the_tool_makes() {
    let file = std::fs::File::open("fixtures/violations/every-place.ndjson.zst").unwrap();
    let mut committed = String::new();
    ruzstd::decoding::StreamingDecoder::new(file).unwrap().read_to_string(&mut committed).unwrap();
    let made = run(&["generate", "--exhaustive", "--unlabelled"]);
    let difference = committed.lines().zip(stdout(&made).lines()).position(|(one, other)| one != other);
    assert_eq!(difference, None, "the fixture is stale: see fixtures/README.md");
    assert_eq!(committed.len(), made.stdout.len(), "the fixture is stale: see fixtures/README.md");
}

#[test]
fn a_schema_of_a_user_is_weakened_too() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.ndjson");
    let schema = ["--schema", "fixtures/schemas/seats.schema.json"];
    let path = broken.to_str().unwrap();
    let all = run(&[&["generate", "--exhaustive", "--unlabelled", "-o", path][..], &schema].concat());
    assert_eq!(code(&all), 0);
    let output = run(&[&["mutate", "--min-score", "100", path][..], &schema].concat());
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).contains("drop a required      1 of     1 killed"), "{}", stdout(&output));
}

#[test]
fn captures_are_read_as_by_validate() {
    let capture = "fixtures/field/post-answers-not-selectable/s201.har";
    let schema = ["-f", "json", "--schema", "fixtures/field/http-status-line-inside-body/s.json"];
    let mutate = |flags: &[&str], path: &str| run(&[&["mutate"][..], flags, &schema, &[path]].concat());
    let payloads = |flags: &[&str]| {
        let output = mutate(flags, capture);
        assert_eq!(code(&output), 0, "{flags:?}: {}", stderr(&output));
        serde_json::from_str::<serde_json::Value>(stdout(&output)).unwrap()["payloads"].clone()
    };
    assert_eq!(payloads(&["--url-path", "POST /graphql"]), 1);
    assert_eq!(payloads(&["--url-path", "* /v1/things", "--url-path", "POST /graphql"]), 3);
    assert_eq!(payloads(&["--input", "json"]), 1);
    for (flags, path, what) in [
        (&[][..], capture, "skipped 3 entries of captures: "),
        (&["--max-body", "3", "--url-path", "/v1/things"], capture, "`--max-body`"),
        (&[], "fixtures/field/all-answers-failed/c25-500.http", "not validated: "),
    ] {
        let output = mutate(flags, path);
        let stderr = stderr(&output);
        assert_eq!((code(&output), stdout(&output)), (3, ""), "{flags:?}: {stderr}");
        assert!(stderr.contains(what) && stderr.contains("no payloads were validated"), "{stderr}");
    }
}
