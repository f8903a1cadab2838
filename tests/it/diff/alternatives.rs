//! Changes in alternatives: which is which, and what is new.

use clients_contract::Severity::{Error, Info, Warning};
use clients_contract::diff::compare;
use serde_json::{Value, json};

use super::{document, found, witnesses};

#[test]
fn the_order_of_alternatives_with_equal_names_changes_nothing() {
    let format = |also: Value| json!({"anyOf": [{"type": "string"}, also]});
    let old = |also: Value| {
        json!({
            "anyOf": [
                {"properties": {"repeat": {"type": "array"}, "spec": {"$ref": "#/$defs/wide"}}, "required": ["repeat"]},
                {"properties": {"repeat": {"type": "object"}, "spec": {"$ref": "#/$defs/narrow"}}, "required": ["repeat"]},
            ],
            "$defs": {
                "wide": {"properties": {"format": format(also.clone()), "row": {"type": "string"}}},
                "narrow": {"properties": {"format": format(also)}},
            },
        })
    };
    let (old, new) = (old(json!({"type": "null"})), old(json!({"type": "integer"})));
    let [first, second] = [&new["anyOf"][0], &new["anyOf"][1]];
    let turned = |branch: &Value| json!({"required": branch["required"], "properties": branch["properties"]});
    let turned = json!({"anyOf": [turned(second), turned(first)], "$defs": new["$defs"]});
    assert_eq!(found(&old, &turned), found(&old, &new));
    let names = found(&old, &new).into_iter().map(|(.., pointer)| pointer).collect::<Vec<_>>();
    assert!(names.iter().all(|pointer| pointer == "/spec/format"), "{names:?}");
}

#[test]
fn an_alternative_that_another_one_covered_is_info() {
    let format = |alternatives: Value| json!({"properties": {"format": {"$ref": "#/$defs/format"}}, "$defs": {"format": {"anyOf": alternatives}}});
    let any = json!({"type": "object", "additionalProperties": {}});
    let by_unit =
        json!({"type": "object", "properties": {"day": {"type": "string"}}, "additionalProperties": false});
    let text = json!({"type": "string"});
    let added = |before: &[&Value], now: &[&Value]| found(&format(json!(before)), &format(json!(now)));
    let is = |severity| vec![("response-property-any-of-added", severity, "/format".to_owned())];
    assert_eq!(added(&[&text, &any], &[&text, &by_unit, &any]), is(Info));
    let list = json!({"type": "object", "required": ["list"]});
    assert_eq!(added(&[&text, &list, &any], &[&text, &list, &by_unit, &any]), is(Info));
    assert_eq!(added(&[&text, &list, &by_unit], &[&text, &list, &by_unit, &any]), is(Error));
    // Recursive alternatives cover each other, too.
    let tree = |closed: bool| {
        let further = if closed { json!(false) } else { json!({}) };
        json!({"type": "object", "properties": {"next": {"$ref": "#/$defs/format"}}, "additionalProperties": further})
    };
    let findings = added(&[&text, &tree(false)], &[&text, &tree(true), &tree(false)]);
    assert!(findings.iter().all(|(_, severity, _)| *severity == Info), "{findings:?}");
    assert!(findings.contains(&is(Info)[0]), "{findings:?}");
}

#[test]
fn what_two_alternatives_of_one_of_matched_is_shown() {
    let required = |names: &[&str]| json!({"oneOf": names.iter().map(|name| json!({"required": [name]})).collect::<Vec<_>>()});
    let limits = |max: i64, ranges: Value| json!({"oneOf": [{"maximum": max, "type": "integer"}, ranges]});
    let range = || json!({"minimum": 3, "type": "integer"});
    let member =
        |max: i64| json!({"properties": {"n": {"maximum": max, "type": "integer"}}, "required": ["n"]});
    let either = |max: i64| json!({"required": ["id"], "oneOf": [member(max), {"required": ["m"]}]});
    for (old, new) in [
        (required(&["a", "b", "c"]), required(&["a", "b"])),
        (limits(5, range()), limits(2, range())),
        (either(5), either(2)),
    ] {
        let shown = witnesses(&old, &new);
        assert!(shown.iter().any(|(severity, shown)| *severity == Warning && shown.is_ok()), "{shown:?}");
    }
}

#[test]
fn types_are_the_same_as_alternatives_of_which_one_includes_another() {
    let closed = json!({"type": "object", "additionalProperties": false});
    let list = json!({"anyOf": [{"type": ["integer", "number", "string"]}, closed]});
    let each =
        json!({"anyOf": [closed, {"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "string"}]}]});
    for (old, new) in [(&list, &each), (&each, &list)] {
        assert_eq!(found(old, new), [], "{old} -> {new}");
    }
}

#[test]
fn alternatives_that_only_differ_in_order_differ_in_nothing() {
    let branches: Vec<Value> =
        (0..70).map(|at| json!({"properties": {"p": {"maximum": at, "type": "number"}}})).collect();
    let reversed: Vec<Value> = branches.iter().rev().cloned().collect();
    let [old, new] = [json!({"anyOf": branches}), json!({"anyOf": reversed})];
    let documents = [document("old", &old), document("new", &new)];
    assert_eq!(compare(&documents[0], &documents[1]).findings().len(), 0);
}

#[test]
fn many_alternatives_in_other_words_differ_in_nothing() {
    let branch = |at: usize, kinds: Value| json!({"properties": {"p": {"pattern": format!("^{}$", at / 2)}, "kind": kinds}, "required": ["p"]});
    let listed = |at| branch(at, json!({"enum": ["a", "b"]}));
    let united = |at| branch(at, json!({"oneOf": [{"const": "b"}, {"allOf": [{"const": "a"}]}]}));
    let [old, new] = [
        json!({"anyOf": (0..140).map(listed).collect::<Vec<_>>()}),
        json!({"anyOf": (0..140).rev().map(united).collect::<Vec<_>>()}),
    ];
    assert_eq!(found(&old, &new), []);
    assert_eq!(found(&new, &old), []);
}
