//! The documents and resources of a schema, and their identifiers.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jsonschema::{ReferencingError, Registry, uri};
use referencing::{Draft, ResourceRef, SPECIFICATIONS, Uri};
use serde_json::{Map, Value};

use super::super::keywords::{LISTED, NAMED, SINGLE};
use super::super::{Resources, Schema};
use super::MAX_SCHEMA_DEPTH;
use super::given;
use super::path::{Location, Path, ROOT};
use crate::error::{Error, ErrorKind};

/// Keywords that give a subschema a name, in any draft.
const IDENTIFIERS: [&str; 4] = ["$anchor", "$dynamicAnchor", "$id", "id"];

/// Where a schema of this base URI is: a relative identifier is resolved once.
fn found_at(base: &str) -> &str {
    if base.starts_with(ROOT) { ROOT } else { base }
}

/// A schema and the documents that it refers to.
pub(super) struct Documents<'a> {
    pub(super) registry: Registry<'a>,
    pub(super) base: Uri<String>,
    /// Where resources and anchors are, by their addresses.
    pub(super) locations: HashMap<*const Value, Location>,
    /// Whether some reference depends on the way on which it is reached.
    pub(super) dynamic: bool,
    /// Whether files beside the schema were looked for.
    from_file: bool,
    /// Why some documents that were given cannot be read.
    refused: Option<String>,
    /// Number of times each dynamic anchor is there.
    anchors: HashMap<String, usize>,
}

/// A resource, or an anchor in one.
struct Identified<'a> {
    /// Its URI, with the anchor as fragment.
    uri: String,
    contents: &'a Value,
    location: Location,
}

