//! What holds where a schema does not?
//!
//! Each keyword of a refused schema gives a branch in which it fails. A branch may admit too
//! much, never too little: whoever takes one checks the value against the refused schema.

use serde_json::{Map, Value, json};

use super::documents::Documents;
use crate::generate::kinds::contents;

/// Followed no further than this many references.
const DEPTH: usize = 16;

/// The branches, each a conjunction; none if the schema admits everything.
pub(super) fn branches(documents: &Documents, refused: &Value, place: &str) -> Vec<Vec<Value>> {
    let mut schema = refused.clone();
    for _ in 0..DEPTH {
        let only = schema.as_object().filter(|members| members.len() == 1);
        let Some(reference) = only.and_then(|members| members.get("$ref")).and_then(Value::as_str) else {
            break;
        };
        schema = documents.read(reference);
    }
    let members = match schema {
        Value::Bool(true) => return Vec::new(),
        Value::Object(members) => members,
        _ => return vec![Vec::new()],
    };
    let mut found = Vec::new();
    for (keyword, value) in &members {
        by_keyword(keyword, value, &members, place, &mut found);
    }
    found
}

fn not(schema: &Value, place: &str) -> Value {
    match schema {
        Value::Bool(value) => Value::Bool(!value),
        _ => json!({"not": schema, "$comment": place.trim_end_matches("/not")}),
    }
}

fn by_keyword(
    keyword: &str,
    value: &Value,
    members: &Map<String, Value>,
    place: &str,
    found: &mut Vec<Vec<Value>>,
) {
    let named = || value.as_object().into_iter().flatten();
    let items = || value.as_array().into_iter().flatten();
    match keyword {
        "$comment" | "then" | "else" | "minContains" | "maxContains" => {}
        "$ref" => found.push(vec![not(&json!({"$ref": value}), place)]),
        "type" => {
            let refused: Vec<&str> = match value {
                Value::String(only) => vec![only],
                _ => items().filter_map(Value::as_str).collect(),
            };
            let mut left = vec!["null", "boolean", "string", "array", "object"];
            left.retain(|name| !refused.contains(name));
            if !refused.contains(&"number") {
                left.push("number");
            }
            if !left.is_empty() {
                found.push(vec![json!({"type": left, "$comment": place})]);
            }
        }
        "required" => {
            found.extend(items().filter_map(Value::as_str).map(|name| {
                vec![json!({"type": "object", "properties": {(name): false}, "$comment": place})]
            }));
        }
        "properties" => found.extend(named().map(|(name, schema)| {
            let other = not(schema, place);
            vec![json!({"type": "object", "required": [name], "properties": {(name): other}, "$comment": place})]
        })),
        "dependentSchemas" => found.extend(named().map(|(name, schema)| {
            vec![json!({"type": "object", "required": [name], "$comment": place}), not(schema, place)]
        })),
        "dependentRequired" => found.extend(named().map(|(name, _)| {
            vec![json!({"type": "object", "required": [name], "$comment": place})]
        })),
        "allOf" => found.extend(items().map(|schema| vec![not(schema, place)])),
        "anyOf" => found.push(items().map(|schema| not(schema, place)).collect()),
        "not" => found.push(vec![value.clone()]),
        "if" => {
            for (condition, branch) in [(value.clone(), "then"), (not(value, place), "else")] {
                if let Some(branch) = members.get(branch) {
                    found.push(vec![condition, not(branch, place)]);
                }
            }
        }
        "oneOf" => {
            found.push(items().map(|schema| not(schema, place)).collect());
            found.push(Vec::new());
        }
        "items" => found.push(vec![json!({"type": "array", "contains": not(value, place), "$comment": place}), json!({"minItems": 1})]),
        "contains" => found.push(vec![json!({"type": "array", "items": not(value, place), "$comment": place})]),
        "minItems" | "maxItems" | "uniqueItems" | "prefixItems" | "unevaluatedItems" => {
            found.push(vec![json!({"type": "array", "$comment": place})]);
        }
        "minimum" => found.push(vec![json!({"type": "number", "exclusiveMaximum": value, "$comment": place})]),
        "maximum" => found.push(vec![json!({"type": "number", "exclusiveMinimum": value, "$comment": place})]),
        "exclusiveMinimum" => found.push(vec![json!({"type": "number", "maximum": value, "$comment": place})]),
        "exclusiveMaximum" => found.push(vec![json!({"type": "number", "minimum": value, "$comment": place})]),
        "multipleOf" => found.push(vec![json!({"type": "number", "$comment": place})]),
        "minLength" => {
            let most = value.as_u64().map_or(0, |least| least.saturating_sub(1));
            found.push(vec![json!({"type": "string", "maxLength": most, "$comment": place})]);
        }
        "maxLength" => {
            let least = value.as_u64().map_or(0, |most| most.saturating_add(1));
            found.push(vec![json!({"type": "string", "minLength": least, "$comment": place})]);
        }
        "pattern" | "format" | contents::KEYWORD => {
            found.push(vec![json!({"type": "string", "$comment": place})]);
        }
        "const" | "enum" => found.push(Vec::new()),
        "minProperties" => {
            let most = value.as_u64().map_or(0, |least| least.saturating_sub(1));
            found.push(vec![json!({"type": "object", "maxProperties": most, "$comment": place})]);
        }
        "maxProperties" => {
            let least = value.as_u64().map_or(0, |most| most.saturating_add(1));
            found.push(vec![json!({"type": "object", "minProperties": least, "$comment": place})]);
        }
        _ => found.push(vec![json!({"type": "object", "$comment": place})]),
    }
}
