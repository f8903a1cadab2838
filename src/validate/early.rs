//! Validates without findings: valid or not.

use std::borrow::Cow;

use super::Validator;
use super::reference::Instrumentation;
use super::stream::First;
use super::text::{self, Fact};
use super::validating::parse;
use crate::finding::{Rule, Scope};
use crate::json::{self, Event, Scanner};

impl Validator {
    /// Whether a body is valid: what [`Validation::valid`](super::Validation::valid) says after
    /// [`Self::validate`]. Behind the object or array in which the first violation is, the text is only
    /// searched for keys that come again, as the last one of a key counts.
    ///
    /// ```
    /// use clients_contract::{Schema, Validator};
    /// use serde_json::json;
    ///
    /// let validator = Validator::new(&Schema::from_value(json!({"required": ["name"]})))?;
    /// assert!(validator.is_valid(br#"{"name": "a"}"#));
    /// assert!(!validator.is_valid(br#"{"name": "a""#));
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    #[must_use]
    pub fn is_valid(&self, body: &[u8]) -> bool {
        let Ok(text) = json::decode(body) else { return false };
        let at = self.envelopes.of_beginning(text).unwrap_or_else(|| self.envelopes.first_index());
        let Ok(stream) = self.envelopes.compiled(at).engine(self.engine) else {
            return self.is_valid_by_reference(text);
        };
        match stream.validate_to_violation(text, self.max_depth, self.limits) {
            First::NotJson => false,
            First::Violation(offset) if counts(text, offset) && self.envelopes.of_text(text) == at => false,
            First::End(found) if self.meant(stream, &found) == at => {
                let of_schema = |rule: &Rule| matches!(rule.scope, Scope::Schema(_));
                self.envelopes.is_accepted(at) && !found.ledger.any(of_schema)
            }
            _ => self.validate_text(text, &mut ()).is_ok_and(|validated| validated.valid),
        }
    }

    fn is_valid_by_reference(&self, text: &[u8]) -> bool {
        let Ok(facts) = text::facts(text, self.max_depth) else { return false };
        let mut overflows = false;
        facts.each(text, |fact, _| overflows |= fact == Fact::Overflow);
        let parsed = if overflows { None } else { parse(&text::with_numbers_that_fit(text, &facts)).ok() };
        parsed.is_some_and(|value| {
            let digits = facts.digits(text, &value);
            let exact = Instrumentation { digits: digits.as_ref(), ..Instrumentation::default() };
            self.accepts_through(exact, &value)
        })
    }
}

/// Whether what is wrong before this byte counts: no key of the objects around it comes again behind it.
fn counts(text: &[u8], offset: usize) -> bool {
    let mut scanner = Scanner::new(text, usize::MAX);
    // The key of the present member of each object that is open; an array has none.
    let mut open: Vec<Option<Cow<'_, str>>> = Vec::new();
    // How many objects and arrays around the byte are open still.
    let mut around = None;
    while let Ok(Some(event)) = scanner.step() {
        let (Event::Begin { at, .. }
        | Event::End { end: at }
        | Event::Key { at, .. }
        | Event::Scalar { at, .. }) = event;
        if at > offset {
            around.get_or_insert(open.len());
        }
        match event {
            Event::Begin { .. } => open.push(None),
            Event::End { .. } => {
                open.pop();
                around = around.map(|around| around.min(open.len()));
            }
            Event::Key { raw, .. } if around.is_none_or(|around| open.len() <= around) => {
                let Some(present) = open.last_mut() else { continue };
                let key = raw.decode();
                if around.is_none() {
                    *present = Some(key);
                } else if *present == Some(key) {
                    return false;
                }
            }
            Event::Key { .. } | Event::Scalar { .. } => {}
        }
    }
    true
}
