//! Further documents that a schema may refer to.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::uri;
use serde_json::Value;

use super::model::ROOT;
use super::{AsSchema, Schema, readable};
use crate::error::{Error, ErrorKind};

/// Documents by their URIs. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    known: Arc<BTreeMap<String, Arc<Value>>>,
    /// Those that were read as schemas: from where, and on which lines.
    read: Arc<BTreeMap<String, Schema>>,
    /// Whether files beside the schema were looked for.
    from_file: bool,
}

/// What a URI stands for; a file beside a schema without identifier has a relative one.
fn of<'r, T>(documents: &'r BTreeMap<String, T>, uri: &str) -> Option<(&'r str, &'r T)> {
    let uri = uri.trim_end_matches('#');
    let found = documents.get_key_value(uri).or_else(|| documents.get_key_value(&format!("{ROOT}{uri}")));
    found.map(|(uri, document)| (uri.as_str(), document))
}

impl PartialEq for Resources {
    fn eq(&self, other: &Self) -> bool {
        self.known == other.known && self.from_file == other.from_file
    }
}

impl Resources {
    pub(super) fn add(&mut self, uri: &str, document: &impl AsSchema) -> Result<(), Error> {
        let wrong = |message: &str| Error::new(ErrorKind::Schema, uri, message);
        let parsed =
            uri::from_str(uri.trim_end_matches('#')).map_err(|error| wrong("not a URI").because(error))?;
        if parsed.has_fragment() {
            return Err(wrong("URI with a fragment; pass the URI of the document"));
        }
        let value = document.document();
        if !(value.is_object() || value.is_boolean()) {
            return Err(wrong("not a JSON Schema: expected an object or a boolean"));
        }
        let known = Arc::make_mut(&mut self.known);
        let uri = parsed.into_string();
        known.insert(uri.clone(), Arc::new(readable(value).into_owned()));
        let read = Arc::make_mut(&mut self.read);
        read.remove(&uri);
        if let Some(schema) = document.schema() {
            // What the document itself was given comes along.
            for (uri, value) in &*schema.resources.known {
                known.entry(uri.clone()).or_insert_with(|| value.clone());
            }
            for (uri, schema) in &*schema.resources.read {
                read.entry(uri.clone()).or_insert_with(|| schema.clone());
            }
            read.insert(uri, Schema { resources: Self::default(), ..schema.clone() });
        }
        Ok(())
    }

    /// Notes that files beside the schema were looked for.
    pub(super) fn looked_for(&mut self) {
        self.from_file = true;
    }

    /// Whether files beside the schema were looked for.
    pub(super) fn is_from_file(&self) -> bool {
        self.from_file
    }

    /// The document with that URI.
    pub(crate) fn get(&self, uri: &str) -> Option<&Value> {
        self.given(uri).map(|(_, document)| document)
    }

    /// The same, with the URI by which it was given.
    pub(super) fn given(&self, uri: &str) -> Option<(&str, &Value)> {
        of(&self.known, uri).map(|(uri, document)| (uri, &**document))
    }

    /// The same as it was read, with its name and its lines.
    #[cfg(feature = "diff")]
    pub(crate) fn read(&self, uri: &str) -> Option<&Schema> {
        of(&self.read, uri).map(|(_, schema)| schema)
    }

    /// Every URI.
    pub(crate) fn uris(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }
}

impl jsonschema::Retrieve for Resources {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        self.get(uri.as_str()).cloned().ok_or_else(|| "it was not given, and nothing is fetched".into())
    }
}
