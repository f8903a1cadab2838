//! Is a payload valid, invalid, or neither?

use super::place::Spot;
use super::placed::{Body, findings};
use super::{Breach, Judgement};
use crate::finding::rules;
use crate::payload::NotValidated;
use crate::pointer::Pointer;

/// What validation says of one payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is JSON and the schema accepts it.
    Valid,
    /// It is not JSON, or the schema does not accept it.
    Invalid,
    /// Neither: it is a response without a body, or with a status other than 2xx.
    NotValidated(NotValidated),
}

impl Judgement {
    /// Whether the payload is valid, invalid, or neither.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.not_validated {
            Some(reason) => Verdict::NotValidated(reason),
            None if self.valid => Verdict::Valid,
            None => Verdict::Invalid,
        }
    }

    /// A response that is not validated. Only an unexpected status is a finding.
    pub(super) fn not_validated(body: Body<'_>, reason: NotValidated, status: Option<u16>) -> Self {
        let status = status.filter(|_| reason == NotValidated::HttpStatus);
        let breach = |status| {
            let what = format!("came with status {status}, not 2xx, and was not validated");
            (Breach::new(&rules::HTTP_STATUS, Pointer::root(), what), Spot::default())
        };
        let findings = findings(body, status.map(breach).into_iter().collect());
        Self {
            valid: false,
            not_validated: Some(reason),
            findings,
            unlisted: Vec::new(),
            uncompared: false,
            answered: false,
            seen: None,
        }
    }
}
