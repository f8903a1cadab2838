//! Adds nodes to a plan that is being compiled.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::conjunction::Part;
use super::documents::Documents;
use super::{PlanNode, PlanNodeId, ValueSet};
use crate::error::{Error, ErrorKind};
use crate::schema::keywords::names;

/// More nodes than this are not made of one schema.
const MAX_NODES: usize = 60_000;

/// Conjunctions, waiting and done. Works off a list, so that no schema is too deep.
pub(crate) struct Compiler {
    pub(super) documents: Arc<Documents>,
    pub(super) nodes: Vec<PlanNode>,
    pub(super) known: HashMap<Vec<Part>, PlanNodeId>,
    pub(super) waiting: Vec<(Vec<Part>, PlanNodeId)>,
    pub(super) exclusive: Vec<Exclusive>,
    /// The conjunctions whose `oneOf` is built branch by branch so that no other holds.
    pub(super) apart: HashSet<Vec<Part>>,
    /// A location where not all combinations were kept.
    pub(super) incomplete: Option<String>,
    /// The keyword that gave the most branches, and how many.
    pub(super) widest: (usize, &'static str),
    /// How many parts were put together that are not paid for.
    pub(super) combined: usize,
}

/// Alternatives of which exactly one may hold.
pub(super) struct Exclusive {
    /// They, checked.
    pub(super) checked: PlanNodeId,
    /// They alone.
    pub(super) plain: PlanNodeId,
    /// The conjunction that they come from.
    pub(super) conjunction: Vec<Part>,
}

impl Compiler {
    pub(super) fn of(documents: &Arc<Documents>, apart: HashSet<Vec<Part>>) -> Self {
        Self {
            documents: Arc::clone(documents),
            nodes: Vec::new(),
            known: HashMap::new(),
            waiting: Vec::new(),
            exclusive: Vec::new(),
            apart,
            incomplete: None,
            widest: (0, names::ALL_OF),
            combined: 0,
        }
    }

    /// Whether one schema may have so many nodes; an error that names the node at which they are too many.
    pub(super) fn has_room(&self, id: PlanNodeId) -> Result<(), Error> {
        if self.nodes.len() <= MAX_NODES {
            return Ok(());
        }
        let (branches, keyword) = self.widest;
        let message = format!(
            "comes to more than {MAX_NODES} combinations of schemas; `{keyword}` gives {branches} at one location"
        );
        Err(Error::new(ErrorKind::Unsupported, self.nodes[id.0].location.clone(), message))
    }

    /// The node of what the parts admit together.
    pub(super) fn at(&mut self, conjunction: Vec<Part>) -> PlanNodeId {
        let conjunction = self.documents.conjunction(conjunction);
        self.combined += conjunction.len();
        if let Some(id) = self.known.get(&conjunction) {
            return *id;
        }
        let first = conjunction.first();
        let location = first.map_or_else(|| "#".to_owned(), |part| self.documents.location(part.subschema()));
        let id = self.add(ValueSet::Never, &location);
        self.known.insert(conjunction.clone(), id);
        self.waiting.push((conjunction, id));
        id
    }

    pub(super) fn add(&mut self, value_set: ValueSet, location: &str) -> PlanNodeId {
        let location = location.to_owned();
        self.nodes.push(PlanNode {
            value_set,
            height: None,
            weight: u64::MAX,
            location,
            why: None,
            exact: None,
            examples: Vec::new(),
        });
        PlanNodeId(self.nodes.len() - 1)
    }
}
