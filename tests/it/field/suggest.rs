//! Patches that `drift --suggest` writes: applied, the schema is valid and accepts the traffic.

use std::fs;
use std::path::Path;

use clients_contract::drift::{Documents, Learner, Refused, Suggestion, Watch};
use clients_contract::{Origin, Payload, Schema, Validator};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

const FOLDER: &str = "fixtures/field";

/// What a run of `drift --suggest` over these payloads led to.
struct Learned {
    code: i32,
    stderr: String,
    patch: String,
    schema: Value,
}

fn learn(schema: &Value, bodies: &[Value]) -> Learned {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("s.json"), schema.to_string()).unwrap();
    let lines: Vec<String> = bodies.iter().map(Value::to_string).collect();
    fs::write(path("p.ndjson"), lines.join("\n")).unwrap();
    let output = run(&[
        "drift",
        "-q",
        "--no-settings",
        "--schema",
        &path("s.json"),
        &path("p.ndjson"),
        "--suggest",
        &path("patch.json"),
    ]);
    let text = fs::read_to_string(path("patch.json")).unwrap();
    let mut learned = schema.clone();
    let operations: json_patch::Patch = serde_json::from_str(&text).unwrap();
    json_patch::patch(&mut learned, &operations).unwrap();
    Learned { code: code(&output), stderr: stderr(&output).to_owned(), patch: text, schema: learned }
}

/// Payloads that a schema refuses, by a validator that is compiled for it alone.
fn refused<'b>(schema: &Value, bodies: &'b [Value]) -> Vec<&'b Value> {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    bodies.iter().filter(|body| !validator.is_valid(body)).collect()
}

fn read(case: &str, file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(Path::new(FOLDER).join(case).join(file)).unwrap()).unwrap()
}

