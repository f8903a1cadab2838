//! Mutants and violations of schemas in every spelling and dialect.

use std::collections::BTreeMap;

use clients_contract::generate::mutate::{Mutant, Witnesses, mutants};
use clients_contract::generate::{Catalogue, Choices};
use clients_contract::{Schema, Validator};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::respell::{random, respell};
use crate::tool::{code, fed, run, stderr, stdout};

const DIALECTS: [&str; 5] = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

#[test]
fn the_last_required_member_and_a_whole_property_are_dropped_in_draft_04() {
    for (name, score) in [("s", "0 of 7"), ("s2", "0 of 7")] {
        let path = format!("fixtures/field/M1-mutate-panics-draft04/{name}.json");
        let output = fed(&["mutate", "--schema", &path, "-"], br#"{"a":1}"#);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(stdout(&output).contains(&format!("score: {score} mutants")), "{}", stdout(&output));
    }
}

/// Every body that breaks a schema in one place, as the label says, and the labels.
pub fn violations(schema: &Schema) -> (Vec<String>, Vec<String>) {
    let validator = Validator::new(schema).unwrap();
    let mut found = (Vec::new(), Vec::new());
    for violation in Catalogue::new(schema).unwrap().smallest() {
        let body = violation.payload.to_text();
        let findings = validator.validate(body.as_bytes()).findings;
        let as_labelled =
            findings.iter().all(|one| one.rule == violation.rule && one.pointer == violation.pointer);
        if as_labelled && !findings.is_empty() {
            found.0.push(format!("{} {} {}", violation.rule.id, violation.pointer, violation.what));
            found.1.push(body);
        }
    }
    found.0.sort();
    found
}

/// How many mutants of each operator there are, and how many the bodies kill.
pub fn scores(schema: &Schema, bodies: &[String]) -> BTreeMap<&'static str, (usize, usize)> {
    let validator = Validator::new(schema).unwrap();
    let mutants = mutants(schema).unwrap();
    let mut witnesses = Witnesses::for_mutants(&mutants);
    for body in bodies {
        let (validation, concerned) = validator.validate_traced(body.as_bytes());
        witnesses.add(body.as_bytes(), validation.valid, &validation.findings, concerned);
    }
    let mut scores = BTreeMap::new();
    for mutant in &mutants {
        let killer = witnesses.killer(mutant, |weaker, body| {
            let validation = validator.validate_weaker(body, weaker);
            Some((validation.valid, validation.findings))
        });
        let score: &mut (usize, usize) = scores.entry(mutant.operator).or_default();
        score.0 += 1;
        score.1 += usize::from(killer.is_some());
    }
    scores
}

#[test]
fn violations_and_mutants_are_the_same_in_every_dialect() {
    let of = |dialect: &str| {
        let holder = if dialect.contains("draft-0") { "definitions" } else { "$defs" };
        Schema::from_value(json!({
            "$schema": dialect, "type": "object", "required": ["list"], "additionalProperties": false,
            "properties": {
                "list": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "integer", "minimum": 0}},
                "map": {"type": "object", "additionalProperties": {"enum": ["a", "b"]}, "maxProperties": 2},
                "node": {"$ref": format!("#/{holder}/node")},
            },
            (holder): {"node": {"type": "object", "properties": {"next": {"$ref": format!("#/{holder}/node")}}}},
        }))
    };
    let newest = of(DIALECTS[4]);
    let (labels, bodies) = violations(&newest);
    let known = scores(&newest, &bodies);
    assert!(labels.len() > 40, "{labels:#?}");
    assert!(known.values().all(|(all, killed)| all == killed), "{known:?}");
    for dialect in &DIALECTS[..4] {
        assert_eq!(violations(&of(dialect)).0, labels, "{dialect}");
        assert_eq!(scores(&of(dialect), &bodies), known, "{dialect}");
    }
}

#[test]
fn an_anchor_is_as_good_as_a_pointer() {
    let of = |reference: &str| {
        Schema::from_value(json!({
            "$id": "https://example.com/root.json",
            "type": "object", "properties": {"seats": {"$ref": reference}, "name": {"type": "string"}},
            "$defs": {"it a": {"$anchor": "it", "type": "object", "required": ["count"], "properties": {
                "count": {"type": "integer", "minimum": 0}, "state": {"enum": ["open", "closed"]}
            }}}
        }))
    };
    let pointer = of("#/$defs/it%20a");
    let (labels, bodies) = violations(&pointer);
    for reference in ["#it", "#/$defs/it a", "https://example.com/root.json#it", "root.json#/$defs/it%20a"] {
        assert_eq!(violations(&of(reference)).0, labels, "{reference}");
        assert_eq!(scores(&of(reference), &bodies), scores(&pointer, &bodies), "{reference}");
    }
}

