//! Merges the keywords of all subschemas that apply to one value.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Number, Value};

use super::super::types::TypeSet;
use super::queries::alone;
use super::{Applicator, Assertion, Bound, Count, Model, Node, NodeId};

/// Subschemas that apply to one value, with all that they combine by reference or `allOf`. Of alternatives
/// that admit values of other types only, nothing is left, nor of `anyOf` with one that admits all; one that
/// is left alone is combined like `allOf`. No validity is changed by this: values of these types keep all
/// subschemas if and only if they keep the merged ones.
#[derive(Clone, Debug)]
pub(crate) struct Merged<'m> {
    pub(crate) model: &'m Model,
    /// Each once.
    pub(crate) nodes: Vec<NodeId>,
    /// The types that are left: never too few of them.
    pub(crate) types: TypeSet,
    /// The alternatives of which several are left.
    pub(crate) unions: Vec<Union>,
}

/// An `anyOf` or `oneOf`.
#[derive(Clone, Debug)]
pub(crate) struct Union {
    /// The subschema that has it.
    pub(crate) node: NodeId,
    pub(crate) keyword: &'static str,
    pub(crate) branches: Vec<NodeId>,
}

impl Union {
    /// Whether exactly one of the alternatives must be kept.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.keyword == "oneOf"
    }
}

/// Nested unions that are taken apart.
const MAX_FLATTENED: usize = 10_000;
/// Unions inside each other whose values are listed.
const MAX_LISTED: usize = 4;

impl Model {
    /// What these subschemas say together of values of these types.
    pub(crate) fn merged(&self, entries: &[NodeId], types: TypeSet) -> Merged<'_> {
        let mut merged = Merged { model: self, nodes: Vec::new(), types, unions: Vec::new() };
        let (mut seen, mut settled) = (HashSet::new(), HashSet::new());
        let mut pending: Vec<NodeId> = entries.iter().rev().copied().collect();
        loop {
            while let Some(id) = pending.pop() {
                if seen.insert(id) {
                    merged.nodes.push(id);
                    merged.types = merged.types & self.types(id);
                    for applicator in self.node(id).applicators.iter().rev() {
                        if let Applicator::Reference(_) | Applicator::AllOf(_) = applicator {
                            pending.extend(applicator.in_place().iter().rev());
                        }
                    }
                }
            }
            pending = merged.settle(&mut settled);
            if pending.is_empty() {
                return merged;
            }
        }
    }

    /// The name of what a subschema refers to: the last step of its location.
    pub(crate) fn reference_name(&self, id: NodeId) -> Option<String> {
        let mut applicators = self.node(id).applicators.iter();
        let target = applicators.find_map(|one| match one {
            Applicator::Reference(target) => Some(*target),
            _ => None,
        })?;
        self.node(target).pointer().rsplit_once('/').map(|(_, name)| name.to_owned())
    }

    /// Alternatives, with those of alternatives that are nothing but `anyOf`, each once.
    fn flattened(&self, exclusive: bool, branches: &[NodeId]) -> Vec<NodeId> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let mut pending: Vec<NodeId> = branches.iter().rev().copied().collect();
        while let Some(id) = pending.pop() {
            let bare = self.bare(id);
            match &self.node(bare).applicators[..] {
                [Applicator::AnyOf(inner)]
                    if !exclusive && self.node(bare).assertions.is_empty() && found.len() < MAX_FLATTENED =>
                {
                    pending.extend(inner.iter().rev());
                }
                _ if exclusive || seen.insert(bare) => found.push(id),
                _ => {}
            }
        }
        found
    }
}

impl<'m> Merged<'m> {
    /// Finds the unions that are left; the subschemas are alternatives that are left alone.
    fn settle(&mut self, settled: &mut HashSet<(NodeId, usize)>) -> Vec<NodeId> {
        let (mut alone, mut unions) = (Vec::new(), Vec::new());
        for &id in &self.nodes {
            for (at, applicator) in self.model.node(id).applicators.iter().enumerate() {
                let (keyword, branches) = match applicator {
                    Applicator::AnyOf(branches) => ("anyOf", branches),
                    Applicator::OneOf(branches) => ("oneOf", branches),
                    _ => continue,
                };
                if settled.contains(&(id, at)) {
                    continue;
                }
                let mut branches = self.model.flattened(keyword == "oneOf", branches);
                branches.retain(|branch| self.model.types(*branch).overlaps(self.types));
                if keyword == "anyOf"
                    && branches.iter().any(|branch| self.model.is_any_of(*branch, self.types))
                {
                    continue;
                }
                match branches[..] {
                    [] => self.types = TypeSet::NONE,
                    [only] => {
                        settled.insert((id, at));
                        alone.push(only);
                    }
                    _ => unions.push(Union { node: id, keyword, branches }),
                }
            }
        }
        self.unions = unions;
        alone
    }

