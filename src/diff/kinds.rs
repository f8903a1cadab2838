//! Of which types may a value be, where a schema speaks?

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::document::Document;
use super::view::{Node, resolve, view};

/// Types, with numbers cut in two: those with a fraction and those without.
const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "string", "integer", "number"];

pub(super) type Types = BTreeSet<&'static str>;

/// The types that a schema names, by its own keywords alone.
pub(super) fn own(node: &Node<'_>) -> Types {
    if node.schema == &Value::Bool(false) {
        return Types::new();
    }
    let with = |name: &str| -> Vec<&'static str> {
        let named = TYPES.iter().copied().filter(|known| *known == name);
        if name == "number" { vec!["integer", "number"] } else { named.collect() }
    };
    let named: Types = match node.get("type") {
        Some(Value::String(name)) => with(name).into_iter().collect(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).flat_map(with).collect(),
        _ => TYPES.into_iter().collect(),
    };
    match listed(node) {
        None => named,
        Some(values) => values.into_iter().map(of_value).filter(|name| named.contains(name)).collect(),
    }
}

fn of_value(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Number(number) if number.as_f64().is_some_and(|it| it.fract() == 0.0) => "integer",
        Value::Number(_) => "number",
    }
}

/// The values that a schema lists.
pub(super) fn listed<'d>(node: &Node<'d>) -> Option<Vec<&'d Value>> {
    let list = node.get("enum").and_then(Value::as_array).map(|list| list.iter().collect());
    list.or_else(|| node.get("const").map(|value| vec![value]))
}

/// The types that a schema leaves, by all that it combines: never too few of them.
pub(super) fn of(document: &Document, node: &Node<'_>) -> Types {
    left(document, node, 0, &mut HashMap::new())
}

/// What was found out, by place and depth.
type Known = HashMap<(String, usize), Types>;

fn left(document: &Document, node: &Node<'_>, depth: usize, known: &mut Known) -> Types {
    let key = (node.pointer.clone(), depth);
    if let Some(types) = known.get(&key) {
        return types.clone();
    }
    let types = combined(document, node, depth, known);
    known.insert(key, types.clone());
    types
}

fn combined(document: &Document, node: &Node<'_>, depth: usize, known: &mut Known) -> Types {
    const DEEPEST: usize = 12;
    let seen = view(document, node);
    let inner = &seen.node;
    let mut types = own(inner);
    if depth < DEEPEST {
        let mut all = |node: &Node<'_>| left(document, node, depth + 1, known);
        let reference = inner.get("$ref").and_then(Value::as_str).and_then(|to| resolve(document, to));
        for branch in inner.list("allOf").iter().chain(&reference) {
            let branch = all(branch);
            types.retain(|name| branch.contains(name));
        }
        for keyword in ["anyOf", "oneOf"] {
            let branches = inner.list(keyword);
            if !branches.is_empty() {
                let any: Types = branches.iter().flat_map(&mut all).collect();
                types.retain(|name| any.contains(name));
            }
        }
    }
    if seen.null.is_some() {
        types.insert("null");
    }
    types
}
