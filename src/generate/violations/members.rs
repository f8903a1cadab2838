//! Chooses the members of the smallest objects.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::keywords::{applicators, max_count, of_members, properties};
use super::minimal::{MAX_COUNT, MinimalValues};
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Assertion, NodeId, SchemaView};

/// A key that hardly any schema knows.
const UNKNOWN: &str = "undocumentedMember";

impl MinimalValues {
    /// An object: with what is required, and one more, and what that requires; with so many members if that
    /// is said. The one more is null where it is not allowed.
    pub(super) fn object(
        &mut self,
        view: &SchemaView,
        with: Option<&str>,
        count: Option<u64>,
    ) -> Option<Value> {
        let (view, names) = self.required(view, with);
        let mut members = Map::new();
        for name in names {
            self.take(1)?;
            let schemas = self.member_schemas(&view, &name);
            let refused = self.refused(&schemas).filter(|_| with == Some(&name));
            let value = self.item(&schemas).or(refused)?;
            members.insert(name, value);
        }
        let count = count.unwrap_or_else(|| {
            max_count(&self.model, &view, names::MIN_PROPERTIES).max(members.len() as u64)
        });
        if members.len() as u64 > count {
            return None;
        }
        let more = count.min(MAX_COUNT) - (members.len() as u64).min(count);
        let listed: BTreeSet<String> =
            properties(&self.model, &view).flat_map(|of| of.named.keys().cloned()).collect();
        let unknown = (0..more).map(|number| format!("{UNKNOWN}{number}"));
        for name in listed.into_iter().chain(unknown) {
            if members.len() as u64 >= count {
                break;
            }
            if !members.contains_key(&name)
                && let Some(value) = self.member(&view, &name)
            {
                self.take(1)?;
                members.insert(name, value);
            }
        }
        Some(Value::Object(members))
    }

    /// The names that an object must have, and all that then has a say about it.
    fn required(&mut self, view: &SchemaView, with: Option<&str>) -> (SchemaView, BTreeSet<String>) {
        let mut names: BTreeSet<String> = with.into_iter().map(str::to_owned).collect();
        let mut nodes: Vec<NodeId> = view.nodes.to_vec();
        let model = Arc::clone(&self.model);
        loop {
            let before = (names.len(), nodes.len());
            for at in 0..nodes.len() {
                let node = model.node(nodes[at]);
                for assertion in &node.assertions {
                    match assertion {
                        Assertion::Required(all) => names.extend(all.iter().cloned()),
                        Assertion::DependentRequired { names: all, .. } => {
                            let present: Vec<_> =
                                all.iter().filter(|(name, _)| names.contains(name)).collect();
                            names.extend(present.into_iter().flat_map(|(_, others)| others.iter().cloned()));
                        }
                        _ => {}
                    }
                }
                for applicator in &node.applicators {
                    let Applicator::Dependent(schemas) = applicator else { continue };
                    for (_, schema) in schemas.iter().filter(|(name, _)| names.contains(name)) {
                        let first = self.views(&[*schema]).first().map(|view| Arc::clone(&view.nodes));
                        for id in first.iter().flat_map(|ids| ids.iter()) {
                            if !nodes.contains(id) {
                                nodes.push(*id);
                            }
                        }
                    }
                }
            }
            if before == (names.len(), nodes.len()) {
                return (SchemaView { nodes: nodes.into(), types: view.types }, names);
            }
        }
    }

    fn member(&mut self, view: &SchemaView, name: &str) -> Option<Value> {
        let schemas = self.member_schemas(view, name);
        self.item(&schemas)
    }

    fn member_schemas(&self, view: &SchemaView, name: &str) -> Vec<NodeId> {
        let mut schemas: Vec<NodeId> = properties(&self.model, view).flat_map(|of| of.all_of(name)).collect();
        if schemas.is_empty() {
            schemas.extend(applicators(&self.model, view).filter_map(|one| match one {
                Applicator::UnevaluatedProperties(inner) => Some(*inner),
                _ => None,
            }));
        }
        schemas
    }

    /// A key that no subschema of a way applies to.
    pub(super) fn unknown_key(&self, nodes: &[NodeId]) -> Option<String> {
        let names = [UNKNOWN, "undocumented-member", "Undocumented", "0", "?", "_"];
        let known = |name: &str| {
            let all = nodes.iter().flat_map(|id| &self.model.node(*id).applicators);
            all.filter_map(of_members).any(|of| !of.of(name).is_empty())
        };
        names.into_iter().find(|name| !known(name)).map(str::to_owned)
    }
}
