//! `schemas/clients.schema.json` is what the types say.

use std::fs;

use clients_contract::Contract;

use crate::tool::{code, run, stderr};

#[test]
fn the_schema_file_is_the_derived_schema() {
    let published = fs::read_to_string("schemas/clients.schema.json").unwrap();
    let derived = Contract::clients().schema().to_json();
    assert!(published == derived, "stale: `cargo run -- schema --write` renews it");
}

#[test]
fn the_remedy_of_a_stale_file_is_about_the_same_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.json");
    fs::write(&path, "{}").unwrap();
    let path = path.to_str().unwrap();
    let output = run(&["schema", "--envelope", "list", "--check", path]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains(&format!("`clients-contract schema --envelope list --write {path}`")));
    assert_eq!(code(&run(&["schema", "--envelope", "list", "--write", path])), 0);
    assert_eq!(code(&run(&["schema", "--envelope", "list", "--check", path])), 0);
}

#[test]
fn the_schema_is_a_schema_and_has_no_leftovers() {
    let schema = Contract::clients().schema().as_value();
    jsonschema::meta::validate(schema).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$id"], "urn:clients-contract:clients");
    let text = schema.to_string();
    for leftover in ["int32", "\"default\"", "\"nullable\"", "additionalProperties"] {
        assert!(!text.contains(leftover), "{leftover}");
    }
    let definitions = schema["$defs"].as_object().unwrap();
    for name in definitions.keys() {
        assert!(!name.ends_with(|character: char| character.is_ascii_digit()), "{name}");
        let used = text.matches(&format!("\"#/$defs/{name}\"")).count();
        assert!(used > 0, "{name} is not used");
    }
}
