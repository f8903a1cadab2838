//! Alternatives, formats, patterns and references in schemas that payloads are validated against.

use std::fs;

use clients_contract::validate::Engine;
use clients_contract::{ErrorKind, Schema, Validator};
use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

const FOLDER: &str = "fixtures/field";

fn validate(case: &str, schema: &str, body: &str, more: &[&str]) -> std::process::Output {
    let [schema, body] = [schema, body].map(|file| format!("{FOLDER}/{case}/{file}"));
    run(&[&["validate", "--schema", &schema, &body][..], more].concat())
}

fn refused(schema: Value) -> (ErrorKind, String) {
    let error = Validator::new(&Schema::from_value(schema)).unwrap_err();
    (error.kind(), error.to_string())
}

/// Each finding of the reference engine: its rule and its message.
fn found(schema: &Value, payload: &Value) -> Vec<String> {
    let validator = Validator::new(&Schema::from_value(schema.clone())).unwrap();
    let validation = validator.engine(Engine::Reference).unwrap().validate(payload.to_string().as_bytes());
    validation.findings.iter().map(|finding| format!("[{}] {}", finding.rule.id, finding.message())).collect()
}

#[test]
fn nested_alternatives_are_reported_by_the_branch_that_fits_best() {
    for (schema, body, expected) in [
        (
            "filter.schema.json",
            "bad-4.json",
            "`/args/*/args/*/args/*/args/*/field`: expected string, found a number",
        ),
        ("filter.schema.json", "bad-12.json", "/field`: expected string, found a number (closest of 4"),
        ("nested.schema.json", "nested-16.json", "expected array, found a string (closest of 2 `anyOf`"),
        ("nested.schema.json", "nested-20.json", "expected array, found a string (closest of 2 `anyOf`"),
        ("expr.schema.json", "expr-16.json", "/left/value`: expected boolean, found a number (closest of 3"),
        ("expr.schema.json", "expr-20.json", "/left/value`: expected boolean, found a number (closest of 3"),
    ] {
        let output = validate("exponential-alternatives", schema, body, &[]);
        assert_eq!(code(&output), 1, "{body}: {}", stderr(&output));
        assert!(stdout(&output).contains(expected), "{body}: {}", stdout(&output));
        assert!(stdout(&output).contains("1 error,"), "{body}: {}", stdout(&output));
    }
    for body in ["good-4.json", "good-8.json", "good-12.json"] {
        assert_eq!(code(&validate("exponential-alternatives", "filter.schema.json", body, &[])), 0, "{body}");
    }
}

#[test]
fn of_alternatives_the_one_with_the_right_discriminator_is_reported() {
    let schema = json!({"oneOf": [
        {"type": "object", "properties": {"kind": {"const": "a"}, "size": {"type": "string"}}},
        {"type": "object", "properties": {"kind": {"enum": ["b", "c"]}, "size": {"type": "integer"}, "name": {"type": "string"}}},
        {"type": "null"},
    ]});
    assert_eq!(
        found(&schema, &json!({"kind": "c", "size": "big", "name": 5})),
        [
            "[type-mismatch] `/name`: expected string, found a number (closest of 3 `oneOf` branches)",
            "[type-mismatch] `/size`: expected integer, found a string (closest of 3 `oneOf` branches)",
        ]
    );
    // Nothing tells them apart.
    let schema = json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]});
    assert_eq!(
        found(&schema, &json!({})),
        ["[schema-violation] body: violates `anyOf`: matches none of the 2 branches"]
    );
}

#[test]
fn branches_that_fit_equally_well_are_reported_together_and_hide_nothing() {
    let listed = json!({"properties": {"k": {"anyOf": [{"enum": ["a", 1]}, {"enum": ["b", "a", 1.0]}]}}});
    assert_eq!(
        found(&listed, &json!({"k": "c"})),
        ["[unknown-enum-value] `/k`: unknown enum value `c`; expected one of `a`, `1`, `b`"]
    );
    // What the second branch refers to is required beside the union, too.
    let schema = json!({
        "allOf": [
            {"anyOf": [
                {"properties": {"y": {"minLength": 5}}},
                {"properties": {"y": {"$ref": "#/$defs/S"}}},
            ]},
            {"properties": {"y": {"$ref": "#/$defs/S"}}},
        ],
        "$defs": {"S": {"pattern": "^x"}},
    });
    assert_eq!(
        found(&schema, &json!({"y": "abc"})),
        [
            "[schema-violation] `/y`: violates `pattern`: does not match ^x",
            "[schema-violation] `/y`: violates `minLength`: shorter than 5 characters (closest of 2 `anyOf` branches)",
        ]
    );
    // Many values in many branches.
    let branches: Vec<Value> = (0..60)
        .map(|branch| (0..2_000).map(|value| format!("{branch}-{value}")).collect::<Vec<_>>())
        .map(|values| json!({"properties": {"k": {"enum": values}}}))
        .collect();
    let message = found(&json!({"anyOf": branches}), &json!({"k": "nope"})).remove(0);
    assert!(message.contains(" and 119988 more (closest of 60 `anyOf` branches)"), "{message}");
}

