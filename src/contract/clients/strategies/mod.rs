//! Generates realistic payloads of `GET /incoming/v2/clients`.
//!
//! The schema says what may be there; this says what usually is.

mod agreement;
mod arbitrary;
mod names;

use std::sync::OnceLock;

use proptest::strategy::{NewTree, Strategy};
use proptest::test_runner::{Reason, TestRunner};
use serde_json::{Value, json};

pub(crate) use arbitrary::typed;

use super::schema;
use crate::contract::Envelope;
use crate::error::Error;
use crate::generate::{Hint, Items, Kind, Knowledge, Member, Members, Recipe, SchemaStrategy, SchemaTree};
use crate::schema::{Keywords, keywords};

/// What names mean in this API.
struct Names {
    /// How many clients a response has.
    clients: Items,
}

impl Knowledge for Names {
    fn hint(&self, member: &Member<'_>) -> Hint {
        let large = matches!(member.kind, Kind::Array | Kind::Object | Kind::Mixed);
        // An object that the documentation page elides is here only to be recognised.
        let partial = member.definition.starts_with("Partial");
        let presence = match (partial, large) {
            (true, true) => 4,
            (true, false) => 14,
            // Pages with cursors have no numbers, but may.
            (false, false) if member.definition == "CursorInfo" && member.name != "cursor" => 2,
            (false, _) => 93,
        };
        let items = match member.name {
            "clients" if !partial => self.clients,
            // The list envelope.
            "data" if member.kind == Kind::Array => self.clients,
            "courses" | "courseIds" if !partial => Items::UpTo(4),
            "aggregations" => Items::UpTo(2),
            _ if partial => Items::UpTo(2),
            _ => Items::UpTo(3),
        };
        Hint { shape: names::shape(member), presence: Some(presence), null: Some(10), items: Some(items) }
    }

    fn reads(&self, member: &Member<'_>) -> bool {
        agreement::reads(member.name)
    }

    fn settle(&self, definition: &str, object: &Members<'_>) -> Vec<(String, Value)> {
        agreement::settle(definition, object)
    }
}

/// How to build responses with exactly so many clients each.
///
/// # Errors
///
/// Never for the published schema; see [`Recipe::new`].
pub fn recipe(clients: u32) -> Result<Recipe, Error> {
    Recipe::knowing(&schema(), Names { clients: Items::Exactly(clients) })
}

/// The same in an envelope.
pub(super) fn recipe_in(envelope: &Envelope, clients: u32) -> Result<Recipe, Error> {
    Recipe::knowing(envelope.schema(), Names { clients: Items::Exactly(clients) })
}

/// How to build objects of one definition; those of the `blank` ones inside it, which somebody fills in, have no members.
pub(super) fn recipe_of(definition: &str, blank: &[&str]) -> Result<Recipe, Error> {
    let mut schema = schema_of(definition);
    for name in blank {
        schema[keywords::names::DEFS][name] = json!({(keywords::names::CONST): {}});
    }
    Recipe::knowing(&schema, Names { clients: Items::UpTo(3) })
}

/// The schema of one definition.
fn schema_of(definition: &str) -> Value {
    let mut reference = Keywords::reference(definition);
    reference.set(keywords::names::DEFS, schema()[keywords::names::DEFS].take());
    reference.into()
}

/// A `proptest` strategy of payloads of this API.
#[derive(Debug)]
pub struct Payloads {
    /// The schema of what is drawn.
    schema: Value,
    clients: Items,
    strategy: OnceLock<Result<SchemaStrategy, Reason>>,
}

/// Whole responses, with up to three clients each.
///
/// ```
/// use clients_contract::clients;
/// use proptest::{prop_assert_eq, proptest};
///
/// proptest!(|(response in clients::responses().clients(2))| {
///     let clients = response.pointer("/data/Clients/clients").and_then(|clients| clients.as_array());
///     prop_assert_eq!(clients.map(Vec::len), Some(2));
/// });
/// ```
pub fn responses() -> Payloads {
    Payloads::of(None)
}

/// Single clients.
pub fn clients() -> Payloads {
    Payloads::of(Some("Client"))
}

/// Single courses.
pub fn courses() -> Payloads {
    Payloads::of(Some("Course"))
}

/// Single learning paths.
pub fn learning_paths() -> Payloads {
    Payloads::of(Some("LearningPath"))
}

/// Single licenses.
pub fn licenses() -> Payloads {
    Payloads::of(Some("License"))
}

impl Payloads {
    fn of(definition: Option<&'static str>) -> Self {
        Self::of_schema(definition.map_or_else(schema, schema_of))
    }

    fn of_schema(schema: Value) -> Self {
        Self { schema, clients: Items::UpTo(3), strategy: OnceLock::new() }
    }

    /// The same with exactly so many clients in a response.
    #[must_use]
    pub fn clients(self, count: u32) -> Self {
        Self { clients: Items::Exactly(count), strategy: OnceLock::new(), ..self }
    }

    fn strategy(&self) -> Result<SchemaStrategy, Reason> {
        let recipe = Recipe::knowing(&self.schema, Names { clients: self.clients });
        recipe.map(SchemaStrategy::from).map_err(|error| error.to_string().into())
    }
}

impl Strategy for Payloads {
    type Tree = SchemaTree;
    type Value = Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        self.strategy.get_or_init(|| self.strategy()).as_ref().map_err(Clone::clone)?.new_tree(runner)
    }
}
