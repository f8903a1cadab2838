//! Would anybody notice if the schema were weaker?
//!
//! Judging is passed in: this room knows schemas and payloads, not validators.

mod mutants;
mod slice;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::breach::views::{Document, parent};
use crate::finding::{Finding, Rule, rules};
use crate::pointer::{Pointer, Token};

pub use mutants::{Mutant, mutants};

/// Payloads kept that break one schema object in one way: all of them would notice the same mutants.
const KEPT: usize = 4;
/// Payloads kept take no more bytes than this.
const MAX_KEPT_BYTES: usize = 128 << 20;
/// What one finding of a payload takes, roughly.
const FOUND: usize = 128;

/// A payload that breaks its contract, and what was found in it.
#[derive(Debug)]
pub struct Witness {
    /// The body.
    pub body: Box<[u8]>,
    /// Whether the schema accepts it.
    pub valid: bool,
    /// Rule and place of every finding.
    pub found: BTreeSet<(&'static str, Pointer)>,
}

impl Witness {
    /// Whether what a weaker contract says of the body is less than what was found: the body is valid now, or a finding is gone.
    #[must_use]
    pub fn notices(&self, valid: bool, findings: &[Finding]) -> bool {
        let now = found(findings);
        valid && !self.valid || !self.found.is_subset(&now)
    }
}

fn found(findings: &[Finding]) -> BTreeSet<(&'static str, Pointer)> {
    findings.iter().map(|finding| (finding.rule.id, finding.pointer.clone())).collect()
}

/// A schema object, the rule broken there, what was said, and the member that is missing.
type Cause = (&'static str, String, Option<Token>);

/// The payloads that may notice that a schema is weaker, by the schema object that each of them breaks.
///
/// A weaker schema object can only take back findings at values that it describes. So payloads are judged once, by the
/// original, and each mutant is tried on the few payloads that break the object it weakens.
#[derive(Debug)]
pub struct Witnesses<'s> {
    document: Document<'s>,
    by_object: HashMap<String, HashMap<Cause, Vec<Arc<Witness>>>>,
    /// Objects by place, payloads of one kind have the same places again and again.
    objects: HashMap<String, Arc<BTreeSet<String>>>,
    /// How many bytes of payloads are kept.
    bytes: usize,
    /// How many payloads were not kept, because there were enough bytes.
    dropped: usize,
}

impl<'s> Witnesses<'s> {
    /// None yet.
    #[must_use]
    pub fn of(schema: &'s Value) -> Self {
        let (by_object, objects) = (HashMap::new(), HashMap::new());
        Self { document: Document(schema), by_object, objects, bytes: 0, dropped: 0 }
    }

    /// How many payloads were not kept because others filled the memory that there is for them: mutants that only
    /// these notice are listed as survivors.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Takes a payload as the original contract judged it. Valid ones without findings notice nothing.
    pub fn add(&mut self, body: &[u8], valid: bool, findings: &[Finding]) {
        if !findings.is_empty() && self.bytes.saturating_add(body.len()) > MAX_KEPT_BYTES {
            self.dropped += 1;
            return;
        }
        let mut witness = None;
        for finding in findings {
            let missing = finding.rule == &rules::MISSING_PROPERTY;
            let steps = if missing { parent(&finding.pointer) } else { finding.pointer.tokens() };
            let last = finding.pointer.tokens().last().cloned().filter(|_| missing);
            // A place further up may be weakened as a whole.
            for length in 0..=steps.len() {
                let inside = length < steps.len();
                let cause = if inside {
                    ("", String::new(), None)
                } else {
                    (finding.rule.id, finding.what.clone(), last.clone())
                };
                for object in self.objects_at(&steps[..length]).iter() {
                    let causes = self.by_object.entry(object.clone()).or_default();
                    let kept = causes.entry(cause.clone()).or_default();
                    if kept.len() < KEPT {
                        let new = || {
                            let (body, found) = (body.into(), found(findings));
                            Arc::new(Witness { body, valid, found })
                        };
                        kept.push(Arc::clone(witness.get_or_insert_with(new)));
                    }
                }
            }
        }
        self.bytes += witness.map_or(0, |witness| witness.body.len() + witness.found.len() * FOUND);
    }

    fn objects_at(&mut self, steps: &[Token]) -> Arc<BTreeSet<String>> {
        let mut pointer = Pointer::root();
        for step in steps {
            pointer.push(step.clone());
        }
        let document = self.document;
        let objects = self.objects.entry(pointer.starred());
        Arc::clone(objects.or_insert_with(|| Arc::new(document.objects_at(steps))))
    }

    /// A payload that notices the mutant. `judge` judges a body by a weaker schema: by as much of it as that body depends
    /// on. `None` from it passes the payload over.
    pub fn killer(
        &self,
        mutant: &Mutant,
        mut judge: impl FnMut(Value, &[u8]) -> Option<(bool, Vec<Finding>)>,
    ) -> Option<Arc<Witness>> {
        let causes = self.by_object.get(mutant.object())?;
        // Own findings first, those inside last, small payloads before large ones; in an order that does not depend on
        // the run.
        let mut witnesses: Vec<_> = causes
            .iter()
            .flat_map(|(cause, kept)| kept.iter().map(move |witness| (cause, witness)))
            .collect();
        witnesses.sort_by_key(|(cause, witness)| {
            let likely = mutant.likely(self.document.0, cause.0, cause.2.as_ref());
            (cause.0.is_empty(), !likely, witness.body.len(), *cause)
        });
        for (_, witness) in witnesses {
            // Made again for each mutant: kept, the slices would take far more memory than the payloads.
            let weaker = mutant.apply(&slice::slice(self.document.0, &witness.body));
            let Some((valid, findings)) = weaker.and_then(|weaker| judge(weaker, &witness.body)) else {
                continue;
            };
            if witness.notices(valid, &findings) {
                return Some(Arc::clone(witness));
            }
        }
        None
    }
}

/// Rule and place of the first finding that a payload has by the whole contract.
#[must_use]
pub fn first_found(witness: &Witness) -> Option<(&'static str, &Pointer)> {
    let order = |id: &str| rules::ALL.iter().position(|rule: &&Rule| rule.id == id).unwrap_or(usize::MAX);
    let first = witness.found.iter().min_by_key(|(id, _)| order(id))?;
    Some((first.0, &first.1))
}
