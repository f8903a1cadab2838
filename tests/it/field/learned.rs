//! Patches for documents that are more than one schema in one dialect: several files, parts, descriptions of
//! APIs, drafts.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tool::{code, run, stderr, stdout};

/// Files of a case, and traffic.
struct Case(TempDir);

/// What a command led to.
#[derive(Debug)]
struct Learned {
    code: i32,
    stderr: String,
    /// `s.json` with the patch applied.
    document: Value,
}

impl Case {
    fn new(files: &[(&str, Value)], traffic: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, value) in files {
            fs::write(folder.path().join(name), value.to_string()).unwrap();
        }
        fs::write(folder.path().join("traffic"), traffic).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// What `drift --suggest` learns of the schema in `s.json` that a fragment names. The patch applies to
    /// the file, and the file accepts the traffic then unless something is named.
    fn suggest(&self, fragment: &str, more: &[&str]) -> Learned {
        let (schema, patch) = (self.path("s.json") + fragment, self.path("patch.json"));
        let traffic = self.path("traffic");
        let arguments =
            ["drift", "-q", "--no-settings", "--input", "ndjson", "--fail-on", "never", "--schema"];
        let output = run(&[&arguments[..], &[&schema, &traffic, "--suggest", &patch], more].concat());
        let read = |name: &str| fs::read(Path::new(&self.path(name))).unwrap();
        let mut document: Value = serde_json::from_slice(&read("s.json")).unwrap();
        let operations: json_patch::Patch = serde_json::from_slice(&read("patch.json")).unwrap();
        json_patch::patch(&mut document, &operations).unwrap();
        let learned = Learned { code: code(&output), stderr: stderr(&output).to_owned(), document };
        fs::write(self.path("learned.json"), learned.document.to_string()).unwrap();
        let learned_schema = self.path("learned.json") + fragment;
        let arguments = ["validate", "-q", "--no-settings", "--input", "ndjson", "--schema", &learned_schema];
        let output = run(&[&arguments[..], &[&traffic], more].concat());
        assert_eq!(code(&output) == 0, learned.code == 0, "{}\n{learned:?}", stdout(&output));
        learned
    }

    /// What `infer --merge` makes of `s.json`.
    fn merge(&self, fragment: &str) -> (i32, String, Value) {
        let schema = self.path("s.json") + fragment;
        let output = run(&["infer", "-q", "--input", "ndjson", "--merge", &schema, &self.path("traffic")]);
        (code(&output), stderr(&output).to_owned(), serde_json::from_str(stdout(&output)).unwrap())
    }
}

#[test]
fn what_another_document_refuses_is_learned_where_the_schema_refers_to_it() {
    for (schema, other, traffic) in [
        (
            json!({"type": "object", "properties": {"n": {"$ref": "ext.json"}}, "required": ["n"], "maxProperties": 1}),
            json!({"type": "object", "required": ["q"], "maxProperties": 1}),
            "{\"n\":{}}\n{\"n\":{\"q\":1,\"r\":2}}\n",
        ),
        (
            json!({"type": "object", "properties": {"n": {"$ref": "ext.json"}}}),
            json!({"type": "integer"}),
            "{\"n\":\"z\"}\n",
        ),
        (
            json!({"enum": [{"n": 1}, {"n": 2}], "properties": {"n": {"$ref": "ext.json"}}}),
            json!({"enum": [1]}),
            "{\"n\":2}\n",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "integer"}, "n": {"$ref": "ext.json"}}}),
            json!({"type": "object", "properties": {"a": {"type": "integer"}}}),
            "{\"n\":{\"a\":\"x\"}}\n",
        ),
    ] {
        let case = Case::new(&[("s.json", schema.clone()), ("ext.json", other)], traffic);
        let mut learned = case.suggest("", &[]);
        assert_eq!((learned.code, &*learned.stderr), (0, ""));
        assert_eq!(learned.document["properties"]["n"]["anyOf"][0], json!({"$ref": "ext.json"}));
        let (code, _, mut merged) = case.merge("");
        assert_eq!(code, 0, "{merged}");
        for changed in [&mut learned.document, &mut merged] {
            changed["properties"]["n"] = json!({"$ref": "ext.json"});
            changed.as_object_mut().unwrap().remove("$schema");
            assert_eq!(*changed, schema);
        }
    }
}

#[test]
fn a_schema_location_in_another_document_names_it() {
    let case = Case::new(
        &[
            ("s.json", json!({"type": "object", "properties": {"n": {"$ref": "ext.json#/$defs/a"}}})),
            ("ext.json", json!({"$defs": {"a": {"type": "integer"}}})),
        ],
        "{\"n\":\"z\"}",
    );
    for engine in ["auto", "reference"] {
        let schema = case.path("s.json");
        let arguments =
            ["validate", "-q", "--no-settings", "-f", "json", "--engine", engine, "--schema", &schema];
        let output = run(&[&arguments[..], &[&case.path("traffic")]].concat());
        let report: Value = serde_json::from_str(stdout(&output)).unwrap();
        assert_eq!(report["findings"][0]["schema_pointer"], "ext.json#/$defs/a/type", "{engine}");
    }
}

