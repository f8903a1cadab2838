//! Where do the schemas that a schema refers to stand, and what do they say?

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use jsonschema::{Draft, Registry, Validator, uri};
use serde_json::{Value, json};

use super::dialect::Dialect;
use super::index::Index;
use super::scope::Scope;
use crate::error::{Error, ErrorKind};
use crate::pointer::escape;
use crate::schema::model::Model;
use crate::schema::{AsSchema, Resources, Schema, chain, readable};

/// What the schema is called among documents; people never see it.
const ROOT: &str = "json-schema:///root";
/// Schemas that are nested deeper are not read.
const DEEPEST: usize = 400;
/// Steps that planning takes at most, each about a microsecond of work: it ends alike on every machine.
const MAX_STEPS: u64 = 4_000_000;
/// The metaschemas of both drafts, which schemas may refer to.
const METASCHEMAS: &[&str] = &[
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/meta/core",
    "https://json-schema.org/draft/2020-12/meta/applicator",
    "https://json-schema.org/draft/2020-12/meta/unevaluated",
    "https://json-schema.org/draft/2020-12/meta/validation",
    "https://json-schema.org/draft/2020-12/meta/meta-data",
    "https://json-schema.org/draft/2020-12/meta/format-annotation",
    "https://json-schema.org/draft/2020-12/meta/format-assertion",
    "https://json-schema.org/draft/2020-12/meta/content",
];

/// A schema and the documents it may refer to: those it was given, and the metaschemas.
pub(crate) struct Documents {
    registry: Registry<'static>,
    index: Index,
    /// How many values the documents have.
    size: usize,
    /// Whether some of them apply each other in more ways than can be followed.
    entangled: bool,
    /// How many steps may still be taken.
    steps: AtomicU64,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

impl Documents {
    pub(super) fn of(schema: &impl AsSchema) -> Result<Self, Error> {
        shallow(schema.document(), "#")?;
        match schema.schema() {
            Some(schema) => Model::check("", schema)?,
            None => Model::check("", &Schema::from_value(schema.document().clone()))?,
        }
        chain::bounded(schema.document(), "#")?;
        let value = readable(schema.document());
        let resources = schema.schema().map(|schema| schema.resources().clone()).unwrap_or_default();
        let named = |name: &str| Dialect::known(name).or_else(|| Dialect::described(resources.get(name)?));
        let dialect = match value.get("$schema").and_then(Value::as_str) {
            None => Dialect::NEW,
            Some(name) => named(name).ok_or_else(|| unknown_dialect("#"))?,
        };
        sound(&dialect, &value, "#")?;
        let draft = if dialect.old { Draft::Draft7 } else { Draft::Draft202012 };
        let registry = Registry::new()
            .draft(draft)
            .retriever(resources.clone())
            .add(ROOT, value.into_owned())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| not_prepared(schema.document(), &resources, &error))?;
        let steps = AtomicU64::new(MAX_STEPS);
        let mut documents = Self { registry, index: Index::default(), size: 0, entangled: false, steps };
        let mut index = Index::default();
        let (mut size, mut entangled) = (0, false);
        for uri in [ROOT].into_iter().chain(resources.uris()).chain(METASCHEMAS.iter().copied()) {
            if let Some(document) = documents.at(uri) {
                if resources.get(uri).is_some() {
                    shallow(document, &format!("{uri}#"))?;
                    chain::bounded(document, &format!("{uri}#"))?;
                    let own = document.get("$schema").and_then(Value::as_str).map(named);
                    if let Some(dialect) = own.unwrap_or_else(|| Some(dialect.clone())) {
                        sound(&dialect, document, &format!("{uri}#"))?;
                    }
                }
                if !METASCHEMAS.contains(&uri) {
                    size += count(document);
                    entangled |= chain::too_many_ways(document).is_some();
                }
                index.add(uri, document, Some(&dialect), &named);
            }
        }
        (documents.index, documents.size, documents.entangled) = (index, size, entangled);
        Ok(documents)
    }

