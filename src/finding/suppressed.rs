//! Findings that are counted and not reported, with the reason.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::{Rule, Scope, Severity};

/// Why a finding is not reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SuppressedBy {
    /// Its rule is switched off.
    Off,
    /// A baseline accepts it.
    Baseline,
}

/// Findings of one rule that are not reported. They change neither whether a payload is valid nor why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Suppressed {
    /// The rule.
    #[serde(serialize_with = "id")]
    #[schemars(with = "String")]
    pub rule: &'static Rule,
    /// Why they are not reported.
    pub by: SuppressedBy,
    /// Number of findings.
    pub count: u64,
    /// Number of payloads with at least one; where findings were grouped first, as `drift` does, at least
    /// this many.
    pub payloads: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference to the field")]
fn id<S: Serializer>(rule: &&'static Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.id)
}

impl Suppressed {
    /// Whether findings of this rule make a payload invalid.
    #[must_use]
    pub fn invalidates(&self) -> bool {
        self.rule.severity == Severity::Error && self.rule.scope != Scope::Corpus
    }

    fn key(&self) -> (&'static str, SuppressedBy) {
        (self.rule.id, self.by)
    }

    /// Adds findings of the same payload to a list that is sorted by rule.
    pub fn add(list: &mut Vec<Self>, rule: &'static Rule, by: SuppressedBy, count: u64, payloads: u64) {
        match list.binary_search_by_key(&(rule.id, by), Self::key) {
            Ok(at) => {
                list[at].count = list[at].count.saturating_add(count);
                list[at].payloads = list[at].payloads.max(payloads);
            }
            Err(at) => list.insert(at, Self { rule, by, count, payloads }),
        }
    }

    /// Adds what was suppressed of another payload to a list that is sorted by rule.
    pub fn merge(list: &mut Vec<Self>, others: &[Self]) {
        for other in others {
            match list.binary_search_by_key(&other.key(), Self::key) {
                Ok(at) => {
                    list[at].count = list[at].count.saturating_add(other.count);
                    list[at].payloads = list[at].payloads.saturating_add(other.payloads);
                }
                Err(at) => list.insert(at, other.clone()),
            }
        }
    }
}
