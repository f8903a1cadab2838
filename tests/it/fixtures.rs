//! Payloads in `fixtures/`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clients_contract::finding::Scope;
use clients_contract::payload::{self, Input, Item};
use clients_contract::{Contract, Finding, Origin, Payload, Rule, Severity};

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let mut found = clients_contract::payload::expand([format!("fixtures/{folder}")]).files;
    found.sort();
    assert!(!found.is_empty(), "no fixtures under {folder}");
    found
}

/// The payloads of a file with what was found in each, also as pages of one walk.
fn judge(file: &Path) -> Vec<(Payload, bool, Vec<Finding>)> {
    let validator = Contract::clients().validator();
    let mut sequence = validator.sequence();
    let bytes = fs::read(file).unwrap();
    payload::read(&bytes[..], Origin::file("payload"), Input::of_name(file))
        .map(|item| {
            let Ok(Item::Payload(payload)) = item else { panic!("{item:?}") };
            let mut validation = validator.validate_payload(&payload);
            let of_the_walk = sequence.next(&payload, &validation);
            validation.findings.extend(of_the_walk);
            (payload, validation.valid, validation.findings)
        })
        .collect()
}

#[test]
fn valid_payloads_have_nothing_to_say() {
    for file in fixtures("valid") {
        for (_, valid, findings) in judge(&file) {
            assert!(valid && findings.is_empty(), "{}: {findings:#?}", file.display());
        }
    }
}

#[test]
fn each_invalid_payload_breaks_exactly_its_rule() {
    for file in fixtures("invalid") {
        let rule = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let judged = judge(&file);
        let findings: Vec<&Finding> = judged.iter().flat_map(|(_, _, findings)| findings).collect();
        let broken: Vec<_> = findings.iter().map(|finding| finding.rule.id).collect();
        assert_eq!(broken, [rule], "{}", file.display());
        let is_error = findings[0].severity == Severity::Error;
        assert_eq!(judged.iter().all(|(_, valid, _)| *valid), !is_error, "{}", file.display());
    }
}

/// Where each finding points and what it says, with its snippet, as a person reads it.
#[test]
fn findings_read_well() {
    let validator = Contract::clients().validator();
    insta::glob!("../../fixtures/invalid", "*/*", |file| {
        let mut told = String::new();
        let judged = judge(file);
        let findings =
            judged.iter().flat_map(|(payload, _, found)| found.iter().map(move |finding| (payload, finding)));
        for (payload, finding) in findings {
            writeln!(told, "{}:{} [{}] {}", finding.line, finding.column, finding.rule.id, finding.message())
                .unwrap();
            writeln!(told, "schema: {}", finding.schema_pointer).unwrap();
            for line in validator.snippet(payload, finding, false) {
                writeln!(told, "| {line}").unwrap();
            }
        }
        insta::assert_snapshot!(told);
    });
}

#[test]
fn every_payload_rule_has_a_fixture() {
    let of_payloads = |rule: &&Rule| !matches!(rule.scope, Scope::Corpus | Scope::Change);
    for rule in clients_contract::rules().filter(of_payloads) {
        // Only schemas that people bring have other keywords and patterns; only captures have a status.
        if !["schema-violation", "undecided", "http-status"].contains(&rule.id) {
            assert!(Path::new("fixtures/invalid").join(rule.id).is_dir(), "{}", rule.id);
        }
    }
}
