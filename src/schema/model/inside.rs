//! Merges the keywords of several subschemas for members and items.

use std::collections::{BTreeMap, BTreeSet};

use super::super::types::TypeSet;
use super::{Applicator, Contains, Merged, Model, NodeId, Properties};

impl<'m> Merged<'m> {
    fn properties(&self) -> impl Iterator<Item = &'m Properties> + '_ {
        self.applicators().filter_map(|(_, one)| match one {
            Applicator::Properties(properties) => Some(properties),
            _ => None,
        })
    }

    /// The names of members that are described one by one.
    pub(crate) fn names(&self) -> BTreeSet<&'m str> {
        self.properties().flat_map(|of| of.named.keys().map(String::as_str)).collect()
    }

    /// The location of the subschema for a member of that name.
    pub(crate) fn named(&self, name: &str) -> Option<NodeId> {
        self.properties().find_map(|of| of.named.get(name).copied())
    }

    /// The patterns of names of members, with their subschemas.
    pub(crate) fn name_patterns(&self) -> BTreeMap<&'m str, Vec<NodeId>> {
        let mut found: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
        for one in self.properties().flat_map(|of| &of.patterns) {
            found.entry(one.source.as_str()).or_default().push(one.node);
        }
        found
    }

    /// The subschemas that apply to a member of that name.
    pub(crate) fn member(&self, name: &str) -> Vec<NodeId> {
        self.members(|of| of.of(name))
    }

    /// The subschemas that apply to members that nothing else describes.
    pub(crate) fn further(&self) -> Vec<NodeId> {
        self.members(|_| Vec::new())
    }

    fn members(&self, described: impl Fn(&Properties) -> Vec<NodeId>) -> Vec<NodeId> {
        let mut found = Vec::new();
        for of in self.properties() {
            let own = described(of);
            found.extend(if own.is_empty() { Vec::from_iter(of.additional) } else { own });
        }
        for (holder, inner) in self.unevaluated(true) {
            let within = self.model.merged(&[holder], TypeSet::ALL);
            let mut evaluated =
                within.properties().map(|of| !described(of).is_empty() || of.additional.is_some());
            if !evaluated.any(|evaluated| evaluated) {
                found.push(inner);
            }
        }
        self.relevant(found)
    }

    /// How many items have a subschema for their position.
    pub(crate) fn positions(&self) -> usize {
        self.items().map(|(prefix, _)| prefix.len()).max().unwrap_or_default()
    }

    fn items(&self) -> impl Iterator<Item = (&'m [NodeId], Option<NodeId>)> + '_ {
        self.applicators().filter_map(|(_, one)| match one {
            Applicator::Items { prefix, rest, .. } => Some((prefix.as_slice(), *rest)),
            _ => None,
        })
    }

    /// The subschemas that apply to the item at a position.
    pub(crate) fn item(&self, position: usize) -> Vec<NodeId> {
        let mut found: Vec<NodeId> =
            self.items().filter_map(|(prefix, rest)| prefix.get(position).copied().or(rest)).collect();
        for (holder, inner) in self.unevaluated(false) {
            let within = self.model.merged(&[holder], TypeSet::ALL);
            let mut items = within.items();
            if !items.any(|(prefix, rest)| rest.is_some() || position < prefix.len()) {
                found.push(inner);
            }
        }
        self.relevant(found)
    }

    /// The subschemas for members, or for items, that no other keyword evaluates, where it does not depend on
    /// the value which are; each with the one that has it.
    fn unevaluated(&self, members: bool) -> Vec<(NodeId, NodeId)> {
        let all = self.unevaluated_at_all(members);
        all.filter(|(holder, _)| !self.model.evaluates_by_value(*holder)).collect()
    }

    /// Those where it depends on the value, which no location is described by.
    pub(crate) fn unevaluated_by_value(&self, members: bool) -> Vec<NodeId> {
        let all = self.unevaluated_at_all(members);
        all.filter(|(holder, _)| self.model.evaluates_by_value(*holder)).map(|(_, inner)| inner).collect()
    }

    fn unevaluated_at_all(&self, members: bool) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        self.applicators().filter_map(move |(id, one)| match (one, members) {
            (Applicator::UnevaluatedProperties(inner), true)
            | (Applicator::UnevaluatedItems(inner), false) => Some((id, *inner)),
            _ => None,
        })
    }

    /// Whether it depends on the value what is evaluated, and that matters.
    pub(crate) fn evaluates_by_value(&self) -> bool {
        [true, false].iter().any(|members| !self.unevaluated_by_value(*members).is_empty())
    }

    /// The kinds of items that arrays must have.
    pub(crate) fn contains(&self) -> Vec<(NodeId, &'m Contains)> {
        let all = self.applicators().filter_map(|(id, one)| match one {
            Applicator::Contains(contains) => Some((id, contains)),
            _ => None,
        });
        all.collect()
    }

    /// Without those that admit everything and have no annotations, and each once.
    fn relevant(&self, mut nodes: Vec<NodeId>) -> Vec<NodeId> {
        nodes.sort_unstable();
        nodes.dedup();
        nodes.retain(|id| self.model.node(*id).boolean != Some(true));
        nodes
    }
}

impl Model {
    /// Whether it depends on the value which members and items a subschema evaluates.
    fn evaluates_by_value(&self, id: NodeId) -> bool {
        self.conjunction(id).into_iter().any(|id| {
            self.node(id).applicators.iter().any(|one| match one {
                Applicator::AnyOf(_)
                | Applicator::OneOf(_)
                | Applicator::If { .. }
                | Applicator::Dependent(_) => true,
                Applicator::Contains(contains) => contains.evaluates,
                _ => false,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::super::Schema;
    use super::*;

    fn model(document: Value) -> Model {
        Model::of(&Schema::from_value(document)).unwrap()
    }

    #[test]
    fn members_are_those_of_all_that_is_combined() {
        let model = model(json!({
            "allOf": [
                {"properties": {"a": {"type": "string"}}, "patternProperties": {"^b": {"minLength": 1}}},
                {"properties": {"b": {"maxLength": 5}}, "additionalProperties": {"type": "integer"}},
            ],
            "unevaluatedProperties": false,
        }));
        let merged = model.merged(&[0], TypeSet::ALL);
        assert_eq!(merged.names().into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(merged.member("a").len(), 2);
        assert_eq!(merged.member("b").len(), 2);
        assert_eq!(merged.further().len(), 1);
        assert!(!merged.evaluates_by_value());
    }
}
