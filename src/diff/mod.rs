//! Compares two schemas and reports which changes break consumers.
//!
//! In layers: two documents, pairs of their subschemas that apply to the same location of a payload
//! (alternatives are aligned), facts (what differs, and whether a value is admitted that was not before),
//! [`rules`] from the point of view of a consumer of responses, witnesses (payloads that show a fact) or
//! proofs that there is none, findings.
//!
//! ```
//! use clients_contract::diff::{Document, compare};
//!
//! let old = Document::parse("old.json", br#"{"properties": {"name": {"type": "string"}}}"#)?;
//! let new = Document::parse("new.json", br#"{"properties": {"name": {"type": ["string", "null"]}}}"#)?;
//! let comparison = compare(&old, &new);
//! assert_eq!(comparison.findings()[0].rule.id, "response-property-became-nullable");
//! assert_eq!(comparison.witness(0).ok(), Some(serde_json::json!({"name": null})));
//! # Ok::<(), clients_contract::Error>(())
//! ```

mod align;
mod annotations;
mod answers;
mod candidates;
mod changelog;
mod combined;
mod comparison;
mod conditions;
mod document;
mod effort;
mod fact;
mod given;
mod inside;
mod matching;
mod message;
mod moves;
mod pairs;
mod proof;
mod refused;
pub mod rules;
mod sample;
mod scalars;
mod side;
mod sites;
mod witness;

pub use comparison::{Bump, Comparison, compare};
pub use document::Document;
