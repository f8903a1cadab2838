//! Members that `--with` sets.

use std::sync::atomic::{AtomicU64, Ordering};

use clients_contract::Error;
use clients_contract::generate::Assignment;
use serde_json::Value;

use super::Generate;
use crate::global_args::GlobalArgs;
use crate::output::note;

/// The members that are set in every payload, and how many payloads have no location for each.
pub struct Assignments {
    assignments: Vec<(Assignment, AtomicU64)>,
    given: Vec<String>,
}

impl Assignments {
    pub(super) fn new(command: &Generate, schema: &Value) -> Result<Self, Error> {
        let assignments =
            command.with.iter().map(|text| Ok((Assignment::new(schema, text)?, AtomicU64::new(0))));
        Ok(Self { assignments: assignments.collect::<Result<_, Error>>()?, given: command.with.clone() })
    }

    pub fn is_empty(&self) -> bool {
        self.assignments.is_empty()
    }

    /// Sets them, and keeps no count.
    pub fn put_into(&self, payload: &mut Value) {
        for (assignment, _) in &self.assignments {
            assignment.set(payload);
        }
    }

    pub fn set(&self, payload: &mut Value) {
        for (assignment, without) in &self.assignments {
            if assignment.set(payload) == 0 {
                without.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn report(&self, global: GlobalArgs) {
        for ((_, without), given) in self.assignments.iter().zip(&self.given) {
            let without = without.load(Ordering::Relaxed);
            if without > 0 {
                let pointer = given.split('=').next().unwrap_or_default();
                let payloads = if without == 1 { "payload has" } else { "payloads have" };
                note(global.quiet, &format!("--with {pointer}: {without} {payloads} no such location"));
            }
        }
    }
}
