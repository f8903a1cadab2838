//! Statistics of one field while traffic is read.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashTable;

use super::distinct::{Distinct, hash_of};
use super::field::{Field, MAX_NEW_MEMBERS, Span, Times};
use super::formats::FORMATS;
use crate::schema::model::Subschemas;

/// Index of a [`FieldState`].
pub(super) type FieldId = u32;

/// No location.
pub(super) const NOWHERE: FieldId = FieldId::MAX;

/// The types that are counted.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Null,
    Boolean,
    Integer,
    Fraction,
    String,
    Array,
    Object,
}

/// One field, wherever it stands in payloads. What is looked at for each value stands together, in as few
/// lines of a processor's cache as it can.
#[repr(C, align(64))]
pub(super) struct FieldState<'s> {
    /// Number of times each type was there, since counts were last put aside.
    counts: [u32; 7],
    /// Whether nothing but its types may be known.
    pub(super) secret: bool,
    /// Whether members of several names have it.
    pub(super) is_shared: bool,
    pub(super) has_enum: bool,
    /// Whether strings are read: there is an enum, or the contract says nothing.
    pub(super) is_looked_at: bool,
    /// The last object that had it, or was it.
    pub(super) object: u64,
    last_hash: u64,
    /// Least and most code points of strings, as far as they fit.
    length: [u32; 2],
    pub(super) items: FieldId,
    /// Whether it has the key under which a text can stand for an omission.
    pub(super) may_be_omitted: bool,
    /// Whether it was false, and true.
    booleans: [bool; 2],
    // The second line.
    distinct: Distinct,
    pub(super) numbers: Option<Span>,
    pub(super) rest: Box<Rest<'s>>,
}

/// What is looked at once a payload.
#[derive(Default)]
pub(super) struct PayloadCounts {
    pub(super) seen_before: u64,
    pub(super) null_before: u64,
    pub(super) objects_before: u64,
    pub(super) payloads_with_object: u64,
    pub(super) payloads_full: u64,
    pub(super) payloads_with_null: u64,
}

/// What is looked at rarely.
#[derive(Default)]
pub(super) struct Rest<'s> {
    pub(super) by_payload: PayloadCounts,
    pub(super) parent: FieldId,
    /// The members that a schema lists, by their numbers.
    pub(super) numbered: Vec<FieldId>,
    /// Counts that were put aside.
    aside: [u64; 7],
    /// Least and most code points of strings.
    length: Option<[u64; 2]>,
    items_counted: Option<Span>,
    /// The name of a member.
    pub(super) name: Option<Box<str>>,
    pub(super) other_properties: u64,
    /// Values in it that were not looked at.
    pub(super) beyond: u64,
    pub(super) listed: bool,
    /// Steps below the last location that is listed.
    pub(super) steps: u16,
    /// What the contract says here; `None` where it says nothing.
    pub(super) known: Option<Subschemas<'s>>,
    pub(super) children: HashTable<FieldId>,
    /// The same, in the order in which they first came.
    pub(super) order: Vec<FieldId>,
    /// Where there is no contract, the location of members that have none of their own, and what was seen of
    /// those that had one.
    pub(super) others: Option<FieldId>,
    pub(super) dropped: Option<Box<Field>>,
    /// The hashes of the names of those children that are not listed.
    pub(super) unlisted: BTreeMap<u64, FieldId>,
    members: Vec<Member>,
    new_members: BTreeMap<Box<str>, Member>,
    other_members: u64,
    formats: [u64; FORMATS.len()],
}

struct Member {
    name: Box<str>,
    hash: u64,
    times: Times,
    /// The last payload that had it.
    payload: u64,
}

impl Member {
    fn new(name: &str) -> Self {
        Self { name: name.into(), hash: hash_of(name.as_bytes()), times: Times::default(), payload: 0 }
    }

    #[inline]
    fn count(&mut self, payload: u64) {
        self.times.count += 1;
        self.times.payloads += u64::from(self.payload != payload);
        self.payload = payload;
    }
}

