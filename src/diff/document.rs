//! Which schema is compared, and where does it lie?

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Draft, Registry, Validator};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use super::witness::Lack;
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::pointer::{escape, unescape};
use crate::schema::model::Model;
use crate::schema::{Resources, Schema, SchemaText, chain, readable};
use crate::validate;

/// What the document is called where its parts are compiled; people never see it.
const NAME: &str = "json-schema:///compared";

/// What a JSON Pointer may not have where it is a fragment of a URI.
const FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// One of the two schemas: a document, and the place of the schema in it.
///
/// It keeps what was worked out about it, so that one document may be compared with many.
pub struct Document {
    pub(super) origin: Origin,
    /// What it was read from.
    pub(super) schema: Schema,
    pub(super) value: Value,
    /// Where the schema lies in the document, as a JSON Pointer.
    pub(super) root: String,
    pub(super) validator: Validator,
    pub(super) draft: Draft,
    /// Whether members or items are refused by what other keywords did not speak of.
    pub(super) unevaluated: bool,
    /// Whether references depend on where they stand, or on how they are reached: none is followed then.
    embedded: bool,
    anchors: HashMap<String, String>,
    registry: OnceLock<Option<Registry<'static>>>,
    judges: Mutex<HashMap<String, Option<Arc<Validator>>>>,
    least: Mutex<Least>,
}

/// The smallest value of a type at a place.
type Least = HashMap<(String, &'static str), Result<Value, Lack>>;

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("name", &self.name())
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Document {
    /// Reads a schema from JSON text. A `name` with a fragment (`openapi.json#/components/schemas/X`) means the schema at
    /// that place of the document.
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
    /// [`ErrorKind::Schema`] when it is no valid schema, or refers to a document that it was not given (nothing is
    /// fetched); [`ErrorKind::Unsupported`] when it combines too much to be compared.
    pub fn of(name: &str, schema: &Schema) -> Result<Self, Error> {
        let called = if schema.entry().is_empty() { name } else { schema.name() };
        schema.refuse_holder(called)?;
        Model::check(called, schema)?;
        let value = schema.bundled();
        chain::bounded(&value, &format!("{name}#"))?;
        if let Some(place) = chain::too_many_ways(&value) {
            let message = "applies schemas to one value in too many ways to be compared";
            return Err(Error::new(ErrorKind::Unsupported, format!("{name}#{place}"), message));
        }
        let draft = Draft::default().detect(&value);
        let mut found = Found::default();
        found.look(&value, &mut String::new());
        Ok(Self {
            origin: Origin::file(name),
            validator: validate::compiled(called, &readable(&value), schema.resources())?,
            root: schema.entry().to_owned(),
            schema: schema.clone(),
            value,
            draft,
            unevaluated: found.unevaluated,
            embedded: found.embedded,
            anchors: found.anchors,
            registry: OnceLock::new(),
            judges: Mutex::default(),
            least: Mutex::default(),
        })
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

    /// Whether the document allows a payload.
    pub(super) fn allows(&self, payload: &Value) -> bool {
        self.validator.is_valid(payload)
    }

    /// Whether what stands beside a `$ref` counts: not before draft 2019-09.
    pub(super) fn siblings_count(&self) -> bool {
        !matches!(self.draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
    }

    /// Whether the schema at a place of the document allows a value; `None` where nobody can say.
    pub(super) fn allows_at(&self, pointer: &str, value: &Value) -> Option<bool> {
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        if !judges.contains_key(pointer) {
            judges.insert(pointer.to_owned(), self.judge_at(pointer).map(Arc::new));
        }
        let judge = judges.get(pointer)?.clone()?;
        drop(judges);
        Some(judge.is_valid(value))
    }

    /// Whether a part of the schema at a place allows a value; `None` where nobody can say. References that lead out of
    /// the part are followed in the whole schema only.
    pub(super) fn allows_beside(
        &self,
        pointer: &str,
        value: &Value,
        part: impl FnOnce() -> Value,
    ) -> Option<bool> {
        let key = format!("{pointer}#");
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        if !judges.contains_key(&key) {
            let part = part();
            let judge = if refers(&part) {
                self.judge_at(pointer)
            } else {
                validate::compiled_as(self.draft, &part).ok()
            };
            judges.insert(key.clone(), judge.map(Arc::new));
        }
        let judge = judges.get(&key)?.clone()?;
        drop(judges);
        Some(judge.is_valid(value))
    }

    fn judge_at(&self, pointer: &str) -> Option<Validator> {
        let schema = self.value.pointer(pointer)?;
        // Most schemas stand alone, and small ones are soon compiled.
        if !refers(schema) {
            return validate::compiled_as(self.draft, schema).ok();
        }
        let registry = self
            .registry
            .get_or_init(|| registered(self.draft, &self.value, self.schema.resources()).ok())
            .as_ref()?;
        validate::compiled_in("", registry, &json!({"$ref": address(pointer)})).ok()
    }

    /// The smallest value of a type at a place, made once.
    pub(super) fn least(
        &self,
        pointer: &str,
        kind: &'static str,
        make: impl FnOnce() -> Result<Value, Lack>,
    ) -> Result<Value, Lack> {
        let key = (pointer.to_owned(), kind);
        let known = self.least.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let value = make();
            // What nobody knew may have been given up for this comparison only.
            if value == Err(Lack::Unknown) {
                return value;
            }
            self.least.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value.clone());
            value
        })
    }

    /// Where a reference leads to in this document, as a tidy JSON Pointer.
    pub(super) fn target(&self, reference: &str) -> Option<String> {
        let own = self.value["$id"].as_str().unwrap_or_default().trim_end_matches('#');
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if self.embedded || !(base.is_empty() || base == own) {
            return None;
        }
        let fragment = decoded(fragment);
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return self.anchors.get(&fragment).cloned();
        }
        let mut tidy = String::new();
        for step in fragment.split('/').skip(1) {
            tidy.push('/');
            escape(&unescape(step), &mut tidy);
        }
        Some(tidy)
    }
}