fn read_lines(case: &str, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(Path::new(FOLDER).join(case).join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn members_of_closed_objects_without_properties_are_listed() {
    let case = "V1-closed-object-without-properties";
    let [schema, body] = ["s.json", "payload.json"].map(|file| format!("{FOLDER}/{case}/{file}"));
    let output = run(&["validate", "--schema", &schema, &body]);
    assert!(stdout(&output).contains("`/ext/ids`"), "{}", stdout(&output));
    assert!(stdout(&output).contains("1 error,"), "{}", stdout(&output));
    let learned = learn(&read(case, "s.json"), &[read(case, "payload.json")]);
    assert_eq!(learned.code, 1);
    let ids = json!({"type": "array", "items": {"type": "integer"}});
    assert_eq!(learned.schema["properties"]["ext"]["properties"], json!({"ids": ids}));
    assert_eq!(learned.schema["properties"].as_object().unwrap().len(), 1);
}

#[test]
fn changes_of_the_root_keep_what_references_lead_to() {
    let (schema, bodies) =
        (read("V2-suggest-root", "s.json"), read_lines("V2-suggest-root", "traffic.ndjson"));
    let learned = learn(&schema, &bodies);
    assert_eq!((learned.code, learned.stderr.as_str()), (1, ""));
    assert_eq!(refused(&learned.schema, &bodies), Vec::<&Value>::new());
    assert_eq!(learned.schema["$defs"], schema["$defs"]);
    assert_eq!(learned.schema["anyOf"].as_array().unwrap().len(), 3);
    // Keywords beside a reference move below an alternative; what identifies and defines stays.
    for schema in [
        json!({
            "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/s.json",
            "allOf": [{"$ref": "#/definitions/a"}, {"$ref": "#b"}, {"properties": {"c": {"$ref": "#/allOf/0"}}}],
            "definitions": {"a": {"type": "object"}, "b": {"$id": "#b", "minProperties": 0}},
        }),
        json!({
            "$anchor": "top", "title": "T", "not": {"type": "array"}, "enum": [{}],
            "properties": {"c": {"$ref": "#top"}, "d": {"$ref": "#/not"}, "e%f/": {"$ref": "#/properties/c"}},
            "additionalProperties": {"$ref": "#/properties/e%25f~1"},
        }),
    ] {
        let bodies = [json!([1]), json!({}), json!({"c": 1, "x": {"c": null}}), json!(7)];
        let learned = learn(&schema, &bodies);
        assert_eq!((learned.code, learned.stderr.as_str()), (1, ""), "{}", learned.patch);
        assert_eq!(refused(&learned.schema, &bodies), Vec::<&Value>::new(), "{}", learned.schema);
        for keyword in ["$schema", "$id", "$anchor", "title", "definitions"] {
            assert_eq!(learned.schema.get(keyword).is_some(), schema.get(keyword).is_some(), "{keyword}");
        }
    }
}

#[test]
fn every_keyword_that_refuses_values_at_a_location_is_learned() {
    let case = "V3-suggest-two-bounds";
    let (schema, bodies) = (read(case, "s.json"), read_lines(case, "traffic.ndjson"));
    let learned = learn(&schema, &bodies);
    assert_eq!((learned.code, learned.stderr.as_str()), (1, ""));
    let open = json!({"l": {"type": "integer"}, "a": {"type": "array"}});
    assert_eq!(learned.schema["properties"], open);
    // Without files to read again, a profile and the payloads that are kept know as much.
    let [schema, traffic] = ["s.json", "traffic.ndjson"].map(|file| format!("{FOLDER}/{case}/{file}"));
    let folder = tempfile::tempdir().unwrap();
    let patch = folder.path().join("patch.json").to_str().unwrap().to_owned();
    let text = fs::read(traffic).unwrap();
    let output = fed(&["drift", "--no-settings", "--schema", &schema, "-", "--suggest", &patch], &text);
    assert_eq!(fs::read_to_string(&patch).unwrap(), learned.patch);
    assert!(stderr(&output).contains("not all input can be read again"), "{}", stderr(&output));
}

#[test]
fn the_patched_schema_is_valid_in_its_dialect() {
    let draft_04 = "http://json-schema.org/draft-04/schema#";
    let a = json!({"type": "integer", "minimum": 3, "exclusiveMinimum": true});
    let schema = json!({"$schema": draft_04, "type": "object", "required": ["a"], "properties": {"a": a}});
    let learned = learn(&schema, &[json!({}), json!({"a": 3}), json!({"a": 1}), json!({"a": 9})]);
    let open = json!({"a": {"type": "integer"}});
    assert_eq!(learned.schema, json!({"$schema": draft_04, "type": "object", "properties": open}));
    let draft_07 = "http://json-schema.org/draft-07/schema#";
    let schema = json!({
        "$schema": draft_07, "dependencies": {"a": ["b", "c"]}, "items": [{"type": "string"}], "additionalItems": false,
    });
    let bodies = [json!({"a": 1}), json!({"a": 1, "c": 2}), json!(["a", 1]), json!([1])];
    let learned = learn(&schema, &bodies);
    assert_eq!(refused(&learned.schema, &bodies), Vec::<&Value>::new(), "{}", learned.schema);
    assert_eq!(learned.schema["additionalItems"], json!({"type": ["integer", "string"]}));
}

#[test]
fn the_change_that_accepts_no_more_than_it_has_to_comes_first() {
    for (schema, bodies, expected) in [
        (json!(false), vec![json!(1)], json!({"type": "integer"})),
        (json!({"const": "a"}), vec![json!("a"), json!("b")], json!({"enum": ["a", "b"]})),
        (
            json!({"oneOf": [{"const": "a"}, {"const": "b"}]}),
            vec![json!("c")],
            json!({"oneOf": [{"const": "a"}, {"const": "b"}, {"const": "c"}]}),
        ),
        (
            json!({"oneOf": [{"type": "object"}, {"required": ["a"]}]}),
            vec![json!({"a": 1})],
            json!({"anyOf": [{"type": "object"}, {"required": ["a"]}]}),
        ),
        (
            json!({"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"type": "string"}}}),
            vec![json!(["a", 1])],
            json!({"items": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "integer"}]}, "$defs": {"a": {"type": "string"}}}),
        ),
        (
            json!({"prefixItems": [true, {"type": "string"}], "items": false}),
            vec![json!([1, 2, 3])],
            json!({"prefixItems": [true, {"type": ["string", "integer"]}], "items": {"type": "integer"}}),
        ),
        (
            json!({"if": {"required": ["a"]}, "then": {"required": ["b", "c"]}}),
            vec![json!({"a": 1, "c": 1})],
            json!({"if": {"required": ["a"]}, "then": {"required": ["c"]}}),
        ),
        (json!({"propertyNames": {"pattern": "^b"}}), vec![json!({"a": 1})], json!({})),
        (
            json!({"patternProperties": {"^a": {"type": "string"}, "^b": false}}),
            vec![json!({"a": 1, "b": 2})],
            json!({"patternProperties": {"^a": {"type": ["string", "integer"]}, "^b": {"type": "integer"}}}),
        ),
        (
            json!({"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}),
            vec![json!({"a": 1, "b": 2})],
            json!({
                "allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false,
                "properties": {"b": {"type": "integer"}},
            }),
        ),
    ] {
        let learned = learn(&schema, &bodies);
        assert_eq!(learned.schema, expected, "{schema}");
        assert_eq!((learned.code, learned.stderr.as_str()), (1, ""), "{schema}");
    }
}

#[test]
fn a_change_of_what_others_refer_to_says_so() {
    let schema = json!({
        "properties": {"a": {"$ref": "#/$defs/s"}, "b": {"$ref": "#/$defs/s"}}, "$defs": {"s": {"enum": ["x"]}},
    });
    let learned = learn(&schema, &[json!({"a": "y"})]);
    assert!(learned.patch.contains("1 times; changes all 2 references to it"), "{}", learned.patch);
}

#[test]
fn what_no_schema_accepts_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("s.json"), r#"{"properties": {"a": {"type": "string"}}}"#).unwrap();
    fs::write(path("p.ndjson"), "{\"a\": 1}\n{\"a\": 1e400}\n{\"a\": }\n").unwrap();
    let arguments = ["drift", "-q", "--no-settings", "--schema", &path("s.json"), &path("p.ndjson")];
    let output = run(&[&arguments[..], &["--suggest", &path("patch.json")]].concat());
    assert_eq!(code(&output), 3);
    for line in [
        "error: not learned: not-json at the root: no schema accepts this payload",
        "error: not learned: out-of-range at /a: no schema accepts this number",
    ] {
        assert!(stderr(&output).contains(line), "{}", stderr(&output));
    }
    assert_eq!(code(&run(&arguments)), 1);
}

fn bodies() -> impl Strategy<Value = Vec<Value>> {
    let scalar = select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(7),
        json!(-1.5),
        json!(2.0),
        json!("a"),
        json!("b"),
        json!("x y"),
        json!("2026-01-02"),
        json!(""),
    ]);
    let value = scalar.prop_recursive(3, 12, 4, |inner| {
        let names = subsequence(vec!["a", "b", "c", "d"], 0..=4);
        let object = (names, prop::collection::vec(inner.clone(), 4)).prop_map(|(names, values)| {
            names.into_iter().map(str::to_owned).zip(values).collect::<serde_json::Map<_, _>>().into()
        });
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::from), object.clone(), object]
    });
    prop::collection::vec(value, 1..6)
}