impl<'s> FieldState<'s> {
    pub(super) fn new(known: Option<Subschemas<'s>>) -> Self {
        let names: BTreeSet<&str> = known.iter().flat_map(Subschemas::listed).collect();
        let members: Vec<Member> = names.into_iter().map(Member::new).collect();
        Self {
            counts: [0; 7],
            secret: false,
            is_shared: false,
            has_enum: !members.is_empty(),
            is_looked_at: !members.is_empty() || known.is_none(),
            object: 0,
            last_hash: 0,
            length: [u32::MAX, 0],
            items: NOWHERE,
            may_be_omitted: false,
            booleans: [false; 2],
            distinct: Distinct::default(),
            numbers: None,
            rest: Box::new(Rest { known, members, ..Rest::default() }),
        }
    }

    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        self.rest.name.as_ref().is_some_and(|known| known.as_bytes() == name)
    }

    #[inline]
    pub(super) fn count(&mut self, kind: Kind) {
        let count = &mut self.counts[kind as usize];
        *count += 1;
        if *count == u32::MAX {
            self.put_aside();
        }
    }

    #[cold]
    fn put_aside(&mut self) {
        for (aside, count) in self.rest.aside.iter_mut().zip(&mut self.counts) {
            *aside += u64::from(std::mem::take(count));
        }
    }

    pub(super) fn count_of(&self, kind: Kind) -> u64 {
        self.rest.aside[kind as usize] + u64::from(self.counts[kind as usize])
    }

    pub(super) fn seen(&self) -> u64 {
        self.rest.aside.iter().sum::<u64>() + self.counts.iter().copied().map(u64::from).sum::<u64>()
    }

    /// Whether a string of so many bytes may be shorter or longer than all before: it has as many code points
    /// at most, and a twelfth of them at least.
    #[inline]
    pub(super) fn may_stretch(&self, bytes: usize) -> bool {
        let [least, most] = self.length.map(|length| length as usize);
        bytes > most || bytes.div_ceil(12) < least
    }

    pub(super) fn measure(&mut self, points: u64) {
        let [least, most] = self.rest.length.unwrap_or([points; 2]);
        let length = [least.min(points), most.max(points)];
        self.rest.length = Some(length);
        self.length = length.map(|points| u32::try_from(points).unwrap_or(u32::MAX));
    }

    /// Remembers a scalar by its hash.
    #[inline]
    pub(super) fn remember(&mut self, hash: u64) {
        // A field that always has the same value asks no further.
        if hash != self.last_hash {
            self.last_hash = hash;
            self.distinct.add(hash);
        }
    }

    /// Remembers a boolean; says whether it is the first of its value.
    pub(super) fn is_new_boolean(&mut self, value: bool) -> bool {
        !std::mem::replace(&mut self.booleans[usize::from(value)], true)
    }

    /// Counts a string that the contract lists, by its hash; false for the first one, and for others.
    #[inline]
    pub(super) fn is_counted_again(&mut self, raw: &[u8], hash: u64, payload: u64) -> bool {
        let mut members = self.rest.members.iter_mut();
        let Some(member) = members.find(|member| member.hash == hash && member.times.count > 0) else {
            return false;
        };
        let is_same = member.name.as_bytes() == raw;
        if is_same {
            member.count(payload);
        }
        is_same
    }

    /// Counts a string where the contract lists some.
    pub(super) fn count_member(&mut self, text: &str, payload: u64) {
        let Rest { members, new_members, other_members, .. } = &mut *self.rest;
        if let Some(member) = members.iter_mut().find(|member| *member.name == *text) {
            member.count(payload);
        } else if let Some(member) = new_members.get_mut(text) {
            member.count(payload);
        } else if is_identifier(text) {
            let mut member = Member::new(text);
            member.count(payload);
            new_members.insert(text.into(), member);
            if new_members.len() > MAX_NEW_MEMBERS {
                *other_members += new_members.pop_last().map_or(0, |(_, member)| member.times.count);
            }
        } else {
            *other_members += 1;
        }
    }

    /// Counts a string that is none of them.
    pub(super) fn count_other_member(&mut self) {
        self.rest.other_members += 1;
    }

    /// Counts the items of an array.
    pub(super) fn count_items(&mut self, items: i64) {
        Span::join(&mut self.rest.items_counted, Span { least: items, most: items });
    }

    /// Counts the formats that a string keeps.
    pub(super) fn count_formats(&mut self, text: &str) {
        for (format, count) in FORMATS.iter().zip(&mut self.rest.formats) {
            *count += u64::from((format.keeps)(text));
        }
    }

    pub(super) fn field(&mut self) -> Field {
        self.put_aside();
        let span = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let rest = &mut *self.rest;
        let [null, boolean, integer, fraction, string, array, object] = rest.aside;
        let members = |of: &mut dyn Iterator<Item = &Member>| -> BTreeMap<String, Times> {
            let seen = of.filter(|member| member.times.count > 0);
            seen.map(|member| (member.name.to_string(), member.times)).collect()
        };
        let formats = FORMATS.iter().zip(rest.formats).filter(|(_, count)| *count > 0);
        Field {
            listed: rest.listed,
            seen: rest.aside.iter().sum(),
            null,
            boolean,
            integer,
            fraction,
            string,
            array,
            object,
            payloads_with_object: rest.by_payload.payloads_with_object,
            payloads_full: rest.by_payload.payloads_full,
            payloads_with_null: rest.by_payload.payloads_with_null,
            distinct: std::mem::take(&mut self.distinct),
            members: members(&mut rest.members.iter()),
            new_members: members(&mut rest.new_members.values()),
            other_members: rest.other_members,
            formats: formats.map(|(format, count)| (format.name.to_owned(), count)).collect(),
            length: rest.length.map(|[least, most]| Span { least: span(least), most: span(most) }),
            numbers: self.numbers,
            counts: rest.items_counted,
            other_properties: rest.other_properties,
            beyond: rest.beyond,
            ..Field::default()
        }
    }
}

/// An unknown enum member of this shape is a name, nobody's value.
fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
