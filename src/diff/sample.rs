//! Builds values that are valid against subschemas.

use serde_json::{Map, Number, Value, json};

use super::document::{Document, Entries, Lack};
use super::effort::{Effort, size};
use crate::generate::{Choices, Generator, Recipe};
use crate::schema::keywords::names;
use crate::schema::model::{Merged, NodeId};
use crate::schema::numbers;
use crate::schema::types::TypeSet;

/// Values around a location that are larger are not made.
pub(super) const MAX_SIZE: usize = 100_000;
/// Objects and arrays inside each other that are made.
const MAX_DEPTH: usize = 64;
/// Alternatives that are tried.
const MAX_BRANCHES: usize = 8;
/// Texts that are made are not longer.
const MAX_LENGTH: u64 = 10_000;
/// Texts of formats.
const FORMATTED: &[&str] = &[
    "2000-01-01T00:00:00Z",
    "2000-01-01",
    "00:00:00Z",
    "P1D",
    "https://example.com/",
    "user@example.com",
    "00000000-0000-0000-0000-000000000000",
    "127.0.0.1",
    "::1",
];
/// Steps that making a recipe takes, whatever the schema, and for each value of its document.
const RECIPE: (usize, usize) = (2_000, 4);
/// Steps of checking one value, besides what its size takes.
const CHECK: usize = 10;

/// Makes values of one document, as long as there is effort left.
#[derive(Clone, Copy)]
pub(super) struct Sampler<'s> {
    pub(super) document: &'s Document,
    pub(super) effort: &'s Effort,
}

/// A few values of every type.
pub(super) fn anything() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(0.5),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!(-1),
        json!("x".repeat(1_000)),
        json!([0, 0]),
    ]
}

impl Sampler<'_> {
    /// Whether a value keeps these subschemas.
    pub(super) fn admits(self, entries: &[NodeId], value: &Value) -> bool {
        self.effort.take(CHECK + size(value), || self.at(entries))
            && self.document.validator.is_valid(entries, value)
    }

    fn at(self, entries: &[NodeId]) -> String {
        entries.first().map(|id| self.document.model().node(*id).pointer()).unwrap_or_default()
    }

    /// The simplest value of these types that keeps the subschemas.
    pub(super) fn least(self, entries: &Entries, types: TypeSet) -> Result<Value, Lack> {
        self.least_inside(entries, types, 0)
    }

    fn least_inside(self, entries: &Entries, types: TypeSet, depth: usize) -> Result<Value, Lack> {
        if depth > MAX_DEPTH {
            return Err(Lack::Unknown);
        }
        self.document.least((entries.clone(), types), || {
            let merged = self.document.model().merged(entries, types);
            if merged.types.is_empty() {
                return Err(Lack::NoValue);
            }
            if !self.effort.take(CHECK, || self.at(entries)) {
                return Err(Lack::Unknown);
            }
            for value in self.simple(&merged, depth) {
                if self.admits(entries, &value) {
                    return Ok(value);
                }
            }
            self.generated(entries, &of_types(merged.types, types))
        })
    }

    /// Values that most likely keep what is merged, the simplest first.
    fn simple(self, merged: &Merged<'_>, depth: usize) -> Vec<Value> {
        let mut values = Vec::new();
        if merged.types.contains(TypeSet::NULL) {
            values.push(Value::Null);
        }
        values.extend(merged.listed().into_iter().flat_map(|(listed, _)| listed).take(40));
        if merged.types.overlaps(TypeSet::STRING) {
            let text = merged.only(TypeSet::STRING);
            let length = text.count(TypeSet::STRING, false).map_or(0, |(_, count)| count.limit);
            values.extend(texts(length));
            let formatted = text.formats().into_keys().flat_map(|_| FORMATTED);
            values.extend(formatted.map(|text| Value::from(*text)));
        }
        if merged.types.overlaps(TypeSet::NUMBER) {
            values.extend(numbers_of(&merged.only(merged.types & TypeSet::NUMBER)));
        }
        if merged.types.overlaps(TypeSet::ARRAY) {
            values.extend(self.arrays(&merged.only(TypeSet::ARRAY), depth));
        }
        if merged.types.overlaps(TypeSet::OBJECT) {
            values.extend(self.objects(&merged.only(TypeSet::OBJECT), depth));
        }
        values
    }

    fn arrays(self, merged: &Merged<'_>, depth: usize) -> Vec<Value> {
        let least = merged.count(TypeSet::ARRAY, false).map_or(0, |(_, count)| count.limit);
        let mut wanted: Vec<Entries> = Vec::new();
        for (_, contains) in merged.contains() {
            let times = usize::try_from(contains.min.min(20)).unwrap_or(0);
            wanted.extend(std::iter::repeat_n(vec![contains.item], times));
        }
        let count = usize::try_from(least).unwrap_or(usize::MAX).max(wanted.len());
        if count > MAX_SIZE / 10 {
            return Vec::new();
        }
        let item = |position: usize| {
            let mut entries = merged.item(position);
            entries.extend(wanted.get(position).into_iter().flatten().copied());
            self.least_inside(&entries, TypeSet::ALL, depth + 1).ok()
        };
        let items: Option<Vec<Value>> = (0..count).map(item).collect();
        items.map(Value::Array).into_iter().collect()
    }

    /// Objects of what is required and nothing else, by each of the first alternatives.
    fn objects(self, merged: &Merged<'_>, depth: usize) -> Vec<Value> {
        let alone = [merged.clone()];
        let branches = merged.unions.first().into_iter().flat_map(|union| &union.branches);
        let with = |branch: &NodeId| {
            let entries: Entries = merged.nodes.iter().copied().chain([*branch]).collect();
            merged.model.merged(&entries, TypeSet::OBJECT)
        };
        let branches = branches.take(MAX_BRANCHES).map(with);
        alone.into_iter().chain(branches).filter_map(|one| self.required_only(&one, depth)).collect()
    }

    fn required_only(self, merged: &Merged<'_>, depth: usize) -> Option<Value> {
        let (mut object, mut made) = (Map::new(), 0);
        for name in merged.required().into_keys() {
            let value = self.least_inside(&merged.member(name), TypeSet::ALL, depth + 1).ok()?;
            made += size(&value);
            if made > MAX_SIZE || !self.effort.take(size(&value), String::new) {
                return None;
            }
            object.insert(name.to_owned(), value);
        }
        Some(Value::Object(object))
    }

    /// The smallest value that the generator makes of the subschemas and what else is requested.
    pub(super) fn generated(self, entries: &[NodeId], extra: &[Value]) -> Result<Value, Lack> {
        let recipe = self.recipe(entries, extra)?;
        let value = recipe.build(&mut Choices::replay(Vec::new()));
        let affordable = size(&value) <= MAX_SIZE && self.effort.take(size(&value), || self.at(entries));
        if affordable { Ok(value) } else { Err(Lack::Unknown) }
    }

    /// A series of values that the generator makes.
    pub(super) fn series(self, entries: &[NodeId], extra: &[Value], count: usize) -> Vec<Value> {
        let Ok(recipe) = self.recipe(entries, extra) else { return Vec::new() };
        let simplest = recipe.build(&mut Choices::replay(Vec::new()));
        std::iter::once(simplest).chain(Generator::new(recipe, 7).take(count)).collect()
    }

    fn recipe(self, entries: &[NodeId], extra: &[Value]) -> Result<Recipe, Lack> {
        self.document.recipe(entries, extra, || {
            let size = if entries.is_empty() { 0 } else { self.document.size };
            self.effort.take(RECIPE.0 + RECIPE.1 * size, || self.at(entries))
        })
    }
}

