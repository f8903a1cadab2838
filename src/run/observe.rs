//! Observers that see each payload while it is validated.

use std::io::{self, Read};

use crate::payload::Payload;
use crate::validate::Validation;

/// Sees every payload of a run once it is validated, on the thread that validated it and thus in any order.
pub trait Observe: Sync {
    /// Sees a payload.
    fn see(&self, payload: &Payload, validation: &Validation);

    /// Sees a payload that is too large to be held, while `validate` reads it.
    ///
    /// # Errors
    ///
    /// Those of `validate`.
    fn see_large(
        &self,
        reader: &mut dyn Read,
        validate: &mut dyn FnMut(&mut dyn Read) -> io::Result<Validation>,
    ) -> io::Result<Validation>;
}

#[cfg(feature = "drift")]
impl Observe for crate::drift::Watch<'_> {
    fn see(&self, payload: &Payload, validation: &Validation) {
        self.see(payload, validation);
    }

    fn see_large(
        &self,
        reader: &mut dyn Read,
        validate: &mut dyn FnMut(&mut dyn Read) -> io::Result<Validation>,
    ) -> io::Result<Validation> {
        let mut seeing = self.reading(reader);
        let validation = validate(&mut seeing)?;
        seeing.validated(&validation);
        Ok(validation)
    }
}
