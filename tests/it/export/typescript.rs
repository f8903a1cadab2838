//! Types of TypeScript; `.ci/full` compiles those of the built-in contract.

use serde_json::json;

use super::exported;
use crate::tool::{run, stdout};

#[test]
fn types_keep_optional_nullable_and_named_apart() {
    let schema = json!({
        "title": "order of things",
        "type": "object",
        "required": ["id", "note", "items", "not listed"],
        "properties": {
            "id": {"type": "integer", "description": "Its number. */ alert(1)"},
            "note": {"type": ["string", "null"]},
            "optional-note": {"type": ["string", "null"], "deprecated": true},
            "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            "first": {"$ref": "#/$defs/item"},
            "state": {"enum": ["open", "closed", 3, null, "a\"b"]},
            "typed": {"type": "string", "enum": ["x", null]},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "counted": {"properties": {"total": {"type": "integer"}}, "additionalProperties": {"type": "number"}},
            "place": {"type": ["object", "null"], "properties": {"x": {"type": "number"}}, "required": ["x"]},
            "other place": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]},
            "pair": {"prefixItems": [{"type": "string"}, {"type": ["integer", "null"]}], "items": false, "minItems": 1},
            "mixed": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/item"}]}},
            "both": {"allOf": [{"$ref": "#/$defs/item"}, {"type": "object", "required": ["extra"]}]},
            "anything": true,
            "nothing": false,
            "parent": {"$ref": "#"},
            "map": {"$ref": "#/$defs/map"},
        },
        "$defs": {
            "item": {"description": "An item.", "type": "object", "properties": {"name": {"type": "string"}, "sub": {"$ref": "#/$defs/item"}}},
            "map": {"type": "object", "additionalProperties": {"$ref": "#/$defs/map"}},
        },
    });
    insta::assert_snapshot!(exported("typescript", &schema).unwrap());
}

#[test]
fn closed_compositions_are_what_they_are_composed_of() {
    let schema = json!({
        "title": "order",
        "type": "object",
        "allOf": [{"$ref": "#/$defs/base"}],
        "properties": {"gift": {"type": "boolean"}},
        "unevaluatedProperties": false,
        "$defs": {
            "base": {"type": "object", "properties": {"n": {"type": "number"}, "part": {"$ref": "#/$defs/part"}}, "required": ["n"]},
            "part": {"type": "object", "allOf": [{"$ref": "#/$defs/base"}], "unevaluatedProperties": {"type": "string"}},
            "alone": {"type": "object", "unevaluatedProperties": {"type": "string"}},
        },
        "anyOf": [{"$ref": "#/$defs/alone"}, true],
    });
    let text = exported("typescript", &schema).unwrap();
    for part in [
        "export type Part = Base;",
        "export type Alone = Record<string, string>;",
        " & Base",
        "  gift?: boolean;",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("never") && !text.contains("[key: string]"), "{text}");
}

#[test]
fn no_type_of_the_contract_is_declared_twice() {
    let output = run(&["export", "typescript"]);
    let text = stdout(&output);
    let declared = |line: &str| {
        let rest = line.strip_prefix("export interface ").or(line.strip_prefix("export type "))?;
        rest.split(' ').next().map(str::to_owned)
    };
    let mut names: Vec<String> = text.lines().filter_map(declared).collect();
    let count = names.len();
    assert!(count > 50 && text.contains("export interface ClientsResponse {\n"), "{count}");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(text.contains("  courses?: Course[] | null;\n"), "optional and nullable");
    assert!(text.contains("  id: string;\n"), "required");
}