#[test]
fn keywords_beyond_types_and_bounds_are_broken() {
    let cases = [
        (json!({"patternProperties": {"^x-": {"type": "string"}}}), "type-mismatch /x-"),
        (json!({"prefixItems": [{"type": "string"}]}), "null-value /0"),
        (json!({"dependentRequired": {"a": ["b"]}}), "missing-property /b removed beside `a`"),
        (json!({"dependentSchemas": {"a": {"required": ["b"]}}}), "missing-property /b removed beside `a`"),
        (json!({"type": "array", "uniqueItems": true}), "schema-violation  given an item twice"),
        (json!({"type": "array", "contains": {"type": "integer"}}), "schema-violation  left with 0 items"),
        (json!({"type": "array", "contains": {}, "maxContains": 2}), "schema-violation  left with 3 items"),
        (json!({"type": "object", "propertyNames": {"maxLength": 9}}), "schema-violation  given a key"),
        (json!({"type": "string", "not": {"const": "no"}}), "schema-violation  replaced by \"no\""),
        (json!({"type": "integer", "multipleOf": 3}), "schema-violation  replaced by 1"),
        (json!({"type": "object", "minProperties": 1}), "schema-violation  left with 0 properties"),
        (json!({"type": "object", "maxProperties": 1}), "schema-violation  left with 2 properties"),
        (
            json!({"type": "object", "properties": {"kind": {"enum": ["a", "b"]}}, "required": ["kind"],
                "if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["only"]}}),
            "missing-property /only removed",
        ),
        (
            json!({"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}),
            "schema-violation /undocumentedMember given a key",
        ),
        (json!({"type": "array", "unevaluatedItems": {"type": "string"}}), "null-value /0"),
    ];
    for (schema, label) in cases {
        let (labels, _) = violations(&Schema::from_value(schema.clone()));
        assert!(labels.iter().any(|one| one.starts_with(label)), "{schema}: {labels:#?}");
    }
}

/// The schema that a mutant stands for, where the operator alone says what it is.
fn applied(schema: &Value, mutant: &Mutant) -> Option<Value> {
    let mut weaker = schema.clone();
    let (outer, last) = mutant.schema_pointer.rsplit_once('/').unwrap_or_default();
    match mutant.operator {
        "drop a required" => {
            let names = weaker.pointer_mut(outer)?.as_array_mut()?;
            names.remove(last.parse::<usize>().ok()?);
            if names.is_empty() {
                let (object, keyword) = outer.rsplit_once('/')?;
                weaker.pointer_mut(object)?.as_object_mut()?.remove(keyword);
            }
        }
        "allow null" => {
            let place = weaker.pointer_mut(&mutant.schema_pointer)?;
            *place = json!({"anyOf": [place.clone(), {"type": "null"}]});
        }
        "drop a property" | "drop the items" | "open an object" => {
            *weaker.pointer_mut(&mutant.schema_pointer)? = json!({});
        }
        "drop a bound" | "drop a format" | "drop a condition" => {
            weaker.pointer_mut(outer)?.as_object_mut()?.remove(last)?;
        }
        _ => return None,
    }
    Some(weaker)
}

#[test]
fn a_mutant_is_validated_as_the_schema_that_it_stands_for() {
    let (mut compared, mut valid, mut glances) = (0, 0, 0);
    for seed in 0..12 {
        let mut schema = random(&mut Choices::seeded(seed));
        schema["not"] = json!({"required": ["p 0", "p 1", "p 2"]});
        let known = Schema::from_value(schema.clone());
        let (validator, bodies) = (Validator::new(&known).unwrap(), violations(&known).1);
        for mutant in mutants(&known).unwrap() {
            // What it refers to may be weakened, too, but it is written elsewhere.
            let Some(weaker) = applied(&schema, &mutant) else { continue };
            let apart = Validator::new(&Schema::from_value(weaker.clone())).unwrap();
            for body in bodies.iter().map(String::as_bytes) {
                let weak = validator.validate_weaker(body, &mutant.weakening);
                let at_a_glance = validator.accepts_weaker(body, &mutant.weakening);
                assert!(weak.valid || !at_a_glance, "{mutant:?} of {schema}");
                glances += usize::from(weak.valid && at_a_glance);
                valid += usize::from(weak.valid);
                // Which of several alternatives is reported depends on how the weaker schema is written.
                let alternatives = schema.to_string().contains("Of\"");
                let of = |validation: &clients_contract::Validation| {
                    let findings = validation.findings.iter();
                    let schema: Vec<_> = findings
                        .filter(|one| one.rule.id != "undocumented-property" && !alternatives)
                        .map(|one| (one.rule.id, one.pointer.to_string()))
                        .collect();
                    (validation.valid, schema)
                };
                assert_eq!(of(&weak), of(&apart.validate(body)), "{mutant:?} of {schema}: {weaker}");
                compared += 1;
            }
        }
    }
    assert!(compared > 3_000, "{compared}");
    assert!(
        valid > 100 && glances * 10 > valid * 9,
        "{glances} of {valid} valid bodies are known at a glance"
    );
}

#[test]
fn what_a_payload_can_notice_does_not_depend_on_how_it_is_asked() {
    for seed in 0..12 {
        let schema = Schema::from_value(random(&mut Choices::seeded(seed)));
        let (validator, bodies) = (Validator::new(&schema).unwrap(), violations(&schema).1);
        let mutants = mutants(&schema).unwrap();
        let mut all = Witnesses::for_mutants(&mutants);
        let mut some: Vec<_> =
            mutants.iter().map(|mutant| Witnesses::for_mutants(&mutants).only_for([mutant])).collect();
        for body in bodies.iter().map(String::as_bytes) {
            let (validation, concerned) = validator.validate_traced(body);
            assert_eq!(validator.weakenings_of(body), concerned, "{schema:?}");
            if let Ok(value) = serde_json::from_slice(body) {
                let (of_value, concerned_too) = validator.validate_value_traced(&value);
                assert_eq!(of_value.valid, validation.valid, "{schema:?}");
                assert_eq!(concerned_too, concerned, "{schema:?}");
                assert_eq!(validator.weakenings_of_value(&value), concerned, "{schema:?}");
            }
            for witnesses in std::iter::once(&mut all).chain(&mut some) {
                witnesses.add(body, validation.valid, &validation.findings, concerned.clone());
            }
        }
        let bodies = |witnesses: &Witnesses, mutant: &Mutant| -> Vec<_> {
            witnesses.of(mutant).map(|witness| witness.body.clone()).collect()
        };
        for (mutant, witnesses) in mutants.iter().zip(&some) {
            assert_eq!(bodies(witnesses, mutant), bodies(&all, mutant), "{mutant:?} of {schema:?}");
        }
    }
}

#[test]
fn a_violation_does_not_depend_on_the_one_before() {
    for seed in 0..12 {
        let catalogue = Catalogue::new(&Schema::from_value(random(&mut Choices::seeded(seed)))).unwrap();
        for target in catalogue.targets().iter().rev().chain(catalogue.targets()) {
            let apart = catalogue.violate(target, catalogue.base(), &mut Choices::replay(Vec::new()));
            assert_eq!(catalogue.smallest_for(target), apart, "{target:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn violations_and_mutation_scores_do_not_depend_on_the_spelling(seed in any::<u64>()) {
        let mut choices = Choices::seeded(seed);
        let written = random(&mut choices);
        let (schema, other) = (Schema::from_value(written.clone()), respell(&written, &mut choices));
        let (labels, bodies) = violations(&schema);
        let respelt = violations(&other).0;
        prop_assert_eq!(&labels, &respelt, "{}\n{}", &written, other.as_value());
        let (known, respelt) = (scores(&schema, &bodies), scores(&other, &bodies));
        prop_assert_eq!(known, respelt, "{}\n{}", &written, other.as_value());
    }
}

/// A chain of object types, each with some properties and the next type.
fn chain(length: usize) -> Value {
    let mut types = Map::new();
    for number in 0..length {
        let mut properties = json!({
            "text": {"type": "string", "minLength": 1, "maxLength": 40},
            "number": {"type": "integer", "minimum": 0},
            "state": {"enum": ["a", "b", "c"]},
        });
        if number + 1 < length {
            let next = json!({"$ref": format!("#/definitions/T{}", number + 1)});
            properties["list"] = json!({"type": "array", "items": next});
            properties["next"] = next;
        }
        let one = json!({"type": "object", "additionalProperties": false, "required": ["text"], "properties": properties});
        types.insert(format!("T{number}"), one);
    }
    json!({"$schema": DIALECTS[2], "$ref": "#/definitions/T0", "definitions": types})
}

#[test]
fn violations_of_a_chain_of_types_kill_every_mutant_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("s.json"), chain(20).to_string()).unwrap();
    let made = run(&[
        "generate",
        "--exhaustive",
        "--unlabelled",
        "--schema",
        &path("s.json"),
        "-o",
        &path("all.ndjson"),
    ]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let output =
        run(&["mutate", "--min-score", "100", "-j", "2", "--schema", &path("s.json"), &path("all.ndjson")]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let single = run(&["mutate", "-j", "1", "--schema", &path("s.json"), &path("all.ndjson")]);
    assert_eq!(stdout(&single), stdout(&output));
}

#[test]
fn a_long_chain_of_references_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.json");
    let long: Map<String, Value> = (0..10_000)
        .map(|number| (format!("T{number}"), json!({"$ref": format!("#/definitions/T{}", number + 1)})))
        .chain([("T10000".to_owned(), json!({"type": "integer"}))])
        .collect();
    std::fs::write(&path, json!({"$ref": "#/definitions/T0", "definitions": long}).to_string()).unwrap();
    let output = fed(&["mutate", "--schema", path.to_str().unwrap(), "-"], b"1");
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("combines too many subschemas"), "{}", stderr(&output));
}

#[test]
fn violations_kill_every_mutant_of_what_is_closed_or_large() {
    for schema in [
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}),
        json!({"type": "array", "prefixItems": [{"type": "string"}], "unevaluatedItems": false}),
        json!({"$schema": DIALECTS[2], "type": "array", "items": [{"type": "string"}], "additionalItems": false}),
        json!({"type": "array", "items": false}),
        json!({"type": "object", "properties": {"a": {"const": {"x": 1}}, "b": {"const": [1]}}}),
        json!({"type": "object", "properties": {"f": false}, "patternProperties": {"^x-": false}}),
        json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX}),
        json!({"type": "integer", "minimum": 0, "exclusiveMaximum": u64::MAX}),
        json!({"type": "number", "minimum": -1e300, "maximum": 1e300}),
        json!({"properties": {"e": {"enum": [1, 2, 3]}}}),
    ] {
        let contract = Schema::from_value(schema.clone());
        let (labels, bodies) = violations(&contract);
        for (operator, (all, killed)) in scores(&contract, &bodies) {
            assert_eq!(killed, all, "{operator}: {schema}: {labels:#?}");
        }
    }
}

