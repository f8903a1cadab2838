//! The subschemas that apply to one payload location, and their keywords.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::super::keywords;
use super::super::pattern::Effort;
#[cfg(feature = "drift")]
use super::super::types::TypeSet;
#[cfg(feature = "drift")]
use super::Assertion;
use super::{Applicator, Model, Node, NodeId, Properties};
use crate::pointer::child;
#[cfg(feature = "drift")]
use referencing::Draft;

/// Every subschema that applies to one location of a payload: those that lead there and all that they combine
/// by `$ref`, `allOf`, `anyOf`, `oneOf`, `if`/`then`/`else` and `dependentSchemas`, whichever of them the
/// payload matches. A member is documented if any of them knows it.
#[derive(Clone, Debug)]
pub(crate) struct Subschemas<'m> {
    model: &'m Model,
    /// Each once; what is combined comes after what combines it.
    nodes: Vec<NodeId>,
    /// Those that lead here.
    #[cfg_attr(not(feature = "drift"), expect(dead_code, reason = "nobody asks"))]
    entries: Vec<NodeId>,
    in_place: InPlace,
}

/// Which of the subschemas that another one combines apply to the same value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum InPlace {
    /// All that may, whichever the value matches.
    Any,
    /// Those that assert something of some values: no condition.
    #[cfg(feature = "drift")]
    Some,
    /// Those that assert something of all values.
    #[cfg(feature = "drift")]
    All,
}

impl InPlace {
    fn of(self, applicator: &Applicator) -> Vec<NodeId> {
        match (self, applicator) {
            (_, Applicator::Not(_)) => Vec::new(),
            #[cfg(feature = "drift")]
            (Self::Some, Applicator::If { then, otherwise, .. }) => {
                then.iter().chain(otherwise).copied().collect()
            }
            #[cfg(feature = "drift")]
            (Self::All, applicator) => match applicator {
                Applicator::Reference(_) | Applicator::AllOf(_) => applicator.in_place(),
                _ => Vec::new(),
            },
            _ => applicator.in_place(),
        }
    }
}

impl Model {
    /// The subschemas that apply to a whole payload.
    pub(crate) fn root(&self) -> Subschemas<'_> {
        self.followed(InPlace::Any)
    }

    /// Those of them that are reached so.
    pub(crate) fn followed(&self, in_place: InPlace) -> Subschemas<'_> {
        Subschemas::of(self, vec![0], in_place)
    }

    /// Whether 2.0 is no integer.
    #[cfg(feature = "drift")]
    pub(crate) fn reads_integers_as_written(&self) -> bool {
        self.node(0).draft == Draft::Draft4
    }

    /// Those with an identity.
    pub(crate) fn subschemas(&self, identity: &[NodeId]) -> Subschemas<'_> {
        Subschemas { model: self, nodes: identity.to_vec(), entries: Vec::new(), in_place: InPlace::Any }
    }
}

impl<'m> Subschemas<'m> {
    fn of(model: &'m Model, entries: Vec<NodeId>, in_place: InPlace) -> Self {
        let mut seen = HashSet::new();
        let mut nodes = Vec::new();
        for entry in &entries {
            let mut pending = vec![*entry];
            while let Some(id) = pending.pop() {
                if !seen.insert(id) {
                    continue;
                }
                nodes.push(id);
                for applicator in &model.node(id).applicators {
                    pending.extend(in_place.of(applicator));
                }
            }
        }
        // A boolean says nothing about a value that anybody could know.
        nodes.retain(|id| model.node(*id).boolean.is_none());
        Self { model, nodes, entries, in_place }
    }

    fn each(&self) -> impl Iterator<Item = &'m Node> + '_ {
        self.nodes.iter().map(|id| self.model.node(*id))
    }