/// The document with these schemas, as descriptions of APIs have them.
fn api(version: &str, schemas: &Value) -> Value {
    let info = json!({"title": "t", "version": "1"});
    match version {
        "2.0" => json!({"swagger": "2.0", "info": info, "paths": {}, "definitions": schemas}),
        _ => json!({"openapi": version, "info": info, "paths": {}, "components": {"schemas": schemas}}),
    }
}

#[test]
fn openapi_3_0_is_learned_in_its_own_words() {
    let pet = json!({"type": "object", "properties": {
        "id": {"type": "integer", "format": "int64"},
        "name": {"type": "string", "nullable": true},
        "w": {"type": "number", "minimum": 0, "exclusiveMinimum": true},
        "a": {"type": "string"},
        "e": {"type": "string", "enum": ["x"]},
        "n": {"type": "integer"},
        "t": {"$ref": "#/components/schemas/T"},
        "u": {"$ref": "#/components/schemas/T"},
    }});
    let schemas = json!({"Pet": pet, "T": {"type": "string"}});
    let traffic = "{\"id\":9223372036854775808,\"new\":[null]}\n{\"name\":5}\n{\"w\":0}\n\
        {\"a\":null,\"e\":null,\"n\":1.5,\"t\":null}\n";
    let case = Case::new(&[("s.json", api("3.0.3", &schemas))], traffic);
    let learned = case.suggest("#/components/schemas/Pet", &[]);
    assert_eq!((learned.code, &*learned.stderr), (0, ""));
    let of_null = json!({"type": "string", "nullable": true, "enum": [null]});
    let expected = json!({
        "id": {"type": "integer"},
        "name": {"anyOf": [{"type": "string", "nullable": true}, {"type": "integer"}]},
        "w": {"type": "number", "minimum": 0},
        "a": {"type": "string", "nullable": true},
        "e": {"type": "string", "nullable": true, "enum": ["x", null]},
        "n": {"type": "number"},
        "t": {"anyOf": [{"$ref": "#/components/schemas/T"}, of_null]},
        "u": {"$ref": "#/components/schemas/T"},
        "new": {"type": "array", "items": of_null},
    });
    let schemas = &learned.document["components"]["schemas"];
    assert_eq!(schemas["T"], json!({"type": "string"}));
    assert_eq!(schemas["Pet"]["properties"], expected);
}

#[test]
fn swagger_2_0_is_learned_in_its_own_words() {
    let pet = json!({"type": "object", "properties": {
        "id": {"type": "integer", "format": "int64"},
        "name": {"type": "string", "x-nullable": true},
        "a": {"type": "string", "maxLength": 2},
        "b": {"type": "string"},
        "t": {"$ref": "#/definitions/T"},
    }});
    let schemas = json!({"Pet": pet, "T": {"type": "string"}});
    let traffic =
        "{\"id\":9223372036854775808,\"new\":null,\"t\":1}\n{\"name\":null,\"a\":1}\n{\"b\":null}\n";
    let case = Case::new(&[("s.json", api("2.0", &schemas))], traffic);
    let learned = case.suggest("#/definitions/Pet", &[]);
    assert_eq!((learned.code, &*learned.stderr), (0, ""));
    let schemas = &learned.document["definitions"];
    assert_eq!(schemas["T"], json!({"type": "string"}));
    let expected = json!({
        "id": {"type": "integer"},
        "name": {"type": "string", "x-nullable": true},
        "a": {"maxLength": 2},
        "b": {"type": "string", "x-nullable": true},
        "t": {},
        "new": {"type": "string", "x-nullable": true, "enum": [null]},
    });
    assert_eq!(schemas["Pet"]["properties"], expected);
}

#[test]
fn what_descriptions_of_apis_share_stays_as_it_is() {
    let schemas = json!({
        "Pet": {"type": "object", "properties": {
            "t": {"$ref": "#/components/schemas/T"}, "u": {"$ref": "#/components/schemas/T"},
        }},
        "T": {"type": "string"},
    });
    let case = Case::new(&[("s.json", api("3.1.0", &schemas))], "{\"t\":null}\n");
    let learned = case.suggest("#/components/schemas/Pet", &[]);
    assert_eq!((learned.code, &*learned.stderr), (0, ""));
    let schemas = &learned.document["components"]["schemas"];
    assert_eq!(schemas["T"], json!({"type": "string"}));
    let t = json!({"anyOf": [{"$ref": "#/components/schemas/T"}, {"type": "null"}]});
    assert_eq!(schemas["Pet"]["properties"]["t"], t);
}

