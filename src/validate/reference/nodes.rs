//! Evaluates values against single subschemas of a model.

use serde_json::Value;

use super::evaluate::Evaluation;
use super::score::Mode;
use super::{Instrumentation, Reference};
use crate::error::Error;
use crate::pointer::Pointer;
use crate::schema::Schema;
use crate::schema::model::{Model, NodeId};

/// The model of a schema, whose nodes values can be held to.
#[derive(Debug)]
pub(crate) struct NodeValidator(Reference);

/// A keyword that a value breaks.
#[derive(Debug)]
pub(crate) struct Broken {
    /// The value, or the member, that it is about.
    pub(crate) pointer: Pointer,
    /// The schema location of the keyword.
    pub(crate) schema_pointer: String,
}

impl NodeValidator {
    /// # Errors
    ///
    /// As [`Model::of`].
    pub(crate) fn new(schema: &Schema) -> Result<Self, Error> {
        Reference::new(schema).map(Self)
    }

    pub(crate) fn model(&self) -> &Model {
        self.0.model()
    }

    /// Whether a value keeps all of these subschemas. One that is nested too deeply to be evaluated does not.
    pub(crate) fn is_valid(&self, nodes: &[NodeId], value: &Value) -> bool {
        let kept = |id: &NodeId| {
            Evaluation::new(&self.0, Instrumentation::default(), &mut |_| {}).by(*id, value, Mode::Verdict)
        };
        nodes.iter().all(|id| kept(id) == Some(true))
    }

    /// The keywords of these subschemas that a value breaks. Of alternatives, those of the one that fits
    /// best.
    pub(crate) fn broken(&self, nodes: &[NodeId], value: &Value) -> Vec<Broken> {
        let mut found = Vec::new();
        for id in nodes {
            let mut each = |violation: super::super::Violation| {
                found.push(Broken { pointer: violation.pointer, schema_pointer: violation.schema_pointer });
            };
            Evaluation::new(&self.0, Instrumentation::default(), &mut each).by(*id, value, Mode::Report);
        }
        found
    }
}