    /// How many values the documents have.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Spends some of the steps that planning may take, and says how many are left.
    pub(super) fn take(&self, steps: usize) -> u64 {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let take = |left: u64| Some(left.saturating_sub(steps));
        let left = self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or(0);
        left.saturating_sub(steps)
    }

    /// The same; an error that names the place where they are used up.
    pub(super) fn spend(&self, steps: usize, place: &str) -> Result<(), Error> {
        if self.take(steps) == 0 {
            let message = format!("stopped after {MAX_STEPS} steps: the schema combines too much");
            return Err(Error::new(
                ErrorKind::Unsupported,
                if place.is_empty() { "#" } else { place },
                message,
            ));
        }
        Ok(())
    }

    pub(super) fn root() -> Value {
        json!({"$ref": format!("{ROOT}#")})
    }

    pub(super) fn title(&self) -> String {
        let title = self.at(ROOT).and_then(|root| root.get("title")).and_then(Value::as_str);
        title.unwrap_or_default().to_owned()
    }

    /// The dynamic scope of a reference, and the reference without it.
    pub(super) fn scope<'r>(&self, reference: &'r str) -> (Scope<'_>, &'r str) {
        Scope::of(reference, &self.index.anchors)
    }

    fn at(&self, plain: &str) -> Option<&Value> {
        let (base, fragment) = plain.split_once('#').unwrap_or((plain, ""));
        let resolver = self.registry.resolver(uri::from_str(base).ok()?);
        Some(resolver.lookup(&format!("#{fragment}")).ok()?.contents())
    }

    /// Where people find what `reference` leads to.
    pub(super) fn place(&self, reference: &str) -> String {
        let (_, plain) = self.scope(reference);
        let place = plain.strip_prefix(ROOT).unwrap_or(plain);
        percent_decoded(place)
    }

    /// What the schema at `reference` says, one level deep and in the words of draft 2020-12:
    /// the schemas inside are references.
    pub(super) fn read(&self, reference: &str) -> Result<Value, Error> {
        let (mut scope, plain) = self.scope(reference);
        let place = self.place(reference);
        let Some(schema) = self.at(plain) else {
            return Err(Error::new(ErrorKind::Schema, place, "there is nothing at this place"));
        };
        let Value::Object(keywords) = schema else {
            return match schema {
                Value::Bool(_) => Ok(schema.clone()),
                _ => Err(Error::new(ErrorKind::Schema, place, "neither an object nor a boolean")),
            };
        };
        let resource = self.index.place(schema).map_or(0, |place| place.resource);
        let dialect = self.index.dialect(resource).ok_or_else(|| unknown_dialect(&place))?;
        scope.enter(resource);
        let mut read = dialect.read(keywords, &scope.around(plain));
        for keyword in ["$ref", "$dynamicRef"] {
            let Some(target) = keywords.get(keyword).and_then(Value::as_str) else { continue };
            if keyword == "$dynamicRef" && dialect.old {
                continue;
            }
            let found = self.resolved(plain, keyword, target, &place)?;
            let fragment = target.rsplit_once('#').map_or("", |(_, fragment)| fragment);
            let dynamic = keyword == "$dynamicRef"
                && self.at(found).and_then(|schema| schema.get("$dynamicAnchor")) == Some(&json!(fragment));
            let found = if dynamic { scope.target(fragment).unwrap_or(found) } else { found };
            read.insert(keyword.to_owned(), Value::String(scope.around(found)));
        }
        Ok(Value::Object(read))
    }

    /// The reference to what `target`, written at `plain`, leads to.
    fn resolved(&self, plain: &str, keyword: &str, target: &str, place: &str) -> Result<&str, Error> {
        let failed = |error: &dyn fmt::Display| unresolved(place, keyword, error);
        let (base, fragment) = plain.split_once('#').unwrap_or((plain, ""));
        let base = uri::from_str(base).map_err(|error| failed(&error))?;
        let outer = self.registry.resolver(base);
        let here = outer.lookup(&format!("#{fragment}")).map_err(|error| failed(&error))?;
        let found = here.resolver().lookup(target).map_err(|error| {
            let outside = !target.starts_with('#')
                && matches!(error, jsonschema::ReferencingError::Unretrievable { .. });
            if outside { elsewhere(place, keyword) } else { failed(&error) }
        })?;
        let place = self.index.place(found.contents()).ok_or_else(|| failed(&"no such place"))?;
        Ok(&place.reference)
    }

    /// What says whether a value keeps a schema, which `refers` to others or not; `None` where nobody can say.
    pub(super) fn validator(&self, schema: &Value, refers: bool) -> Option<Validator> {
        if refers && self.entangled {
            return None;
        }
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

fn elsewhere(place: &str, keyword: &str) -> Error {
    let message = format!(
        "`{keyword}` leads to another document that was not given (`--resource URI=FILE`), and nothing is fetched"
    );
    Error::new(ErrorKind::Unsupported, format!("{place}/{keyword}"), message)
}

fn unknown_dialect(place: &str) -> Error {
    let message = "`$schema` names another dialect than draft 2020-12 and draft-07, or one whose metaschema was not given";
    Error::new(ErrorKind::Unsupported, format!("{place}/$schema"), message)
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

/// The text that [`encoded`] had.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = if *first == b'%' { behind.split_at_checked(2) } else { None };
        let decoded = digits.and_then(|(digits, behind)| {
            let digits = std::str::from_utf8(digits).ok()?;
            Some((u8::from_str_radix(digits, 16).ok()?, behind))
        });
        let (byte, behind) = decoded.unwrap_or((*first, behind));
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Refuses a document that is so deep that whoever goes down into it might not come back.
fn shallow(document: &Value, place: &str) -> Result<(), Error> {
    if depth(document) > DEEPEST {
        let message = format!("nested more than {DEEPEST} levels deep");
        return Err(Error::new(ErrorKind::Unsupported, place, message));
    }
    Ok(())
}

/// Refuses a document that is no schema.
fn sound(dialect: &Dialect, document: &Value, place: &str) -> Result<(), Error> {
    let metaschema = if dialect.old {
        jsonschema::draft7::meta::validate
    } else {
        jsonschema::draft202012::meta::validate
    };
    metaschema(document).map_err(|error| {
        let place = format!("{place}{}", error.instance_path());
        Error::new(ErrorKind::Schema, place, "is not as a schema may be").because(error.to_owned())
    })
}

/// How many values there are in a value, itself included.
fn count(value: &Value) -> usize {
    let (mut count, mut waiting) = (0, vec![value]);
    while let Some(value) = waiting.pop() {
        count += 1;
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => waiting.extend(members.values()),
            _ => {}
        }
    }
    count
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

/// Why the documents cannot be put together, at the reference to blame.
fn not_prepared(root: &Value, resources: &Resources, error: &jsonschema::ReferencingError) -> Error {
    let jsonschema::ReferencingError::Unretrievable { uri, .. } = error else {
        return unresolved("#", "$ref", error);
    };
    let given = resources.uris().filter_map(|uri| Some((format!("{uri}#"), resources.get(uri)?)));
    for (document, value) in [("#".to_owned(), root)].into_iter().chain(given) {
        if let Some(pointer) = reference_to(uri, value) {
            return elsewhere(&format!("{document}{pointer}"), "$ref");
        }
    }
    elsewhere("#", "$ref")
}

/// Where in a document a reference leads to the document with that URI.
fn reference_to(uri: &str, document: &Value) -> Option<String> {
    let leads_there = |reference: &str| {
        let document = reference.split('#').next().unwrap_or_default();
        !document.is_empty() && uri.trim_end_matches('#').ends_with(document.trim_start_matches("./"))
    };
    let mut waiting = vec![(String::new(), document)];
    while let Some((pointer, value)) = waiting.pop() {
        if value.get("$ref").and_then(Value::as_str).is_some_and(leads_there) {
            return Some(pointer);
        }
        let steps: Vec<(String, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect()
            }
            _ => continue,
        };
        waiting.extend(steps.into_iter().map(|(step, value)| {
            let mut inner = pointer.clone() + "/";
            escape(&step, &mut inner);
            (inner, value)
        }));
    }
    None
}