/// Whether a schema may refer to something outside it.
pub(super) fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => {
            ["$ref", "$dynamicRef", "$recursiveRef"].iter().any(|keyword| map.contains_key(*keyword))
                || map.values().any(refers)
        }
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

fn decoded(fragment: &str) -> String {
    percent_decode_str(fragment).decode_utf8_lossy().into_owned()
}

fn address(pointer: &str) -> String {
    format!("{NAME}#{}", utf8_percent_encode(pointer, FRAGMENT))
}

fn registered(
    draft: Draft,
    value: &Value,
    resources: &Resources,
) -> Result<Registry<'static>, jsonschema::ReferencingError> {
    let registry = Registry::new().draft(draft).retriever(resources.clone());
    registry.add(NAME, readable(value).into_owned()).and_then(jsonschema::RegistryBuilder::prepare)
}

/// What is found in a document before anything is compared.
#[derive(Default)]
struct Found {
    anchors: HashMap<String, String>,
    embedded: bool,
    unevaluated: bool,
}

impl Found {
    fn look(&mut self, value: &Value, pointer: &mut String) {
        let length = pointer.len();
        match value {
            Value::Object(map) => {
                let text = |keyword: &str| map.get(keyword).and_then(Value::as_str);
                let id = text("$id").or(text("id"));
                let anchor = text("$anchor").or(id.and_then(|id| id.strip_prefix('#')));
                if let Some(anchor) = anchor {
                    self.anchors.entry(anchor.to_owned()).or_insert_with(|| pointer.clone());
                }
                let resource = length > 0 && text("$id").is_some_and(|id| !id.starts_with('#'));
                let dynamic = ["$dynamicRef", "$recursiveRef"].iter().any(|keyword| text(keyword).is_some());
                self.embedded |= resource || dynamic;
                let unevaluated = ["unevaluatedProperties", "unevaluatedItems"];
                self.unevaluated |= unevaluated.iter().any(|keyword| map.contains_key(*keyword));
                for (name, member) in map {
                    pointer.push('/');
                    escape(name, pointer);
                    self.look(member, pointer);
                    pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    self.look(item, pointer);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }
}
