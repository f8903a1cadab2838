//! A schema to compare, and where it comes from.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use jsonschema::Draft;
use serde_json::{Value, json};

use super::effort::size;
use crate::error::{Error, ErrorKind};
use crate::generate::Recipe;
use crate::origin::Origin;
use crate::schema::keywords::names;
use crate::schema::model::{Model, NodeId};
use crate::schema::types::TypeSet;
use crate::schema::{Schema, SchemaText, fragment};
use crate::validate::NodeValidator;

/// What the document is called where its parts are referred to; people never see it.
const NAME: &str = "json-schema:///compared";

/// One of the two schemas: a document, the location of the schema in it, with the text that lines are counted
/// in.
///
/// It keeps what was worked out about it, so that one document may be compared with many.
pub struct Document {
    pub(super) origin: Origin,
    pub(super) schema: Schema,
    pub(super) value: Value,
    /// How many values that has.
    pub(super) size: usize,
    /// Where the schema lies in the document, as a JSON Pointer.
    pub(super) root: String,
    pub(super) draft: Draft,
    pub(super) validator: NodeValidator,
    /// A schema that can refer to this document.
    beside: Schema,
    least: Mutex<Least>,
    meanings: OnceLock<Vec<u64>>,
    recipes: Mutex<HashMap<(Entries, String), Result<Recipe, Lack>>>,
}

/// Subschemas that apply to one value.
pub(super) type Entries = Vec<NodeId>;

/// The smallest value that keeps subschemas, of some types.
type Least = HashMap<(Entries, TypeSet), Result<Value, Lack>>;

/// Why no value was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// No value keeps the schema.
    NoValue,
    /// Nobody knows how.
    Unknown,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("name", &self.name())
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Reads a schema from JSON text. A `name` with a fragment (`openapi.json#/components/schemas/X`) means
    /// the schema at that location of the document.
    ///
    /// # Errors
    ///
    /// What [`SchemaText`] and [`Document::of`] refuse.
    pub fn parse(name: &str, text: &[u8]) -> Result<Self, Error> {
        let (file, fragment) = name.split_once('#').unwrap_or((name, ""));
        Self::of(file, &SchemaText::read(file, text)?.schema_at(fragment)?)
    }

    /// A schema; lines are those of its text, or of its published form. The document is called `name`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when it is no valid schema, or refers to a document that it was not given
    /// (nothing is fetched).
    pub fn of(name: &str, schema: &Schema) -> Result<Self, Error> {
        let called = if schema.entry().is_empty() { name } else { schema.name() };
        schema.refuse_holder(called)?;
        let validator = NodeValidator::new(&schema.clone().named(called))?;
        let value = schema.as_value().clone();
        let size = size(&value);
        Ok(Self {
            origin: Origin::file(name),
            draft: Draft::default().detect(&value),
            value,
            size,
            root: schema.entry().to_owned(),
            validator,
            beside: Schema::from_value(Value::Bool(true)).with_resource(NAME, schema)?,
            schema: schema.clone(),
            least: Mutex::default(),
            meanings: OnceLock::new(),
            recipes: Mutex::default(),
        })
    }

    /// A number for what a subschema says, in whatever words.
    pub(super) fn meaning(&self, node: NodeId) -> u64 {
        self.meanings.get_or_init(|| self.model().meanings())[node as usize]
    }

    /// The same document, as what lies in the file at this path: a revision of it, or what is built in.
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        self.origin = self.origin.in_file(path);
        self
    }

    /// Where the document lies.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The name of the document.
    #[must_use]
    pub fn name(&self) -> &str {
        self.origin.name()
    }

    /// What is at a location, here or in a document that this one refers to.
    pub(super) fn at(&self, location: &str) -> Option<&Value> {
        match self.split(location) {
            (Some(uri), pointer) => self.schema.resources().get(uri)?.pointer(pointer),
            (None, pointer) => self.value.pointer(pointer),
        }
    }

    /// The URI of the document that a location is in, if it is another one, and the JSON Pointer there.
    pub(super) fn split<'l>(&self, location: &'l str) -> (Option<&'l str>, &'l str) {
        let resources = self.schema.resources();
        let elsewhere = location.split_once('#');
        let elsewhere =
            elsewhere.filter(|(uri, _)| !location.starts_with('/') || resources.get(uri).is_some());
        elsewhere.map_or((None, location), |(uri, pointer)| (Some(uri), pointer))
    }

    pub(super) fn model(&self) -> &Model {
        self.validator.model()
    }

    /// The subschema that is compared.
    pub(super) fn entry(&self) -> NodeId {
        if self.root.is_empty() { 0 } else { self.model().bare(0) }
    }

    /// Whether the document admits a payload.
    pub(super) fn allows(&self, payload: &Value) -> bool {
        self.validator.is_valid(&[0], payload)
    }

    /// What refers to a subschema, in a schema that is made beside this document.
    pub(super) fn reference_to(&self, id: NodeId) -> Value {
        json!({(names::REF): address(&self.model().node(id).reference())})
    }

    /// A schema that combines these subschemas, and more.
    fn schema_of(&self, entries: &[NodeId], extra: &[Value]) -> Schema {
        let references = entries.iter().map(|id| self.reference_to(*id));
        let all: Vec<Value> = references.chain(extra.iter().cloned()).collect();
        let mut schema = json!({(names::ALL_OF): all});
        if let Some(dialect) = self.value.get(names::SCHEMA) {
            schema[names::SCHEMA] = dialect.clone();
        }
        self.beside.beside(schema)
    }

    /// A recipe for values that are valid against these subschemas, and more; compiled once, within the limit
    /// of effort.
    pub(super) fn recipe(
        &self,
        entries: &[NodeId],
        extra: &[Value],
        is_affordable: impl FnOnce() -> bool,
    ) -> Result<Recipe, Lack> {
        let key = (entries.to_vec(), Value::from(extra).to_string());
        let known = self.recipes.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return known;
        }
        if !is_affordable() {
            return Err(Lack::Unknown);
        }
        let made = Recipe::new(&self.schema_of(entries, extra)).map_err(|error| match error.kind() {
            ErrorKind::Schema => Lack::NoValue,
            _ => Lack::Unknown,
        });
        self.recipes.lock().unwrap_or_else(PoisonError::into_inner).insert(key, made.clone());
        made
    }

    /// The smallest value of these types, made once.
    pub(super) fn least(
        &self,
        key: (Entries, TypeSet),
        make: impl FnOnce() -> Result<Value, Lack>,
    ) -> Result<Value, Lack> {
        let known = self.least.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let value = make();
            // What nobody knew may have been given up for this comparison only.
            if value != Err(Lack::Unknown) {
                self.least.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value.clone());
            }
            value
        })
    }
}

/// The URI of a subschema, by what refers to it from its document.
fn address(reference: &str) -> String {
    let (document, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let document = if document.is_empty() { NAME } else { document };
    format!("{document}#{}", fragment(pointer))
}
