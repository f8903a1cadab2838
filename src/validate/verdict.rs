//! Validation results: valid, invalid, or neither.

use std::fmt;
use std::sync::Arc;

use super::WatchedValues;
use super::ledger::Limits;
use crate::finding::{Finding, Rule, rules};
use crate::payload::NotValidated;

/// What was found in one payload.
///
/// ```
/// use clients_contract::payload::NotValidated;
/// use clients_contract::validate::Verdict;
/// use clients_contract::{Origin, Payload, Schema, Validator};
/// use serde_json::json;
///
/// let validator = Validator::new(&Schema::from_value(json!({"type": "object"})))?;
/// let response = |status: u16, body: &str| {
///     let payload = Payload::new(Origin::file("run.har").entry(1), body.as_bytes().to_vec());
///     validator.validate_payload(&payload.with_status(status)).verdict()
/// };
/// assert_eq!(response(200, "{}"), Verdict::Valid);
/// assert_eq!(response(201, "<html>"), Verdict::Invalid);
/// assert_eq!(response(503, "{}"), Verdict::NotValidated(NotValidated::HttpStatus));
/// assert_eq!(response(204, ""), Verdict::NotValidated(NotValidated::NoBody));
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub struct Validation {
    /// Whether the payload was validated, is JSON, and the schema accepts it, whatever else was found.
    pub valid: bool,
    /// Why the payload was not validated; `None` when it was, and is either valid or invalid.
    pub not_validated: Option<NotValidated>,
    /// The envelope by whose schema it was validated, of a contract that names its envelopes.
    pub envelope: Option<Arc<str>>,
    /// Whether that is the first one that is accepted.
    pub(crate) in_first: bool,
    /// The findings, in document order. Of many with the same rule and pointer but for array indexes, the
    /// first and the last are listed; the last one has the number of the others: [`Finding::further`].
    pub findings: Vec<Finding>,
    /// Findings of more than 10,000 groups, or than fit into 8 MiB: counted by rule and not listed.
    pub unlisted: Vec<Unlisted>,
    /// Whether an object had too many keys to compare all of them for duplicates.
    pub(crate) uncompared: bool,
    /// Whether the body is an answer of the contract: JSON, with status 2xx, and no error object instead.
    pub(crate) answered: bool,
    /// The values that the sequence invariant watches; `None` if there
    /// is no payload to speak of.
    pub(super) seen: Option<WatchedValues>,
}

/// Findings of one rule in one payload that are only counted, because the payload has findings of too many
/// groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unlisted {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// Number of findings, at least 1.
    pub count: u64,
}

impl Validation {
    /// Why not everything that was found is listed, where a limit was reached.
    #[must_use]
    pub fn incomplete(&self) -> Option<String> {
        let sum: u64 = self.unlisted.iter().map(|unlisted| unlisted.count).sum();
        if sum > 0 {
            let rules: Vec<&str> = self.unlisted.iter().map(|unlisted| unlisted.rule.id).collect();
            let Limits { groups, group_bytes, .. } = Limits::default();
            return Some(format!(
                "{sum} findings not listed: the payload has more than {groups} finding groups, or than fit into {} MiB ({})",
                group_bytes >> 20,
                rules.join(", ")
            ));
        }
        let undecided = |rule: &Rule| *rule == rules::UNDECIDED;
        if let Some(finding) = self.findings.iter().find(|finding| undecided(finding.rule)) {
            return Some(format!("not validated to the end: {}", finding.message()));
        }
        let max = Limits::default().keys;
        let keys = || {
            format!(
                "duplicate keys not found: an object has more than {max} keys that the schema does not list"
            )
        };
        self.uncompared.then(keys)
    }
}

impl fmt::Display for Validation {
    /// A line a finding.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))
    }
}

/// The verdict on one payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is JSON and the schema accepts it.
    Valid,
    /// It is not JSON, or the schema does not accept it.
    Invalid,
    /// Neither: it is a response without a body, or with a status other than 2xx.
    NotValidated(NotValidated),
}

impl Validation {
    /// Whether the payload is valid, invalid, or neither.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.not_validated {
            Some(reason) => Verdict::NotValidated(reason),
            None if self.valid => Verdict::Valid,
            None => Verdict::Invalid,
        }
    }
}

/// A payload that is not valid, as an error: what [`Validation::into_result`] gives.
///
/// Its message has the number of findings and the first one with the highest severity; all of them are in
/// [`validation`](Self::validation).
#[derive(Clone, Debug, PartialEq)]
pub struct ValidationError(Box<Validation>);

impl ValidationError {
    /// What was found in the payload.
    #[must_use]
    pub fn validation(&self) -> &Validation {
        &self.0
    }

    /// What was found in the payload, to keep.
    #[must_use]
    pub fn into_validation(self) -> Validation {
        *self.0
    }
}

impl Validation {
    /// What was found in a valid payload, or else an error, for `?`. A payload that was not validated is an
    /// error, too.
    ///
    /// # Errors
    ///
    /// [`ValidationError`] unless the payload is valid.
    ///
    /// ```
    /// use clients_contract::{Schema, Validator};
    /// use serde_json::json;
    ///
    /// fn check(body: &[u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    ///     let schema = Schema::from_value(json!({"properties": {"name": {"type": "string"}}}));
    ///     Validator::new(&schema)?.validate(body).into_result()?;
    ///     Ok(())
    /// }
    ///
    /// assert!(check(br#"{"name": "a"}"#).is_ok());
    /// let error = check(br#"{"name": null}"#).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "invalid payload, 1 finding: <body>:1:10: error[null-value] `/name`: null is not allowed"
    /// );
    /// ```
    pub fn into_result(self) -> Result<Self, ValidationError> {
        if self.verdict() == Verdict::Valid { Ok(self) } else { Err(ValidationError(Box::new(self))) }
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Validation { findings, not_validated, unlisted, .. } = self.validation();
        f.write_str(if not_validated.is_some() { "payload not validated" } else { "invalid payload" })?;
        let listed: u64 = findings.iter().map(|finding| 1 + finding.further).sum();
        let count = listed + unlisted.iter().map(|unlisted| unlisted.count).sum::<u64>();
        // Of equally severe ones `max_by_key` takes the last.
        if let Some(first) = findings.iter().rev().max_by_key(|finding| finding.severity) {
            let findings = if count == 1 { "finding" } else { "findings" };
            write!(f, ", {count} {findings}: {first}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationError {}
