//! Contracts in other notations: the same verdicts, and documents that say what the contract says.

mod openapi;
mod random;
mod typescript;
mod verdicts;

use clients_contract::export::Notation;
use clients_contract::{Contract, Error, Schema};
use serde_json::{Value, json};

use crate::tool::{code, run, stderr, stdout};

/// A schema in another notation.
fn exported(notation: &str, schema: &Value) -> Result<String, Error> {
    let contract = Contract::builder("thing.schema.json", Schema::from_value(schema.clone())).build()?;
    of(notation, &contract)
}

fn of(notation: &str, contract: &Contract) -> Result<String, Error> {
    let notation: &Notation = notation.parse().unwrap();
    Ok(String::from_utf8(notation.of(contract, contract.envelope(&[]))?).unwrap())
}

fn document(notation: &str, schema: &Value) -> Result<Value, Error> {
    Ok(serde_json::from_str(&exported(notation, schema)?).unwrap())
}

#[test]
fn the_contract_is_exported_as_it_is_with_titles() {
    let mut exported: Value = serde_json::from_str(stdout(&run(&["export", "json-schema"]))).unwrap();
    let published: Value =
        serde_json::from_str(&std::fs::read_to_string("schemas/clients.schema.json").unwrap()).unwrap();
    for (name, definition) in exported["$defs"].as_object_mut().unwrap() {
        assert_eq!(definition.as_object_mut().unwrap().remove("title"), Some(json!(name)));
    }
    assert_eq!(exported, published);
}

#[test]
fn every_envelope_is_exported() {
    for envelope in ["documented", "bare", "list"] {
        for notation in clients_contract::export::NOTATIONS {
            let output = run(&["export", notation.name, "--envelope", envelope]);
            assert_eq!(code(&output), 0, "{notation} {envelope}: {}", stderr(&output));
            assert_eq!(stdout(&output), stdout(&run(&["export", notation.name, "--envelope", envelope])));
        }
        let printed = run(&["schema", "--envelope", envelope]);
        assert_eq!(code(&printed), 0, "{envelope}: {}", stderr(&printed));
        let printed: Value = serde_json::from_str(stdout(&printed)).unwrap();
        let exported: Value =
            serde_json::from_str(stdout(&run(&["export", "json-schema", "--envelope", envelope]))).unwrap();
        assert_eq!(printed["$id"], exported["$id"]);
    }
}

#[test]
fn files_beside_a_schema_become_definitions() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, schema: Value| {
        std::fs::write(folder.path().join(name), schema.to_string()).unwrap();
    };
    file(
        "a.json",
        json!({"properties": {"price": {"$ref": "common.json#/definitions/money"}, "other": {"$ref": "common.json"}}}),
    );
    file(
        "common.json",
        json!({"type": "array", "definitions": {"money": {"description": "Money.", "items": {"$ref": "#"}}}}),
    );
    let path = folder.path().join("a.json");
    let output = run(&["export", "draft-07", "--schema", path.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let exported: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(exported["properties"]["price"], json!({"$ref": "#/definitions/money"}));
    let expected = json!({
        "money": {"title": "money", "description": "Money.", "items": {"$ref": "#/definitions/common"}},
        "common": {"title": "common", "type": "array"},
    });
    assert_eq!(exported["definitions"], expected);
}

#[test]
fn what_a_format_cannot_take_is_a_usage_error() {
    for (arguments, message) in [
        (
            &["export", "openapi", "--schema", "fixtures/schemas/seats.schema.json"][..],
            "`openapi` describes an endpoint, and a schema has none",
        ),
        (&["export", "typescript", "--server", "https://example.com"], "requires the format `openapi`"),
        (&["export", "openapi", "--server", "example.com"], "expected a URL"),
    ] {
        let output = run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(message) && output.stdout.is_empty(), "{}", stderr(&output));
    }
}

#[test]
fn the_skill_is_printed() {
    let output = run(&["skill"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).starts_with("---\nname: clients-contract\n"));
    for (code, meaning) in [(0, "no findings"), (1, "findings"), (3, "incomplete")] {
        assert!(stdout(&output).contains(&format!("| {code} | {meaning}")), "{code}");
    }
}
