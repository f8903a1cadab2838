//! Selects the schema that a fragment names, and makes it a document of its own.

use percent_encoding::percent_decode_str;
use referencing::Draft;
use referencing::Vocabulary;
use serde_json::{Map, Value, json};

use super::contents;
use crate::error::{Error, ErrorKind};
use crate::pointer::unescape;
use crate::schema::keywords;
use crate::schema::traversal::{each_object, each_object_mut, find};

/// A schema that is a part of a document, made one of its own: a reference to the part, and the document
/// around it without what it asserts.
pub(super) struct Selected {
    pub(super) value: Value,
    /// Where the part is in the value.
    pub(super) entry: String,
    /// Where the document is in the value.
    pub(super) document: String,
}

/// The JSON Pointer of what a fragment names: a pointer, percent-encoded or not, or an anchor.
pub(super) fn pointer(name: &str, document: &Value, fragment: &str) -> Result<String, Error> {
    let decoded = percent_decode_str(fragment).decode_utf8_lossy();
    if !fragment.is_empty() && !fragment.starts_with('/') && !decoded.starts_with('/') {
        let wanted = format!("#{decoded}");
        let is_named = |members: &Map<String, Value>| {
            let text = |keyword: &str| members.get(keyword).and_then(Value::as_str);
            ["$anchor", "$dynamicAnchor"].iter().any(|keyword| text(keyword) == Some(&wanted[1..]))
                || ["$id", "id"].iter().any(|keyword| text(keyword) == Some(&wanted))
        };
        return find(document, is_named).ok_or_else(|| {
            let what = format!("no anchor `{decoded}`; a JSON Pointer begins with `/`");
            Error::new(ErrorKind::Schema, name, what)
        });
    }
    let found = [fragment, &*decoded].into_iter().find(|pointer| document.pointer(pointer).is_some());
    let Some(found) = found else { return Err(contents::nothing_at(name, document, &decoded)) };
    let part = document.pointer(found).unwrap_or(&Value::Null);
    if !(part.is_object() || part.is_boolean()) {
        let what = "not a JSON Schema: expected an object or a boolean";
        return Err(Error::new(ErrorKind::Schema, name, what));
    }
    Ok(found.to_owned())
}

/// Selects the part of a document at a JSON Pointer.
pub(super) fn select(mut document: Value, entry: &str) -> Selected {
    let first = unescape(entry.split('/').nth(1).unwrap_or_default());
    if !document.is_object() || is_keyword(&first) || leads_to_root(&document) {
        return moved(document, entry);
    }
    if let Some(members) = document.as_object_mut() {
        members.retain(|name, _| !is_keyword(name) && !ROOT_ONLY.contains(&name.as_str()));
        refer(members, entry);
    }
    Selected { value: document, entry: entry.to_owned(), document: String::new() }
}

/// What is said of the document, and not of its parts.
const ROOT_ONLY: &[&str] = &["default", "description", "examples", "title"];

/// Keywords that say what a document is, whatever part of it is looked at.
const IDENTITY: &[&str] = &["$id", "$schema", "$vocabulary", "id"];

/// Whether the root of a document may not have such a member, when it only refers to a part.
fn is_keyword(name: &str) -> bool {
    keywords::find(name)
        .is_some_and(|keyword| !(keyword.vocabulary == Vocabulary::Core && IDENTITY.contains(&name)))
}

/// Whether some reference leads to the root of the document or to what it asserts. One that names the
/// document by its URI counts, whatever is behind it.
fn leads_to_root(document: &Value) -> bool {
    let own = ["$id", "id"].iter().find_map(|keyword| document.get(*keyword)?.as_str());
    let own = own.unwrap_or_default().split('#').next().unwrap_or_default();
    let text = |keyword: &str| document.get(keyword).and_then(Value::as_str);
    let anchors = ["$anchor", "$dynamicAnchor"].map(text);
    let mut found = document.get("$recursiveAnchor").is_some();
    each_object(document, |members| {
        found |= members.contains_key("$recursiveRef");
        for keyword in ["$ref", "$dynamicRef"] {
            let Some(target) = members.get(keyword).and_then(Value::as_str) else { continue };
            let (base, fragment) = target.split_once('#').unwrap_or((target, ""));
            let here = base.is_empty() || !own.is_empty() && base == own;
            let fragment = percent_decode_str(fragment).decode_utf8_lossy();
            let step =
                fragment.strip_prefix('/').map(|rest| unescape(rest.split('/').next().unwrap_or_default()));
            found |= here
                && (fragment.is_empty()
                    || step.is_some_and(|step| is_keyword(&step))
                    || anchors.contains(&Some(&*fragment)));
        }
    });
    found
}

/// The same for a document whose root is needed as it is: it becomes a definition.
fn moved(mut document: Value, entry: &str) -> Selected {
    let draft = Draft::default().detect(&document);
    let holder = if draft <= Draft::Draft7 { "definitions" } else { "$defs" };
    let location = format!("/{holder}/document");
    let mut root = Map::new();
    for keyword in IDENTITY {
        if let Some(value) = document.as_object_mut().and_then(|members| members.remove(*keyword)) {
            root.insert((*keyword).to_owned(), value);
        }
    }
    let own = root.get("$id").or(root.get("id")).and_then(Value::as_str).unwrap_or_default();
    let own = own.split('#').next().unwrap_or_default().to_owned();
    each_object_mut(&mut document, |members| {
        // In a resource of its own, references mean others.
        if ["$id", "id"].iter().any(|keyword| members.get(*keyword).is_some_and(is_uri)) {
            return false;
        }
        if let Some(Value::String(target)) = members.get_mut("$ref") {
            let (base, fragment) = target.split_once('#').unwrap_or((&**target, ""));
            let here = base.is_empty() || !own.is_empty() && base == own;
            if here && (fragment.is_empty() || fragment.starts_with('/')) {
                *target = format!("{base}#{location}{fragment}");
            }
        }
        if members.contains_key("$recursiveRef") && members.get("$recursiveRef") == Some(&json!("#")) {
            members.remove("$recursiveRef");
            members.insert("$ref".to_owned(), json!(format!("#{location}")));
        }
        true
    });
    root.insert(holder.to_owned(), json!({"document": document}));
    let entry = format!("{location}{entry}");
    refer(&mut root, &entry);
    Selected { value: Value::Object(root), entry, document: location }
}

/// Makes the root refer to the part. Up to draft-07, what is beside a `$ref` is ignored, an identifier too.
fn refer(root: &mut Map<String, Value>, entry: &str) {
    let target = json!(format!("#{}", entry.replace('%', "%25")));
    if root.contains_key("$id") || root.contains_key("id") {
        root.insert("allOf".to_owned(), json!([{"$ref": target}]));
    } else {
        root.insert("$ref".to_owned(), target);
    }
}

fn is_uri(id: &Value) -> bool {
    id.as_str().is_some_and(|id| !id.starts_with('#'))
}
