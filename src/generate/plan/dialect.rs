//! What do the keywords of each draft mean in those of draft 2020-12?

use jsonschema::Draft;
use serde_json::{Map, Value, json};

use super::documents::encoded;
use crate::pointer::escape;

/// Keywords that hold one schema.
const ONE: &[&str] = &[
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords that hold a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords that hold schemas by name.
const NAMED: &[&str] = &["dependentSchemas", "patternProperties", "properties"];
/// Keywords that hold no schema.
const PLAIN: &[&str] = &[
    "const",
    "contentEncoding",
    "contentMediaType",
    "dependentRequired",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "required",
    "type",
    "uniqueItems",
];
/// Keywords that draft-07 does not know.
const LATER: &[&str] = &[
    "dependentRequired",
    "dependentSchemas",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// The keywords of one schema object, its schemas replaced by references.
pub(super) fn read(keywords: &Map<String, Value>, draft: Draft, reference: &str) -> Map<String, Value> {
    let mut read = Map::new();
    let old = draft == Draft::Draft7;
    if old && keywords.contains_key("$ref") {
        return read;
    }
    for (keyword, value) in keywords {
        let name = keyword.as_str();
        if old && LATER.contains(&name) || !old && name.starts_with("content") {
            continue;
        }
        if ONE.contains(&name) && !value.is_array() {
            read.insert(keyword.clone(), inside(value, reference, &[name]));
        } else if LIST.contains(&name) || name == "items" {
            let to = if name == "items" { "prefixItems" } else { name };
            read.insert(to.to_owned(), listed(value, reference, name));
        } else if NAMED.contains(&name) {
            read.insert(keyword.clone(), named(value, reference, name));
        } else if PLAIN.contains(&name) {
            read.insert(keyword.clone(), value.clone());
        } else if name == "dependencies" {
            // Both drafts: the newer one keeps it for schemas that still say it.
            dependencies(value, reference, &mut read);
        }
    }
    if old && keywords.get("items").is_some_and(Value::is_array) {
        read.remove("items");
        if let Some(rest) = keywords.get("additionalItems") {
            read.insert("items".to_owned(), inside(rest, reference, &["additionalItems"]));
        }
    }
    read
}

fn inside(value: &Value, reference: &str, steps: &[&str]) -> Value {
    if value.is_boolean() {
        return value.clone();
    }
    let mut pointer = String::new();
    for step in steps {
        pointer.push('/');
        escape(step, &mut pointer);
    }
    json!({"$ref": format!("{reference}{}", encoded(&pointer))})
}

fn listed(value: &Value, reference: &str, keyword: &str) -> Value {
    let items = value.as_array().into_iter().flatten().enumerate();
    items.map(|(index, item)| inside(item, reference, &[keyword, &index.to_string()])).collect()
}

fn named(value: &Value, reference: &str, keyword: &str) -> Value {
    let members = value.as_object().into_iter().flatten();
    let members = members.map(|(name, member)| (name.clone(), inside(member, reference, &[keyword, name])));
    Value::Object(members.collect())
}

fn dependencies(value: &Value, reference: &str, into: &mut Map<String, Value>) {
    let (mut names, mut schemas) = (Map::new(), Map::new());
    for (name, needed) in value.as_object().into_iter().flatten() {
        if needed.is_array() {
            names.insert(name.clone(), needed.clone());
        } else {
            schemas.insert(name.clone(), inside(needed, reference, &["dependencies", name]));
        }
    }
    for (keyword, members) in [("dependentRequired", names), ("dependentSchemas", schemas)] {
        if !members.is_empty() {
            into.insert(keyword.to_owned(), Value::Object(members));
        }
    }
}
