//! Measures how much of the contract the payloads exercise.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::allows;
use super::field::Field;
use super::profile::{Documents, Profile};
use super::table::ANY;
use super::traffic::claim;
use crate::finding::{Finding, rules};
use crate::pointer::{Pointer, child};
use crate::schema::model::{Assertion, Subschemas};
use crate::schema::types::TypeSet;

/// Parts of the contract that a finding names.
const MAX_NAMED: usize = 5;

/// What kind of thing payloads can exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A documented field: it was there.
    Field,
    /// A member of an enum: a value was it.
    Member,
    /// A field that may be null: it was null.
    Null,
    /// A field that may be an array, or a string of any length and kind: it was empty.
    Empty,
}

/// What the payloads exercise of a contract, and what they do not. A field counts once, at however many
/// locations its object occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    counts: BTreeMap<Part, [u64; 2]>,
    missing: Vec<(Part, String)>,
}

impl Coverage {
    /// What a profile exercises.
    #[must_use]
    pub fn of(documents: &Documents, profile: &Profile) -> Self {
        let mut all = Fields::default();
        // Of an envelope that did not come, nothing is missing.
        let mut seen: Vec<_> = documents.seen(profile).filter(|(_, field)| field.seen > 0).collect();
        if seen.is_empty() {
            seen.push((documents, &profile.root));
        }
        for (one, field) in seen {
            all.describe(&one.root());
            all.mark(&one.root(), field);
        }
        let mut coverage = Self::default();
        for ((location, name), known) in &all.0 {
            let at = child(location, name);
            coverage.add(Part::Field, known.seen, || at.clone());
            for (member, seen) in &known.listed {
                coverage.add(Part::Member, *seen, || format!("{at} = {member}"));
            }
            for (may, seen, part) in
                [(known.nullable, known.null, Part::Null), (known.emptyable, known.empty, Part::Empty)]
            {
                if may {
                    coverage.add(part, seen, || at.clone());
                }
            }
        }
        coverage
    }

    fn add(&mut self, part: Part, seen: bool, name: impl FnOnce() -> String) {
        let [done, of] = self.counts.entry(part).or_default();
        *done += u64::from(seen);
        *of += 1;
        if !seen {
            self.missing.push((part, name()));
        }
    }

    /// How many of a kind were exercised, and how many there are.
    #[must_use]
    pub fn count(&self, part: Part) -> [u64; 2] {
        self.counts.get(&part).copied().unwrap_or_default()
    }

    /// What was not exercised: the schema location, and the member of an enum.
    #[must_use]
    pub fn missing(&self) -> &[(Part, String)] {
        &self.missing
    }

    /// Of everything together, in percent, rounded down.
    #[must_use]
    pub fn percent(&self) -> u64 {
        let sum = |at: usize| self.counts.values().map(|pair| pair[at]).sum::<u64>();
        if sum(1) == 0 { 100 } else { sum(0) * 100 / sum(1) }
    }

    /// What was exercised, in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |part| {
            let [done, of] = self.count(part);
            format!("{done} of {of}")
        };
        let [fields, members] = [Part::Field, Part::Member].map(count);
        let [nulls, empties] = [Part::Null, Part::Empty].map(count);
        format!(
            "{} %: {fields} properties, {members} enum values, {nulls} nulls, {empties} empty arrays and strings",
            self.percent()
        )
    }

    /// The message if less is exercised than required.
    #[must_use]
    pub fn below(&self, least: u64) -> Option<Finding> {
        if self.percent() >= least {
            return None;
        }
        let named: Vec<String> =
            self.missing.iter().take(MAX_NAMED).map(|(_, name)| format!("`{name}`")).collect();
        let more = self.missing.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = format!(
            "coverage is {}; expected at least {least} %. Not covered: {}{more}",
            self.summary(),
            named.join(", ")
        );
        Some(claim(&rules::LOW_COVERAGE, &Pointer::root(), what))
    }
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "what may be, and what was")]
struct Known {
    nullable: bool,
    emptyable: bool,
    /// Enum members, and whether each was there.
    listed: BTreeMap<String, bool>,
    seen: bool,
    null: bool,
    empty: bool,
}

/// By where the schema lists them, and name.
#[derive(Default)]
struct Fields(BTreeMap<(String, String), Known>);

impl Fields {
    fn describe(&mut self, root: &Subschemas<'_>) {
        let mut pending = vec![root.clone()];
        let mut visited = BTreeSet::new();
        while let Some(members) = pending.pop() {
            if !visited.insert(members.identity().to_vec()) {
                continue;
            }
            pending.push(members.item(0));
            pending.extend(members.member(ANY));
            let Some(location) = members.listed_at() else { continue };
            for name in members.names() {
                let Some(below) = members.member(name) else { continue };
                let item = below.item(0);
                let listed = [&below, &item].into_iter().flat_map(Subschemas::listed);
                let listed = listed.map(|one| (one.to_owned(), false));
                let known = Known {
                    nullable: allows(&below, "null"),
                    emptyable: below.describes_items() || is_free_text(&below),
                    listed: listed.collect(),
                    ..Known::default()
                };
                self.0.entry((location.clone(), name.to_owned())).or_insert(known);
                pending.push(below);
            }
        }
    }

    fn mark(&mut self, members: &Subschemas<'_>, field: &Field) {
        let location = members.listed_at();
        for (name, below) in &field.properties {
            let Some(known) = members.member(name) else { continue };
            let key = location.clone().map(|location| (location, name.clone()));
            if let Some(mark) = key.and_then(|key| self.0.get_mut(&key)) {
                let is_empty = |span: Option<super::Span>| span.is_some_and(|span| span.least == 0);
                mark.seen = true;
                mark.null |= below.null > 0;
                mark.empty |= is_empty(below.counts) || is_empty(below.length);
                let items = below.items.iter().flat_map(|items| items.members.keys());
                for member in below.members.keys().chain(items) {
                    mark.listed.entry(member.clone()).and_modify(|seen| *seen = true);
                }
            }
            self.mark(&known, below);
        }
        if let Some(items) = &field.items {
            self.mark(&members.item(0), items);
        }
    }
}

/// Whether any string may stand here, the empty one too.
fn is_free_text(known: &Subschemas<'_>) -> bool {
    let is_narrowed = known.assertions().any(|one| match one {
        Assertion::Type(_) => false,
        Assertion::Count(count) => count.of == TypeSet::STRING && !count.upper,
        other => other.speaks_of().overlaps(TypeSet::STRING),
    });
    known.types() != TypeSet::ALL && allows(known, "string") && !is_narrowed
}
