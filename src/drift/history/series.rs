//! Counts of one thing at each point in time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::field::Times;
use super::super::shares::share;
use super::super::significance::Rate;
use super::seen::{Seen, SeenField, named};
use crate::pointer::child;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Measure {
    /// How many payloads are invalid.
    Invalid,
    /// In how many payloads a finding of this rule is.
    Finding(String),
    /// In how many objects a property is.
    Presence,
    /// How many values are null.
    NullRate,
    /// How many strings are this enum value, and whether the contract lists it.
    Value(String, bool),
}

impl Measure {
    /// What it is of, where there are several of a kind: the rule, or the enum value.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::Finding(name) | Self::Value(name, _) => Some(name),
            Self::Invalid | Self::Presence | Self::NullRate => None,
        }
    }

    /// Whether none of it means that it is not there.
    pub(super) fn comes_and_goes(&self) -> bool {
        matches!(self, Self::Finding(_) | Self::Value(..))
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid => f.write_str("invalid payloads"),
            Self::Finding(rule) => write!(f, "finding {rule}"),
            Self::Presence => f.write_str("presence"),
            Self::NullRate => f.write_str("null rate"),
            Self::Value(name, true) => write!(f, "enum value `{name}`"),
            Self::Value(name, false) => write!(f, "undocumented enum value `{name}`"),
        }
    }
}

/// How often something was so, of all times that it could have been so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sample {
    /// The number of times.
    pub count: u64,
    /// Of so many.
    pub of: u64,
    /// The number of payloads in which it was so.
    pub in_payloads: u64,
    /// Of so many.
    pub payloads: u64,
}

impl Sample {
    fn new(count: u64, of: u64, in_payloads: u64, payloads: u64) -> Self {
        Self { count: count.min(of), of, in_payloads: in_payloads.min(payloads), payloads }
    }

    /// All of these together.
    pub(super) fn sum(samples: &[Self]) -> Self {
        samples.iter().fold(Self::default(), |sum, one| Self {
            count: sum.count.saturating_add(one.count),
            of: sum.of.saturating_add(one.of),
            in_payloads: sum.in_payloads.saturating_add(one.in_payloads),
            payloads: sum.payloads.saturating_add(one.payloads),
        })
    }

    /// From 0 to 1; `None` of nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share is read by people")]
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| self.count as f64 / self.of as f64)
    }

    /// Whether it is more often so.
    pub(super) fn is_above(self, other: &Self) -> bool {
        u128::from(self.count) * u128::from(other.of) > u128::from(other.count) * u128::from(self.of)
    }

    /// Two views: over values, of which those of one payload count as one, and over payloads.
    pub(super) fn views(self) -> [Rate; 2] {
        let values = Rate::new(self.count, self.of).in_sample(self.payloads);
        [values, Rate::new(self.in_payloads, self.payloads.min(self.of))]
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.of == 0 {
            return f.write_str("nothing");
        }
        let Self { count, of, .. } = self;
        let share = if *count == 0 { "0 %".to_owned() } else { share(*count, *of) };
        write!(f, "{share} ({count} of {of})")
    }
}

/// Counts of one thing, one for each point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The envelope, of a contract with several, if it is not the first.
    pub envelope: Option<String>,
    /// The location, a JSON Pointer with `*` for array indexes.
    pub pointer: String,
    /// What is measured.
    pub measure: Measure,
    /// One for each point in time.
    pub samples: Vec<Sample>,
}

impl Series {
    /// Whether it is not the same share all the time.
    fn varies(&self) -> bool {
        let is_none = self.samples.iter().all(|sample| sample.count == 0 && sample.in_payloads == 0);
        let is_all = |one: &Sample| one.count == one.of && one.in_payloads == one.payloads;
        !is_none && !self.samples.iter().all(is_all)
    }

    /// The location as reports show it.
    #[must_use]
    pub fn location(&self) -> String {
        match (&self.envelope, &*self.pointer) {
            (None, "") => "body".to_owned(),
            (None, pointer) => pointer.to_owned(),
            (Some(envelope), pointer) => format!("{pointer} (envelope {envelope})"),
        }
    }
}

/// All that varies: findings, then properties in the order of their locations.
pub(super) fn all(points: &[&Seen]) -> Vec<Series> {
    let mut found = Found { series: Vec::new(), envelope: None };
    let invalid = |seen: &&Seen| {
        let count = seen.validated.saturating_sub(seen.valid);
        Sample::new(count, seen.validated, count, seen.validated)
    };
    found.add("", Measure::Invalid, points.iter().map(invalid).collect());
    found.findings(points);
    let observed: Vec<u64> = points.iter().map(|seen| seen.observed).collect();
    found.field("", &points.iter().map(|seen| Some(&seen.root)).collect::<Vec<_>>(), &observed);
    let envelopes: BTreeSet<&Arc<str>> =
        points.iter().flat_map(|seen| seen.envelopes.iter().map(|(name, _)| name)).collect();
    for name in envelopes {
        found.envelope = Some((**name).to_owned());
        let fields: Vec<_> = points.iter().map(|seen| named(&seen.envelopes, name)).collect();
        let payloads: Vec<u64> = fields.iter().map(|field| field.map_or(0, |field| field.seen)).collect();
        found.field("", &fields, &payloads);
    }
    found.series
}

