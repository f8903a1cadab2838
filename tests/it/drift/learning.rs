//! The schema that traffic suggests, and what the contract could learn from it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{lines, page, tool};

/// The pages with all that a contract can learn planted into them.
fn strange(number: u64) -> Value {
    let mut page = page(number);
    let client = page.pointer_mut("/data/Clients/clients/0").unwrap();
    match number % 12 {
        0 => client["slug"] = Value::Null,
        1 => client["seatsLimit"] = "many".into(),
        2 => client["seatsUsedCount"] = 1.5.into(),
        3 => client["createdAt"] = "yesterday".into(),
        4 => drop(client.as_object_mut().unwrap().remove("name")),
        5 => client["plan"] = json!({"level": number, "since": null, "tags": ["a", 1]}),
        6 => client["courses"][0]["status"] = "retired".into(),
        7 => client["courses"][1]["status"] = Value::Null,
        8 => client["courses"][1]["status"] = 7.into(),
        9 => client["seatsAllocatedCount"] = 5_000_000_000_u64.into(),
        10 => client["a/b~c"] = format!("2026-01-{:02}", number % 28 + 1).into(),
        _ => client["primaryLicense"] = "none".into(),
    }
    page
}

fn judged(schema: &Value, bodies: &[Value]) -> Vec<String> {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let error = |body: &Value| validator.iter_errors(body).map(|error| error.to_string()).collect::<Vec<_>>();
    bodies.iter().flat_map(error).collect()
}

