//! Two schemas compared.
#![allow(clippy::print_stderr)]

mod alternatives;
mod bad_input;
mod conditions;
mod edits;
mod history;
mod oracle;
mod rewrites;
mod rules;
#[cfg(feature = "cli")]
mod tool;
mod widened;

use clients_contract::Severity;
use clients_contract::diff::{Document, compare};
use serde_json::Value;

/// A schema as a document of that name.
fn document(name: &str, schema: &Value) -> Document {
    Document::parse(name, schema.to_string().as_bytes()).unwrap()
}

/// The judge that witnesses are held to, apart from what the library keeps.
fn judge(schema: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// The findings about two schemas: rule ID, severity and location.
fn found(old: &Value, new: &Value) -> Vec<(&'static str, Severity, String)> {
    let (old, new) = (document("old", old), document("new", new));
    let findings = compare(&old, &new).findings().into_iter();
    findings.map(|finding| (finding.rule.id, finding.severity, finding.pointer.to_string())).collect()
}

/// The payloads that show the errors, each of which the `jsonschema` crate judges as well.
fn shown(old: &Value, new: &Value) -> Vec<Value> {
    let documents = [document("old", old), document("new", new)];
    let comparison = compare(&documents[0], &documents[1]);
    let findings = comparison.findings().into_iter().enumerate();
    let errors = findings.filter(|(_, finding)| finding.severity == Severity::Error);
    let shown: Vec<Value> = errors.map(|(number, _)| comparison.witness(number).unwrap()).collect();
    for payload in &shown {
        assert_eq!([judge(old), judge(new)].map(|judge| judge.is_valid(payload)), [false, true], "{payload}");
    }
    shown
}

/// What is said of each finding above info: a payload that the `jsonschema` crate judges as well, or why
/// there is none.
fn witnesses(old: &Value, new: &Value) -> Vec<(Severity, Result<Value, String>)> {
    let documents = [document("old", old), document("new", new)];
    let comparison = compare(&documents[0], &documents[1]);
    let findings = comparison.findings().into_iter().enumerate();
    let findings = findings.filter(|(_, finding)| finding.severity > Severity::Info);
    let shown: Vec<_> =
        findings.map(|(number, finding)| (finding.severity, comparison.witness(number))).collect();
    for payload in shown.iter().flat_map(|(_, shown)| shown) {
        assert_eq!([judge(old), judge(new)].map(|judge| judge.is_valid(payload)), [false, true], "{payload}");
    }
    shown
}