#[test]
fn schemas_of_many_ways_are_validated() {
    let mut definitions = serde_json::Map::new();
    for level in 0..30 {
        let next = json!({"$ref": format!("#/$defs/x{}", level + 1)});
        definitions.insert(format!("x{level}"), json!({"allOf": [next, next]}));
    }
    definitions.insert("x30".to_owned(), json!({"type": "integer"}));
    let schema = json!({"$ref": "#/$defs/x0", "$defs": definitions});
    assert_eq!(found(&schema, &json!(1)), [""; 0]);
    assert_eq!(found(&schema, &json!("x")), ["[type-mismatch] body: expected integer, found a string"]);
}

#[test]
fn formats_are_asserted_by_the_dialect_whatever_the_engine() {
    for schema in ["schema.json", "schema-allof.json"] {
        for engine in ["auto", "stream", "reference"] {
            if (schema, engine) == ("schema-allof.json", "stream") {
                continue;
            }
            let output = validate("draft07-uuid-engines", schema, "body.json", &["--engine", engine]);
            assert_eq!(code(&output), 0, "{schema} {engine}: {}", stdout(&output));
            assert!(stderr(&output).contains("`uuid` at /properties/id/format"), "{}", stderr(&output));
        }
    }
    for (dialect, format, text, valid) in [
        ("http://json-schema.org/draft-04/schema#", "date", "x", true),
        ("http://json-schema.org/draft-04/schema#", "ipv4", "x", false),
        ("http://json-schema.org/draft-06/schema#", "json-pointer", "x", false),
        ("http://json-schema.org/draft-07/schema#", "duration", "x", true),
        ("http://json-schema.org/draft-07/schema#", "date", "x", false),
        ("https://json-schema.org/draft/2019-09/schema", "uuid", "x", false),
        ("https://json-schema.org/draft/2020-12/schema", "uuid", "x", false),
        ("https://json-schema.org/draft/2020-12/schema", "idn-email", "x", true),
        ("https://json-schema.org/draft/2020-12/schema", "int32", "x", true),
    ] {
        for all_of in [json!({}), json!({"allOf": [{}]})] {
            let mut schema = json!({"$schema": dialect, "format": format});
            schema.as_object_mut().unwrap().extend(all_of.as_object().unwrap().clone());
            let validator = Validator::new(&Schema::from_value(schema)).unwrap();
            let unasserted = validator.unasserted_formats().count();
            for engine in [Engine::Auto, Engine::Reference] {
                let validation =
                    validator.clone().engine(engine).unwrap().validate(json!(text).to_string().as_bytes());
                assert_eq!(validation.valid, valid, "{dialect} {format} {engine:?}");
            }
            assert_eq!(unasserted == 1, valid, "{dialect} {format}");
        }
    }
}

#[test]
fn formats_that_are_not_asserted_are_reported_once() {
    let output = validate("idn-formats-not-asserted", "schema.json", "body.json", &[]);
    assert_eq!(code(&output), 0);
    let said = stderr(&output);
    assert_eq!(said.matches("not asserted").count(), 1, "{said}");
    assert!(
        said.contains("`idn-email` at /properties/a/format, `idn-hostname` at /properties/b/format"),
        "{said}"
    );
}

#[test]
fn patterns_that_are_valid_compile_or_say_what_they_are() {
    for schema in ["lookahead.schema.json", "named-backreference.schema.json"] {
        for engine in ["auto", "reference"] {
            let output = validate("valid-regex-refused", schema, "body.json", &["--engine", engine]);
            assert_eq!(code(&output), 0, "{schema}: {}", stderr(&output));
        }
    }
    let (kind, message) =
        refused(json!({"properties": {"a": {"pattern": "^((\\p{L}{1,1000}){1,1000}x){1,1000}$"}}}));
    assert_eq!(kind, ErrorKind::Unsupported);
    assert!(
        message.contains("/properties/a/pattern a valid regular expression that is too large"),
        "{message}"
    );
    let (kind, message) = refused(json!({"patternProperties": {"[": {}}}));
    assert_eq!(kind, ErrorKind::Schema);
    assert!(message.contains("regular expression") || message.contains("regex"), "{message}");
    // Both engines read the classes of a pattern alike, with and without look-ahead.
    for pattern in [r"^\d+$", r"^(?!x)\d+$"] {
        for schema in [json!({"pattern": pattern}), json!({"pattern": pattern, "allOf": [true]})] {
            let validator = Validator::new(&Schema::from_value(schema)).unwrap();
            assert!(validator.validate("\"12\"".as_bytes()).valid, "{pattern}");
            assert!(!validator.validate("\"\u{663}\"".as_bytes()).valid, "{pattern}");
        }
    }
}

