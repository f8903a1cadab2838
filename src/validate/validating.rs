//! Validates a text with the chosen engine and the schema of its envelope.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::ledger::{Kept, Ledger};
use super::reference::Instrumentation;
use super::stream::{Found, Observer, Stream};
use super::{Validator, Violation, WatchedValues, envelope, invariant, message};
use crate::finding::{Rule, Scope, rules};
use crate::json::{SyntaxError, SyntaxErrorKind};
use crate::pointer::Pointer;

impl Validator {
    /// Every violation of a text with its span, and what a sequence wants to see.
    pub(super) fn validate_text(
        &self,
        text: &[u8],
        observer: &mut impl Observer,
    ) -> Result<Validated, SyntaxError> {
        let at = self.envelopes.of_beginning(text).unwrap_or_else(|| self.envelopes.first_index());
        let meant = match self.envelopes.compiled(at).engine(self.engine) {
            Err(_) => return self.validate_by_reference(text, Instrumentation::default()),
            Ok(stream) => {
                let found = stream.validate(text, self.max_depth, self.limits, observer)?;
                let meant = self.meant(stream, &found);
                if meant == at {
                    return Ok(self.validated(at, stream, found, false));
                }
                meant
            }
        };
        // Of several marks the first one in the text was not the one that counts.
        match self.envelopes.compiled(meant).engine(self.engine) {
            Err(_) => {
                observer.begins(None);
                self.validate_by_reference(text, Instrumentation::default())
            }
            Ok(stream) => {
                let found = stream.validate(text, self.max_depth, self.limits, observer)?;
                Ok(self.validated(meant, stream, found, false))
            }
        }
    }

    /// The envelope of a payload that was looked at as a whole.
    pub(super) fn meant(&self, stream: &Stream, found: &Found) -> usize {
        self.envelopes.of_seen(|mark| stream.marked(&found.seen, mark))
    }

    /// What was found in a payload of this envelope, or of another one, which was recognised too late.
    pub(super) fn validated(&self, at: usize, stream: &Stream, found: Found, is_other: bool) -> Validated {
        let Found { mut ledger, uncompared, seen } = found;
        if is_other {
            let root = stream.watched_values(&seen, envelope::ROOT);
            for (violation, span) in
                root.with_spans(vec![Violation::with_message(message::late_envelope(), Pointer::root())])
            {
                ledger.add(violation, span, &[]);
            }
        }
        let hint = |violation: &Violation, absent: Option<&_>| stream.hint(violation, absent);
        let validated = self.promised(at, ledger, hint, |watch| stream.watched_values(&seen, watch));
        Validated { uncompared, ..validated }
    }

    /// What is kept of the findings of the schema and of those that invariants add.
    pub(super) fn promised<H>(
        &self,
        at: usize,
        mut ledger: Ledger<H>,
        hint: impl Fn(&Violation, Option<&H>) -> Option<String>,
        see: impl Fn(&'static [&'static str]) -> WatchedValues,
    ) -> Validated {
        let promises = &self.envelopes.compiled(at).promises;
        let (mut found, replaced) = invariant::check(&promises.invariants, &see);
        let is_accepted = self.envelopes.is_accepted(at);
        let valid = is_accepted && !ledger.any(|rule| matches!(rule.scope, Scope::Schema(_)));
        if !is_accepted && !replaced {
            let differs =
                Violation::new(&rules::ENVELOPE_DIFFERS, Pointer::root(), self.envelopes.differs(at));
            found.extend(see(envelope::ROOT).with_spans(vec![differs]));
        }
        // An invariant that speaks instead of the schema explains what the schema has to say.
        let explained = |rule: &Rule| {
            let of_schema = matches!(rule.scope, Scope::Schema(_) | Scope::Member);
            of_schema && *rule != rules::DUPLICATE_KEY
        };
        let excused = replaced && ledger.any(explained);
        if excused {
            ledger.forget(explained);
        }
        for (violation, span) in found {
            ledger.add(violation, span, &[]);
        }
        let sequence = promises.sequence.filter(|_| !excused);
        let seen = sequence.map(|sequence| see(sequence.watch));
        let envelope = self.envelopes.name(at).cloned();
        let (kept, in_first) = (ledger.finish(hint), self.envelopes.is_first(at));
        Validated { kept, valid, envelope, in_first, answered: !replaced, uncompared: false, seen }
    }
}

/// What was found in a body that is JSON.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub(super) struct Validated {
    pub(super) kept: Kept,
    pub(super) valid: bool,
    pub(super) envelope: Option<Arc<str>>,
    /// Whether that is the first one that is accepted.
    pub(super) in_first: bool,
    /// Whether no invariant has found it to be something else than a response.
    pub(super) answered: bool,
    pub(super) uncompared: bool,
    pub(super) seen: Option<WatchedValues>,
}

pub(super) fn parse(text: &[u8]) -> Result<Value, SyntaxError> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    // The text was read before, and its nesting measured.
    deserializer.disable_recursion_limit();
    Value::deserialize(&mut deserializer).map_err(|error| SyntaxError {
        kind: SyntaxErrorKind::NotJson,
        offset: 0,
        what: format!("not JSON: {error}"),
    })
}
