//! Reads a schema from a text.
//!
//! Text is JSON, or YAML. It is a schema, or a document that holds some: definitions, or the description of
//! an API ([`SchemaText::schema_at`]). Whatever dialect it has, the result is a self-contained [`Schema`];
//! its parts keep their locations in the document.

mod contents;
mod dialect;
mod misspelled;
mod open_api;
#[cfg(feature = "drift")]
mod openapi_keywords;
mod reachable;
mod select;
mod text;
mod yaml;

pub use dialect::{Dialect, ParseDialectError};
#[cfg(feature = "drift")]
pub(crate) use openapi_keywords::{nullable, unites, written};

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use referencing::Draft;
use serde_json::Value;

use super::traversal::find;
use super::{Schema, model};
use crate::error::{Error, ErrorKind, did_you_mean};
use contents::Kind;
use misspelled::misspelled;
use reachable::{only_reachable, reachable};
use text::Text;

/// A text that a schema is in.
///
/// ```
/// use clients_contract::Validator;
/// use clients_contract::schema::SchemaText;
///
/// let api = br##"{
///     "openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "paths": {},
///     "components": {"schemas": {"Name": {"type": "string", "nullable": true}}}
/// }"##;
/// let text = SchemaText::read("api.json", api)?;
/// assert!(text.schema().is_err(), "it is no schema, but holds one");
/// let name = text.schema_at("/components/schemas/Name")?;
/// assert!(Validator::new(&name)?.validate(b"null").valid);
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SchemaText {
    name: String,
    text: Arc<Text>,
    value: Arc<Value>,
    dialect: Option<Dialect>,
}

/// What is known about a schema that was read from a text.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    not(any(feature = "diff", feature = "drift")),
    allow(dead_code, reason = "only findings about schemas have lines in them")
)]
pub(crate) struct Reading {
    /// The text and its value.
    text: Option<(Arc<Text>, Arc<Value>)>,
    /// Where the document is in the value, and the schema in that.
    document: String,
    entry: String,
    warnings: Vec<String>,
    dialect: Option<Dialect>,
    /// The requested dialect.
    #[cfg_attr(not(feature = "drift"), allow(dead_code, reason = "nobody edits the document"))]
    requested: Option<Dialect>,
}

