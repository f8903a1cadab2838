//! Collects what the schema refused, and in which payloads.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Rule, Scope, rules};
use crate::validate::Validation;

/// Refusals that are kept; of more, those that come first in the order of their locations.
const MAX_REFUSALS: usize = 10_000;

/// Bytes of a payload that is kept as an example, and of all of them.
const MAX_EXAMPLE: usize = 1 << 20;
const MAX_EXAMPLES: usize = 64 << 20;

/// One keyword that refuses values at one location, or a member that the schema does not list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The location, a JSON Pointer with `*` for every array index.
    pub pointer: String,
    /// Schema location of the keyword: a JSON Pointer, after `URI#` in another document; empty if there is
    /// none.
    pub schema_pointer: String,
    /// The ID of the rule that was broken.
    pub rule: String,
}

/// Refusals, and how many findings each has. Findings name one keyword a location and rule; here is every
/// one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Vec<Counted>", into = "Vec<Counted>")]
#[schemars(with = "Vec<Counted>")]
pub struct Refusals(BTreeMap<Refusal, u64>);

/// A refusal as a profile holds it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Refusal")]
struct Counted {
    /// The location, a JSON Pointer with `*` for every array index.
    pointer: String,
    /// The schema location of the keyword; empty if there is none.
    schema_pointer: String,
    /// The ID of the rule that was broken.
    rule: String,
    /// How many findings.
    count: u64,
}

impl From<Vec<Counted>> for Refusals {
    fn from(all: Vec<Counted>) -> Self {
        let refusal = |Counted { pointer, schema_pointer, rule, count }| {
            (Refusal { pointer, schema_pointer, rule }, count)
        };
        Self(all.into_iter().map(refusal).collect())
    }
}

impl From<Refusals> for Vec<Counted> {
    fn from(all: Refusals) -> Self {
        let counted = |(Refusal { pointer, schema_pointer, rule }, count)| Counted {
            pointer,
            schema_pointer,
            rule,
            count,
        };
        all.0.into_iter().map(counted).collect()
    }
}

impl Refusals {
    fn add(&mut self, refusal: Refusal, count: u64) {
        let mine = self.0.entry(refusal).or_default();
        *mine = mine.saturating_add(count);
        if self.0.len() > MAX_REFUSALS {
            self.0.pop_last();
        }
    }

    /// Adds what was refused elsewhere.
    pub fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(refusal, count)| self.add(refusal, count));
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of one rule.
    #[must_use]
    pub fn of(&self, rule: &Rule) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(one, _)| one.rule == rule.id)
                .map(|(one, count)| (one.clone(), *count))
                .collect(),
        )
    }

    /// Each refusal with the number of its findings, in the order of their locations.
    pub fn iter(&self) -> impl Iterator<Item = (&Refusal, u64)> {
        self.0.iter().map(|(refusal, count)| (refusal, *count))
    }
}

/// What was refused, with the smallest payload for each refusal, in bounded memory.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// The refusals.
    pub refusals: Refusals,
    examples: BTreeMap<Refusal, Arc<[u8]>>,
    bytes: usize,
}

impl Refused {
    /// Adds what was found in a payload, and keeps its bytes unless none are given. An error object instead
    /// of data is not held against the schema.
    pub fn add(&mut self, body: &[u8], validation: &Validation) {
        if !validation.in_first {
            if !validation.valid {
                let (pointer, schema_pointer) = (String::new(), String::new());
                let rule = rules::ENVELOPE_DIFFERS.id.to_owned();
                self.refusals.add(Refusal { pointer, schema_pointer, rule }, 1);
            }
            return;
        }
        for finding in validation.findings.iter().filter(|finding| validation.answered || of_body(finding)) {
            if let Some(refusal) = refusal(finding) {
                if !validation.valid && validation.answered {
                    self.keep(&refusal, body);
                }
                self.refusals.add(refusal, 1 + finding.further);
            }
        }
    }

    /// Keeps the payload if there is none for this refusal, or a larger one.
    fn keep(&mut self, refusal: &Refusal, body: &[u8]) {
        let known = self.examples.get(refusal);
        let smaller = known.is_none_or(|known| (body.len(), body) < (known.len(), &**known));
        let bytes = self.bytes - known.map_or(0, |known| known.len()) + body.len();
        let room = bytes <= MAX_EXAMPLES && (known.is_some() || self.examples.len() < MAX_REFUSALS);
        if smaller && room && (1..=MAX_EXAMPLE).contains(&body.len()) {
            self.bytes = bytes;
            self.examples.insert(refusal.clone(), body.into());
        }
    }

    /// Adds what was refused elsewhere.
    pub fn merge(&mut self, other: Self) {
        other.examples.iter().for_each(|(refusal, body)| self.keep(refusal, body));
        self.refusals.merge(other.refusals);
    }

    /// The payloads that are kept, each once.
    pub(super) fn examples(&self) -> impl Iterator<Item = &[u8]> {
        self.examples.values().map(|body| &**body).collect::<std::collections::BTreeSet<_>>().into_iter()
    }
}

fn of_body(finding: &Finding) -> bool {
    finding.rule.scope == Scope::Body
}

/// A finding, as far as a schema could be changed because of it. Responses that are not validated are none of
/// it.
fn refusal(finding: &Finding) -> Option<Refusal> {
    let of_schema = matches!(finding.rule.scope, Scope::Schema(_) | Scope::Member | Scope::Body);
    let counts = of_schema && *finding.rule != rules::DUPLICATE_KEY && *finding.rule != rules::HTTP_STATUS;
    counts.then(|| Refusal {
        pointer: finding.pointer.starred(),
        schema_pointer: finding.schema_pointer.clone(),
        rule: finding.rule.id.to_owned(),
    })
}
