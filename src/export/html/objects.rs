//! The objects of a schema with their properties.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::pointer::unescape;
use crate::report::document::{Anchor, Anchors};
use crate::schema::Schema;
use crate::schema::keywords::{self, names};
use crate::schema::model::{Model, Subschemas};
use crate::schema::types::TypeSet;
use crate::untrusted::to_compact_json;

/// The objects of a schema.
pub(super) struct Objects {
    /// The outermost first.
    pub(super) all: Vec<Object>,
    /// Words for the types of the whole payload.
    pub(super) root: Vec<(Option<Anchor>, String)>,
}

/// An object of the schema.
pub(super) struct Object {
    pub(super) anchor: Anchor,
    pub(super) name: String,
    /// Where the schema lists its properties.
    pub(super) location: String,
    pub(super) description: String,
    /// Those that are required first.
    pub(super) properties: Vec<Property>,
    /// The properties that have it: their anchors, and names with those of their objects.
    pub(super) used_by: Vec<(Anchor, String)>,
}

/// A property of an object.
pub(super) struct Property {
    pub(super) anchor: Anchor,
    pub(super) name: String,
    /// Words for its types, linked where they are objects.
    pub(super) kind: Vec<(Option<Anchor>, String)>,
    pub(super) is_required: bool,
    pub(super) is_nullable: bool,
    pub(super) constraints: Vec<String>,
    pub(super) description: String,
    /// Examples that the schema has, as JSON.
    pub(super) examples: Vec<String>,
    /// Where this is known from.
    pub(super) source: String,
}

/// What a description says about where it is from.
const SOURCE: &str = "Source: ";

/// Maximum number of items in items that the type of a property shows.
const MAX_NESTING: usize = 4;

/// How the type of an array begins, of whose items something is known.
pub(super) const ARRAY_OF: &str = "array of ";

/// Maximum number of examples of a property, and of bytes of one.
const MAX_EXAMPLES: [usize; 2] = [3, 100];

/// Maximum number of enum values of a constraint.
const MAX_VALUES: usize = 30;

/// All objects whose properties the schema lists, the outermost first.
pub(super) fn objects(model: &Model, schema: &Schema) -> Objects {
    // By where they are listed: the name, and the number in the order in which they are found.
    let mut found: Vec<(String, Subschemas<'_>)> = Vec::new();
    let mut known = BTreeSet::new();
    let mut visited = BTreeSet::new();
    let mut pending = VecDeque::from([model.root()]);
    while let Some(members) = pending.pop_front() {
        if !visited.insert(members.identity().to_vec()) {
            continue;
        }
        pending.push_back(members.items());
        let Some(location) = members.listed_at() else { continue };
        pending.extend(members.names().into_iter().filter_map(|name| members.member(name)));
        if known.insert(location.clone()) {
            found.push((location, members));
        }
    }
    let named = named(found.iter().map(|(location, _)| location.as_str()), schema);
    let described = found.iter().map(|(location, members)| {
        let (name, anchor) = named[location.as_str()].clone();
        let around = location.rsplit_once('/').map_or("", |(around, _)| around);
        let (description, _) = description(schema, std::iter::once(around.to_owned()));
        let property = |name: &str| Some(property(schema, members, name, &members.member(name)?, &named));
        let mut properties: Vec<_> = members.names().into_iter().filter_map(property).collect();
        properties.sort_by_key(|property| !property.is_required);
        let (location, used_by) = (around.to_owned(), Vec::new());
        Object { anchor, name, location, description, properties, used_by }
    });
    let mut all: Vec<Object> = described.collect();
    link(&mut all);
    let root = kind(&model.root(), &named, MAX_NESTING);
    Objects { all, root }
}

/// Gives properties anchors of their own, and tells objects which properties have them.
fn link(objects: &mut [Object]) {
    let mut anchors = Anchors::default();
    let mut used_by: BTreeMap<Anchor, Vec<(Anchor, String)>> = BTreeMap::new();
    for object in objects.iter_mut() {
        for property in &mut object.properties {
            let name = format!("{}.{}", object.name, property.name);
            property.anchor = anchors.free("p", &name);
            for of in property.kind.iter().filter_map(|(of, _)| of.clone()) {
                used_by.entry(of).or_default().push((property.anchor.clone(), name.clone()));
            }
        }
    }
    for object in objects {
        object.used_by = used_by.remove(&object.anchor).unwrap_or_default();
    }
}

/// A name and an anchor for each location, no two alike.
fn named<'l>(
    locations: impl Iterator<Item = &'l str>,
    schema: &Schema,
) -> BTreeMap<&'l str, (String, Anchor)> {
    let mut anchors = Anchors::default();
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    let mut named = |location| {
        let name = name_of(location, schema);
        let anchor = anchors.free("o", &name);
        let times = times.entry(name.clone()).or_default();
        *times += 1;
        let name = if *times == 1 { name } else { format!("{name} {times}") };
        (location, (name, anchor))
    };
    locations.map(&mut named).collect()
}

