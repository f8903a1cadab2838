//! Validates payloads that belong together, such as the pages of a walk.

use super::Validation;
use super::findings::{PayloadText, findings};
use super::invariant::{Links, SequenceInvariant, SequenceValidator};
use super::ledger::{Kept, Ledger, Limits};
use super::span::{self, TextSpan};
use crate::finding::Finding;
use crate::json;
use crate::payload::Payload;

/// Validates payloads in the order in which they came; see
/// [`Validator::sequence`](super::Validator::sequence).
pub struct Sequence {
    validator: Option<Box<dyn SequenceValidator>>,
}

impl Sequence {
    pub(super) fn new(invariant: Option<&SequenceInvariant>) -> Self {
        Self { validator: invariant.map(|invariant| (invariant.start)()) }
    }

    /// Keeps how the payloads that follow may belong to others: memory grows with them.
    pub fn keep_links(&mut self) {
        if let Some(validator) = &mut self.validator {
            validator.keep_links();
        }
    }

    /// How the payloads since [`keep_links`](Self::keep_links) may belong to others before or after them.
    #[must_use]
    pub fn links(&self) -> Links {
        self.validator.as_ref().map_or_else(Links::default, |validator| validator.links())
    }

    /// Validates the next payload against those before it. Payloads that could not be validated are skipped.
    pub fn next(&mut self, payload: &Payload, validation: &Validation) -> Vec<Finding> {
        let (Some(validator), Some(seen)) = (&mut self.validator, &validation.seen) else {
            return Vec::new();
        };
        let violations = validator.next(payload, seen);
        if violations.is_empty() {
            return Vec::new();
        }
        let mut ledger: Ledger<()> = Ledger::new(Limits::default());
        for (violation, span) in seen.with_spans(violations) {
            ledger.add(violation, span, &[]);
        }
        let Kept { mut violations, .. } = ledger.finish(|_, _| None);
        if violations.iter().any(|(_, span)| *span == TextSpan::default()) {
            let text = json::decode(payload.bytes()).unwrap_or_default();
            span::locate(text, &mut violations);
        }
        findings(PayloadText::of(payload), violations)
    }
}

impl std::fmt::Debug for Sequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sequence").finish_non_exhaustive()
    }
}
