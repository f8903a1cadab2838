//! Which members may an object have that its schema does not name?

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::generate::plan::{Judge, Reader};

/// How many members without a name of their own an object may have, unless it must have more.
const USUAL: usize = 3;

/// Names for members that are not named, at most so many as are usual and `demanded`.
pub(super) fn spare(
    reader: &Reader<'_>,
    named: &BTreeSet<String>,
    demanded: usize,
) -> Result<Vec<String>, Error> {
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
        spares.extend(reader.texts([&conditions[..], &[json!({"pattern": pattern})]].concat(), many)?);
    }
    if !closed("additionalProperties") && !closed("unevaluatedProperties") {
        let plain =
            if conditions.is_empty() { json!({"pattern": "^[a-z]{3,8}$"}) } else { Value::Bool(true) };
        spares.extend(reader.texts([&conditions[..], &[plain]].concat(), many)?);
    }
    spares.retain(|name| !named.contains(name));
    let mut seen = BTreeSet::new();
    spares.retain(|name| seen.insert(name.clone()));
    Ok(spares)
}

/// What the schemas say about the members of each of the names.
pub(super) fn all_demands(
    reader: &mut Reader<'_>,
    names: &BTreeSet<String>,
) -> Result<Vec<Vec<Value>>, Error> {
    let patterns = reader.all("patternProperties").filter_map(Value::as_object).flat_map(Map::keys);
    let patterns: BTreeSet<String> = patterns.cloned().collect();
    reader.spend(names.len().saturating_mul(1 + patterns.len()))?;
    let patterns: HashMap<String, Judge> =
        patterns.into_iter().map(|pattern| (pattern.clone(), reader.pattern(&pattern))).collect();
    let conditions: Vec<Value> = reader.all("propertyNames").cloned().collect();
    let allowed = if conditions.is_empty() { None } else { Some(reader.judge(conditions)) };
    let demands = names.iter().map(|name| {
        let refused = |judge: &Judge| !judge.accepts(&Value::String(name.clone()));
        if allowed.as_ref().is_some_and(refused) {
            return vec![Value::Bool(false)];
        }
        demands(reader, name, &patterns)
    });
    Ok(demands.collect())
}

/// What the schemas say about the member of that name.
fn demands(reader: &Reader<'_>, name: &str, patterns: &HashMap<String, Judge>) -> Vec<Value> {
    let text = Value::String(name.to_owned());
    let mut conjunction = Vec::new();
    let mut told = false;
    for flat in reader.flats() {
        let mut own = false;
        if let Some(schema) = flat.get("properties").and_then(|properties| properties.get(name)) {
            own = true;
            conjunction.push(schema.clone());
        }
        for (pattern, schema) in
            flat.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            if patterns.get(pattern).is_some_and(|pattern| pattern.accepts(&text)) {
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
        conjunction.extend(reader.all("unevaluatedProperties").cloned());
    }
    conjunction
}
