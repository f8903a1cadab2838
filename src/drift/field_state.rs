//! Statistics of one field while traffic is read.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashTable;

use super::distinct::Distinct;
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
    /// Number of times each type was there.
    pub(super) counts: [u64; 7],
    last_hash: u64,
    /// The name in quotes and the colon, as most texts have it.
    quoted: [u8; QUOTED],
    /// The member of the same object that came next the last time.
    pub(super) next: FieldId,
    pub(super) parent: FieldId,
    /// The last object that had it.
    pub(super) object: u64,
    /// How many bytes of `quoted` that are; none where the name is too long, or is not written like this.
    quoted_length: u8,
    /// Whether nothing but its types may be known.
    pub(super) secret: bool,
    /// Whether members of several names have it.
    pub(super) is_shared: bool,
    pub(super) has_enum: bool,
    /// Whether strings are read: there is an enum, or the contract says nothing.
    pub(super) is_looked_at: bool,
    /// The member that came first the last time.
    pub(super) first: FieldId,
    pub(super) items: FieldId,
    /// Least and most code points of strings.
    pub(super) length: [u64; 2],
    distinct: Distinct,
    pub(super) numbers: Option<Span>,
    pub(super) items_counted: Option<Span>,
    /// The last payload that had an object here.
    pub(super) payload: u64,
    /// How many objects there were before it.
    pub(super) objects_before: u64,
    pub(super) other_properties: u64,
    /// Values in it that were not looked at.
    pub(super) beyond: u64,
    pub(super) by_payload: PayloadCounts,
    pub(super) rest: Rest<'s>,
}

/// Most names fit, with their quotes and colon.
const QUOTED: usize = 48;

/// What is looked at once a payload.
#[derive(Default)]
pub(super) struct PayloadCounts {
    pub(super) seen_before: u64,
    pub(super) null_before: u64,
    pub(super) payloads_with_object: u64,
    pub(super) payloads_full: u64,
    pub(super) payloads_with_null: u64,
}

/// What is looked at rarely.
#[derive(Default)]
pub(super) struct Rest<'s> {
    pub(super) name: Box<str>,
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
    times: Times,
    /// The last payload that had it.
    payload: u64,
}

impl Member {
    fn new(name: &str) -> Self {
        Self { name: name.into(), times: Times::default(), payload: 0 }
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
            last_hash: 0,
            quoted: [0; QUOTED],
            next: NOWHERE,
            parent: NOWHERE,
            object: 0,
            quoted_length: 0,
            secret: false,
            is_shared: false,
            has_enum: !members.is_empty(),
            is_looked_at: !members.is_empty() || known.is_none(),
            first: NOWHERE,
            items: NOWHERE,
            length: [u64::MAX, 0],
            distinct: Distinct::default(),
            numbers: None,
            items_counted: None,
            payload: 0,
            objects_before: 0,
            other_properties: 0,
            beyond: 0,
            by_payload: PayloadCounts::default(),
            rest: Rest { known, members, ..Rest::default() },
        }
    }

    pub(super) fn with_name(mut self, name: &str) -> Self {
        self.rest.name = name.into();
        let is_plain = !name.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
        let quoted = format!("\"{name}\":");
        if let Some(location) = self.quoted.get_mut(..quoted.len()).filter(|_| is_plain) {
            location.copy_from_slice(quoted.as_bytes());
            self.quoted_length = u8::try_from(quoted.len()).unwrap_or_default();
        }
        self
    }

    /// How long the key is, with quotes and colon, if the text begins with this member's.
    #[inline]
    pub(super) fn key_of(&self, text: &[u8]) -> Option<usize> {
        let length = usize::from(self.quoted_length);
        let quoted = &self.quoted[..length];
        (length > 0 && text.get(..length) == Some(quoted)).then_some(length)
    }

    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        match usize::from(self.quoted_length) {
            0 => self.rest.name.as_bytes() == name,
            length => self.quoted[1..length - 2] == *name,
        }
    }

    #[inline]
    pub(super) fn count(&mut self, kind: Kind) {
        self.counts[kind as usize] += 1;
    }

    pub(super) fn seen(&self) -> u64 {
        self.counts.iter().sum()
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

    /// Counts a string where the contract lists some.
    pub(super) fn count_member(&mut self, text: &str, payload: u64) {
        let Rest { members, new_members, other_members, .. } = &mut self.rest;
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
        Span::join(&mut self.items_counted, Span { least: items, most: items });
    }

    /// Whether this is the member of this name, and the contract does not list it.
    pub(super) fn is_unlisted(&self, name: &str) -> bool {
        !self.rest.listed && *self.rest.name == *name
    }

    /// Counts the formats that a string keeps.
    pub(super) fn count_formats(&mut self, text: &str) {
        for (format, count) in FORMATS.iter().zip(&mut self.rest.formats) {
            *count += u64::from((format.keeps)(text));
        }
    }

    pub(super) fn field(&mut self) -> Field {
        let [null, boolean, integer, fraction, string, array, object] = self.counts;
        let span = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let rest = &mut self.rest;
        let members = |of: &mut dyn Iterator<Item = &Member>| -> BTreeMap<String, Times> {
            let seen = of.filter(|member| member.times.count > 0);
            seen.map(|member| (member.name.to_string(), member.times)).collect()
        };
        let formats = FORMATS.iter().zip(rest.formats).filter(|(_, count)| *count > 0);
        Field {
            listed: rest.listed,
            seen: self.counts.iter().sum(),
            null,
            boolean,
            integer,
            fraction,
            string,
            array,
            object,
            payloads_with_object: self.by_payload.payloads_with_object,
            payloads_full: self.by_payload.payloads_full,
            payloads_with_null: self.by_payload.payloads_with_null,
            distinct: std::mem::take(&mut self.distinct),
            members: members(&mut rest.members.iter()),
            new_members: members(&mut rest.new_members.values()),
            other_members: rest.other_members,
            formats: formats.map(|(format, count)| (format.name.to_owned(), count)).collect(),
            length: (self.length[0] <= self.length[1])
                .then(|| Span { least: span(self.length[0]), most: span(self.length[1]) }),
            numbers: self.numbers,
            counts: self.items_counted,
            other_properties: self.other_properties,
            beyond: self.beyond,
            ..Field::default()
        }
    }
}

/// An unknown enum member of this shape is a name, nobody's value.
fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
