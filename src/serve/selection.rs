//! Selects and sorts the items of a data set.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use serde_json::Number;
use serde_json::value::RawValue;

use super::search::{Query, property_pointer};
use crate::generate::instant;
use crate::payload::{pick, string};
use crate::schema::format::is_date_time;
use crate::schema::numbers;

/// The selected items, in order.
#[derive(Debug)]
pub(super) enum Selected {
    /// All items, in the order of the data set.
    All(u64),
    /// The indexes of these items.
    Some(Vec<u32>),
}

impl Selected {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::All(total) => *total,
            Self::Some(items) => items.len() as u64,
        }
    }

    /// Bytes in memory.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::All(_) => 0,
            Self::Some(items) => items.len() * size_of::<u32>(),
        }
    }

    /// The index of the selected item at this position.
    pub(super) fn item(&self, at: u64) -> Option<u64> {
        match self {
            Self::All(total) => Some(at).filter(|at| at < total),
            Self::Some(items) => items.get(usize::try_from(at).ok()?).map(|item| u64::from(*item)),
        }
    }
}

/// Bytes of selections that are cached.
const MAX_SELECTIONS: usize = 8 << 20;

/// Bytes of a cached selection besides its items and its name.
const OVERHEAD: usize = 128;

/// The latest selections, by query and sort.
#[derive(Debug, Default)]
pub(super) struct Selections {
    list: VecDeque<(String, Arc<Selected>)>,
    size: usize,
}

impl Selections {
    pub(super) fn get(&self, name: &str) -> Option<Arc<Selected>> {
        self.list.iter().find(|(known, _)| known == name).map(|(_, selected)| Arc::clone(selected))
    }

    /// Adds one; the oldest make room for it.
    pub(super) fn add(&mut self, name: String, selected: &Arc<Selected>) {
        let size = |name: &str, selected: &Selected| name.len() + selected.size() + OVERHEAD;
        self.size += size(&name, selected);
        self.list.push_back((name, Arc::clone(selected)));
        while self.size > MAX_SELECTIONS {
            let Some((name, selected)) = self.list.pop_front() else { break };
            self.size -= size(&name, &selected);
        }
    }
}

/// A property to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    property: String,
    descending: bool,
}

impl Sort {
    /// Reads `name`, `-name`, `name:desc` or `name:asc`; nothing where there is no name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, is_negative) = match text.strip_prefix('-') {
            Some(text) => (text, true),
            None => (text.strip_prefix('+').unwrap_or(text), false),
        };
        let (property, direction) = text.rsplit_once([':', ' ']).unwrap_or((text, ""));
        let (property, descending) = match direction.to_ascii_lowercase().as_str() {
            "desc" => (property, !is_negative),
            "asc" => (property, is_negative),
            "" if direction.is_empty() && property == text => (text, is_negative),
            _ => return None,
        };
        let property = property.trim();
        (!property.is_empty()).then(|| Self { property: property.to_owned(), descending })
    }

    /// The name of the property.
    pub(super) fn property(&self) -> &str {
        &self.property
    }
}

/// The sort key of a value: numbers come first, then instants, other texts and booleans. Other values are last
/// in either direction.
#[derive(Debug, PartialEq)]
enum Key {
    Number(Number),
    Instant(i128),
    Text(String, String),
    Boolean(bool),
    None,
}

impl Key {
    fn of(value: Option<&RawValue>) -> Self {
        let Some(value) = value else { return Self::None };
        match value.get().as_bytes() {
            [b'"', ..] => {
                let text = string(value).unwrap_or_default();
                match instant(&text).filter(|_| is_date_time(&text)) {
                    Some(instant) => Self::Instant(instant),
                    None => Self::Text(text.to_lowercase(), text.into_owned()),
                }
            }
            b"true" => Self::Boolean(true),
            b"false" => Self::Boolean(false),
            [b'-' | b'0'..=b'9', ..] => value.get().parse().map_or(Self::None, Self::Number),
            _ => Self::None,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Instant(_) => 1,
            Self::Text(..) => 2,
            Self::Boolean(_) => 3,
            Self::None => 4,
        }
    }

    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Number(one), Self::Number(other)) => numbers::order(one, other),
            (Self::Instant(one), Self::Instant(other)) => one.cmp(other),
            (Self::Text(one, exact), Self::Text(other, other_exact)) => {
                one.cmp(other).then_with(|| exact.cmp(other_exact))
            }
            (Self::Boolean(one), Self::Boolean(other)) => one.cmp(other),
            (Self::None, _) | (_, Self::None) => return self.rank().cmp(&other.rank()),
            _ => self.rank().cmp(&other.rank()),
        };
        if descending { order.reverse() } else { order }
    }
}

