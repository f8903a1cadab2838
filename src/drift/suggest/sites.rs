//! Finds the schema locations that refuse a value, and those that describe it.

use serde_json::Value;

use crate::pointer::{child, unescape};
use crate::schema::Schema;
use crate::schema::keywords::names;
use crate::schema::keywords::{LISTED, NAMED, SINGLE};
use crate::schema::model::{InPlace, Model, Subschemas};

/// Subschemas that lead to one location and are compared with the one that refuses it.
const MAX_ENTRIES: usize = 1_000;

/// A keyword, or a subschema that accepts nothing.
pub(super) struct Keyword<'r> {
    pub(super) path: &'r str,
    /// The subschema that has it.
    pub(super) parent: &'r str,
    /// Empty where it is a subschema by another name.
    pub(super) name: &'r str,
    pub(super) value: &'r Value,
    /// Whether it is about the names of members, not about a value.
    pub(super) is_about_names: bool,
}

impl Keyword<'_> {
    /// Whether its value is a subschema.
    pub(super) fn holds_schema(&self) -> bool {
        self.name.is_empty() || SINGLE.contains(&self.name)
    }
}

/// The keyword at a location of a schema's source; `None` when it is gone.
pub(super) fn keyword<'r>(source: &'r Value, path: &'r str) -> Option<Keyword<'r>> {
    let value = source.pointer(path)?;
    let (mut by_name, mut is_about_names) = (false, false);
    let mut name = "";
    for token in path.split('/').skip(1) {
        if by_name {
            (by_name, name) = (false, "");
            continue;
        }
        let is_index = LISTED.contains(&name) && token.bytes().all(|byte| byte.is_ascii_digit());
        name = if is_index { "" } else { token };
        by_name = NAMED.contains(&name);
        is_about_names |= name == names::PROPERTY_NAMES;
    }
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    Some(Keyword { path, parent, name, value, is_about_names })
}

/// The outermost `propertyNames` of a location.
pub(super) fn of_names(path: &str) -> &str {
    let name = child("", names::PROPERTY_NAMES);
    path.find(&name).map_or(path, |at| &path[..at + name.len()])
}

/// A model, and the schema that it was made of: locations that are handed out are those of its source.
pub(super) struct Sites<'s> {
    pub(super) model: &'s Model,
    pub(super) schema: &'s Schema,
}

impl<'s> Sites<'s> {
    /// What the schema says at a location with stars; `None` where it says nothing.
    fn within(&self, pointer: &str, reach: InPlace) -> Option<Subschemas<'s>> {
        let inside = |known: Subschemas<'s>, step: &str| {
            known.member(&unescape(step)).or_else(|| (step == "*").then(|| known.items()))
        };
        pointer.split('/').skip(1).try_fold(self.model.followed(reach), inside)
    }

    /// Each subschema that leads to a location, with all that it combines.
    fn entries(&self, pointer: &str, reach: InPlace) -> Vec<Subschemas<'s>> {
        let within = self.within(pointer, reach);
        within.iter().flat_map(|known| known.entries().take(MAX_ENTRIES).collect::<Vec<_>>()).collect()
    }

    /// The subschema that leads to a location, in the schema's own document, with all that it combines: the
    /// one by which another subschema applies there, as far as that can be told.
    pub(super) fn entry(&self, pointer: &str, by: Option<&str>) -> Option<(String, Subschemas<'s>)> {
        let own = |entry: Subschemas<'s>| Some((self.location(&entry)?, entry));
        let mut all: Vec<_> = self.entries(pointer, InPlace::Any).into_iter().filter_map(own).collect();
        let leads = |(location, entry): &(String, Subschemas<'s>)| {
            by.is_some_and(|by| is_below(by, location) || self.leads_to(entry, by))
        };
        let at = all.iter().position(leads).unwrap_or_default();
        (at < all.len()).then(|| all.swap_remove(at))
    }

    fn location(&self, entry: &Subschemas<'s>) -> Option<String> {
        self.schema.source_location(&entry.pointers().next()?)
    }

    fn leads_to(&self, known: &Subschemas<'s>, location: &str) -> bool {
        known
            .pointers()
            .any(|pointer| self.schema.source_location(&pointer).is_some_and(|one| one == location))
    }

    /// The subschema that leads to a value which another one refuses: itself or one around it that combines
    /// it in place, or one that refers to it.
    pub(super) fn site(&self, pointer: &str, refusing: &str) -> Option<(String, Subschemas<'s>)> {
        let mut around = refusing;
        while let Some((rest, last)) = around.rsplit_once('/') {
            let (above, combining) = rest.rsplit_once('/').unwrap_or(("", ""));
            around = match (combining, last) {
                (_, names::THEN | names::ELSE) => rest,
                (
                    names::ALL_OF
                    | names::ANY_OF
                    | names::ONE_OF
                    | names::DEPENDENT_SCHEMAS
                    | names::DEPENDENCIES,
                    _,
                ) => above,
                _ => break,
            };
        }
        let mut all = self.entries(pointer, InPlace::Any).into_iter();
        let own = all.find(|entry| self.location(entry).is_some_and(|own| own == around));
        own.map(|entry| (around.to_owned(), entry)).or_else(|| self.entry(pointer, Some(refusing)))
    }

    /// Where the objects at a location list their members, or could: in a subschema that all of them keep, or
    /// else in each of those that some keep. Nowhere where another document describes them. What is listed
    /// there so far is known.
    pub(super) fn listing(&self, pointer: &str, listed_at: &str) -> Vec<String> {
        let listing = |known: &Subschemas<'s>| {
            let mut own = known.listing().filter_map(|pointer| self.schema.source_location(&pointer));
            own.find(|own| self.may_list(own)).map(|own| child(&own, names::PROPERTIES))
        };
        let lister = listed_at.rsplit_once('/').map_or("", |(lister, _)| lister);
        let first = self.entry(pointer, Some(lister)).map(|(location, _)| location);
        let (same, others): (Vec<_>, Vec<_>) =
            self.entries(pointer, InPlace::All).into_iter().partition(|entry| self.location(entry) == first);
        if let Some(listed_at) = same.iter().chain(&others).find_map(listing) {
            return vec![listed_at];
        }
        let reached = self.entries(pointer, InPlace::Some);
        let mut all: Vec<String> = reached.iter().filter_map(listing).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a subschema is an object that says more than a reference, or can.
    fn may_list(&self, location: &str) -> bool {
        let Some(Value::Object(members)) = self.schema.source().pointer(location) else { return false };
        !members.contains_key(names::REF) || self.schema.reads_beside_references()
    }
}

fn is_below(location: &str, around: &str) -> bool {
    location.strip_prefix(around).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
