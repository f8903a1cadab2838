//! Finding groups in the form that a file keeps.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::candidates::{Candidate, Candidates, MAX_SHOWN};
use super::group::MAX_POSITIONS;
use super::{Group, Groups, Position, Rule, TextLocation};
use crate::origin::Origin;
use crate::pointer::Pointer;

/// Finding groups before severity overrides, as a file keeps them and as they are merged: in the order of the
/// names of files, and of payloads in a file. The order of merging makes no difference, as long as no payload was
/// seen twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Causes")]
pub struct SavedGroups {
    /// The groups, by pointer and rule.
    causes: Vec<SavedGroup>,
    /// Findings beyond 10,000 groups: infos, warnings, errors.
    beyond: [u64; 3],
}

/// All findings of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KeptCause")]
struct SavedGroup {
    /// The location, a JSON Pointer with `*` for every array index.
    pointer: String,
    /// The rule that was broken.
    rule: String,
    /// The message of the first finding, without its location.
    what: String,
    /// Whether all findings have the same message.
    alike: bool,
    /// The schema location of the keyword; empty if there is none.
    schema_pointer: String,
    /// Number of findings.
    count: u64,
    /// Number of payloads with at least one.
    payloads: u64,
    /// The first of them.
    first: SavedLocation,
    /// The last of them.
    last: SavedLocation,
    /// One of those in the first file, shown in its surroundings with values masked by type; of profiles before
    /// 1.5.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    example: Option<(SavedLocation, Vec<String>)>,
    /// The first eight in the first file, each with the number of findings it stands for, and shown in its
    /// surroundings with values masked by type where it is smaller than those before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    examples: Vec<(SavedLocation, u64, Vec<String>)>,
    /// Where the first of them are, at most 100.
    positions: Vec<(Origin, u64, u64)>,
}

/// One location in one payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KeptPlace")]
struct SavedLocation {
    /// The payload.
    origin: Origin,
    /// The location inside it.
    pointer: Pointer,
    /// Line, counted from 1.
    line: u64,
    /// Column in Unicode code points, counted from 1.
    column: u64,
}

/// A finding group, without its occurrences.
#[derive(Clone, Copy, Debug)]
pub struct ObservedGroup<'c> {
    /// The rule that was broken.
    pub rule: &'c str,
    /// The location, with `*` for every array index.
    pub pointer: &'c str,
    /// The schema location of the keyword; empty if there is none.
    pub schema_pointer: &'c str,
    /// Number of findings.
    pub count: u64,
    /// Number of payloads with at least one.
    pub payloads: u64,
}

impl SavedLocation {
    fn of(location: &TextLocation) -> Self {
        let TextLocation { origin, pointer, line, column } = location.clone();
        Self { origin, pointer, line, column }
    }

    fn location(&self) -> TextLocation {
        let Self { origin, pointer, line, column } = self.clone();
        TextLocation { origin, pointer, line, column }
    }
}

impl SavedGroup {
    fn of(group: &Group) -> Self {
        Self {
            pointer: group.pointer.clone(),
            rule: group.rule.id.to_owned(),
            what: group.what.clone(),
            alike: group.alike,
            schema_pointer: group.schema_pointer.clone(),
            count: group.count,
            payloads: group.payloads,
            first: SavedLocation::of(&group.first),
            last: SavedLocation::of(&group.last),
            example: None,
            examples: saved(&group.candidates),
            positions: group.positions.iter().map(|at| (at.origin.clone(), at.line, at.column)).collect(),
        }
    }

    fn candidates(&mut self) -> Candidates {
        let old = self.example.take().map(|(location, lines)| (location, MAX_SHOWN, lines));
        let all = std::mem::take(&mut self.examples).into_iter().chain(old);
        let candidate = |(location, count, lines): (SavedLocation, u64, _)| Candidate {
            location: location.location(),
            count,
            lines,
        };
        Candidates(all.map(candidate).collect())
    }

