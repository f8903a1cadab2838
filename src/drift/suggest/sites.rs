//! Where in a schema does a refusal come from, and where is its value described?

use serde_json::Value;

use crate::pointer::{child, unescape};
use crate::schema::Schema;
use crate::schema::keywords::names;
use crate::schema::keywords::{LISTED, NAMED, SINGLE};
use crate::schema::model::{Model, Reach, Subschemas};

/// Items of an array that are looked at to find the one that a subschema describes.
const MAX_ITEMS: usize = 16;

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
    fn within(&self, root: &Subschemas<'s>, pointer: &str, index: usize) -> Subschemas<'s> {
        let mut known = root.clone();
        for step in pointer.split('/').skip(1) {
            let item = || known.item(if step == "*" { index } else { usize::MAX });
            known = known.member(&unescape(step)).unwrap_or_else(item);
        }
        known
    }

    /// What the schema says at a location with stars; of tuples, at the items that this subschema describes.
    pub(super) fn known(&self, pointer: &str, by: Option<&str>) -> Option<Subschemas<'s>> {
        let root = self.model.root();
        let at = |index: usize| {
            let known = self.within(&root, pointer, index);
            Some(known).filter(|known| known.pointers().next().is_some())
        };
        let has = |known: &Subschemas<'s>| by.is_none_or(|by| self.leads_to(known, by));
        let most = if pointer.contains('*') && by.is_some() { MAX_ITEMS } else { 1 };
        (0..most).chain([usize::MAX]).filter_map(at).find(has).or_else(|| at(0))
    }

    fn leads_to(&self, known: &Subschemas<'s>, location: &str) -> bool {
        known
            .pointers()
            .any(|pointer| self.schema.source_location(&pointer).is_some_and(|one| one == location))
    }

    /// The subschema that leads to a location, in the schema's own document.
    pub(super) fn entry(&self, known: &Subschemas<'s>) -> Option<String> {
        known.entries().find_map(|entry| self.schema.source_location(&entry.pointers().next()?))
    }

    /// The subschema that leads to a value which another one refuses: itself or one around it that combines it in place, or
    /// one that refers to it.
    pub(super) fn site(&self, known: &Subschemas<'s>, refusing: &str) -> Option<String> {
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
        let entries: Vec<_> = known.entries().collect();
        if entries.iter().any(|entry| self.entry(entry).is_some_and(|own| own == around)) {
            return Some(around.to_owned());
        }
        let referring = entries.iter().find(|entry| self.leads_to(entry, refusing));
        referring.and_then(|entry| self.entry(entry)).or_else(|| self.entry(known))
    }

    /// Where the objects at a location list their members, or could: in a subschema that all of them keep, or else in each of
    /// those that some keep. Nowhere where another document describes them.
    pub(super) fn listing(&self, pointer: &str) -> Vec<String> {
        let listed_at = |known: &Subschemas<'s>| {
            let mut own = known.listing().filter_map(|pointer| self.schema.source_location(&pointer));
            own.find(|own| self.may_list(own)).map(|own| child(&own, names::PROPERTIES))
        };
        let known = self.within(&self.model.reaching(Reach::All), pointer, 0);
        if let Some(listed_at) = listed_at(&known) {
            return vec![listed_at];
        }
        let known = self.within(&self.model.reaching(Reach::Some), pointer, 0);
        let mut all: Vec<String> = known.entries().filter_map(|entry| listed_at(&entry)).collect();
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
