//! Validates by a weakened schema, for mutation testing.

use std::cell::RefCell;

use serde_json::Value;

use super::findings::PayloadText;
use super::reference::{Instrumentation, Trace};
use super::values::is_deeper;
use super::{Validation, Validator};
use crate::json;
use crate::schema::Weakening;
use crate::schema::decimals::has_rounded;
use crate::schema::digits::Digits;

impl Validator {
    /// Validates a body by the schema as it is, and returns the weakenings of the schema by which the result
    /// can change, each with whether a keyword is reported that it takes back. Findings have no line and
    /// column.
    #[must_use]
    pub fn validate_traced(&self, body: &[u8]) -> (Validation, Vec<(Weakening, bool)>) {
        let trace = RefCell::new(Trace::default());
        let validation =
            self.through(body, Instrumentation { trace: Some(&trace), ..Instrumentation::default() });
        (validation, trace.into_inner().into_sorted())
    }

    /// The same for a value that is parsed already.
    #[must_use]
    pub fn validate_value_traced(&self, value: &Value) -> (Validation, Vec<(Weakening, bool)>) {
        let trace = RefCell::new(Trace::default());
        let validation = self
            .validate_through(Instrumentation { trace: Some(&trace), ..Instrumentation::default() }, value);
        (validation, trace.into_inner().into_sorted())
    }

    /// The weakenings that [`Self::validate_traced`] returns, for a body that is validated already.
    #[must_use]
    pub fn weakenings_of(&self, body: &[u8]) -> Vec<(Weakening, bool)> {
        let Ok(text) = json::decode(body) else { return Vec::new() };
        let Ok((value, facts)) = self.parsed(text) else { return Vec::new() };
        self.weakenings(&value, facts.digits(text, &value).as_ref())
    }

    /// The same for a value that is parsed already.
    #[must_use]
    pub fn weakenings_of_value(&self, value: &Value) -> Vec<(Weakening, bool)> {
        self.weakenings(value, None)
    }

    fn weakenings(&self, value: &Value, digits: Option<&Digits>) -> Vec<(Weakening, bool)> {
        if is_deeper(value, self.max_depth) {
            return Vec::new();
        }
        let at = self.envelopes.of_value(value);
        let trace = RefCell::new(Trace::default());
        let traced = Instrumentation { trace: Some(&trace), digits, ..Instrumentation::default() };
        let instrumentation = self.instrumentation_of(at, traced);
        // What was found in a value that is nested too deeply for the schema counts as in `validate_traced`.
        let _ = self.envelopes.compiled(at).reference().each_violation(value, instrumentation, &mut |_| {});
        trace.into_inner().into_sorted()
    }

    /// Whether a body is certainly valid by the schema with one weakening of it: if so, `validate_weaker`
    /// finds it valid. Ends at the first violation, and refuses what takes more than a glance, such as a body
    /// with more than 128 levels or with a number that parsing rounds.
    #[must_use]
    pub fn accepts_weaker(&self, body: &[u8], weakening: &Weakening) -> bool {
        let value = json::decode(body).ok().and_then(|text| serde_json::from_slice(text).ok());
        let instrumentation = Instrumentation { weaker: Some(weakening), ..Instrumentation::default() };
        value.is_some_and(|value| !has_rounded(&value) && self.accepts_through(instrumentation, &value))
    }

    /// Validates a body by the schema with one weakening of it. Findings have no line and column.
    #[must_use]
    pub fn validate_weaker(&self, body: &[u8], weakening: &Weakening) -> Validation {
        self.through(body, Instrumentation { weaker: Some(weakening), ..Instrumentation::default() })
    }

    fn through(&self, body: &[u8], instrumentation: Instrumentation<'_>) -> Validation {
        let body = PayloadText::alone(body);
        Self::validation_by(body, |text| self.validate_by_reference(text, instrumentation))
    }
}
