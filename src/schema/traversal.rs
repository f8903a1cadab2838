//! Traverses the schemas of a document, and skips the values that schemas contain.

use serde_json::{Map, Value};

use super::keywords::{self, VALUES};
use crate::pointer::escape;

/// Members whose own members have any name, in JSON Schema and descriptions of APIs.
const NAMED: &[&str] = &[
    "$defs",
    "callbacks",
    "channels",
    "content",
    "definitions",
    "dependencies",
    "dependentSchemas",
    "headers",
    "messages",
    "operations",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "webhooks",
];

/// What an object is in a document.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Its members have the names of keywords.
    Keywords,
    /// Its members have any names.
    Names,
}

impl Kind {
    /// What a member of such an object is; `None` for a value that is no schema and holds none.
    fn inside(self, name: &str, value: &Value) -> Option<Self> {
        match self {
            Self::Keywords if VALUES.contains(&name) => None,
            Self::Keywords if NAMED.contains(&name) && value.is_object() => Some(Self::Names),
            _ => Some(Self::Keywords),
        }
    }

    /// The same where only keywords lead to schemas.
    fn inside_schema(self, name: &str, value: &Value) -> Option<Self> {
        let leads = keywords::SINGLE.contains(&name) || keywords::LISTED.contains(&name);
        match self {
            Self::Keywords if keywords::NAMED.contains(&name) && value.is_object() => Some(Self::Names),
            Self::Keywords if !leads => None,
            _ => Some(Self::Keywords),
        }
    }
}

/// Hands over every object of a document whose members have the names of keywords, without a stack of its own
/// calls.
pub(super) fn each_object<'a>(document: &'a Value, mut each: impl FnMut(&'a Map<String, Value>)) {
    within(document, (), |(), members| each(members));
}

/// The same, each with what was returned for the object around it.
pub(super) fn within<'a, S: Clone>(
    document: &'a Value,
    outermost: S,
    mut each: impl FnMut(S, &'a Map<String, Value>) -> S,
) {
    let mut pending = vec![(Kind::Keywords, document, outermost)];
    while let Some((kind, value, mut state)) = pending.pop() {
        match value {
            Value::Object(members) => {
                if kind == Kind::Keywords {
                    state = each(state, members);
                }
                for (name, value) in members {
                    let kind = kind.inside(name, value);
                    pending.extend(kind.map(|kind| (kind, value, state.clone())));
                }
            }
            Value::Array(items) => {
                pending.extend(items.iter().map(|item| (Kind::Keywords, item, state.clone())));
            }
            _ => {}
        }
    }
}

/// The same, to be changed; nothing inside an object for which false is returned.
pub(super) fn each_object_mut(document: &mut Value, mut each: impl FnMut(&mut Map<String, Value>) -> bool) {
    let mut pending = vec![(Kind::Keywords, document)];
    while let Some((kind, value)) = pending.pop() {
        match value {
            Value::Object(members) => {
                if kind == Kind::Keywords && !each(members) {
                    continue;
                }
                let inside =
                    members.iter_mut().filter_map(|(name, value)| Some((kind.inside(name, value)?, value)));
                pending.extend(inside);
            }
            Value::Array(items) => pending.extend(items.iter_mut().map(|item| (Kind::Keywords, item))),
            _ => {}
        }
    }
}

/// The JSON Pointer of the first such object, in the order of the document, that somebody looks for.
pub(super) fn find(
    document: &Value,
    mut is_wanted: impl FnMut(&Map<String, Value>) -> bool,
) -> Option<String> {
    let mut found = None;
    visit(document, |members, pointer| {
        found = is_wanted(members).then(pointer);
        found.is_some()
    });
    found
}

/// Hands over every such object, in the order of the document, with what writes its JSON Pointer, until true
/// is returned.
pub(super) fn visit<'a>(
    document: &'a Value,
    is_last: impl FnMut(&'a Map<String, Value>, &dyn Fn() -> String) -> bool,
) {
    visit_inside(document, Kind::inside, is_last);
}

/// The same for subschemas only: members that are no keywords lead to none.
pub(super) fn visit_schemas<'a>(
    schema: &'a Value,
    is_last: impl FnMut(&'a Map<String, Value>, &dyn Fn() -> String) -> bool,
) {
    visit_inside(schema, Kind::inside_schema, is_last);
}

fn visit_inside<'a>(
    document: &'a Value,
    inside_of: fn(Kind, &str, &Value) -> Option<Kind>,
    mut is_last: impl FnMut(&'a Map<String, Value>, &dyn Fn() -> String) -> bool,
) {
    // Each step with the number of the one before it: pointers are written for what is found only.
    let mut steps: Vec<(usize, String)> = vec![(0, String::new())];
    let mut pending = vec![(Kind::Keywords, document, 0)];
    while let Some((kind, value, at)) = pending.pop() {
        let mut inside = Vec::new();
        match value {
            Value::Object(members) => {
                if kind == Kind::Keywords && is_last(members, &|| pointer(&steps, at)) {
                    return;
                }
                for (name, value) in members {
                    if let Some(kind) = inside_of(kind, name, value) {
                        inside.push((name.clone(), kind, value));
                    }
                }
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                inside.extend(items.map(|(index, item)| (index.to_string(), Kind::Keywords, item)));
            }
            _ => {}
        }
        // What is pushed last is visited first.
        for (name, kind, value) in inside.into_iter().rev() {
            steps.push((at, name));
            pending.push((kind, value, steps.len() - 1));
        }
    }
}

fn pointer(steps: &[(usize, String)], mut at: usize) -> String {
    let mut tokens = Vec::new();
    while at > 0 {
        tokens.push(&*steps[at].1);
        at = steps[at].0;
    }
    let mut pointer = String::new();
    for token in tokens.iter().rev() {
        pointer.push('/');
        escape(token, &mut pointer);
    }
    pointer
}
