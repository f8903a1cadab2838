//! Statistics of one field over all payloads.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::distinct::{Distinct, Written};

/// Members kept of one object beside those that the contract lists.
pub(super) const MAX_UNLISTED: usize = 1_000;

/// Enum members kept of one field beside those that the contract lists.
pub(super) const MAX_NEW_MEMBERS: usize = 100;

/// A minimum and a maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The minimum.
    pub least: i64,
    /// The maximum.
    pub most: i64,
}

impl Span {
    /// Of both.
    pub(super) fn join(into: &mut Option<Self>, other: Self) {
        *into = Some(match *into {
            None => other,
            Some(span) => Self { least: span.least.min(other.least), most: span.most.max(other.most) },
        });
    }
}

/// Number of times an enum member was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// The count.
    pub count: u64,
    /// In how many payloads.
    pub payloads: u64,
}

impl Times {
    pub(super) fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.payloads = self.payloads.saturating_add(other.payloads);
    }
}

/// Counts of one field. Every member is a sum, a minimum, a maximum or a set, so that the order in which
/// fields are merged makes no difference; what is zero or empty is left out of a profile. No member holds a
/// value of a payload, but for enum members shaped like an identifier.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Field {
    /// Whether the contract lists its name.
    #[serde(skip_serializing_if = "is_default")]
    pub listed: bool,
    /// Number of times it was there.
    #[serde(skip_serializing_if = "is_default")]
    pub seen: u64,
    /// Number of times it was null.
    #[serde(skip_serializing_if = "is_default")]
    pub null: u64,
    /// Number of times it was true or false.
    #[serde(skip_serializing_if = "is_default")]
    pub boolean: u64,
    /// Number of times it was a number without a fraction.
    #[serde(skip_serializing_if = "is_default")]
    pub integer: u64,
    /// Number of times it was a number with a fraction.
    #[serde(skip_serializing_if = "is_default")]
    pub fraction: u64,
    /// Number of times it was a string.
    #[serde(skip_serializing_if = "is_default")]
    pub string: u64,
    /// Number of times it was an array.
    #[serde(skip_serializing_if = "is_default")]
    pub array: u64,
    /// Number of times it was an object; its properties can be there so often.
    #[serde(skip_serializing_if = "is_default")]
    pub object: u64,
    /// Number of payloads in which it was an object at least once.
    #[serde(skip_serializing_if = "is_default")]
    pub payloads_with_object: u64,
    /// Number of payloads with at least one object around it in which every such object had it.
    #[serde(skip_serializing_if = "is_default")]
    pub payloads_full: u64,
    /// Number of payloads in which it was null at least once; not counted for items of arrays.
    #[serde(skip_serializing_if = "is_default")]
    pub payloads_with_null: u64,
    /// Its scalars, as far as it takes to count how many distinct ones there are; nothing of secret members.
    /// One text in two spellings (`A`, `\u0041`) counts as two.
    #[serde(with = "written", skip_serializing_if = "is_default")]
    #[schemars(with = "Written")]
    pub(super) distinct: Distinct,
    /// Number of times each enum member was there that the contract lists.
    #[serde(skip_serializing_if = "is_default")]
    pub members: BTreeMap<String, Times>,
    /// Number of times each other one was there that is shaped like an identifier, where the contract has an
    /// enum: the first 100 in the order of their bytes.
    #[serde(skip_serializing_if = "is_default")]
    pub new_members: BTreeMap<String, Times>,
    /// Number of times a string was there that is named in neither, where the contract has an enum.
    #[serde(skip_serializing_if = "is_default")]
    pub other_members: u64,
    /// Number of strings valid for each format, where the contract declares none.
    #[serde(skip_serializing_if = "is_default")]
    pub formats: BTreeMap<String, u64>,
    /// Code points of its strings; of strings longer than 4 KiB, as they are written with their escapes.
    #[serde(skip_serializing_if = "is_default")]
    pub length: Option<Span>,
    /// Its numbers, rounded outward to powers of two, so that they reveal no value.
    #[serde(skip_serializing_if = "is_default")]
    pub numbers: Option<Span>,
    /// How many items its arrays have.
    #[serde(skip_serializing_if = "is_default")]
    pub counts: Option<Span>,
    /// Its properties: those that the contract lists, and 1,000 others (those whose names have the smallest
    /// hashes).
    #[serde(skip_serializing_if = "is_default")]
    pub properties: BTreeMap<String, Field>,
    /// Number of times a property was there that is not among them.
    #[serde(skip_serializing_if = "is_default")]
    pub other_properties: u64,
    /// Where there is no contract, the values of those, all alike: their types alone.
    #[serde(skip_serializing_if = "is_default")]
    pub others: Option<Box<Field>>,
    /// Values in it that were not looked at, because there are too many fields.
    #[serde(skip_serializing_if = "is_default")]
    pub beyond: u64,
    /// Its items, all alike.
    #[serde(skip_serializing_if = "is_default")]
    pub items: Option<Box<Field>>,
}

/// What is zero or empty is not written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

