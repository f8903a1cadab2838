//! Validates by a weakened schema, for mutation testing.

use std::cell::RefCell;

use super::findings::PayloadText;
use super::reference::{Instrumentation, Trace};
use super::{NOWHERE, Validation, Validator};
use crate::schema::Weakening;

impl Validator {
    /// Validates a body by the schema as it is, and says by which weakenings of the schema the result can
    /// change, each with whether a keyword is reported that it takes back.
    #[must_use]
    pub fn validate_traced(&self, body: &[u8]) -> (Validation, Vec<(Weakening, bool)>) {
        let trace = RefCell::new(Trace::default());
        let validation =
            self.through(body, Instrumentation { trace: Some(&trace), ..Instrumentation::default() });
        (validation, trace.into_inner().into_sorted())
    }

    /// Validates a body by the schema with one weakening of it.
    #[must_use]
    pub fn validate_weaker(&self, body: &[u8], weakening: &Weakening) -> Validation {
        self.through(body, Instrumentation { weaker: Some(weakening), ..Instrumentation::default() })
    }

    fn through(&self, body: &[u8], instrumentation: Instrumentation<'_>) -> Validation {
        Self::validation_by(PayloadText { origin: &NOWHERE, bytes: body, line: 1 }, |text| {
            self.validate_by_reference(text, instrumentation)
        })
    }
}
