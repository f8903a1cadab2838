//! JSON Schemas: reading, dialects, references, and queries about them.

mod beside;
#[cfg(feature = "export")]
pub(crate) mod bundle;
pub(crate) mod decimals;
pub(crate) mod digits;
pub mod format;
pub(crate) mod keywords;
pub(crate) mod located;
#[cfg(any(feature = "diff", feature = "drift"))]
pub(crate) mod locations;
pub(crate) mod model;
#[cfg_attr(not(feature = "diff"), allow(dead_code, reason = "for rooms that are left out"))]
pub(crate) mod numbers;
pub(crate) mod pattern;
mod references;
mod resources;
mod source;
mod traversal;
#[cfg_attr(not(feature = "diff"), allow(dead_code, reason = "for rooms that are left out"))]
pub(crate) mod types;
mod writing;

pub use model::Weakening;

#[cfg(any(feature = "drift", feature = "generate"))]
pub(crate) use references::fragment;
pub(crate) use references::readable;
pub(crate) use resources::Resources;
pub use source::{Dialect, ParseDialectError, SchemaText};
#[cfg(feature = "drift")]
pub(crate) use source::{nullable, unites, written};
#[cfg(any(feature = "drift", feature = "generate"))]
pub(crate) use writing::Keywords;
#[cfg(feature = "reports")]
#[doc(hidden)]
pub use writing::TomlSchema;
pub(crate) use writing::identify;
#[cfg(feature = "reports")]
pub(crate) use writing::of_document;

use std::sync::Arc;

use serde_json::Value;

use crate::error::Error;
use source::Reading;

/// A JSON Schema: draft 2020-12 unless its `$schema` names another dialect.
///
/// ```
/// use clients_contract::Schema;
///
/// let schema = Schema::from_value(serde_json::json!({"type": "object"}));
/// assert_eq!(schema.as_value()["type"], "object");
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    name: String,
    value: Arc<Value>,
    resources: Resources,
    reading: Arc<Reading>,
    /// Whether a test holds it to its metaschema.
    is_tested: bool,
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value && self.resources == other.resources
    }
}

/// What can be read as a schema: a [`Schema`], or a value that is one and comes without other documents. The
/// trait is sealed.
pub trait AsSchema: sealed::Sealed {
    /// The document.
    fn document(&self) -> &Value;

    /// The schema that it is already, with the documents it refers to.
    fn schema(&self) -> Option<&Schema>;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Schema {}

impl sealed::Sealed for Value {}

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
        let (resources, reading) = (Resources::default(), Arc::default());
        Self { name, value: Arc::new(value), resources, reading, is_tested: false }
    }

    /// The same, of a schema that a test holds to its metaschema.
    pub(crate) fn tested(mut self) -> Self {
        self.is_tested = true;
        self
    }

    /// The schema that is derived from a type, of draft 2020-12. Formats of numbers, such as `uint32`, are
    /// left out: bounds say what they say.
    ///
    /// ```
    /// use clients_contract::Schema;
    ///
    /// assert_eq!(Schema::of::<Vec<String>>().as_value()["items"]["type"], "string");
    /// ```
    #[must_use]
    pub fn of<T: schemars::JsonSchema>() -> Self {
        let settings = schemars::generate::SchemaSettings::draft2020_12();
        let settings =
            settings.with_transform(schemars::transform::RecursiveTransform(without_number_formats));
        Self::from_value(settings.into_generator().into_root_schema_for::<T>().to_value())
    }

    /// Reads a schema from JSON text; `name` is its origin in errors. [`SchemaText`] reads one that is a part
    /// of a document.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) with line and column when the text is not JSON, or is
    /// neither an object nor a boolean. A document that only holds schemas, such as the description of an
    /// API, is refused, too, and the message lists them.
    pub fn from_slice(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        SchemaText::read(name, bytes)?.schema()
    }

    /// The same, with another document that its references may lead to. Nothing is ever fetched: what is not
    /// given here is not there. A relative `uri` is resolved beside a schema without `$id`.
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
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) when `uri` is none or has a fragment, or when the
    /// document is not a JSON Schema: neither an object nor a boolean.
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

    /// Another schema with the same documents to refer to.
    #[cfg(feature = "diff")]
    pub(crate) fn beside(&self, value: Value) -> Self {
        Self { value: Arc::new(value), reading: Arc::default(), is_tested: false, ..self.clone() }
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

/// Leaves out the formats that `schemars` gives to numbers.
fn without_number_formats(schema: &mut schemars::Schema) {
    let is_number = |name: &Value| name == "integer" || name == "number";
    let of_number = schema.get("type").is_some_and(|types| match types {
        Value::Array(names) => names.iter().any(is_number),
        name => is_number(name),
    });
    if of_number {
        schema.remove("format");
    }
}
