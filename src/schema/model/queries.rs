//! Answers questions about combinations of subschemas.

use std::collections::HashSet;

use serde_json::Value;

use super::super::types::TypeSet;
use super::{Applicator, Assertion, Model, Node, NodeId};

impl Model {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The subschema as it is written, with its annotations; nothing of a metaschema that the schema leads
    /// to.
    pub(crate) fn contents(&self, id: NodeId) -> Option<&Value> {
        let location = &self.node(id).location;
        let document = match &*location.document {
            "" => self.schema.as_value(),
            uri => self.schema.resources().get(uri)?,
        };
        document.pointer(&location.path.to_string())
    }

    /// The subschema with those that it combines by reference or `allOf`, each once: a value keeps all of
    /// them.
    pub(crate) fn conjunction(&self, id: NodeId) -> Vec<NodeId> {
        let mut seen = HashSet::from([id]);
        let mut found = vec![id];
        let mut at = 0;
        while let Some(next) = found.get(at) {
            at += 1;
            for applicator in &self.node(*next).applicators {
                if let Applicator::Reference(_) | Applicator::AllOf(_) = applicator {
                    found.extend(applicator.in_place().into_iter().filter(|inner| seen.insert(*inner)));
                }
            }
        }
        found
    }

    /// Those of all subschemas.
    #[cfg(feature = "diff")]
    pub(crate) fn applicators(&self) -> impl Iterator<Item = &Applicator> {
        self.nodes.iter().flat_map(|node| &node.applicators)
    }

    /// Whether no more than so many subschemas are inside each other, where each is followed once.
    #[cfg(feature = "diff")]
    pub(crate) fn depth_is_at_most(&self, max: usize) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut path: Vec<Vec<NodeId>> = vec![vec![0]];
        while let Some(targets) = path.last_mut() {
            match targets.pop() {
                None => drop(path.pop()),
                Some(id) if std::mem::replace(&mut seen[id as usize], true) => {}
                Some(_) if path.len() > max => return false,
                Some(id) => {
                    path.push(self.node(id).applicators.iter().flat_map(Applicator::targets).collect());
                }
            }
        }
        true
    }

    /// The subschema that one consists of alone, through references and combinations of one.
    pub(crate) fn bare(&self, mut id: NodeId) -> NodeId {
        while let Node { boolean: None, assertions, applicators, .. } = self.node(id)
            && assertions.is_empty()
            && let [only] = &applicators[..]
            && let Some(next) = alone(only)
        {
            id = next;
        }
        id
    }

    /// Whether a subschema admits every value, whatever its annotations say.
    pub(crate) fn is_anything(&self, id: NodeId) -> bool {
        let node = self.node(self.bare(id));
        node.boolean != Some(false) && node.assertions.is_empty() && node.applicators.is_empty()
    }

    /// Whether a subschema admits every value of these types, because it says nothing but types.
    #[cfg(feature = "diff")]
    pub(crate) fn is_any_of(&self, id: NodeId, types: TypeSet) -> bool {
        let node = self.node(self.bare(id));
        node.applicators.is_empty()
            && node.assertions.iter().all(|one| matches!(one, Assertion::Type(_)))
            && (types & !self.types(id)).is_empty()
    }

    /// The types that a value may have, by all that a subschema combines: never too few of them.
    pub(crate) fn types(&self, id: NodeId) -> TypeSet {
        let known = self.types.get_or_init(|| self.types_of_all());
        known[id as usize]
    }

    fn types_of_all(&self) -> Vec<TypeSet> {
        let mut known = vec![TypeSet::ALL; self.nodes.len()];
        let excludes_all =
            |one: &Applicator| matches!(one, Applicator::Not(inner) if self.is_anything(*inner));
        self.inside_out(|id, node| {
            known[id] = if node.applicators.iter().any(excludes_all) {
                TypeSet::NONE
            } else {
                node.types(|inner| known[inner as usize])
            };
        });
        known
    }

    /// Hands over every node, by its number: those that apply to the same value come before those that apply
    /// them.
    pub(super) fn inside_out(&self, mut take: impl FnMut(usize, &Node)) {
        let mut taken = vec![false; self.nodes.len()];
        for start in 0..self.nodes.len() {
            let mut pending = vec![(start, false)];
            while let Some((id, is_ready)) = pending.pop() {
                if taken[id] {
                    continue;
                }
                if is_ready {
                    taken[id] = true;
                    take(id, &self.nodes[id]);
                } else {
                    pending.push((id, true));
                    let inner = self.nodes[id].applicators.iter().flat_map(Applicator::in_place);
                    pending.extend(inner.map(|inner| (inner as usize, false)));
                }
            }
        }
    }
}

impl Node {
    /// The types that it admits, when those of the subschemas that it combines are known.
    fn types(&self, of: impl Fn(NodeId) -> TypeSet) -> TypeSet {
        if self.boolean == Some(false) {
            return TypeSet::NONE;
        }
        let own = self.assertions.iter().map(|assertion| match assertion {
            Assertion::Type(types) => *types,
            Assertion::Values { values, .. } => {
                values.iter().map(TypeSet::of_value).fold(TypeSet::NONE, |all, one| all | one)
            }
            _ => TypeSet::ALL,
        });
        let any = |nodes: &[NodeId]| nodes.iter().fold(TypeSet::NONE, |all, node| all | of(*node));
        let combined = self.applicators.iter().map(|applicator| match applicator {
            Applicator::Reference(node) => of(*node),
            Applicator::AllOf(nodes) => nodes.iter().fold(TypeSet::ALL, |all, node| all & of(*node)),
            Applicator::AnyOf(nodes) | Applicator::OneOf(nodes) => any(nodes),
            Applicator::If { test, then, otherwise } => {
                let then = then.map_or(TypeSet::ALL, &of) & of(*test);
                then | otherwise.map_or(TypeSet::ALL, &of)
            }
            _ => TypeSet::ALL,
        });
        own.chain(combined).fold(TypeSet::ALL, |all, one| all & one)
    }
}

/// The only subschema that it combines.
pub(super) fn alone(applicator: &Applicator) -> Option<NodeId> {
    match applicator {
        Applicator::Reference(only) => Some(*only),
        Applicator::AllOf(all) | Applicator::AnyOf(all) | Applicator::OneOf(all) => match all[..] {
            [only] => Some(only),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::Schema;
    use super::*;

    #[test]
    fn types_are_those_that_are_left() {
        let types = |document: Value| Model::of(&Schema::from_value(document)).unwrap().types(0);
        assert_eq!(
            types(json!({"type": ["integer", "null"], "enum": [1, null, "x"]})),
            TypeSet::ALL & types(json!({"type": ["integer", "null"]}))
        );
        assert_eq!(
            types(json!({"allOf": [{"type": "number"}, {"type": ["integer", "string"]}]})),
            TypeSet::INTEGER
        );
        let nullable =
            json!({"anyOf": [{"$ref": "#/$defs/x"}, {"type": "null"}], "$defs": {"x": {"const": "x"}}});
        assert_eq!(types(nullable), TypeSet::STRING | TypeSet::NULL);
        let either = json!({"if": {"type": "string"}, "then": true, "else": {"type": "array"}});
        assert_eq!(types(either), TypeSet::STRING | TypeSet::ARRAY);
        assert_eq!(types(json!(false)), TypeSet::NONE);
    }
}
