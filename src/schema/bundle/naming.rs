//! The names of definitions.

use std::collections::{BTreeMap, BTreeSet};

use super::super::keywords::names;
use super::super::model::{Model, NodeId};
use super::ROOT;
use crate::pointer::unescape;

/// A name for each of these nodes, no two alike; one for the root if it is given. `plain` names have only
/// what the components of an `OpenAPI` description may have.
pub(super) fn named(
    model: &Model,
    definitions: &BTreeSet<NodeId>,
    plain: bool,
    root: &str,
) -> BTreeMap<NodeId, String> {
    let mut named = BTreeMap::new();
    let mut taken = BTreeSet::new();
    if !root.is_empty() {
        named.insert(ROOT, root.to_owned());
        // Some file systems and languages do not distinguish names by case.
        taken.insert(root.to_lowercase());
    }
    let mut wanted: Vec<(String, NodeId)> =
        definitions.iter().map(|id| (model.node(*id).location_pointer(), *id)).collect();
    wanted.sort();
    for (location, id) in wanted {
        let name = name_of(&location);
        let name = if plain { plain_name(&name) } else { name };
        let mut numbered =
            (1_u32..).map(|number| if number == 1 { name.clone() } else { format!("{name}{number}") });
        let free = numbered.find(|name| taken.insert(name.to_lowercase()));
        named.insert(id, free.unwrap_or(name));
    }
    named
}

/// The name of a definition, or the properties and keywords on the way to a subschema from there.
fn name_of(location: &str) -> String {
    let (document, pointer) = location.split_once('#').unwrap_or(("", location));
    let mut parts: Vec<String> = Vec::new();
    let mut steps = pointer.split('/').skip(1);
    while let Some(step) = steps.next() {
        match step {
            names::DEFS | names::DEFINITIONS | "schemas" => {
                parts.clear();
                parts.extend(steps.next().map(|name| unescape(name).into_owned()));
            }
            "components" => {}
            names::PROPERTIES | names::PATTERN_PROPERTIES => {
                parts.extend(steps.next().map(|name| unescape(name).into_owned()));
            }
            step => parts.push(unescape(step).into_owned()),
        }
    }
    if parts.is_empty() {
        let file = document.rsplit(['/', ':']).find(|part| !part.is_empty()).unwrap_or_default();
        parts.extend(file.split('.').next().filter(|stem| !stem.is_empty()).map(str::to_owned));
    }
    if parts.is_empty() { "Schema".to_owned() } else { parts.join("_") }
}

fn plain_name(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if plain.chars().all(|c| c == '_') { "Schema".to_owned() } else { plain }
}
