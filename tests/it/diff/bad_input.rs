//! Schemas as people have them.

use std::fmt::Write;

use clients_contract::diff::{Document, compare};
use clients_contract::{ErrorKind, Severity};
use serde_json::{Map, Value, json};

use super::document;

fn refusal(name: &str, text: &str) -> (ErrorKind, String) {
    let error = Document::parse(name, text.as_bytes()).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn what_is_no_schema_is_refused_with_its_location() {
    let cases = [
        ("a.json", "{\n  \"type\": }", "a.json:2:11"),
        ("a.json", "[]", "expected an object or a boolean"),
        (
            "a.json",
            r#"{"properties": {"a": {"type": "text"}}}"#,
            "a.json: not a valid JSON Schema at /properties/a/type",
        ),
        ("a.json", r##"{"properties": {"a": {"$ref": "#/$defs/x"}}}"##, "unresolved reference"),
        ("a.json#/b", "{}", "a.json#/b: nothing found at this pointer"),
        ("a.json", r#"{"openapi": "3.1.0"}"#, "name a schema in it"),
        (
            "a.json#/components/schemas/A",
            r#"{"openapi": "3.1.0", "components": {"schemas": {"A": {"type": 5}}}}"#,
            "at /components/schemas/A/type",
        ),
    ];
    for (name, text, message) in cases {
        let (kind, told) = refusal(name, text);
        assert_eq!(kind, ErrorKind::Schema, "{told}");
        assert!(told.contains(message), "{told}");
    }
    let (kind, told) = refusal(
        "a.json#/components/schemas/a",
        r#"{"openapi": "4.0", "components": {"schemas": {"a": {}}}}"#,
    );
    assert_eq!(kind, ErrorKind::Unsupported, "{told}");
}

#[test]
fn nothing_is_fetched() {
    for (name, text) in [
        ("a.json", r#"{"properties": {"a": {"$ref": "https://127.0.0.1:9/b.json"}}}"#),
        ("a.json", r#"{"properties": {"a": {"$ref": "b.json#/x"}}}"#),
        (
            "a.json#/components/schemas/A",
            r#"{"openapi": "3.1.0", "components": {"schemas": {"A": {"$ref": "b.json#/x"}}}}"#,
        ),
    ] {
        let (kind, told) = refusal(name, text);
        assert_eq!(kind, ErrorKind::Schema, "{told}");
        assert!(told.contains("b.json") && told.contains("nothing is fetched"), "{told}");
    }
}

#[test]
fn drafts_may_differ_and_keep_their_meaning() {
    let draft = |number: &str| format!("http://json-schema.org/draft-{number}/schema#");
    let old = json!({"$schema": draft("04"), "properties": {"a": {"type": "number", "maximum": 5, "exclusiveMaximum": true}}});
    let same =
        json!({"$schema": draft("07"), "properties": {"a": {"type": "number", "exclusiveMaximum": 5}}});
    let wider = json!({"$schema": draft("07"), "properties": {"a": {"type": "number", "maximum": 5}}});
    let [old, same, wider] = [old, same, wider].map(|schema| document("a", &schema));
    let severities = |old, new| {
        let findings = compare(old, new).findings();
        findings.iter().map(|finding| (finding.rule.id, finding.severity)).collect::<Vec<_>>()
    };
    let dialect = ("response-body-dialect-changed", Severity::Info);
    let said = severities(&old, &same);
    assert_eq!(said[0], dialect);
    assert!(said[1..].iter().all(|(_, severity)| *severity == Severity::Info), "{said:?}");
    let said = severities(&old, &wider);
    assert!(said.contains(&("response-property-exclusive-max-unset", Severity::Error)), "{said:?}");
    assert!(severities(&wider, &old).iter().all(|(_, severity)| *severity < Severity::Error));
    // Before 2019-09 nothing beside a reference counts.
    let beside = |draft: &str| {
        let schema = json!({"$schema": draft, "definitions": {"a": {"type": "string"}},
            "properties": {"a": {"$ref": "#/definitions/a", "maxLength": 5}}});
        document("a", &schema)
    };
    let (seven, now) = (beside(&draft("07")), beside("https://json-schema.org/draft/2020-12/schema"));
    assert!(severities(&seven, &now).iter().all(|(_, severity)| *severity < Severity::Error));
    assert!(severities(&now, &seven).iter().any(|(_, severity)| *severity == Severity::Error));
}

#[test]
fn recursion_ends() {
    let tree = |kind: &str| {
        json!({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "required": ["value"], "properties": {
            "value": {"type": kind}, "left": {"$ref": "#/$defs/tree"}, "all": {"items": {"$ref": "#"}},
        }}}})
    };
    let (old, new) = (document("old", &tree("integer")), document("new", &tree("number")));
    let comparison = compare(&old, &new);
    let findings = comparison.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].pointer.to_string(), "/value");
    let payload = comparison.witness(0).unwrap();
    assert!(payload["value"].is_f64(), "{payload}");
    // References that only lead to each other are no schema with a meaning.
    let circle =
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}});
    let error = Document::parse("circle", circle.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("reference cycle"), "{error}");
    let beside = json!({"oneOf": [{"$ref": "#/$defs/d"}, {}], "$defs": {"d": {"$ref": "#/$defs/d"}}});
    let error = Document::parse("circle", beside.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
}

