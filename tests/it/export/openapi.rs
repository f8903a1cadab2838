//! Descriptions of APIs; `.ci/full` has linters and a mock server read that of the built-in contract.

use clients_contract::contract::paging::Paging;
use clients_contract::{Contract, Schema};
use serde_json::{Value, json};

use super::of;
use crate::tool::{run, stdout};

fn printed(arguments: &[&str]) -> Value {
    serde_json::from_str(stdout(&run(&[&["export", "openapi"], arguments].concat()))).unwrap()
}

#[test]
fn the_endpoint_is_described() {
    let api = printed(&["--server", "http://127.0.0.1:4010"]);
    assert_eq!(api["openapi"], "3.1.0");
    assert_eq!(api["servers"], json!([{"url": "http://127.0.0.1:4010"}]));
    let get = &api["paths"]["/incoming/v2/clients"]["get"];
    let names: Vec<&str> =
        get["parameters"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["query", "sort", "page", "count", "cursor", "perPage"]);
    assert_eq!(
        get["parameters"][3]["schema"],
        json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 25})
    );
    assert_eq!(get["security"], json!([{"bearer": []}]));
    let responses = get["responses"].as_object().unwrap();
    assert_eq!(responses.keys().collect::<Vec<_>>(), ["200", "401", "403", "429", "503"]);
    for status in ["401", "429"] {
        let schema = &responses[status]["content"]["application/json"]["schema"];
        assert_eq!(schema["$ref"], "#/components/schemas/Error");
    }
    assert!(responses["429"]["headers"]["Retry-After"].is_object());
    assert!(responses["200"]["headers"]["X-RateLimit-Remaining"].is_object());
    let error = &api["components"]["schemas"]["Error"]["properties"];
    assert_eq!(
        *error,
        json!({"error": {"type": "string"}, "message": {"type": "string"}, "retryAfter": {"type": "integer"}})
    );
    let instance = printed(&[]);
    assert_eq!(instance["servers"][0]["url"], "https://{instance}.thoughtindustries.com");
    assert_eq!(instance["servers"][0]["variables"]["instance"]["default"], "instance");
}

#[test]
fn examples_are_valid_and_every_reference_leads_somewhere() {
    for envelope in ["documented", "bare", "list"] {
        let api = printed(&["--envelope", envelope]);
        let media =
            &api["paths"]["/incoming/v2/clients"]["get"]["responses"]["200"]["content"]["application/json"];
        let validator = Contract::clients().validator().clone().accepting(&[envelope]).unwrap();
        let validation = validator.validate(media["example"].to_string().as_bytes());
        assert!(validation.valid, "{envelope}: {validation}");
        let mut pending = vec![&api];
        let mut references = 0;
        while let Some(value) = pending.pop() {
            if let Some(target) = value.get("$ref").and_then(Value::as_str) {
                references += 1;
                assert!(api.pointer(target.strip_prefix('#').unwrap()).is_some(), "{target}");
            }
            match value {
                Value::Object(members) => pending.extend(members.values()),
                Value::Array(items) => pending.extend(items),
                _ => {}
            }
        }
        assert!(references > 100 && !api.to_string().contains("$defs"), "{references}");
    }
}

#[test]
fn contracts_of_ones_own_are_described() {
    let schema = json!({
        "type": "object", "required": ["things", "page"], "additionalProperties": false,
        "properties": {
            "things": {"type": "array", "items": {"$ref": "#/$defs/Error"}},
            "page": {"type": "object"},
        },
        "$defs": {"Error": {"type": "object", "properties": {"a b": {"$ref": "#/$defs/List<a>"}}}, "List<a>": {"type": "array"}},
    });
    let contract = Contract::builder("things", Schema::from_value(schema))
        .host("https://{region}.example.com/{instance}")
        .path("/v1/{owner}/things")
        .items("/things")
        .page_info("/page")
        .paging(Paging::by_cursor("after", "limit"))
        .error(404, r#"{"code": 3}"#, "no such owner")
        .build()
        .unwrap();
    insta::assert_snapshot!(of("openapi", &contract).unwrap());
}