#[test]
fn a_part_of_a_document_is_learned_at_its_location() {
    let a = json!({"$anchor": "a", "type": "object", "properties": {"s": {"enum": ["a"]}}});
    let learned_a =
        json!({"$anchor": "a", "type": ["object", "null"], "properties": {"s": {"enum": ["a", "b"]}}});
    for (document, fragment, location) in [
        (json!({"definitions": {"A": a}}), "#/definitions/A", "/definitions/A"),
        (json!({"$defs": {"A": a}}), "#/$defs/A", "/$defs/A"),
        (json!({"$defs": {"A": a}}), "#a", "/$defs/A"),
        // The root is a schema, too, and needed as it is.
        (
            json!({"type": "object", "properties": {"x": {"$ref": "#/$defs/A"}}, "$defs": {"A": a, "r": {"$ref": "#"}}}),
            "#/$defs/A",
            "/$defs/A",
        ),
        (json!({"$id": "https://example.com/s", "properties": {"x": a}}), "#/properties/x", "/properties/x"),
    ] {
        let case = Case::new(&[("s.json", document.clone())], "null\n{\"s\":\"b\"}\n");
        let learned = case.suggest(fragment, &[]);
        assert_eq!((learned.code, &*learned.stderr), (0, ""), "{document}");
        let mut expected = document;
        *expected.pointer_mut(location).unwrap() = learned_a.clone();
        assert_eq!(learned.document, expected, "{fragment}");
        let (code, stderr, mut merged) = case.merge(fragment);
        assert_eq!((code, &*stderr), (0, ""));
        merged.as_object_mut().unwrap().remove("$schema");
        assert_eq!(merged, expected, "{fragment}");
    }
}

#[test]
fn new_members_are_listed_where_all_objects_are_described() {
    let k = |value: &str| json!({"properties": {"k": {"const": value}}, "required": ["k"]});
    let closed = json!({"properties": {"k": {"type": "string"}}});
    let with = |schema: &Value, members: Value| {
        let mut schema = schema.clone();
        schema.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        schema
    };
    for (schema, traffic, expected) in [
        (
            with(&closed, json!({"if": k("x"), "then": {"required": ["v"]}})),
            "{\"k\":\"x\",\"v\":1,\"new\":\"s\"}\n{\"k\":\"y\",\"new\":\"s\"}\n",
            json!({"k": {"type": "string"}, "new": {"type": "string"}, "v": {"type": "integer"}}),
        ),
        (
            with(&closed, json!({"allOf": [{"if": k("x"), "then": {"properties": {"c": {}}}}]})),
            "{\"k\":\"y\",\"z\":1}\n",
            json!({"k": {"type": "string"}, "z": {"type": "integer"}}),
        ),
        (
            json!({"dependentSchemas": {"a": {"properties": {"a": {}, "b": {}}}}}),
            "{\"a\":1,\"n\":1}\n",
            json!({"n": {"type": "integer"}}),
        ),
        (
            json!({"oneOf": [k("a"), k("b")]}),
            "{\"k\":\"a\",\"n\":1}\n{\"k\":\"b\",\"n\":\"z\"}\n",
            json!({"n": {"type": ["integer", "string"]}}),
        ),
    ] {
        let case = Case::new(&[("s.json", schema.clone())], traffic);
        let learned = case.suggest("", &[]);
        assert_eq!((learned.code, &*learned.stderr), (0, ""), "{schema}");
        assert_eq!(learned.document, with(&schema, json!({"properties": expected})));
        let (code, stderr, merged) = case.merge("");
        assert_eq!((code, &*stderr), (0, ""), "{schema}");
        for keyword in ["if", "allOf", "dependentSchemas", "oneOf"] {
            assert_eq!(merged.get(keyword), schema.get(keyword));
        }
        let listed = |properties: &Value| properties.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(listed(&merged["properties"]), listed(&expected));
    }
}

#[test]
fn integers_of_draft_04_have_no_point() {
    let draft = "http://json-schema.org/draft-04/schema#";
    for (n, traffic, expected) in [
        (json!({"type": "string"}), "{\"n\":2.0}\n", json!({"type": ["string", "number"]})),
        (json!({"type": "integer"}), "{\"n\":2.0}\n", json!({"type": "number"})),
        (json!({"type": "string"}), "{\"n\":2}\n", json!({"type": ["string", "integer"]})),
    ] {
        let schema =
            json!({"$schema": draft, "type": "object", "properties": {"n": n, "a": {"type": "string"}}});
        let case = Case::new(&[("s.json", schema)], traffic);
        let learned = case.suggest("", &[]);
        assert_eq!((learned.code, &*learned.stderr), (0, ""));
        assert_eq!(learned.document["properties"]["n"], expected);
        assert_eq!(case.merge("").2["properties"]["n"], expected);
    }
    let schema = json!({"$schema": draft, "type": "object", "properties": {"a": {"type": "string"}}});
    let learned = Case::new(&[("s.json", schema)], "{\"n\":2.0,\"a\":\"x\"}\n").suggest("", &[]);
    assert_eq!((learned.code, &*learned.stderr), (0, ""));
    assert_eq!(learned.document["properties"]["n"], json!({"type": "number"}));
}