#[test]
fn violations_do_not_depend_on_the_order_of_branches() {
    let listed = [json!({"enum": ["a", "b"]}), json!({"oneOf": [{"const": "b"}, {"const": "a"}]})];
    let of = |kinds: &Value, reversed: bool| {
        let flag = json!({"$ref": "#/$defs/flag"});
        let mut branches = [
            json!({"type": "array", "items": flag}),
            json!({"type": "object", "additionalProperties": flag}),
        ];
        if reversed {
            branches.reverse();
        }
        let members = json!({"kind": kinds, "after": {"type": "integer"}});
        let definitions = json!({"flag": {"type": "object", "properties": members}});
        let schema = json!({"properties": {"flags": {"oneOf": branches}}, "$defs": definitions});
        violations(&Schema::from_value(schema)).0
    };
    let expected = of(&listed[0], false);
    assert!(expected.len() > 10, "{expected:?}");
    for (kinds, reversed) in [(&listed[0], true), (&listed[1], false), (&listed[1], true)] {
        assert_eq!(of(kinds, reversed), expected);
    }
}

#[test]
fn violations_and_mutation_scores_do_not_depend_on_the_order_of_conditions() {
    let holds = |kind: &str| json!({"properties": {"kind": {"const": kind}}});
    let then = |name: &str| {
        let inner = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, (name): {"type": "string"}}});
        let members = json!({"kind": true, "inner": inner});
        json!({"required": ["kind", "inner"], "properties": members, "additionalProperties": false})
    };
    let objects: Vec<Value> = ["one", "two", "three", "four", "five", "six"]
        .iter()
        .map(|kind| json!({"if": holds(kind), "then": then(&format!("of {kind}"))}))
        .collect();
    let begins = |kind: &str| json!({"prefixItems": [{"const": kind}]});
    let arrays: Vec<Value> = (2..6)
        .map(|count| json!({"if": begins(&format!("{count}")), "then": {"minItems": count, "uniqueItems": true}}))
        .collect();
    let of = |objects: &[Value], arrays: &[Value]| {
        let list = json!({"type": "array", "minItems": 1, "prefixItems": [{"enum": ["2", "3", "4", "5"]}], "allOf": arrays});
        let kinds = json!({"enum": ["one", "two", "three", "four", "five", "six"]});
        let item =
            json!({"type": "object", "required": ["kind"], "properties": {"kind": kinds}, "allOf": objects});
        let schema = Schema::from_value(json!({"properties": {"item": item, "list": list}}));
        let (labels, bodies) = violations(&schema);
        (labels, scores(&schema, &bodies))
    };
    let known = of(&objects, &arrays);
    for name in ["of one", "of two", "of three", "of four", "of five", "of six"] {
        let label = format!("type-mismatch /item/inner/{name} replaced by 17");
        assert!(known.0.contains(&label), "{label}: {:#?}", known.0);
    }
    let (mut objects, mut arrays) = (objects, arrays);
    for _ in 0..4 {
        objects.rotate_left(1);
        arrays.reverse();
        assert_eq!(of(&objects, &arrays), known);
        objects.reverse();
        arrays.rotate_left(1);
        assert_eq!(of(&objects, &arrays), known);
    }
}
