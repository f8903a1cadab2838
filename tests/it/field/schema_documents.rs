//! Every command takes the same schemas, however they are written.

use std::fs;
use std::process::Output;

use clients_contract::schema::{Dialect, SchemaText};
use clients_contract::{ErrorKind, Schema, Validator};
use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

const FOLDER: &str = "fixtures/field";
const PETS: &str = "fixtures/field/api-descriptions";

fn file(case: &str, name: &str) -> String {
    format!("{FOLDER}/{case}/{name}")
}

/// Every command that takes a schema, with a payload where it wants one.
fn every_command(schema: &str, payload: &str, more: &[&str]) -> Vec<(String, Output)> {
    let commands: [&[&str]; 8] = [
        &["validate", "--schema", schema, "-"],
        &["validate", "--engine", "reference", "--schema", schema, "-"],
        &["drift", "--schema", schema, "-"],
        &["generate", "--seed", "3", "--schema", schema],
        &["generate", "--invalid", "--seed", "3", "-n", "5", "--schema", schema],
        &["mutate", "--schema", schema, "-"],
        &["diff", schema, schema],
        &["diff", "--witness", schema, "builtin"],
    ];
    let run = |command: &[&str]| {
        let output = fed(&[command, more].concat(), payload.as_bytes());
        (format!("{} of {schema} {more:?}", command[..2].join(" ")), output)
    };
    commands.iter().map(|command| run(command)).collect()
}

#[test]
fn every_command_takes_every_spelling_of_a_schema() {
    let pet = r#"{"id": 1, "name": "a", "nick": null, "weight": 0.5, "status": "sold"}"#;
    for schema in [
        "pets.schema.json#/definitions/Pet",
        "pets.schema.json#%2Fdefinitions%2FPet",
        "pets#1.json#/definitions/Pet",
        "pets-3.0.yaml#/components/schemas/Pet",
        "pets-3.0.yaml#/components/schemas/%50et",
        "pets-3.0.yaml#/paths/~1pets~1{id}/get/responses/200/content/application~1json/schema",
        "pets-3.1.json#/components/schemas/Pet",
        "pets-2.0.json#/definitions/Pet",
    ] {
        let schema = format!("{PETS}/{schema}");
        for (what, output) in every_command(&schema, pet, &[]) {
            let expected = i32::from(what.contains("--witness"));
            assert_eq!(code(&output), expected, "{what}: {}{}", stdout(&output), stderr(&output));
        }
        let made = run(&["generate", "-n", "40", "--seed", "1", "--schema", &schema]);
        for engine in ["auto", "reference"] {
            let validated = fed(&["validate", "--engine", engine, "--schema", &schema, "-"], &made.stdout);
            assert_eq!(code(&validated), 0, "{schema}: {}", stdout(&validated));
        }
    }
}

/// Rule and location of the findings, and the schema locations below the selected schema.
fn findings(schema: &str, payload: &Value) -> Vec<(String, String, String)> {
    let output = fed(&["validate", "-f", "json", "--schema", schema, "-"], payload.to_string().as_bytes());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| (text(finding, "rule"), text(finding, "pointer"), text(finding, "schema_pointer")))
        .collect()
}

