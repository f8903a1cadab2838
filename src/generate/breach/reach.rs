//! Which places of a schema can be reached, and how does a payload get there?

use std::collections::{BTreeSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

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

/// The steps to a place, the last one first: places share the way that they have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Route(Option<Arc<(Step, Route)>>);

impl Route {
    /// The same with a step more.
    pub(super) fn and(&self, step: Step) -> Self {
        Self(Some(Arc::new((step, self.clone()))))
    }

    /// The steps, from the root on.
    pub(super) fn steps(&self) -> Vec<&Step> {
        let (mut steps, mut route) = (Vec::new(), self);
        while let Some((step, before)) = route.0.as_deref() {
            steps.push(step);
            route = before;
        }
        steps.reverse();
        steps
    }
}

/// A place of the schema: the root, a property, an item. Each is there once, however many ways lead to it.
pub(super) struct Place {
    pub(super) schema: String,
    pub(super) route: Route,
    pub(super) views: Vec<View>,
    /// Schema objects that no earlier place has seen: what they say of their members is said once.
    pub(super) new_objects: BTreeSet<String>,
}

/// Places deeper than this are in no payload that is read.
const MAX_DEPTH: usize = 128;
/// A key that no schema knows.
pub(super) const UNKNOWN: &str = "undocumentedMember";

/// Every place, the nearest to the root first, one after the other.
pub(super) fn each_place(
    document: Document<'_>,
    mut take: impl FnMut(Place) -> ControlFlow<String>,
) -> Option<String> {
    let mut waiting = VecDeque::from([(String::new(), Route::default(), 0)]);
    let mut seen = BTreeSet::from([String::new()]);
    let mut objects = BTreeSet::new();
    while let Some((schema, route, depth)) = waiting.pop_front() {
        let views = document.views(&schema);
        let mut new_objects = BTreeSet::new();
        for object in views.iter().flatten() {
            if !objects.insert(object.clone()) {
                continue;
            }
            new_objects.insert(object.clone());
            for (token, place) in parts(document, object) {
                if depth < MAX_DEPTH && seen.insert(place.clone()) {
                    let step = Step { token, from: schema.clone() };
                    waiting.push_back((place, route.and(step), depth + 1));
                }
            }
        }
        if let ControlFlow::Break(stopped) = take(Place { schema, route, views, new_objects }) {
            return Some(stopped);
        }
    }
    None
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
