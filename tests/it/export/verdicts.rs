//! What is exported accepts what the schema accepts, and nothing else.

use clients_contract::generate::{Catalogue, Generator, Recipe};
use clients_contract::{ErrorKind, Schema, Validator};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::random::{schemas, values};
use super::{document, exported};
use crate::engines::VALUES;

/// The validators of a schema in every notation of JSON Schema; nothing where draft-07 cannot express it.
struct Verdicts {
    original: Validator,
    ours: Vec<Validator>,
    theirs: jsonschema::Validator,
    shown: String,
}

impl Verdicts {
    fn of(schema: &Value) -> Option<Self> {
        let original = Validator::new(&Schema::from_value(schema.clone())).ok()?;
        let newer = document("json-schema", schema).unwrap();
        assert_eq!(document("json-schema", &newer).unwrap(), newer, "{schema}: not the same again");
        jsonschema::meta::validate(&newer).unwrap_or_else(|error| panic!("{newer}: {error}"));
        let older = match document("draft-07", schema) {
            Ok(older) => older,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{schema}: {error}");
                return None;
            }
        };
        jsonschema::meta::validate(&older).unwrap_or_else(|error| panic!("{older}: {error}"));
        assert_eq!(newer_keyword(&older, false), None, "{older}");
        let ours = |schema: &Value| Validator::new(&Schema::from_value(schema.clone())).unwrap();
        let theirs = jsonschema::options().should_validate_formats(true).build(&older).unwrap();
        let shown = format!("{schema}\nas 2020-12: {newer}\nas draft-07: {older}");
        Some(Self { original, ours: vec![ours(&newer), ours(&older)], theirs, shown })
    }

    #[track_caller]
    fn agree(&self, value: &Value) {
        let expected = self.original.is_valid_value(value);
        for (validator, draft) in self.ours.iter().zip(["2020-12", "draft-07"]) {
            assert_eq!(validator.is_valid_value(value), expected, "{draft}: {value}\n{}", self.shown);
        }
        assert_eq!(self.theirs.is_valid(value), expected, "another validator: {value}\n{}", self.shown);
    }
}

/// A keyword that draft-07 does not have; names of properties and definitions are none.
fn newer_keyword(schema: &Value, is_named: bool) -> Option<&str> {
    let newer = ["$anchor", "$defs", "$dynamicRef", "dependentRequired", "dependentSchemas", "minContains"];
    let newer = [&newer[..], &["prefixItems", "unevaluatedItems", "unevaluatedProperties"]].concat();
    let named = ["definitions", "dependencies", "patternProperties", "properties"];
    match schema {
        Value::Object(members) => members.iter().find_map(|(name, value)| match name.as_str() {
            "const" | "enum" if !is_named => None,
            name if !is_named && newer.contains(&name) => Some(name),
            name => newer_keyword(value, !is_named && named.contains(&name)),
        }),
        Value::Array(items) => items.iter().find_map(|item| newer_keyword(item, false)),
        _ => None,
    }
}

