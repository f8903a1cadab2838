//! Finds equal subschemas of two models.

use std::collections::HashSet;

use serde_json::Value;

use super::super::keywords::{self, Keyword, names};
use super::order::hashed;
use super::{Applicator, Assertion, Model, NodeId};

/// Rounds after which subschemas that were not distinguished are not called equal any more.
const MAX_ROUNDS: usize = 200;

/// A number for each node: those of equal subschemas are equal, whatever references lead to them, and in
/// whatever order alternatives and names are written. Subschemas that assert the same in other words may have
/// different ones.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints(Vec<u64>);

impl Fingerprints {
    /// Of both models, which can be compared with each other; with what annotations say, or without.
    pub(crate) fn of(models: [&Model; 2], annotated: bool) -> [Self; 2] {
        // What only refers to another one is that one, unless it has annotations of its own.
        let own = models.map(|model| {
            let meant = |id| if annotated { id } else { model.bare(id) };
            let ids = 0..NodeId::try_from(model.nodes.len()).unwrap_or(NodeId::MAX);
            ids.map(|id| (meant(id), local(model, meant(id), annotated))).collect::<Vec<_>>()
        });
        let mut all = own.each_ref().map(|own| own.iter().map(|(_, hash)| *hash).collect::<Vec<u64>>());
        let mut classes = count(&all);
        for _ in 0..MAX_ROUNDS {
            let next = [0, 1].map(|at| round(models[at], &own[at], &all[at]));
            all = next;
            let now = count(&all);
            // Where no more are told apart, the rest is equal.
            if now == classes {
                return all.map(Self);
            }
            classes = now;
        }
        [Self::default(), Self::default()]
    }

    /// The number of a node; nothing where equality is not known.
    pub(crate) fn one(&self, id: NodeId) -> Option<u64> {
        self.0.get(id as usize).copied()
    }

    /// The numbers of some nodes, each once; nothing where equality is not known.
    pub(crate) fn all(&self, nodes: &[NodeId]) -> Option<Vec<u64>> {
        let mut found: Vec<u64> = nodes.iter().map(|id| self.one(*id)).collect::<Option<_>>()?;
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

fn count(of: &[Vec<u64>; 2]) -> usize {
    of.iter().flatten().collect::<HashSet<_>>().len()
}

/// What a subschema says by itself.
fn local(model: &Model, id: NodeId, annotated: bool) -> u64 {
    let node = model.node(id);
    let mut texts: Vec<String> = node.assertions.iter().map(Assertion::text).collect();
    if let Some(Value::Object(written)) = model.contents(id) {
        for (keyword, value) in written {
            let asserts = keywords::find(keyword).is_some_and(Keyword::asserts);
            let unchecked = keyword == names::FORMAT || keywords::CONTENT.contains(&keyword.as_str());
            let annotation = !asserts && !keywords::NO_ANNOTATIONS.contains(&keyword.as_str());
            if unchecked || annotated && annotation {
                texts.push(format!("{keyword} {value}"));
            }
        }
    }
    texts.sort_unstable();
    hashed((node.boolean, texts))
}

/// What subschemas say with what those inside them say.
fn round(model: &Model, own: &[(NodeId, u64)], known: &[u64]) -> Vec<u64> {
    let one = |(id, hash): &(NodeId, u64)| {
        let mut parts: Vec<u64> = model.node(*id).applicators.iter().map(|one| applied(one, known)).collect();
        parts.sort_unstable();
        hashed((hash, parts))
    };
    own.iter().map(one).collect()
}

fn applied(applicator: &Applicator, known: &[u64]) -> u64 {
    let of = |id: NodeId| known[id as usize];
    let sorted = |ids: &[NodeId]| {
        let mut all: Vec<u64> = ids.iter().map(|id| of(*id)).collect();
        all.sort_unstable();
        all
    };
    match applicator {
        Applicator::Reference(inner) => hashed(("all", [of(*inner)].as_slice())),
        Applicator::AllOf(all) => hashed(("all", sorted(all).as_slice())),
        Applicator::AnyOf(all) => hashed(("any", sorted(all))),
        Applicator::OneOf(all) => hashed(("one", sorted(all))),
        Applicator::Not(inner) => hashed(("not", of(*inner))),
        Applicator::If { test, then, otherwise } => {
            hashed(("if", of(*test), then.map(of), otherwise.map(of)))
        }
        Applicator::Dependent(all) => {
            let mut all: Vec<(&str, u64)> = all.iter().map(|(name, id)| (name.as_str(), of(*id))).collect();
            all.sort_unstable();
            hashed(("dependent", all))
        }
        Applicator::Properties(properties) => {
            let named: Vec<(&str, u64)> =
                properties.named.iter().map(|(name, id)| (name.as_str(), of(*id))).collect();
            let mut patterns: Vec<(&str, u64)> =
                properties.patterns.iter().map(|one| (one.source.as_str(), of(one.node))).collect();
            patterns.sort_unstable();
            hashed(("properties", named, patterns, properties.additional.map(of)))
        }
        Applicator::PropertyNames(inner) => hashed(("names", of(*inner))),
        Applicator::Items { prefix, rest, .. } => {
            let prefix: Vec<u64> = prefix.iter().map(|id| of(*id)).collect();
            hashed(("items", prefix, rest.map(of)))
        }
        Applicator::Contains(contains) => {
            hashed(("contains", of(contains.item), contains.min, contains.max, contains.evaluates))
        }
        Applicator::UnevaluatedItems(inner) => hashed(("unevaluated items", of(*inner))),
        Applicator::UnevaluatedProperties(inner) => hashed(("unevaluated", of(*inner))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::Schema;
    use super::*;

    #[test]
    fn equal_subschemas_have_equal_numbers() {
        let tree = |name: &str, kind: &str| {
            let reference = json!({"$ref": format!("#/$defs/{name}")});
            let value = json!({"anyOf": [{"type": kind}, {"required": ["b", "a"]}]});
            let inner = json!({"properties": {"next": reference, "value": value}});
            Model::of(&Schema::from_value(json!({"$ref": format!("#/$defs/{name}"), "$defs": {name: inner}})))
                .unwrap()
        };
        let equal = |a: &Model, b: &Model| {
            let [a, b] = Fingerprints::of([a, b], false);
            a.all(&[0]).is_some() && a.all(&[0]) == b.all(&[0])
        };
        assert!(equal(&tree("a", "string"), &tree("b", "string")));
        assert!(!equal(&tree("a", "string"), &tree("a", "integer")));
        // A difference far inside is found, also behind references.
        let far = |schema: Value| {
            let d = json!({"b": {"$ref": "#/$defs/d"}, "c": {"$ref": "#/$defs/d"}});
            let outer = json!({"if": {"properties": d}, "else": {"enum": [1]}, "$defs": {"d": schema}});
            Model::of(&Schema::from_value(outer)).unwrap()
        };
        assert!(!equal(&far(json!({"minLength": 2, "type": "string"})), &far(json!({"minLength": 2}))));
    }
}