/// The name of an object: that of its definition, and the properties from there on.
fn name_of(location: &str, schema: &Schema) -> String {
    let mut parts = Vec::new();
    let mut steps = location.split('/').skip(1);
    while let Some(step) = steps.next() {
        if [names::DEFS, names::DEFINITIONS].contains(&step) {
            parts.clear();
        }
        if [names::DEFS, names::DEFINITIONS, names::PROPERTIES].contains(&step) {
            parts.extend(steps.next().map(|name| unescape(name).into_owned()));
        } else if step == names::ITEMS {
            parts.push(step.to_owned());
        }
    }
    if parts.is_empty() {
        let title = schema.as_value().get(names::TITLE).and_then(Value::as_str);
        return title.unwrap_or("Payload").to_owned();
    }
    parts.join(".")
}

fn property(
    schema: &Schema,
    around: &Subschemas<'_>,
    name: &str,
    known: &Subschemas<'_>,
    named: &BTreeMap<&str, (String, Anchor)>,
) -> Property {
    let types = known.types();
    let (description, source) = description(schema, known.pointers());
    Property {
        anchor: Anchor::new("p", name),
        name: name.to_owned(),
        kind: kind(known, named, MAX_NESTING),
        is_required: around.requires(name),
        is_nullable: types.contains(TypeSet::NULL),
        constraints: constraints(schema, known),
        description,
        examples: examples(schema, known),
        source,
    }
}

/// The first examples that the schema has of a value, short ones.
fn examples(schema: &Schema, known: &Subschemas<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for pointer in known.pointers() {
        let Some(Value::Object(written)) = schema.as_value().pointer(&pointer) else { continue };
        let several = written.get(names::EXAMPLES).and_then(Value::as_array).into_iter().flatten();
        for example in several.chain(written.get(names::EXAMPLE)) {
            let text = to_compact_json(example);
            if text.len() <= MAX_EXAMPLES[1] && !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all.truncate(MAX_EXAMPLES[0]);
    all
}

/// The types but for null: `array of License`.
fn kind(
    known: &Subschemas<'_>,
    named: &BTreeMap<&str, (String, Anchor)>,
    nesting: usize,
) -> Vec<(Option<Anchor>, String)> {
    let types = known.types();
    if types == TypeSet::ALL {
        return vec![(None, "any".to_owned())];
    }
    let mut words: Vec<(Option<Anchor>, String)> = Vec::new();
    for name in types.names().filter(|name| TypeSet::named(name) != Some(TypeSet::NULL)) {
        if !words.is_empty() {
            words.push((None, " or ".to_owned()));
        }
        let is = |types: TypeSet| TypeSet::named(name) == Some(types);
        let object = known.listed_at().filter(|_| is(TypeSet::OBJECT));
        match object.and_then(|location| named.get(location.as_str())) {
            Some((name, anchor)) => words.push((Some(anchor.clone()), name.clone())),
            None if is(TypeSet::ARRAY) && nesting > 0 && known.describes_items() => {
                words.push((None, ARRAY_OF.to_owned()));
                words.extend(kind(&known.items(), named, nesting - 1));
            }
            None => words.push((None, name.to_owned())),
        }
    }
    if words.is_empty() { vec![(None, "null".to_owned())] } else { words }
}

/// The first description of these subschemas, and the source that it names.
fn description(schema: &Schema, mut pointers: impl Iterator<Item = String>) -> (String, String) {
    let text = pointers.find_map(|pointer| {
        let said = schema.as_value().pointer(&pointer)?.get(names::DESCRIPTION)?.as_str()?;
        Some(said.to_owned())
    });
    let text = text.unwrap_or_default();
    match text.rsplit_once(SOURCE) {
        Some((text, source)) => (text.trim().to_owned(), source.trim_end_matches('.').to_owned()),
        None => (text, String::new()),
    }
}

/// Enum values and assertions about the value itself, as the schema writes them.
fn constraints(schema: &Schema, known: &Subschemas<'_>) -> Vec<String> {
    let mut all = Vec::new();
    let values: BTreeSet<&str> = known.listed().collect();
    if !values.is_empty() {
        let more = values.len().saturating_sub(MAX_VALUES);
        let shown = values.iter().take(MAX_VALUES).copied().collect::<Vec<_>>().join(" | ");
        all.push(if more > 0 { format!("{shown} | {more} more") } else { shown });
    }
    let apart = [names::TYPE, names::ENUM, names::REQUIRED];
    for pointer in known.pointers() {
        let Some(Value::Object(written)) = schema.as_value().pointer(&pointer) else { continue };
        for (keyword, value) in written {
            let holds_nothing = |known: &keywords::Keyword| known.holds == keywords::Holds::Nothing;
            let is_assertion = keywords::find(keyword).is_some_and(holds_nothing);
            if !is_assertion || apart.contains(&keyword.as_str()) {
                continue;
            }
            let text = format!("{keyword}: {}", to_compact_json(value).trim_matches('"'));
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all
}
