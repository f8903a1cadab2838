//! Validates responses of an API against its contract.
//!
//! A [`Contract`] says what an API promises: schemas of its responses, how they are asked for page by page, and promises
//! that no schema can state. A validator checks payloads against it, and generators make payloads that keep it. In
//! somebody's own test that is a few lines:
//!
//! ```
//! use clients_contract::{Contract, Schema};
//! use serde_json::json;
//!
//! let schema = json!({"required": ["name"], "properties": {"name": {"type": "string"}}});
//! let things = Contract::builder("things", Schema::from_value(schema)).path("/v1/things/{id}").build()?;
//! let validation = things.validate(br#"{"name": "a"}"#);
//! assert!(validation.valid, "{validation}");
//! # Ok::<(), clients_contract::Error>(())
//! ```
//!
//! [`contract::ALL`] lists the contracts that are built in, each with types to read responses into and, with the feature
//! `generate`, strategies for property tests. [`Validator`] alone does with any JSON Schema.
//!
//! # Rooms
//!
//! | Room | Its question |
//! |---|---|
//! | [`contract`] | What does an API promise? The only room that knows one. |
//! | [`schema`] | What does the contract say, as a document? |
//! | [`payload`] | What arrived, and where did it come from? |
//! | [`untrusted`] | How is text printed that somebody else wrote? |
//! | [`validate`] | Does a payload keep the contract? |
//! | `drift` | What does traffic really look like? |
//! | [`finding`] | What was found, and how bad is it? |
//! | `report` | How are findings told to somebody? |
//! | `diff` | Did the contract change, and whom does that hurt? |
//! | `live` | What does a real instance answer, page by page? |
//! | `run` | How does a run go: sources in, payloads validated, findings reported? |
//! | `generate` | Which payloads keep a schema, and which break it in exactly one known way? |
//!
//! # Features
//!
//! `cli` (default) is the tool, `generate` the generators, `drift` watches traffic as a whole, `diff` compares two schemas,
//! `captures` reads what people record: HAR and its like, compressed or not; `live` walks a real instance; `reports`
//! gathers findings by cause, accepts those of a baseline, writes
//! reports, and has `run`, which does all of it as `validate` does. `default-features = false` leaves types, schema and validator.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod contract;
#[cfg(feature = "diff")]
pub mod diff;
#[cfg(feature = "drift")]
pub mod drift;
mod error;
pub mod finding;
#[cfg(feature = "generate")]
pub mod generate;
mod json;
#[cfg(feature = "live")]
pub mod live;
mod origin;
pub mod payload;
mod pointer;
#[cfg(feature = "reports")]
pub mod report;
#[cfg(feature = "reports")]
pub mod run;
pub mod schema;
pub mod untrusted;
pub mod validate;

pub use contract::folders::*;
pub use contract::{Contract, rules};
pub use error::{Error, ErrorKind};
pub use finding::{Finding, Rule, Severity};
pub use origin::Origin;
pub use payload::Payload;
pub use pointer::{Pointer, Token};
pub use schema::Schema;
pub use validate::{Validation, ValidationError, Validator};

#[cfg(all(doctest, feature = "generate", feature = "reports"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../docs/library.md")]
struct Library;