    fn applicators(&self) -> impl Iterator<Item = (&'m Node, &'m Applicator)> + '_ {
        self.each().flat_map(|node| node.applicators.iter().map(move |applicator| (node, applicator)))
    }

    fn properties(&self) -> impl Iterator<Item = (&'m Node, &'m Properties)> + '_ {
        self.applicators().filter_map(|(node, applicator)| match applicator {
            Applicator::Properties(properties) => Some((node, properties)),
            _ => None,
        })
    }

    /// What they assert by themselves.
    #[cfg(feature = "drift")]
    pub(crate) fn assertions(&self) -> impl Iterator<Item = &'m Assertion> + '_ {
        self.each().flat_map(|node| &node.assertions)
    }

    /// Which subschemas these are: equal for equal sets.
    pub(crate) fn identity(&self) -> &[NodeId] {
        &self.nodes
    }

    /// The names that any subschema lists.
    pub(crate) fn names(&self) -> BTreeSet<&'m str> {
        self.properties().flat_map(|(_, of)| of.named.keys().map(String::as_str)).collect()
    }

    /// Where the subschemas are; the one that leads here comes first.
    #[cfg(feature = "drift")]
    pub(crate) fn pointers(&self) -> impl Iterator<Item = String> + '_ {
        self.each().map(Node::location_pointer)
    }

    /// Each of those that lead here, with all that it combines.
    #[cfg(feature = "drift")]
    pub(crate) fn entries(&self) -> impl Iterator<Item = Self> + '_ {
        self.entries.iter().map(|id| Self::of(self.model, vec![*id], self.in_place))
    }

    /// Where names are listed, or could be: subschemas that list some come first.
    #[cfg(feature = "drift")]
    pub(crate) fn listing(&self) -> impl Iterator<Item = String> + '_ {
        let lists = |node: &&Node| {
            node.applicators.iter().any(|one| matches!(one, Applicator::Properties(of) if of.lists))
        };
        let (lists, others): (Vec<_>, Vec<_>) = self.each().partition(lists);
        lists.into_iter().chain(others).map(Node::location_pointer)
    }

    /// Whether any subschema lists this name.
    #[cfg(feature = "drift")]
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.properties().any(|(_, of)| of.named.contains_key(name))
    }

    /// Where the schema begins to list names; `None` when it lists none, so that any member is fine.
    pub(crate) fn listed_at(&self) -> Option<String> {
        let listing = self.properties().filter(|(_, of)| of.lists);
        listing.map(|(node, _)| child(&node.location_pointer(), "properties")).min()
    }

    /// The types that any of the subschemas that lead here admits: never too few of them.
    #[cfg(feature = "drift")]
    pub(crate) fn types(&self) -> TypeSet {
        if self.entries.is_empty() {
            return TypeSet::ALL;
        }
        self.entries.iter().fold(TypeSet::NONE, |types, id| types | self.model.types(*id))
    }

    /// The strings that any of the subschemas lists.
    #[cfg(feature = "drift")]
    pub(crate) fn listed(&self) -> impl Iterator<Item = &'m str> + '_ {
        let listed = self.assertions().filter_map(|assertion| match assertion {
            Assertion::Values { values, .. } => Some(values),
            _ => None,
        });
        listed.flatten().filter_map(Value::as_str)
    }

    /// Whether any of the subschemas requires the member `name`.
    #[cfg(feature = "drift")]
    pub(crate) fn requires(&self, name: &str) -> bool {
        self.assertions().any(|assertion| match assertion {
            Assertion::Required(names) => names.iter().any(|one| one == name),
            _ => false,
        })
    }

    /// Whether anything is said of items.
    #[cfg(feature = "drift")]
    pub(crate) fn describes_items(&self) -> bool {
        self.applicators().any(|(_, applicator)| matches!(applicator, Applicator::Items { .. }))
    }

    /// What the schema says about the member `name`; `None` when no subschema knows it.
    pub(crate) fn member(&self, name: &str) -> Option<Self> {
        let mut entries = Vec::new();
        for node in self.each() {
            let known = entries.len();
            for applicator in &node.applicators {
                match applicator {
                    Applicator::Properties(properties) => {
                        entries.extend(properties.of(name));
                        let additional = properties.additional.filter(|id| self.model.has_keywords(*id));
                        entries.extend(additional.filter(|_| entries.len() == known));
                    }
                    Applicator::UnevaluatedProperties(rest)
                        if entries.len() == known && self.model.has_keywords(*rest) =>
                    {
                        entries.push(*rest);
                    }
                    _ => {}
                }
            }
        }
        (!entries.is_empty()).then(|| Self::of(self.model, entries, self.in_place))
    }

    /// What the schema says about the item at `index`.
    pub(crate) fn item(&self, index: usize) -> Self {
        self.items_by(|prefix, rest| prefix.get(index).copied().or(rest).into_iter().collect())
    }

    /// What the schema says about any item.
    #[cfg(feature = "drift")]
    pub(crate) fn items(&self) -> Self {
        self.items_by(|prefix, rest| prefix.iter().copied().chain(rest).collect())
    }

    fn items_by(&self, choose: impl Fn(&[NodeId], Option<NodeId>) -> Vec<NodeId>) -> Self {
        let mut entries = Vec::new();
        for node in self.each() {
            let known = entries.len();
            for applicator in &node.applicators {
                match applicator {
                    Applicator::Items { prefix, rest, .. } => entries.extend(choose(prefix, *rest)),
                    Applicator::UnevaluatedItems(rest) if entries.len() == known => entries.push(*rest),
                    _ => {}
                }
            }
        }
        Self::of(self.model, entries, self.in_place)
    }
}

impl Properties {
    /// Whether it says nothing about members that it does not list.
    pub(crate) fn only_names(&self) -> bool {
        self.patterns.is_empty() && self.additional.is_none()
    }

