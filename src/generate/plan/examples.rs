//! Reads the examples and defaults of a schema.

use serde_json::Value;

use super::check::Check;
use super::conjunction::Part;
use super::{Plan, PlanNodeId};
use crate::pointer::escape;
use crate::schema::keywords::names;
use crate::schema::model::{Model, Node, NodeId as Subschema};

/// Examples of one subschema.
const MAX_EXAMPLES: usize = 1_000;
/// Subschemas that are looked at for one example.
const MAX_STEPS: usize = 1 << 18;

/// The values of `examples`, `example` and `default` of a subschema, each with its schema location.
fn given(model: &Model, id: Subschema) -> Vec<(String, &Value)> {
    let location = |node: &Node, steps: &[&str]| {
        let mut location = node.location_pointer();
        for step in steps {
            location.push('/');
            escape(step, &mut location);
        }
        location
    };
    let (node, contents) = (model.node(id), model.contents(id));
    let contents = |keyword: &str| contents.and_then(|contents| contents.get(keyword));
    let list = contents(names::EXAMPLES).and_then(Value::as_array).into_iter().flatten().take(MAX_EXAMPLES);
    let list = list
        .enumerate()
        .map(|(number, value)| (location(node, &[names::EXAMPLES, &number.to_string()]), value));
    let single = [names::EXAMPLE, names::DEFAULT]
        .into_iter()
        .filter_map(|keyword| Some((location(node, &[keyword]), contents(keyword)?)));
    list.chain(single).collect()
}

impl Plan {
    /// Lets every node take the examples of the subschemas that it keeps, where they keep all of it.
    pub(crate) fn take_examples(&mut self) {
        let model = &self.documents.model;
        let mut found: Vec<(PlanNodeId, Vec<Value>)> = Vec::new();
        for (conjunction, id) in &self.known {
            let kept = conjunction.iter().filter_map(|part| match part {
                Part::Keeps(id) => Some(model.conjunction(*id)),
                _ => None,
            });
            let given: Vec<&Value> =
                kept.flatten().flat_map(|id| given(model, id)).map(|(_, value)| value).collect();
            if given.is_empty() {
                continue;
            }
            let check = Check::of(&self.documents, conjunction.clone());
            let mut examples: Vec<Value> = Vec::new();
            for value in given {
                if !examples.contains(value) && check.accepts(value) {
                    examples.push(value.clone());
                }
            }
            found.push((*id, examples));
        }
        self.takes_examples = true;
        for (id, examples) in found {
            self.nodes[id.0].examples = examples;
        }
    }

    /// The schema locations of the examples that their own subschema refuses.
    pub(crate) fn invalid_examples(&self) -> Vec<String> {
        let (model, acceptance) = (&self.documents.model, &self.documents.acceptance);
        let mut invalid = Vec::new();
        for id in (0..).take(model.nodes.len()) {
            for (location, value) in given(model, id) {
                let mut question = acceptance.ask(model, MAX_STEPS);
                if !question.keeps(id, value) || question.is_given_up() {
                    invalid.push(location);
                }
            }
        }
        invalid.sort();
        invalid.dedup();
        invalid
    }
}