/// Schemas that combine most keywords at random.
fn schemas() -> impl Strategy<Value = Value> {
    let plain = select(vec![
        json!(true),
        json!(false),
        json!({"type": "string"}),
        json!({"type": ["integer", "null"]}),
        json!({"const": "a"}),
        json!({"enum": ["a", "b"]}),
        json!({"minimum": 1, "maximum": 3}),
        json!({"minLength": 2, "pattern": "^a"}),
        json!({"required": ["a", "b"]}),
        json!({"uniqueItems": true, "maxItems": 1}),
        json!({"$ref": "#/$defs/s"}),
        json!({"dependentRequired": {"a": ["b"]}, "maxProperties": 2}),
        json!({"format": "date", "type": "string"}),
    ]);
    let schema = plain.prop_recursive(3, 24, 3, |inner| {
        let part = |make: fn(Value, Value) -> Value| {
            (inner.clone(), inner.clone()).prop_map(move |(a, b)| make(a, b)).boxed()
        };
        let parts = prop_oneof![
            part(|a, b| json!({"properties": {"a": a, "b": b}, "additionalProperties": false})),
            part(|a, b| json!({"properties": {"c": a}, "additionalProperties": b, "required": ["c"]})),
            part(|a, b| json!({"patternProperties": {"^[ab]": a}, "unevaluatedProperties": b})),
            part(|a, b| json!({"prefixItems": [a], "items": b})),
            part(|a, b| json!({"prefixItems": [a, b], "unevaluatedItems": false})),
            part(|a, b| json!({"anyOf": [a, b]})),
            part(|a, b| json!({"oneOf": [a, b, {"type": "object"}]})),
            part(|a, b| json!({"allOf": [a, {"properties": {"a": b}}], "unevaluatedProperties": false})),
            part(|a, b| json!({"not": a, "propertyNames": b})),
            part(|a, b| json!({"if": a, "then": b, "else": {"type": "object"}})),
            part(|a, b| json!({"contains": a, "maxContains": 1, "dependentSchemas": {"b": b}})),
        ];
        (parts.clone(), parts).prop_map(|(mut all, more)| {
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        })
    });
    (schema, select(vec![json!({"type": "integer"}), json!({"properties": {"a": {"$ref": "#"}}})])).prop_map(
        |(schema, definition)| {
            let mut root = json!({"$defs": {"s": definition}});
            match schema {
                Value::Object(members) => root.as_object_mut().unwrap().extend(members),
                other => root["allOf"] = json!([other]),
            }
            root
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_patched_schema_accepts_the_traffic(schema in schemas(), bodies in bodies()) {
        let suggestion = suggested(&schema, &bodies, false);
        let patch: json_patch::Patch = serde_json::from_str(&suggestion.to_json().unwrap()).unwrap();
        let mut learned = schema.clone();
        json_patch::patch(&mut learned, &patch).unwrap();
        prop_assert_eq!(&learned, &suggestion.schema);
        prop_assert_eq!(suggestion.left, Vec::<String>::new(), "{} -> {}", schema, learned);
        let all: Vec<&Value> = refused(&learned, &bodies);
        prop_assert!(all.is_empty(), "{} -> {}: {:?}", schema, learned, all);
    }

    #[test]
    fn the_widened_schema_accepts_what_the_schema_accepts(schema in schemas(), bodies in bodies(), others in bodies()) {
        let widened = suggested(&schema, &bodies, true);
        prop_assert!(refused(&widened.schema, &bodies).is_empty() || !widened.left.is_empty());
        let before = refused(&schema, &others);
        for body in refused(&widened.schema, &others) {
            prop_assert!(before.contains(&body), "{} -> {}: {}", schema, widened.schema, body);
        }
        // There is nothing more to learn.
        let again = suggested(&widened.schema, &bodies, true);
        prop_assert!(again.schema == widened.schema || !widened.left.is_empty());
    }
}

/// What is learned from payloads, as the tool does it: values that hid others need another round.
fn suggested(schema: &Value, bodies: &[Value], widens: bool) -> Suggestion {
    let known = Schema::from_value(schema.clone());
    let validator = Validator::new(&known).unwrap();
    let documents = Documents::new(&known, validator.promises()).unwrap();
    let watch = Watch::new(Some(&documents), "test").keeping_examples();
    for body in bodies {
        let payload = Payload::new(Origin::file("p"), body.to_string().into_bytes());
        watch.see(&payload, &validator.validate_payload(&payload));
    }
    let (profile, mut kept) = watch.finish_with_examples();
    let learner = Learner::new(&known, &validator, &profile);
    let mut learner = if widens { learner.widening() } else { learner };
    learner.learn(&profile.refusals);
    for _ in 0..5 {
        learner.verify(&kept);
        let (now, mut still) = (learner.validator().unwrap(), Refused::default());
        for body in bodies {
            let body = body.to_string();
            let validation = now.validate(body.as_bytes());
            if learner.learns_from(&validation) {
                still.add(body.as_bytes(), &validation);
            }
        }
        learner.learn(&still.refusals);
        kept.merge(still);
    }
    learner.verify(&kept);
    learner.finish()
}
