//! How does a schema look with all that it refers to in one document?

use jsonschema::uri;
use percent_encoding::percent_decode_str;
use referencing::{Draft, ResourceRef, Uri};
use serde_json::{Map, Value, json};

use super::places::{each_object_mut, find};
use super::{Resources, Schema};
use crate::pointer::escape;

/// What a schema without `$id` is called.
const ROOT: &str = "json-schema:///";

impl Schema {
    /// Its document with the others that it was given as definitions, references between them as JSON Pointers. A resource
    /// that is embedded in one of them stays as it is.
    pub(crate) fn bundled(&self) -> Value {
        let mut root = self.as_value().clone();
        let draft = Draft::default().detect(&root);
        let holder = if draft <= Draft::Draft7 { "definitions" } else { "$defs" };
        let own = ResourceRef::new(&root, draft).id().unwrap_or(ROOT).to_owned();
        let bundle = Bundle { root: base(&own), resources: self.resources(), holder };
        bundle.rewrite(&mut root, &own);
        let mut definitions = Map::new();
        for uri in self.resources().uris() {
            let Some(mut document) = self.resources().get(uri).cloned() else { continue };
            let own = ResourceRef::new(&document, draft.detect(&document)).id().unwrap_or(uri).to_owned();
            bundle.rewrite(&mut document, &own);
            if let Some(members) = document.as_object_mut() {
                members.retain(|name, _| !["$id", "$schema", "id"].contains(&name.as_str()));
            }
            definitions.insert(uri.to_owned(), document);
        }
        if let Some(members) = root.as_object_mut().filter(|_| !definitions.is_empty()) {
            let held = members.entry(holder).or_insert_with(|| json!({}));
            held.as_object_mut().into_iter().for_each(|held| held.extend(definitions.clone()));
        }
        root
    }
}

struct Bundle<'s> {
    root: Option<Uri<String>>,
    resources: &'s Resources,
    holder: &'static str,
}

fn base(uri: &str) -> Option<Uri<String>> {
    uri::from_str(uri.split('#').next().unwrap_or_default()).ok()
}

impl Bundle<'_> {
    /// Turns references of a document with this URI into JSON Pointers of the bundle.
    fn rewrite(&self, document: &mut Value, own: &str) {
        let Some(base) = base(own) else { return };
        let mut is_root = true;
        each_object_mut(document, |members| {
            let is_uri = |id: &Value| id.as_str().is_some_and(|id| !id.starts_with('#'));
            let embedded = ["$id", "id"].iter().any(|keyword| members.get(*keyword).is_some_and(is_uri));
            if embedded && !std::mem::take(&mut is_root) {
                return false;
            }
            is_root = false;
            if let Some(Value::String(target)) = members.get_mut("$ref")
                && let Some(pointer) = self.pointer(target, &base)
            {
                *target = pointer;
            }
            true
        });
    }

    fn pointer(&self, target: &str, base: &Uri<String>) -> Option<String> {
        let (document, fragment) = target.split_once('#').unwrap_or((target, ""));
        let document = if document.is_empty() {
            base.clone()
        } else {
            uri::resolve_against(&base.borrow(), document).ok()?
        };
        if Some(&document) == self.root.as_ref() {
            return Some(format!("#{fragment}"));
        }
        let held = self.resources.get(document.as_str())?;
        let fragment = if fragment.is_empty() || fragment.starts_with('/') {
            fragment.to_owned()
        } else {
            let name = percent_decode_str(fragment).decode_utf8_lossy();
            let anchor = format!("#{name}");
            let text = |members: &Map<String, Value>, keyword: &str, wanted: &str| {
                members.get(keyword).and_then(Value::as_str) == Some(wanted)
            };
            find(held, |members| {
                text(members, "$anchor", &name)
                    || text(members, "$id", &anchor)
                    || text(members, "id", &anchor)
            })?
        };
        let mut pointer = format!("#/{}/", self.holder);
        escape(document.as_str(), &mut pointer);
        Some(pointer.replace('%', "%25") + &fragment)
    }
}
