//! The plan of a schema: the values that can be built at each location.
//!
//! A schema becomes an arena of [`PlanNode`]s: references are resolved, several types are
//! alternatives, every node knows how deep its smallest value is. What cannot be built with
//! certainty is refused here, so that building never fails.

mod admits;
mod build;
mod builder;
mod cases;
mod check;
mod compile;
mod conjunction;
mod disjoint;
mod documents;
mod examples;
mod expand;
pub(crate) mod heights;
mod keywords;
pub(super) mod kinds;
mod loops;
mod negate;
mod nodes;
mod value_sets;
mod witness;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

pub(crate) use admits::likeness;
pub(crate) use builder::Builder;
pub(crate) use check::Check;
pub(crate) use conjunction::{Part, Requirement};
pub(crate) use keywords::{Flats, Reader};

use documents::Documents;
use kinds::{Alternatives, Array, Numbers, Object, Text};

use super::knowledge::{Kind, Knowledge, Member};

/// The number of a node in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PlanNodeId(usize);

/// A compiled schema.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    nodes: Vec<PlanNode>,
    /// A location where some combinations of branches were left out.
    incomplete: Option<String>,
    /// The first node whose smallest value is too heavy to be built.
    heavy: Option<PlanNodeId>,
    /// Whether nodes have examples.
    takes_examples: bool,
    documents: Arc<Documents>,
    /// The node of each conjunction.
    known: HashMap<Vec<Part>, PlanNodeId>,
}

/// What may be built at one location.
#[derive(Clone, Debug)]
pub(crate) struct PlanNode {
    pub(crate) value_set: ValueSet,
    /// How many steps down the smallest value goes; `None` if there is no finite value.
    pub(crate) height: Option<u32>,
    /// What the smallest value weighs.
    pub(crate) weight: u64,
    /// Where the schema says so.
    location: String,
    /// Why it has no value: the location, and what is said there.
    why: Option<(String, String)>,
    /// What says whether the node admits a value, where the form alone cannot.
    exact: Option<Check>,
    /// Values that the schema gives as examples.
    pub(crate) examples: Vec<Value>,
}

/// The values a node admits.
#[derive(Clone, Debug)]
pub(crate) enum ValueSet {
    /// No value.
    Never,
    /// Every value.
    Any,
    /// The values of another node.
    Same(PlanNodeId),
    /// The values of several nodes.
    Alternatives(Alternatives),
    Null,
    Boolean,
    /// The values of `enum` and `const`.
    Listed(Arc<[Value]>),
    /// The values of another node that pass a check.
    Checked(Checked),
    Numbers(Numbers),
    Text(Text),
    Array(Array),
    Object(Object),
}

/// Values that are built and then checked.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) inner: PlanNodeId,
    pub(crate) check: Check,
    /// A value that passes.
    pub(crate) good: Option<Value>,
    /// Whether no value that passes was found.
    dead: bool,
    /// The keyword that makes the check necessary.
    keyword: &'static str,
}

impl Plan {
    pub(crate) const ROOT: PlanNodeId = PlanNodeId(0);

    #[inline]
    pub(crate) fn node(&self, id: PlanNodeId) -> &PlanNode {
        &self.nodes[id.0]
    }

    /// The node itself, or the one it stands for.
    #[inline]
    pub(crate) fn resolved(&self, mut id: PlanNodeId) -> PlanNodeId {
        // Circles were refused.
        while let ValueSet::Same(next) = self.node(id).value_set {
            id = next;
        }
        id
    }

    /// The examples of the node, or of the first that it stands for which has some.
    pub(crate) fn examples(&self, mut id: PlanNodeId) -> &[Value] {
        loop {
            let node = self.node(id);
            match node.value_set {
                ValueSet::Same(next) if node.examples.is_empty() => id = next,
                _ => return &node.examples,
            }
        }
    }

    #[inline]
    pub(crate) fn is_finite(&self, id: PlanNodeId) -> bool {
        self.node(id).height.is_some()
    }

    /// What values of the node are besides null.
    fn kind(&self, id: PlanNodeId) -> Kind {
        let id = self.resolved(id);
        match &self.node(id).value_set {
            ValueSet::Never | ValueSet::Any | ValueSet::Same(_) => Kind::Mixed,
            ValueSet::Null => Kind::Null,
            ValueSet::Boolean => Kind::Boolean,
            ValueSet::Listed(_) => Kind::Listed,
            ValueSet::Numbers(numbers) if numbers.whole_only() => Kind::Integer,
            ValueSet::Numbers(_) => Kind::Number,
            ValueSet::Text(_) => Kind::Text,
            ValueSet::Array(_) => Kind::Array,
            ValueSet::Object(_) => Kind::Object,
            ValueSet::Alternatives(_) | ValueSet::Checked(_) => {
                let leaves = self.leaves(id);
                let mut others =
                    leaves.iter().map(|leaf| self.kind(*leaf)).filter(|kind| *kind != Kind::Null);
                match others.next() {
                    None => Kind::Null,
                    Some(kind) if others.all(|other| other == kind) => kind,
                    Some(_) => Kind::Mixed,
                }
            }
        }
    }

    /// What alternatives come down to: no alternatives, each once. Alternatives share others, and following
    /// each on its own would follow some again and again.
    fn leaves(&self, id: PlanNodeId) -> Vec<PlanNodeId> {
        let (mut leaves, mut seen, mut waiting) = (Vec::new(), HashSet::new(), vec![id]);
        while let Some(id) = waiting.pop() {
            let id = self.resolved(id);
            if !seen.insert(id) {
                continue;
            }
            match &self.node(id).value_set {
                ValueSet::Alternatives(alternatives) => waiting.extend(alternatives.branches.iter().rev()),
                ValueSet::Checked(checked) => waiting.push(checked.inner),
                _ => leaves.push(id),
            }
        }
        leaves
    }

    /// Asks about every member once.
    pub(crate) fn learn(&mut self, knowledge: &dyn Knowledge) {
        for index in 0..self.nodes.len() {
            let ValueSet::Object(object) = &self.nodes[index].value_set else {
                continue;
            };
            let hints: Vec<_> = object
                .members
                .iter()
                .map(|member| {
                    let member = Member {
                        definition: &object.definition,
                        name: &member.name,
                        kind: self.kind(member.node),
                        required: member.required,
                    };
                    (knowledge.hint(&member), knowledge.reads(&member))
                })
                .collect();
            if let ValueSet::Object(object) = &mut self.nodes[index].value_set {
                object.is_read = hints.iter().any(|(_, is_read)| *is_read);
                for (member, hint) in object.members.iter_mut().zip(hints) {
                    (member.hint, member.is_read) = hint;
                }
            }
        }
    }
}
