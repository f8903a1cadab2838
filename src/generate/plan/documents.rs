//! Where do the schemas that a schema refers to stand, and what do they say?

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::sync::{Arc, OnceLock};

use jsonschema::{Draft, Registry, Validator, uri};
use serde_json::{Map, Value, json};

use super::dialect;
use crate::error::{Error, ErrorKind};
use crate::pointer::escape;

/// What the schema is called among documents; people never see it.
const ROOT: &str = "json-schema:///root";
/// Schemas that are nested deeper are not read.
const DEEPEST: usize = 400;

/// A schema and the metaschemas it may refer to.
pub(crate) struct Documents {
    registry: Registry<'static>,
    draft: Draft,
    /// Where each schema of the document stands, by its address.
    pointers: HashMap<usize, String>,
    /// How often each `$dynamicAnchor` occurs.
    dynamic: HashMap<String, usize>,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("draft", &self.draft).finish_non_exhaustive()
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

impl Documents {
    pub(super) fn of(schema: &Value) -> Result<Self, Error> {
        let draft = match schema.get("$schema").and_then(Value::as_str) {
            None => Draft::Draft202012,
            Some(name) => match name.trim_end_matches('#') {
                "https://json-schema.org/draft/2020-12/schema" => Draft::Draft202012,
                "http://json-schema.org/draft-07/schema" | "https://json-schema.org/draft-07/schema" => {
                    Draft::Draft7
                }
                _ => {
                    let message = "`$schema` names another draft than 2020-12 and draft-07";
                    return Err(Error::new(ErrorKind::Unsupported, "#/$schema", message));
                }
            },
        };
        if depth(schema) > DEEPEST {
            let message = format!("nested more than {DEEPEST} levels deep");
            return Err(Error::new(ErrorKind::Unsupported, "#", message));
        }
        if let Err(error) = judge_schema(draft, schema) {
            let place = format!("#{}", error.instance_path());
            return Err(
                Error::new(ErrorKind::Schema, place, "is not as a schema may be").because(error.to_owned())
            );
        }
        let registry = Registry::new()
            .draft(draft)
            .retriever(Nothing)
            .add(ROOT, schema.clone())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| not_prepared(schema, &error))?;
        let mut documents = Self { registry, draft, pointers: HashMap::new(), dynamic: HashMap::new() };
        let mut pointers = HashMap::new();
        let mut dynamic = HashMap::new();
        if let Some(root) = documents.at(ROOT) {
            index(root, &mut String::new(), &mut pointers, &mut dynamic);
        }
        documents.pointers = pointers;
        documents.dynamic = dynamic;
        Ok(documents)
    }

    pub(super) fn root() -> Value {
        json!({"$ref": format!("{ROOT}#")})
    }

    pub(super) fn title(&self) -> String {
        let title = self.at(ROOT).and_then(|root| root.get("title")).and_then(Value::as_str);
        title.unwrap_or_default().to_owned()
    }

    fn at(&self, reference: &str) -> Option<&Value> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let resolver = self.registry.resolver(uri::from_str(base).ok()?);
        Some(resolver.lookup(&format!("#{fragment}")).ok()?.contents())
    }

    /// Where people find what `reference` leads to.
    pub(super) fn place(&self, reference: &str) -> String {
        match self.at(reference).and_then(|schema| self.pointers.get(&address(schema))) {
            Some(pointer) => format!("#{pointer}"),
            None => reference.to_owned(),
        }
    }

    /// What the schema at `reference` says, one level deep and in the words of draft 2020-12:
    /// the schemas inside are references.
    pub(super) fn read(&self, reference: &str) -> Result<Value, Error> {
        let place = self.place(reference);
        let Some(schema) = self.at(reference) else {
            return Err(Error::new(ErrorKind::Schema, place, "there is nothing at this place"));
        };
        let Value::Object(keywords) = schema else {
            return match schema {
                Value::Bool(_) => Ok(schema.clone()),
                _ => Err(Error::new(ErrorKind::Schema, place, "neither an object nor a boolean")),
            };
        };
        let mut read = dialect::read(keywords, self.draft, reference);
        for keyword in ["$ref", "$dynamicRef"] {
            let Some(target) = keywords.get(keyword).and_then(Value::as_str) else { continue };
            if keyword == "$dynamicRef" && self.draft == Draft::Draft7 {
                continue;
            }
            self.refuse_dynamic(keyword, target, &place)?;
            let target = self.resolved(reference, keyword, target, &place)?;
            read.insert(keyword.to_owned(), Value::String(target));
        }
        Ok(Value::Object(read))
    }

    /// A reference whose target depends on the way to it has no one target.
    fn refuse_dynamic(&self, keyword: &str, target: &str, place: &str) -> Result<(), Error> {
        let anchor = target.rsplit_once('#').map_or("", |(_, anchor)| anchor);
        if keyword == "$dynamicRef" && self.dynamic.get(anchor).copied().unwrap_or(0) > 1 {
            let message = "`$dynamicRef` to one of several anchors of that name cannot be followed";
            return Err(Error::new(ErrorKind::Unsupported, format!("{place}/{keyword}"), message));
        }
        Ok(())
    }

    /// The reference to what `target`, written at `reference`, leads to.
    fn resolved(&self, reference: &str, keyword: &str, target: &str, place: &str) -> Result<String, Error> {
        let failed = |error: &dyn fmt::Display| unresolved(place, keyword, error);
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let base = uri::from_str(base).map_err(|error| failed(&error))?;
        let outer = self.registry.resolver(base);
        let here = outer.lookup(&format!("#{fragment}")).map_err(|error| failed(&error))?;
        let found = here.resolver().lookup(target).map_err(|error| {
            let outside = !target.starts_with('#')
                && matches!(error, jsonschema::ReferencingError::Unretrievable { .. });
            let kind = if outside { ErrorKind::Unsupported } else { ErrorKind::Schema };
            let message =
                if outside { "leads to another document, and nothing is fetched" } else { "leads nowhere" };
            Error::new(kind, format!("{place}/{keyword}"), format!("`{keyword}` {message}"))
        })?;
        if let Some(pointer) = self.pointers.get(&address(found.contents())) {
            return Ok(format!("{ROOT}#{}", encoded(pointer)));
        }
        let document = found.resolver().base_uri().as_str().trim_end_matches('#').to_owned();
        let root = self.at(&document).ok_or_else(|| failed(&"no such document"))?;
        let (mut pointers, mut dynamic) = (HashMap::new(), HashMap::new());
        index(root, &mut String::new(), &mut pointers, &mut dynamic);
        if !dynamic.is_empty() {
            let message = format!("`{keyword}` to a metaschema of this draft cannot be followed");
            return Err(Error::new(ErrorKind::Unsupported, format!("{place}/{keyword}"), message));
        }
        let pointer = pointers.get(&address(found.contents())).ok_or_else(|| failed(&"no such place"))?;
        Ok(format!("{document}#{}", encoded(pointer)))
    }

    fn validator(&self, schema: &Value) -> Option<Validator> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(schema)
            .ok()
    }
}

