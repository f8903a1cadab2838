//! Schemas that `infer` makes of traffic: formats, definitions, maps.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

fn inferred(bodies: &[Value]) -> Value {
    let lines: Vec<String> = bodies.iter().map(Value::to_string).collect();
    let output = fed(&["infer", "-q", "--input", "ndjson", "-"], lines.join("\n").as_bytes());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    serde_json::from_str(stdout(&output)).unwrap()
}

fn refused<'b>(schema: &Value, bodies: &'b [Value]) -> Vec<&'b Value> {
    jsonschema::meta::validate(schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    bodies.iter().filter(|body| !validator.is_valid(body)).collect()
}

#[test]
fn a_letter_and_a_colon_make_no_uri() {
    let output = run(&["infer", "-q", "fixtures/field/I1-infer-uri/traffic.ndjson"]);
    let schema: Value = serde_json::from_str(stdout(&output)).unwrap();
    let expected = json!({
        "v6": {"type": "string", "format": "ipv6"}, "img": {"type": "string"}, "key": {"type": "string"},
    });
    assert_eq!(schema["properties"], expected);
    let bodies: Vec<Value> = (0..12)
        .map(|n| json!({"u": format!("https://example.com/{n}"), "n": format!("urn:a:{n}"), "t": format!("10:{n}")}))
        .collect();
    let schema = inferred(&bodies);
    assert_eq!(schema["properties"]["u"]["format"], "uri");
    assert_eq!(schema["properties"]["n"]["format"], "uri");
    assert_eq!(schema["properties"]["t"], json!({"type": "string"}));
}

