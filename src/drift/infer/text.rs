//! Orders the keywords of an inferred schema for reading.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::schema::keywords::names;
use crate::untrusted::write_pretty_json;

/// Keywords that are written first, in this order. Others follow by name, definitions at the end.
const FIRST: &[&str] = &[
    names::SCHEMA,
    names::ID,
    names::REF,
    names::TITLE,
    names::DESCRIPTION,
    names::TYPE,
    names::FORMAT,
    names::ENUM,
    names::CONST,
    names::REQUIRED,
    names::PROPERTIES,
];

/// A schema as people read it: what it is about first, definitions last.
#[must_use]
pub fn to_schema_text(schema: &Value) -> String {
    let mut bytes = Vec::new();
    // Memory takes everything.
    let _ = write_pretty_json(&mut bytes, &InOrder(schema));
    String::from_utf8(bytes).unwrap_or_default()
}

struct InOrder<'v>(&'v Value);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut ordered: Vec<(&String, &Value)> = members.iter().collect();
                ordered.sort_by_key(|(name, _)| rank(name));
                let mut map = serializer.serialize_map(Some(ordered.len()))?;
                for (name, value) in ordered {
                    map.serialize_entry(name, &InOrder(value))?;
                }
                map.end()
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(InOrder)),
            other => other.serialize(serializer),
        }
    }
}

fn rank(name: &str) -> usize {
    let first = FIRST.iter().position(|first| *first == name);
    first.unwrap_or(FIRST.len() + usize::from(matches!(name, names::DEFS | names::DEFINITIONS)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_schema_is_about_comes_first() {
        let schema = json!({"$defs": {}, "additionalProperties": false, "type": "object", "$schema": "s"});
        let text = to_schema_text(&schema);
        let keys: Vec<&str> = text.lines().filter_map(|line| line.trim().split('"').nth(1)).collect();
        assert_eq!(keys, ["$schema", "type", "additionalProperties", "$defs"]);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), schema);
    }
}
