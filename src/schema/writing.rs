//! How is a schema written keyword by keyword?

use schemars::Schema;
#[cfg(any(feature = "drift", feature = "generate"))]
use serde_json::{Map, Value};

use super::keywords::names;
#[cfg(any(feature = "drift", feature = "generate"))]
use crate::pointer;

/// Gives a schema that is derived from types its identifier, and says its version: no keyword of JSON Schema is for it.
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
