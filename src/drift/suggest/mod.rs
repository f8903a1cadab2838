//! Suggests changes to a contract from traffic.

mod changes;
mod patch;
mod repairs;
mod sites;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use patch::Edit;
use serde_json::Value;

use super::profile::Profile;
use super::refused::{Refusal, Refusals, Refused};
use crate::error::Error;
use crate::finding::{Scope, rules};
use crate::schema::Schema;
use crate::schema::model::Model;
use crate::untrusted::to_compact_json;
use crate::validate::{Validation, Validator};
use patch::Patch;
use repairs::Repairs;

/// Times that a patch is made, tried on the payloads that are kept, and made again.
const MAX_ROUNDS: usize = 24;

/// Why a refusal stays.
const NO_CHANGE: &str = "no valid change was found";

/// How the contract could be changed so that it accepts the traffic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suggestion {
    /// The operations, in the order in which they apply.
    pub edits: Vec<Edit>,
    /// What was refused and still is, or may be: rule, location, schema location, and why.
    pub left: Vec<String>,
    /// New members that are not listed: their objects are described in another document, or in a condition
    /// only.
    pub unlisted: Vec<String>,
    /// The document that the schema was read from, with these operations applied.
    pub schema: Value,
}

impl Suggestion {
    /// The patch as it is written: an operation a line.
    ///
    /// # Errors
    ///
    /// Errors of `serde_json`, of which none is expected.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let line = |edit| serde_json::to_value(edit).map(|edit| to_compact_json(&edit));
        let lines: Result<Vec<String>, _> = self.edits.iter().map(line).collect();
        Ok(match lines?.join(",\n  ") {
            lines if lines.is_empty() => "[]\n".to_owned(),
            lines => format!("[\n  {lines}\n]\n"),
        })
    }
}

/// Changes a schema until it accepts what was refused: new optional properties, added enum members, what
/// became nullable or of another type as well, what is no longer always there, and limits that do not hold.
///
/// ```
/// use clients_contract::drift::{Documents, Learner, Watch};
/// use clients_contract::{Origin, Payload, Schema, Validator};
/// use serde_json::json;
///
/// let schema = Schema::from_value(json!({"properties": {"seats": {"type": "integer", "minimum": 1}}}));
/// let validator = Validator::new(&schema)?;
/// let documents = Documents::new(&schema, validator.promises())?;
/// let watch = Watch::new(Some(&documents), "test").keeping_examples();
/// let payload = Payload::new(Origin::file("a.json"), br#"{"seats": 0}"#.to_vec());
/// watch.validate_payload(&validator, &payload);
/// let (profile, refused) = watch.finish_with_examples();
/// let mut learner = Learner::new(&schema, &validator, &profile);
/// learner.learn(&profile.refusals);
/// learner.verify(&refused);
/// let suggestion = learner.finish();
/// assert_eq!(suggestion.edits[1].path, "/properties/seats/minimum");
/// assert_eq!(suggestion.left, [""; 0]);
/// # Ok::<(), clients_contract::Error>(())
/// ```
pub struct Learner<'p> {
    original: Schema,
    as_before: Validator,
    profile: &'p Profile,
    patch: Patch,
    /// Whether new members of open objects are only annotated, so that nothing is refused that was accepted.
    widens: bool,
    /// How many repairs were made for each refusal so far: each time the next wider one.
    tried: BTreeMap<Refusal, usize>,
    /// What no change of a schema makes acceptable.
    beyond: BTreeMap<Refusal, &'static str>,
    left: BTreeMap<Refusal, &'static str>,
    unlisted: BTreeSet<String>,
}

impl fmt::Debug for Learner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Learner").finish_non_exhaustive()
    }
}

impl<'p> Learner<'p> {
    /// Begins with the schema as it is.
    #[must_use]
    pub fn new(schema: &Schema, validator: &Validator, profile: &'p Profile) -> Self {
        Self {
            original: schema.clone(),
            as_before: validator.clone(),
            profile,
            patch: Patch::new(schema.source()),
            widens: false,
            tried: BTreeMap::new(),
            beyond: BTreeMap::new(),
            left: BTreeMap::new(),
            unlisted: BTreeSet::new(),
        }
    }

    /// The same, but the result accepts everything that the schema accepts: a new member that the schema
    /// allowed so far is listed without an assertion.
    #[must_use]
    pub fn widening(mut self) -> Self {
        self.widens = true;
        self
    }

    /// Changes the schema because of these refusals; false when nothing was changed. A change that would
    /// leave no valid schema is not made.
    pub fn learn(&mut self, refusals: &Refusals) -> bool {
        self.left.clear();
        let before = self.patch.edits.len();
        let all: Vec<(&Refusal, u64)> =
            refusals.iter().filter(|(refusal, _)| !self.is_beyond(refusal)).collect();
        let mut pending = vec![&all[..]];
        while let Some(some) = pending.pop() {
            let tried = self.tried.clone();
            let was_tried = |one: &Refusal| tried.get(one).copied().unwrap_or_default();
            let edits = self.patch.edits.len();
            if self.try_to_learn(some) {
                // What is left has other schema locations now: it is found again.
                if self.patch.has_moved(edits) {
                    let rest: Vec<_> = pending.drain(..).flatten().map(|(one, _)| *one).collect();
                    for one in rest {
                        self.leave_one(one, NO_CHANGE);
                    }
                }
                continue;
            }
            // One of them at least leaves no valid schema.
            if let [(one, _)] = some {
                // The next wider change may leave one.
                if self.tried.get(*one).is_some_and(|now| *now > was_tried(one)) {
                    pending.push(some);
                    continue;
                }
                self.leave_one(one, NO_CHANGE);
            } else {
                self.tried = tried;
                let (first, second) = some.split_at(some.len() / 2);
                pending.extend([second, first]);
            }
        }
        self.patch.edits.len() > before
    }

