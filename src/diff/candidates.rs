//! Candidate values that are likely to show a difference.

use std::rc::Rc;

use serde_json::{Map, Number, Value, json};

use super::document::Entries;
use super::effort::size;
use super::fact::{Change, Fact, How, Limit, Part};
use super::pairs::Pairs;
use super::refused;
use super::sample::{Sampler, anything, near};
use super::side::{Side, sides};
use crate::pointer::Token;
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, NodeId};
use crate::schema::types::TypeSet;

/// Values that the generator makes of one schema.
const SERIES: usize = 40;
/// Names that are tried for members.
const NAMES: usize = 8;
/// Values of one member that are tried.
const VALUES: usize = 6;

/// Values that a document has of which whole objects are made.
const MAX_VALUES: usize = 500;

/// Values that a schema has that the generator is asked to avoid.
const MAX_EXCLUDED: usize = 100;

/// Values that show the difference by what it is; cheap ones.
pub(super) fn pointed(pairs: &Pairs<'_>, fact: &Fact) -> Vec<Value> {
    let (old, new) = sides(pairs, fact.pair);
    match &fact.change {
        Change::Nullable(_) => vec![Value::Null],
        Change::Values { added, .. } => added.clone(),
        Change::Types { gained, .. } => gained
            .iter()
            .filter_map(|name| match *name {
                "number" => Some(TypeSet::FRACTION),
                name => TypeSet::named(name),
            })
            .filter_map(|types| new.least(types).ok())
            .collect(),
        Change::Bound { limit, old: before, new: now, .. } => {
            beyond(new, *limit, before.as_ref(), now.as_ref())
        }
        Change::Part { part: Part::UniqueItems, .. } => doubled(new),
        Change::Part { part: Part::AnyOf | Part::OneOf, how: How::Added, .. } => {
            of_branch(pairs, fact, (old, new))
        }
        Change::Part { part: Part::PatternProperty, name, .. } => {
            of_names(old, new, &names_like(new.sampler, name))
        }
        Change::Part { part: Part::DependentRequired, name, .. } => {
            name.split_once(' ').map(|(name, other)| without(new, name, other)).unwrap_or_default()
        }
        Change::Part { part: Part::UnevaluatedItems, .. } => longer(new),
        Change::Part { part: Part::If, .. } => refused::by_condition(pairs, fact),
        Change::Part { part: Part::Not, .. } => refused::by_not(pairs, fact),
        Change::Part { part: Part::Contains, .. } => refused::by_contains(old, new),
        Change::Open(_) | Change::Part { part: Part::UnevaluatedProperties | Part::PropertyNames, .. } => {
            of_names(old, new, &[unused(pairs, fact.pair)])
        }
        change if change.is_of_member() => of_member(pairs, fact),
        _ => Vec::new(),
    }
}

/// Values of the new schema that the old one refuses, whatever the difference is; looked for once at a pair.
pub(super) fn novel(pairs: &Pairs<'_>, fact: &Fact) -> Rc<[Value]> {
    // Of a whole contract that would be too much to try.
    let of_object = fact.change.is_of_member() || matches!(fact.change, Change::Open(_));
    if of_object && pairs.new.size > MAX_VALUES {
        return Rc::default();
    }
    pairs.novel(fact.pair, || {
        let (old, new) = sides(pairs, fact.pair);
        novel_of(old, new, VALUES)
    })
}

/// The generator is asked where fewer than the least number are found.
fn novel_of(old: Side<'_>, new: Side<'_>, least: usize) -> Vec<Value> {
    let fits = |value: &Value| new.admits(value) && !old.admits(value);
    let mut found: Vec<Value> = anything().into_iter().filter(fits).collect();
    found.extend(classes(new).into_iter().filter(fits));
    if found.len() < least {
        let not = old_schema(old).map(|old| json!({(names::NOT): old}));
        if let Some(not) = not {
            found.extend(new.series(&[not], 4).into_iter().filter(fits));
        }
        if found.is_empty() {
            found.extend(new.series(&[], SERIES).into_iter().filter(fits));
        }
    }
    found
}

/// What the old schema says, where it stands by itself and is small: the documents of the new one do not have
/// it.
fn old_schema(old: Side<'_>) -> Option<Value> {
    let [entry] = old.entries[..] else { return None };
    let model = old.sampler.document.model();
    if model.node(entry).boolean.is_some() {
        return None;
    }
    let contents = model.contents(entry).filter(|contents| size(contents) <= MAX_EXCLUDED)?;
    let mut inside = vec![entry];
    while let Some(id) = inside.pop() {
        for one in &model.node(id).applicators {
            if let Applicator::Reference(_) = one {
                return None;
            }
            inside.extend(one.targets());
        }
    }
    Some(contents.clone())
}