#[test]
fn the_patched_contract_accepts_the_traffic() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let pages: Vec<Value> = (0..240).map(strange).collect();
    fs::write(here.join("p.ndjson"), lines(pages.iter().cloned())).unwrap();
    let said = tool(here, &["drift", "p.ndjson", "--suggest", "patch.json", "--profile", "p.json"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    let text = fs::read_to_string(here.join("patch.json")).unwrap();
    let patch: json_patch::Patch = serde_json::from_str(&text).unwrap();
    let contract = clients_contract::Contract::clients().schema().as_value().clone();
    assert!(!judged(&contract, &pages).is_empty());
    let mut learned = contract.clone();
    json_patch::patch(&mut learned, &patch).unwrap();
    jsonschema::meta::validate(&learned).unwrap();
    assert_eq!(judged(&learned, &pages), Vec::<String>::new());
    // What breaks it in another way is still refused.
    let mut other = page(1);
    other["data"]["Clients"]["clients"][0]["disabled"] = "no".into();
    assert_eq!(judged(&learned, &[other]).len(), 1);
    // Each learned thing is one line with its reason, and what it replaces is tested before.
    for line in [
        r#""path":"/$defs/Client/properties/plan""#,
        r#""path":"/$defs/Client/properties/a~1b~0c","value":{"format":"date","type":"string"},"why":"new: string (date) in 20 of 240 objects (8.3 %)""#,
        r#""path":"/$defs/ContentStatus/enum/-","value":"retired","why":"20 times; changes all 5 references to it""#,
        r#""op":"remove","path":"/$defs/Client/required/1","why":"missing 20 times, there 220 times"#,
    ] {
        assert!(text.lines().any(|one| one.contains(line)), "{line}\n{text}");
    }
    // It does not apply to another contract.
    let mut changed = contract;
    changed["$defs"]["Client"]["required"] = json!(["name"]);
    assert!(json_patch::patch(&mut changed, &patch).is_err());
    // Profiles know as much as payloads.
    tool(here, &["drift", "-q", "--merge", "p.json", "--suggest", "again.json"]);
    assert_eq!(fs::read_to_string(here.join("again.json")).unwrap(), text);
    // The tool itself accepts the traffic by what it learned.
    fs::write(here.join("learned.json"), learned.to_string()).unwrap();
    assert_eq!(tool(here, &["validate", "-q", "--schema", "learned.json", "p.ndjson"]).code, 0);
    let said = tool(here, &["drift", "-q", "--schema", "learned.json", "p.ndjson", "--suggest", "none.json"]);
    assert_eq!((said.code, fs::read_to_string(here.join("none.json")).unwrap().as_str()), (0, "[]\n"));
}

#[test]
fn own_schemas_learn_too() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["a", "b"],
        "properties": {
            "a": {"type": "string", "pattern": "^x", "description": "An a."},
            "b": {"type": "integer", "minimum": 1, "maximum": 9}, "c": {"const": 1}, "d": {"enum": ["p", "q"]},
            "e": {"type": "array", "items": {"type": "string"}, "maxItems": 2}, "f": {"type": "string", "format": "uuid"},
        },
    });
    let bodies: Vec<Value> = (0..20)
        .flat_map(|n| {
            [
                json!({"a": "y", "b": 100}),
                json!({"a": null, "b": 0.5, "c": 2}),
                json!({"b": 5, "d": "some words", "new": true}),
                json!({"a": "x", "b": 5, "e": ["1", 2, null, n], "f": "no"}),
            ]
        })
        .collect();
    fs::write(here.join("s.json"), schema.to_string()).unwrap();
    fs::write(here.join("p.ndjson"), lines(bodies.iter().cloned())).unwrap();
    let said = tool(here, &["drift", "-q", "--schema", "s.json", "p.ndjson", "--suggest", "patch.json"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let text = fs::read_to_string(here.join("patch.json")).unwrap();
    assert!(!text.contains("some words"), "{text}");
    let mut learned = schema;
    let patch: json_patch::Patch = serde_json::from_str(&text).unwrap();
    json_patch::patch(&mut learned, &patch).unwrap();
    assert_eq!(judged(&learned, &bodies), Vec::<String>::new(), "{text}");
}

#[test]
fn what_is_inferred_accepts_its_traffic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inferred = |folder: &Path, arguments: &[&str]| -> Value {
        let said = tool(folder, &[&["infer", "-q"], arguments].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        serde_json::from_str(&said.out).unwrap()
    };
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(root.join("fixtures/valid").join(name)).unwrap()).unwrap()
    };
    let fixtures = ["documented.json", "minimal.json", "nulls.json", "rich.json"].map(read);
    let schema = inferred(root, &["fixtures/valid"]);
    jsonschema::meta::validate(&schema).unwrap();
    assert_eq!(judged(&schema, &fixtures), Vec::<String>::new());
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let pages: Vec<Value> = (0..120).map(strange).collect();
    fs::write(here.join("p.ndjson"), lines(pages.iter().cloned())).unwrap();
    let schema = inferred(here, &["p.ndjson"]);
    assert_eq!(judged(&schema, &pages), Vec::<String>::new());
    assert_eq!(inferred(here, &["p.ndjson", "-j", "3"]), schema, "threads make no difference");
    let client = &schema["properties"]["data"]["properties"]["Clients"]["properties"]["clients"]["items"];
    assert_eq!(client["properties"]["seatsLimit"]["type"], json!(["integer", "string"]));
    assert_eq!(client["properties"]["notificationEmails"], json!({"type": "string", "format": "email"}));
    let required = client["required"].as_array().unwrap();
    assert!(required.contains(&"slug".into()) && !required.contains(&"name".into()), "{required:?}");
    assert!(!schema.to_string().contains("School 1"), "no values");
    // It is narrow: another type is refused.
    let mut other = page(500);
    other["data"]["Clients"]["pageInfo"]["total"] = "many".into();
    assert_eq!(judged(&schema, &[other]).len(), 1);
}

#[test]
fn captures_are_read_as_validate_reads_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = tool(root, &["infer", "-q", "fixtures/captures"]);
    let validate = tool(root, &["validate", "-q", "-f", "json", "fixtures/captures"]);
    let checked: Value = serde_json::from_str(&validate.out).unwrap();
    assert!(checked["checked"]["payloads"].as_u64().unwrap() > 3, "{}", validate.out);
    let schema: Value = serde_json::from_str(&said.out).unwrap();
    assert!(schema.pointer("/properties/data/properties/Clients").is_some());
    let drift = tool(root, &["drift", "-q", "-f", "json", "fixtures/captures"]);
    let drifted: Value = serde_json::from_str(&drift.out).unwrap();
    assert_eq!(drifted["checked"], checked["checked"]);
}
