//! Which payload does the new schema allow that the old one refuses?

use serde_json::{Map, Value, json};

use super::document::{Document, refers};
use super::effort::{Effort, size};
use super::fact::{Change, Fact};
use super::probes::{anything, pointed, probes};
use super::view::{Node, view};
use super::walk::{Step, Walk, plain};
use crate::error::{Error, ErrorKind};
use crate::generate::{Choices, Generator, Recipe};

/// Values tried of one series.
const TRIES: usize = 40;
/// Payloads that are nested deeper are none to judge.
const DEEPEST: usize = 128;

/// Values around a place that are larger are not made.
const MAX_SIZE: usize = 100_000;
/// Steps of checking one payload, besides what its size takes.
const CHECK: usize = 20;

/// How far a new value was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// In a whole payload.
    InPayload,
    /// At the place only, where everything around it lets it through.
    AtPlace,
    /// Nowhere.
    Nowhere,
    /// Nowhere before the search was stopped.
    Stopped,
    /// Nowhere, for no payload can have a value at the place.
    Impossible,
}

/// A payload that shows a difference, or why there is none.
pub(super) struct Witness {
    pub(super) payload: Result<Value, String>,
    pub(super) shown: Shown,
}

/// Looks for a payload that shows a difference: the new schema allows it, and the old one refuses it, at the place and
/// as a whole.
pub(super) fn make(walk: &Walk<'_>, fact: &Fact) -> Witness {
    if let Some(stopped) = walk.showing.stopped() {
        return Witness::stopped(stopped);
    }
    let (document, node) = Side::New.at(walk, fact.pair);
    let of_object = member(&fact.change) || matches!(fact.change, Change::Open(_));
    if of_object && least(&walk.showing, document, &node, "object") == Err(Lack::NoValue) {
        return Witness {
            payload: Err("no object keeps the new schema".to_owned()),
            shown: Shown::Impossible,
        };
    }
    let mut search = Search { walk, fact, at_place: false, impossible: false };
    let mut why = "no such payload was found".to_owned();
    for candidate in pointed(walk, fact) {
        if let Some(payload) = search.check(&candidate) {
            return Witness { payload: Ok(payload), shown: Shown::InPayload };
        }
    }
    let (mut asked, mut empty) = (0, 0);
    for extra in probes(walk, fact) {
        asked += usize::from(!extra.is_empty());
        match recipe(&walk.showing, &node, &with(document, &node, &extra)) {
            Ok(recipe) => {
                if let Some(payload) = Generator::new(recipe, 7).take(TRIES).find_map(|it| search.check(&it))
                {
                    return Witness { payload: Ok(payload), shown: Shown::InPayload };
                }
            }
            Err(error) => {
                empty += usize::from(!extra.is_empty() && error.kind() == ErrorKind::Schema);
                why = format!("no payload can be generated: {error}");
            }
        }
    }
    if let Some(stopped) = walk.showing.stopped() {
        return Witness::stopped(stopped);
    }
    // Where nothing is left of what would be new, nothing is new.
    let impossible = search.impossible || asked > 0 && asked == empty;
    let shown = match (impossible, search.at_place) {
        (true, _) => Shown::Impossible,
        (false, true) => Shown::AtPlace,
        (false, false) => Shown::Nowhere,
    };
    Witness { payload: Err(why), shown }
}

impl Witness {
    fn stopped(how: String) -> Self {
        Self { payload: Err(how), shown: Shown::Stopped }
    }
}

/// Steps that making a recipe takes, whatever the schema; it takes about so many more for each value of it.
const RECIPE: (usize, usize) = (2_000, 4);

/// How to build values of a schema; an error also where that would take too many steps.
fn recipe(effort: &Effort, node: &Node<'_>, schema: &Value) -> Result<Recipe, Error> {
    if !effort.take(RECIPE.0 + RECIPE.1 * size(schema), &node.pointer) {
        return Err(Error::new(ErrorKind::Unsupported, node.pointer.clone(), "takes too many steps"));
    }
    Recipe::new(schema)
}

