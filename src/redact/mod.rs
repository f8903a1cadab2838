//! Rewrites captures so that they can be shared: they keep their findings, and say nothing about people.
//!
//! A [`Policy`] says what is done with each field, [`Key`] is what pseudonyms are made with, and a
//! [`Redactor`] rewrites bodies and the texts around them. The same value has the same pseudonym in every
//! body with the same key, so that references still resolve.

mod addresses;
mod body;
mod cache;
mod captures;
mod checks;
mod dates;
mod facts;
mod key;
mod leaks;
mod masking;
mod names;
mod numbers;
mod policy;
mod pseudonyms;
mod redactor;
mod replacing;
mod reserved;
mod shape;
mod sites;
mod summary;
mod tokens;
mod treatment;
mod values;
mod vocabulary;
mod written;

#[cfg(feature = "live")]
pub use captures::Recording;
pub use captures::{Outside, Rewritten, kept_headers, rewrite};
pub use facts::{Facts, Fields};
pub use key::Key;
pub use leaks::{Leak, LeakSearch, Leaks, ORIGINAL, ParseLeakRuleError, SHAPES, leak_rule, leak_rules};
pub use policy::{Policy, Row};
pub use redactor::{BodyOutcome, DEFAULT_MAX_REMEMBERED, Redactor};
pub use summary::Summary;
pub use treatment::{Class, ParseTreatmentError, Treatment};
pub use vocabulary::Vocabulary;
pub use written::{MIN_SEARCHED, Written};
