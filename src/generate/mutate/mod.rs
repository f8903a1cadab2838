//! Mutation testing of contracts.
//!
//! Validation is passed in: this module knows schemas and payloads, not validators.

mod mutants;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::finding::{Finding, Rule, rules};
use crate::pointer::Pointer;
use crate::schema::Weakening;

pub use mutants::{Mutant, mutants};

/// Payloads kept in which the same weakening takes back a keyword that is reported: all of them would most
/// likely notice the same mutants.
const KEPT: usize = 4;
/// Payloads kept that the same weakening concerns in other ways, such as by an alternative that is not the
/// closest.
const KEPT_BESIDE: usize = 32;
/// Payloads kept take no more bytes than this.
const MAX_KEPT_BYTES: usize = 64 << 20;
/// What one finding of a payload takes, and one weakening that concerns it, roughly.
const FOUND: usize = 128;

/// A payload that breaks its contract, and what was found in it.
#[derive(Debug)]
pub struct Witness {
    /// The payload.
    pub body: Box<[u8]>,
    /// Whether the schema accepts it.
    pub valid: bool,
    /// Rule and location of every finding.
    pub found: BTreeSet<(&'static str, Pointer)>,
    /// How many of the weakenings that are tried concern it: the fewer, the more likely each of them is
    /// noticed.
    concerns: usize,
}

impl Witness {
    fn rank(&self) -> (usize, usize, &[u8]) {
        (self.concerns, self.body.len(), &self.body)
    }

    fn bytes(&self) -> usize {
        self.body.len() + (self.found.len() + self.concerns) * FOUND
    }

    /// Whether what a weaker contract says of the payload is less than what was found: the payload is valid
    /// now, or a finding is gone.
    #[must_use]
    pub fn notices(&self, valid: bool, findings: &[Finding]) -> bool {
        let now = found(findings);
        valid && !self.valid || !self.found.is_subset(&now)
    }
}

fn kept_at_most(reported: bool) -> usize {
    if reported { KEPT } else { KEPT_BESIDE }
}

fn found(findings: &[Finding]) -> BTreeSet<(&'static str, Pointer)> {
    findings.iter().map(|finding| (finding.rule.id, finding.pointer.clone())).collect()
}

fn weakenings<'m>(mutants: impl IntoIterator<Item = &'m Mutant>) -> HashSet<Weakening> {
    mutants.into_iter().flat_map(|mutant| mutant.weakening.parts()).collect()
}

/// The payloads that may notice that a schema is weaker.
///
/// Payloads are validated once, by the original, which determines the weakenings that can change the result.
/// Each mutant is tried on a few of the payloads that it can concern, and on no other.
#[derive(Debug)]
pub struct Witnesses {
    /// The weakenings of the mutants that are tried: anything else that a payload violates is a matter of how
    /// the schema is written.
    tried: HashSet<Weakening>,
    /// Those of the mutants that are still to be noticed, if not all are.
    wanted: Option<HashSet<Weakening>>,
    /// By weakening, and whether a keyword is reported that it takes back.
    concerned: HashMap<(Weakening, bool), Vec<Arc<Witness>>>,
    /// How many bytes are kept.
    bytes: usize,
    /// How many payloads were not kept, because there were enough bytes.
    dropped: usize,
}