impl SchemaText {
    /// Reads JSON or YAML; `name` is its origin in errors. What its extension does not determine (`.json`,
    /// `.yaml`, `.yml`) is JSON if it begins like an array or an object.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] with line and column when the text is neither, or is YAML without a JSON
    /// equivalent.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let (text, value) = text::parse(name, bytes)?;
        Ok(Self { name: name.to_owned(), text: Arc::new(text), value: Arc::new(value), dialect: None })
    }

    /// The same, read in this dialect instead of the declared one.
    #[must_use]
    pub fn in_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// The schema that it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when it is none: the description of an API, or nothing but definitions. The
    /// message lists what it holds. [`ErrorKind::Usage`] when it looks like a payload.
    pub fn schema(&self) -> Result<Schema, Error> {
        if !(self.value.is_object() || self.value.is_boolean()) {
            let what = "not a JSON Schema: expected an object or a boolean";
            return Err(Error::new(ErrorKind::Schema, &*self.name, what));
        }
        contents::refuse(&self.name, &self.value)?;
        let schema = self.part(self.name.clone(), "");
        contents::refuse_payload(&self.name, Draft::default().detect(&schema.value), &self.value)?;
        Ok(schema)
    }

    /// The schema in it that a fragment names: a JSON Pointer, percent-encoded or not, or an anchor.
    /// References inside the document keep their meaning. Of a description of an API the schema is read in
    /// the dialect that it has there.
    ///
    /// ```
    /// # use clients_contract::schema::SchemaText;
    /// let text = SchemaText::read("shop.json", br##"{"$defs": {"Order": {"type": "object"}}}"##)?;
    /// assert!(text.schema_at("/$defs/Order").is_ok());
    /// let error = text.schema_at("/$defs/Odrer").unwrap_err();
    /// assert_eq!(error.to_string(), "shop.json#/$defs/Odrer: nothing found at this pointer: `#/$defs` has `Order`");
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when there is no schema of that name; the message lists what is there.
    /// [`ErrorKind::Usage`] when it looks like a payload.
    pub fn schema_at(&self, fragment: &str) -> Result<Schema, Error> {
        if fragment.is_empty() {
            return self.schema();
        }
        let decoded = percent_decode_str(fragment).decode_utf8_lossy();
        let name = format!("{}#{decoded}", self.name);
        let pointer = select::pointer(&name, &self.value, fragment)?;
        if let (None, Kind::Unknown(title)) = (self.dialect, Kind::of(&self.value)) {
            let what =
                format!("is in an {title} document; schemas are read of OpenAPI 3.0 to 3.2 and Swagger 2.0");
            return Err(Error::new(ErrorKind::Unsupported, name, what));
        }
        let schema = self.part(name, &pointer);
        let part = schema.value.pointer(&schema.reading.entry).unwrap_or(&Value::Null);
        contents::refuse(&schema.name, part)?;
        contents::refuse_payload(&schema.name, Draft::default().detect(&schema.value), part)?;
        schema.check_parts()?;
        Ok(schema)
    }

    /// The schema at a JSON Pointer, whatever it is.
    fn part(&self, name: String, pointer: &str) -> Schema {
        let value = self.translated(self.own_dialect(), pointer);
        if pointer.is_empty() {
            return self.made(name, value, Reading::default());
        }
        let selected = select::select(value, pointer);
        let reading = Reading { entry: selected.entry, document: selected.document, ..Reading::default() };
        self.made(name, selected.value, reading)
    }

    /// The document as one that schemas refer to. It may hold schemas without being one; those of a document
    /// that does not say its dialect are read in `dialect`.
    #[must_use]
    pub fn resource(&self, dialect: Option<Dialect>) -> Schema {
        let own = self.own_dialect().or_else(|| dialect.filter(|_| self.value.get("$schema").is_none()));
        let mut value = Value::clone(&self.value);
        if let Some(dialect) = own {
            open_api::translate(&mut value, dialect);
        }
        self.made(self.name.clone(), value, Reading::default())
    }

    /// The requested dialect, or the one that the document names; `None` for that of its `$schema`.
    fn own_dialect(&self) -> Option<Dialect> {
        self.dialect.or_else(|| match Kind::of(&self.value) {
            Kind::Description { dialect, .. } => Some(dialect),
            _ => Dialect::of_open_api(self.value.get("$schema")?.as_str()?),
        })
    }

    /// The document in words of JSON Schema, without what is no part of its schemas.
    fn translated(&self, dialect: Option<Dialect>, entry: &str) -> Value {
        let mut value = Value::clone(&self.value);
        if let Kind::Description { .. } = Kind::of(&value) {
            let own = value.get("jsonSchemaDialect").and_then(Value::as_str).map(str::to_owned);
            open_api::only_schemas(&mut value, entry);
            if let (Some(own), Some(members)) = (own, value.as_object_mut()) {
                members.insert("$schema".to_owned(), own.into());
            }
        }
        if let Some(dialect) = dialect {
            if self.dialect.is_some() || dialect == Dialect::Draft7 {
                dialect.declare(&mut value);
            }
            open_api::translate(&mut value, dialect);
            if matches!(dialect, Dialect::OpenApi30 | Dialect::Swagger20) && !entry.is_empty() {
                only_reachable(&mut value, entry);
            }
        }
        value
    }

    fn made(&self, name: String, value: Value, reading: Reading) -> Schema {
        let text = Some((Arc::clone(&self.text), Arc::clone(&self.value)));
        let dialect = self.own_dialect();
        let mut schema = Schema { name, ..Schema::from_value(value) };
        let mut reading = Reading { text, dialect, requested: self.dialect, ..reading };
        reading.warnings = warnings(&schema.value, &reading, dialect);
        schema.reading = Arc::new(reading);
        schema
    }
}

