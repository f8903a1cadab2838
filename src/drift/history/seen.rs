//! What a history keeps of a profile: counts alone, in a tenth of its memory.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::field::{Field, Times};
use super::super::profile::Profile;

/// Counts of a point in time.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) payloads: u64,
    /// Payloads that were validated.
    pub(super) validated: u64,
    pub(super) valid: u64,
    pub(super) observed: u64,
    /// Pointer and rule of each finding group, and in how many payloads it was.
    pub(super) findings: Vec<(Arc<str>, Arc<str>, u64)>,
    pub(super) root: SeenField,
    /// Sorted by name.
    pub(super) envelopes: Vec<(Arc<str>, SeenField)>,
}

/// Counts of a field; each means what it means in [`Field`].
#[derive(Clone, Debug, Default)]
pub(super) struct SeenField {
    pub(super) seen: u64,
    pub(super) null: u64,
    pub(super) string: u64,
    pub(super) array: u64,
    pub(super) object: u64,
    pub(super) payloads_with_object: u64,
    pub(super) payloads_full: u64,
    pub(super) payloads_with_null: u64,
    pub(super) other_members: u64,
    pub(super) other_properties: u64,
    /// Sorted by name.
    pub(super) members: Box<[(Arc<str>, Times)]>,
    /// Sorted by name.
    pub(super) new_members: Box<[(Arc<str>, Times)]>,
    /// Sorted by name.
    pub(super) properties: Box<[(Arc<str>, SeenField)]>,
    pub(super) items: Option<Box<SeenField>>,
}

/// What has this name, in a list sorted by names.
pub(super) fn named<'a, T>(list: &'a [(Arc<str>, T)], name: &str) -> Option<&'a T> {
    list.binary_search_by(|(known, _)| (**known).cmp(name)).ok().map(|at| &list[at].1)
}

/// Each name once: most are the same at every point in time.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(HashSet<Arc<str>>);

impl Names {
    /// The counts of a profile.
    pub(super) fn seen(&mut self, profile: &Profile) -> Seen {
        let left_out = profile.not_validated.iter().fold(0, |sum: u64, one| sum.saturating_add(one.count));
        let groups = profile.causes.observed();
        Seen {
            payloads: profile.payloads,
            validated: profile.payloads.saturating_sub(left_out),
            valid: profile.valid,
            observed: profile.observed,
            findings: groups
                .map(|group| (self.name(group.pointer), self.name(group.rule), group.payloads))
                .collect(),
            root: self.field(&profile.root),
            envelopes: profile
                .envelopes
                .iter()
                .map(|(name, field)| (self.name(name), self.field(field)))
                .collect(),
        }
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.0.insert(name.clone());
        name
    }

    fn field(&mut self, field: &Field) -> SeenField {
        SeenField {
            seen: field.seen,
            null: field.null,
            string: field.string,
            array: field.array,
            object: field.object,
            payloads_with_object: field.payloads_with_object,
            payloads_full: field.payloads_full,
            payloads_with_null: field.payloads_with_null,
            other_members: field.other_members,
            other_properties: field.other_properties,
            members: self.times(&field.members),
            new_members: self.times(&field.new_members),
            properties: field
                .properties
                .iter()
                .map(|(name, field)| (self.name(name), self.field(field)))
                .collect(),
            items: field.items.as_deref().map(|items| Box::new(self.field(items))),
        }
    }

    fn times(&mut self, members: &BTreeMap<String, Times>) -> Box<[(Arc<str>, Times)]> {
        members.iter().map(|(name, times)| (self.name(name), *times)).collect()
    }
}
