//! Schemas that people bring: the same findings, in the same words.

use clients_contract::{ErrorKind, Schema, Validator};
use serde_json::{Value, json};

fn told(schema: Value, payload: &Value) -> Vec<String> {
    let validator = Validator::new(&Schema::from_value(schema)).unwrap();
    let validation = validator.validate(payload.to_string().as_bytes());
    validation.findings.iter().map(|finding| format!("[{}] {}", finding.rule.id, finding.message())).collect()
}

#[test]
fn nulls_and_alternatives_read_as_what_they_are() {
    let schema = json!({
        "properties": {
            "a": {"anyOf": [{"$ref": "#/$defs/thing"}, {"type": "null"}]},
            "b": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            "c": {"oneOf": [{"const": "x"}, {"const": "y"}]},
            "d": {"enum": ["x", 1]},
            "e": {"anyOf": [{"type": "object", "required": ["p"]}, {"type": "object", "required": ["q"]}]},
        },
        "$defs": {"thing": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}},
    });
    let payload = json!({"a": {"id": null}, "b": null, "c": "z", "d": null, "e": {}});
    assert_eq!(
        told(schema.clone(), &payload),
        [
            "[null-value] `/a/id`: null is not allowed",
            "[null-value] `/b`: null is not allowed",
            "[unknown-enum-value] `/c`: unknown enum value `z`; expected one of `x`, `y`",
            "[null-value] `/d`: null is not allowed",
            "[schema-violation] `/e`: violates `anyOf`: matches none of the 2 branches",
        ]
    );
    assert_eq!(
        told(schema, &json!({"a": {}, "b": [], "c": 3})),
        [
            "[missing-property] `/a/id`: required property is missing",
            "[type-mismatch] `/b`: expected string or integer, found an array",
            "[unknown-enum-value] `/c`: unknown enum value; expected one of `x`, `y`",
        ]
    );
}

#[test]
fn every_other_keyword_is_named() {
    let schema = json!({
        "properties": {
            "a": {"minLength": 3, "pattern": "^x"},
            "b": {"uniqueItems": true, "maxItems": 1},
            "c": {"additionalProperties": false, "properties": {"k": true}},
            "d": {"multipleOf": 5},
            "e": {"not": {"type": "string"}},
            "f": false,
            "g": {"exclusiveMaximum": 3},
        },
    });
    let payload =
        json!({"a": "y", "b": [1, 1], "c": {"k": 1, "l": 1, "m": 2}, "d": 3, "e": "", "f": 1, "g": 3});
    assert_eq!(
        told(schema, &payload),
        [
            "[schema-violation] `/a`: violates `minLength`: shorter than 3 characters",
            "[schema-violation] `/a`: violates `pattern`: does not match ^x",
            "[schema-violation] `/b`: violates `maxItems`: more than 1 items",
            "[schema-violation] `/b`: violates `uniqueItems`: items are not unique",
            "[schema-violation] `/c/l`: violates `additionalProperties`: no further properties are allowed",
            "[schema-violation] `/c/m`: violates `additionalProperties`: no further properties are allowed",
            "[schema-violation] `/d`: violates `multipleOf`: not a multiple of 5",
            "[schema-violation] `/e`: violates `not`: matches the excluded schema",
            "[schema-violation] `/f`: no value is allowed",
            "[out-of-range] `/g`: not less than the exclusive maximum 3",
        ]
    );
}

#[test]
fn draft_07_is_understood() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"pair": {"items": [{"type": "string"}, {"type": "integer"}], "additionalItems": false}},
        "properties": {"pair": {"$ref": "#/definitions/pair"}},
    });
    assert_eq!(told(schema.clone(), &json!({"pair": ["a", 1]})), Vec::<String>::new());
    let broken = told(schema, &json!({"pair": ["a", "b", 3]}));
    assert_eq!(broken.len(), 2);
    assert!(broken.iter().any(|finding| finding.contains("`/pair/1`: expected integer, found a string")));
}