#[test]
fn dialects_of_open_api_mean_the_same_in_their_own_words() {
    let broken = json!({"id": 2_147_483_648_u64, "nick": null, "name": null, "weight": 0, "status": "lost",
        "mother": {"id": 0, "name": "b", "status": null}, "colour": 1});
    let expected = [
        ("null-value", "/mother/status", "/Status/enum"),
        ("null-value", "/name", "/Pet/properties/name/type"),
        ("out-of-range", "/id", "/Pet/properties/id/maximum"),
        ("out-of-range", "/mother/id", "/Pet/properties/id/minimum"),
        ("out-of-range", "/weight", "/Pet/properties/weight/exclusiveMinimum"),
        ("unknown-enum-value", "/status", "/Status/enum"),
        ("undocumented-property", "/colour", "/Pet/properties"),
    ];
    for (schema, holder) in [
        ("pets.schema.json#/definitions/Pet", "/definitions"),
        ("pets-3.0.yaml#/components/schemas/Pet", "/components/schemas"),
        ("pets-3.1.json#/components/schemas/Pet", "/components/schemas"),
        ("pets-2.0.json#/definitions/Pet", "/definitions"),
    ] {
        let mut found = findings(&format!("{PETS}/{schema}"), &broken);
        found.sort();
        let mut expected = expected
            .map(|(rule, pointer, place)| (rule.to_owned(), pointer.to_owned(), format!("{holder}{place}")));
        expected.sort();
        assert_eq!(found, expected, "{schema}");
    }
    // Null is added to the type, not to the list.
    for (payload, expected) in [("null", 1), ("\"sold\"", 0)] {
        let schema = format!("{PETS}/pets-3.0.yaml#/components/schemas/NullableStatus");
        let output = fed(&["validate", "--schema", &schema, "-"], payload.as_bytes());
        assert_eq!(code(&output), expected, "{}", stdout(&output));
    }
    let old = format!("{PETS}/pets-3.0.yaml#/components/schemas/Pet");
    let new = format!("{PETS}/pets-3.1.json#/components/schemas/Pet");
    let output = run(&["diff", "--fail-on", "warning", &old, &new]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let upload = run(&["generate", "--schema", &format!("{PETS}/pets-2.0.json#/definitions/Upload")]);
    assert_eq!(code(&upload), 3);
    assert!(stderr(&upload).contains("/definitions/Upload/type: \"file\""), "{}", stderr(&upload));
}

#[test]
fn findings_about_a_yaml_schema_have_its_lines() {
    let old = format!("{PETS}/pets-3.0.yaml#/components/schemas/Pet");
    let new = format!("{PETS}/pets-3.0.yaml#/components/schemas/Status");
    let output = run(&["diff", &old, &new]);
    let text = fs::read_to_string(format!("{PETS}/pets-3.0.yaml")).unwrap();
    let line = text.lines().position(|line| line == "      enum: [available, sold]").unwrap();
    let place = format!("--> {PETS}/pets-3.0.yaml:{line}:7\n");
    assert!(stdout(&output).contains(&place), "{place}: {}", stdout(&output));
}

#[test]
fn documents_that_only_hold_schemas_are_refused_by_every_command() {
    for (schema, message) in [
        (
            file("definitions-only-document", "old.json"),
            "contains only definitions and accepts every value: name one of its schemas, as in `{}#/definitions/Order`; it has `Order`",
        ),
        (
            file("openapi-as-schema", "openapi.json"),
            "an OpenAPI 3.1 document, not a schema: name one of its schemas, as in `{}#/components/schemas/Pet`; it has `Pet`",
        ),
        (
            format!("{PETS}/pets-3.0.yaml"),
            "an OpenAPI 3.0 document, not a schema: name one of its schemas, as in `{}#/components/schemas/NullableStatus`; it has `NullableStatus`, `Pet`, `Status`",
        ),
        (
            format!("{PETS}/pets-2.0.json"),
            "a Swagger 2.0 document, not a schema: name one of its schemas, as in `{}#/definitions/Pet`; it has `Pet`, `Status`, `Upload`",
        ),
    ] {
        for (what, output) in every_command(&schema, "", &[]) {
            assert_eq!(code(&output), 3, "{what}");
            let expected = format!("error: {schema}: {}", message.replace("{}", &schema));
            assert!(stderr(&output).contains(&expected), "{what}: {}", stderr(&output));
        }
    }
    for (part, named) in [("/components/schemas", "/Pet"), ("/components", "/schemas")] {
        let part = file("openapi-as-schema", &format!("openapi.json#{part}"));
        let output = run(&["generate", "--schema", &part]);
        assert_eq!(code(&output), 3);
        assert!(stderr(&output).contains(&format!("as in `{part}{named}`")), "{}", stderr(&output));
    }
    let names = |count: usize| (0..count).map(|name| (format!("S{name}"), json!({"type": "null"})));
    let many = json!({"$id": "https://example.com/many", "title": "Many", "$defs": Value::Object(names(9).collect())});
    let error = Validator::new(&Schema::from_value(many)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    assert!(error.to_string().ends_with("it has `S0`, `S1`, `S2`, `S3`, `S4` and 4 more"), "{error}");
    let bare = json!({"Order": {"type": "object"}, "Line": {"type": "object"}});
    assert!(Validator::new(&Schema::from_value(bare)).is_err());
    for schema in [json!({}), json!(true), json!({"title": "anything"}), json!({"x-owner": "a"})] {
        let schema = Schema::from_slice("a.json", schema.to_string().as_bytes()).unwrap();
        assert!(Validator::new(&schema).is_ok());
        assert_eq!(schema.warnings().len(), 1);
    }
}

#[test]
fn a_payload_instead_of_a_schema_is_a_usage_error() {
    let payload = "fixtures/valid/minimal.json";
    for (what, output) in every_command(payload, "", &[]) {
        assert_eq!(code(&output), 2, "{what}");
        let message = format!("error: {payload}: looks like a payload, not a JSON Schema");
        assert!(stderr(&output).contains(&message), "{what}: {}", stderr(&output));
    }
    let read = |schema: Value| Schema::from_slice("a.json", schema.to_string().as_bytes());
    for payload in [
        json!({"id": 7, "name": "a"}),
        json!({"data": {"type": "premium", "items": []}}),
        json!({"clients": [{"type": "object"}], "meta": null}),
        json!({"_id": "x", "name": "y"}),
        json!({"Id": 1, "ref": "a", "cost": 12}),
    ] {
        let error = read(payload).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
    }
    for schema in [
        json!({}),
        json!({"title": "anything", "unknown": 1}),
        json!({"x-owner": "a", "unknown": 1}),
        json!({"$id": "https://example.com/a"}),
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "id": "https://example.com/a"}),
        json!({"propertes": {}}),
        // Keywords of any draft, for whatever draft it is read.
        json!({"contentMediaType": "application/octet-stream"}),
        json!({"additionalItems": false}),
    ] {
        assert!(read(schema.clone()).is_ok(), "{schema}");
    }
}

