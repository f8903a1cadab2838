//! Compares statistics of traffic with the contract.

use super::changes::changes;
use super::field::Field;
use super::profile::{Documents, Profile};
use super::significance::Rate;
use super::traffic::claim;
use crate::finding::{Finding, Rule, rules, similar};
use crate::pointer::{Pointer, Token};
use crate::schema::model::{Assertion, Subschemas};
use crate::schema::types::TypeSet;

/// How similar a new key must be to one that is gone to be taken for it.
const NEAR: f64 = 0.87;

/// Findings about a profile, for values that were present at least `min_sample` times; with an earlier
/// profile also what changed.
///
/// Statistically significant changes are reported: Fisher's exact test, one-sided, at 1 % for all
/// comparisons together (Bonferroni). Values of one payload are alike, so that each payload counts once: in
/// how many payloads it happens, and, of the rate over all values, as if there were one value a payload.
#[must_use]
pub fn claims(
    documents: &Documents,
    now: &Profile,
    since: Option<&Profile>,
    min_sample: u64,
) -> Vec<Finding> {
    let min_sample = min_sample.max(1);
    let mut found = Vec::new();
    for (at, (one, field)) in documents.seen(now).enumerate() {
        let mut claims = Claims { min_sample, at: Pointer::root(), found: Vec::new() };
        let before = since.and_then(|since| one.field(since, at == 0));
        claims.field(&one.root(), field, before);
        if at > 0 {
            one.locate(&mut claims.found);
        }
        found.extend(claims.found);
    }
    found.extend(since.iter().flat_map(|since| changed(documents, now, since, min_sample)));
    found
}

/// Those of the findings of [`claims`] that are about what changed since earlier traffic.
#[must_use]
pub fn changed(documents: &Documents, now: &Profile, since: &Profile, min_sample: u64) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, (one, field)) in documents.seen(now).enumerate() {
        let Some(before) = one.field(since, at == 0) else { continue };
        let observed = if at == 0 { [since.observed, now.observed] } else { [before.seen, field.seen] };
        let mut of_one = changes([before, field], observed, min_sample.max(1));
        if at > 0 {
            one.locate(&mut of_one);
        }
        found.extend(of_one);
    }
    found
}

struct Claims {
    min_sample: u64,
    at: Pointer,
    found: Vec<Finding>,
}

impl Claims {
    fn claim(&mut self, rule: &'static Rule, what: String) {
        self.found.push(claim(rule, &self.at, what));
    }

    fn field(&mut self, known: &Subschemas<'_>, field: &Field, before: Option<&Field>) {
        if field.seen >= self.min_sample {
            self.value(known, field);
        }
        if field.object >= self.min_sample && known.listed_at().is_some() {
            self.absent(known, field, before);
        }
        for (name, below) in &field.properties {
            if let Some(known) = known.member(name) {
                self.at.push(Token::Key(name.as_str().into()));
                self.field(&known, below, before.and_then(|before| before.properties.get(name)));
                self.at.pop();
            }
        }
        if let Some(items) = &field.items {
            self.at.push(Token::Index(0));
            self.field(&known.item(0), items, before.and_then(|before| before.items.as_deref()));
            self.at.pop();
        }
    }

    fn value(&mut self, known: &Subschemas<'_>, field: &Field) {
        let seen = field.seen;
        if field.null == seen {
            self.claim(&rules::ALWAYS_NULL, format!("null in all of {seen}"));
            return;
        }
        if field.null == 0 && allows(known, "null") {
            self.claim(&rules::NEVER_NULL, format!("null is allowed, but occurs in none of {seen}"));
        }
        let scalar = field.array == 0 && field.object == 0 && field.null == 0;
        if scalar && field.distinct() == (1, true) && !one_value(known) {
            self.claim(&rules::CONSTANT, format!("same value in all of {seen}"));
        }
    }

    /// Documented members that are not there, and new ones that may be the same under another name.
    fn absent(&mut self, known: &Subschemas<'_>, field: &Field, before: Option<&Field>) {
        let objects = field.object;
        let none = Field::default();
        let mut gone: Vec<&str> = known.names().into_iter().collect();
        gone.retain(|name| field.properties.get(*name).is_none_or(|old| old.seen < objects));
        let mut shown = Vec::new();
        for (name, new) in &field.properties {
            if new.listed || known.member(name).is_some() {
                continue;
            }
            let fits = |gone: &&&str| {
                let old = field.properties.get(**gone).unwrap_or(&none);
                let has = before.and_then(|before| before.properties.get(**gone).map(|old| (before, old)));
                let types = known.member(gone);
                let alike = |known: Subschemas<'_>| new.types().iter().all(|name| allows(&known, name));
                types.is_some_and(alike) && self.takes_over(known.requires(gone), old, new, objects, has)
            };
            if let Some(old) = similar(name, gone.iter().filter(fits).copied(), NEAR) {
                gone.retain(|name| *name != old);
                let left = field.properties.get(old).map_or(0, |field| field.seen);
                let there = if left == 0 { "none".to_owned() } else { left.to_string() };
                let what = format!(
                    "present in {there} of {objects} objects; the undocumented `{name}`, of the same type, is present in {}",
                    new.seen
                );
                shown.push((old, &rules::LIKELY_RENAME, what));
            }
        }
        for name in gone.into_iter().filter(|name| !field.properties.contains_key(*name)) {
            shown.push((name, &rules::NEVER_SEEN, format!("present in none of {objects} objects")));
        }
        for (name, rule, what) in shown {
            self.at.push(Token::Key(name.into()));
            self.claim(rule, what);
            self.at.pop();
        }
    }

    /// Whether a new member is there as often as an old one is missing. How often that was there before
    /// says an earlier profile; without one, what must be there was always there, and of the others nothing
    /// is known unless they are gone.
    fn takes_over(
        &self,
        required: bool,
        old: &Field,
        new: &Field,
        objects: u64,
        before: Option<(&Field, &Field)>,
    ) -> bool {
        const FEW: u64 = 10;
        let expected = match before {
            Some((parent, field)) => Rate::new(field.seen, parent.object).scaled(objects),
            None if required => objects,
            None if old.seen == 0 => return new.seen >= self.min_sample,
            None => return false,
        };
        let missing = expected.saturating_sub(old.seen);
        // Rates are the same within a fifth.
        new.seen >= FEW && new.seen.abs_diff(missing) <= missing / 5
    }
}

/// Whether the contract lets every value of this type stand here.
pub(super) fn allows(known: &Subschemas<'_>, name: &str) -> bool {
    TypeSet::named(name).is_some_and(|types| known.types().contains(types))
}

fn one_value(known: &Subschemas<'_>) -> bool {
    known.assertions().any(|one| matches!(one, Assertion::Values { values, .. } if values.len() == 1))
}
