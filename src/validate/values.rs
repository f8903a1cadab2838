//! Validates values that are not text: `serde_json` values and serializable types.

use serde::Serialize;
use serde_json::Value;

use super::findings::{PayloadText, validation};
use super::reference::Instrumentation;
use super::span::{self, TextSpan};
use super::{Validation, Validator};
use crate::error::{Error, ErrorKind};
use crate::json::SyntaxError;

impl Validator {
    /// Validates a value that is parsed already: findings are those of its compact JSON text, with lines and
    /// columns in that. The reference engine reads the value as it is; the text is written only where
    /// something is found. A value that is nested too deeply has that finding at its beginning.
    ///
    /// ```
    /// use clients_contract::{Schema, Validator};
    /// use serde_json::json;
    ///
    /// let schema = Schema::from_value(json!({"properties": {"name": {"type": "string"}}}));
    /// let validation = Validator::new(&schema)?.validate_value(&json!({"id": 7, "name": null}));
    /// assert_eq!(validation.findings[1].message(), "`/name`: null is not allowed");
    /// assert_eq!(validation.findings[1].column, 16);
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    #[must_use]
    pub fn validate_value(&self, value: &Value) -> Validation {
        self.validate_through(Instrumentation::default(), value)
    }

    /// Validates a value by the schema as it is instrumented, or traced.
    pub(super) fn validate_through(&self, instrumentation: Instrumentation<'_>, value: &Value) -> Validation {
        let syntax_error = is_deeper(value, self.max_depth).then(|| SyntaxError::too_deep(0, self.max_depth));
        let validated = syntax_error.map_or_else(|| self.validate_tree(value, |_| {}, instrumentation), Err);
        let mut text = String::new();
        let validated =
            validated.map_err(|syntax_error| (syntax_error, TextSpan::default())).map(|mut validated| {
                if instrumentation.is_clear() && !validated.kept.violations.is_empty() {
                    text = value.to_string();
                    span::locate(text.as_bytes(), &mut validated.kept.violations);
                }
                validated
            });
        validation(PayloadText::alone(text.as_bytes()), validated)
    }

    /// Validates what a value is written as: the JSON text that `serde_json` makes of it, keys that come
    /// twice included.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when the value cannot be written as JSON, such as a map whose keys are no
    /// strings.
    ///
    /// ```
    /// use clients_contract::{Schema, Validator};
    /// use serde_json::json;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Thing {
    ///     name: Option<&'static str>,
    /// }
    ///
    /// let schema = Schema::from_value(json!({"properties": {"name": {"type": "string"}}}));
    /// let validation = Validator::new(&schema)?.validate_serializable(&Thing { name: None })?;
    /// assert_eq!(validation.findings[0].rule.id, "null-value");
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    pub fn validate_serializable<T: Serialize + ?Sized>(&self, value: &T) -> Result<Validation, Error> {
        let text = serde_json::to_vec(value).map_err(|error| {
            Error::new(ErrorKind::Input, "value", "cannot be written as JSON").because(error)
        })?;
        Ok(self.validate(&text))
    }

    /// Whether a value that is parsed already is valid: what [`Validation::valid`] says after
    /// [`Self::validate_value`]. It ends at the first violation.
    #[must_use]
    pub fn is_valid_value(&self, value: &Value) -> bool {
        self.accepts_through(Instrumentation::default(), value)
    }

    /// Whether a value is valid by the schema as it is instrumented.
    pub(super) fn accepts_through(&self, instrumentation: Instrumentation<'_>, value: &Value) -> bool {
        let at = self.envelopes.of_value(value);
        self.envelopes.is_accepted(at)
            && !is_deeper(value, self.max_depth)
            && self
                .envelopes
                .compiled(at)
                .reference()
                .accepts(value, self.instrumentation_of(at, instrumentation))
    }

    /// What is weaker, or traced, is the schema of the first envelope.
    pub(super) fn instrumentation_of<'e>(
        &self,
        at: usize,
        instrumentation: Instrumentation<'e>,
    ) -> Instrumentation<'e> {
        let clear = Instrumentation { digits: instrumentation.digits, ..Instrumentation::default() };
        if self.envelopes.is_first(at) { instrumentation } else { clear }
    }
}

/// Whether objects and arrays are nested in more than this number of levels.
pub(super) fn is_deeper(value: &Value, levels: usize) -> bool {
    let inside = |value: &Value| is_deeper(value, levels - 1);
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(inside),
        Value::Object(members) => levels == 0 || members.values().any(inside),
        _ => false,
    }
}
