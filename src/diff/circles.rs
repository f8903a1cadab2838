//! Does a schema refer to itself without a step down into the value?

use std::collections::HashMap;

use serde_json::Value;

/// How far a schema was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Begun,
    Done,
}

/// Whether references lead in a circle about one and the same value: such a schema says nothing that values could be
/// made from. `target` says where a reference leads to.
pub(super) fn circular(document: &Value, target: impl Fn(&str) -> Option<String>) -> bool {
    let mut looks: HashMap<String, Look> = HashMap::new();
    let mut waiting: Vec<(String, Look)> =
        references(document).into_iter().filter_map(&target).map(begun).collect();
    while let Some((pointer, look)) = waiting.pop() {
        if look == Look::Done {
            looks.insert(pointer, Look::Done);
            continue;
        }
        if looks.contains_key(&pointer) {
            continue;
        }
        looks.insert(pointer.clone(), Look::Begun);
        waiting.push((pointer.clone(), Look::Done));
        for next in at_once(document, &pointer, &target) {
            match looks.get(&next) {
                Some(Look::Begun) => return true,
                Some(Look::Done) => {}
                None => waiting.push(begun(next)),
            }
        }
    }
    false
}

fn begun(pointer: String) -> (String, Look) {
    (pointer, Look::Begun)
}

/// Every reference of a document.
fn references(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                waiting.extend(map.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found
}

/// The schemas that speak about the same value as another one.
fn at_once(document: &Value, pointer: &str, target: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let Some(schema) = document.pointer(pointer) else { return Vec::new() };
    let mut found: Vec<String> =
        schema.get("$ref").and_then(Value::as_str).and_then(target).into_iter().collect();
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let branches = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        found.extend((0..branches).map(|index| format!("{pointer}/{keyword}/{index}")));
    }
    let single = ["not", "if", "then", "else"].into_iter().filter(|keyword| schema.get(*keyword).is_some());
    found.extend(single.map(|keyword| format!("{pointer}/{keyword}")));
    found
}
