//! What does the schema at a reference say?
//!
//! It is read from the model, in the words of draft 2020-12 whatever its own are. Subschemas are referred to by their
//! numbers, so that a reference leads to one thing however the schema wrote it.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};
use crate::generate::kinds::contents::{self, Content};
use crate::schema::model::{Model, NodeId, shallow_value};
use crate::schema::{AsSchema, Schema};

/// What the model is called where it is compiled; people never see it.
const ROOT: &str = "urn:model";
/// Where its subschemas are there, before their numbers.
const SUBSCHEMAS: &str = "urn:model#/$defs/";
/// Steps that planning takes at most, each about a microsecond of work: it ends alike on every machine.
const MAX_STEPS: u64 = 4_000_000;

/// A schema with the documents it refers to.
pub(crate) struct Documents {
    model: Model,
    /// The model as one document; nothing where the `jsonschema` crate cannot read it.
    registry: OnceLock<Option<Registry<'static>>>,
    /// Whether subschemas apply each other in more ways than can be followed.
    entangled: bool,
    /// How many steps may still be taken.
    steps: AtomicU64,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

fn refer(id: NodeId) -> String {
    format!("{SUBSCHEMAS}{id}")
}

/// The number of the subschema that a reference leads to.
fn number(reference: &str) -> Option<NodeId> {
    reference.strip_prefix(SUBSCHEMAS)?.parse().ok()
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
        let entangled = model.is_entangled();
        Ok(Self { model, registry: OnceLock::new(), entangled, steps: AtomicU64::new(MAX_STEPS) })
    }

    /// How many values the documents have, roughly.
    pub(super) fn size(&self) -> usize {
        4 * self.model.nodes.len()
    }

    /// Spends some of the steps that planning may take, and says how many are left.
    pub(super) fn take(&self, steps: usize) -> u64 {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let take = |left: u64| Some(left.saturating_sub(steps));
        let left = self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or(0);
        left.saturating_sub(steps)
    }

    /// The same; an error that names the place where they are used up.
    pub(super) fn spend(&self, steps: usize, place: &str) -> Result<(), Error> {
        if self.take(steps) == 0 {
            let message = format!("stopped after {MAX_STEPS} steps: the schema combines too much");
            let place = if place.is_empty() { "#" } else { place };
            return Err(Error::new(ErrorKind::Unsupported, place, message));
        }
        Ok(())
    }

    pub(super) fn root() -> Value {
        json!({"$ref": refer(0)})
    }

    pub(super) fn title(&self) -> String {
        let title = self.model.contents(0).and_then(|root| root.get("title")).and_then(Value::as_str);
        title.unwrap_or_default().to_owned()
    }

    /// Where people find what `reference` leads to.
    pub(super) fn place(&self, reference: &str) -> String {
        number(reference).map(|id| self.model.node(id).reference()).unwrap_or_default()
    }

    /// What the schema at `reference` says, one level deep and in the words of draft 2020-12:
    /// the schemas inside are references.
    pub(super) fn read(&self, reference: &str) -> Value {
        let Some(id) = number(reference) else { return Value::Bool(true) };
        let mut said = self.model.normal(id, &refer);
        if let Some(content) = said.as_object_mut().and_then(Content::taken) {
            said[contents::KEYWORD] = content.reference();
        }
        said
    }

    /// What says whether a value keeps a schema, which `refers` to others or not; `None` where nobody can say.
    pub(super) fn validator(&self, schema: &Value, refers: bool) -> Option<Validator> {
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        if !refers {
            return options.build(schema).ok();
        }
        if self.entangled {
            return None;
        }
        let registry = self.registry.get_or_init(|| self.registered()).as_ref()?;
        options.with_registry(registry).build(schema).ok()
    }

    fn registered(&self) -> Option<Registry<'static>> {
        let subschemas = 0..NodeId::try_from(self.model.nodes.len()).unwrap_or(NodeId::MAX);
        let subschema = |id: NodeId| {
            let mut said = self.read(&refer(id));
            contents::demand(&mut said);
            (id.to_string(), said)
        };
        let subschemas: Map<String, Value> = subschemas.map(subschema).collect();
        let whole = json!({"$defs": subschemas});
        let registry = Registry::new().draft(Draft::Draft202012).add(ROOT, whole);
        let registry = registry.and_then(|registry| registry.add(contents::DOCUMENT, Content::document()));
        registry.and_then(jsonschema::RegistryBuilder::prepare).ok()
    }
}
