//! What of a schema does a payload depend on?

use std::collections::HashSet;

use serde_json::{Map, Value};

/// Keywords whose value maps names to schemas.
const MAPS: &[&str] = &["patternProperties", "dependentSchemas"];
/// Keywords whose value is a list of schemas.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a schema.
const SINGLE: &[&str] =
    &["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"];
/// Keywords that say nothing about values.
const TALK: &[&str] = &["description", "title", "examples", "default", "deprecated", "$comment"];

/// The schema without the properties that a payload has nowhere, and without what can then be reached no more. Of that
/// payload it says the same as the whole; it is compiled in a fraction of the time.
///
/// The whole, where its references are not all names in `$defs`.
pub(super) fn slice(schema: &Value, body: &[u8]) -> Value {
    let sliced = names(body).and_then(|names| {
        let mut slicing = Slicing { names, wanted: Vec::new() };
        let mut root = slicing.schema(schema)?;
        let mut definitions = Map::new();
        while let Some(name) = slicing.wanted.pop() {
            if !definitions.contains_key(&name) {
                let definition = slicing.schema(schema.get("$defs")?.get(&name)?)?;
                definitions.insert(name, definition);
            }
        }
        if let Some(members) = root.as_object_mut().filter(|_| !definitions.is_empty()) {
            members.insert("$defs".to_owned(), Value::Object(definitions));
        }
        Some(root)
    });
    sliced.unwrap_or_else(|| schema.clone())
}

/// Every text that may be the name of a member.
fn names(body: &[u8]) -> Option<HashSet<String>> {
    let mut names = HashSet::new();
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        let mut waiting = vec![&value];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Object(members) => {
                    names.extend(members.keys().cloned());
                    waiting.extend(members.values());
                }
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
        }
        return Some(names);
    }
    // No value, but perhaps judged all the same (1e400): whatever stands between two quotes.
    let text = std::str::from_utf8(body).ok().filter(|text| !text.contains('\\'))?;
    names.extend(text.split('"').map(str::to_owned));
    Some(names)
}

struct Slicing {
    names: HashSet<String>,
    /// Definitions that are referred to.
    wanted: Vec<String>,
}

impl Slicing {
    /// `None` where a reference leads elsewhere than to a definition.
    fn schema(&mut self, schema: &Value) -> Option<Value> {
        let Value::Object(keywords) = schema else { return Some(schema.clone()) };
        let mut kept = Map::new();
        for (keyword, said) in keywords {
            let value = match (keyword.as_str(), said) {
                ("$defs", _) => continue,
                ("definitions" | "$dynamicRef" | "$anchor" | "$dynamicAnchor", _) => return None,
                ("$ref", said) => {
                    let name = said.as_str()?.strip_prefix("#/$defs/")?;
                    if name.contains(['/', '~', '%']) {
                        return None;
                    }
                    self.wanted.push(name.to_owned());
                    said.clone()
                }
                ("properties", Value::Object(members)) => {
                    let there: Vec<_> =
                        members.iter().filter(|(name, _)| self.names.contains(*name)).collect();
                    self.map(there)?
                }
                (keyword, Value::Object(members)) if MAPS.contains(&keyword) => self.map(members)?,
                (keyword, Value::Array(list)) if LISTS.contains(&keyword) => {
                    Value::Array(list.iter().map(|schema| self.schema(schema)).collect::<Option<_>>()?)
                }
                (keyword, said) if SINGLE.contains(&keyword) => self.schema(said)?,
                (keyword, Value::String(_)) if TALK.contains(&keyword) => continue,
                (_, said) => said.clone(),
            };
            kept.insert(keyword.clone(), value);
        }
        Some(Value::Object(kept))
    }

    fn map<'s>(&mut self, members: impl IntoIterator<Item = (&'s String, &'s Value)>) -> Option<Value> {
        let kept = members.into_iter().map(|(name, schema)| Some((name.clone(), self.schema(schema)?)));
        Some(Value::Object(kept.collect::<Option<_>>()?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_payload_has_not_is_left_out_and_all_that_leads_from_there() {
        let schema = json!({
            "$ref": "#/$defs/a", "description": "talk",
            "$defs": {
                "a": {"required": ["c"], "properties": {"b": {"$ref": "#/$defs/b"}, "c": {"$ref": "#/$defs/c"}}},
                "b": {"type": "string", "enum": ["properties"]},
                "c": {"properties": {"b": true}}
            }
        });
        let sliced = json!({
            "$ref": "#/$defs/a",
            "$defs": {
                "a": {"required": ["c"], "properties": {"b": {"$ref": "#/$defs/b"}}},
                "b": {"type": "string", "enum": ["properties"]}
            }
        });
        assert_eq!(slice(&schema, br#"{"b": [1]}"#), sliced);
        assert_eq!(slice(&schema, br#"{"b": 1e400}"#), sliced);
        let elsewhere = json!({"properties": {"b": {"$ref": "#/properties/c"}, "c": true}});
        assert_eq!(slice(&elsewhere, b"{\"b\": 1}"), elsewhere);
    }
}
