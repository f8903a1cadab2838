//! What may be built at each place of a schema?
//!
//! A schema becomes an arena of [`Node`]s: references are resolved, several types are
//! alternatives, every node knows how deep its smallest value is. What cannot be built with
//! certainty is refused here, so that building never fails.

mod admits;
mod compile;
mod disjoint;
mod heights;
mod keywords;
mod loops;
mod types;

use std::sync::Arc;

use serde_json::Value;

pub(crate) use keywords::Reader;
pub(crate) use types::Types;

use super::kinds::{Alternatives, Array, Numbers, Object, Text};
use super::knowledge::{Kind, Knowledge, Member};

/// The number of a node in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(usize);

/// A compiled schema.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    nodes: Vec<Node>,
}

/// What may be built at one place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) form: Form,
    /// How many steps down the smallest value goes; `None` if there is no finite value.
    pub(crate) height: Option<u32>,
    /// Where the schema says so.
    place: String,
}

/// The values a node admits.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// No value.
    Never,
    /// Every value.
    Any,
    /// The values of another node.
    Same(NodeId),
    /// The values of several nodes.
    Alternatives(Alternatives),
    Null,
    Boolean,
    Listed(Listed),
    Numbers(Numbers),
    Text(Text),
    Array(Array),
    Object(Object),
}

/// The values of `enum` and `const`.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) values: Arc<[Value]>,
    /// What the keywords beside the list admit.
    pub(crate) beside: Option<NodeId>,
}

impl Plan {
    pub(crate) const ROOT: NodeId = NodeId(0);

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The node itself, or the one it stands for.
    pub(crate) fn resolved(&self, mut id: NodeId) -> NodeId {
        // Circles were refused.
        while let Form::Same(next) = self.node(id).form {
            id = next;
        }
        id
    }

    pub(crate) fn is_finite(&self, id: NodeId) -> bool {
        self.node(id).height.is_some()
    }

    /// What values of the node are besides null.
    fn kind(&self, id: NodeId) -> Kind {
        let id = self.resolved(id);
        match &self.node(id).form {
            Form::Never | Form::Any | Form::Same(_) => Kind::Mixed,
            Form::Null => Kind::Null,
            Form::Boolean => Kind::Boolean,
            Form::Listed(_) => Kind::Listed,
            Form::Numbers(numbers) if numbers.whole_only() => Kind::Integer,
            Form::Numbers(_) => Kind::Number,
            Form::Text(_) => Kind::Text,
            Form::Array(_) => Kind::Array,
            Form::Object(_) => Kind::Object,
            Form::Alternatives(alternatives) => {
                let mut others = alternatives.branches.iter().map(|branch| self.kind(*branch));
                let mut kind = Kind::Null;
                for other in others.by_ref().filter(|kind| *kind != Kind::Null) {
                    kind = if kind == Kind::Null { other } else { Kind::Mixed };
                }
                kind
            }
        }
    }

    /// Asks about every member once.
    pub(crate) fn learn(&mut self, knowledge: &dyn Knowledge) {
        for index in 0..self.nodes.len() {
            let Form::Object(object) = &self.nodes[index].form else {
                continue;
            };
            let hints: Vec<_> = object
                .members
                .iter()
                .map(|member| {
                    knowledge.hint(&Member {
                        definition: &object.definition,
                        name: &member.name,
                        kind: self.kind(member.node),
                        required: member.required,
                    })
                })
                .collect();
            if let Form::Object(object) = &mut self.nodes[index].form {
                for (member, hint) in object.members.iter_mut().zip(hints) {
                    member.hint = hint;
                }
            }
        }
    }
}