mod written {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Distinct, Written};

    pub(super) fn serialize<S: Serializer>(distinct: &Distinct, serializer: S) -> Result<S::Ok, S::Error> {
        Written::from(distinct.clone()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Distinct, D::Error> {
        Written::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl Field {
    /// Adds what another run saw of the same field.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in [
            (&mut self.seen, other.seen),
            (&mut self.null, other.null),
            (&mut self.boolean, other.boolean),
            (&mut self.integer, other.integer),
            (&mut self.fraction, other.fraction),
            (&mut self.string, other.string),
            (&mut self.array, other.array),
            (&mut self.object, other.object),
            (&mut self.payloads_with_object, other.payloads_with_object),
            (&mut self.payloads_full, other.payloads_full),
            (&mut self.payloads_with_null, other.payloads_with_null),
            (&mut self.other_members, other.other_members),
            (&mut self.other_properties, other.other_properties),
            (&mut self.beyond, other.beyond),
        ] {
            *mine = mine.saturating_add(theirs);
        }
        self.listed |= other.listed;
        self.distinct.merge(&other.distinct);
        for (format, count) in other.formats {
            let mine = self.formats.entry(format).or_default();
            *mine = mine.saturating_add(count);
        }
        for (mine, theirs) in [
            (&mut self.length, other.length),
            (&mut self.numbers, other.numbers),
            (&mut self.counts, other.counts),
        ] {
            if let Some(span) = theirs {
                Span::join(mine, span);
            }
        }
        for (member, times) in other.members {
            self.members.entry(member).or_default().add(times);
        }
        for (member, times) in other.new_members {
            self.new_members.entry(member).or_default().add(times);
        }
        while self.new_members.len() > MAX_NEW_MEMBERS {
            let beyond = self.new_members.pop_last().map_or(0, |(_, times)| times.count);
            self.other_members = self.other_members.saturating_add(beyond);
        }
        for (name, field) in other.properties {
            self.properties.entry(name).or_default().merge(field);
        }
        if let Some(others) = other.others {
            self.others.get_or_insert_default().merge(*others);
        }
        self.bound();
        if let Some(items) = other.items {
            self.items.get_or_insert_default().merge(*items);
        }
    }

    /// Leaves as many unlisted properties as are kept. One that is among the smallest of all parts is so in
    /// each part, and has not been dropped in any: which are left, and their counts, do not depend on how
    /// traffic was cut.
    fn bound(&mut self) {
        let unlisted = self.properties.iter().filter(|(_, field)| !field.listed);
        let mut unlisted: Vec<(u64, String)> =
            unlisted.map(|(name, _)| (xxh3_64(name.as_bytes()), name.clone())).collect();
        if unlisted.len() <= MAX_UNLISTED {
            return;
        }
        unlisted.sort_unstable();
        for (_, name) in &unlisted[MAX_UNLISTED..] {
            let Some(field) = self.properties.remove(name) else { continue };
            self.other_properties = self.other_properties.saturating_add(field.seen);
            if let Some(others) = &mut self.others {
                others.merge(field.only_types());
            }
        }
    }

    /// The names of the types it has, null last, by how JSON Schema names them.
    pub fn types(&self) -> Vec<&'static str> {
        let number = if self.fraction > 0 { "number" } else { "integer" };
        [
            (self.boolean, "boolean"),
            (self.integer.saturating_add(self.fraction), number),
            (self.string, "string"),
            (self.array, "array"),
            (self.object, "object"),
            (self.null, "null"),
        ]
        .into_iter()
        .filter_map(|(count, name)| (count > 0).then_some(name))
        .collect()
    }

    /// The same without what is inside.
    pub(super) fn without_members(&self) -> Self {
        let Self { seen, null, boolean, integer, fraction, string, array, object, beyond, .. } = *self;
        let formats = self.formats.clone();
        let counted =
            Self { seen, null, boolean, integer, fraction, string, array, object, beyond, ..Self::default() };
        Self { formats, ..counted }
    }

    /// Drops the hashes of values, here and in all that is inside.
    pub(super) fn forget_values(&mut self) {
        self.distinct = Distinct::default();
        let others = self.others.iter_mut().chain(&mut self.items).map(|field| &mut **field);
        others.chain(self.properties.values_mut()).for_each(Self::forget_values);
    }

    /// The types of it and of what is inside.
    pub(super) fn only_types(self) -> Self {
        let own = Self { formats: BTreeMap::new(), ..self.without_members() };
        let below = |field: Box<Self>| Box::new(field.only_types());
        let properties =
            self.properties.into_iter().map(|(name, field)| (name, field.only_types())).collect();
        Self {
            properties,
            other_properties: self.other_properties,
            others: self.others.map(below),
            items: self.items.map(below),
            ..own
        }
    }

    /// What was seen of one type.
    pub(super) fn only(&self, name: &str) -> Self {
        let mut only = self.clone();
        for (count, names) in [
            (&mut only.null, &["null"][..]),
            (&mut only.boolean, &["boolean"]),
            (&mut only.integer, &["integer", "number"]),
            (&mut only.fraction, &["number"]),
            (&mut only.string, &["string"]),
            (&mut only.array, &["array"]),
            (&mut only.object, &["object"]),
        ] {
            if !names.contains(&name) {
                *count = 0;
            }
        }
        only
    }

    /// How many distinct scalars there are, and whether that is exact; more than 32 are an estimate with a
    /// standard error of 3.3 %.
    pub fn distinct(&self) -> (u64, bool) {
        self.distinct.count()
    }
}
