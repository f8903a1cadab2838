//! Reduces a schema to what validators need.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads the text of a schema without its descriptions, which are most of a published one: that takes a
/// fraction of the time and memory.
///
/// # Errors
///
/// What `serde_json` says of a text that is not JSON.
pub(super) fn read(text: &str) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Lean { skips_text: false }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value.unwrap_or_default())
}

/// Reads a value, or nothing where it is a text and these are skipped.
#[derive(Clone, Copy)]
struct Lean {
    skips_text: bool,
}

impl<'de> DeserializeSeed<'de> for Lean {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Lean {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Some(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Value::Bool(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Value::from(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Value::from(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a number of JSON"))?;
        Ok(Some(Value::Number(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((!self.skips_text).then(|| Value::from(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self { skips_text: false })? {
            list.extend(item);
        }
        Ok(Some(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            // A text that `description` has is one. A property of that name is an object or a boolean.
            let value = object.next_value_seed(Self { skips_text: key == "description" })?;
            if let Some(value) = value {
                members.insert(key, value);
            }
        }
        Ok(Some(Value::Object(members)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn descriptions_are_left_out_and_nothing_else() {
        let schema = json!({
            "description": "for people",
            "minProperties": 1,
            "properties": {
                "description": {"const": "é\n", "description": "a property of that name", "type": "string"},
                "other": {"default": null, "maximum": 1.5, "minimum": -2, "x": true}
            },
            "type": ["object", "null"]
        });
        let mut expected = schema.clone();
        for location in ["", "/properties/description"] {
            expected.pointer_mut(location).and_then(Value::as_object_mut).unwrap().remove("description");
        }
        assert_eq!(read(&schema.to_string()).unwrap(), expected);
        assert!(read("{").is_err());
        assert!(read("{} {}").is_err());
    }
}