/// A chain of definitions as long as this once was the end of tools that follow each by a call.
#[test]
fn long_chains_and_deep_nests_end() {
    let chain = |kind: &str, count: usize| {
        let mut definitions = Map::new();
        for number in 0..count {
            let next = json!({"properties": {"next": {"$ref": format!("#/$defs/d{}", number + 1)}}});
            definitions.insert(format!("d{number}"), next);
        }
        definitions.insert(format!("d{count}"), json!({"type": kind}));
        json!({"$ref": "#/$defs/d0", "$defs": definitions})
    };
    let long = document("long", &chain("integer", 2_000));
    assert_eq!(compare(&long, &long).findings().len(), 0);
    // As deep as a payload may be.
    let (old, new) = (document("old", &chain("integer", 400)), document("new", &chain("number", 400)));
    assert_eq!(compare(&old, &new).findings()[0].rule.id, "response-property-type-generalized");
    let mut text = String::new();
    (0..60).for_each(|_| text.push_str(r#"{"items":"#));
    text.push_str("true");
    (0..60).for_each(|_| text.push('}'));
    let deep = Document::parse("deep", text.as_bytes()).unwrap();
    assert_eq!(compare(&deep, &deep).findings().len(), 0);
}

/// Thousands of properties, all of them changed in some way; what takes the square of that shows.
#[test]
fn five_thousand_properties_are_no_trouble() {
    let wide = |name: &dyn Fn(usize) -> String, schema: &dyn Fn(usize) -> Value| {
        let properties: Map<String, Value> =
            (0..5_000).map(|number| (name(number), schema(number))).collect();
        let required: Vec<&String> = properties.keys().step_by(50).collect();
        document("wide", &json!({"type": "object", "required": required, "properties": properties}))
    };
    let mut named = String::new();
    let plain = |number: usize| format!("p{number}");
    let other = |number: usize| format!("q{number}");
    let integer = |number: usize| json!({"type": "integer", "maximum": number});
    let old = wide(&plain, &integer);
    let cases = [
        (wide(&plain, &integer), 0, "none"),
        (wide(&plain, &|number| json!({"type": "integer", "maximum": number + 1})), 5_000, "major"),
        (wide(&plain, &|number| json!({"type": ["integer", "null"], "maximum": number})), 5_000, "major"),
        (wide(&other, &integer), 10_000, "major"),
    ];
    for (new, many, bump) in &cases {
        let comparison = compare(&old, new);
        assert_eq!((comparison.findings().len(), comparison.bump().name()), (*many, *bump));
        write!(named, "{}", comparison.changelog().len()).unwrap();
    }
    assert!(!named.is_empty());
}

#[test]
fn an_openapi_document_has_schemas() {
    let api = |kind: &str| {
        json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"get": {"responses": {"200": {
            "description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}}}},
            "components": {"schemas": {"Page": {"type": "object", "properties": {"items": {"type": "array",
                "items": {"$ref": "#/components/schemas/Item"}}}}, "Item": {"type": "object", "properties": {"n": {"type": kind}}}}}})
    };
    for place in ["components/schemas/Page", "paths/~1x/get/responses/200/content/application~1json/schema"] {
        let name = format!("api.json#/{place}");
        let read = |kind: &str| Document::parse(&name, api(kind).to_string().as_bytes()).unwrap();
        let (old, new) = (read("integer"), read("number"));
        let comparison = compare(&old, &new);
        let finding = &comparison.findings()[0];
        assert_eq!(finding.pointer.to_string(), "/items/*/n");
        assert_eq!(finding.schema_pointer, "/components/schemas/Item/properties/n/type");
        assert!(comparison.witness(0).unwrap()["items"][0]["n"].is_f64());
    }
}
