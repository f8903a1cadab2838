//! Conjunctions: the parts that apply to one value together.

use std::sync::Arc;

use serde_json::Value;

use super::admits::same;
use super::documents::Documents;
use crate::schema::model::{Assertion, Bound, Count, Node, NodeId, PatternProperty, Question};
use crate::schema::types::TypeSet;

/// One of the things that hold together. They are ordered, so that equal conjunctions are equal lists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    /// What a subschema says by itself, without the subschemas that it applies to the same value.
    Own(NodeId),
    Demand(Arc<Demand>),
    /// The value keeps a subschema.
    Keeps(NodeId),
    /// The value breaks a subschema.
    Breaks(NodeId),
}

/// What no subschema says, and what follows from one.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Demand {
    pub(crate) requirement: Requirement,
    /// The subschema from which it follows.
    pub(super) at: NodeId,
}

/// What is demanded of values of the types that it applies to.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Requirement {
    Types(TypeSet),
    Bound(Bound),
    Count(Count),
    /// A string that a key of `patternProperties` matches: that of a subschema, by its number.
    Key(NodeId, usize),
    /// One of the values that a subschema lists, by its number.
    Value(NodeId, usize),
    Has(String),
    Lacks(String),
    /// The member of that name, if it is there.
    Member(String, Part),
    /// Every item.
    Items(Part),
    /// An item.
    Contains(Part),
}

impl Requirement {
    pub(crate) fn at(self, at: NodeId) -> Part {
        Part::Demand(Arc::new(Demand { requirement: self, at }))
    }
}

impl Part {
    /// What the schema as a whole says.
    pub(super) const ROOT: Self = Self::Keeps(0);

    /// Nothing.
    pub(crate) fn never(at: NodeId) -> Self {
        Requirement::Types(TypeSet::NONE).at(at)
    }

    /// The subschema that says it, or from which it follows.
    pub(super) fn subschema(&self) -> NodeId {
        match self {
            Self::Own(id) | Self::Keeps(id) | Self::Breaks(id) => *id,
            Self::Demand(demand) => demand.at,
        }
    }

    /// Whether a value is as it must be.
    pub(super) fn holds(&self, documents: &Documents, question: &mut Question<'_>, value: &Value) -> bool {
        match self {
            Self::Keeps(id) => question.keeps(*id, value),
            Self::Breaks(id) => !question.keeps(*id, value),
            Self::Own(id) => question.keeps_own(*id, value),
            Self::Demand(demand) => demand.requirement.holds(documents, question, value),
        }
    }
}

impl Requirement {
    fn holds(&self, documents: &Documents, question: &mut Question<'_>, value: &Value) -> bool {
        match (self, value) {
            (Self::Types(types), value) => types.contains(TypeSet::of_value(value)),
            (Self::Bound(bound), Value::Number(number)) => bound.admits(number),
            (Self::Count(count), value) => count.admits(value),
            (Self::Key(id, number), Value::String(text)) => {
                documents.key_pattern(*id, *number).is_none_or(|key| question.matches(&key.pattern, text))
            }
            (Self::Value(id, number), value) => {
                documents.listed(*id, *number).is_some_and(|listed| same(listed, value))
            }
            (Self::Has(name), Value::Object(members)) => members.contains_key(name),
            (Self::Lacks(name), Value::Object(members)) => !members.contains_key(name),
            (Self::Member(name, part), Value::Object(members)) => {
                members.get(name).is_none_or(|member| part.holds(documents, question, member))
            }
            (Self::Items(part), Value::Array(items)) => {
                items.iter().all(|item| part.holds(documents, question, item))
            }
            (Self::Contains(part), Value::Array(items)) => {
                items.iter().any(|item| part.holds(documents, question, item))
            }
            _ => true,
        }
    }
}

impl Documents {
    /// The parts in order, each once, without what says nothing: equal for equal conjunctions.
    pub(super) fn conjunction(&self, mut parts: Vec<Part>) -> Vec<Part> {
        parts.retain(|part| !matches!(part, Part::Keeps(id) if self.model.node(*id).boolean == Some(true)));
        parts.sort_unstable();
        parts.dedup();
        parts
    }

    /// The only subschema of a conjunction.
    pub(super) fn only(&self, conjunction: &[Part]) -> Option<&Node> {
        match conjunction {
            [Part::Keeps(id)] => Some(self.model.node(*id)),
            _ => None,
        }
    }

    /// One of the values that a subschema lists.
    pub(super) fn listed(&self, id: NodeId, number: usize) -> Option<&Value> {
        self.model.node(id).assertions.iter().find_map(|one| match one {
            Assertion::Values { values, .. } => values.get(number),
            _ => None,
        })
    }

    pub(super) fn key_pattern(&self, id: NodeId, number: usize) -> Option<&PatternProperty> {
        let properties = self.model.node(id).applicators.iter().find_map(|one| one.properties());
        properties?.patterns.get(number)
    }
}
