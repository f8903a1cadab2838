//! One violation: the location, the rule and the edit.

use serde_json::Value;

use super::locations::Route;
use crate::finding::Rule;
use crate::generate::plan::heights::weight;
use crate::schema::model::NodeId;

/// One place of a schema, and one way to break it there.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) rule: &'static Rule,
    /// The place of the subschema that is broken.
    pub(super) schema_pointer: String,
    pub(super) what: String,
    pub(super) route: Route,
    /// The subschema of the place.
    pub(super) place: NodeId,
    /// The one among those that have a say there which is broken.
    pub(super) via: NodeId,
    pub(super) act: Act,
}

/// What is done at the place.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Put(Value),
    /// So many items.
    Items(u64),
    /// The same item again and again.
    Equal,
    /// So many members.
    Members(u64),
    /// A member is removed, perhaps beside another one.
    Remove {
        name: String,
        with: Option<String>,
    },
    Add(String),
    /// A key that is not allowed, with a value that is.
    Name(String),
    /// A member is there a second time.
    Twice(String),
    Huge,
    Custom(fn(&mut Value)),
    Spoil(fn(&str) -> String),
}

impl Target {
    /// How many bytes it takes, roughly.
    pub(super) fn size(&self) -> usize {
        let put = if let Act::Put(value) = &self.act { weight(value) } else { 0 };
        200 + self.what.len() + self.schema_pointer.len() + usize::try_from(put).unwrap_or(usize::MAX)
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The place of the subschema that is broken, as a JSON Pointer into the schema.
    #[must_use]
    pub fn schema_pointer(&self) -> &str {
        &self.schema_pointer
    }
}

/// What is to be judged.
#[derive(Clone, Debug, PartialEq)]
pub enum BrokenPayload {
    /// A JSON value.
    Json(Value),
    /// A text that is no JSON, or that a JSON value cannot stand for (a key twice, a number that no double holds).
    Text(String),
}

impl BrokenPayload {
    /// The text.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}