/// Selects from these items. Those with equal sort keys stay in their order.
pub(super) fn select(
    items: impl Iterator<Item = io::Result<String>>,
    query: Option<&Query>,
    sort: Option<&Sort>,
) -> io::Result<Selected> {
    let pointer = sort.map(|sort| property_pointer(&sort.property));
    let mut selected: Vec<(Key, u32)> = Vec::new();
    for (index, item) in (0..).zip(items) {
        let item = item?;
        if query.is_none_or(|query| query.selects(&item)) {
            let value = match &pointer {
                Some(pointer) => pick(&item, &[pointer]).map_err(io::Error::other)?[0],
                None => None,
            };
            selected.push((Key::of(value), index));
        }
    }
    if let Some(sort) = sort {
        selected.sort_by(|(one, _), (other, _)| one.compare(other, sort.descending));
    }
    Ok(Selected::Some(selected.into_iter().map(|(_, index)| index).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_selections_take_bounded_memory() {
        let mut selections = Selections::default();
        let selected = Arc::new(Selected::Some(vec![0; 100_000]));
        (0..100).for_each(|number| selections.add(number.to_string(), &selected));
        assert!(selections.size <= MAX_SELECTIONS && selections.list.len() >= 20);
        assert!(selections.get("99").is_some() && selections.get("0").is_none());
        let none = Arc::new(Selected::Some(Vec::new()));
        (0..100_000).for_each(|number| selections.add(format!("{number}{}", "x".repeat(1_000)), &none));
        assert!(selections.list.iter().map(|(name, _)| name.len()).sum::<usize>() <= MAX_SELECTIONS);
    }

    #[test]
    fn a_sort_parameter_is_parsed() {
        let read = |text| Sort::parse(text).map(|sort| (sort.property, sort.descending));
        let name = |descending| Some(("name".to_owned(), descending));
        for (text, expected) in [
            ("name", name(false)),
            ("+name", name(false)),
            ("-name", name(true)),
            ("name:desc", name(true)),
            ("name:ASC", name(false)),
            ("name desc", name(true)),
            ("-name:desc", name(false)),
            ("", None),
            ("-", None),
            (":desc", None),
            ("name:down", None),
            ("name:", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn values_are_sorted_by_type_and_the_rest_is_last() {
        // Each list of values, with the order of their positions, ascending and descending.
        for (values, ascending, descending) in [
            (
                &["null", "\"b\"", "\"A\"", "\"a\"", "10", "9.5", "true", "[1]", "false"][..],
                &[5, 4, 2, 3, 1, 8, 6, 0, 7, 9][..],
                &[6, 8, 1, 3, 2, 4, 5, 0, 7, 9][..],
            ),
            (
                &[
                    "\"2026-01-01T12:00:00+05:00\"",
                    "\"2026-01-01T08:00:00Z\"",
                    "\"2026-01-01T06:59:59.5Z\"",
                    "\"2026-01-01T06:59:59Z\"",
                    "\"2026-01-01\"",
                    "5",
                ],
                &[5, 3, 2, 0, 1, 4, 6],
                &[4, 1, 0, 2, 3, 5, 6],
            ),
            (
                &["9007199254740993", "9007199254740992", "-1e3", "0.5", "12345678901234567890123"],
                &[2, 3, 1, 0, 4, 5],
                &[4, 0, 1, 3, 2, 5],
            ),
            (&["1", "1.0", "2"], &[0, 1, 2, 3], &[2, 0, 1, 3]),
        ] {
            let sorted = |text: &str| {
                let items =
                    values.iter().map(|value| Ok(format!("{{\"n\": {value}}}"))).chain([Ok("{}".into())]);
                match select(items, None, Sort::parse(text).as_ref()).unwrap() {
                    Selected::Some(found) => found,
                    Selected::All(_) => panic!("sorted items have an order"),
                }
            };
            assert_eq!(sorted("n"), ascending, "{values:?}");
            assert_eq!(sorted("-n"), descending, "{values:?}");
        }
    }
}
