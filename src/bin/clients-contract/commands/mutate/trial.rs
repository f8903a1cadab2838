//! Runs payloads against mutants.
//!
//! They are tried on some threads; the result does not depend on how many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use clients_contract::generate::BrokenPayload;
use clients_contract::generate::mutate::{Mutant, Witness, Witnesses};
use clients_contract::run::STACK;
use clients_contract::schema::Weakening;
use clients_contract::{Error, ErrorKind, Validation, Validator};

use super::super::subject::Subject;
use crate::interrupt;
use crate::output::note;

/// Maximum size of payloads validated for mutants.
const MAX_WORK: usize = 1 << 30;
/// Maximum size of generated payloads validated to find one that kills a survivor.
const MAX_OWN: usize = 256 << 20;
/// So many mutants are tried, or payloads traced, between two looks at what is left of these.
const BATCH: usize = 256;
/// Of so few survivors, generated payloads that concern none of them are not validated.
const FEW: usize = 1_000;
/// So many bytes of payloads wait to be traced together.
const MAX_WAITING: usize = 8 << 20;

/// The payloads that are given, and what they may notice.
pub(super) struct Given<'v> {
    pub(super) validator: &'v Validator,
    pub(super) jobs: usize,
    /// Those with findings that are not traced yet, and how many bytes they are.
    waiting: Vec<(Box<[u8]>, Validation)>,
    bytes: usize,
    witnesses: Witnesses,
}

impl<'v> Given<'v> {
    pub(super) fn new(validator: &'v Validator, mutants: &[Mutant], jobs: usize) -> Self {
        Self { validator, jobs, waiting: Vec::new(), bytes: 0, witnesses: Witnesses::for_mutants(mutants) }
    }

    /// Adds a payload if it may notice anything.
    pub(super) fn add(&mut self, body: &[u8], validation: Validation) {
        if validation.findings.is_empty() {
            return;
        }
        self.bytes += body.len();
        self.waiting.push((body.into(), validation));
        if self.waiting.len() >= BATCH || self.bytes >= MAX_WAITING {
            self.trace();
        }
    }

    fn trace(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let traced = on_threads(self.jobs, waiting.len(), |at| self.validator.weakenings_of(&waiting[at].0));
        for ((body, validation), concerned) in waiting.iter().zip(traced) {
            self.witnesses.add(body, validation.valid, &validation.findings, concerned);
        }
    }

    pub(super) fn finish(mut self) -> Witnesses {
        self.trace();
        self.witnesses
    }
}

/// What work makes of the numbers from 0, in their order, on some threads.
fn on_threads<T: Send + Sync>(jobs: usize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let made: Vec<_> = (0..count).map(|_| OnceLock::new()).collect();
    let work = || {
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(made) = made.get(at)
        {
            // Nobody else has this number.
            let _ = made.set(work(at));
        }
    };
    thread::scope(|scope| {
        for _ in 1..jobs.min(count) {
            // Where there is no thread, the others do its work.
            let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        }
        work();
    });
    made.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// Tries mutants on payloads, on some threads, as long as there is work left.
pub(super) struct Trial<'s> {
    pub(super) validator: &'s Validator,
    pub(super) name: &'s str,
    pub(super) jobs: usize,
    /// Number of bytes validated.
    pub(super) work: AtomicUsize,
}

impl Trial<'_> {
    /// A payload that kills each mutant, in their order; fewer after an interrupt.
    pub(super) fn each<'m>(
        &self,
        witnesses: &Witnesses,
        mutants: impl Iterator<Item = &'m Mutant>,
    ) -> Result<Vec<Option<Arc<Witness>>>, Error> {
        let mutants: Vec<&Mutant> = mutants.collect();
        let mut killers = Vec::with_capacity(mutants.len());
        for batch in mutants.chunks(BATCH) {
            if interrupt::pressed() {
                break;
            }
            if self.work.load(Ordering::Relaxed) > MAX_WORK {
                let location = format!("{}#{}", self.name, batch[0].schema_pointer);
                let message = format!(
                    "stopped after {} MiB of payloads: the mutants from here on were not tried",
                    MAX_WORK >> 20
                );
                return Err(Error::new(ErrorKind::Unsupported, location, message));
            }
            killers.extend(self.batch(witnesses, batch));
        }
        Ok(killers)
    }

    fn batch(&self, witnesses: &Witnesses, batch: &[&Mutant]) -> Vec<Option<Arc<Witness>>> {
        on_threads(self.jobs, batch.len(), |at| {
            let Mutant { weakening, .. } = batch[at];
            witnesses.of(batch[at]).find(|witness| self.is_noticed(weakening, witness)).cloned()
        })
    }

    /// Whether a payload notices a weakening. Mostly it becomes valid, which is found out at a glance.
    fn is_noticed(&self, weakening: &Weakening, witness: &Witness) -> bool {
        self.work.fetch_add(witness.body.len(), Ordering::Relaxed);
        if !witness.valid && self.validator.accepts_weaker(&witness.body, weakening) {
            return true;
        }
        let validation = self.validator.validate_weaker(&witness.body, weakening);
        witness.notices(validation.valid, &validation.findings)
    }
}

/// Payloads with every violation of the contract, once each, as far as one of these mutants may be noticed by
/// them. They are made one after the other, and validated beside that.
pub(super) fn violations(
    subject: &Subject,
    (validator, jobs): (&Validator, usize),
    (mutants, survivors): (&[Mutant], &[&Mutant]),
) -> Result<Witnesses, Error> {
    let mut witnesses = Witnesses::for_mutants(mutants).only_for(survivors.iter().copied());
    let many = survivors.len() > FEW;
    let (catalogue, mut left) = (subject.catalogue()?, MAX_OWN);
    for batch in catalogue.targets().chunks(BATCH) {
        let targets = Mutex::new(batch.iter().enumerate());
        let traced = on_threads(jobs, batch.len(), |_| {
            let (number, violation) = {
                let mut targets = targets.lock().unwrap_or_else(PoisonError::into_inner);
                let (number, target) = targets.next()?;
                (number, catalogue.smallest_for(target))
            };
            let payload = violation?.payload;
            let body = payload.to_text();
            let traced = match payload {
                BrokenPayload::Json(value) => {
                    let is_wanted = || witnesses.wants(&validator.weakenings_of_value(&value));
                    (many || is_wanted()).then(|| validator.validate_value_traced(&value))
                }
                BrokenPayload::Text(_) => Some(validator.validate_traced(body.as_bytes())),
            };
            Some((number, body, traced))
        });
        let mut traced: Vec<_> = traced.into_iter().flatten().collect();
        traced.sort_by_key(|(number, ..)| *number);
        for (number, body, traced) in traced {
            left = left.saturating_sub(body.len());
            if left == 0 || witnesses.dropped() > 0 {
                let what = "survivors from here on are listed without a payload that kills them";
                let location = format!("{}#{}", subject.name(), batch[number].schema_pointer());
                note(false, &format!("{location}: stopped after {} MiB of payloads: {what}", MAX_OWN >> 20));
                return Ok(witnesses);
            }
            if let Some((validation, concerned)) = traced {
                witnesses.add(body.as_bytes(), validation.valid, &validation.findings, concerned);
            }
        }
        if interrupt::pressed() {
            break;
        }
    }
    Ok(witnesses)
}
