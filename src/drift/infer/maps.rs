//! Detects maps: objects whose keys are data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::RegexSet;
use serde_json::{Value, json};

use crate::drift::field::Field;
use crate::drift::formats::is_date;
use crate::schema::keywords::names;

/// Keys of one kind that make a map.
const MIN_KEYS: usize = 3;

/// Keys of any kind that make a map.
const MIN_ANY_KEYS: usize = 20;

/// Keys of one kind that are needed to claim that all keys are of it.
const MIN_CLAIMED: usize = 10;

/// Kinds of keys that are data: UUIDs, dates, moments, months, whole numbers, long hexadecimal numbers,
/// addresses, prefixed numbers, languages. No key is of two kinds, the last two aside.
const KINDS: [&str; 9] = [
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?$",
    "^[0-9]{4}-[0-9]{2}$",
    "^-?[0-9]{1,15}$",
    "^[0-9A-Fa-f]{16,128}$",
    "^[^@ ]+@[^@ ]+$",
    "^[A-Za-z]+[_:.-][0-9]+$",
    "^[a-z]{2}([_-]([A-Z][a-z]{3}|[A-Z]{2}|[0-9]{3}))?$",
];

const UUID: usize = 0;
const DATE: usize = 1;
const PREFIXED: usize = 7;
const LANGUAGE: usize = 8;

static ALL_KINDS: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(KINDS).ok());

fn kind_of(name: &str) -> Option<usize> {
    ALL_KINDS.as_ref()?.matches(name).iter().next()
}

/// Two letters that mean a language (ISO 639-1) and are common keys of translations: one of them is needed to
/// tell.
const LANGUAGES: &[&str] =
    &["de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh"];

/// The members of an object.
#[derive(Default)]
pub(super) struct Members<'f> {
    pub(super) properties: Vec<(&'f str, &'f Field)>,
    /// By pattern: the values whose keys match it.
    pub(super) patterns: Vec<(&'static str, Field)>,
    /// The values of all other keys.
    pub(super) rest: Option<Field>,
    /// What all keys are.
    pub(super) keys: Option<Value>,
}

/// Tells names from keys that are data.
pub(super) fn split(field: &Field) -> Members<'_> {
    let all: Vec<(&str, &Field)> =
        field.properties.iter().map(|(name, below)| (name.as_str(), below)).collect();
    // What was seen of keys without a place of their own is the same whatever they are.
    let is_seen = field.others.as_ref().map_or(0, |others| others.seen) == field.other_properties;
    if !is_seen {
        return Members { properties: all, ..Members::default() };
    }
    let others = field.others.as_deref();
    let mut kinds: BTreeMap<usize, Vec<(&str, &Field)>> = BTreeMap::new();
    let mut names = Vec::new();
    for (name, below) in &all {
        match kind_of(name) {
            Some(kind) => kinds.entry(kind).or_default().push((name, below)),
            None => names.push((*name, *below)),
        }
    }
    let mut members = Members::default();
    for (kind, group) in kinds {
        let is_whole = group.len() == all.len();
        if !is_map(kind, &group, is_whole) {
            names.extend(group);
            continue;
        }
        let values = merged(group.iter().map(|(_, below)| *below).chain(others));
        if is_whole {
            members.keys = (others.is_none() && group.len() >= MIN_CLAIMED).then(|| claim(kind));
            members.rest = Some(values);
            return members;
        }
        members.patterns.push((KINDS[kind], values));
    }
    if members.patterns.is_empty() && is_any_map(field, &all) {
        members.rest = Some(merged(all.iter().map(|(_, below)| *below).chain(others)));
        return members;
    }
    names.sort_unstable_by_key(|(name, _)| *name);
    members.properties = names;
    members
}

fn claim(kind: usize) -> Value {
    match kind {
        UUID => json!({(names::FORMAT): "uuid"}),
        DATE => json!({(names::FORMAT): "date"}),
        _ => json!({(names::PATTERN): KINDS[kind]}),
    }
}

fn is_map(kind: usize, group: &[(&str, &Field)], is_whole: bool) -> bool {
    let prefix = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let of_kind = match kind {
        DATE => group.iter().all(|(name, _)| is_date(name)),
        PREFIXED => group.iter().all(|(name, _)| prefix(name) == prefix(group[0].0)),
        LANGUAGE => group.iter().any(|(name, _)| LANGUAGES.contains(&&name[..2])),
        _ => true,
    };
    // Names look like these, too: all keys of the object have to be of one kind.
    let of_kind = of_kind && (is_whole || kind < PREFIXED);
    group.len() >= MIN_KEYS && of_kind && alike(group)
}

/// Whether an object has so many keys of values that are alike that they can hardly be names: of objects, or
/// in few objects each.
fn is_any_map(field: &Field, all: &[(&str, &Field)]) -> bool {
    let keys = all.len() + field.others.iter().count();
    let seen: u64 = all.iter().map(|(_, below)| below.seen).sum();
    let is_sparse = seen.saturating_mul(2) < field.object.saturating_mul(all.len() as u64);
    let of_objects = all.iter().all(|(_, below)| below.object + below.null == below.seen);
    keys >= MIN_ANY_KEYS && (is_sparse || of_objects) && alike(all)
}

fn merged<'f>(fields: impl Iterator<Item = &'f Field>) -> Field {
    let mut all = Field::default();
    for field in fields {
        all.merge(field.clone());
    }
    all
}

/// Whether values have the same types, nulls aside, and objects mostly the same members.
fn alike(group: &[(&str, &Field)]) -> bool {
    let types = |field: &Field| {
        let types = field.types().into_iter().filter(|name| *name != "null");
        types.map(|name| if name == "integer" { "number" } else { name }).collect::<Vec<_>>()
    };
    let mut known = group.iter().map(|(_, field)| types(field)).filter(|types| !types.is_empty());
    let Some(first) = known.next() else { return true };
    if known.any(|types| types != first) {
        return false;
    }
    let objects: Vec<&&Field> =
        group.iter().map(|(_, field)| field).filter(|field| field.object > 0).collect();
    let names: std::collections::BTreeSet<&String> =
        objects.iter().flat_map(|field| field.properties.keys()).collect();
    let shared: usize = objects.iter().map(|field| field.properties.len()).sum();
    shared * 2 >= names.len() * objects.len()
}
