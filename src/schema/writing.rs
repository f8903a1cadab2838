//! Writes schemas keyword by keyword.

use schemars::Schema;
#[cfg(any(feature = "drift", feature = "generate", feature = "reports"))]
use serde_json::{Map, Value};

use super::keywords::names;
#[cfg(any(feature = "drift", feature = "generate"))]
use crate::pointer;

/// Adds the identifier and version of a schema that is derived from types: JSON Schema has no keyword for the
/// version.
pub(crate) fn identify(schema: &mut Schema, id: &str, version: String) {
    schema.insert(names::ID.to_owned(), id.into());
    schema.insert(names::COMMENT.to_owned(), version.into());
}

/// The schema (2020-12) of a document that this crate writes.
#[cfg(feature = "reports")]
pub(crate) fn of_document<T: schemars::JsonSchema>(id: &str, version: &str) -> serde_json::Value {
    // What Rust calls its numbers is nobody's business; no format of JSON Schema is used here.
    let plain = schemars::transform::RecursiveTransform(|schema: &mut Schema| {
        schema.remove(names::FORMAT);
    });
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize().with_transform(plain);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    identify(&mut schema, id, format!("version {version}"));
    schema.to_value()
}

/// The JSON Schema (2020-12) of a TOML file that people write: its keys and no others. No key is null.
#[cfg(feature = "reports")]
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct TomlSchema(Value);

#[cfg(feature = "reports")]
impl TomlSchema {
    /// The schema of a file with these keys.
    #[must_use]
    pub fn of<T: schemars::JsonSchema>() -> Self {
        // What Rust calls its numbers is nobody's business.
        let plain = schemars::transform::RecursiveTransform(|schema: &mut Schema| {
            schema.remove(names::FORMAT);
            schema.remove(names::DEFAULT);
            if let Some(Value::Array(types)) = schema.get(names::TYPE) {
                let one = types.first().cloned();
                schema.insert(names::TYPE.to_owned(), one.into());
            }
            if let Some(Value::Array(any_of)) = schema.get_mut(names::ANY_OF) {
                any_of.retain(|one| one[names::TYPE] != "null");
            }
            if schema.get(names::PROPERTIES).is_some() {
                schema.insert(names::ADDITIONAL_PROPERTIES.to_owned(), false.into());
            }
        });
        let settings = schemars::generate::SchemaSettings::draft2020_12().with_transform(plain);
        Self(settings.into_generator().into_root_schema_for::<T>().to_value())
    }

    /// Its keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0[names::PROPERTIES].as_object().into_iter().flatten().map(|(key, _)| key.as_str())
    }

    /// Says what the file is.
    pub fn identify(&mut self, id: &str, title: &str, description: &str) {
        for (keyword, text) in [(names::ID, id), (names::TITLE, title), (names::DESCRIPTION, description)] {
            self.0[keyword] = text.into();
        }
    }

    /// Says what a key means, and its values if they can be listed.
    pub fn describe(&mut self, key: &str, description: Option<String>, values: Vec<Value>) {
        describe(&mut self.0[names::PROPERTIES][key], description, values);
    }

    /// Lists the keys of the table of this key, each with what it means and its values.
    pub fn list(&mut self, key: &str, entries: impl Iterator<Item = (String, String, Vec<Value>)>) {
        let entry = |(name, description, values)| {
            let mut schema = Value::Object(Map::new());
            describe(&mut schema, Some(description), values);
            (name, schema)
        };
        let table = &mut self.0[names::PROPERTIES][key];
        table[names::PROPERTIES] = entries.map(entry).collect::<Map<_, _>>().into();
        table[names::ADDITIONAL_PROPERTIES] = false.into();
    }

    /// The document.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.0
    }
}

#[cfg(feature = "reports")]
fn describe(schema: &mut Value, description: Option<String>, values: Vec<Value>) {
    schema[names::DESCRIPTION] = description.into();
    if !values.is_empty() {
        schema[names::ENUM] = values.into();
    }
}

/// The keywords of a schema that is written.
#[cfg(any(feature = "drift", feature = "generate"))]
#[derive(Clone, Debug, Default)]
pub(crate) struct Keywords(Map<String, Value>);

#[cfg(any(feature = "drift", feature = "generate"))]
impl Keywords {
    /// A reference to a definition of the document.
    pub(crate) fn reference(definition: &str) -> Self {
        let location = pointer::child(&pointer::child("", names::DEFS), definition);
        let mut written = Self::default();
        written.set(names::REF, format!("#{}", super::fragment(&location)));
        written
    }

    pub(crate) fn set(&mut self, keyword: &str, value: impl Into<Value>) {
        self.0.insert(keyword.to_owned(), value.into());
    }

    /// Schemas by name, if there are any.
    #[cfg(feature = "drift")]
    pub(crate) fn set_named(&mut self, keyword: &str, schemas: impl Iterator<Item = (String, Self)>) {
        let schemas: Map<String, Value> = schemas.map(|(name, schema)| (name, schema.into())).collect();
        if !schemas.is_empty() {
            self.set(keyword, schemas);
        }
    }

    /// The types of the values, if there are any.
    #[cfg(feature = "drift")]
    pub(crate) fn set_types(&mut self, types: &[&str]) {
        match types {
            [] => {}
            [one] => self.set(names::TYPE, *one),
            several => self.set(names::TYPE, several),
        }
    }
}

#[cfg(any(feature = "drift", feature = "generate"))]
impl From<Keywords> for Value {
    fn from(written: Keywords) -> Self {
        Self::Object(written.0)
    }
}