impl<'a> Documents<'a> {
    pub(super) fn of(name: &str, root: &'a Value, resources: &'a Resources) -> Result<Self, Error> {
        let from_file = resources.is_from_file();
        let failed = |error: &ReferencingError| {
            let position = referring(error, root, resources);
            explained(leads_nowhere(name, position.as_deref(), error), error, from_file)
        };
        let draft = Draft::default().detect(root);
        let resource = ResourceRef::new(root, draft);
        let base = uri::from_str(resource.id().unwrap_or(ROOT)).map_err(|error| failed(&error))?;
        let found_at = found_at(base.as_str());
        let registry = |with: &[(&str, &'a Value)]| {
            let with = with.iter().map(|(uri, given)| (*uri, ResourceRef::new(given, draft.detect(given))));
            let registry = Registry::new().retriever(resources.clone()).draft(draft);
            registry.add(found_at, resource)?.extend(with)?.prepare()
        };
        let mut reached = registry(&[]).map_err(|error| failed(&error))?;
        let overlooked = given::overlooked(&reached, (found_at, root), resources);
        let mut refused = None;
        if !overlooked.is_empty() {
            match registry(&overlooked) {
                Ok(all) => reached = all,
                // That matters only if the schema cannot do without them.
                Err(error) => refused = Some(failed(&error).message().clone()),
            }
        }
        let registry = reached;
        let others = resources.uris().filter_map(|given| {
            let document = registry.resolver(uri::from_str(given).ok()?).lookup("").ok()?;
            Some((given, given, document.contents()))
        });
        let documents: Vec<_> = [("", found_at, root)].into_iter().chain(others).collect();
        let dynamic = documents.iter().any(|(.., document)| is_dynamic(document));
        let (mut locations, mut anchors) = (HashMap::new(), HashMap::new());
        for (name, base, document) in documents {
            for found in identified(name, base, document) {
                locations.entry(std::ptr::from_ref(found.contents)).or_insert(found.location);
            }
            if dynamic {
                each_dynamic_anchor(document, true, &mut |name| {
                    *anchors.entry(name.to_owned()).or_default() += 1;
                });
            }
        }
        Ok(Self { registry, base, locations, dynamic, from_file, refused, anchors })
    }

    /// The names of dynamic anchors that more than one subschema has, with one of which that is known.
    pub(super) fn repeated_anchors(&self, known: &str) -> HashSet<String> {
        let repeated = self.anchors.iter().filter(|(_, count)| **count > 1);
        repeated.map(|(name, _)| name.clone()).chain([known.to_owned()]).collect()
    }

    /// A reference that cannot be followed, and how it can be where somebody can say.
    pub(super) fn leads_nowhere(&self, name: &str, location: &str, error: &ReferencingError) -> Error {
        match &self.refused {
            Some(why) if matches!(error, ReferencingError::Unretrievable { .. }) => {
                Error::new(ErrorKind::Schema, name, why.clone())
            }
            _ => explained(leads_nowhere(name, Some(location), error), error, self.from_file),
        }
    }
}

/// Adds what to do about a document that is not there, where somebody looked for it.
fn explained(refused: Error, error: &ReferencingError, from_file: bool) -> Error {
    if !from_file || !matches!(error, ReferencingError::Unretrievable { .. }) {
        return refused;
    }
    let give = "give it with `with_resource`, or put it beside or below the schema";
    Error::new(refused.kind(), refused.subject(), format!("{}: {give}", refused.message()))
}

/// A reference, at a location if that is known, that cannot be followed.
pub(crate) fn leads_nowhere(name: &str, location: Option<&str>, error: &ReferencingError) -> Error {
    let at = location.map(|location| format!(" at {location}")).unwrap_or_default();
    let message = match error {
        ReferencingError::Unretrievable { uri, .. } => {
            format!("refers to `{uri}`{at}, which is neither in it nor given; nothing is fetched")
        }
        error => format!("unresolved reference{at}: {error}"),
    };
    Error::new(ErrorKind::Schema, name, message)
}

/// Where a document leads to the one that is not there.
fn referring(error: &ReferencingError, root: &Value, resources: &Resources) -> Option<String> {
    let ReferencingError::Unretrievable { uri, .. } = error else { return None };
    let leads_there = |reference: &str| {
        let document = reference.split('#').next().unwrap_or_default();
        !document.is_empty() && uri.trim_end_matches('#').ends_with(document.trim_start_matches("./"))
    };
    let given = resources.uris().filter_map(|uri| Some((uri, resources.get(uri)?)));
    for (document, value) in [("", root)].into_iter().chain(given) {
        let mut pending = vec![(Path::default(), value)];
        while let Some((path, value)) = pending.pop() {
            if value.get("$ref").and_then(Value::as_str).is_some_and(leads_there) {
                return Some(Location { document: document.into(), path: path.below(&["$ref"]) }.to_string());
            }
            match value {
                Value::Object(members) => {
                    pending.extend(members.iter().rev().map(|(name, inner)| (path.below(&[name]), inner)));
                }
                Value::Array(items) => {
                    let items = items.iter().enumerate().rev();
                    pending.extend(items.map(|(at, inner)| (path.below(&[&at.to_string()]), inner)));
                }
                _ => {}
            }
        }
    }
    None
}

/// Refuses documents that are nested so deeply that reading them could exhaust the stack.
pub(super) fn shallow(name: &str, schema: &Schema) -> Result<(), Error> {
    let given = schema.resources().uris().filter_map(|uri| Some((uri, schema.resources().get(uri)?)));
    let mut all = [(name, schema.as_value())].into_iter().chain(given);
    all.try_for_each(|(name, document)| shallow_value(name, document))
}

/// The same of one document that is not known to be readable.
pub(crate) fn shallow_value(name: &str, document: &Value) -> Result<(), Error> {
    let mut pending = vec![(document, 1)];
    while let Some((value, depth)) = pending.pop() {
        if depth > MAX_SCHEMA_DEPTH {
            let message = format!("nested more than {MAX_SCHEMA_DEPTH} levels deep");
            return Err(Error::new(ErrorKind::Schema, name, message));
        }
        match value {
            Value::Object(members) => pending.extend(members.values().map(|value| (value, depth + 1))),
            Value::Array(items) => pending.extend(items.iter().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a schema with two different resources, or anchors of one resource, that have one identifier.
pub(super) fn unambiguous(name: &str, root: &Value, resources: &Resources) -> Result<(), Error> {
    let mut known: HashMap<String, (&Value, Location)> = HashMap::new();
    let base = ResourceRef::new(root, Draft::default().detect(root)).id().unwrap_or(ROOT).to_owned();
    let given = resources.uris().filter_map(|uri| Some((uri, resources.get(uri)?)));
    let given = given.flat_map(|(uri, document)| identified(uri, uri, document));
    let base = uri::from_str(&base).map_or(base, Uri::into_string);
    for found in identified("", found_at(&base), root).into_iter().chain(given) {
        if let Some(metaschema) = metaschema(&found.uri)
            && *metaschema != *found.contents
            // A schema is what its references to itself lead to, whatever it is called.
            && !std::ptr::eq(found.contents, root)
        {
            let message = format!(
                "duplicate resource identifier `{}`: at {} and the metaschema of that name",
                found.uri, found.location
            );
            return Err(Error::new(ErrorKind::Schema, name, message));
        }
        match known.entry(found.uri) {
            Entry::Vacant(free) => {
                free.insert((found.contents, found.location));
            }
            Entry::Occupied(other) => {
                let (contents, location) = other.get();
                let same_document = location.document == found.location.document;
                if (same_document && !location.is(&found.location)) || *contents != found.contents {
                    let message = format!(
                        "duplicate resource identifier `{}`: at {location} and at {}",
                        other.key(),
                        found.location
                    );
                    return Err(Error::new(ErrorKind::Schema, name, message));
                }
            }
        }
    }
    Ok(())
}

/// The metaschema that an identifier is known for.
fn metaschema(uri: &str) -> Option<&'static Value> {
    if !uri.to_ascii_lowercase().contains("json-schema.org") {
        return None;
    }
    let uri = uri::from_str(uri.trim_end_matches('#')).ok().filter(|uri| !uri.has_fragment())?;
    SPECIFICATIONS.resolver(uri).lookup("").ok().map(|found| found.contents())
}

/// Every resource of a document, and every anchor.
fn identified<'a>(document: &str, base: &str, root: &'a Value) -> Vec<Identified<'a>> {
    let mut found = Vec::new();
    let Ok(base) = uri::from_str(base) else { return found };
    let draft = Draft::default().detect(root);
    let document: Arc<str> = document.into();
    let location = |path: &Path| Location { document: Arc::clone(&document), path: path.clone() };
    found.push(Identified {
        uri: base.as_str().to_owned(),
        contents: root,
        location: location(&Path::default()),
    });
    let mut pending = vec![(Path::default(), root, base, draft)];
    while let Some((path, value, mut base, draft)) = pending.pop() {
        let Some(members) = value.as_object() else { continue };
        let draft = draft.detect(value);
        let resource = ResourceRef::new(value, draft);
        if let Some(id) = resource.id()
            && let Ok(uri) = uri::resolve_against(&base.borrow(), id)
        {
            if uri != base || !path.is_root() {
                let uri = uri.as_str().to_owned();
                found.push(Identified { uri, contents: value, location: location(&path) });
            }
            base = uri;
        }
        for anchor in anchors(draft, members) {
            let uri = format!("{}#{anchor}", base.as_str());
            found.push(Identified { uri, contents: value, location: location(&path) });
        }
        // Most schemas give no subschema a name.
        if path.is_root() && !members.values().any(names_itself) {
            break;
        }
        let inner = subschemas(&path, members);
        pending.extend(inner.into_iter().map(|(path, value)| (path, value, base.clone(), draft)));
    }
    found
}

/// Whether something in a value may have an identifier or an anchor.
fn names_itself(value: &Value) -> bool {
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                let names = |keyword: &&str| members.get(*keyword).is_some_and(Value::is_string);
                if IDENTIFIERS.iter().any(names) {
                    return true;
                }
                pending.extend(members.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    false
}

/// The names that a subschema gives itself inside its resource. One name for both kinds of anchors is one
/// name.
fn anchors(draft: Draft, members: &Map<String, Value>) -> Vec<&str> {
    let text = |key: &str| members.get(key).and_then(Value::as_str);
    let mut names: Vec<&str> = if draft >= Draft::Draft201909 {
        ["$anchor", "$dynamicAnchor"].into_iter().filter_map(text).collect()
    } else if members.contains_key("$ref") {
        Vec::new()
    } else {
        let id = text(if draft == Draft::Draft4 { "id" } else { "$id" });
        id.and_then(|id| id.strip_prefix('#')).filter(|name| !name.is_empty()).into_iter().collect()
    };
    names.dedup();
    names
}

/// The schemas inside a schema, in any dialect, with their locations.
pub(super) fn subschemas<'a>(path: &Path, members: &'a Map<String, Value>) -> Vec<(Path, &'a Value)> {
    let mut found = Vec::new();
    for (keyword, value) in members {
        let below = |step: &str| path.below(&[keyword, step]);
        match value {
            Value::Object(named) if NAMED.contains(&keyword.as_str()) => {
                found.extend(named.iter().map(|(name, schema)| (below(name), schema)));
            }
            Value::Array(list) if LISTED.contains(&keyword.as_str()) => {
                found.extend(list.iter().enumerate().map(|(at, schema)| (below(&at.to_string()), schema)));
            }
            Value::Object(_) if SINGLE.contains(&keyword.as_str()) => {
                found.push((path.below(&[keyword]), value));
            }
            _ => {}
        }
    }
    found
}

/// Whether a document has references that depend on the dynamic scope, or leads to metaschemas, which have
/// such.
fn is_dynamic(document: &Value) -> bool {
    let mut pending = vec![document];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                let meta =
                    |target: &Value| target.as_str().is_some_and(|text| text.contains("json-schema.org"));
                if members.contains_key("$dynamicRef")
                    || members.contains_key("$recursiveRef")
                    || members.get("$ref").is_some_and(meta)
                {
                    return true;
                }
                pending.extend(members.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    false
}

pub(super) fn dynamic_anchor(value: &Value) -> Option<&str> {
    value.get("$dynamicAnchor").and_then(Value::as_str)
}

/// Hands over the name of every dynamic anchor in a value; those of embedded resources only if asked for.
pub(super) fn each_dynamic_anchor<'a>(value: &'a Value, embedded: bool, each: &mut dyn FnMut(&'a str)) {
    let mut pending = vec![value];
    while let Some(inner) = pending.pop() {
        match inner {
            Value::Object(members) => {
                let id = members.get("$id").and_then(Value::as_str);
                if !embedded && !std::ptr::eq(inner, value) && id.is_some_and(|id| !id.starts_with('#')) {
                    continue;
                }
                dynamic_anchor(inner).into_iter().for_each(&mut *each);
                pending.extend(members.values());
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
}
