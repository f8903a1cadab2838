//! Changes that admit what nothing admitted before, or that move a limit.

use clients_contract::Severity::{self, Error, Info};
use serde_json::{Value, json};

use super::{found, shown, witnesses};

#[test]
fn null_where_nothing_was_allowed_is_an_error() {
    let only_null = || json!({"type": "null"});
    let text = || json!([{"type": "string"}]);
    for (old, new) in [
        (json!(false), only_null()),
        (json!({"properties": {"a": false}}), json!({"properties": {"a": only_null()}})),
        (json!({"items": false}), json!({"items": only_null()})),
        (
            json!({"prefixItems": text(), "items": false}),
            json!({"prefixItems": text(), "items": only_null()}),
        ),
        (json!({"properties": {"a": {"enum": []}}}), json!({"properties": {"a": only_null()}})),
        (json!({"allOf": [{"type": "null"}, {"type": "array"}]}), only_null()),
        (json!({"type": "null", "if": {"type": "object"}, "else": {"type": "array"}}), only_null()),
    ] {
        let findings = found(&old, &new);
        assert!(
            matches!(&findings[..], [(id, Error, _)] if id.ends_with("-became-nullable")),
            "{findings:?}"
        );
        assert_eq!(shown(&old, &new).len(), 1, "{old} -> {new}");
        let turned = found(&new, &old);
        assert!(matches!(&turned[..], [(id, Info, _)] if id.ends_with("-became-not-nullable")), "{turned:?}");
    }
    // With other types, it is not listed apart from them.
    assert_eq!(found(&json!(false), &json!({"type": ["null", "string"]})).len(), 1);
}

#[test]
fn nothing_is_the_same_however_it_is_written() {
    let [one, other] = [json!(false), json!({"not": {}})].map(|none| json!({"properties": {"a": none}}));
    assert_eq!(found(&one, &other), []);
    assert_eq!(found(&other, &one), []);
}

#[test]
fn a_limit_that_is_new_is_info_where_another_one_is_gone() {
    for (old, new, gone) in [
        (json!({"exclusiveMinimum": 1}), json!({"minimum": 1}), "response-body-exclusive-min-unset"),
        (json!({"exclusiveMaximum": 5}), json!({"maximum": 9}), "response-body-exclusive-max-unset"),
        (json!({"minimum": 1}), json!({"exclusiveMinimum": 0}), "response-body-min-unset"),
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": true}),
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1}),
            "response-body-exclusive-min-unset",
        ),
    ] {
        let findings = found(&old, &new);
        let of = |wanted: Severity| {
            findings
                .iter()
                .filter(move |(_, severity, _)| *severity == wanted)
                .map(|(id, ..)| *id)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(Error), [gone], "{findings:?}");
        assert!(matches!(of(Info)[..], [id] if id.ends_with("-set")), "{findings:?}");
        assert_eq!(findings.len(), 2);
        shown(&old, &new);
    }
}

/// A branch beside those that list values becomes wider, or gets a wider one beside it.
#[test]
fn a_branch_that_is_wider_beside_listed_values_has_a_witness() {
    let listed = [
        json!([{"const": false}]),
        json!([{"const": null}]),
        json!([{"const": 0}]),
        json!([{"const": ""}]),
        json!([{"const": []}]),
        json!([{"const": {}}]),
        json!([{"enum": [1, "b", null]}]),
        json!([{"const": false}, {"const": 0}, {"enum": [{}, []]}]),
    ];
    let closed = json!({"type": "object", "properties": {"a": true}, "additionalProperties": false});
    let wider = [
        (json!({"type": "string", "minLength": 20}), json!({"type": "string"})),
        (json!({"type": "string", "pattern": "^a+$"}), json!({"type": "string"})),
        (json!({"type": "string", "format": "date"}), json!({"type": "string"})),
        (json!({"type": "integer", "maximum": 3}), json!({"type": "integer"})),
        (json!({"type": "integer"}), json!({"type": "number"})),
        (json!({"enum": ["x", "y"]}), json!({"enum": ["x", "y", "z"]})),
        (json!({"type": "array", "maxItems": 1}), json!({"type": "array"})),
        (json!({"type": "array", "uniqueItems": true}), json!({"type": "array"})),
        (json!({"type": "array", "items": {"type": "string"}}), json!({"type": "array"})),
        (json!({"type": "object", "maxProperties": 1}), json!({"type": "object"})),
        (json!({"type": "object", "required": ["a"]}), json!({"type": "object"})),
        (json!({"type": "object", "not": {"required": ["b"]}}), json!({"type": "object"})),
        (closed, json!({"type": "object", "properties": {"a": true}})),
    ];
    let within: [fn(Value) -> Value; 3] = [
        |schema| schema,
        |schema| json!({"type": "object", "required": ["p"], "properties": {"p": schema}}),
        |schema| json!({"type": "array", "items": schema}),
    ];
    let mut lacking = Vec::new();
    for values in &listed {
        let values = values.as_array().unwrap();
        for (before, now) in &wider {
            let union = |more: &[&Value]| {
                let branches: Vec<&Value> = more.iter().copied().chain(values).collect();
                json!({"anyOf": branches})
            };
            let old = union(&[before]);
            for new in [union(&[now]), union(&[before, now])] {
                for around in within {
                    let [old, new] = [around(old.clone()), around(new.clone())];
                    if !witnesses(&old, &new).iter().any(|(_, shown)| shown.is_ok()) {
                        lacking.push(format!("{old} -> {new}: {:?}", found(&old, &new)));
                    }
                }
            }
        }
    }
    assert!(lacking.is_empty(), "{} without a witness:\n{}", lacking.len(), lacking.join("\n"));
}
