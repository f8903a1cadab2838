//! Validation engines, and the choice between them.

use std::fmt;
use std::sync::LazyLock;

use serde_json::Value;

use super::Promises;
use super::reference::Reference;
use super::stream::Stream;
use super::undocumented::Memories;
use crate::error::{Error, named};
use crate::schema::Schema;
use crate::schema::model::Model;

/// What validates a body by a schema. All engines have the same results; they differ in speed and
/// memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// The streaming engine where it can run the schema, the reference engine otherwise.
    #[default]
    Auto,
    /// One pass over the bytes, without a tree. It runs the keywords that the contract uses and some more.
    Stream,
    /// A tree, validated by the `jsonschema` crate. It runs every schema.
    Reference,
}

impl Engine {
    /// Every engine.
    pub const ALL: &'static [Self] = &[Self::Auto, Self::Stream, Self::Reference];

    /// The name, as [`FromStr`](std::str::FromStr) takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Stream => "stream",
            Self::Reference => "reference",
        }
    }

    /// One line of help.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Auto => "stream where it can run the schema, reference otherwise",
            Self::Stream => "one pass over the bytes, in constant memory",
            Self::Reference => "the jsonschema crate, for every schema",
        }
    }
}

named!(Engine, "engine", ParseEngineError);

/// A schema made ready for every engine that can run it.
pub(super) struct Compiled {
    pub(super) promises: Promises,
    /// The streaming engine, or what of the schema it cannot run.
    stream: Result<Stream, String>,
    reference: LazyLock<Reference, Box<dyn FnOnce() -> Reference + Send>>,
    /// What the reference engine knows of members.
    pub(super) memories: Memories,
    /// The formats that no engine checks, each with one schema location.
    pub(super) unasserted: Vec<(String, String)>,
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").field("promises", &self.promises).finish_non_exhaustive()
    }
}

impl Compiled {
    pub(super) fn new(schema: &Schema, promises: Promises, marks: &[String]) -> Result<Self, Error> {
        // What is no valid schema is found here, whichever engine runs.
        let reference = Reference::new(schema)?;
        Ok(Self {
            stream: Stream::new(reference.model(), &promises, marks),
            promises,
            unasserted: reference.unasserted_formats().to_vec(),
            reference: LazyLock::new(Box::new(|| reference)),
            memories: Memories::default(),
        })
    }

    /// The same of a schema that is known to be valid, and perhaps of its table.
    #[expect(
        clippy::expect_used,
        reason = "only schemas of built-in contracts, which a test compiles, come here uncompiled"
    )]
    pub(super) fn of_valid(
        derive: fn() -> Value,
        table: Option<&'static str>,
        promises: Promises,
        marks: &[String],
    ) -> Self {
        let schema = move || Schema::from_value(derive());
        let compiled = || {
            let model = Model::of_valid(&schema()).map_err(|error| error.to_string())?;
            Stream::new(&model, &promises, marks)
        };
        let stream = table.and_then(|table| Stream::read(table, &promises, marks));
        Self {
            stream: stream.map_or_else(compiled, Ok),
            promises,
            unasserted: Vec::new(),
            reference: LazyLock::new(Box::new(move || {
                Reference::new(&schema()).expect("a valid schema compiles")
            })),
            memories: Memories::default(),
        }
    }

    /// The streaming engine, or why the reference engine runs instead.
    pub(super) fn engine(&self, requested: Engine) -> Result<&Stream, String> {
        match (requested, &self.stream) {
            (Engine::Reference, _) => Err("it was requested".to_owned()),
            (Engine::Auto | Engine::Stream, Ok(stream)) => Ok(stream),
            (_, Err(what)) => Err(format!("not supported by the streaming engine: {what}")),
        }
    }

    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }
}
