//! Does `GET /incoming/v2/clients` of Thought Industries keep its contract?
//!
//! Rust types derive the JSON Schema of the response, a validator checks payloads against it, and
//! generators make payloads that keep it. In somebody's own test that is three lines:
//!
//! ```
//! use clients_contract::Contract;
//!
//! let body = std::fs::read("fixtures/valid/minimal.json")?;
//! let judgement = Contract::clients().validate(&body);
//! assert!(judgement.valid, "{judgement}");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`Validator`] does the same for any JSON Schema, [`clients::ClientsResponse`] reads a response
//! into types, and with the feature `generate` `clients::responses()` is a strategy for
//! property tests.
//!
//! # Rooms
//!
//! | Room | Its question |
//! |---|---|
//! | [`contract`] | What does an API promise? The only room that knows this one. |
//! | [`schema`] | What does the contract say, as a document? |
//! | [`payload`] | What arrived, and where did it come from? |
//! | [`untrusted`] | How is text printed that somebody else wrote? |
//! | [`validate`] | Does a payload keep the contract? |
//! | `drift` | What does traffic really look like? |
//! | [`finding`] | What was judged, and how bad is it? |
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

pub use contract::{Contract, clients, rules};
pub use error::{Error, ErrorKind};
pub use finding::{Finding, Rule, Severity};
pub use origin::Origin;
pub use payload::Payload;
pub use pointer::{Pointer, Token};
pub use schema::Schema;
pub use validate::{Judgement, Validator};

#[cfg(all(doctest, feature = "generate"))]
#[doc = include_str!("../README.md")]
struct Readme;
