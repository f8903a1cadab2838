//! Weakens a schema at one location.

use super::super::types::TypeSet;
use super::NodeId;

/// A change that weakens a subschema. It applies to every schema that is read from the same document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Weakening {
    pub(crate) node: NodeId,
    pub(crate) change: Change,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Change {
    /// Values of these types are accepted, whatever they are.
    Accept(TypeSet),
    /// The keyword is dropped.
    Drop(&'static str),
    /// The member is no longer required.
    Optional(String),
}

impl Weakening {
    pub(crate) fn new(node: NodeId, change: Change) -> Self {
        Self { node, change }
    }

    /// Every weakening whose effect on a value is among those of this one.
    #[cfg(feature = "generate")]
    pub(crate) fn parts(&self) -> Vec<Self> {
        let Change::Accept(types) = self.change else { return vec![self.clone()] };
        types.each().map(|types| Self::new(self.node, Change::Accept(types))).collect()
    }

    /// Whether a value of these types is accepted at this subschema, whatever it is.
    pub(crate) fn accepts(&self, node: NodeId, types: TypeSet) -> bool {
        matches!(self.change, Change::Accept(accepted) if self.node == node && accepted.contains(types))
    }

    /// Whether the keyword of this subschema is dropped.
    pub(crate) fn drops(&self, node: NodeId, keyword: &str) -> bool {
        self.node == node && matches!(self.change, Change::Drop(dropped) if dropped == keyword)
    }
}