impl Witnesses {
    /// None yet, for these mutants.
    pub fn for_mutants<'m>(mutants: impl IntoIterator<Item = &'m Mutant>) -> Self {
        Self { tried: weakenings(mutants), wanted: None, concerned: HashMap::new(), bytes: 0, dropped: 0 }
    }

    /// The same, but only what some of these mutants may notice is kept. What is kept for them is the same.
    #[must_use]
    pub fn only_for<'m>(self, mutants: impl IntoIterator<Item = &'m Mutant>) -> Self {
        Self { wanted: Some(weakenings(mutants)), ..self }
    }

    /// Whether a payload may notice a mutant that is tried: one that these weakenings concern.
    #[must_use]
    pub fn wants(&self, concerned: &[(Weakening, bool)]) -> bool {
        concerned.iter().any(|one| self.wants_one(one))
    }

    fn wants_one(&self, (weakening, _): &(Weakening, bool)) -> bool {
        self.wanted.as_ref().unwrap_or(&self.tried).contains(weakening)
    }

    /// How many payloads were not kept because others filled the memory that there is for them: mutants that
    /// only these notice are listed as survivors.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Takes a payload as the original contract validated it, and the weakenings by which that can change.
    /// Valid ones without findings notice nothing.
    pub fn add(
        &mut self,
        body: &[u8],
        valid: bool,
        findings: &[Finding],
        mut concerned: Vec<(Weakening, bool)>,
    ) {
        concerned.retain(|(weakening, _)| self.tried.contains(weakening));
        let rank = (concerned.len(), body.len(), body);
        let room = |one: &(Weakening, bool)| {
            let worst = self.concerned.get(one).filter(|kept| kept.len() >= kept_at_most(one.1));
            worst.and_then(|kept| kept.last()).is_none_or(|worst| rank < worst.rank())
        };
        let concerned: Vec<_> =
            concerned.into_iter().filter(|one| self.wants_one(one) && room(one)).collect();
        if findings.is_empty() || concerned.is_empty() {
            return;
        }
        let found = found(findings);
        let witness = Arc::new(Witness { body: body.into(), valid, found, concerns: rank.0 });
        if self.bytes.saturating_add(witness.bytes()) > MAX_KEPT_BYTES {
            self.dropped += 1;
            return;
        }
        self.bytes += witness.bytes();
        for one in concerned {
            let most = kept_at_most(one.1);
            let kept = self.concerned.entry(one).or_default();
            let at = kept.partition_point(|other| other.rank() <= rank);
            kept.insert(at, Arc::clone(&witness));
            for left_out in kept.drain(most.min(kept.len())..) {
                if Arc::strong_count(&left_out) == 1 {
                    self.bytes -= left_out.bytes();
                }
            }
        }
    }

    /// The payloads that a mutant is tried on: those with a keyword that it takes back first, those with
    /// little else that is wrong before others, small ones before large ones; in an order that does not
    /// depend on the run.
    pub fn of(&self, mutant: &Mutant) -> impl Iterator<Item = &Arc<Witness>> {
        let mut found = BTreeMap::new();
        for part in mutant.weakening.parts() {
            for (reported, key) in [true, false].map(|reported| (reported, (part.clone(), reported))) {
                for witness in self.concerned.get(&key).into_iter().flatten() {
                    found.entry((!reported, witness.rank())).or_insert(witness);
                }
            }
        }
        let mut known = BTreeSet::new();
        found.into_values().filter(move |witness| known.insert(Arc::as_ptr(witness)))
    }

    /// A payload that notices the mutant. `validate` validates a payload against the weaker schema; `None`
    /// from it passes the payload over.
    pub fn killer(
        &self,
        mutant: &Mutant,
        mut validate: impl FnMut(&Weakening, &[u8]) -> Option<(bool, Vec<Finding>)>,
    ) -> Option<Arc<Witness>> {
        let notices = |witness: &&Arc<Witness>| {
            let validated = validate(&mutant.weakening, &witness.body);
            validated.is_some_and(|(valid, findings)| witness.notices(valid, &findings))
        };
        self.of(mutant).find(notices).cloned()
    }
}

/// Rule and location of the first finding of a payload.
#[must_use]
pub fn first_found(witness: &Witness) -> Option<(&'static str, &Pointer)> {
    let order = |id: &str| rules::ALL.iter().position(|rule: &&Rule| rule.id == id).unwrap_or(usize::MAX);
    let first = witness.found.iter().min_by_key(|(id, _)| order(id))?;
    Some((first.0, &first.1))
}
