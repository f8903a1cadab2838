//! What does the contract say, as a document?

mod beside;
#[cfg(feature = "generate")]
pub(crate) mod chain;
pub mod format;
pub(crate) mod keywords;
mod lean;
#[cfg(any(feature = "diff", feature = "drift"))]
pub(crate) mod locations;
pub(crate) mod model;
#[allow(dead_code, reason = "rooms move to the model one after the other")]
pub(crate) mod numbers;
pub(crate) mod pattern;
mod references;
mod resources;
#[allow(dead_code, reason = "rooms move to the model one after the other")]
pub(crate) mod types;

pub(crate) use references::readable;
pub(crate) use resources::Resources;

use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::json;

/// A JSON Schema: draft 2020-12 unless its `$schema` says otherwise.
///
/// ```
/// use clients_contract::Schema;
///
/// let schema = Schema::from_value(serde_json::json!({"type": "object"}));
/// assert_eq!(schema.as_value()["type"], "object");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    name: String,
    value: Arc<Value>,
    resources: Resources,
}

/// What can be read as a schema: a [`Schema`], or a value that is one and comes without other documents.
pub trait AsSchema {
    /// The document.
    fn document(&self) -> &Value;

    /// The schema that it is already, with the documents it refers to.
    fn schema(&self) -> Option<&Schema>;
}

impl AsSchema for Schema {
    fn document(&self) -> &Value {
        &self.value
    }

    fn schema(&self) -> Option<&Schema> {
        Some(self)
    }
}

impl AsSchema for Value {
    fn document(&self) -> &Value {
        self
    }

    fn schema(&self) -> Option<&Schema> {
        None
    }
}

impl Schema {
    /// A schema that is at hand as a value.
    #[must_use]
    pub fn from_value(value: Value) -> Self {
        let name = value["$id"].as_str().unwrap_or_default().to_owned();
        Self { name, value: Arc::new(value), resources: Resources::default() }
    }

    /// Reads the text of a published schema without its descriptions.
    ///
    /// # Errors
    ///
    /// What `serde_json` says of a text that is not JSON.
    pub(crate) fn without_descriptions(text: &str) -> serde_json::Result<Self> {
        lean::read(text).map(Self::from_value)
    }

    /// Reads a schema from JSON text; `name` says in errors where it came from.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] with line and column when the text is not JSON, or is neither an
    /// object nor a boolean.
    pub fn from_slice(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let bad = |place: String, message: &str| Error::new(ErrorKind::Schema, place, message);
        let text = json::decode(bytes)
            .map_err(|encoding| bad(name.to_owned(), &format!("is {encoding}; JSON is UTF-8")))?;
        if let Some(flaw) = json::flaw(text, model::MAX_SCHEMA_DEPTH) {
            let at = json::Lines::new(text).place(flaw.offset);
            return Err(bad(format!("{name}:{}:{}", at.line, at.column), &flaw.what));
        }
        // It is JSON of bounded depth: what cannot be read is a number.
        let mut reader = serde_json::Deserializer::from_slice(text);
        reader.disable_recursion_limit();
        let value = Value::deserialize(&mut reader).map_err(|error| {
            let place = format!("{name}:{}:{}", error.line(), error.column());
            bad(place, "number exceeds the range of a 64-bit float")
        })?;
        if !(value.is_object() || value.is_boolean()) {
            return Err(bad(name.to_owned(), "is not a JSON Schema: neither an object nor a boolean"));
        }
        Ok(Self { name: name.to_owned(), value: Arc::new(value), resources: Resources::default() })
    }

    /// The same, with another document that its references may lead to. Nothing is ever fetched: what is not
    /// given here is not there. A relative `uri` stands beside a schema without `$id`.
    ///
    /// ```
    /// use clients_contract::{Schema, Validator};
    /// use serde_json::json;
    ///
    /// let seats = json!({"type": "integer", "minimum": 0});
    /// let schema = Schema::from_value(json!({"$ref": "https://example.com/seats.json"}))
    ///     .with_resource("https://example.com/seats.json", &seats)?;
    /// assert!(Validator::new(&schema)?.validate(b"3").valid);
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when `uri` is none or has a fragment, or when the document is not a JSON
    /// Schema: neither an object nor a boolean.
    pub fn with_resource(mut self, uri: &str, document: &impl AsSchema) -> Result<Self, Error> {
        self.resources.add(uri, document)?;
        Ok(self)
    }

    /// The same by another name.
    #[cfg(feature = "generate")]
    pub(crate) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The documents that its references may lead to.
    pub(crate) fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Where it came from: a file, or its `$id`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The document as it is published: indented by two spaces, with a line feed at the end.
    #[must_use]
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.value)
    }

    /// The document.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.value
    }
}
