//! A pair of schemas for each rule: every rule looks at every pair, and only the right one speaks.

use std::collections::BTreeSet;
use std::fs;

use clients_contract::diff::{Comparison, Document, compare, rules};
use clients_contract::{Rule, Severity};
use serde_json::{Value, json};

use super::{document, judge};

fn pair(rule: &str) -> [Document; 2] {
    ["old", "new"].map(|side| {
        let path = format!("fixtures/diff/{rule}/{side}.json");
        Document::parse(&path, &fs::read(&path).unwrap()).unwrap()
    })
}

fn value(rule: &str, side: &str) -> Value {
    serde_json::from_slice(&fs::read(format!("fixtures/diff/{rule}/{side}.json")).unwrap()).unwrap()
}

fn told(comparison: &Comparison<'_>) -> Vec<(&'static str, Severity, String)> {
    let findings = comparison.findings().into_iter();
    findings.map(|finding| (finding.rule.id, finding.severity, finding.pointer.to_string())).collect()
}

fn all() -> Vec<&'static Rule> {
    rules::all().collect()
}

#[test]
fn each_rule_has_a_pair_and_each_pair_a_rule() {
    let pairs: BTreeSet<String> = fs::read_dir("fixtures/diff")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let rules: BTreeSet<String> = all().iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(pairs, rules);
}

#[test]
fn only_the_right_rule_speaks_about_a_pair() {
    for rule in all() {
        let [old, new] = pair(rule.id);
        let told = told(&compare(&old, &new));
        let [(id, severity, pointer)] = &told[..] else { panic!("{}: {told:?}", rule.id) };
        assert_eq!((*id, *severity), (rule.id, rule.severity), "{told:?}");
        assert_eq!(pointer.is_empty(), id.starts_with("response-body-"), "{told:?}");
    }
}

#[test]
fn a_schema_compared_with_itself_has_no_findings() {
    for rule in all() {
        for side in [0, 1] {
            let same = compare(&pair(rule.id)[side], &pair(rule.id)[side]).findings();
            assert!(same.is_empty(), "{}: {same:?}", rule.id);
        }
    }
}

/// Of errors there is a witness, and the `jsonschema` crate says so; of what only narrows there is none.
#[test]
fn errors_have_a_witness_and_infos_have_none() {
    for rule in all() {
        let [old, new] = pair(rule.id);
        let comparison = compare(&old, &new);
        let witness = comparison.witness(0);
        if rule.severity == Severity::Error {
            let payload = witness.unwrap_or_else(|why| panic!("{}: {why}", rule.id));
            let judges = ["new", "old"].map(|side| judge(&value(rule.id, side)).is_valid(&payload));
            assert_eq!(judges, [true, false], "{}: {payload}", rule.id);
        }
        if rule.severity == Severity::Info {
            assert!(comparison.witness(0).is_err(), "{}", rule.id);
        }
    }
}

fn says(old: &Value, new: &Value) -> Vec<(&'static str, Severity, String)> {
    told(&compare(&document("old", old), &document("new", new)))
}

#[test]
fn names_and_order_make_no_difference() {
    let old = json!({
        "$defs": {"A": {"type": "object", "properties": {"next": {"$ref": "#/$defs/A"}, "b": {"$ref": "#/$defs/B"}}},
            "B": {"enum": ["x", "y"]}},
        "required": ["a", "b"],
        "properties": {
            "a": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]},
            "b": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "string"}, {"anyOf": [{"minimum": 1}, {"maxLength": 2}]}]},
            "c": {"type": ["string", "null"]}, "d": {"type": "integer", "maximum": 5},
        },
    });
    let new = json!({
        "properties": {
            "d": {"exclusiveMaximum": 5.5, "type": ["integer"]}, "c": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "b": {"anyOf": [{"anyOf": [{"maxLength": 2}, {"minimum": 1}]}, {"type": "string"}, {"$ref": "#/$defs/Z"}]},
            "a": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/Z"}]},
        },
        "required": ["b", "a"],
        "$defs": {"Y": {"enum": ["y", "x"]},
            "Z": {"type": "object", "properties": {"b": {"$ref": "#/$defs/Y"}, "next": {"$ref": "#/$defs/Z"}}}},
    });
    let bounds = says(&old, &new);
    let severities: BTreeSet<_> = bounds.iter().map(|(id, severity, _)| (*id, *severity)).collect();
    // That the same bound is said by another keyword is told, and that is all.
    let expected = [
        ("response-property-exclusive-max-set", Severity::Info),
        ("response-property-max-unset", Severity::Info),
    ];
    assert_eq!(severities, BTreeSet::from(expected));
}

#[test]
fn what_lets_a_value_through_is_a_warning_at_least() {
    let closed = json!({"additionalProperties": false, "properties": {"a": true}});
    let more = json!({"additionalProperties": false, "properties": {"a": true, "b": true}});
    assert_eq!(
        says(&closed, &more),
        [("response-optional-property-added", Severity::Warning, "/b".to_owned())]
    );
    let one = json!({"anyOf": [{"type": "string"}, {"type": "null"}], "description": "a"});
    let two = json!({"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "boolean"}]});
    let ids: Vec<_> = says(&one, &two).into_iter().map(|(id, severity, _)| (id, severity)).collect();
    let expected = ("response-body-any-of-added", Severity::Error);
    assert!(ids.contains(&expected), "{ids:?}");
    // Null was allowed by the whole before, so that a branch that allows it is nothing new.
    let before = json!({"anyOf": [{"type": "string"}, {"type": "null"}]});
    let after = json!({"anyOf": [{"type": ["string", "null"]}, {"type": "null"}]});
    assert_eq!(says(&before, &after), []);
    // There are two zeros among numbers, and one bound.
    let [least, above] =
        [json!({"type": "integer", "minimum": 0}), json!({"type": "integer", "exclusiveMinimum": -1})];
    assert!(says(&least, &above).iter().all(|(_, severity, _)| *severity == Severity::Info));
    // What stands around it undoes the change.
    let around = |kind: Value| json!({"allOf": [{"type": "string"}, {"maxLength": 9}], "type": kind});
    assert_eq!(says(&around("string".into()), &around(json!(["string", "null"]))), []);
}

#[test]
fn what_a_reference_leads_to_counts_however_it_is_written() {
    for reference in ["#/$defs/a%20%22b~1", "#it", "urn:x#it", "urn:x#/$defs/a%20%22b~1"] {
        let schema = |kind: &str| {
            json!({"$id": "urn:x", "properties": {"a": {"$ref": reference}},
                "$defs": {"a \"b/": {"$anchor": "it", "type": kind}}})
        };
        let said = says(&schema("integer"), &schema("number"));
        let expected = [("response-property-type-generalized", Severity::Error, "/a".to_owned())];
        assert_eq!(said, expected, "{reference}");
    }
    let dynamic = |kind: &str| json!({"$defs": {"a": {"$dynamicAnchor": "it", "type": kind}}, "properties": {"a": {"$dynamicRef": "#it"}}});
    let said = says(&dynamic("integer"), &dynamic("number"));
    assert_eq!(said, [("response-property-type-generalized", Severity::Error, "/a".to_owned())]);
}
