//! One violation: the location, the rule and the edit.

use serde_json::Value;

use super::locations::Route;
use crate::finding::Rule;
use crate::generate::plan::heights::weight;
use crate::schema::model::NodeId;

/// One schema location, and one way to violate it.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) rule: &'static Rule,
    /// The violated schema location.
    pub(super) schema_pointer: String,
    pub(super) what: String,
    pub(super) route: Route,
    /// The subschema of the location.
    pub(super) location: NodeId,
    /// The violated one of the subschemas that apply there.
    pub(super) via: NodeId,
    pub(super) act: Act,
}

/// The edit at the location.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Put(Value),
    /// This number of items.
    Items(u64),
    /// The same item again and again.
    Equal,
    /// This number of members.
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

    /// Whether the edit is one of the whole payload, wherever the location is.
    pub(super) fn is_of_whole_payload(&self) -> bool {
        matches!(self.act, Act::Custom(_) | Act::Spoil(_))
    }

    /// The violated rule.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The violated schema location, as a JSON Pointer into the schema.
    #[must_use]
    pub fn schema_pointer(&self) -> &str {
        &self.schema_pointer
    }
}

/// A payload that violates its contract.
#[derive(Clone, Debug, PartialEq)]
pub enum BrokenPayload {
    /// A JSON value.
    Json(Value),
    /// A text that is not JSON, or that a JSON value cannot represent (a duplicate key, a number that exceeds
    /// a 64-bit float).
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