#[test]
fn objects_of_one_shape_are_defined_once() {
    let address = |n: u64| json!({"street": format!("Street {n}"), "zip": n.to_string()});
    let bodies: Vec<Value> = (0..12)
        .map(|n| {
            let mut order = json!({
                "billing_address": address(n), "shippingAddress": if n % 3 == 0 { Value::Null } else { address(n + 1) },
                "items": [{"sku": n, "price": {"amount": 1.5, "currency": "EUR"}}],
                "total": {"amount": n, "currency": "EUR"}, "single": {"only": {"a": 1, "b": 2}},
            });
            if n == 5 {
                order["billing_address"].as_object_mut().unwrap().insert("zip".to_owned(), Value::Null);
            }
            order
        })
        .collect();
    let schema = inferred(&bodies);
    assert_eq!(refused(&schema, &bodies), Vec::<&Value>::new());
    let names: Vec<&String> = schema["$defs"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Address", "Price"]);
    assert_eq!(schema["properties"]["billing_address"], json!({"$ref": "#/$defs/Address"}));
    // Null stays where it was seen.
    let nullable = json!({"anyOf": [{"$ref": "#/$defs/Address"}, {"type": "null"}]});
    assert_eq!(schema["properties"]["shippingAddress"], nullable);
    assert_eq!(schema["$defs"]["Address"]["required"], json!(["street", "zip"]));
    assert_eq!(schema["$defs"]["Address"]["properties"]["zip"]["type"], json!(["string", "null"]));
    assert_eq!(schema["$defs"]["Price"]["properties"]["amount"], json!({"type": "number"}));
    assert!(schema["properties"]["single"]["properties"]["only"].get("$ref").is_none());
    // Members of one name and other types are other shapes.
    let schema = inferred(&[json!({"a": {"id": 1, "name": "x"}, "b": {"id": "1", "name": "x"}})]);
    assert!(schema.get("$defs").is_none(), "{schema}");
}

#[test]
fn trees_refer_to_themselves() {
    let leaf = |n: u64| json!({"id": n, "name": "x"});
    let empty = |n: u64| json!({"id": n, "name": "x", "children": []});
    for bodies in [
        vec![
            json!({"id": 1, "name": "a", "children": [{"id": 2, "name": "b", "children": [leaf(3), leaf(4)]}, leaf(5)]}),
        ],
        vec![
            json!({"id": 1, "name": "a", "children": [{"id": 2, "name": "b", "children": [empty(3)]}, empty(5)]}),
        ],
    ] {
        let schema = inferred(&bodies);
        assert_eq!(refused(&schema, &bodies), Vec::<&Value>::new());
        assert_eq!(schema["$ref"], "#/$defs/Child", "{schema}");
        let child = &schema["$defs"]["Child"];
        assert_eq!(
            child["properties"]["children"],
            json!({"type": "array", "items": {"$ref": "#/$defs/Child"}})
        );
        assert_eq!(schema.as_object().unwrap().len(), 3, "{schema}");
    }
    let thread = json!({"posts": [{"text": "a", "by": 1, "reply": {"text": "b", "by": 2, "reply": {"text": "c", "by": 1, "reply": null}}}]});
    let schema = inferred(std::slice::from_ref(&thread));
    let reply = json!({"anyOf": [{"$ref": "#/$defs/Post"}, {"type": "null"}]});
    assert_eq!(schema["$defs"]["Post"]["properties"]["reply"], reply, "{schema}");
    assert_eq!(refused(&schema, &[thread]), Vec::<&Value>::new());
}

#[test]
fn objects_whose_keys_are_data_are_maps() {
    let object = |keys: &mut dyn Iterator<Item = String>| -> Value {
        keys.enumerate().map(|(n, key)| (key, json!({"n": n}))).collect::<serde_json::Map<_, _>>().into()
    };
    let value = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
    for (body, keys) in [
        (object(&mut (0..12).map(|n| format!("00000000-0000-4000-8000-{n:012}"))), json!({"format": "uuid"})),
        (object(&mut (0..12).map(|n| format!("2026-01-{:02}", n + 1))), json!({"format": "date"})),
        (object(&mut (0..12).map(|n| n.to_string())), json!({"pattern": "^-?[0-9]{1,15}$"})),
        (object(&mut (0..4).map(|n| format!("user-{n}"))), Value::Null),
        (object(&mut ["de", "en-US", "zh-Hans"].into_iter().map(str::to_owned)), Value::Null),
        (object(&mut (0..1_500).map(|n| format!("k{n}x"))), Value::Null),
    ] {
        let schema = inferred(&[json!({"map": body.clone()})]);
        let map = &schema["properties"]["map"];
        assert_eq!(map["additionalProperties"], value, "{schema}");
        assert_eq!(
            (map.get("properties"), map.get("propertyNames").cloned().unwrap_or_default()),
            (None, keys)
        );
        assert_eq!(refused(&schema, &[json!({"map": body})]), Vec::<&Value>::new());
    }
    // Names among them stay names.
    let body = json!({"total": 3, "unit": "h", "2026-01-01": 1, "2026-01-02": 2, "2026-01-03": null});
    let schema = inferred(std::slice::from_ref(&body));
    assert_eq!(
        schema["patternProperties"],
        json!({"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": {"type": ["integer", "null"]}})
    );
    assert_eq!(schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["total", "unit"]);
    // Records are no maps.
    for body in [
        json!({"id": 1, "no": 2, "to": 3}),
        json!({"1": "a", "2": 7, "3": [true]}),
        (0..40)
            .map(|n| (format!("is_{}", "x".repeat(n + 1)), true.into()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    ] {
        let schema = inferred(std::slice::from_ref(&body));
        assert_eq!(
            schema["properties"].as_object().unwrap().len(),
            body.as_object().unwrap().len(),
            "{schema}"
        );
    }
}

#[test]
fn a_schema_is_widened_by_traffic() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let schema = json!({
        "$id": "https://example.com/s", "title": "T", "type": "object", "required": ["id", "kind"],
        "properties": {
            "id": {"type": "integer", "minimum": 1, "description": "An ID."}, "kind": {"enum": ["a", "b"]},
            "owner": {"$ref": "#/$defs/owner"},
        },
        "$defs": {"owner": {"type": "object", "additionalProperties": false, "properties": {"name": {"type": "string"}}}},
    });
    let bodies = [
        json!({"id": 0, "kind": "c"}),
        json!({"id": 2, "owner": null, "new": [1]}),
        json!({"id": 3, "kind": "a", "owner": {"name": "n", "role": "r"}}),
    ];
    std::fs::write(path("s.json"), schema.to_string()).unwrap();
    std::fs::write(path("p.ndjson"), bodies.each_ref().map(Value::to_string).join("\n")).unwrap();
    let merge = |schema: &str| {
        let output = run(&["infer", "-q", "--merge", &path(schema), &path("p.ndjson")]);
        assert_eq!((code(&output), stderr(&output)), (0, ""));
        stdout(&output).to_owned()
    };
    let text = merge("s.json");
    let widened: Value = serde_json::from_str(&text).unwrap();
    let role = json!({"name": {"type": "string"}, "role": {"type": "string"}});
    let expected = json!({
        "$id": "https://example.com/s", "title": "T", "type": "object", "required": ["id"],
        "properties": {
            "id": {"type": "integer", "description": "An ID."}, "kind": {"enum": ["a", "b", "c"]},
            "owner": {"anyOf": [{"$ref": "#/$defs/owner"}, {"type": "null"}]},
            "new": {"$comment": "observed: array in 1 of 3 objects (33.3 %)"},
        },
        "$defs": {"owner": {"type": "object", "additionalProperties": false, "properties": role}},
    });
    assert_eq!(widened, expected);
    std::fs::write(path("again.json"), &text).unwrap();
    assert_eq!(merge("again.json"), text);
    // What no schema accepts is named.
    std::fs::write(path("p.ndjson"), "{\"id\": 1e999, \"kind\": \"a\"}\n").unwrap();
    let output = run(&["infer", "-q", "--merge", &path("s.json"), &path("p.ndjson")]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("not learned: out-of-range at /id"), "{}", stderr(&output));
    assert_eq!(code(&run(&["infer", "--resource", "urn:a=s.json", &path("p.ndjson")])), 2);
}

fn bodies() -> impl Strategy<Value = Vec<Value>> {
    let scalar = select(vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-1.5),
        json!("a"),
        json!("2026-01-02"),
        json!("user:5"),
    ]);
    let names = vec![
        "id",
        "name",
        "children",
        "items",
        "1",
        "2",
        "3",
        "de",
        "en",
        "2026-01-01",
        "2026-01-02",
        "2026-01-03",
        "",
        "a/b~",
    ];
    let value = scalar.prop_recursive(5, 60, 6, move |inner| {
        let members =
            prop::collection::btree_map(select(names.clone()).prop_map(str::to_owned), inner.clone(), 0..7);
        let object =
            members.prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into());
        prop_oneof![prop::collection::vec(inner, 0..5).prop_map(Value::from), object.clone(), object]
    });
    prop::collection::vec(value, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_inferred_schema_accepts_its_traffic(bodies in bodies()) {
        let watch = clients_contract::drift::Watch::new(None, "");
        let any = clients_contract::Validator::new(&clients_contract::Schema::from_value(json!({}))).unwrap();
        for body in &bodies {
            let origin = clients_contract::Origin::file("p");
            let payload = clients_contract::Payload::new(origin, body.to_string().into_bytes());
            watch.see(&payload, &any.validate_payload(&payload));
        }
        let schema = clients_contract::drift::infer(&watch.finish());
        prop_assert!(jsonschema::meta::is_valid(&schema), "{}", schema);
        let all = refused(&schema, &bodies);
        prop_assert!(all.is_empty(), "{}: {:?}", schema, all);
    }
}