#[test]
fn a_number_that_no_schema_accepts_is_named_once() {
    let case = Case::new(&[("s.json", json!({"properties": {"n": {}}}))], "{\"n\":1e400}\n{\"n\":1}\n");
    let named = "error: not learned: out-of-range at /n: no schema accepts this number\n";
    let output = run(&["infer", "-q", "--input", "ndjson", &case.path("traffic")]);
    assert_eq!((code(&output), stderr(&output)), (3, named));
    assert_eq!(serde_json::from_str::<Value>(stdout(&output)).unwrap()["type"], "object");
    let (code, stderr, _) = case.merge("");
    assert_eq!((code, &*stderr), (3, named));
    let learned = case.suggest("", &[]);
    assert_eq!((learned.code, &*learned.stderr), (3, named));
}

#[test]
fn what_is_only_not_listed_is_no_refusal() {
    let schema = json!({
        "properties": {"a": {"$ref": "#/$defs/E"}}, "if": {"$ref": "#/$defs/E"},
        "$defs": {"E": {"if": {"properties": {}, "const": true}, "else": {"type": "object"}}},
    });
    let case = Case::new(&[("s.json", schema)], "{\"a\":{},\"x-1\":{}}\n");
    let (code, stderr, _) = case.merge("");
    assert_eq!((code, &*stderr), (0, ""));
}

#[test]
fn a_subschema_without_assertions_gets_no_alternatives() {
    let schema = json!({"items": {"enum": [1, 2]}});
    let learned = Case::new(&[("s.json", schema)], "[1,3,\"x\",null]\n").suggest("", &[]);
    assert_eq!((learned.code, &*learned.stderr), (0, ""));
    assert_eq!(learned.document, json!({"items": {}}));
}

#[test]
fn items_of_tuples_are_learned_at_their_positions() {
    let schema = json!({
        "oneOf": [
            {"prefixItems": [{}, {"prefixItems": [{"type": "integer"}]}]},
            {"items": {"type": "integer", "anyOf": [{"$ref": "#/$defs/E"}]}},
        ],
        "$defs": {"E": {"items": {}}},
    });
    let case = Case::new(&[("s.json", schema.clone())], "[2,[\"\"]]\n");
    let mut expected = schema;
    expected["oneOf"][0]["prefixItems"][1]["prefixItems"][0]["type"] = json!(["integer", "string"]);
    let learned = case.suggest("", &[]);
    assert_eq!((learned.code, &*learned.stderr, &learned.document), (0, "", &expected));
    let (code, stderr, merged) = case.merge("");
    assert_eq!((code, &*stderr, &merged["anyOf"]), (0, "", &expected["oneOf"]));
    let b = json!({"a": {}, "b": {"type": "integer"}});
    let tuple = |properties: &Value| json!({"prefixItems": [{}, {"properties": properties}], "items": {"properties": {}}});
    let case = Case::new(&[("s.json", tuple(&json!({"a": {}})))], "[\"x\",{\"b\":1}]\n");
    assert_eq!(case.suggest("", &[]).document, tuple(&b));
}

#[test]
fn new_members_that_only_another_document_could_list_are_named() {
    let draft = "http://json-schema.org/draft-07/schema#";
    let schema = json!({"$schema": draft, "properties": {"n": {"$ref": "ext.json"}}});
    let other = json!({"properties": {"a": {}}});
    let traffic = "{\"n\":{\"b\":1}}\n";
    let case = Case::new(&[("s.json", schema.clone()), ("ext.json", other.clone())], traffic);
    let output = run(&["infer", "--input", "ndjson", "--merge", &case.path("s.json"), &case.path("traffic")]);
    assert_eq!(serde_json::from_str::<Value>(stdout(&output)).unwrap(), schema);
    assert!(stderr(&output).contains("not listed: /n/b: the object is described in another document"));
    assert_eq!(code(&output), 0);
    // Where what is beside a reference counts, they are listed there.
    let schema = json!({"properties": {"n": {"$ref": "ext.json"}}});
    let case = Case::new(&[("s.json", schema), ("ext.json", other)], traffic);
    let n = json!({"$ref": "ext.json", "properties": {"b": {"type": "integer"}}});
    assert_eq!(case.suggest("", &[]).document["properties"]["n"], n);
}
