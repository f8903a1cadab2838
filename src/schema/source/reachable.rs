//! Finds the schemas of a document that one of them refers to.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::pointer::unescape;
use crate::schema::traversal::each_object;

/// Where references inside a document lead, from one of its parts on: each location that is not inside
/// another one.
pub(super) fn reachable(document: &Value, entry: &str) -> Vec<String> {
    if entry.is_empty() {
        return vec![String::new()];
    }
    let (mut found, mut seen, mut pending) = (Vec::new(), HashSet::new(), vec![entry.to_owned()]);
    while let Some(pointer) = pending.pop() {
        let Some(part) = document.pointer(&pointer).filter(|_| seen.insert(pointer.clone())) else {
            continue;
        };
        each_object(part, |members| {
            let target =
                members.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            let Some(target) = target.filter(|target| target.starts_with('/')) else { return };
            let decoded = percent_decode_str(target).decode_utf8_lossy();
            let known = [target, &*decoded].into_iter().find(|target| document.pointer(target).is_some());
            pending.extend(known.filter(|known| !seen.contains(*known)).map(str::to_owned));
        });
        found.push(pointer);
    }
    let inside = |pointer: &str| {
        let outer = pointer.match_indices('/').skip(1).map(|(at, _)| &pointer[..at]);
        outer.into_iter().any(|outer| seen.contains(outer))
    };
    found.retain(|pointer| !inside(pointer));
    found
}

/// Leaves the definitions that references lead to from one location on: what else a description of an API
/// holds may be no schema at all. Before version 3.1 references are JSON Pointers.
pub(super) fn only_reachable(document: &mut Value, entry: &str) {
    let reachable = reachable(document, entry);
    for holder in ["/components/schemas", "/definitions"] {
        let inside = reachable.iter().filter_map(|pointer| pointer.strip_prefix(holder)?.strip_prefix('/'));
        let kept: HashSet<_> =
            inside.map(|rest| unescape(rest.split('/').next().unwrap_or_default())).collect();
        let whole = reachable.iter().any(|pointer| holder.starts_with(&**pointer));
        if let Some(named) = document.pointer_mut(holder).and_then(Value::as_object_mut).filter(|_| !whole) {
            named.retain(|name, _| kept.contains(&**name));
        }
    }
}
