//! Generates payloads that are valid against a schema, or violate it in exactly one known way.
//!
//! One generator serves every purpose: it turns a sequence of [`Choices`] into a value that keeps
//! the schema by construction, whatever the choices are. Fresh choices make bulk data
//! ([`Generator`]) and property tests ([`strategy()`]); recorded choices, made smaller, make the
//! shrunk counter-examples of those tests; choices also decide where a value is violated
//! ([`Catalogue`]). Nothing is generated and then thrown away.
//!
//! What a schema cannot express (that `slug` looks like a slug) comes from outside, as [`Knowledge`].
//!
//! ```
//! use clients_contract::generate::{Generator, Recipe};
//! use serde_json::json;
//!
//! let schema = json!({"type": "object", "required": ["seats"], "properties": {
//!     "seats": {"type": "integer", "minimum": 0, "maximum": 9}
//! }});
//! let seats = Generator::new(Recipe::new(&schema)?, 7).next().and_then(|value| value["seats"].as_u64());
//! assert!(seats.is_some_and(|seats| seats <= 9));
//! # Ok::<(), clients_contract::Error>(())
//! ```

mod assignment;
mod choices;
mod drawn;
mod filler;
mod generator;
mod knowledge;
mod moments;
pub mod mutate;
mod outline;
mod plan;
mod preset;
mod recipe;
mod shrink;
mod sink;
mod strategy;
mod style;
mod text;
mod violations;

pub use assignment::Assignment;
pub use choices::Choices;
pub use drawn::{Drawn, Members};
pub use generator::Generator;
pub use knowledge::{Hint, Items, Kind, Knowledge, Member, Shape};
pub use moments::instant;
#[cfg(feature = "redact")]
pub(crate) use moments::{civil, day_number};
pub(crate) use outline::Outline;
pub use preset::Preset;
pub use recipe::Recipe;
pub use shrink::SchemaTree;
pub(crate) use sink::{JsonText, Sink};
pub use strategy::{SchemaStrategy, strategy};
pub use style::{Extent, Style, Texts};
pub use text::TextSink;
pub use violations::{BrokenPayload, Catalogue, CustomViolation, LabelledPayload, Target};