fn cases() -> u32 {
    std::env::var("EXPORT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

#[test]
fn random_schemas_accept_the_same_values_in_every_draft() {
    let (mut converted, mut refused) = (0, 0);
    let mut runner = TestRunner::new_with_rng(
        Config { failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    for _ in 0..cases() {
        let schema = schemas().new_tree(&mut runner).unwrap().current();
        let Some(verdicts) = Verdicts::of(&schema) else {
            refused += 1;
            continue;
        };
        converted += 1;
        for _ in 0..24 {
            verdicts.agree(&values().new_tree(&mut runner).unwrap().current());
        }
        if let Ok(recipe) = Recipe::new(&Schema::from_value(schema.clone())) {
            Generator::new(recipe, 7).take(4).for_each(|value| verdicts.agree(&value));
        }
        if let Ok(catalogue) = Catalogue::new(&Schema::from_value(schema)) {
            let payloads = catalogue.smallest().map(|violation| violation.payload.to_text());
            payloads
                .filter_map(|text| serde_json::from_str(&text).ok())
                .for_each(|value| verdicts.agree(&value));
        }
    }
    assert!(converted > 4 * refused, "{converted} converted, {refused} refused");
}

/// Schemas as the official test suite has them, in several drafts.
#[test]
fn schemas_of_every_draft_accept_the_same_values() {
    let draft = |name: &str, mut schema: Value| {
        schema["$schema"] = json!(name);
        schema
    };
    let (draft4, draft6) =
        ("http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#");
    let (draft7, newer) =
        ("http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema");
    for schema in [
        draft(draft4, json!({"minimum": 1, "exclusiveMinimum": true, "id": "http://example.com/a#b"})),
        draft(draft4, json!({"format": "uuid", "maximum": 7.5, "exclusiveMaximum": false})),
        draft(draft6, json!({"items": [{"type": "integer"}, true], "additionalItems": {"type": "null"}})),
        draft(
            draft6,
            json!({"items": {"$ref": "#/definitions/a b"}, "definitions": {"a b": {"type": "null"}}}),
        ),
        draft(draft7, json!({"dependencies": {"a": ["b"], "b": {"required": ["c"]}}, "format": "uuid"})),
        draft(
            draft7,
            json!({"$ref": "#/definitions/a", "minimum": 9, "definitions": {"a": {"type": "integer"}}}),
        ),
        draft(
            draft7,
            json!({"properties": {"a": {"$ref": "#it"}}, "definitions": {"x": {"$id": "#it", "type": "null"}}}),
        ),
        draft(newer, json!({"contains": {"type": "integer"}, "unevaluatedItems": {"type": "string"}})),
        draft(
            newer,
            json!({"$recursiveAnchor": true, "properties": {"a": {"$recursiveRef": "#"}}, "required": ["a"]}),
        ),
        draft(
            newer,
            json!({"items": [{}], "additionalItems": false, "unevaluatedItems": {"type": "string"}}),
        ),
        json!({"$id": "https://example.com/a", "items": {"$ref": "b"}, "$defs": {"b": {"$id": "b", "type": "integer", "$defs": {"b": {}}}}}),
        json!({"properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "integer"}}}),
        json!({"properties": {"a": {"$ref": "#"}, "deep": {"items": {"$ref": "#/properties/deep"}}}, "unevaluatedProperties": {"type": "integer"}}),
        json!({"allOf": [{"$ref": "#/$defs/a"}], "properties": {"b": {}}, "unevaluatedProperties": false, "$defs": {"a": {"properties": {"a": {}}}}}),
        json!({"anyOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}}], "unevaluatedProperties": false}),
        json!({"oneOf": [{"required": ["a"], "patternProperties": {"^[ab]": {}}}, {"required": ["c"]}], "unevaluatedProperties": {"type": "integer"}}),
        json!({"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": {}}}, "else": {"properties": {"c": {}}}, "unevaluatedProperties": false}),
        json!({"dependentSchemas": {"a": {"properties": {"b": {}}}}, "properties": {"a": {}}, "unevaluatedProperties": false}),
        json!({"prefixItems": [{"type": "integer"}], "contains": {"type": "string"}, "unevaluatedItems": false}),
        json!({"not": {"not": {"properties": {"a": {}}}}, "unevaluatedProperties": false}),
        json!({"contains": {"type": "integer"}, "maxContains": 0, "minContains": 0}),
        json!({"if": {"minimum": 3}}),
        json!({"$dynamicRef": "#n", "$defs": {"n": {"$dynamicAnchor": "n", "properties": {"a": {"$dynamicRef": "#n"}}, "type": ["object", "integer"]}}}),
        json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "application/json"}),
        json!(false),
        json!(true),
    ] {
        let verdicts = Verdicts::of(&schema).unwrap_or_else(|| panic!("{schema}"));
        for text in VALUES {
            // What is beyond 64-bit floats is the business of whoever reads numbers.
            let Ok(value) = serde_json::from_str::<Value>(text) else { continue };
            for value in [
                value.clone(),
                json!([value]),
                json!({"a": value}),
                json!({"a": 1, "b": value}),
                json!({"c": value, "a": 2}),
            ] {
                verdicts.agree(&value);
            }
        }
    }
}

#[test]
fn what_draft_07_cannot_express_is_an_error_with_its_location() {
    for (schema, keyword) in [
        (json!({"properties": {"a": {"contains": {}, "minContains": 2}}}), "`minContains` at /properties/a"),
        (json!({"properties": {"a": {"contains": {}, "maxContains": 2}}}), "`maxContains` at /properties/a"),
        (
            json!({
                "anyOf": (0..12).map(|n| json!({"properties": {format!("p{n}"): {}}})).collect::<Vec<_>>(),
                "unevaluatedProperties": false
            }),
            "`unevaluatedProperties` at the root",
        ),
    ] {
        let error = exported("draft-07", &schema).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(&format!("{keyword} has no equivalent in draft-07")), "{error}");
        assert!(document("json-schema", &schema).is_ok());
    }
}

#[test]
fn names_annotations_and_recursion_are_kept() {
    let schema = json!({
        "$id": "https://example.com/tree", "title": "Tree", "$comment": "v1",
        "$defs": {
            "node": {"description": "A node.", "properties": {"next": {"$ref": "#/$defs/node", "description": "The next."}}},
            "Node": {"type": "null"},
            "unused": {},
        },
        "properties": {"first": {"$ref": "#/$defs/node"}, "none": {"$ref": "#/$defs/Node"}, "root": {"$ref": "#"}},
    });
    insta::assert_snapshot!(exported("draft-07", &schema).unwrap());
}

/// Each of these conditions doubles the combinations, also of those in which everything is evaluated.
#[test]
fn too_many_combinations_are_refused_at_once() {
    let condition = |number: usize| {
        let test = json!({"properties": {format!("x{number}"): {"const": 1}}});
        let all = json!({"additionalProperties": true});
        match number {
            0 => json!({"if": test, "then": all, "else": all}),
            _ => json!({"if": test, "then": {"properties": {format!("y{number}"): true}}}),
        }
    };
    let of = |count: usize| {
        let conditions: Vec<Value> = (0..count).map(condition).collect();
        json!({"type": "object", "allOf": conditions, "unevaluatedProperties": false})
    };
    assert_eq!(document("draft-07", &of(60)).unwrap_err().kind(), ErrorKind::Unsupported);
    let verdicts = Verdicts::of(&of(4)).unwrap();
    verdicts.agree(&json!({"x0": 1, "y3": 2, "z": 3}));
}

#[test]
fn an_empty_list_of_values_is_one_in_no_draft() {
    let verdicts = Verdicts::of(&json!({"properties": {"a": {"enum": []}}})).unwrap();
    for value in [json!({}), json!({"a": null}), json!({"a": []})] {
        verdicts.agree(&value);
    }
}