struct Search<'w, 'd> {
    walk: &'w Walk<'d>,
    fact: &'w Fact,
    /// Whether a new value was seen at the place that no payload around it was found for.
    at_place: bool,
    /// Whether the new schema has no payload with the place.
    impossible: bool,
}

impl Search<'_, '_> {
    /// The payload that has a value at the place, if that shows the difference.
    fn check(&mut self, value: &Value) -> Option<Value> {
        let walk = self.walk;
        let pair = &walk.pairs[self.fact.pair];
        if !walk.showing.take(CHECK + 4 * size(value) + pair.depth, &pair.new.pointer) {
            return None;
        }
        if pair.old.allows(walk.old, value) != Some(false) || pair.new.allows(walk.new, value) != Some(true) {
            return None;
        }
        self.at_place |= pair.certain && !pair.unsure;
        let shows = |payload: &Value| walk.new.allows(payload) && !walk.old.allows(payload);
        for side in [Side::Old, Side::New] {
            match wrap(walk, side, self.fact.pair, value) {
                Ok(payload) if shows(&payload) => return Some(payload),
                Err(Lack::NoValue) if matches!(side, Side::New) => self.impossible = true,
                _ => {}
            }
        }
        None
    }
}

/// Why no value was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// No value keeps the schema.
    NoValue,
    /// Nobody knows how.
    Unknown,
}

/// The schema that values around the place are taken from. Those of the old one are made once for all comparisons.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Old,
    New,
}

impl Side {
    pub(super) fn at<'d>(self, walk: &Walk<'d>, pair: usize) -> (&'d Document, Node<'d>) {
        let pair = &walk.pairs[pair];
        match self {
            Self::Old => (walk.old, view(walk.old, &pair.old).node),
            Self::New => (walk.new, view(walk.new, &pair.new).node),
        }
    }
}

/// A schema of a document with all that it refers to, saying something more, or something else.
fn with(document: &Document, node: &Node<'_>, extra: &Map<String, Value>) -> Value {
    let mut schema = Map::new();
    if refers(node.schema) {
        for holder in ["$defs", "definitions", "components"] {
            schema.extend(document.value.get(holder).map(|held| (holder.to_owned(), held.clone())));
        }
    }
    // Of other drafts the generator knows nothing; what it makes of their schemas is checked.
    if document.draft == jsonschema::Draft::Draft7 {
        schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    }
    let own = node.map().into_iter().flatten();
    let own = own.filter(|(keyword, _)| !["$id", "$schema"].contains(&keyword.as_str()));
    schema.extend(own.map(|(keyword, value)| (keyword.clone(), value.clone())));
    schema.extend(extra.clone());
    Value::Object(schema)
}

/// The simplest value of a schema.
pub(super) fn simplest(effort: &Effort, document: &Document, node: &Node<'_>) -> Result<Value, Lack> {
    simplest_inside(effort, document, node, 0)
}

fn simplest_inside(
    effort: &Effort,
    document: &Document,
    node: &Node<'_>,
    depth: usize,
) -> Result<Value, Lack> {
    match node.schema {
        Value::Bool(true) => return Ok(Value::Null),
        Value::Bool(false) => return Err(Lack::NoValue),
        _ => {}
    }
    let seen = view(document, node);
    if seen.null.is_some() {
        return Ok(Value::Null);
    }
    if plain(&seen.node) && seen.node.get("type").is_some_and(|kind| kind == "object") {
        return least_inside(effort, document, &seen.node, "object", depth);
    }
    document.least(&node.pointer, "", || built(effort, document, node, &Map::new()))
}

/// The smallest object or array of a schema.
pub(super) fn least(
    effort: &Effort,
    document: &Document,
    node: &Node<'_>,
    kind: &'static str,
) -> Result<Value, Lack> {
    least_inside(effort, document, node, kind, 0)
}

fn least_inside(
    effort: &Effort,
    document: &Document,
    node: &Node<'_>,
    kind: &'static str,
    depth: usize,
) -> Result<Value, Lack> {
    if depth > DEEPEST {
        return Err(Lack::NoValue);
    }
    let empty = if kind == "object" { json!({}) } else { json!([]) };
    if node.schema.is_boolean() || node.allows(document, &empty) == Some(true) {
        return Ok(empty);
    }
    let extra = Map::from_iter([("type".to_owned(), json!(kind))]);
    document.least(&node.pointer, kind, || match kind {
        "object" if plain(node) => required_only(effort, document, node, depth),
        _ => built(effort, document, node, &extra),
    })
}

