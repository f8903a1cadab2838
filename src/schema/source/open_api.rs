//! Translates schemas of an `OpenAPI` description to JSON Schema.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::dialect::Dialect;
use crate::pointer::unescape;
use crate::schema::traversal::{each_object, each_object_mut, visit};

/// Translates every schema object of a document into draft 2020-12. Each keeps its place.
pub(super) fn translate(document: &mut Value, dialect: Dialect) {
    let translated: fn(&mut Map<String, Value>) = match dialect {
        Dialect::Swagger20 => |members| {
            if let Some(nullable) = members.remove("x-nullable") {
                members.insert("nullable".to_owned(), nullable);
            }
            of_3_0(members);
        },
        Dialect::OpenApi30 => of_3_0,
        Dialect::OpenApi31 => of_3_1,
        _ => return,
    };
    if dialect == Dialect::OpenApi31 {
        follow_anchors(document);
    }
    each_object_mut(document, |members| {
        translated(members);
        true
    });
}

/// A schema object of version 3.0 is one of an early draft 5: what is beside a `$ref` is ignored, bounds are
/// exclusive by a boolean, and `nullable` adds null to the `type` beside it.
fn of_3_0(members: &mut Map<String, Value>) {
    of_3_1(members);
    if members.get("$ref").is_some_and(Value::is_string) {
        members.retain(|name, _| name == "$ref");
    }
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let Some(Value::Bool(is_exclusive)) = members.get(exclusive) else { continue };
        let moved = if *is_exclusive { members.remove(bound) } else { None };
        match moved {
            Some(moved) => drop(members.insert(exclusive.to_owned(), moved)),
            None => drop(members.remove(exclusive)),
        }
    }
    let is_integer = members.get("type").is_some_and(|kind| kind == "integer");
    match members.get("format").and_then(Value::as_str).filter(|_| is_integer) {
        Some("int32") => within(members, i32::MIN.into(), i32::MAX.into()),
        Some("int64") => within(members, i64::MIN, i64::MAX),
        _ => {}
    }
    let is_nullable = members.get("nullable") == Some(&Value::Bool(true));
    if is_nullable && let Some(Value::String(kind)) = members.get("type") {
        let kinds = json!([kind, "null"]);
        members.insert("type".to_owned(), kinds);
        members.remove("nullable");
    }
}

/// Puts the range of a format into the bounds, where these leave more.
fn within(members: &mut Map<String, Value>, min: i64, max: i64) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "which bound is tighter is told apart far from their ends"
    )]
    let leaves = |bound: Option<&Value>, at: i64, side: f64| {
        bound.and_then(Value::as_f64).is_none_or(|bound| bound * side > at as f64 * side)
    };
    if leaves(members.get("minimum"), min, -1.0) {
        members.insert("minimum".to_owned(), json!(min));
    }
    if leaves(members.get("maximum"), max, 1.0) {
        members.insert("maximum".to_owned(), json!(max));
    }
    members.remove("format");
}

/// A schema object of version 3.1 is one of draft 2020-12 with more annotations.
fn of_3_1(members: &mut Map<String, Value>) {
    let own = members.get("$schema").and_then(Value::as_str);
    if own.and_then(Dialect::of_open_api).is_some() {
        members.remove("$schema");
    }
}

/// Turns references to anchors into JSON Pointers: nobody looks for anchors where a description has its
/// schemas. A name that two schemas have stays.
fn follow_anchors(document: &mut Value) {
    let mut anchors: HashMap<String, Option<String>> = HashMap::new();
    visit(document, |members, pointer| {
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = members.get(keyword).and_then(Value::as_str) {
                let location = anchors.entry(format!("#{name}"));
                location.and_modify(|other| *other = None).or_insert_with(|| Some(format!("#{}", pointer())));
            }
        }
        false
    });
    each_object_mut(document, |members| {
        for keyword in ["$ref", "$dynamicRef"] {
            let target = members.get(keyword).and_then(Value::as_str);
            if let Some(Some(pointer)) = target.and_then(|target| anchors.get(target)) {
                let pointer = json!(pointer);
                members.remove(keyword);
                members.insert("$ref".to_owned(), pointer);
            }
        }
        true
    });
}

/// Leaves of a description what is a part of its schemas: the members of its root that references, or
/// `entry`, lead into.
pub(super) fn only_schemas(document: &mut Value, entry: &str) {
    let first = |pointer: &str| unescape(pointer.split('/').nth(1).unwrap_or_default()).into_owned();
    let mut kept = HashSet::from([first(entry), "components".to_owned(), "definitions".to_owned()]);
    loop {
        let mut more = Vec::new();
        for (name, value) in document.as_object().into_iter().flatten() {
            each_object(value, |members| {
                let target = members.get("$ref").filter(|_| kept.contains(name)).and_then(Value::as_str);
                more.extend(target.and_then(|target| target.strip_prefix('#')).map(first));
            });
        }
        let before = kept.len();
        kept.extend(more);
        if kept.len() == before {
            break;
        }
    }
    if let Some(members) = document.as_object_mut() {
        members.retain(|name, _| kept.contains(name));
    }
}
