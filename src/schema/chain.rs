//! How far do the references of a schema lead, one behind the other?

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::pointer::escape;

/// Schemas behind each other, by references and inside each other: a library that compiles them goes down into each.
const MAX_CHAIN: usize = 8_000;

/// Refuses a document whose schemas lead to each other through more than can be compiled on one stack.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`], naming the place in the document where the chain becomes too long.
pub(crate) fn bounded(document: &Value, place: &str) -> Result<(), Error> {
    // Which way is gone first decides how long the chain becomes: references first, and last.
    for references_first in [true, false] {
        if let Some(pointer) = too_long(document, references_first) {
            let message = format!("references lead through more than {MAX_CHAIN} schemas");
            return Err(Error::new(ErrorKind::Unsupported, format!("{place}{pointer}"), message));
        }
    }
    Ok(())
}

/// Where the chain becomes too long. Each value is visited once.
fn too_long(document: &Value, references_first: bool) -> Option<String> {
    let (mut seen, mut waiting) = (HashSet::new(), vec![(document, String::new(), 1)]);
    while let Some((value, pointer, depth)) = waiting.pop() {
        if !seen.insert(std::ptr::from_ref(value)) {
            continue;
        }
        if depth > MAX_CHAIN {
            return Some(pointer);
        }
        let target = value.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        let target =
            target.and_then(|target| Some((document.pointer(target)?, target.to_owned(), depth + 1)));
        // What is pushed last is visited first.
        if !references_first {
            waiting.extend(target.clone());
        }
        let below = |step: &str| {
            let mut below = format!("{pointer}/");
            escape(step, &mut below);
            below
        };
        match value {
            Value::Object(members) => {
                let inside = members.iter().rev();
                waiting.extend(inside.map(|(name, member)| (member, below(name), depth + 1)));
            }
            Value::Array(items) => {
                let inside = items.iter().enumerate().rev();
                waiting.extend(inside.map(|(index, item)| (item, below(&index.to_string()), depth + 1)));
            }
            _ => {}
        }
        if references_first {
            waiting.extend(target);
        }
    }
    None
}

/// Ways in which a schema applies others to one value. A library that follows each of them takes so many steps.
const MAX_WAYS: u64 = 1_000_000;

/// Keywords that hold a list of schemas for the same value, one, or several by name.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf"];
const SINGLE: &[&str] = &["not", "if", "then", "else"];
const NAMED: &[&str] = &["dependentSchemas", "dependencies"];

/// A place in the document where schemas apply each other to one value in more ways than can be followed.
pub(crate) fn too_many_ways(document: &Value) -> Option<String> {
    let mut ways: HashMap<*const Value, u64> = HashMap::new();
    let mut everywhere = vec![(document, String::new())];
    while let Some((value, pointer)) = everywhere.pop() {
        // Each schema after those that it applies.
        let mut waiting = vec![(value, false)];
        while let Some((schema, applied)) = waiting.pop() {
            let key = std::ptr::from_ref(schema);
            if applied {
                let inside = in_place(document, schema).into_iter();
                let sum = inside.map(|inner| ways.get(&std::ptr::from_ref(inner)).copied().unwrap_or(1));
                ways.insert(key, sum.fold(1, u64::saturating_add));
            } else if let Entry::Vacant(entry) = ways.entry(key) {
                // One way, should it lead back here.
                entry.insert(1);
                waiting.push((schema, true));
                waiting.extend(in_place(document, schema).into_iter().map(|inner| (inner, false)));
            }
        }
        if ways.get(&std::ptr::from_ref(value)).is_some_and(|ways| *ways > MAX_WAYS) {
            return Some(pointer);
        }
        let below = |step: &str| {
            let mut below = format!("{pointer}/");
            escape(step, &mut below);
            below
        };
        match value {
            Value::Object(members) => {
                everywhere.extend(members.iter().map(|(name, member)| (member, below(name))));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                everywhere.extend(items.map(|(index, item)| (item, below(&index.to_string()))));
            }
            _ => {}
        }
    }
    None
}

/// The schemas that one applies to the same value.
fn in_place<'v>(document: &'v Value, schema: &'v Value) -> Vec<&'v Value> {
    let Some(keywords) = schema.as_object() else { return Vec::new() };
    let lists = LISTS.iter().filter_map(|keyword| keywords.get(*keyword)?.as_array()).flatten();
    let single = SINGLE.iter().filter_map(|keyword| keywords.get(*keyword));
    let named =
        NAMED.iter().filter_map(|keyword| keywords.get(*keyword)?.as_object()).flat_map(|it| it.values());
    let target = keywords.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    let target = target.and_then(|target| document.pointer(target));
    lists.chain(single).chain(named).chain(target).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    /// Definitions `0` to `count`, each of which holds what `link` makes of a reference to the next.
    fn chain(count: usize, link: impl Fn(Value) -> Value) -> Value {
        let next = |index: usize| json!({"$ref": format!("#/$defs/{}", index + 1)});
        let links: Map<_, _> = (0..count).map(|index| (index.to_string(), link(next(index)))).collect();
        json!({"$ref": "#/$defs/0", "$defs": links})
    }

    #[test]
    fn long_chains_are_refused_whatever_they_are_made_of() {
        for link in [|next| next, |next| json!({"items": next}), |next| json!({"allOf": [true, next]})] {
            assert!(bounded(&chain(1_000, link), "#").is_ok());
            let error = bounded(&chain(9_000, link), "#").unwrap_err().to_string();
            assert!(error.contains("#/$defs/"), "{error}");
        }
        // Many schemas that lead to few others are no chain.
        let wide: Map<_, _> = (0..20_000).map(|it| (it.to_string(), json!({"$ref": "#/$defs/0"}))).collect();
        assert!(bounded(&json!({"$defs": wide}), "#").is_ok());
    }

    #[test]
    fn ways_are_counted_not_schemas() {
        let twice = |keyword: &'static str| move |next: Value| json!({(keyword): [next, next]});
        for keyword in LISTS {
            assert_eq!(too_many_ways(&chain(10, twice(keyword))), None);
            assert!(too_many_ways(&chain(40, twice(keyword))).is_some());
        }
        let choice = |next: Value| json!({"if": next, "then": next, "else": {"not": next}});
        assert!(too_many_ways(&chain(40, choice)).is_some());
        // To follow members is another matter: there are only as many as the payload has.
        assert_eq!(too_many_ways(&chain(40, |next| json!({"properties": {"a": next, "b": next}}))), None);
    }
}
