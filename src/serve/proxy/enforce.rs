//! Decides which responses are passed on.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::problem::Problem;
use super::queue::Held;
use crate::finding::{Policy, Severity};
use crate::origin::Origin;
use crate::payload::{self, Payload};
use crate::validate::Validator;

/// Passes on responses without findings at or above a severity.
#[derive(Clone, Debug)]
pub(super) struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    contract: String,
    validator: Validator,
    policy: Policy,
    min: Severity,
    /// Bodies that are decoded at a time: each takes memory of its own.
    threads: Arc<Semaphore>,
}

impl Gate {
    pub(super) fn new(contract: &str, validator: Validator, policy: Policy, min: Severity) -> Self {
        let threads = Arc::new(Semaphore::new(available_parallelism().map_or(1, usize::from)));
        Self(Arc::new(Inner { contract: contract.to_owned(), validator, policy, min, threads }))
    }

    /// # Errors
    ///
    /// The response to send, if the body is not to be passed on.
    pub(super) async fn check(&self, body: Arc<Held>, coding: String, max: u64) -> Result<(), Problem> {
        let gate = self.clone();
        let turn = Arc::clone(&self.0.threads).acquire_owned().await;
        let checked = spawn_blocking(move || {
            let _turn = turn;
            gate.0.validate(&body, &coding, max)
        });
        checked.await.unwrap_or_else(|error| Err(unchecked(&error.to_string())))
    }
}

impl Inner {
    fn validate(&self, body: &Held, coding: &str, max: u64) -> Result<(), Problem> {
        let origin = Origin::file("response");
        let payload = if payload::is_plain(&body.bytes, coding) {
            Payload::shared(origin, Arc::clone(&body.bytes))
        } else {
            let decoded = payload::as_sent(body.bytes.to_vec(), coding, max);
            Payload::new(origin, decoded.map_err(|error| unchecked(&error.to_string()))?)
        };
        let mut validation = self.validator.validate_payload(&payload.with_status(200));
        if validation.not_validated.is_some() {
            return Err(unchecked("it has no body"));
        }
        if let Some(why) = validation.incomplete() {
            return Err(unchecked(&why));
        }
        self.policy.clone().apply(&mut validation.findings);
        validation.findings.retain(|finding| finding.severity >= self.min);
        if validation.findings.is_empty() {
            return Ok(());
        }
        Err(Problem::violation(&self.contract, &validation.findings))
    }
}

fn unchecked(why: &str) -> Problem {
    Problem::bad_gateway("http_protocol_error", format!("the response could not be validated: {why}"))
}
