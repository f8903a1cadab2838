//! Rewrites bodies and the texts around them.

use std::io::{self, Write};
use std::sync::Arc;

use super::body::{Rewriting, Stopped};
use super::key::Key;
use super::masking;
use super::policy::Policy;
use super::replacing::Replacer;
use super::sites::Sites;
use super::summary::Summary;
use super::treatment::Treatment;
use super::values::Values;
use super::written::Written;
use crate::json::{self, SyntaxError};

/// Number of distinct values that are remembered for the search for leaks, unless another one is given.
pub const DEFAULT_MAX_REMEMBERED: usize = 1_000_000;

/// How a body was rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyOutcome {
    /// Value by value.
    Rewritten,
    /// Value by value up to this byte, where it stops to be JSON; the rest is masked.
    MaskedFrom(usize),
    /// It is not UTF-8 and was masked as a whole.
    Masked,
}

/// Rewrites bodies and the texts around them, so that they say the same about an API and nothing about people.
///
/// ```
/// use clients_contract::redact::{Facts, Key, Policy, Redactor};
/// use clients_contract::{Schema, validate::Secrets};
///
/// let schema = Schema::from_value(serde_json::json!({"properties": {
///     "name": {"type": "string"}, "kind": {"enum": ["a", "b"]}
/// }}));
/// let secrets = Secrets::new(["token"]);
/// let facts = Facts { schemas: vec![("", &schema)], secrets: &secrets, elision: None, fields: &() };
/// let key = Key::new(b"0123456789abcdef")?;
/// let mut redactor = Redactor::new(Policy::of(&facts)?, &key);
/// let mut out = Vec::new();
/// redactor.body(br#"{"name": "Acme", "kind": "a", "token": "x"}"#, &mut out).unwrap();
/// let text = String::from_utf8(out).unwrap();
/// assert!(text.contains(r#""kind": "a", "token": "masked""#) && !text.contains("Acme"));
/// # Ok::<(), clients_contract::Error>(())
/// ```
pub struct Redactor {
    policy: Arc<Policy>,
    sites: Sites,
    replacer: Replacer,
    buffer: Vec<u8>,
    max_remembered: usize,
}

impl Redactor {
    /// A redactor by this policy, whose pseudonyms are made with this key.
    #[must_use]
    pub fn new(policy: Policy, key: &Key) -> Self {
        Self::of(Arc::new(policy), Values::new(key), DEFAULT_MAX_REMEMBERED)
    }

    fn of(policy: Arc<Policy>, values: Values, max_remembered: usize) -> Self {
        let sites = Sites::new(&policy);
        let replacer = Replacer::new(values, max_remembered);
        Self { policy, sites, replacer, buffer: Vec::new(), max_remembered }
    }

    /// The same redactor, which remembers at most so many values. Those that it knows are forgotten.
    #[must_use]
    pub fn max_remembered(self, values: usize) -> Self {
        Self::of(self.policy, self.replacer.values, values)
    }