struct Found {
    series: Vec<Series>,
    envelope: Option<String>,
}

impl Found {
    fn add(&mut self, pointer: &str, measure: Measure, samples: Vec<Sample>) {
        let series =
            Series { envelope: self.envelope.clone(), pointer: pointer.to_owned(), measure, samples };
        if series.varies() {
            self.series.push(series);
        }
    }

    fn findings(&mut self, points: &[&Seen]) {
        let mut of_groups: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
        for (at, seen) in points.iter().enumerate() {
            for (pointer, rule, payloads) in &seen.findings {
                let counts = of_groups.entry((pointer, rule)).or_default();
                counts.resize(points.len(), 0);
                counts[at] = *payloads;
            }
        }
        for ((pointer, rule), counts) in of_groups {
            let sample =
                |(count, seen): (u64, &&Seen)| Sample::new(count, seen.payloads, count, seen.payloads);
            let samples = counts.into_iter().zip(points).map(sample).collect();
            self.add(pointer, Measure::Finding(rule.to_owned()), samples);
        }
    }

    /// What is known of a field at each point in time; so many payloads had one at least.
    fn field(&mut self, at: &str, fields: &[Option<&SeenField>], payloads: &[u64]) {
        let null = |(field, payloads): (Option<&SeenField>, &u64)| {
            field.map_or_else(Sample::default, |field| {
                Sample::new(field.null, field.seen, field.payloads_with_null, *payloads)
            })
        };
        self.add(at, Measure::NullRate, fields.iter().copied().zip(payloads).map(null).collect());
        self.values(at, fields, payloads);
        let each = fields.iter().copied().flatten();
        let names: BTreeSet<&Arc<str>> =
            each.flat_map(|field| field.properties.iter().map(|(name, _)| name)).collect();
        let payloads_with_object: Vec<u64> =
            fields.iter().map(|field| field.map_or(0, |field| field.payloads_with_object)).collect();
        for name in names {
            let pointer = child(at, name);
            let of = |field: Option<&SeenField>| presence(field?, name);
            let samples = fields.iter().copied().map(|field| of(field).unwrap_or_default()).collect();
            self.add(&pointer, Measure::Presence, samples);
            let below: Vec<_> = fields.iter().map(|field| named(&(*field)?.properties, name)).collect();
            self.field(&pointer, &below, &payloads_with_object);
        }
        let items: Vec<_> =
            fields.iter().map(|field| field.and_then(|field| field.items.as_deref())).collect();
        if items.iter().any(Option::is_some) {
            let arrays = |(field, payloads): (Option<&SeenField>, &u64)| {
                field.map_or(0, |field| field.array.min(*payloads))
            };
            let payloads: Vec<u64> = fields.iter().copied().zip(payloads).map(arrays).collect();
            self.field(&format!("{at}/*"), &items, &payloads);
        }
    }

    fn values(&mut self, at: &str, fields: &[Option<&SeenField>], payloads: &[u64]) {
        let each = || fields.iter().copied().flatten();
        let listed = each().flat_map(|field| field.members.iter().map(|(name, _)| (name, true)));
        let others = each().flat_map(|field| field.new_members.iter().map(|(name, _)| (name, false)));
        let names: BTreeSet<(&Arc<str>, bool)> = listed.chain(others).collect();
        for (name, is_listed) in names {
            let value = |(field, payloads): (Option<&SeenField>, &u64)| {
                let field = field?;
                let members = if is_listed { &field.members } else { &field.new_members };
                let times = named(members, name).copied();
                // Whether it was among those that are not named is not known.
                if times.is_none() && !is_listed && field.other_members > 0 {
                    return None;
                }
                let Times { count, payloads: in_payloads } = times.unwrap_or_default();
                Some(Sample::new(count, field.string, in_payloads, *payloads))
            };
            let samples =
                fields.iter().copied().zip(payloads).map(|one| value(one).unwrap_or_default()).collect();
            self.add(at, Measure::Value((**name).to_owned(), is_listed), samples);
        }
    }
}

/// In how many of the objects a property is; `None` where that is not known.
fn presence(field: &SeenField, name: &str) -> Option<Sample> {
    let below = named(&field.properties, name);
    if below.is_none() && field.other_properties > 0 {
        return None;
    }
    let [seen, full] = below.map_or([0, 0], |below| [below.seen, below.payloads_full]);
    Some(Sample::new(seen, field.object, full, field.payloads_with_object))
}