    fn group(mut self, rule: &'static Rule) -> Group {
        let candidates = self.candidates();
        let position = |(origin, line, column)| Position { origin, line, column };
        Group {
            rule,
            severity: rule.severity,
            pointer: self.pointer,
            what: self.what,
            schema_pointer: self.schema_pointer,
            count: self.count,
            payloads: self.payloads,
            first: self.first.location(),
            last: self.last.location(),
            example: candidates.example(),
            candidates,
            positions: self.positions.into_iter().map(position).collect(),
            last_payload: 0,
            alike: self.alike,
        }
    }

    fn merge(&mut self, other: Self) {
        let mut other = other;
        if other.first.origin.order() < self.first.origin.order() {
            std::mem::swap(self, &mut other);
        }
        let mut candidates = self.candidates();
        if other.first.origin.name() == self.first.origin.name() {
            candidates.merge(other.candidates());
        }
        self.examples = saved(&candidates);
        self.alike &= other.alike && self.what == other.what;
        self.count = self.count.saturating_add(other.count);
        self.payloads = self.payloads.saturating_add(other.payloads);
        if other.last.origin.order() > self.last.origin.order() {
            self.last = other.last;
        }
        self.positions.extend(other.positions);
        // Stable: those of one payload stay in their order.
        self.positions.sort_by(|(a, ..), (b, ..)| a.order().cmp(&b.order()));
        self.positions.truncate(MAX_POSITIONS);
    }
}

fn saved(candidates: &Candidates) -> Vec<(SavedLocation, u64, Vec<String>)> {
    let all = candidates.0.iter();
    all.map(|one| (SavedLocation::of(&one.location), one.count, one.lines.clone())).collect()
}

impl SavedGroups {
    /// What was gathered. Groups keep the example of the first file only if they were made to
    /// ([`Groups::mergeable`]).
    #[must_use]
    pub fn of(groups: &Groups) -> Self {
        let mut causes: Vec<SavedGroup> = groups.sorted().into_iter().map(SavedGroup::of).collect();
        causes.sort_by(|a, b| (&a.pointer, &a.rule).cmp(&(&b.pointer, &b.rule)));
        Self { causes, beyond: groups.beyond() }
    }

    /// The groups, by pointer and rule.
    pub fn observed(&self) -> impl Iterator<Item = ObservedGroup<'_>> {
        self.causes.iter().map(|cause| ObservedGroup {
            rule: &cause.rule,
            pointer: &cause.pointer,
            schema_pointer: &cause.schema_pointer,
            count: cause.count,
            payloads: cause.payloads,
        })
    }

    /// The same without examples and without the locations of occurrences but the first and the last.
    #[must_use]
    pub fn slim(mut self) -> Self {
        for cause in &mut self.causes {
            cause.example = None;
            cause.examples = Vec::new();
            cause.positions = Vec::new();
        }
        self
    }

    /// Adds what was found elsewhere.
    pub fn merge(&mut self, other: Self) {
        let key = |cause: &SavedGroup| (cause.pointer.clone(), cause.rule.clone());
        let mine = std::mem::take(&mut self.causes);
        let mut all: BTreeMap<_, SavedGroup> = mine.into_iter().map(|cause| (key(&cause), cause)).collect();
        for cause in other.causes {
            match all.entry(key(&cause)) {
                std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(cause)),
                std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().merge(cause),
            }
        }
        self.causes = all.into_values().collect();
        for (mine, theirs) in self.beyond.iter_mut().zip(other.beyond) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// The same as groups again. Groups of rules that are not among these, which another version wrote, are
    /// dropped.
    #[must_use]
    pub fn into_groups(self, rules: impl Iterator<Item = &'static Rule>) -> Groups {
        let rules: BTreeMap<&str, &'static Rule> = rules.map(|rule| (rule.id, rule)).collect();
        let groups = self.causes.into_iter().filter_map(|cause| {
            let rule = rules.get(cause.rule.as_str())?;
            Some(cause.group(rule))
        });
        Groups::of(groups, self.beyond)
    }
}