    /// The same for values of fewer types.
    pub(crate) fn only(&self, types: TypeSet) -> Merged<'m> {
        self.model.merged(&self.nodes, self.types & types)
    }

    fn each(&self) -> impl Iterator<Item = (NodeId, &'m Node)> + '_ {
        self.nodes.iter().map(|id| (*id, self.model.node(*id)))
    }

    /// What is asserted of values of the types.
    pub(crate) fn assertions(&self) -> impl Iterator<Item = (NodeId, &'m Assertion)> + '_ {
        let all = self.each().flat_map(|(id, node)| node.assertions.iter().map(move |one| (id, one)));
        all.filter(|(_, one)| one.speaks_of().overlaps(self.types))
    }

    pub(crate) fn applicators(&self) -> impl Iterator<Item = (NodeId, &'m Applicator)> + '_ {
        self.each().flat_map(|(id, node)| node.applicators.iter().map(move |one| (id, one)))
    }

    /// Whether nothing but the types is asserted.
    pub(crate) fn is_only_types(&self) -> bool {
        self.unions.is_empty()
            && self.assertions().all(|(_, one)| matches!(one, Assertion::Type(_)))
            && self.combines_only()
    }

    /// Whether nothing but the types and one list of values is asserted.
    pub(crate) fn is_only_listed(&self) -> bool {
        let lists = self.assertions().filter(|(_, one)| !matches!(one, Assertion::Type(_)));
        let lists: Vec<_> = lists.map(|(_, one)| matches!(one, Assertion::Values { .. })).collect();
        lists == [true] && self.unions.is_empty() && self.combines_only()
    }

    /// Whether nothing is said of what values hold, or of what they must not be.
    fn combines_only(&self) -> bool {
        let combines = |one: &Applicator| {
            matches!(
                one,
                Applicator::Reference(_) | Applicator::AllOf(_) | Applicator::AnyOf(_) | Applicator::OneOf(_)
            )
        };
        self.applicators().all(|(_, one)| combines(one) || !one.speaks_of().overlaps(self.types))
    }

    /// Whether every value is admitted.
    pub(crate) fn is_anything(&self) -> bool {
        self.types == TypeSet::ALL && self.is_only_types()
    }

    /// The subschemas that assert something by themselves: equal ones say the same.
    pub(crate) fn core(&self) -> Vec<NodeId> {
        let unions: HashSet<NodeId> = self.unions.iter().map(|union| union.node).collect();
        let says = |node: &Node| {
            let own = |one: &Applicator| {
                alone(one).is_none()
                    && !matches!(one, Applicator::AllOf(_) | Applicator::AnyOf(_) | Applicator::OneOf(_))
            };
            node.boolean == Some(false) || !node.assertions.is_empty() || node.applicators.iter().any(own)
        };
        let mut core: Vec<NodeId> = self.nodes.clone();
        core.retain(|id| unions.contains(id) || says(self.model.node(*id)));
        core.sort_unstable();
        core
    }

    /// The first subschema that is written with a keyword.
    pub(crate) fn with_keyword(&self, keyword: &str) -> Option<NodeId> {
        let has =
            |id: &NodeId| self.model.contents(*id).is_some_and(|contents| contents.get(keyword).is_some());
        self.nodes.iter().copied().find(has)
    }

    /// The values that are listed, if they are; some of them may be refused by what else is said. True where
    /// they are all values of a type, which nobody listed.
    pub(crate) fn listed(&self) -> Option<(Vec<Value>, bool)> {
        self.listed_inside(0)
    }

    fn listed_inside(&self, depth: usize) -> Option<(Vec<Value>, bool)> {
        let lists = self.assertions().filter_map(|(_, one)| match one {
            Assertion::Values { values, .. } => Some(values),
            _ => None,
        });
        if let Some(values) = lists.min_by_key(|values| values.len()) {
            return Some((values.clone(), false));
        }
        if self.types == TypeSet::BOOLEAN {
            return Some((vec![Value::Bool(false), Value::Bool(true)], true));
        }
        self.unions.iter().filter(|_| depth < MAX_LISTED).find_map(|union| {
            let mut all = Vec::new();
            for branch in &union.branches {
                all.extend(self.model.merged(&[*branch], self.types).listed_inside(depth + 1)?.0);
            }
            let mut known = HashSet::new();
            all.retain(|value| known.insert(value.to_string()));
            Some((all, false))
        })
    }

    /// The tightest bound of numbers.
    pub(crate) fn bound(&self, upper: bool) -> Option<(NodeId, &'m Bound)> {
        let bounds = self.assertions().filter_map(|(id, one)| match one {
            Assertion::Bound(bound) if bound.upper == upper => Some((id, bound)),
            _ => None,
        });
        bounds.reduce(|tightest, other| if tightest.1.is_within(other.1) { tightest } else { other })
    }

    /// The tightest limit of lengths or sizes; none where it limits nothing.
    pub(crate) fn count(&self, of: TypeSet, upper: bool) -> Option<(NodeId, &'m Count)> {
        let counts = self.assertions().filter_map(|(id, one)| match one {
            Assertion::Count(count) if (count.of, count.upper) == (of, upper) => Some((id, count)),
            _ => None,
        });
        let tightest = counts.reduce(|tightest, other| {
            let tighter =
                if upper { tightest.1.limit <= other.1.limit } else { tightest.1.limit >= other.1.limit };
            if tighter { tightest } else { other }
        });
        tightest.filter(|(_, count)| upper || count.limit > 0)
    }

    /// What numbers are multiples of.
    pub(crate) fn multiples(&self) -> Vec<(NodeId, &'m Number)> {
        let all = self.assertions().filter_map(|(id, one)| match one {
            Assertion::MultipleOf(number) => Some((id, number)),
            _ => None,
        });
        all.collect()
    }

    /// The patterns that strings match, by their texts.
    pub(crate) fn patterns(&self) -> BTreeMap<&'m str, NodeId> {
        let all = self.assertions().filter_map(|(id, one)| match one {
            Assertion::Pattern { source, .. } => Some((source.as_str(), id)),
            _ => None,
        });
        all.collect()
    }

    /// The formats that are asserted.
    pub(crate) fn formats(&self) -> BTreeMap<&'m str, NodeId> {
        let all = self.assertions().filter_map(|(id, one)| match one {
            Assertion::Format(name) => Some((name.as_str(), id)),
            _ => None,
        });
        all.collect()
    }

    /// The subschema that asks that no two items are equal.
    pub(crate) fn unique_items(&self) -> Option<NodeId> {
        self.assertions().find(|(_, one)| matches!(one, Assertion::UniqueItems)).map(|(id, _)| id)
    }

    /// The members that must be there.
    pub(crate) fn required(&self) -> BTreeMap<&'m str, NodeId> {
        let mut found = BTreeMap::new();
        for (id, one) in self.assertions() {
            if let Assertion::Required(names) = one {
                for name in names {
                    found.entry(name.as_str()).or_insert(id);
                }
            }
        }
        found
    }

    /// The members that must be there where another one is.
    pub(crate) fn dependent_required(&self) -> BTreeMap<(&'m str, &'m str), (NodeId, &'static str)> {
        let mut found = BTreeMap::new();
        for (id, one) in self.assertions() {
            let Assertion::DependentRequired { keyword, names } = one else { continue };
            for (name, required) in names {
                for other in required.iter().filter(|other| *other != name) {
                    found.entry((name.as_str(), other.as_str())).or_insert((id, *keyword));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::Schema;
    use super::*;

    fn model(document: Value) -> Model {
        Model::of(&Schema::from_value(document)).unwrap()
    }

    #[test]
    fn alternatives_of_other_types_are_dropped() {
        let model = model(json!({
            "anyOf": [{"$ref": "#/$defs/text"}, {"type": "integer", "maximum": 5}, {"type": "null"}],
            "$defs": {"text": {"type": "string", "maxLength": 3}},
        }));
        let all = model.merged(&[0], TypeSet::ALL);
        assert_eq!(all.unions.len(), 1);
        let text = all.only(TypeSet::STRING);
        assert!(text.unions.is_empty());
        assert_eq!(text.count(TypeSet::STRING, true).map(|(_, count)| count.limit), Some(3));
        assert!(all.only(TypeSet::NUMBER).bound(true).is_some());
        assert!(all.only(TypeSet::OBJECT).types.is_empty());
    }

    #[test]
    fn of_alternatives_that_admit_every_value_of_the_types_nothing_is_left() {
        let unions = |keyword: &str, types: TypeSet| {
            let inner = json!([{"type": "integer"}, {"type": "number"}, {"type": "string", "maxLength": 3}]);
            let model = model(json!({(keyword): [{"anyOf": inner}, {"type": "object"}, {"type": "string"}]}));
            model.merged(&[0], TypeSet::ALL).only(types).unions.len()
        };
        assert_eq!(unions("anyOf", TypeSet::NUMBER), 0);
        assert_eq!(unions("anyOf", TypeSet::STRING), 0);
        assert_eq!(unions("oneOf", TypeSet::STRING), 1);
    }

    #[test]
    fn values_are_listed_however_they_are_written() {
        let listed = |document: Value| model(document).merged(&[0], TypeSet::ALL).listed().map(|it| it.0);
        let expected = Some(vec![json!("a"), json!(2)]);
        assert_eq!(listed(json!({"enum": ["a", 2.0]})), expected);
        assert_eq!(listed(json!({"oneOf": [{"const": "a"}, {"const": 2}]})), expected);
        assert_eq!(listed(json!({"anyOf": [{"enum": ["a"]}, {"allOf": [{"const": 2}]}]})), expected);
        assert_eq!(listed(json!({"anyOf": [{"const": "a"}, {"type": "string"}]})), None);
    }
}
