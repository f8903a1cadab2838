//! Validates a payload with the reference engine.

use std::cell::{Cell, RefCell};

use serde_json::Value;

use super::engine::Compiled;
use super::ledger::Ledger;
use super::reference::Instrumentation;
use super::text::{Fact, TextFacts};
use super::undocumented::{Hints, Known};
use super::validating::{Validated, parse};
use super::{Validator, Violation, filter, invariant, message, span, text, undocumented};
use crate::finding::rules;
use crate::json::SyntaxError;

impl Validator {
    pub(super) fn validate_by_reference(
        &self,
        text: &[u8],
        instrumentation: Instrumentation<'_>,
    ) -> Result<Validated, SyntaxError> {
        let (value, facts) = self.parsed(text)?;
        let digits = facts.digits(text, &value);
        let instrumentation = Instrumentation { digits: digits.as_ref(), ..instrumentation };
        let of_text = |take: &mut dyn FnMut(Violation)| {
            facts.each(text, |fact, pointer| {
                let message = if fact == Fact::Overflow { message::overflow() } else { message::duplicate() };
                take(Violation::with_message(message, pointer));
            });
        };
        let mut validated = self.validate_tree(&value, of_text, instrumentation)?;
        if instrumentation.is_clear() {
            span::locate(text, &mut validated.kept.violations);
        }
        Ok(validated)
    }

    /// The value of a text, and what parsing loses.
    pub(super) fn parsed(&self, text: &[u8]) -> Result<(Value, TextFacts), SyntaxError> {
        let facts = text::facts(text, self.max_depth)?;
        Ok((parse(&text::with_numbers_that_fit(text, &facts))?, facts))
    }

    /// What is wrong with a value, and with the text that it was read from; none of it is located.
    pub(super) fn validate_tree(
        &self,
        value: &Value,
        of_text: impl Fn(&mut dyn FnMut(Violation)),
        instrumentation: Instrumentation<'_>,
    ) -> Result<Validated, SyntaxError> {
        let at = self.envelopes.of_value(value);
        let compiled = self.envelopes.compiled(at);
        let instrumentation = self.instrumentation_of(at, instrumentation);
        let model = compiled.reference().model();
        compiled.memories.with(model, |known| {
            let ledger = self.filtered(compiled, value, of_text, instrumentation, known)?;
            let hints = Hints::new(model, known, value);
            let hint = |violation: &Violation, _: Option<&()>| {
                let is_undocumented = *violation.rule == rules::UNDOCUMENTED_PROPERTY;
                is_undocumented.then(|| hints.of(&violation.pointer)).flatten()
            };
            Ok(self.promised(at, ledger, hint, |watch| invariant::watched_values(watch, value)))
        })
    }

    /// The findings of the reference engine in a value, and those about its text.
    fn filtered(
        &self,
        compiled: &Compiled,
        value: &Value,
        of_text: impl Fn(&mut dyn FnMut(Violation)),
        instrumentation: Instrumentation<'_>,
        known: &RefCell<Known>,
    ) -> Result<Ledger<()>, SyntaxError> {
        let reference = compiled.reference();
        let too_deep = Cell::new(None);
        let ledger = filter::filtered(self.limits, |take: &mut dyn FnMut(Violation)| {
            if let Err(syntax_error) = reference.each_violation(value, instrumentation, take) {
                too_deep.set(Some(syntax_error));
            }
            let known = (reference.model(), &mut *known.borrow_mut());
            undocumented::each(known, value, compiled.promises.elision, take);
            of_text(take);
        });
        too_deep.take().map_or(Ok(ledger), Err)
    }
}
