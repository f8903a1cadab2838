//! Measures how deep subschemas nest.

use super::{Applicator, Model, NodeId};

/// Subschemas behind each other, by references and inside each other: a library that compiles them goes down
/// into each.
const MAX_CHAIN: usize = 8_000;

impl Model {
    /// The subschema at which a chain becomes longer than what can be compiled on one stack. Each is visited
    /// once.
    pub(crate) fn too_long(&self) -> Option<NodeId> {
        // Which way is gone first decides how long the chain becomes.
        [false, true].into_iter().find_map(|reversed| {
            let mut seen = vec![false; self.nodes.len()];
            let mut waiting = vec![(0, 1)];
            while let Some((id, depth)) = waiting.pop() {
                if std::mem::replace(&mut seen[id as usize], true) {
                    continue;
                }
                if depth > MAX_CHAIN {
                    return Some(id);
                }
                let start = waiting.len();
                let inner = self.node(id).applicators.iter().flat_map(Applicator::targets);
                waiting.extend(inner.map(|inner| (inner, depth + 1)));
                if reversed {
                    waiting[start..].reverse();
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::super::super::Schema;
    use super::*;

    /// Definitions `0` to `count`, each of which holds what `link` makes of a reference to the next.
    fn chain(count: usize, link: impl Fn(Value) -> Value) -> Model {
        let next = |index: usize| json!({"$ref": format!("#/$defs/{}", index + 1)});
        let mut links: Map<_, _> = (0..count).map(|index| (index.to_string(), link(next(index)))).collect();
        links.insert(count.to_string(), json!({}));
        Model::of(&Schema::from_value(json!({"$ref": "#/$defs/0", "$defs": links}))).unwrap()
    }

    #[test]
    fn long_chains_are_noticed() {
        assert!(chain(1_000, |next| json!({"items": next})).too_long().is_none());
        assert!(chain(9_000, |next| json!({"items": next})).too_long().is_some());
        // Many subschemas that lead to few others are no chain.
        let wide: Map<_, _> = (0..20_000).map(|it| (it.to_string(), json!({"$ref": "#/$defs/0"}))).collect();
        let wide = json!({"properties": wide, "$defs": {"0": {}}});
        assert!(Model::of(&Schema::from_value(wide)).unwrap().too_long().is_none());
    }
}
