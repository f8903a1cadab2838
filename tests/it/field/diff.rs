//! Pairs of schemas that were compared wrongly.

use std::fs;

use clients_contract::Severity::{self, Error, Info, Warning};
use clients_contract::diff::{Bump, Comparison, Document, compare};
use serde_json::{Value, json};

type Said = Vec<(&'static str, Severity, String, Option<Value>)>;

fn document(case: &str, side: &str) -> Document {
    let path = format!("fixtures/field/{case}/{side}.json");
    Document::parse(&path, &fs::read(&path).unwrap()).unwrap()
}

/// Every finding with its witness; the documents, and the validators of others, agree with each.
fn said(case: &str, old: &str, new: &str) -> (Said, Bump) {
    let documents = [document(case, old), document(case, new)];
    let comparison = compare(&documents[0], &documents[1]);
    let [old, new] = [old, new].map(|side| {
        let text = fs::read(format!("fixtures/field/{case}/{side}.json")).unwrap();
        let schema: Value = serde_json::from_slice(&text).unwrap();
        jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
    });
    let said = findings(&comparison);
    for witness in said.iter().filter_map(|(.., witness)| witness.as_ref()) {
        assert_eq!((new.is_valid(witness), old.is_valid(witness)), (true, false), "{case}: {witness}");
    }
    (said, comparison.bump())
}

fn findings(comparison: &Comparison<'_>) -> Said {
    let findings = comparison.findings().into_iter().enumerate();
    let one = |(number, finding): (usize, clients_contract::Finding)| {
        let witness = comparison.witness(number).ok();
        (finding.rule.id, finding.severity, finding.pointer.to_string(), witness)
    };
    findings.map(one).collect()
}

/// What is expected: rule, severity, location, witness.
fn expected(of: &[(&'static str, Severity, &str, Option<Value>)]) -> Said {
    of.iter().map(|(id, severity, at, witness)| (*id, *severity, (*at).to_owned(), witness.clone())).collect()
}

#[test]
fn alternatives_are_paired_by_what_they_are() {
    let (said, _) = said("D1-union-branches-paired-by-position", "old", "new");
    let stone = json!({"kind": "c", "stone": null});
    assert_eq!(
        said,
        expected(&[
            ("response-body-one-of-added", Error, "", Some(json!({"kind": "b", "peel": 0}))),
            ("response-property-became-nullable", Error, "/stone", Some(stone)),
        ])
    );
}

#[test]
fn a_position_of_a_tuple_is_a_location() {
    let case = "D3-tuple-position-type";
    let changed =
        |witness: Value| expected(&[("response-property-type-changed", Error, "/1", Some(witness))]);
    assert_eq!(said(case, "old", "new").0, changed(json!(["", 0])));
    assert_eq!(said(case, "new", "old").0, changed(json!(["", ""])));
    let (said, _) = said("D11-unevaluated-items", "old", "new");
    assert!(said.contains(&changed(json!(["", 0]))[0]), "{said:?}");
}

#[test]
fn members_by_pattern_are_compared() {
    let (said, _) = said("D4-pattern-properties-nullable", "old", "new");
    let nullable = ("response-property-became-nullable", Error, "/*", Some(json!({"x-": null})));
    assert_eq!(said, expected(&[nullable]));
}

#[test]
fn an_embedded_document_is_followed() {
    let (said, _) = said("D5-embedded-id", "old", "new");
    let optional = ("response-property-became-optional", Error, "/item/code", Some(json!({"item": {}})));
    assert_eq!(said, expected(&[optional]));
}

#[test]
fn what_is_combined_is_compared_as_one() {
    let case = "D6-allof-refactor";
    assert_eq!(said(case, "old", "new"), (Vec::new(), Bump::None));
    assert_eq!(said(case, "new", "old"), (Vec::new(), Bump::None));
}

#[test]
fn another_constant_breaks_everybody() {
    let (said, bump) = said("D13-const-replaced", "old", "new");
    let changed = ("response-property-const-changed", Error, "/type", Some(json!({"type": "invoice"})));
    assert_eq!((said, bump), (expected(&[changed]), Bump::Major));
}

#[test]
fn a_witness_is_one_of_the_change_that_it_is_shown_with() {
    let (said, _) = said("D14-witness-of-another-change", "old", "new");
    let added = ("response-optional-property-added", Info, "/env/DEBUG", None);
    assert!(said.contains(&expected(&[added])[0]), "{said:?}");
    let (id, severity, at, witness) = &said[0];
    assert_eq!((*id, *severity, at.as_str()), ("response-property-pattern-property-added", Warning, "/env"));
    let key = witness.as_ref().unwrap()["env"].as_object().unwrap().keys().next().unwrap().clone();
    assert!(key.bytes().any(|byte| byte.is_ascii_digit()), "{key}");
}

#[test]
fn listed_values_are_the_same_however_they_are_written() {
    let case = "D15-oneof-of-consts";
    let (written, _) = said(case, "old", "new");
    assert_eq!(
        written,
        expected(&[("response-property-enum-value-added", Error, "/s", Some(json!({"s": "c"})))])
    );
    let listed = |values: Value| {
        let schema = json!({"type": "object", "properties": {"s": {"enum": values}}});
        Document::parse("enum", schema.to_string().as_bytes()).unwrap()
    };
    let [two, three] = [listed(json!(["a", "b"])), listed(json!(["c", "b", "a"]))];
    assert_eq!(findings(&compare(&two, &three)), written);
    assert_eq!(findings(&compare(&three, &two)), said(case, "new", "old").0);
    assert_eq!(findings(&compare(&document(case, "old"), &two)), []);
    assert_eq!(findings(&compare(&three, &document(case, "new"))), []);
}

#[test]
fn a_property_that_was_admitted_before_is_not_new() {
    let case = "D16-additional-covers-property";
    let added = ("response-optional-property-added", Info, "/bar", None);
    assert_eq!(said(case, "old", "new").0, expected(std::slice::from_ref(&added)));
    let changed = ("response-property-type-changed", Error, "/bar", Some(json!({"bar": 0})));
    assert_eq!(said(case, "old", "retyped").0, expected(&[changed, added]));
}

#[test]
fn a_new_constraint_only_narrows() {
    let case = "D17-new-constraint-not-judged";
    for (new, id) in [
        ("new", "response-body-dependent-required-added"),
        ("new-if", "response-body-if-added"),
        ("new-not", "response-body-not-added"),
        ("new-patternProperties", "response-body-pattern-property-added"),
    ] {
        assert_eq!(said(case, "old", new), (expected(&[(id, Info, "", None)]), Bump::Minor));
    }
    let set = ("response-body-unique-items-set", Info, "", None);
    assert_eq!(said(case, "unique-old", "unique-new").0, expected(&[set]));
    let unset = ("response-body-unique-items-unset", Error, "", Some(json!([0, 0])));
    assert_eq!(said(case, "unique-new", "unique-old").0, expected(&[unset]));
}

#[test]
fn multiples_are_compared_by_their_decimal_digits() {
    let (said, _) = said("D20-multiple-of-fraction", "old", "new");
    assert!(said.iter().all(|(_, severity, _, witness)| *severity == Info && witness.is_none()), "{said:?}");
    assert_eq!(said.len(), 2);
}

#[test]
fn formats_without_validation_are_a_warning() {
    let (said, _) = said("D21-formats-unknown-or-int32", "old", "new");
    let changed = |at| ("response-property-type-changed", Warning, at, None);
    assert_eq!(said, expected(&[changed("/n"), changed("/p")]));
}

#[test]
fn nullable_of_openapi_is_a_warning() {
    let (said, _) = said("D22-nullable-keyword", "old", "new");
    assert_eq!(said, expected(&[("response-property-nullable-keyword-changed", Warning, "/nick", None)]));
}
