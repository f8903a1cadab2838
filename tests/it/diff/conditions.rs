//! Changes in what applies under a condition, or not to responses.

use clients_contract::Severity::{Error, Info};
use clients_contract::diff::compare;
use serde_json::{Value, json};

use super::{document, found, shown, witnesses};

/// A change of what `then` says if `k` is `a`.
fn under_condition(old: &Value, new: &Value) -> [Value; 2] {
    [old, new].map(|then| {
        json!({"type": "object", "properties": {"k": {"enum": ["a", "b"]}},
            "if": {"properties": {"k": {"const": "a"}}, "required": ["k"]}, "then": then})
    })
}

#[test]
fn a_change_under_a_condition_is_shown_by_a_payload_that_meets_it() {
    let v = |schema: Value| json!({"properties": {"v": schema}});
    let [integer, nullable] = [v(json!({"type": "integer"})), v(json!({"type": ["integer", "null"]}))];
    let [old, new] = under_condition(&integer, &nullable);
    assert_eq!(found(&old, &new), [("response-property-became-nullable", Error, "/v".to_owned())]);
    assert_eq!(shown(&old, &new), [json!({"k": "a", "v": null})]);
    let around: [fn(Value) -> Value; 3] = [
        |it| json!({"allOf": [it]}),
        |it| json!({"properties": {"o": it}}),
        |it| json!({"type": "array", "items": it}),
    ];
    for around in around {
        assert_eq!(shown(&around(old.clone()), &around(new.clone())).len(), 1);
    }
    for (before, now) in [
        (v(json!({"enum": ["x"]})), v(json!({"enum": ["x", "y"]}))),
        (v(json!({"type": "integer"})), v(json!({"type": "string"}))),
        (json!({"required": ["b"]}), json!({"required": ["c"]})),
        (v(v(json!({"maximum": 1}))), v(v(json!({"maximum": 2})))),
    ] {
        let [old, new] = under_condition(&before, &now);
        assert_eq!(shown(&old, &new).len(), 1, "{before} -> {now}: {:?}", found(&old, &new));
        let [old, new] = [old, new].map(|mut schema| {
            let then = schema.as_object_mut().unwrap().remove("then").unwrap();
            schema["else"] = then;
            schema
        });
        assert_eq!(shown(&old, &new).len(), 1, "else {before} -> {now}: {:?}", found(&old, &new));
    }
    let dependent = |schema: &Value| json!({"dependentSchemas": {"a": schema}});
    for (before, now) in [(&integer, &nullable), (&json!({"required": ["b"]}), &json!({"required": ["c"]}))] {
        let shown = shown(&dependent(before), &dependent(now));
        assert!(matches!(&shown[..], [payload] if payload.get("a").is_some()), "{shown:?}");
    }
}

#[test]
fn a_consequence_that_says_nothing_is_none() {
    let then = json!({"properties": {"v": {"enum": ["x"]}}});
    for nothing in [json!({}), json!(true)] {
        let [old, new] = under_condition(&then, &nothing);
        let mut without = new.clone();
        for keyword in ["if", "then"] {
            without.as_object_mut().unwrap().remove(keyword);
        }
        assert_eq!(found(&old, &new), found(&old, &without));
        assert_eq!(found(&old, &new), [("response-body-if-removed", Error, String::new())]);
        assert_eq!(shown(&old, &new).len(), 1);
        assert_eq!(found(&new, &without), []);
    }
}

#[test]
fn what_holds_under_a_condition_is_reported_with_it() {
    let said = |[old, new]: [Value; 2]| {
        let findings = compare(&document("old", &old), &document("new", &new)).findings();
        findings.iter().map(|finding| finding.what.clone()).collect::<Vec<_>>().join("\n")
    };
    let required = |name: &str| json!({"required": [name]});
    let then = said(under_condition(&json!({"title": "t"}), &json!({"title": "u"})));
    assert!(!then.contains("became required"), "{then}");
    let then = said(under_condition(&required("b"), &required("c")));
    assert!(then.contains("became required where `if` holds"), "{then}");
    let dependent =
        ["b", "c"].map(|name| json!({"dependentSchemas": {"a": {"title": "t", "required": [name]}}}));
    assert!(said(dependent).contains("became required where `a` is present"));
}