/// An object of what is required and nothing else: what the generator makes, too, without a look at what is not.
fn required_only(effort: &Effort, document: &Document, node: &Node<'_>, depth: usize) -> Result<Value, Lack> {
    let (mut object, mut made) = (Map::new(), 0);
    for name in node.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        let member = node.named("properties", name).or_else(|| node.under("additionalProperties"));
        let value = match member {
            Some(member) => simplest_inside(effort, document, &member, depth + 1)?,
            None => Value::Null,
        };
        made += size(&value);
        if made > MAX_SIZE || !effort.take(size(&value), &node.pointer) {
            return Err(Lack::Unknown);
        }
        object.insert(name.to_owned(), value);
    }
    Ok(Value::Object(object))
}

fn built(
    effort: &Effort,
    document: &Document,
    node: &Node<'_>,
    extra: &Map<String, Value>,
) -> Result<Value, Lack> {
    let recipe = recipe(effort, node, &with(document, node, extra));
    let recipe = recipe.map_err(|error| match error.kind() {
        ErrorKind::Schema => Lack::NoValue,
        _ => Lack::Unknown,
    })?;
    let value = recipe.build(&mut Choices::replay(Vec::new()));
    let affordable = size(&value) <= MAX_SIZE && effort.take(size(&value), &node.pointer);
    if affordable { Ok(value) } else { Err(Lack::Unknown) }
}

/// Values that an old schema refuses.
pub(super) fn refused(effort: &Effort, document: &Document, node: &Node<'_>) -> Vec<Value> {
    let mut values = anything();
    values.retain(|value| node.allows(document, value) == Some(false));
    // What is not in a schema that holds itself is more than the generator can tell.
    if values.is_empty() && !node.schema.is_boolean() && !refers(node.schema) {
        let Value::Object(mut schema) = with(document, node, &Map::new()) else { return values };
        let mut outer: Map<String, Value> = schema.remove_entry("$schema").into_iter().collect();
        outer.insert("not".to_owned(), Value::Object(schema));
        let recipe = recipe(effort, node, &Value::Object(outer)).ok();
        values.extend(recipe.map(|recipe| recipe.build(&mut Choices::replay(Vec::new()))));
    }
    values
}

/// Puts a value where its pair is, in payloads as small as can be.
fn wrap(walk: &Walk<'_>, side: Side, pair: usize, value: &Value) -> Result<Value, Lack> {
    if walk.pairs[pair].depth > DEEPEST {
        return Err(Lack::Unknown);
    }
    let mut here = pair;
    let mut value = value.clone();
    while let Some((around, step)) = &walk.pairs[here].from {
        let (document, node) = side.at(walk, *around);
        let holder = match step {
            Step::Same => None,
            Step::Item => Some(least(&walk.showing, document, &node, "array")?),
            Step::Member(_) | Step::Further => Some(least(&walk.showing, document, &node, "object")?),
        };
        value = match holder {
            Some(Value::Array(mut items)) => {
                items.truncate(items.len().saturating_sub(1));
                items.insert(0, value);
                items.into()
            }
            Some(Value::Object(mut members)) => {
                let name = if let Step::Member(name) = step { name.clone() } else { unused(&node) };
                members.insert(name, value);
                members.into()
            }
            _ => value,
        };
        here = *around;
    }
    Ok(value)
}

/// A name that no property has.
pub(super) fn unused(node: &Node<'_>) -> String {
    let mut name = "further".to_owned();
    while node.named("properties", &name).is_some() {
        name.push('_');
    }
    name
}

/// Whether a change is about a member of its place, not the place itself.
pub(super) fn member(change: &Change) -> bool {
    matches!(
        change,
        Change::Required(_)
            | Change::Removed { .. }
            | Change::Renamed { .. }
            | Change::Moved { .. }
            | Change::Added { .. }
    )
}