    fn try_to_learn(&mut self, refusals: &[(&Refusal, u64)]) -> bool {
        let before = self.patch.clone();
        let Ok(schema) = self.schema() else { return false };
        let Ok(model) = Model::of(&schema) else { return false };
        let mut repairs = Repairs::new(&model, self.profile, &schema, self.widens);
        for (refusal, count) in refusals {
            let tried = self.tried.entry((*refusal).clone()).or_default();
            *tried = repairs.take(refusal, *count, *tried);
        }
        self.unlisted.append(&mut repairs.unlisted);
        repairs.apply(&mut self.patch);
        let only_widens = !self.widens || self.only_widens(before.edits.len());
        if self.patch.edits.len() > before.edits.len() && (!only_widens || self.validator().is_err()) {
            self.patch = before;
            return false;
        }
        true
    }

    /// Whether edits from that one on leave everything accepted that was.
    fn only_widens(&mut self, from: usize) -> bool {
        let Ok(schema) = self.schema() else { return false };
        let Ok(model) = Model::of(&schema) else { return false };
        let locations =
            model.nodes.iter().filter_map(|node| schema.source_location(&node.location_pointer()));
        self.patch.keeps_what_was_accepted(from, &locations.collect())
    }

    /// Notes what is unrelated to the schema.
    fn is_beyond(&mut self, refusal: &Refusal) -> bool {
        let rule = rules::ALL.iter().find(|rule| rule.id == refusal.rule);
        let why = match rule {
            Some(rule) if rule.scope == Scope::Body => "no schema accepts this payload",
            Some(rule) if **rule == rules::ENVELOPE_DIFFERS => {
                "the payload is in another envelope than the schema describes"
            }
            Some(rule) if **rule == rules::UNDECIDED => "not validated to the end",
            Some(rule) if **rule == rules::OUT_OF_RANGE && refusal.schema_pointer.is_empty() => {
                "no schema accepts this number"
            }
            Some(_) => return false,
            None => "the rule is unknown",
        };
        self.beyond.insert(refusal.clone(), why);
        true
    }

    /// Validates payloads that were refused by the schema as it is now, and changes it further until it
    /// accepts them all or no change helps; says which of the two.
    pub fn verify(&mut self, refused: &Refused) -> bool {
        for _ in 0..MAX_ROUNDS {
            let Ok(validator) = self.validator() else { return false };
            let mut still = Refused::default();
            for body in refused.examples() {
                let validation = validator.validate(body);
                if !validation.valid {
                    still.add(&[], &validation);
                }
            }
            self.left.clear();
            if still.refusals.is_empty() {
                return true;
            }
            if !self.learn(&still.refusals) {
                self.leave(&still.refusals);
                return false;
            }
        }
        self.left.is_empty()
    }

    /// Notes what is refused in spite of all changes.
    pub fn leave(&mut self, refusals: &Refusals) {
        for (refusal, _) in refusals.iter() {
            if !self.is_beyond(refusal) {
                self.leave_one(refusal, "no change of the schema was found that accepts it");
            }
        }
    }

    /// Notes that a refusal stays. A member that is only not listed is no refusal.
    fn leave_one(&mut self, refusal: &Refusal, why: &'static str) {
        if refusal.rule != rules::UNDOCUMENTED_PROPERTY.id {
            self.left.entry(refusal.clone()).or_insert(why);
        }
    }

    /// A validator of the schema as it is now, with the promises and limits of the one for the original.
    ///
    /// # Errors
    ///
    /// As [`Validator::new`].
    pub fn validator(&self) -> Result<Validator, Error> {
        self.as_before.with_schema(&self.schema()?)
    }

    /// The schema as it is now.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Schema`] when the document is no schema any more.
    pub fn schema(&self) -> Result<Schema, Error> {
        self.original.edited(self.patch.schema.clone())
    }

    /// Whether there is something to learn from a payload that the schema was changed for: that it is
    /// refused, or, while the schema is widened, that it has members that are not listed.
    pub fn learns_from(&self, validation: &Validation) -> bool {
        !validation.valid || self.widens && !validation.findings.is_empty()
    }

    /// Whether the schema is not what it was.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.patch.edits.is_empty()
    }

    /// Whether a change of the schema could help against any of these refusals.
    pub fn is_refused(&mut self, refusals: &Refusals) -> bool {
        let by_schema = |refusal: &Refusal| refusal.rule != rules::UNDOCUMENTED_PROPERTY.id;
        refusals.iter().any(|(refusal, _)| by_schema(refusal) && !self.is_beyond(refusal))
    }

    /// The changes, and what is left.
    #[must_use]
    pub fn finish(self) -> Suggestion {
        let named = |(refusal, why): (Refusal, &str)| {
            let position = if refusal.pointer.is_empty() { "the root" } else { &refusal.pointer };
            let stated = match &*refusal.schema_pointer {
                "" => String::new(),
                location => format!(" (schema location {location})"),
            };
            format!("{} at {position}{stated}: {why}", refusal.rule)
        };
        let left = self.beyond.into_iter().chain(self.left).map(named).collect();
        let unlisted = self.unlisted.into_iter().collect();
        Suggestion { edits: self.patch.edits, left, unlisted, schema: self.patch.schema }
    }
}
