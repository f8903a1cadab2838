//! The reference engine: evaluates parsed values with any schema.
//!
//! It evaluates the model of a schema over a tree. The keywords that assert something by themselves are those
//! of the `jsonschema` crate, but for numbers that a double rounds; how subschemas combine is evaluated here,
//! so that cost is bounded: each subschema is evaluated once for each value in it, whatever the number of
//! ways that lead there, and of alternatives only the one that fits best is reported.

mod alternatives;
mod apart;
mod evaluate;
mod exact;
mod expected;
mod explain;
mod inside;
mod instrumentation;
#[cfg(feature = "diff")]
mod nodes;
mod notes;
mod numeric;
mod score;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::Violation;
use crate::error::{Error, ErrorKind};
use crate::json::SyntaxError;
use crate::schema::Schema;
use crate::schema::format::asserting;
use crate::schema::model::{Model, Node};
use evaluate::Evaluation;
pub(super) use instrumentation::{Instrumentation, Trace};
use numeric::{Literals, Numeric};

#[cfg(feature = "diff")]
pub(crate) use nodes::{Broken, NodeValidator};

/// A schema compiled for the reference engine.
#[derive(Debug)]
pub(super) struct Reference {
    model: Model,
    /// What each node asserts by itself, by its number.
    assertions: Vec<Option<usize>>,
    validators: Vec<Validator>,
    /// What each node asserts of numbers, by its number.
    numeric: Vec<Numeric>,
    literals: Literals,
}

impl Reference {
    pub(super) fn new(schema: &Schema) -> Result<Self, Error> {
        let mut model = Model::of(schema)?;
        let mut known: HashMap<(Draft, bool, String), usize> = HashMap::new();
        let mut validators = Vec::new();
        let mut assertions = Vec::with_capacity(model.nodes.len());
        let (numeric, literals) =
            (model.nodes.iter().map(Numeric::of).collect(), Literals::of(schema, &model.nodes));
        for node in &mut model.nodes {
            if node.written.is_empty() {
                assertions.push(None);
                continue;
            }
            let keywords = Value::Object(std::mem::take(&mut node.written));
            // A dialect that is not known is read as the newest.
            let draft = node.draft.min(Draft::Draft202012);
            let key = (draft, node.strict_formats, keywords.to_string());
            let at = if let Some(at) = known.get(&key) {
                *at
            } else {
                validators.push(built(schema.name(), node, draft, &keywords)?);
                known.insert(key, validators.len() - 1);
                validators.len() - 1
            };
            assertions.push(Some(at));
        }
        Ok(Self { model, assertions, validators, numeric, literals })
    }

    /// The model of the schema.
    pub(super) fn model(&self) -> &Model {
        &self.model
    }

    /// The formats that are not asserted, each with one schema location.
    pub(super) fn unasserted_formats(&self) -> &[(String, String)] {
        &self.model.unasserted
    }

    /// Hands over every violation of the schema, one at a time and none twice: each is the only one of its
    /// keyword at its schema location and place, but for `required` and the like, which have one for each
    /// member. They come in no particular order, those of a location not always in a row. Nothing is kept of
    /// them here.
    ///
    /// # Errors
    ///
    /// [`SyntaxError`] when value and schema together are nested too deeply to be evaluated; what was handed
    /// over does not count.
    pub(super) fn each_violation(
        &self,
        value: &Value,
        instrumentation: Instrumentation<'_>,
        each: &mut dyn FnMut(Violation),
    ) -> Result<(), SyntaxError> {
        Evaluation::new(self, instrumentation, each).whole(value).map(|_| ())
    }

    /// Whether the schema accepts a value; ends at the first violation.
    pub(super) fn accepts(&self, value: &Value, instrumentation: Instrumentation<'_>) -> bool {
        Evaluation::new(self, instrumentation, &mut |_| {}).accepts(value)
    }

    fn validator(&self, node: u32) -> Option<&Validator> {
        self.assertions[node as usize].map(|at| &self.validators[at])
    }
}

fn built(name: &str, node: &Node, draft: Draft, keywords: &Value) -> Result<Validator, Error> {
    let options = asserting().with_draft(draft).should_ignore_unknown_formats(!node.strict_formats);
    options.build(keywords).map_err(|error| {
        let location = error.instance_path();
        let message = format!("not a valid JSON Schema at {}{location}: {error}", node.location());
        Error::new(ErrorKind::Schema, name, message)
    })
}
