//! Which members may an object have that its schema does not name?

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::generate::plan::Reader;

/// How many members without a name of their own an object may have, unless it must have more.
const USUAL: usize = 3;

/// Names for members that are not named, at most so many as are usual and `demanded`.
pub(super) fn spare(reader: &Reader<'_>, named: &BTreeSet<String>, demanded: usize) -> Vec<String> {
    let conditions: Vec<Value> = reader.all("propertyNames").cloned().collect();
    let patterns: BTreeSet<&String> = reader
        .flats()
        .filter_map(|flat| flat.get("patternProperties").and_then(Value::as_object))
        .flat_map(Map::iter)
        .filter(|(_, schema)| **schema != Value::Bool(false))
        .map(|(pattern, _)| pattern)
        .collect();
    let closed = |keyword: &str| reader.all(keyword).any(|schema| *schema == Value::Bool(false));
    let many = USUAL.max(demanded + named.len());
    let mut spares = Vec::new();
    for pattern in patterns {
        spares.extend(reader.texts([&conditions[..], &[json!({"pattern": pattern})]].concat(), many));
    }
    if !closed("additionalProperties") && !closed("unevaluatedProperties") {
        let plain =
            if conditions.is_empty() { json!({"pattern": "^[a-z]{3,8}$"}) } else { Value::Bool(true) };
        spares.extend(reader.texts([&conditions[..], &[plain]].concat(), many));
    }
    spares.retain(|name| !named.contains(name));
    let mut seen = BTreeSet::new();
    spares.retain(|name| seen.insert(name.clone()));
    spares
}

/// What the schemas say about the member of that name.
pub(super) fn demands(reader: &mut Reader<'_>, name: &str) -> Vec<Value> {
    let flats: Vec<Map<String, Value>> = reader.flats().cloned().collect();
    let mut conjunction = Vec::new();
    let mut told = false;
    for flat in &flats {
        let mut own = false;
        if let Some(schema) = flat.get("properties").and_then(|properties| properties.get(name)) {
            own = true;
            conjunction.push(schema.clone());
        }
        for (pattern, schema) in
            flat.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            if reader.matches(pattern, name) {
                own = true;
                conjunction.push(schema.clone());
            }
        }
        if let Some(rest) = flat.get("additionalProperties").filter(|_| !own) {
            own = true;
            conjunction.push(rest.clone());
        }
        told |= own;
    }
    if !told {
        conjunction.extend(flats.iter().filter_map(|flat| flat.get("unevaluatedProperties")).cloned());
    }
    let conditions: Vec<Value> = reader.all("propertyNames").cloned().collect();
    if !conditions.is_empty() && !reader.accepts(conditions, &Value::String(name.to_owned())) {
        return vec![Value::Bool(false)];
    }
    conjunction
}
