//! Did the contract change, and whom does that hurt?
//!
//! Facts first (what differs, where, and whether a value comes through that did not before), then one
//! opinion a rule ([`rules`]), from the point of view of somebody who reads responses.
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

mod changelog;
mod comparison;
mod document;
mod effort;
mod fact;
mod keywords;
mod kinds;
mod moves;
mod opinion;
mod others;
mod parts;
mod probes;
pub mod rules;
mod same;
mod view;
mod walk;
mod witness;
mod words;

pub use comparison::{Bump, Comparison, compare};
pub use document::Document;