    /// The subschemas for a member of that name, without what is for all other members.
    pub(crate) fn of(&self, name: &str) -> Vec<NodeId> {
        // A member whose name takes too long to be matched is not called unknown.
        let matches = |pattern: &super::Pattern| pattern.is_match(name, &Effort::small()).unwrap_or(true);
        let patterns = self.patterns.iter().filter(|one| matches(&one.pattern)).map(|one| one.node);
        self.named.get(name).copied().into_iter().chain(patterns).collect()
    }
}

impl Model {
    /// A schema for further members describes them; `true`, `false` and `{}` say nothing about them, nor does
    /// what only refers to one of these or combines it.
    pub(crate) fn has_keywords(&self, id: NodeId) -> bool {
        let combines = |one: &Applicator| matches!(one, Applicator::Reference(_) | Applicator::AllOf(_));
        self.conjunction(id).into_iter().any(|id| {
            let node = self.node(id);
            let written = self.contents(id).and_then(Value::as_object);
            node.boolean.is_none()
                && (!node.assertions.is_empty()
                    || !node.applicators.iter().all(combines)
                    || written.is_some_and(|written| written.keys().any(|one| keywords::describes(one))))
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
    fn a_member_is_known_if_any_branch_knows_it() {
        let model = model(json!({
            "$ref": "#/$defs/node",
            "allOf": [{"properties": {"extra": {"type": "string"}}}],
            "$defs": {"node": {
                "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}, "free": {}},
            }},
        }));
        let members = model.root();
        assert_eq!(members.names().into_iter().collect::<Vec<_>>(), ["extra", "free", "next"]);
        let next = members.member("next").unwrap();
        assert!(next.member("next").is_some());
        assert!(next.member("extra").is_none());
        assert_eq!(next.listed_at().as_deref(), Some("/$defs/node/properties"));
        assert_eq!(members.member("free").unwrap().listed_at(), None);
    }

    #[test]
    fn what_says_nothing_says_nothing_behind_a_reference() {
        let knows = |rest: Value| {
            let defs = json!({"any": {"$anchor": "any"}, "some": {"title": "T"}});
            let model = model(json!({"properties": {"a": {}}, "additionalProperties": rest, "$defs": defs}));
            model.root().member("b").is_some()
        };
        let nothing =
            [json!({}), json!(true), json!({"allOf": [{}]}), json!({"$ref": "#any", "$comment": "-"})];
        assert!(!nothing.into_iter().any(knows));
        let something =
            [json!({"title": "T"}), json!({"$ref": "#/$defs/some"}), json!({"allOf": [{"type": "null"}]})];
        assert!(something.into_iter().all(knows));
    }

    #[test]
    fn maps_tuples_anchors_and_ids_are_followed() {
        let model = model(json!({
            "$id": "urn:x",
            "properties": {
                "map": {"additionalProperties": {"$ref": "#entry"}},
                "tuple": {"prefixItems": [{"$ref": "urn:y"}], "items": {"properties": {"b": {}}}},
                "patterns": {"properties": {"z": {}}, "patternProperties": {"^x-": {}}},
            },
            "$defs": {
                "e": {"$anchor": "entry", "properties": {"v": {}}},
                "y": {"$id": "urn:y", "properties": {"a": {}}},
            },
        }));
        let members = model.root();
        let map = members.member("map").unwrap();
        assert!(map.member("anything").unwrap().member("v").is_some());
        let tuple = members.member("tuple").unwrap();
        assert!(tuple.item(0).member("a").is_some());
        assert!(tuple.item(1).member("b").is_some());
        let patterns = members.member("patterns").unwrap();
        assert!(patterns.member("x-1").is_some());
        assert!(patterns.member("y-1").is_none());
    }

    #[cfg(feature = "drift")]
    #[test]
    fn what_is_known_does_not_depend_on_how_a_reference_is_written() {
        let spelt = |reference: &str, draft: &str, holder: &str, anchor: &str| {
            let name = if anchor == "$id" { "#it" } else { "it" };
            model(json!({
                "$schema": draft,
                "properties": {"x": {"$ref": reference}},
                (holder): {"a b": {(anchor): name, "properties": {"y": {"type": "integer"}}}},
            }))
        };
        let draft7 = "http://json-schema.org/draft-07/schema#";
        let newest = "https://json-schema.org/draft/2020-12/schema";
        for (reference, draft, holder, anchor) in [
            ("#/$defs/a%20b", newest, "$defs", "$anchor"),
            ("#/$defs/a b", newest, "$defs", "$anchor"),
            ("#it", newest, "$defs", "$anchor"),
            ("#it", newest, "$defs", "$dynamicAnchor"),
            ("#it", draft7, "definitions", "$id"),
            ("#/definitions/a%20b", draft7, "definitions", "$id"),
        ] {
            let model = spelt(reference, draft, holder, anchor);
            let y = model.root().member("x").unwrap().member("y").unwrap();
            assert_eq!(y.types(), super::super::super::types::TypeSet::INTEGER, "{reference} {draft}");
        }
    }
}
