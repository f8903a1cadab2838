//! Sorts branches by meaning, so that their order does not depend on how they are written.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::numbers::canonical;
use super::{Applicator, Assertion, Model, NodeId};
use crate::schema::types::TypeSet;

/// Steps into a value after which branches that say the same are not told apart.
const STEPS: usize = 4;

impl Model {
    /// The same with the branches of `allOf`, `anyOf` and `oneOf` in an order that depends on what they say:
    /// not on where they are written, on references, or on how types and values are listed. Branches that
    /// combine the same parts in different ways keep their order.
    pub(crate) fn with_sorted_branches(mut self) -> Self {
        let keys: Vec<(TypeSet, u64)> =
            (0..).zip(&self.meanings()).map(|(id, hash)| (self.types(id), *hash)).collect();
        for applicator in self.nodes.iter_mut().flat_map(|node| &mut node.applicators) {
            if let Applicator::AllOf(branches) | Applicator::AnyOf(branches) | Applicator::OneOf(branches) =
                applicator
            {
                branches.sort_by_key(|branch| keys[*branch as usize]);
            }
        }
        self
    }

    /// A number for what each node says: the same in every spelling, and rarely that of another one.
    pub(crate) fn meanings(&self) -> Vec<u64> {
        let own: Vec<u64> = self.nodes.iter().map(|node| sum(node.assertions.iter().map(asserted))).collect();
        (0..=STEPS).fold(vec![0; self.nodes.len()], |inside, _| self.hashes(&own, &inside))
    }

    /// A number for what each node says, given one for what the nodes inside its values say. What is combined
    /// is added up, so that it makes no difference where it is written.
    fn hashes(&self, own: &[u64], inside: &[u64]) -> Vec<u64> {
        let mut known = vec![0_u64; self.nodes.len()];
        self.inside_out(|id, node| {
            let applied = node.applicators.iter().map(|one| applied(one, &known, inside));
            let refused = if node.boolean == Some(false) { hashed("false") } else { 0 };
            known[id] = applied.fold(refused.wrapping_add(own[id]), u64::wrapping_add);
        });
        known
    }
}

/// A number for what is hashed, the same in every process.
pub(super) fn hashed(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::wrapping_add)
}

/// What an assertion says: each type and each value counts by itself, as it would in a branch of its own.
fn asserted(assertion: &Assertion) -> u64 {
    match assertion {
        Assertion::Type(types) => sum(types.each().map(|one| hashed(("type", one)))),
        Assertion::Values { values, .. } => {
            sum(values.iter().map(|value| hashed(("value", canonical(value).to_string()))))
        }
        other => hashed(other.text()),
    }
}

fn applied(applicator: &Applicator, here: &[u64], inside: &[u64]) -> u64 {
    let here = |id: NodeId| here[id as usize];
    let inside = |id: NodeId| inside[id as usize];
    match applicator {
        Applicator::Reference(inner) => here(*inner),
        Applicator::AllOf(inner) | Applicator::AnyOf(inner) | Applicator::OneOf(inner) => {
            sum(inner.iter().map(|one| here(*one)))
        }
        Applicator::Not(inner) => hashed(("not", here(*inner))),
        Applicator::If { test, then, otherwise } => {
            hashed(("if", here(*test), then.map(here), otherwise.map(here)))
        }
        Applicator::Dependent(all) => {
            sum(all.iter().map(|(name, inner)| hashed(("dependent", name, here(*inner)))))
        }
        Applicator::Properties(properties) => {
            let named = properties.named.iter().map(|(name, inner)| hashed(("member", name, inside(*inner))));
            let patterns = properties.patterns.iter();
            let patterns = patterns.map(|one| hashed(("pattern", &one.source, inside(one.node))));
            let rest = properties.additional.map(|rest| hashed(("further", inside(rest))));
            sum(named.chain(patterns).chain(rest))
        }
        Applicator::PropertyNames(inner) => hashed(("names", inside(*inner))),
        Applicator::Items { prefix, rest, .. } => {
            let prefix: Vec<u64> = prefix.iter().map(|one| inside(*one)).collect();
            hashed(("items", prefix, rest.map(inside)))
        }
        Applicator::Contains(contains) => {
            hashed(("contains", inside(contains.item), contains.min, contains.max))
        }
        Applicator::UnevaluatedItems(inner) => hashed(("unevaluated items", inside(*inner))),
        Applicator::UnevaluatedProperties(inner) => hashed(("unevaluated", inside(*inner))),
    }
}
