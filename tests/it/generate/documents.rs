//! Schemas that consist of several documents.

use clients_contract::generate::{Choices, Generator, Recipe};
use clients_contract::{ErrorKind, Schema, Validator};
use serde_json::{Value, json};

use super::{assert_conforms, judge};

/// A schema that refers to documents which refer to each other, and to one beside it.
fn scattered() -> Schema {
    let schema =
        json!({"type": "array", "minItems": 1, "items": {"$ref": "https://example.com/schemas/course"}});
    let course = json!({"$id": "https://example.com/schemas/course", "type": "object", "required": ["id", "tags"], "properties": {
        "id": {"$ref": "parts/id.json#/$defs/id"}, "tags": {"type": "array", "items": {"$ref": "#tag"}},
    }, "$defs": {"tag": {"$anchor": "tag", "enum": ["a", "b"]}}});
    let id = json!({"$defs": {"id": {"type": "string", "minLength": 3}}});
    let schema =
        Schema::from_value(schema).with_resource("https://example.com/schemas/course", &course).unwrap();
    schema.with_resource("https://example.com/schemas/parts/id.json", &id).unwrap()
}

#[test]
fn references_lead_to_the_documents_that_were_given() {
    let schema = scattered();
    let validator = Validator::new(&schema).unwrap();
    assert!(!validator.validate(br#"[{"id": "ab", "tags": []}]"#).valid);
    let mut tags = 0;
    for value in Generator::new(Recipe::new(&schema).unwrap(), 1).take(100) {
        let validation = validator.validate(value.to_string().as_bytes());
        assert!(validation.valid, "{value}: {validation}");
        tags += value[0]["tags"].as_array().unwrap().len();
    }
    assert!(tags > 0);
    // One document's documents come along, and a relative URI is one beside the schema.
    let outer =
        Schema::from_value(json!({"$ref": "inner.json"})).with_resource("inner.json", &schema).unwrap();
    let value = Recipe::new(&outer).unwrap().build(&mut Choices::replay(Vec::new()));
    assert!(Validator::new(&outer).unwrap().validate(value.to_string().as_bytes()).valid, "{value}");
}

#[test]
fn a_document_that_is_no_schema_is_refused_when_it_is_given() {
    let schema = Schema::from_value(json!(true));
    for (uri, document) in
        [("https://example.com/a#/b", json!({})), ("http://[", json!({})), ("urn:a", json!(5))]
    {
        let error = schema.clone().with_resource(uri, &document).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Schema, "{error}");
        assert!(error.to_string().starts_with(uri), "{error}");
    }
}

#[test]
fn what_is_wrong_in_another_document_is_reported_with_its_uri() {
    let told = |document: Value| {
        let schema = Schema::from_value(json!({"$ref": "urn:other#/$defs/a"}));
        Recipe::new(&schema.with_resource("urn:other", &document).unwrap()).unwrap_err().to_string()
    };
    let nowhere = told(json!({"$defs": {"a": {"$ref": "urn:nowhere"}}}));
    assert_eq!(
        nowhere,
        "refers to `urn:nowhere` at urn:other#/$defs/a/$ref, which is neither in it nor given; nothing is fetched"
    );
    let no_schema = told(json!({"$defs": {"a": {"type": "strnig"}}}));
    assert!(no_schema.contains("urn:other#/$defs/a/type"), "{no_schema}");
    let never = told(json!({"$defs": {"a": {"type": "string", "minLength": 5, "maxLength": 4}}}));
    assert!(never.starts_with("urn:other#/$defs/a/minLength: no value is valid"), "{never}");
    assert!(told(json!({"$defs": {}})).starts_with("unresolved reference at /$ref"));
}

#[test]
fn dynamic_references_follow_the_way_to_them() {
    // A list of what the outermost schema says: texts here, numbers there.
    let list = json!({"$id": "urn:list", "type": "array", "minItems": 2, "items": {"$dynamicRef": "#item"},
        "$defs": {"item": {"$dynamicAnchor": "item", "not": {}}}});
    let of = |kind: &str| {
        json!({"$id": format!("urn:{kind}"), "$ref": "urn:list",
        "$defs": {"item": {"$dynamicAnchor": "item", "type": kind}}})
    };
    let schema = json!({"type": "object", "required": ["texts", "numbers"], "properties": {
        "texts": {"$ref": "urn:string"}, "numbers": {"$ref": "urn:integer"}, "not": {"not": {"$ref": "urn:string"}},
    }, "$defs": {"list": list, "string": of("string"), "integer": of("integer")}});
    let judge = judge(&schema);
    for value in Generator::new(Recipe::new(&schema).unwrap(), 1).take(200) {
        assert_conforms(&judge, &value);
        assert!(value["texts"][1].is_string() && value["numbers"][1].is_i64(), "{value}");
    }
}

#[test]
fn values_of_a_metaschema_are_schemas() {
    for uri in ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#"] {
        let recipe = Recipe::new(&json!({"$schema": uri, "$ref": uri})).unwrap();
        for mut value in Generator::new(recipe, 1).take(50) {
            if let Some(members) = value.as_object_mut() {
                members.insert("$schema".to_owned(), json!(uri));
            }
            assert!(jsonschema::meta::is_valid(&value), "{value}");
        }
    }
}

#[test]
fn a_dialect_has_the_vocabularies_that_its_metaschema_names() {
    let metaschema = json!({
        "$id": "urn:dialect", "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true,
            "https://json-schema.org/draft/2020-12/vocab/applicator": true},
    });
    let schema = Schema::from_value(
        json!({"$schema": "urn:dialect", "minimum": 5, "maximum": 4, "not": {"type": "null"},
        "properties": {"a": false}}),
    );
    // Nobody knows what it says before the metaschema is given.
    assert_eq!(Recipe::new(&schema).unwrap_err().kind(), ErrorKind::Schema);
    let error =
        Recipe::new(&schema.with_resource("urn:dialect", &metaschema).unwrap()).unwrap_err().to_string();
    // `type` says nothing in this dialect, so the `not` refuses everything.
    assert!(error.contains("`not`"), "{error}");
}