#[test]
fn a_misspelled_keyword_is_named_once_with_its_location() {
    let schema = json!({
        "type": "object",
        "requird": ["a"],
        "x-requird": 1,
        "enum": [{"propertes": 1}],
        "examples": [{"patern": 1}],
        "default": {"minimun": 1},
        "custom": {"minimun": 1},
        "properties": {
            "requird": {"type": "string"},
            "a/b": {"anyOf": [true, {"additionalPropertes": false}]},
            "c": {"items": {"requird": ["d"], "enumNames": []}},
        },
    });
    let schema = Schema::from_slice("a.json", schema.to_string().as_bytes()).unwrap();
    assert_eq!(
        schema.warnings(),
        [
            "unknown keyword `requird` at the root is ignored; did you mean `required`?",
            "unknown keyword `additionalPropertes` at /properties/a~1b/anyOf/1 is ignored; did you mean \
             `additionalProperties`?",
        ]
    );
    let api = json!({
        "openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {},
        "components": {"schemas": {
            "A": {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}},
            "B": {"type": "string", "maxlength": 3},
            "C": {"type": "string", "patern": "a"},
        }},
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.json");
    fs::write(&path, api.to_string()).unwrap();
    let part = format!("{}#/components/schemas/A", path.display());
    let output = fed(&["validate", "--schema", &part, "-"], b"{}");
    let warning =
        "unknown keyword `maxlength` at /components/schemas/B is ignored; did you mean `maxLength`?";
    assert!(stderr(&output).contains(warning), "{}", stderr(&output));
    assert_eq!(stderr(&output).matches("unknown keyword").count(), 1, "{}", stderr(&output));
}

#[test]
fn a_fragment_that_leads_nowhere_lists_what_is_there() {
    for (fragment, message) in [
        ("/definitions/Pte", "nothing found at this pointer: `#/definitions` has `Pet`, `Status`"),
        ("/definition/Pet", "nothing found at this pointer: the document has `definitions`, `$schema`"),
        ("/definitions/Pet/required/7", "`#/definitions/Pet/required` has no properties"),
        ("/definitions/Pet/required", "expected an object or a boolean"),
        ("Pet", "no anchor `Pet`"),
    ] {
        let schema = format!("{PETS}/pets.schema.json#{fragment}");
        for (what, output) in every_command(&schema, "", &[]) {
            assert_eq!(code(&output), 3, "{what}");
            let expected = format!("error: {schema}: ");
            let said = stderr(&output);
            assert!(said.contains(&expected) && said.contains(message), "{what}: {said}");
        }
    }
    let anchor = format!("{PETS}/pets.schema.json#status");
    assert_eq!(code(&fed(&["validate", "--schema", &anchor, "-"], b"\"sold\"")), 0);
    assert_eq!(code(&fed(&["validate", "--schema", &anchor, "-"], b"\"lost\"")), 1);
}

#[test]
fn a_part_keeps_the_meaning_that_it_has_in_its_document() {
    let document = r##"{
        "$id": "https://example.com/tree", "type": "object", "required": ["root"],
        "properties": {"root": {"$ref": "#/$defs/node"}, "name": {"type": "string", "minLength": 2}},
        "$defs": {
            "node": {"type": "object", "properties": {
                "whole": {"$ref": "#"}, "again": {"$ref": "https://example.com/tree"}, "name": {"$ref": "#/properties/name"},
                "next": {"$ref": "#/$defs/node"}, "leaf": {"$ref": "#leaf"}
            }},
            "leaf": {"$anchor": "leaf", "type": "null"},
            "100%": {"type": "boolean"}, "a/b~c": {"type": "integer"}
        }
    }"##;
    for dialect in
        ["https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2019-09/schema"]
    {
        let mut document: Value = serde_json::from_str(document).unwrap();
        document["$schema"] = dialect.into();
        let text = SchemaText::read("tree.json", document.to_string().as_bytes()).unwrap();
        for (fragment, payload, valid) in [
            ("/$defs/node", json!({}), true),
            ("/$defs/node", json!({"whole": {}}), false),
            ("/$defs/node", json!({"whole": {"root": {"name": "ab"}}}), true),
            ("/$defs/node", json!({"again": {"root": {"name": "a"}}}), false),
            ("/$defs/node", json!({"next": {"next": {"name": "a"}}}), false),
            ("/$defs/node", json!({"leaf": 1}), false),
            ("leaf", json!(null), true),
            ("/properties/name", json!("ab"), true),
            ("/properties/name", json!("a"), false),
            ("/$defs/100%", json!(true), true),
            ("/$defs/100%25", json!(1), false),
            ("/$defs/a~1b~0c", json!(1), true),
            ("/$defs/a~1b~0c", json!("1"), false),
        ] {
            let schema = text.schema_at(fragment).unwrap();
            let validator = Validator::new(&schema).unwrap();
            let found = validator.validate(payload.to_string().as_bytes());
            assert_eq!(found.valid, valid, "{dialect} {fragment} {payload}");
        }
    }
}

