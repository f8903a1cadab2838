//! What somebody who knows an API knows of its fields.

use std::fmt::Debug;

use super::treatment::Treatment;
use crate::schema::Schema;
use crate::validate::Secrets;

/// What somebody knows of the fields of an API. `()` knows nothing: what a field is follows from its schema
/// and its name then.
pub trait Fields: Debug + Send + Sync {
    /// What is done with the values of a field, or with the items of an array in it. Asked once for every
    /// member of the schema: `definition` is the name of its object in `$defs`, and empty elsewhere.
    fn treatment(&self, definition: &str, name: &str) -> Option<Treatment>;

    /// Names of members that the schema does not have and that say nothing about anybody: those of errors.
    fn names(&self) -> &'static [&'static str] {
        &[]
    }
}

impl Fields for () {
    fn treatment(&self, _: &str, _: &str) -> Option<Treatment> {
        None
    }
}

/// What a policy is made of.
#[derive(Debug)]
pub struct Facts<'f> {
    /// The schemas of all envelopes, each with its name.
    pub schemas: Vec<(&'f str, &'f Schema)>,
    /// Members whose values are masked.
    pub secrets: &'f Secrets,
    /// A key and a text that mark an omission, and are kept.
    pub elision: Option<(&'static str, &'static str)>,
    /// What is known of the fields.
    pub fields: &'f dyn Fields,
}
