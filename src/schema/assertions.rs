//! What does a schema ask of values, without what it says to people?

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// A schema, or a part of one, without its descriptions, which are most of a published one. It is read in a fraction of
/// the time and memory that a [`Value`] takes, since it borrows its texts and keeps members in a row.
#[derive(Debug, PartialEq)]
pub(crate) enum Assertions<'s> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'s, str>),
    Array(Vec<Self>),
    Object(Members<'s>),
}

/// The members of an object, in the order of their keys, each key once.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Members<'s>(Vec<(Cow<'s, str>, Assertions<'s>)>);

impl<'s> Members<'s> {
    pub(crate) fn get(&self, key: &str) -> Option<&Assertions<'s>> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Assertions<'s>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text that `description` has is one. A property of that name is an object or a boolean.
    fn add(&mut self, key: Cow<'s, str>, value: Assertions<'s>) {
        if !(key == "description" && value.as_str().is_some()) {
            self.0.push((key, value));
        }
    }
}

impl<'s> Assertions<'s> {
    /// Reads the text of a schema.
    ///
    /// # Errors
    ///
    /// What `serde_json` says of a text that is not JSON.
    pub(crate) fn of_text(text: &'s str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }

    pub(crate) fn as_object(&self) -> Option<&Members<'s>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// What stands at a JSON Pointer, as [`Value::pointer`] finds it.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<&Self> {
        let mut steps = pointer.split('/').skip(1).map(crate::pointer::unescape);
        steps.try_fold(self, |here, step| match here {
            Self::Object(members) => members.get(&step),
            Self::Array(items) => {
                let plain =
                    step.bytes().all(|byte| byte.is_ascii_digit()) && (step == "0" || !step.starts_with('0'));
                items.get(step.parse::<usize>().ok().filter(|_| plain)?)
            }
            _ => None,
        })
    }

    /// The same as a value.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::String(text) => Value::from(&**text),
            Self::Array(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(members) => {
                members.iter().map(|(key, value)| (key.to_owned(), value.to_value())).collect()
            }
        }
    }
}

impl<'s> From<&'s Value> for Assertions<'s> {
    fn from(value: &'s Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::String(Cow::Borrowed(text)),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(object) => {
                let mut members = Members(Vec::with_capacity(object.len()));
                object.iter().for_each(|(key, value)| members.add(Cow::Borrowed(key), value.into()));
                Self::Object(members)
            }
        }
    }
}

impl<'de: 's, 's> Deserialize<'de> for Assertions<'s> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Assertions<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Assertions::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Assertions::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Assertions::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Assertions::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Number::from_f64(value).map(Assertions::Number).ok_or_else(|| E::custom("not a number of JSON"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Assertions::String(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Assertions::String(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Assertions::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut members = Members::default();
        while let Some(key) = object.next_key::<Assertions<'de>>()? {
            let Assertions::String(key) = key else { return Err(A::Error::custom("a key is no text")) };
            members.add(key, object.next_value()?);
        }
        Ok(Assertions::Object(members))
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
        for place in ["", "/properties/description"] {
            expected.pointer_mut(place).and_then(Value::as_object_mut).unwrap().remove("description");
        }
        let text = schema.to_string();
        let read = Assertions::of_text(&text).unwrap();
        assert_eq!(read.to_value(), expected);
        assert_eq!(read, Assertions::from(&schema));
        assert!(Assertions::of_text("{").is_err());
    }

    #[test]
    fn pointers_lead_where_those_of_values_do() {
        let schema = json!({"a/b": [1, {"~": true}], "": {"0": 2}, "c": 3});
        let assertions = Assertions::from(&schema);
        for pointer in
            ["", "/a~1b", "/a~1b/0", "/a~1b/00", "/a~1b/+1", "/a~1b/1/~0", "/", "//0", "/c", "/c/0", "/d"]
        {
            let found = assertions.pointer(pointer).map(Assertions::to_value);
            assert_eq!(found.as_ref(), schema.pointer(pointer), "{pointer}");
        }
    }
}
