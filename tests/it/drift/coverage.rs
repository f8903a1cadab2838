//! What the payloads exercise of the contract, and a number to hold it to.

use std::fs;
use std::path::Path;

use clients_contract::Schema;
use clients_contract::drift::{Coverage, Documents, Part};
use clients_contract::validate::Promises;
use serde_json::{Value, json};

use super::{profile_of, tool};

#[test]
fn each_part_of_the_contract_counts_once() {
    let schema = Schema::from_value(json!({
        "properties": {
            "left": {"$ref": "#/$defs/node"}, "right": {"$ref": "#/$defs/node"},
            "map": {"type": "object", "additionalProperties": {"properties": {"deep": {"type": "integer"}}}},
        },
        "$defs": {"node": {"type": "object", "properties": {
            "kind": {"enum": ["a", "b", "c"]}, "name": {"type": ["string", "null"]},
            "list": {"type": "array", "items": {"enum": ["x", "y"]}}, "id": {"type": "string", "format": "uuid"},
        }}},
    }));
    let documents = Documents::new(&schema, &Promises::default()).unwrap();
    let coverage = |bodies: &[Value]| {
        let bodies: Vec<String> = bodies.iter().map(Value::to_string).collect();
        Coverage::of(&documents, &profile_of(&schema, &bodies))
    };
    let counts = |coverage: &Coverage| {
        [Part::Field, Part::Member, Part::Null, Part::Empty].map(|part| coverage.count(part))
    };
    let none = coverage(&[json!({})]);
    // Fields: left, right, map, deep, and four of a node. Null: name. Empty: name and list.
    assert_eq!((counts(&none), none.percent()), ([[0, 8], [0, 5], [0, 1], [0, 2]], 0));
    let some = coverage(&[
        json!({"left": {"kind": "a", "name": "n"}}),
        json!({"right": {"kind": "b", "list": ["x"]}}),
    ]);
    assert_eq!((counts(&some), some.percent()), ([[5, 8], [3, 5], [0, 1], [0, 2]], 50));
    assert!(some.missing().contains(&(Part::Member, "/$defs/node/properties/kind = c".to_owned())));
    assert!(some.missing().contains(&(Part::Null, "/$defs/node/properties/name".to_owned())));
    let all = coverage(&[
        json!({"left": {"kind": "a", "name": null, "list": [], "id": ""}, "right": {"kind": "b", "name": ""}}),
        json!({"left": {"kind": "c", "list": ["x", "y"]}, "map": {"any": {"deep": 1}}}),
    ]);
    assert_eq!((all.percent(), all.missing().len()), (100, 0));
    assert!(all.below(100).is_none() && some.below(50).is_none() && some.below(51).is_some());
}

#[test]
fn a_pipeline_can_hold_the_number() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = ["drift", "--no-settings", "fixtures/valid"];
    let percent: u64 = {
        let text = tool(root, &fixtures).out;
        let line = text.lines().find(|line| line.starts_with("coverage ")).unwrap().to_owned();
        line["coverage ".len()..].split(' ').next().unwrap().parse().unwrap()
    };
    assert!((50..100).contains(&percent), "{percent}");
    let least = |percent: u64| percent.to_string();
    assert_eq!(tool(root, &[&fixtures[..], &["--min-coverage", &least(percent)]].concat()).code, 0);
    for format in ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "ndjson"] {
        let said =
            tool(root, &[&fixtures[..], &["--min-coverage", &least(percent + 1), "-f", format]].concat());
        assert!(said.code == 1 && said.out.contains("low-coverage"), "{format}: {}", said.out);
    }
    // It is a rule like any other.
    let off = ["--min-coverage", "100", "--severity", "low-coverage=warning"];
    assert_eq!(tool(root, &[&fixtures[..], &off].concat()).code, 0);
    let folder = tempfile::tempdir().unwrap();
    let fixture = root.join("fixtures/valid/minimal.json");
    fs::write(folder.path().join("clients-contract.toml"), "min-coverage = 90\n").unwrap();
    assert_eq!(tool(folder.path(), &["drift", "-q", fixture.to_str().unwrap()]).code, 1);
    assert_eq!(
        tool(folder.path(), &["drift", "-q", "--min-coverage", "0", fixture.to_str().unwrap()]).code,
        0
    );
    assert_eq!(
        tool(folder.path(), &["validate", "-q", fixture.to_str().unwrap()]).code,
        0,
        "validate passes over it"
    );
}
