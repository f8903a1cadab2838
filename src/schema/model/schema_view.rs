//! The ways in which a value can satisfy a subschema, as sets of in-place applicators.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::types::TypeSet;
use super::{Applicator, Assertion, Model, NodeId};

/// Maximum number of schema views of one subschema.
const MAX_VIEWS: usize = 1_024;
/// Combinations of ways that are all looked at. Of more, each way is there once.
const MAX_COMBINED: usize = 64;
/// Subschemas in all ways of one subschema.
const MAX_LENGTH: usize = 1 << 16;
/// Subschemas in all ways that are kept for the next time.
const MAX_KEPT: usize = 1 << 22;

/// One way to satisfy a subschema: the set of subschemas that then apply together. `$ref` and `allOf` add to
/// a way; `anyOf`, `oneOf` and `if` have several.
#[derive(Clone, Debug)]
pub(crate) struct SchemaView {
    pub(crate) nodes: Arc<[NodeId]>,
    /// The types that they admit together.
    pub(crate) types: TypeSet,
}

/// The schema views of subschemas, each computed once.
#[derive(Debug, Default)]
pub(crate) struct SchemaViews {
    known: HashMap<NodeId, Arc<[SchemaView]>>,
    kept: usize,
}

impl SchemaViews {
    /// Every schema view of a subschema; none if no value is valid.
    pub(crate) fn of(&mut self, model: &Model, id: NodeId) -> Arc<[SchemaView]> {
        if let Some(known) = self.known.get(&id) {
            return Arc::clone(known);
        }
        let views: Arc<[SchemaView]> = self.find(model, id).into();
        self.kept += length(&views);
        if self.kept <= MAX_KEPT {
            self.known.insert(id, Arc::clone(&views));
        }
        views
    }

    /// Every schema view of several subschemas together.
    pub(crate) fn of_all(&mut self, model: &Model, ids: &[NodeId]) -> Arc<[SchemaView]> {
        if let [id] = ids {
            return self.of(model, *id);
        }
        let all: Vec<_> = ids.iter().map(|id| self.of(model, *id)).collect();
        together(&SchemaView::empty(), &all).into()
    }

    fn find(&mut self, model: &Model, id: NodeId) -> Vec<SchemaView> {
        let node = model.node(id);
        if node.boolean == Some(false) {
            return Vec::new();
        }
        let types = node.assertions.iter().map(Assertion::types).fold(TypeSet::ALL, |all, one| all & one);
        let own = SchemaView { nodes: [id].into(), types };
        let mut any = |ids: &[NodeId]| -> Arc<[SchemaView]> {
            if let [id] = ids {
                return self.of(model, *id);
            }
            let all: Vec<_> = ids.iter().map(|id| self.of(model, *id)).collect();
            all.iter().flat_map(|views| views.iter()).take(MAX_VIEWS).cloned().collect()
        };
        let mut all = Vec::new();
        for applicator in &node.applicators {
            match applicator {
                Applicator::Reference(inner) => all.push(any(&[*inner])),
                Applicator::AllOf(inner) => {
                    let inner: Vec<_> = inner.iter().map(|one| any(&[*one])).collect();
                    let (single, several): (Vec<_>, Vec<_>) =
                        inner.into_iter().partition(|one| one.len() == 1);
                    all.extend(single.into_iter().chain(several));
                }
                Applicator::AnyOf(branches) | Applicator::OneOf(branches) => all.push(any(branches)),
                Applicator::If { test, then, otherwise } => {
                    let [then, otherwise] = [then, otherwise]
                        .map(|one| one.map_or_else(|| [SchemaView::empty()].into(), |one| any(&[one])));
                    let kept = together(&SchemaView::empty(), &[any(&[*test]), then]);
                    all.push(otherwise.iter().cloned().chain(kept).collect());
                }
                _ => {}
            }
        }
        together(&own, &all)
    }
}

impl SchemaView {
    fn empty() -> Self {
        Self { nodes: [].into(), types: TypeSet::ALL }
    }
}

fn length(views: &[SchemaView]) -> usize {
    views.iter().map(|view| view.nodes.len() + 4).sum()
}

/// Ways that hold together: the last one, the types that are left, and how many subschemas there are.
#[derive(Clone, Copy)]
struct Chain {
    last: usize,
    types: TypeSet,
    length: usize,
}

/// Every combination of the first with one way of each that admits a value, as far as its types go.
fn together(first: &SchemaView, all: &[Arc<[SchemaView]>]) -> Vec<SchemaView> {
    let (links, chains) = chains(first, all);
    chains.into_iter().map(|chain| view(&links, chain)).collect()
}