/// The simplest value of each type.
fn classes(side: Side<'_>) -> Vec<Value> {
    let types = [
        TypeSet::STRING,
        TypeSet::INTEGER,
        TypeSet::FRACTION,
        TypeSet::ARRAY,
        TypeSet::OBJECT,
        TypeSet::BOOLEAN,
    ];
    types.into_iter().filter_map(|types| side.least(types).ok()).collect()
}

/// Values just outside a limit.
fn beyond(new: Side<'_>, limit: Limit, old: Option<&Number>, now: Option<&Number>) -> Vec<Value> {
    let Some(old) = old else { return Vec::new() };
    let merged = |types| new.merged(types);
    let step = |upper: bool| {
        let limit = old.as_u64().unwrap_or(0).min(10_000);
        let beyond = if upper { limit.checked_add(1) } else { limit.checked_sub(1) };
        beyond.and_then(|many| usize::try_from(many).ok())
    };
    match limit {
        Limit::Max | Limit::Min | Limit::ExclusiveMax | Limit::ExclusiveMin => {
            let now = now.into_iter().flat_map(near);
            near(old).into_iter().chain(now).collect()
        }
        Limit::MultipleOf => {
            let steps = now.into_iter().flat_map(|now| {
                let step = now.as_f64().unwrap_or(1.0);
                [1.0, 2.0, 3.0, 5.0, 7.0, -1.0].map(|times| step * times)
            });
            let found = steps.chain([1.0, 0.5, 0.1, 7.0]).filter_map(Number::from_f64);
            let mut found: Vec<Value> =
                found.map(|number| crate::schema::numbers::canonical(&Value::Number(number))).collect();
            found.extend(near(old));
            found
        }
        Limit::MaxLength | Limit::MinLength => {
            let upper = limit == Limit::MaxLength;
            let Some(many) = step(upper) else { return Vec::new() };
            let mut found = vec![json!("x".repeat(many)), json!("1".repeat(many))];
            let bound =
                if upper { json!({(names::MIN_LENGTH): many}) } else { json!({(names::MAX_LENGTH): many}) };
            found.extend(new.series(&[json!({(names::TYPE): "string"}), bound], 4));
            found
        }
        Limit::MaxItems | Limit::MinItems => {
            let Some(many) = step(limit == Limit::MaxItems).filter(|many| *many <= 2_000) else {
                return Vec::new();
            };
            let merged = merged(TypeSet::ARRAY);
            let item = |at: usize| new.sampler.least(&merged.item(at), TypeSet::ALL).ok();
            let items: Option<Vec<Value>> = (0..many).map(item).collect();
            let mut found: Vec<Value> = items.map(Value::Array).into_iter().collect();
            let bound = json!({(names::TYPE): "array", (names::MIN_ITEMS): many, (names::MAX_ITEMS): many});
            found.extend(new.series(&[bound], 2));
            found
        }
        Limit::MaxProperties | Limit::MinProperties => {
            let Some(many) = step(limit == Limit::MaxProperties).filter(|many| *many <= 2_000) else {
                return Vec::new();
            };
            sized(new, many).into_iter().collect()
        }
    }
}

/// An object of so many members.
fn sized(new: Side<'_>, many: usize) -> Option<Value> {
    let merged = new.merged(TypeSet::OBJECT);
    let mut object = least_object(new)?;
    let named = merged.names().into_iter().map(str::to_owned);
    for name in named.chain((0..).map(|number| format!("further{number}"))).take(many + merged.names().len())
    {
        if object.len() >= many {
            break;
        }
        if !object.contains_key(&name)
            && let Ok(value) = new.sampler.least(&merged.member(&name), TypeSet::ALL)
        {
            object.insert(name, value);
        }
    }
    Some(Value::Object(object))
}

/// Arrays in which something is there twice.
fn doubled(new: Side<'_>) -> Vec<Value> {
    let merged = new.merged(TypeSet::ARRAY);
    let least = merged.count(TypeSet::ARRAY, false).map_or(0, |(_, count)| count.limit).max(2);
    let many = usize::try_from(least.min(1_000)).unwrap_or(2);
    let items: Option<Vec<Value>> =
        (0..many).map(|at| new.sampler.least(&merged.item(at), TypeSet::ALL).ok()).collect();
    items.map(Value::Array).into_iter().collect()
}

/// Arrays with an item more.
fn longer(new: Side<'_>) -> Vec<Value> {
    let Ok(Value::Array(least)) = new.least(TypeSet::ARRAY) else { return Vec::new() };
    let mut items = least;
    let mut made = Vec::new();
    for _ in 0..2 {
        made.extend(anything().into_iter().map(|item| [&items[..], &[item]].concat().into()));
        items.push(Value::Null);
    }
    made
}