#[test]
fn a_keyword_of_open_api_is_reported_and_read_on_request() {
    let [old, new] = ["old.json", "new.json"].map(|name| file("nullable-keyword", name));
    let payload = r#"{"nick": null}"#;
    let warning = format!("warning: {new}: `nullable` at /properties/nick is a keyword of OpenAPI 3.0");
    for (what, output) in every_command(&new, payload, &[]) {
        // The same file is both schemas of a comparison.
        let expected = if what.starts_with("diff fix") { 2 } else { 1 };
        assert_eq!(stderr(&output).matches(&warning).count(), expected, "{what}: {}", stderr(&output));
    }
    assert_eq!(code(&fed(&["validate", "--schema", &new, "-"], payload.as_bytes())), 1);
    let output = run(&["diff", &old, &new]);
    assert!(stderr(&output).contains(&warning), "{}", stderr(&output));
    let read = ["--dialect", "openapi-3.0"];
    for (what, output) in every_command(&new, payload, &read) {
        assert!(!stderr(&output).contains("nullable"), "{what}: {}", stderr(&output));
        assert!(code(&output) < 2, "{what}: {}", stderr(&output));
    }
    assert_eq!(
        code(&fed(&["validate", "--dialect", "openapi-3.0", "--schema", &new, "-"], payload.as_bytes())),
        0
    );
    let output = run(&["diff", "--dialect", "openapi-3.0", &old, &new]);
    assert!(stdout(&output).contains("response-property-became-nullable"), "{}", stdout(&output));
}