/// A way, and the number of the link before it; that of the first is its own.
type Link<'v> = (usize, &'v SchemaView);

/// The combinations as chains. They share the links that they begin with: they are written down when all are
/// known.
fn chains<'v>(first: &'v SchemaView, all: &'v [Arc<[SchemaView]>]) -> (Vec<Link<'v>>, Vec<Chain>) {
    let mut links = vec![(0, first)];
    let mut chains = vec![Chain { last: 0, types: first.types, length: first.nodes.len() }];
    for others in all {
        let mut found: Vec<Chain> = Vec::new();
        let mut left = MAX_LENGTH;
        for (one, other) in pairs(&chains, others) {
            if left == 0 || found.len() >= MAX_VIEWS {
                break;
            }
            let types = one.types & other.types;
            if types.is_empty() {
                continue;
            }
            let length = one.length + other.nodes.len();
            left = left.saturating_sub(length);
            links.push((one.last, other));
            found.push(Chain { last: links.len() - 1, types, length });
        }
        chains = found;
    }
    (links, chains)
}

/// All pairs; of many, each one is there once.
fn pairs<'v>(some: &[Chain], others: &'v [SchemaView]) -> impl Iterator<Item = (Chain, &'v SchemaView)> {
    let few = some.len().saturating_mul(others.len()) <= MAX_COMBINED || some.len() == 1 || others.len() == 1;
    let (first, later) = some.split_at(if few { some.len() } else { 1.min(some.len()) });
    let shared = if few { 0 } else { 1.min(others.len()) };
    let whole = first.iter().flat_map(move |one| others.iter().map(move |other| (*one, other)));
    whole.chain(later.iter().flat_map(move |one| others[..shared].iter().map(move |other| (*one, other))))
}

/// What all links of a chain say; what holds twice holds once.
fn view(links: &[Link<'_>], chain: Chain) -> SchemaView {
    let mut ways = vec![links[chain.last].1];
    let mut at = chain.last;
    while at > 0 {
        at = links[at].0;
        ways.push(links[at].1);
    }
    ways.retain(|view| !view.nodes.is_empty());
    if let [only] = ways[..] {
        return SchemaView { nodes: Arc::clone(&only.nodes), types: chain.types };
    }
    let mut seen = HashSet::new();
    let nodes = ways.iter().rev().flat_map(|view| view.nodes.iter().copied());
    SchemaView { nodes: nodes.filter(|id| seen.insert(*id)).collect(), types: chain.types }
}

impl Model {
    /// Whether a subschema is `false`, or combines one that is.
    pub(crate) fn refuses_all(&self, id: NodeId) -> bool {
        self.conjunction(id).into_iter().any(|id| self.node(id).boolean == Some(false))
    }

    /// Whether a subschema asks anything of a value, by itself or by what it combines.
    pub(crate) fn asks(&self, id: NodeId) -> bool {
        self.conjunction(id).into_iter().map(|id| self.node(id)).any(|node| {
            let asks = |applicator: &Applicator| match applicator {
                Applicator::Reference(_) | Applicator::AllOf(_) => false,
                other => !other.targets().is_empty(),
            };
            node.boolean == Some(false) || !node.assertions.is_empty() || node.applicators.iter().any(asks)
        })
    }
}

impl Assertion {
    /// The types of the values that it admits.
    fn types(&self) -> TypeSet {
        match self {
            Self::Type(types) => *types,
            Self::Values { values, .. } => {
                values.iter().map(TypeSet::of_value).fold(TypeSet::NONE, |all, one| all | one)
            }
            _ => TypeSet::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number of decisions between two ways of which each has a node of its own.
    fn decisions(count: u32) -> Vec<Arc<[SchemaView]>> {
        let view = |id| SchemaView { nodes: [id].into(), types: TypeSet::ALL };
        (0..count).map(|number| [view(2 * number + 1), view(2 * number + 2)].into()).collect()
    }

    #[test]
    fn every_way_of_each_decision_is_there() {
        let all = together(&SchemaView::empty(), &decisions(30));
        assert_eq!(all[0].nodes[..], (0..30).map(|number| 2 * number + 1).collect::<Vec<_>>()[..]);
        for id in 1..=60 {
            assert!(all.iter().any(|view| view.nodes.contains(&id)), "{id}");
        }
    }

    #[test]
    fn links_grow_no_faster_than_decisions() {
        let links = |count| chains(&SchemaView::empty(), &decisions(count)).0.len();
        for count in [500, 1_000, 2_000] {
            assert!(
                links(2 * count) * 10 <= links(count) * 22,
                "{count}: {} {}",
                links(count),
                links(2 * count)
            );
        }
    }
}