/// Values of an alternative that was added.
fn of_branch(pairs: &Pairs<'_>, fact: &Fact, (old, new): (Side<'_>, Side<'_>)) -> Vec<Value> {
    let model = pairs.new.model();
    let merged = model.merged(new.entries, TypeSet::ALL);
    let nodes = merged.unions.iter().flat_map(|union| &union.branches);
    let Some(branch) = nodes.copied().find(|id| model.node(*id).location_pointer() == fact.new) else {
        return Vec::new();
    };
    let entries: Vec<NodeId> = new.entries.iter().copied().chain([branch]).collect();
    let side = Side { entries: &entries, ..new };
    let mut found = classes(side);
    found.extend(side.series(&[], SERIES / 2));
    if side.merged(TypeSet::ALL).types.overlaps(TypeSet::OBJECT) {
        found.extend(of_names(old, side, &[unused(pairs, fact.pair)]));
    }
    found
}

/// The smallest object.
fn least_object(side: Side<'_>) -> Option<Map<String, Value>> {
    match side.least(TypeSet::OBJECT) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// Objects by both schemas that a member is put into.
fn objects(old: Side<'_>, new: Side<'_>) -> Vec<Map<String, Value>> {
    [new, old].into_iter().filter_map(least_object).collect()
}

/// Objects in which a member is another one, or not there.
fn of_member(pairs: &Pairs<'_>, fact: &Fact) -> Vec<Value> {
    let Some(Token::Key(name)) = fact.location.tokens().last() else { return Vec::new() };
    let (old, new) = sides(pairs, fact.pair);
    let mut made = Vec::new();
    if !matches!(fact.change, Change::Added { .. }) {
        for mut object in objects(old, new) {
            object.remove(&**name);
            made.push(Value::Object(object));
        }
    }
    if !matches!(fact.change, Change::Required(_)) {
        made.extend(of_names(old, new, &[name.to_string()]));
    }
    made
}

/// Objects with a member of one of these names that the old schema refuses there.
fn of_names(old: Side<'_>, new: Side<'_>, names: &[String]) -> Vec<Value> {
    let model = |side: Side<'_>, name: &str| -> Entries { side.merged(TypeSet::OBJECT).member(name) };
    let objects = objects(old, new);
    let mut made = Vec::new();
    for name in names {
        let (before, now) = (model(old, name), model(new, name));
        let before = old.of(&before);
        let now = new.of(&now);
        let mut values = novel_of(before, now, usize::from(made.is_empty()));
        values.extend(now.least(TypeSet::ALL));
        for value in values.into_iter().take(VALUES) {
            for object in &objects {
                let mut object = object.clone();
                object.insert(name.clone(), value.clone());
                made.push(Value::Object(object));
            }
        }
    }
    made
}

/// Objects with one member and without another.
fn without(new: Side<'_>, name: &str, other: &str) -> Vec<Value> {
    let merged = new.merged(TypeSet::OBJECT);
    let value = new.sampler.least(&merged.member(name), TypeSet::ALL).ok();
    let object = least_object(new).zip(value).map(|(mut object, value)| {
        object.insert(name.to_owned(), value);
        object.remove(other);
        Value::Object(object)
    });
    object.into_iter().collect()
}

/// Names that match a pattern.
pub(super) fn names_like(sampler: Sampler<'_>, pattern: &str) -> Vec<String> {
    let requested = json!({(names::TYPE): "string", (names::PATTERN): pattern});
    let mut found: Vec<String> = Vec::new();
    for value in sampler.series(&[], &[requested], SERIES) {
        if let Value::String(name) = value
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found.sort_by_key(String::len);
    found.truncate(NAMES);
    found
}

/// A name that no property of a pair has, and that matches none of its patterns if that can be.
pub(super) fn unused(pairs: &Pairs<'_>, pair: usize) -> String {
    let (old, new) = pairs.merged(pair, TypeSet::OBJECT);
    let taken = |name: &str| {
        [&old, &new]
            .into_iter()
            .any(|merged| merged.names().contains(name) || merged.member(name) != merged.further())
    };
    let some = ["further", "FURTHER", "further-1", "0", "_", " ", "ü"];
    let free = some.into_iter().find(|name| !taken(name));
    free.map_or_else(
        || {
            let mut name = "further".to_owned();
            while old.names().contains(&*name) || new.names().contains(&*name) {
                name.push('_');
            }
            name
        },
        str::to_owned,
    )
}
