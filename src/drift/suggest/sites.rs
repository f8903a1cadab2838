//! Where in a schema does a refusal come from, and where is its value described?

use serde_json::Value;

use crate::pointer::{child, unescape};
use crate::schema::keywords::names;
use crate::schema::keywords::{LISTED, NAMED, SINGLE};
use crate::schema::model::{Model, Subschemas};

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

/// The keyword at a schema location; `None` when it is in another document, or gone.
pub(super) fn keyword<'r>(schema: &'r Value, path: &'r str) -> Option<Keyword<'r>> {
    let value = schema.pointer(path)?;
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

/// What the schema says at a location with stars; of tuples, at the items that this subschema describes.
pub(super) fn known<'s>(model: &'s Model, pointer: &str, by: Option<&str>) -> Option<Subschemas<'s>> {
    let at = |index: usize| {
        let mut known = model.root();
        for step in pointer.split('/').skip(1) {
            let item = || known.item(if step == "*" { index } else { usize::MAX });
            known = known.member(&unescape(step)).unwrap_or_else(item);
        }
        Some(known).filter(|known| known.pointers().next().is_some())
    };
    let has = |known: &Subschemas<'s>| by.is_none_or(|by| known.pointers().any(|pointer| pointer == by));
    let most = if pointer.contains('*') && by.is_some() { MAX_ITEMS } else { 1 };
    (0..most).chain([usize::MAX]).filter_map(at).find(has).or_else(|| at(0))
}

/// The subschema that leads to a value which another one refuses: itself or one around it that combines it in place, or one
/// that refers to it.
pub(super) fn site(known: &Subschemas<'_>, refusing: &str) -> Option<String> {
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
    let holder = around.rsplit('/').nth(1).unwrap_or_default();
    let is_referenced = [names::DEFS, names::DEFINITIONS].contains(&holder);
    let mut all = known.pointers();
    let first = all.next()?;
    let is_own = !is_referenced && (first == around || all.any(|one| one == around));
    Some(if is_own { around.to_owned() } else { first })
}
