//! Which keywords hold at a place of a schema?
//!
//! Read off the document itself: a place is a JSON Pointer into it, and what holds there is one of several views,
//! each a list of schema objects that hold together (`$ref` and `allOf` add to a view, `anyOf` and `oneOf` split it).

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use crate::pointer::{Pointer, Token, escape};

/// Combinations of alternatives looked at; what has more is left alone.
const MAX_VIEWS: usize = 64;
/// Schemas that lead to each other through more than so many at one place are left alone.
const MAX_DEPTH: usize = 400;

/// Schema objects that hold together, by their places.
pub(crate) type View = Vec<String>;

/// Places that were expanded on the way to one.
#[derive(Default)]
struct Expanding {
    above: HashSet<String>,
    done: HashMap<String, Vec<View>>,
}

/// A schema, to be asked what it says where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'s>(pub(crate) &'s Value);

impl<'s> Document<'s> {
    /// The keywords of the schema object at a place; none where there is a boolean.
    pub(crate) fn keywords(self, place: &str) -> Option<&'s Map<String, Value>> {
        self.0.pointer(place)?.as_object()
    }

    /// A keyword of the schema object at a place.
    pub(crate) fn get(self, place: &str, keyword: &str) -> Option<&'s Value> {
        self.keywords(place)?.get(keyword)
    }

    /// What may hold at a place, alternative by alternative.
    pub(crate) fn views(self, place: &str) -> Vec<View> {
        self.expand(place, &mut Expanding::default())
    }

    /// Each place is expanded once, however many references lead to it.
    fn expand(self, place: &str, expanding: &mut Expanding) -> Vec<View> {
        if let Some(views) = expanding.done.get(place) {
            return views.clone();
        }
        if expanding.above.len() >= MAX_DEPTH || !expanding.above.insert(place.to_owned()) {
            return Vec::new();
        }
        let views = self.expand_here(place, expanding);
        expanding.above.remove(place);
        expanding.done.insert(place.to_owned(), views.clone());
        views
    }

    fn expand_here(self, place: &str, expanding: &mut Expanding) -> Vec<View> {
        let Some(keywords) = self.keywords(place) else {
            let nothing_fits = self.0.pointer(place).is_none_or(|schema| *schema == Value::Bool(false));
            return if nothing_fits { Vec::new() } else { vec![vec![place.to_owned()]] };
        };
        let mut views = vec![vec![place.to_owned()]];
        if let Some(target) =
            keywords.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'))
        {
            views = together(&views, &self.expand(target, expanding));
        }
        for index in 0..length(keywords.get("allOf")) {
            views = together(&views, &self.expand(&format!("{place}/allOf/{index}"), expanding));
        }
        for keyword in ["anyOf", "oneOf"] {
            let branches = 0..length(keywords.get(keyword));
            if branches.is_empty() {
                continue;
            }
            let mut others = Vec::new();
            for index in branches {
                if others.len() >= MAX_VIEWS {
                    break;
                }
                others.extend(self.expand(&format!("{place}/{keyword}/{index}"), expanding));
            }
            views = together(&views, &others);
        }
        views
    }

    /// Every schema object that may hold at a place of a payload.
    pub(crate) fn objects_at(self, steps: &[Token]) -> BTreeSet<String> {
        let all = |places: BTreeSet<String>| -> BTreeSet<String> {
            places.iter().flat_map(|place| self.views(place)).flatten().collect()
        };
        let mut here = all(BTreeSet::from([String::new()]));
        for step in steps {
            let below = here.iter().filter_map(|object| self.below(object, step));
            here = all(below.collect());
        }
        here
    }

    /// The subschema that a schema object has for a member or an item.
    fn below(self, object: &str, step: &Token) -> Option<String> {
        let candidates = match step {
            Token::Key(name) => {
                vec![below(object, &["properties", name]), below(object, &["additionalProperties"])]
            }
            Token::Index(index) => {
                vec![below(object, &["prefixItems", &index.to_string()]), below(object, &["items"])]
            }
        };
        candidates.into_iter().find(|place| self.0.pointer(place).is_some())
    }
}

/// The place of a part.
pub(crate) fn below(place: &str, steps: &[&str]) -> String {
    let mut place = place.to_owned();
    for step in steps {
        place.push('/');
        escape(step, &mut place);
    }
    place
}

fn together(some: &[View], others: &[View]) -> Vec<View> {
    // An object that holds twice holds once.
    let both = |one: &View, other: &View| {
        let known: HashSet<&String> = one.iter().collect();
        one.iter().chain(other.iter().filter(|object| !known.contains(object))).cloned().collect()
    };
    let pairs = some.iter().flat_map(|one| others.iter().map(move |other| both(one, other)));
    pairs.take(MAX_VIEWS).collect()
}

fn length(list: Option<&Value>) -> usize {
    list.and_then(Value::as_array).map_or(0, Vec::len)
}

/// The place of a finding's object, for a member that is missing.
pub(crate) fn parent(pointer: &Pointer) -> &[Token] {
    pointer.tokens().split_last().map_or(&[], |(_, parents)| parents)
}
