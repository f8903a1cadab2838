//! Who else looks at payloads while they are validated?

use std::io::{self, Read};

use crate::payload::Payload;
use crate::validate::Judgement;

/// Sees every payload of a run once it is validated, on the thread that validated it and thus in any order.
pub trait Observe: Sync {
    /// Sees a payload.
    fn see(&self, payload: &Payload, judgement: &Judgement);

    /// Sees a payload that is too large to be held, while `validate` reads it.
    ///
    /// # Errors
    ///
    /// Those of `validate`.
    fn see_large(
        &self,
        reader: &mut dyn Read,
        validate: &mut dyn FnMut(&mut dyn Read) -> io::Result<Judgement>,
    ) -> io::Result<Judgement>;
}

#[cfg(feature = "drift")]
impl Observe for crate::drift::Watch<'_> {
    fn see(&self, payload: &Payload, judgement: &Judgement) {
        self.see(payload, judgement);
    }

    fn see_large(
        &self,
        reader: &mut dyn Read,
        validate: &mut dyn FnMut(&mut dyn Read) -> io::Result<Judgement>,
    ) -> io::Result<Judgement> {
        let mut seeing = self.reading(reader);
        let judgement = validate(&mut seeing)?;
        seeing.judged(&judgement);
        Ok(judgement)
    }
}
