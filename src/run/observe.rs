//! Observers that see each payload while it is validated.

use std::io::{self, Read};

use crate::payload::Payload;
use crate::validate::{Validation, Validator};

/// Validates every payload of a run and sees what is in it, on any thread and thus in any order.
pub trait Observe: Sync {
    /// As [`Validator::validate_payload`].
    fn validate_payload(&self, validator: &Validator, payload: &Payload) -> Validation;

    /// As [`Validator::validate_reader`], of a payload that is too large to be held.
    ///
    /// # Errors
    ///
    /// Errors of the reader.
    fn validate_reader(
        &self,
        validator: &Validator,
        location: &Payload,
        reader: &mut dyn Read,
    ) -> io::Result<Validation>;
}

#[cfg(feature = "drift")]
impl Observe for crate::drift::Watch<'_> {
    fn validate_payload(&self, validator: &Validator, payload: &Payload) -> Validation {
        self.validate_payload(validator, payload)
    }

    fn validate_reader(
        &self,
        validator: &Validator,
        location: &Payload,
        reader: &mut dyn Read,
    ) -> io::Result<Validation> {
        self.validate_reader(validator, location, reader)
    }
}