/// What asks for the types that are left, where fewer are wanted than there are.
fn of_types(left: TypeSet, wanted: TypeSet) -> Vec<Value> {
    if wanted == TypeSet::ALL {
        return Vec::new();
    }
    vec![json!({(names::TYPE): left.names().collect::<Vec<_>>()})]
}

/// Texts of a length.
fn texts(length: u64) -> Option<Value> {
    let length = usize::try_from(length.min(MAX_LENGTH + 1)).unwrap_or(0);
    (length <= 10_000).then(|| Value::from("x".repeat(length)))
}

/// Numbers near the limits, the simplest first.
fn numbers_of(merged: &Merged<'_>) -> Vec<Value> {
    let mut found = vec![json!(0), json!(1), json!(0.5)];
    for upper in [false, true] {
        found.extend(merged.bound(upper).into_iter().flat_map(|(_, bound)| near(&bound.limit)));
    }
    for (_, multiple) in merged.multiples() {
        found.push(Value::Number(multiple.clone()));
        let limit = merged.bound(false).and_then(|(_, bound)| bound.limit.as_f64());
        if let (Some(limit), Some(step)) = (limit, multiple.as_f64()) {
            found.extend([0.0, 1.0].map(|more| number(((limit / step).ceil() + more) * step)));
        }
    }
    if !merged.types.overlaps(TypeSet::INTEGER) {
        found.retain(|value| value.as_f64().is_some_and(|number| number.fract() != 0.0));
    }
    found
}

/// A number and those next to it.
pub(super) fn near(limit: &Number) -> Vec<Value> {
    let mut found = vec![Value::Number(limit.clone())];
    if let Some(whole) = numbers::integer(limit).and_then(|whole| i64::try_from(whole).ok()) {
        found.extend([1, -1].into_iter().filter_map(|step| whole.checked_add(step).map(Value::from)));
    }
    if let Some(limit) = limit.as_f64() {
        found.extend([0.5, -0.5, 1.0, -1.0].map(|step| number(limit + step)));
    }
    found
}

/// A number as a value, as an integer where it is one.
fn number(value: f64) -> Value {
    let number = Number::from_f64(value).map_or(Value::Null, Value::Number);
    numbers::canonical(&number)
}