#[test]
fn anchors_of_a_description_are_followed() {
    let api = json!({"openapi": "3.1.0", "components": {"schemas": {
        "List": {"type": "array", "items": {"$ref": "#item"}, "contains": {"$dynamicRef": "#one"}},
        "Item": {"$anchor": "item", "type": "integer"},
        "One": {"$dynamicAnchor": "one", "const": 1},
    }}});
    let text = SchemaText::read("api.json", api.to_string().as_bytes()).unwrap();
    for fragment in ["/components/schemas/List", "item"] {
        assert!(Validator::new(&text.schema_at(fragment).unwrap()).is_ok(), "{fragment}");
    }
    let validator = Validator::new(&text.schema_at("/components/schemas/List").unwrap()).unwrap();
    for (payload, valid) in [("[1, 2]", true), ("[2]", false), ("[1, \"a\"]", false)] {
        assert_eq!(validator.validate(payload.as_bytes()).valid, valid, "{payload}");
    }
}

#[test]
fn every_dialect_can_be_requested() {
    let schema = br#"{"minimum": 1, "exclusiveMinimum": true, "const": 5}"#;
    let verdict = |dialect, payload: &[u8]| {
        let schema = SchemaText::read("a.json", schema).unwrap().in_dialect(dialect).schema().unwrap();
        Validator::new(&schema).map(|validator| validator.validate(payload).valid).ok()
    };
    assert_eq!(verdict(Dialect::Draft4, b"1"), Some(false));
    assert_eq!(verdict(Dialect::Draft4, b"2"), Some(true));
    assert_eq!(verdict(Dialect::Draft7, b"2"), None);
    assert_eq!(verdict(Dialect::OpenApi30, b"5"), Some(true));
    let named = r#"{"$schema": "https://spec.openapis.org/oas/3.0/dialect/2024-10-18", "type": "string", "nullable": true}"#;
    let schema = Schema::from_slice("a.json", named.as_bytes()).unwrap();
    assert!(Validator::new(&schema).unwrap().validate(b"null").valid);
    for dialect in Dialect::ALL {
        let output = fed(
            &["validate", "--dialect", dialect.name(), "--schema", "fixtures/schemas/seats.schema.json", "-"],
            b"{\"seats\": 1}",
        );
        assert_eq!(code(&output), 0, "{}: {}", dialect.name(), stderr(&output));
    }
    let stray = run(&["validate", "--dialect", "draft-04", "fixtures/valid"]);
    assert_eq!(code(&stray), 2);
}