#[test]
fn what_is_not_a_schema_is_refused_with_its_location() {
    let refused = |value: Value| {
        let error = Validator::new(&Schema::from_value(value)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Schema);
        error.to_string()
    };
    assert!(refused(json!({"type": 12})).contains("/type"));
    assert!(refused(json!({"properties": {"a": {"minimum": "1"}}})).contains("/properties/a/minimum"));
    let remote = refused(json!({"$ref": "https://example.com/other.json"}));
    assert!(
        remote.contains("`https://example.com/other.json`") && remote.contains("nothing is fetched"),
        "{remote}"
    );
    let file = refused(json!({"$ref": "file:///etc/passwd"}));
    assert!(file.contains("nothing is fetched"), "{file}");
    assert!(refused(json!({"$ref": "#/$defs/nowhere"})).contains("unresolved reference"));
    let error = Schema::from_slice("s.json", b"[1]").unwrap_err();
    assert_eq!(error.to_string(), "s.json: not a JSON Schema: expected an object or a boolean");
    let error = Schema::from_slice("s.json", b"{\n \"type\": }").unwrap_err();
    assert!(error.to_string().starts_with("s.json:2:10: "), "{error}");
}

#[test]
fn undocumented_keys_are_found_in_open_schemas_only_where_keys_are_listed() {
    let schema = json!({
        "properties": {
            "free": {"type": "object"},
            "listed": {"properties": {"a": {"items": {"properties": {"b": {}}}}}},
            "map": {"additionalProperties": {"properties": {"v": {}}}},
        },
    });
    let payload = json!({
        "free": {"x": {"y": 1}},
        "listed": {"a": [{"c": {"d": 1}}], "e": 1},
        "map": {"any": {"w": 1}},
    });
    let found = told(schema, &payload);
    let places: Vec<_> = found.iter().filter_map(|finding| finding.split('`').nth(1)).collect();
    assert_eq!(places, ["/listed/a/0/c", "/listed/e", "/map/any/w"]);
}

#[test]
fn one_location_has_findings_of_one_rule_and_siblings_all_have_theirs() {
    let schema = json!({
        "allOf": [
            {"properties": {"a": {"type": "string", "enum": ["x"]}}},
            {"properties": {"a": {"type": "integer", "minimum": 5}, "b": {"type": "string"}}},
        ],
        "required": ["c", "d"],
    });
    let found = told(schema, &json!({"a": 3.5, "b": null}));
    let of = |start: &str| found.iter().filter(|finding| finding.starts_with(start)).count();
    assert_eq!(found.len(), 5, "{found:#?}");
    // Both types are broken, and neither the list nor the minimum is spoken of.
    assert_eq!((of("[type-mismatch] `/a`"), of("[null-value] `/b`"), of("[missing-property]")), (2, 1, 2));
}

#[test]
fn documents_that_a_schema_refers_to_are_given_by_their_uris() {
    use crate::tool::{code, fed, run, stderr, stdout};
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, value: Value| {
        let path = folder.path().join(name).display().to_string();
        std::fs::write(&path, value.to_string()).unwrap();
        path
    };
    let schema = file(
        "s.json",
        json!({"properties": {"id": {"$ref": "https://example.com/parts?v=1#/$defs/List<id>"}}}),
    );
    let parts = file("p.json", json!({"$defs": {"List<id>": {"type": "string"}}}));
    let resource = format!("https://example.com/parts?v=1={parts}");
    let judged = |body: &[u8]| fed(&["validate", "--schema", &schema, "--resource", &resource, "-"], body);
    assert_eq!(code(&judged(br#"{"id": "a"}"#)), 0);
    let refused = judged(br#"{"id": 1}"#);
    assert_eq!(code(&refused), 1);
    assert!(stdout(&refused).starts_with("error[type-mismatch] `/id`"), "{}", stdout(&refused));

    let without = run(&["validate", "--schema", &schema, "fixtures/valid/minimal.json"]);
    assert_eq!(code(&without), 3);
    assert!(stderr(&without).contains("refers to `https://example.com/parts?v=1`"), "{}", stderr(&without));
    for (arguments, expected, said) in [
        (vec!["--schema", &schema, "--resource", "https://example.com/parts"], 2, "expected URI=FILE"),
        (vec!["--resource", &resource], 2, "--resource: requires --schema"),
        (vec!["--schema", &schema, "--resource", "urn:a=nowhere.json"], 3, "nowhere.json: cannot be read"),
    ] {
        let output = run(&[&["validate", "fixtures/valid/minimal.json"], &arguments[..]].concat());
        assert_eq!(code(&output), expected, "{}", stderr(&output));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}