#[test]
fn names_that_are_all_refused_are_a_condition() {
    let around: [fn(Value) -> Value; 3] =
        [|it| it, |it| json!({"properties": {"o": it}}), |it| json!({"type": "array", "items": it})];
    for names in [json!(false), json!({"type": "integer"}), json!({"not": {}}), json!({"enum": [1]})] {
        for types in [json!("object"), json!(["object", "null"])] {
            let old = json!({"type": types, "propertyNames": names});
            let new = json!({"type": types});
            for around in around {
                let [old, new] = [&old, &new].map(|schema| around(schema.clone()));
                let rules = |old: &Value, new: &Value| -> Vec<_> {
                    found(old, new).into_iter().map(|(rule, severity, _)| (rule, severity)).collect()
                };
                let widened = rules(&old, &new);
                assert!(
                    matches!(&widened[..], [(rule, Error)] if rule.ends_with("-property-names-removed")),
                    "{old}: {widened:?}"
                );
                assert_eq!(shown(&old, &new).len(), 1, "{old}");
                let narrowed = rules(&new, &old);
                assert!(
                    matches!(&narrowed[..], [(rule, Info)] if rule.ends_with("-property-names-added")),
                    "{old}: {narrowed:?}"
                );
            }
        }
    }
    let said_in_other_words = json!({"type": "object", "propertyNames": {"type": ["string", "null"]}});
    assert_eq!(found(&said_in_other_words, &json!({"type": "object"})), []);
}

#[test]
fn a_write_only_property_is_not_missed_in_responses() {
    let schema = |p: Value, required: &[&str]| json!({"properties": {"p": p}, "required": required});
    for write_only in [true, false] {
        let p = |values: &[&str]| json!({"type": "string", "enum": values, "writeOnly": write_only});
        let old = schema(p(&["a"]), &["p"]);
        for (new, id) in [
            (json!({}), "response-required-property-removed"),
            (schema(p(&["a"]), &[]), "response-property-became-optional"),
            (schema(p(&["a", "b"]), &["p"]), "response-property-enum-value-added"),
            (
                schema(json!({"type": "string", "writeOnly": write_only}), &["p"]),
                "response-property-became-not-enum",
            ),
        ] {
            let severity = if write_only { Info } else { Error };
            assert_eq!(found(&old, &new), [(id, severity, "/p".to_owned())], "{new}");
        }
    }
    // Whoever reads a property misses it, whatever it is called afterwards.
    let [old, new] = [json!({"type": "string"}), json!({"type": "string", "writeOnly": true})];
    let findings = found(&schema(old, &["p"]), &schema(new, &[]));
    assert!(
        findings.contains(&("response-property-became-optional", Error, "/p".to_owned())),
        "{findings:?}"
    );
}

#[test]
fn a_condition_that_says_something_else_is_shown() {
    let k = |value: &str| json!({"properties": {"k": {"const": value}}, "required": ["k"]});
    let b = || json!({"required": ["b"]});
    let defined = |value: &str| {
        let defs = json!({"test": k(value), "b": b()});
        json!({"if": {"$ref": "#/$defs/test"}, "then": {"$ref": "#/$defs/b"}, "$defs": defs})
    };
    let identified = |value: &str| {
        let demanded = json!({"required": ["b"], "properties": {"b": {"minLength": 2, "type": "string"}}});
        json!({"type": "object", "required": ["id", "b"], "properties": {"id": {"type": "integer"}},
            "allOf": [{"if": k(value), "then": demanded}]})
    };
    let contains = |item: Value, min: u64, max: u64| json!({"type": "array", "contains": item, "minContains": min, "maxContains": max});
    let integer = || json!({"type": "integer"});
    for (old, new) in [
        (json!({"if": k("a"), "then": b()}), json!({"if": k("c"), "then": b()})),
        (json!({"if": k("a"), "else": b()}), json!({"if": k("c"), "else": b()})),
        (defined("a"), defined("c")),
        (identified("a"), identified("c")),
        (json!({"items": identified("a")}), json!({"items": identified("c")})),
        (json!({"not": k("a")}), json!({"not": k("c")})),
        (contains(json!({"const": 1}), 1, 9), contains(json!({"const": 2}), 1, 9)),
        (contains(integer(), 1, 2), contains(integer(), 1, 3)),
        (contains(integer(), 2, 9), contains(integer(), 1, 9)),
        (contains(integer(), 2, 2), contains(json!({"type": "string"}), 2, 2)),
    ] {
        let shown = witnesses(&old, &new);
        assert!(matches!(&shown[..], [(_, Ok(_))]), "{old} -> {new}: {shown:?}");
    }
}

/// The findings of many conditions of which each has another `const` in the newer version.
fn findings_of_conditions(around: &Value) -> usize {
    let conditions = |changed: &str| {
        let one = |at: usize| {
            let test = json!({"properties": {"kind": {"const": format!("{at}{changed}")}}});
            json!({"if": test, "then": {"required": [format!("member {at}")]}})
        };
        let mut schema = around.clone();
        schema["allOf"] = (0..1_000).map(one).collect();
        schema
    };
    let documents = [document("old", &conditions("")), document("new", &conditions("x"))];
    let comparison = compare(&documents[0], &documents[1]);
    assert_eq!(comparison.stopped(), None);
    comparison.findings().len()
}

#[test]
fn many_conditions_that_changed_are_compared_to_the_end() {
    assert_eq!(findings_of_conditions(&json!({"type": "object"})), 1_000);
}

#[test]
fn conditions_of_values_of_any_type_are_reported_once() {
    assert_eq!(findings_of_conditions(&json!({})), 1_000);
}
