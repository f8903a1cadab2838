//! In which ways can a value keep a subschema?

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::types::TypeSet;
use super::{Applicator, Assertion, Model, NodeId};

/// Ways of one subschema that are looked at.
const MAX_VIEWS: usize = 1_024;
/// Combinations of ways that are all looked at. Of more, each way is there once.
const MAX_COMBINED: usize = 64;
/// Subschemas in all ways of one subschema.
const MAX_LENGTH: usize = 1 << 16;
/// Subschemas in all ways that are kept for the next time.
const MAX_KEPT: usize = 1 << 22;

/// One way to keep a subschema: those that a value then keeps together. `$ref` and `allOf` add to a way; `anyOf`,
/// `oneOf` and `if` have several.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) nodes: Arc<[NodeId]>,
    /// The types that they admit together.
    pub(crate) types: TypeSet,
}

/// The ways to keep subschemas, each found once.
#[derive(Debug, Default)]
pub(crate) struct Views {
    known: HashMap<NodeId, Arc<[View]>>,
    kept: usize,
}

impl Views {
    /// Every way to keep a subschema; none where no value does.
    pub(crate) fn of(&mut self, model: &Model, id: NodeId) -> Arc<[View]> {
        if let Some(known) = self.known.get(&id) {
            return Arc::clone(known);
        }
        let views: Arc<[View]> = self.find(model, id).into();
        self.kept += length(&views);
        if self.kept <= MAX_KEPT {
            self.known.insert(id, Arc::clone(&views));
        }
        views
    }

    /// Every way to keep several subschemas.
    pub(crate) fn of_all(&mut self, model: &Model, ids: &[NodeId]) -> Arc<[View]> {
        if let [id] = ids {
            return self.of(model, *id);
        }
        let all = ids.iter().map(|id| self.of(model, *id));
        all.fold(vec![View::empty()], |views, more| together(&views, &more)).into()
    }

    fn find(&mut self, model: &Model, id: NodeId) -> Vec<View> {
        let node = model.node(id);
        if node.boolean == Some(false) {
            return Vec::new();
        }
        let own = node.assertions.iter().map(Assertion::types).fold(TypeSet::ALL, |all, one| all & one);
        let mut views = vec![View { nodes: [id].into(), types: own }];
        let mut any = |ids: &[NodeId]| {
            let all: Vec<_> = ids.iter().map(|id| self.of(model, *id)).collect();
            all.iter().flat_map(|views| views.iter()).take(MAX_VIEWS).cloned().collect::<Vec<_>>()
        };
        for applicator in &node.applicators {
            views = match applicator {
                Applicator::Reference(inner) => together(&views, &any(&[*inner])),
                Applicator::AllOf(all) => {
                    let all: Vec<_> = all.iter().map(|one| any(&[*one])).collect();
                    let (single, several): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.len() == 1);
                    let single = View::all(single.iter().flatten());
                    several.iter().fold(together(&views, &[single]), |views, more| together(&views, more))
                }
                Applicator::AnyOf(branches) | Applicator::OneOf(branches) => together(&views, &any(branches)),
                Applicator::If { test, then, otherwise } => {
                    let mut either = otherwise.map_or_else(|| vec![View::empty()], |other| any(&[other]));
                    let then = then.map_or_else(|| vec![View::empty()], |then| any(&[then]));
                    either.extend(together(&any(&[*test]), &then));
                    together(&views, &either)
                }
                _ => views,
            };
        }
        views
    }
}

impl View {
    fn empty() -> Self {
        Self { nodes: [].into(), types: TypeSet::ALL }
    }

    /// What all of them say; what holds twice holds once.
    fn all<'v>(views: impl Iterator<Item = &'v Self>) -> Self {
        let (mut seen, mut types) = (HashSet::new(), TypeSet::ALL);
        let nodes = views.flat_map(|view| {
            types = types & view.types;
            view.nodes.iter().copied()
        });
        Self { nodes: nodes.filter(|id| seen.insert(*id)).collect(), types }
    }
}

fn length(views: &[View]) -> usize {
    views.iter().map(|view| view.nodes.len() + 4).sum()
}

/// Every combination that admits a value, as far as its types go.
fn together(some: &[View], others: &[View]) -> Vec<View> {
    if let ([one], true) = (others, some.iter().all(|view| view.nodes.is_empty())) {
        return some.iter().map(|_| one.clone()).collect();
    }
    let (Some(first), Some(other)) = (some.first(), others.first()) else { return Vec::new() };
    let mut found: Vec<View> = Vec::new();
    let mut left = MAX_LENGTH;
    let mut add = |one: &View, other: &View| {
        if (one.types & other.types).is_empty() || left == 0 || found.len() >= MAX_VIEWS {
            return;
        }
        let both = View::all([one, other].into_iter());
        left = left.saturating_sub(both.nodes.len());
        found.push(both);
    };
    if some.len().saturating_mul(others.len()) <= MAX_COMBINED || some.len() == 1 || others.len() == 1 {
        for one in some {
            for other in others {
                add(one, other);
            }
        }
    } else {
        for other in others {
            add(first, other);
        }
        for one in &some[1..] {
            add(one, other);
        }
    }
    found
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
