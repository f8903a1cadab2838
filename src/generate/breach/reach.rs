//! Which places of a schema can be reached, and how does a payload get there?

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use super::views::{Document, View, below};
use crate::pointer::Token;

/// One step from the root of a payload to a place.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) token: Token,
    /// The place of the object or array that the step leads out of.
    pub(super) from: String,
}

/// A place of the schema: the root, a property, an item. Each is there once, however many ways lead to it.
pub(super) struct Place {
    pub(super) schema: String,
    pub(super) route: Vec<Step>,
    pub(super) views: Vec<View>,
    /// Schema objects that no earlier place has seen: what they say of their members is said once.
    pub(super) new_objects: BTreeSet<String>,
}

/// A key that no schema knows.
pub(super) const UNKNOWN: &str = "undocumentedMember";

/// Every place, the nearest to the root first.
pub(super) fn places(document: Document<'_>) -> Vec<Place> {
    let mut waiting = VecDeque::from([(String::new(), Vec::new())]);
    let mut seen = BTreeSet::from([String::new()]);
    let mut objects = BTreeSet::new();
    let mut places = Vec::new();
    while let Some((schema, route)) = waiting.pop_front() {
        let views = document.views(&schema);
        let mut new_objects = BTreeSet::new();
        for object in views.iter().flatten() {
            if !objects.insert(object.clone()) {
                continue;
            }
            new_objects.insert(object.clone());
            for (token, place) in parts(document, object) {
                if seen.insert(place.clone()) {
                    let step = Step { token, from: schema.clone() };
                    waiting.push_back((place, route.iter().cloned().chain([step]).collect()));
                }
            }
        }
        places.push(Place { schema, route, views, new_objects });
    }
    places
}

/// The members and items that a schema object speaks of.
fn parts(document: Document<'_>, object: &str) -> Vec<(Token, String)> {
    let mut parts = Vec::new();
    let properties = document.get(object, "properties").and_then(Value::as_object);
    for name in properties.into_iter().flat_map(serde_json::Map::keys) {
        parts.push((Token::Key(name.as_str().into()), below(object, &["properties", name])));
    }
    let prefix = document.get(object, "prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
    for index in 0..prefix {
        parts.push((Token::Index(index), below(object, &["prefixItems", &index.to_string()])));
    }
    if document.get(object, "items").is_some_and(Value::is_object) {
        parts.push((Token::Index(prefix), below(object, &["items"])));
    }
    if document.get(object, "additionalProperties").is_some_and(Value::is_object) {
        parts.push((Token::Key(UNKNOWN.into()), below(object, &["additionalProperties"])));
    }
    parts
}