impl Schema {
    /// What is valid and probably a mistake: that it accepts everything, or that it has a keyword of another
    /// dialect or a misspelled one.
    ///
    /// ```
    /// use clients_contract::Schema;
    ///
    /// let schema = Schema::from_slice("name.json", br#"{"type": "string", "nullable": true}"#)?;
    /// assert_eq!(
    ///     schema.warnings(),
    ///     ["`nullable` at the root is a keyword of OpenAPI 3.0 and ignored in this dialect, so it does not allow \
    ///       null; read the schema as `openapi-3.0` if it is one"],
    /// );
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.reading.warnings
    }

    /// The dialect that its text names or was read in, where that is one of `OpenAPI`, or that was requested.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.reading.dialect
    }

    /// Refuses a document that only holds schemas, and so accepts every value; errors call it `name`.
    pub(crate) fn refuse_holder(&self, name: &str) -> Result<(), Error> {
        contents::refuse(name, &self.value)
    }

    /// Where the schema is in its value: the rest is the document around it.
    #[cfg(feature = "diff")]
    pub(crate) fn entry(&self) -> &str {
        &self.reading.entry
    }

    /// The document that it was read from, in the words of its dialect.
    #[cfg(feature = "drift")]
    pub(crate) fn source(&self) -> &Value {
        self.reading.text.as_ref().map_or(&self.value, |(_, source)| source)
    }

    /// The location in its source of a schema location; `None` where that is in another document.
    #[cfg(feature = "drift")]
    pub(crate) fn source_location(&self, location: &str) -> Option<String> {
        let Reading { document, entry, dialect, .. } = &*self.reading;
        let is_below = |around: &str| {
            location.strip_prefix(around).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !is_below("") {
            return None;
        }
        if entry.is_empty() {
            return Some(openapi_keywords::stating(location, [&self.value, self.source()], *dialect));
        }
        // The root only refers to the part.
        let is_inside = match &**document {
            "" => !location.is_empty() && !is_below("/$ref") && !is_below("/allOf"),
            document => is_below(document),
        };
        if !is_inside {
            return Some(entry[document.len()..].to_owned());
        }
        let part = self.value.pointer(document).unwrap_or(&Value::Null);
        Some(openapi_keywords::stating(&location[document.len()..], [part, self.source()], *dialect))
    }

    /// Whether what is beside a `$ref` counts.
    #[cfg(feature = "drift")]
    pub(crate) fn reads_beside_references(&self) -> bool {
        nullable(self.reading.dialect).is_none() && Draft::default().detect(&self.value) > Draft::Draft7
    }

    /// The same schema once its source says this.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when there is none in its source then.
    #[cfg(feature = "drift")]
    pub(crate) fn edited(&self, source: Value) -> Result<Self, Error> {
        let Reading { document, entry, requested, text, .. } = &*self.reading;
        let schema = match text {
            Some((text, _)) => {
                let (name, text) = (self.name.clone(), Arc::clone(text));
                let text = SchemaText { name, text, value: Arc::new(source), dialect: *requested };
                text.part(self.name.clone(), &entry[document.len()..])
            }
            None => Self::from_value(source),
        };
        let part = schema.value.pointer(&schema.reading.entry).unwrap_or(&Value::Null);
        contents::refuse(&schema.name, part)?;
        if !entry.is_empty() {
            schema.check_parts()?;
        }
        Ok(Self { resources: self.resources.clone(), ..schema })
    }

    /// Validates the parts against the metaschema that are in no location where it looks for schemas.
    fn check_parts(&self) -> Result<(), Error> {
        let draft = Draft::default().detect(&self.value);
        for pointer in reachable(&self.value, &self.reading.entry) {
            let part = self.value.pointer(&pointer).unwrap_or(&Value::Null);
            model::check_part(&self.name, pointer, draft, part)?;
        }
        Ok(())
    }
}

/// What of a schema is valid and probably a mistake.
fn warnings(schema: &Value, reading: &Reading, dialect: Option<Dialect>) -> Vec<String> {
    let at = |part: &str, pointer: &str| {
        let pointer = format!("{part}{pointer}");
        if pointer.is_empty() { "the root".to_owned() } else { pointer }
    };
    let mut warnings = Vec::new();
    if schema.pointer(&reading.entry).is_some_and(contents::accepts_everything) {
        warnings.push("the schema accepts every value: it has no keyword that asserts anything".to_owned());
    }
    let is_nullable =
        |members: &serde_json::Map<String, Value>| members.get("nullable") == Some(&Value::Bool(true));
    let knows = matches!(dialect, Some(Dialect::OpenApi30 | Dialect::Swagger20));
    let parts = reachable(schema, &reading.entry);
    for found in misspelled(schema, &parts) {
        let location = found.location.strip_prefix(&*reading.document).unwrap_or(&found.location);
        let hint = did_you_mean(Some(found.known));
        warnings.push(format!("unknown keyword `{}` at {} is ignored{hint}", found.name, at("", location)));
    }
    for part in parts {
        let position = schema.pointer(&part).and_then(|value| {
            find(value, |members| is_nullable(members) && (!knows || members.get("type").is_none()))
        });
        let Some(position) = position.map(|position| at(&part, &position)) else { continue };
        warnings.push(if knows {
            format!("`nullable` at {position} has no effect: it allows null only with a `type` beside it")
        } else {
            format!(
                "`nullable` at {position} is a keyword of OpenAPI 3.0 and ignored in this dialect, so it does not allow \
                 null; read the schema as `openapi-3.0` if it is one"
            )
        });
        break;
    }
    warnings
}
