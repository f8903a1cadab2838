//! Lists the schema locations that can be reached, and the path of a payload to each.

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::minimal::MinimalValues;
use crate::generate::choices::Choices;
use crate::generate::plan::kinds::Pattern;
use crate::pointer::Token;
use crate::schema::model::{Applicator, NodeId, SchemaView};

/// One step from the root of a payload to a location.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) token: Token,
    /// The location of the object or array that contains the next one.
    pub(super) from: NodeId,
    /// The subschema of that location that applies to the member or item.
    pub(super) via: NodeId,
}

/// The steps to a location, the last one first: locations share their common prefix.
#[derive(Clone, Debug, Default)]
pub(super) struct Route(Option<Arc<(Step, Route)>>);

impl Route {
    /// The same with a step more.
    pub(super) fn and(&self, step: Step) -> Self {
        Self(Some(Arc::new((step, self.clone()))))
    }

    /// Whether both are of the same location.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// The steps, from the root on.
    pub(super) fn steps(&self) -> Vec<&Step> {
        let (mut steps, mut route) = (Vec::new(), self);
        while let Some((step, before)) = route.0.as_deref() {
            steps.push(step);
            route = before;
        }
        steps.reverse();
        steps
    }
}

/// A schema location: the root, a property, an item. Each is listed once.
pub(super) struct SchemaLocation {
    pub(super) id: NodeId,
    pub(super) route: Route,
    pub(super) views: Arc<[SchemaView]>,
    /// Subschemas that no earlier location has: their members are listed once.
    pub(super) new: Vec<NodeId>,
}

/// Locations deeper than this are in no payload that is read.
const MAX_DEPTH: usize = 128;
/// Longer patterns are not read for a key.
const MAX_EFFORT: u64 = 1_000;

/// Visits every location, the nearest to the root first.
pub(super) fn each_location(
    minimal: &mut MinimalValues,
    mut take: impl FnMut(&mut MinimalValues, SchemaLocation) -> ControlFlow<NodeId>,
) -> Option<NodeId> {
    let mut waiting = VecDeque::from([(0, Route::default(), 0)]);
    let mut seen = HashSet::from([0]);
    let mut known = HashSet::new();
    while let Some((id, route, depth)) = waiting.pop_front() {
        let views = minimal.views(&[id]);
        let mut new = Vec::new();
        for via in views.iter().flat_map(|view| view.nodes.iter().copied()) {
            if !known.insert(via) {
                continue;
            }
            new.push(via);
            for (token, location) in parts(minimal, via) {
                if depth < MAX_DEPTH && seen.insert(location) {
                    waiting.push_back((location, route.and(Step { token, from: id, via }), depth + 1));
                }
            }
        }
        if let ControlFlow::Break(stopped) = take(minimal, SchemaLocation { id, route, views, new }) {
            return Some(stopped);
        }
    }
    None
}

/// The members and items that a subschema applies to.
fn parts(minimal: &MinimalValues, id: NodeId) -> Vec<(Token, NodeId)> {
    let model = &minimal.model;
    let key = |name: String| Token::Key(name.as_str().into());
    // What no other member may be is said of the object.
    let rest = |rest: NodeId| {
        let describes = model.asks(rest) && !model.refuses_all(rest);
        minimal.unknown_key(&[id]).filter(|_| describes).map(|name| (key(name), rest))
    };
    let mut parts = Vec::new();
    for applicator in &model.node(id).applicators {
        match applicator {
            Applicator::Properties(of) => {
                parts.extend(of.named.iter().map(|(name, location)| (key(name.clone()), *location)));
                let matched = |source: &str| matching(source).filter(|name| of.of(name).len() == 1);
                parts.extend(
                    of.patterns.iter().filter_map(|one| Some((key(matched(&one.source)?), one.node))),
                );
                parts.extend(of.additional.and_then(rest));
            }
            Applicator::UnevaluatedProperties(inner) => parts.extend(rest(*inner)),
            Applicator::Items { prefix, rest, .. } => {
                let all = prefix.iter().copied().chain(*rest).enumerate();
                parts.extend(all.map(|(index, location)| (Token::Index(index), location)));
            }
            Applicator::UnevaluatedItems(rest) => {
                let of_prefix = model.node(id).applicators.iter().map(|one| match one {
                    Applicator::Items { prefix, .. } => prefix.len(),
                    _ => 0,
                });
                parts.push((Token::Index(of_prefix.max().unwrap_or(0)), *rest));
            }
            _ => {}
        }
    }
    parts
}

/// A key that a pattern matches.
fn matching(source: &str) -> Option<String> {
    let pattern = Pattern::read(source).filter(|pattern| pattern.effort() <= MAX_EFFORT)?;
    Some(pattern.build(0, 100, &mut Choices::replay(Vec::new())))
}