    /// Another redactor that makes the same pseudonyms and has done nothing yet, for another thread.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::of(Arc::clone(&self.policy), self.replacer.values.clone(), self.max_remembered)
    }

    /// Adds what another redactor did, and what it remembers.
    pub fn join(&mut self, other: Self) {
        let mut other = other.replacer;
        other.finish();
        self.replacer.summary.add(&other.summary);
        self.replacer.written.add(other.written);
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Writes a body: the values that the policy does not keep are replaced, all else is as it was, byte for
    /// byte. What is not JSON is masked, and stays what it was: truncated, or not JSON.
    ///
    /// # Errors
    ///
    /// Errors of the writer.
    pub fn body(&mut self, body: &[u8], out: &mut impl Write) -> io::Result<BodyOutcome> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let outcome = self.rewrite(body, &mut buffer);
        self.replacer.finish();
        let written = out.write_all(&buffer);
        if buffer.capacity() <= MAX_BUFFER {
            self.buffer = buffer;
        }
        written.map(|()| outcome)
    }

    fn rewrite(&mut self, body: &[u8], out: &mut Vec<u8>) -> BodyOutcome {
        let outcome = self.rewritten(body, out);
        let summary = &mut self.replacer.summary;
        summary.bodies += 1;
        summary.masked_bodies += u64::from(outcome != BodyOutcome::Rewritten);
        outcome
    }

    fn rewritten(&mut self, body: &[u8], out: &mut Vec<u8>) -> BodyOutcome {
        let Ok(text) = json::decode(body) else {
            masking::mask_encoded(body, out);
            return BodyOutcome::Masked;
        };
        let mark = body.len() - text.len();
        out.extend_from_slice(&body[..mark]);
        let valid = simdutf8::basic::from_utf8(text).is_ok();
        let elision = self.policy.elision;
        // What is not UTF-8 is not JSON from there on: the pass stops at the string that has it.
        let rewriting = Rewriting::new(&mut self.sites, &mut self.replacer, elision, text, out);
        match rewriting.run() {
            Ok(()) if valid => BodyOutcome::Rewritten,
            Ok(()) => BodyOutcome::MaskedFrom(body.len()),
            Err(Stopped { at }) => {
                self.mask_end(body, mark + at, mark, out);
                BodyOutcome::MaskedFrom(mark + at)
            }
        }
    }

    /// Appends the end of a body that stops to be JSON there, so that it still does, and for the same reason.
    fn mask_end(&mut self, body: &[u8], at: usize, mark: usize, out: &mut Vec<u8>) {
        let Some(wanted) = masking::error(body) else { return masking::mask(&body[at..], out) };
        let written = out.len();
        let ways: [Way<'_>; 3] = [
            &|out| masking::mask_end(&body[at..], out),
            // An escape or a zero that no JSON has.
            &|out| masking::mask_around_error(body, at, mark + wanted.offset, out),
            // A number or an escape that breaks off: its first byte is enough of it.
            &|out| {
                out.extend_from_slice(match body[at..].first() {
                    Some(b'"') => b"\"",
                    Some(b'-' | b'0'..=b'9') => b"-",
                    _ => b"",
                });
            },
        ];
        for is_exact in [true, false] {
            for way in ways {
                out.truncate(written);
                way(out);
                let is_it = |error: SyntaxError| {
                    error.kind == wanted.kind && !(is_exact && error.what != wanted.what)
                };
                if masking::error(out).is_some_and(is_it) {
                    return;
                }
            }
        }
        out.truncate(mark);
        masking::mask(&body[mark..], out);
        let is_kept = masking::error(out).is_some_and(|error| error.kind == wanted.kind);
        self.replacer.summary.unpreserved += u64::from(!is_kept);
    }

    /// A text about which nothing is known: addresses, dates and identifiers in it have the same pseudonyms
    /// as in bodies.
    pub fn text(&mut self, text: &str) -> String {
        self.replacer.outside(text, |values, out| values.text(text, false, out))
    }

    /// What stands for a text with this treatment, as in bodies.
    pub fn value(&mut self, treatment: Treatment, text: &str) -> String {
        self.replacer.outside(text, |values, out| values.replace(treatment, text, false, out))
    }

    /// A URL with another host, other names in its path, and other values of its parameters.
    pub fn url(&mut self, url: &str) -> String {
        self.value(Treatment::Url, url)
    }

    /// A host, perhaps with a port.
    pub fn host(&mut self, host: &str) -> String {
        self.replacer.outside(host, |values, out| values.authority(host, out))
    }

    /// The text of a number that counts seconds or milliseconds since 1970, moved as dates are; another one
    /// stays.
    pub(super) fn moved(&self, number: &str) -> String {
        let moved = number.parse().map(|instant| self.replacer.values.shift.instant(instant).to_string());
        moved.unwrap_or_else(|_| "0".to_owned())
    }

    /// What this redactor replaced and wrote.
    #[must_use]
    pub fn written(&self) -> &Written {
        &self.replacer.written
    }

    /// The same, for what is written elsewhere.
    pub fn written_mut(&mut self) -> &mut Written {
        &mut self.replacer.written
    }

    /// What was done so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.replacer.summary
    }

    /// The same, for what is done elsewhere.
    pub fn summary_mut(&mut self) -> &mut Summary {
        &mut self.replacer.summary
    }
}

/// Appends the end of a body that is masked.
type Way<'b> = &'b dyn Fn(&mut Vec<u8>);

/// A buffer that is not given back.
const MAX_BUFFER: usize = 64 << 20;

impl std::fmt::Debug for Redactor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Redactor").field("summary", &self.replacer.summary).finish_non_exhaustive()
    }
}
