//! Conditions under which a subschema applies.
//!
//! `then`, `else` and the subschemas of `dependentSchemas` speak only of some values of their location. A
//! payload that shows a change there has to be one of them.

use std::rc::Rc;

use serde_json::{Value, json};

use super::document::{Document, Entries};
use super::message::cut;
use crate::schema::keywords::names;
use crate::schema::model::NodeId;

/// Subschemas that are looked at together, at most.
const MAX_ENTRIES: usize = 24;

/// A condition for the value of a location.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// It keeps a subschema.
    Kept(NodeId),
    /// It does not keep a subschema.
    Broken(NodeId),
    /// It has a member of that name.
    Present(String),
}

impl Given {
    pub(super) fn holds(&self, document: &Document, value: &Value) -> bool {
        match self {
            Self::Kept(test) => document.validator.is_valid(&[*test], value),
            Self::Broken(test) => !document.validator.is_valid(&[*test], value),
            Self::Present(name) => value.get(name).is_some(),
        }
    }

    /// What the generator is asked for besides all entries.
    pub(super) fn requested(&self, document: &Document) -> Option<Value> {
        match self {
            Self::Kept(_) => None,
            Self::Broken(test) => Some(json!({(names::NOT): document.reference_to(*test)})),
            Self::Present(name) => Some(json!({(names::TYPE): "object", (names::REQUIRED): [name]})),
        }
    }

    /// The condition, as the end of a sentence about a location.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Kept(_) => "where `if` holds".to_owned(),
            Self::Broken(_) => "where `if` does not hold".to_owned(),
            Self::Present(name) => format!("where `{}` is present", cut(name)),
        }
    }
}

/// What else applies to the values of a location that a subschema is for, in one document.
#[derive(Clone, Debug, Default)]
pub(super) struct Circumstances {
    /// The subschema, those that apply at the same location, and the conditions that are kept.
    pub(super) entries: Entries,
    pub(super) given: Vec<Given>,
}

/// The same in both documents, the older one first.
pub(super) type Both = Rc<[Circumstances; 2]>;

/// The circumstances inside others: of one more subschema, which may be under a condition of its own.
pub(super) fn inside(
    around: &[Circumstances; 2],
    inner: [&Entries; 2],
    given: Option<[Given; 2]>,
) -> Option<Both> {
    let [mut old, mut new] = around.clone();
    for (side, inner) in [&mut old, &mut new].into_iter().zip(inner) {
        side.entries.extend(inner);
    }
    for (side, given) in [&mut old, &mut new].into_iter().zip(given.into_iter().flatten()) {
        side.entries.extend(if let Given::Kept(test) = given { Some(test) } else { None });
        side.given.push(given);
    }
    let few = old.entries.len().max(new.entries.len()) <= MAX_ENTRIES;
    few.then(|| Rc::new([old, new]))
}