#[test]
fn documents_and_files_that_a_schema_refers_to_are_read_by_every_command() {
    let [common, old, new] =
        ["common.json", "old.json", "new.json"].map(|name| file("no-resource-option", name));
    let given = format!("https://example.com/common.json={common}");
    for (what, output) in every_command(&new, r#"{"a": "x"}"#, &["--resource", &given]) {
        assert!(code(&output) < 2, "{what}: {}", stderr(&output));
    }
    let output = run(&["diff", "--resource", &given, &old, &new]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("`/b`"), "{}", stdout(&output));
    assert_eq!(code(&run(&["diff", &old, &new])), 3);

    let owner = format!("{PETS}/owner.yaml");
    for (what, output) in every_command(&owner, r#"{"pets": [{"id": 1, "name": "a", "nick": null}]}"#, &[]) {
        assert!(code(&output) < 2, "{what}: {}", stderr(&output));
    }
    let output =
        fed(&["validate", "--schema", &owner, "-"], br#"{"pets": [{"id": 1, "name": "a", "nick": null}]}"#);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
}

#[test]
fn a_change_in_a_file_beside_a_schema_is_a_change_of_it() {
    for reference in
        ["common.json#/$defs/id", "common.json#id", "./common.json#/properties/back/properties/id"]
    {
        let folders = ["string", "integer"].map(|kind| {
            let folder = tempfile::tempdir().unwrap();
            let common = json!({
                "$defs": {"id": {"$anchor": "id", "type": kind}},
                "properties": {"back": {"properties": {"id": {"$ref": "main.json#/$defs/back"}}}},
            });
            fs::write(folder.path().join("common.json"), common.to_string()).unwrap();
            let main = json!({
                "type": "object", "properties": {"a": {"$ref": reference}},
                "$defs": {"back": {"$ref": "common.json#/$defs/id"}},
            });
            fs::write(folder.path().join("main.json"), main.to_string()).unwrap();
            folder
        });
        let main = |folder: &tempfile::TempDir| folder.path().join("main.json").to_str().unwrap().to_owned();
        let [old, new] = folders.each_ref().map(main);
        let output = run(&["diff", &old, &new]);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        let changed = "error[response-property-type-changed] `/a`";
        assert!(stdout(&output).contains(changed), "{reference}: {}", stdout(&output));
        assert_eq!(code(&run(&["diff", "--fail-on", "info", &old, &old])), 0);
    }
}

#[test]
fn references_and_identifiers_that_generators_write_are_read_by_every_command() {
    for (schema, payload) in [
        (file("generic-names-in-ref", "s.json"), r#"{"v": "x"}"#),
        (file("id-with-fragment", "s.json"), r#"{"a": "x"}"#),
        (file("older-drafts", "s.json"), r#"{"a": 1}"#),
        (file("draft7-content-encoding", "s.json"), r#"{"data": "e30="}"#),
    ] {
        for (what, output) in every_command(&schema, payload, &[]) {
            let expected = i32::from(what.contains("--witness"));
            assert_eq!(code(&output), expected, "{what}: {}", stderr(&output));
        }
    }
}

#[test]
fn contents_are_made_as_the_validator_asserts_them() {
    let schema = file("draft7-content-encoding", "s.json");
    let made = run(&["generate", "--schema", &schema, "-n", "50", "--seed", "5"]);
    let output = fed(&["validate", "--schema", &schema, "-"], &made.stdout);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
}

#[test]
fn given_documents_are_found_from_every_subschema() {
    let leaf = json!({"type": "integer"});
    // draft-07 does not know `$defs`, and no relative reference leads out of a URN.
    let draft_7 = json!({
        "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/root.json",
        "properties": {"a": {"$ref": "outer.json"}}, "$defs": {"inner": {"properties": {"b": {"$ref": "leaf.json"}}}},
    });
    let outer = json!({"$ref": "https://example.com/root.json#/$defs/inner"});
    let urn = json!({
        "$ref": "urn:part", "$defs": {"part": {"$id": "urn:part", "properties": {"a": {"$ref": "urn:outer"}}}},
    });
    let urn_outer =
        json!({"$id": "urn:outer", "properties": {"b": {"$ref": "https://example.com/leaf.json"}}});
    for (root, uri, outer) in
        [(draft_7, "https://example.com/outer.json", outer), (urn, "urn:outer", urn_outer)]
    {
        let unused = json!({"$ref": "https://example.com/nowhere.json"});
        let schema = Schema::from_value(root.clone())
            .with_resource(uri, &outer)
            .and_then(|schema| schema.with_resource("urn:unused", &unused))
            .unwrap();
        let error = Validator::new(&schema).unwrap_err();
        assert!(error.message().contains("leaf.json"), "{error}");
        let schema = schema.with_resource("https://example.com/leaf.json", &leaf).unwrap();
        let validator = Validator::new(&schema).unwrap();
        for (value, valid) in [(json!(1), true), (json!("1"), false)] {
            let payload = json!({"a": {"b": value}}).to_string();
            assert_eq!(validator.validate(payload.as_bytes()).valid, valid, "{root}: {payload}");
        }
    }
}