#[test]
fn references_in_a_circle_are_an_error_in_every_command() {
    let case = format!("{FOLDER}/references-in-a-circle");
    let [schema, body] = ["schema.json", "body.json"].map(|file| format!("{case}/{file}"));
    let message = "reference cycle: /$defs/a applies itself to the same value";
    for arguments in [
        &["validate", "--schema", &schema, &body][..],
        &["validate", "--engine", "reference", "--schema", &schema, &body],
        &["drift", "--schema", &schema, &body],
        &["generate", "--schema", &schema],
        &["generate", "--invalid", "--schema", &schema],
        &["mutate", "--schema", &schema, &body],
        &["diff", &schema, &schema],
        &["diff", "--witness", &schema, &schema],
    ] {
        let output = run(arguments);
        assert_eq!(code(&output), 3, "{arguments:?}: {}", stderr(&output));
        let expected = format!("error: {schema}: {message}");
        assert!(stderr(&output).contains(&expected), "{arguments:?}: {}", stderr(&output));
    }
    for schema in [
        json!({"$ref": "#"}),
        json!({"$ref": ""}),
        json!({"anyOf": [true, {"$ref": "#/anyOf/1"}]}),
        json!({"allOf": [{"not": {"$ref": "#"}}]}),
        json!({"if": {"$ref": "#/$defs/a"}, "$defs": {"a": {"oneOf": [{"$ref": "#here"}], "$anchor": "here"}}}),
        json!({"dependentSchemas": {"a": {"$ref": "#"}}}),
        json!({"$id": "https://example.com/a", "$dynamicAnchor": "x", "$dynamicRef": "#x"}),
        json!({"$id": "https://example.com/a", "allOf": [{"$id": "b", "$ref": "a"}]}),
        json!({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#"}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "items": {"$ref": "#/items"}}),
    ] {
        let text = schema.to_string();
        let (kind, message) = refused(schema);
        assert_eq!(kind, ErrorKind::Schema, "{text}");
        assert!(message.contains("reference cycle"), "{text}: {message}");
    }
    for schema in [
        json!({"properties": {"a": {"$ref": "#"}}}),
        json!({"items": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}),
        json!({"type": "null", "$defs": {"a": {"$ref": "#/$defs/a"}}}),
    ] {
        assert!(Validator::new(&Schema::from_value(schema)).is_ok());
    }
}

#[test]
fn two_resources_of_one_identifier_are_an_error() {
    let twice = json!({"$id": "https://example.com/root", "type": "object", "$defs": {
        "a": {"$id": "item", "type": "string"},
        "b": {"$id": "item", "type": "integer"},
    }});
    let (kind, message) = refused(twice.clone());
    assert_eq!(kind, ErrorKind::Schema);
    let expected = "duplicate resource identifier `https://example.com/item`: at /$defs/";
    assert!(message.contains(expected), "{message}");
    let anchors =
        json!({"type": "object", "$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x", "type": "null"}}});
    assert!(refused(anchors).1.contains("duplicate resource identifier"));
    let item = json!({"$id": "https://example.com/item", "type": "integer"});
    let with = |schema: Value, uri: &str, resource: &Value| {
        Validator::new(&Schema::from_value(schema).with_resource(uri, resource).unwrap())
    };
    let root = json!({"$id": "https://example.com/root", "type": "object", "$defs": {
        "a": {"$id": "item", "type": "string"},
    }});
    assert!(with(root.clone(), "https://example.com/item", &item).is_err());
    assert!(with(root.clone(), "https://example.com/other", &item).is_err());
    let other = json!({"$id": "https://example.com/third"});
    assert!(with(root, "https://example.com/third", &other).is_ok());
    // A name that is only a value is no identifier.
    let value =
        json!({"$id": "https://example.com/root", "enum": [{"$id": "root"}], "const": {"$id": "root"}});
    assert!(Validator::new(&Schema::from_value(value)).is_ok());
}