fn unresolved(place: &str, keyword: &str, error: &dyn fmt::Display) -> Error {
    Error::new(ErrorKind::Schema, format!("{place}/{keyword}"), format!("`{keyword}` leads nowhere: {error}"))
}

/// A pointer as the fragment of a reference.
pub(crate) fn encoded(pointer: &str) -> String {
    let mut text = String::new();
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/$".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

struct Nothing;

impl jsonschema::Retrieve for Nothing {
    fn retrieve(
        &self,
        _: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err("nothing is fetched".into())
    }
}

fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut waiting = vec![(value, 1)];
    while let Some((value, depth)) = waiting.pop() {
        deepest = deepest.max(depth);
        match value {
            Value::Array(items) => waiting.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => waiting.extend(members.values().map(|member| (member, depth + 1))),
            _ => {}
        }
    }
    deepest
}

fn index(
    value: &Value,
    pointer: &mut String,
    pointers: &mut HashMap<usize, String>,
    dynamic: &mut HashMap<String, usize>,
) {
    pointers.insert(address(value), pointer.clone());
    let length = pointer.len();
    match value {
        Value::Object(members) => {
            if let Some(name) = members.get("$dynamicAnchor").and_then(Value::as_str) {
                *dynamic.entry(name.to_owned()).or_default() += 1;
            }
            for (name, member) in members {
                pointer.push('/');
                escape(name, pointer);
                index(member, pointer, pointers, dynamic);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                let _ = write!(pointer, "/{number}");
                index(item, pointer, pointers, dynamic);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// What the `jsonschema` crate says about values of one place. Compiled when first asked.
#[derive(Clone)]
pub(crate) struct Judge(Arc<Judging>);

struct Judging {
    documents: Arc<Documents>,
    schema: Value,
    validator: OnceLock<Option<Validator>>,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Judge({})", self.0.schema)
    }
}

impl Judge {
    pub(super) fn of(documents: &Arc<Documents>, schemas: Vec<Value>) -> Self {
        let schema = Value::Object(Map::from_iter([("allOf".to_owned(), Value::Array(schemas))]));
        Self(Arc::new(Judging { documents: documents.clone(), schema, validator: OnceLock::new() }))
    }

    /// Whether the value is as it must be; not if nobody can say.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        let judging = &self.0;
        let validator = judging.validator.get_or_init(|| judging.documents.validator(&judging.schema));
        validator.as_ref().is_some_and(|validator| validator.is_valid(value))
    }
}

fn judge_schema(draft: Draft, schema: &Value) -> Result<(), jsonschema::ValidationError<'_>> {
    if draft == Draft::Draft7 {
        jsonschema::draft7::meta::validate(schema)
    } else {
        jsonschema::draft202012::meta::validate(schema)
    }
}

/// Why the documents cannot be put together, at the reference to blame.
fn not_prepared(schema: &Value, error: &jsonschema::ReferencingError) -> Error {
    let jsonschema::ReferencingError::Unretrievable { uri, .. } = error else {
        return unresolved("#", "$ref", error);
    };
    let leads_there = |reference: &str| {
        let document = reference.split('#').next().unwrap_or_default();
        !document.is_empty() && uri.trim_end_matches('#').ends_with(document.trim_start_matches("./"))
    };
    let mut waiting = vec![(String::new(), schema)];
    let mut place = String::new();
    while let Some((pointer, value)) = waiting.pop() {
        let steps: Vec<(String, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect()
            }
            _ => continue,
        };
        if value.get("$ref").and_then(Value::as_str).is_some_and(leads_there) {
            place = pointer;
            break;
        }
        waiting.extend(steps.into_iter().map(|(step, value)| {
            let mut inner = pointer.clone() + "/";
            escape(&step, &mut inner);
            (inner, value)
        }));
    }
    let message = "`$ref` leads to another document, and nothing is fetched";
    Error::new(ErrorKind::Unsupported, format!("#{place}/$ref"), message)
}
