//! Validates responses of an API against its contract.
//!
//! A [`Contract`] describes an API: the schemas of its responses, its paging, and invariants that no schema
//! can express. A validator checks payloads against it, and generators make payloads that satisfy it. In a
//! test of your own:
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
//! [`contract::ALL`] lists the built-in contracts, each with types to deserialize responses into and, with
//! the feature `generate`, strategies for property tests. [`Validator`] alone works with any JSON Schema.
//!
//! # Modules
//!
//! | Module | Contents |
//! |---|---|
//! | [`contract`] | contracts of APIs, the built-in ones and your own |
//! | [`schema`] | JSON Schemas: loading, drafts, references |
//! | [`payload`] | payloads, and reading them from files and captures |
//! | [`untrusted`] | printing untrusted text safely |
//! | [`validate`] | validation of payloads |
//! | `drift` | statistics of traffic, compared with the contract |
//! | [`finding`] | findings, rules, severities, baselines |
//! | `report` | report formats |
//! | `diff` | changes between two schemas, and which consumers break |
//! | `export` | contracts in other notations |
//! | `live` | walks of a live instance, page by page |
//! | `run` | runs: sources in, payloads validated, findings reported |
//! | `serve` | a mock server of an API |
//! | `redact` | captures that can be shared |
//! | `generate` | valid payloads of a schema, and payloads with exactly one known violation |
//!
//! # Features
//!
//! `cli` (default) is the command line tool, `generate` the generators, `drift` statistics of traffic, `diff`
//! the comparison of schemas; `captures` reads HAR and other captures, compressed or not; `live` walks a live
//! instance; `redact` removes personal data and secrets from them; `export` writes contracts in other notations; `serve` is a
//! mock server of an API; `reports` groups findings, applies baselines, writes reports, and has `run`, which does what the
//! command `validate` does. `default-features = false` leaves types, schemas and the validator.
#![cfg_attr(test, allow(clippy::unwrap_used))]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod contract;
#[cfg(feature = "diff")]
pub mod diff;
#[cfg(feature = "drift")]
pub mod drift;
mod error;
#[cfg(feature = "export")]
pub mod export;
pub mod finding;
#[cfg(feature = "generate")]
pub mod generate;
mod json;
#[cfg(feature = "live")]
pub mod live;
mod origin;
pub mod payload;
mod pointer;
#[cfg(feature = "redact")]
pub mod redact;
#[cfg(feature = "reports")]
pub mod report;
#[cfg(feature = "reports")]
pub mod run;
pub mod schema;
#[cfg(feature = "serve")]
pub mod serve;
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