#[test]
fn schemas_without_an_end_are_refused() {
    let body = format!("{FOLDER}/references-in-a-circle/body.json");
    for schema in ["/dev/zero", "fixtures"] {
        for arguments in [
            &["validate", "--schema", schema, &body][..],
            &["generate", "--schema", schema],
            &["diff", schema, &body],
        ] {
            let output = run(arguments);
            assert_eq!(code(&output), 3, "{arguments:?}: {}", stderr(&output));
            assert!(stderr(&output).contains(schema), "{}", stderr(&output));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.json");
    fs::File::create(&large).unwrap().set_len((64 << 20) + 1).unwrap();
    let large = large.to_str().unwrap();
    for arguments in [&["validate", "--schema", large, &body][..], &["diff", large, large]] {
        let output = run(arguments);
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        assert!(stderr(&output).contains("is too large: at most 64 MiB"), "{}", stderr(&output));
    }
    let resource = format!("https://example.com/x={large}");
    let schema = "schemas/baseline.schema.json";
    let output = fed(&["validate", "--schema", schema, "--resource", &resource, "-"], b"{}");
    assert_eq!(code(&output), 3);
}

#[test]
fn schemas_that_are_nested_too_deeply_are_refused() {
    let deep = |levels| (0..levels).fold(json!({}), |inner, _| json!({"items": inner}));
    assert!(Validator::new(&Schema::from_value(deep(100))).is_ok());
    let (kind, message) = refused(deep(500));
    assert_eq!(kind, ErrorKind::Schema);
    assert!(message.contains("nested more than 400 levels deep"), "{message}");
    let definitions: serde_json::Map<String, Value> =
        (0..3_000).map(|at| (format!("x{at}"), json!({"$ref": format!("#/$defs/x{}", at + 1)}))).collect();
    let mut chain = json!({"$ref": "#/$defs/x0", "$defs": definitions});
    chain["$defs"]["x3000"] = json!({});
    let (kind, message) = refused(chain);
    assert_eq!(kind, ErrorKind::Unsupported);
    assert!(message.contains("more than 2000 apply to one value"), "{message}");
}

#[test]
fn a_match_that_takes_too_many_steps_makes_the_outcome_incomplete_whatever_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let long = "a".repeat(60);
    for (schema, body) in [
        (json!({"items": {"pattern": "^(a|aa)+\\1x$"}}), json!([long])),
        (json!({"items": {"not": {"pattern": "^(a|aa)+\\1x$"}}}), json!([long])),
        (json!({"items": {"patternProperties": {"^(a|aa)+\\1x$": false}}}), json!([{long.as_str(): 1}])),
    ] {
        let (schema, body) = (file("schema.json", schema.to_string()), file("body.json", body.to_string()));
        let baseline = folder.path().join("baseline.toml").display().to_string();
        let arguments = ["validate", "--no-settings", "--schema", &schema, &body];
        run(&[&arguments[..], &["--write-baseline", &baseline]].concat());
        for more in [
            &[][..],
            &["--severity", "undecided=off"],
            &["--severity", "undecided=info"],
            &["--baseline", &baseline],
            &["--engine", "reference"],
        ] {
            let output = run(&[&arguments[..], more].concat());
            assert_eq!(code(&output), 3, "{more:?} {schema}: {}", stdout(&output));
            let said = stderr(&output);
            assert!(said.contains("not validated to the end: `/0"), "{more:?}: {said}");
        }
    }
}

#[test]
fn numbers_beyond_a_float_and_depth_are_named_as_what_they_are() {
    for number in ["1e999999999", &"9".repeat(400)] {
        let text = format!("{{\n\"maximum\": {number}}}");
        let error = Schema::from_slice("s.json", text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("s.json:2:"), "{error}");
        assert!(error.contains("number exceeds the range of a 64-bit float"), "{error}");
    }
    let nested = |levels: usize| format!("{}true{}", "{\"items\":".repeat(levels), "}".repeat(levels));
    let schema = Schema::from_slice("s.json", nested(399).as_bytes()).unwrap();
    assert!(Validator::new(&schema).is_ok());
    let error = Schema::from_slice("s.json", nested(401).as_bytes()).unwrap_err().to_string();
    assert!(error.contains("nested more than 400 levels deep"), "{error}");
}

#[test]
fn identifiers_of_metaschemas_are_taken() {
    let uri = "https://json-schema.org/draft/2020-12/schema";
    let items = json!({"$ref": uri});
    let embedded = |definition: Value| json!({"items": items, "$defs": {"m": definition}});
    for id in [uri, "http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-07/schema"] {
        let (kind, message) = refused(embedded(json!({"$id": id, "type": "string"})));
        assert_eq!(kind, ErrorKind::Schema, "{message}");
        assert!(
            message.contains("duplicate resource identifier") && message.contains("/$defs/m"),
            "{message}"
        );
    }
    let given = Schema::from_value(items.clone()).with_resource(uri, &json!({"type": "string"})).unwrap();
    let error = Validator::new(&given).unwrap_err();
    assert!(error.to_string().contains(uri), "{error}");
    // The metaschema itself is no other resource.
    let resolver = referencing::SPECIFICATIONS.resolver(referencing::uri::from_str(uri).unwrap());
    let metaschema = resolver.lookup("").unwrap().contents().clone();
    assert!(Validator::new(&Schema::from_value(embedded(metaschema))).is_ok());
    let other = embedded(json!({"$id": "https://json-schema.org/draft/2020-12/other", "type": "string"}));
    assert!(Validator::new(&Schema::from_value(other)).is_ok());
}

#[test]
fn dynamic_scopes_are_as_many_as_the_resources_that_matter() {
    const RESOURCES: usize = 12;
    // Each resource refers to each other one, so that there are as many orders as of all resources.
    for (draft, anchor, value, reference, target) in [
        ("2020-12", "$dynamicAnchor", json!("n"), "$dynamicRef", "#n"),
        ("2019-09", "$recursiveAnchor", json!(true), "$recursiveRef", "#"),
    ] {
        let resource = |at: usize| {
            let to = |other: usize| (format!("p{other}"), json!({"$ref": format!("r{other}")}));
            let mut properties: serde_json::Map<String, Value> = (0..RESOURCES).map(to).collect();
            properties.insert("d".to_owned(), json!({reference: target}));
            properties.insert("own".to_owned(), json!({"const": at}));
            json!({"$id": format!("r{at}"), anchor: value, "properties": properties})
        };
        let definitions: serde_json::Map<String, Value> =
            (0..RESOURCES).map(|at| (format!("r{at}"), resource(at))).collect();
        let schema = json!({
            "$schema": format!("https://json-schema.org/draft/{draft}/schema"),
            "$id": "http://x/root", "$defs": definitions,
            "properties": {"a": {"$ref": "r3"}, "b": {"$ref": "r5"}},
        });
        // The outermost resource decides, whatever comes on the way.
        for (payload, valid) in [
            (json!({"a": {"p7": {"p2": {"own": 2, "d": {"own": 3}}}}}), true),
            (json!({"a": {"p7": {"p2": {"own": 2, "d": {"own": 2}}}}}), false),
            (json!({"b": {"p3": {"p7": {"d": {"own": 5}}}}}), true),
            (json!({"b": {"p3": {"p7": {"d": {"own": 3}}}}}), false),
            (json!({"b": {"p3": {"d": {"p4": {"d": {"own": 5}}}}}}), true),
        ] {
            assert_eq!(found(&schema, &payload).is_empty(), valid, "{draft}: {payload}");
        }
    }
}

#[test]
fn long_keys_around_many_subschemas_are_kept_once() {
    let key = "k".repeat(200_000);
    let inner: serde_json::Map<String, Value> =
        (0..300).map(|at| (format!("p{at}"), json!({"type": "string"}))).collect();
    let schema = json!({"properties": {key.clone(): {"properties": inner}}});
    let validator = Validator::new(&Schema::from_value(schema)).unwrap();
    assert!(validator.clone().engine(Engine::Stream).is_err(), "60 MB of locations");
    let findings = validator.validate(json!({key.clone(): {"p7": 1}}).to_string().as_bytes()).findings;
    assert_eq!(findings[0].schema_pointer, format!("/properties/{key}/properties/p7/type"));
}

#[test]
fn a_payload_gives_up_a_few_long_matches_and_then_short_ones_too() {
    let schema = json!({"items": {"pattern": "^(a*)*\\1b(?!c)"}});
    let some = "a".repeat(14);
    let mut items = vec![json!(some), json!("b"), json!("c")];
    items.extend((0..20).map(|_| json!("a".repeat(40))));
    items.extend([json!(some), json!("b"), json!("c")]);
    let payload = Value::Array(items).to_string();
    let validator = Validator::new(&Schema::from_value(schema)).unwrap();
    let [stream, reference] = [Engine::Stream, Engine::Reference]
        .map(|engine| validator.clone().engine(engine).unwrap().validate(payload.as_bytes()));
    assert_eq!(stream.findings, reference.findings);
    let rules: Vec<&str> = stream.findings.iter().map(|finding| finding.rule.id).collect();
    let mut expected = vec!["schema-violation", "schema-violation"];
    expected.extend(["undecided"; 21]);
    expected.push("schema-violation");
    assert_eq!(rules, expected);
}
