//! What does the contract say, as a document?

mod assertions;
pub mod format;
mod members;

pub(crate) use assertions::{Assertions, Members as AssertedMembers};
pub(crate) use members::{Documented, Members};

use std::sync::Arc;

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
}

impl Schema {
    /// A schema that is at hand as a value.
    #[must_use]
    pub fn from_value(value: Value) -> Self {
        let name = value["$id"].as_str().unwrap_or_default().to_owned();
        Self { name, value: Arc::new(value) }
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
        if let Some(flaw) = json::flaw(text, 128) {
            let at = json::Lines::new(text).place(flaw.offset);
            return Err(bad(format!("{name}:{}:{}", at.line, at.column), &flaw.what));
        }
        let value: Value = serde_json::from_slice(text)
            .map_err(|error| bad(name.to_owned(), "is not JSON").because(error))?;
        if !(value.is_object() || value.is_boolean()) {
            return Err(bad(name.to_owned(), "is not a JSON Schema: neither an object nor a boolean"));
        }
        Ok(Self { name: name.to_owned(), value: Arc::new(value) })
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
