//! The schema that is planned, and the limits of planning.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::schema::keywords::names;
use crate::schema::model::{Acceptance, Model, NodeId, shallow_value};
use crate::schema::{AsSchema, Schema};

/// Steps that planning takes at most, each about a microsecond of work: it ends alike on every machine.
const MAX_STEPS: u64 = 4_000_000;

/// A schema with the documents it refers to.
pub(crate) struct Documents {
    pub(super) model: Model,
    pub(super) acceptance: Acceptance,
    /// How many steps may still be taken.
    steps: AtomicU64,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

impl Documents {
    pub(super) fn of(schema: &impl AsSchema) -> Result<Self, Error> {
        // Places in it are told apart by themselves.
        let named = if let Some(schema) = schema.schema() {
            schema.clone().named("")
        } else {
            // A copy goes down into it.
            shallow_value("", schema.document())?;
            Schema::from_value(schema.document().clone()).named("")
        };
        let model = Model::of(&named)?;
        if let Some(id) = model.too_long() {
            let message = "references lead through more schemas than can be compiled";
            return Err(Error::new(ErrorKind::Unsupported, model.node(id).reference(), message));
        }
        let acceptance = Acceptance::of(&model);
        Ok(Self { model, acceptance, steps: AtomicU64::new(MAX_STEPS) })
    }

    /// Spends some of the steps that planning may take, and says how many are left.
    pub(super) fn take(&self, steps: usize) -> u64 {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let take = |left: u64| Some(left.saturating_sub(steps));
        let left = self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or(0);
        left.saturating_sub(steps)
    }

    /// The same; an error that names the location where they are used up.
    pub(super) fn spend(&self, steps: usize, location: &str) -> Result<(), Error> {
        if self.take(steps) == 0 {
            let message = format!("stopped after {MAX_STEPS} steps: the schema combines too much");
            let location = if location.is_empty() { "#" } else { location };
            return Err(Error::new(ErrorKind::Unsupported, location, message));
        }
        Ok(())
    }

    pub(super) fn title(&self) -> String {
        let title = self.model.contents(0).and_then(|root| root.get(names::TITLE)).and_then(Value::as_str);
        title.unwrap_or_default().to_owned()
    }

    /// Where people find a subschema.
    pub(super) fn location(&self, id: NodeId) -> String {
        self.model.node(id).reference()
    }
}
