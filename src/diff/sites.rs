//! Compares one location type by type.

use std::collections::HashSet;

use serde_json::Value;

use super::document::{Document, Entries};
use super::effort::size;
use super::fact::{Change, Effect, How, Part};
use super::pairs::{Pairs, Step, below};
use super::{annotations, combined, inside, scalars};
use crate::schema::keywords::names;
use crate::schema::model::{Merged, NodeId, Union};
use crate::schema::types::TypeSet;

/// Types whose values are compared apart from those of other types.
const CLASSES: [TypeSet; 5] =
    [TypeSet::STRING, TypeSet::NUMBER, TypeSet::ARRAY, TypeSet::OBJECT, TypeSet::BOOLEAN];

/// Where the types and values of a location may be said.
const OF_TYPES: [&str; 5] = [names::TYPE, names::ENUM, names::CONST, names::ANY_OF, names::ONE_OF];
const OF_VALUES: [&str; 4] = [names::ENUM, names::CONST, names::ONE_OF, names::ANY_OF];

/// Compares two documents.
pub(super) fn pairs<'d>(old: &'d Document, new: &'d Document) -> Pairs<'d> {
    let mut pairs = Pairs::of(old, new, compare);
    if old.draft != new.draft {
        let name =
            |document: &Document| document.value[names::SCHEMA].as_str().unwrap_or_default().to_owned();
        let change = Change::Dialect { old: name(old), new: name(new) };
        let location = |document: &Document| match document.value.get(names::SCHEMA) {
            Some(_) => format!("/{}", names::SCHEMA),
            None => document.root.clone(),
        };
        pairs.note(0, change, Effect::Neither, [location(old), location(new)]);
        // It is said first.
        if let Some(dialect) = pairs.facts.pop() {
            pairs.facts.insert(0, dialect);
        }
    }
    pairs
}

fn compare(pairs: &mut Pairs<'_>, at: usize) {
    let (old, new) = pairs.merged(at, TypeSet::ALL);
    let is_place = !matches!(pairs.list[at].from, Some((_, Step::Same)));
    if is_place {
        null(pairs, at, &old, &new);
    }
    annotations::compare(pairs, at, &old, &new);
    let unions = [old.unions.clone(), new.unions.clone()];
    let (old, new) = (old.only(!TypeSet::NULL), new.only(!TypeSet::NULL));
    if !pairs.is_first(old.core(), new.core(), old.types | new.types) {
        return;
    }
    if both_listed(pairs, at, &old, &new) {
        return;
    }
    types(pairs, at, (&old, &new), &unions);
    for class in CLASSES {
        if old.types.overlaps(class) && new.types.overlaps(class) {
            one_type(pairs, at, &old.only(class), &new.only(class));
        }
    }
}

/// What differs for values of one type.
fn one_type<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    if listed(pairs, at, old, new) || combined::alternatives(pairs, at, old, new) {
        return;
    }
    scalars::compare(pairs, at, old, new);
    if old.types == TypeSet::OBJECT {
        inside::members(pairs, at, old, new);
    }
    if old.types == TypeSet::ARRAY {
        inside::items(pairs, at, old, new);
    }
    combined::compare(pairs, at, old, new);
}

/// Whether null came or went, whichever way it is said.
fn null(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) {
    let admits = |document: &Document, entries: &Entries, merged: &Merged<'_>| {
        merged.types.contains(TypeSet::NULL) && document.validator.is_valid(entries, &Value::Null)
    };
    let pair = &pairs.list[at];
    let (before, now) = (admits(pairs.old, &pair.old, old), admits(pairs.new, &pair.new, new));
    // Where other types came to nothing, or went with all, null is not listed apart from them.
    let beside_nothing = |one: &Merged<'_>, other: &Merged<'_>| {
        one.types.is_empty() && !other.only(!TypeSet::NULL).types.is_empty()
    };
    if before == now || beside_nothing(old, new) || beside_nothing(new, old) {
        return;
    }
    let effect = if now { Effect::Widens } else { Effect::Narrows };
    let locations = null_locations(pairs, at, old, new);
    pairs.note(at, Change::Nullable(now), effect, locations);
}

/// Where it is said whether null is admitted: at an alternative that is null, or where the types are.
fn null_locations(pairs: &Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) -> [String; 2] {
    let [mut before, mut now] = pairs.keywords(at, (old, new), &OF_TYPES);
    for (merged, location) in [(old, &mut before), (new, &mut now)] {
        let is_null = |branch: &&NodeId| merged.model.types(**branch) == TypeSet::NULL;
        if let Some(branch) = merged.unions.iter().flat_map(|union| &union.branches).find(is_null) {
            *location = merged.model.node(*branch).location_pointer();
        }
    }
    [before, now]
}

/// Types besides null that came and went; where alternatives of both did, that is said of them.
fn types(
    pairs: &mut Pairs<'_>,
    at: usize,
    (old, new): (&Merged<'_>, &Merged<'_>),
    [unions, unions_now]: &[Vec<Union>; 2],
) {
    let (mut gained, mut lost) = (new.types & !old.types, old.types & !new.types);
    for before in unions {
        for now in unions_now.iter().filter(|now| now.keyword == before.keyword) {
            let other = |union: &Union, merged: &Merged<'_>, types: TypeSet| {
                let of = |branch: &NodeId| merged.model.types(*branch) & !TypeSet::NULL;
                let branches = union.branches.iter().copied();
                branches.filter(|it| !of(it).is_empty() && types.contains(of(it))).collect::<Vec<_>>()
            };
            let part = if now.is_exclusive() { Part::OneOf } else { Part::AnyOf };
            let [before_at, now_at] =
                [below(old.model, before.node, before.keyword), below(new.model, now.node, now.keyword)];
            for branch in other(now, new, gained) {
                gained = gained & !new.model.types(branch);
                let (location, name) = (new.model.node(branch).location_pointer(), String::new());
                let change = Change::Part { part, how: How::Added, name };
                pairs.note(at, change, Effect::Widens, [before_at.clone(), location]);
            }
            for branch in other(before, old, lost) {
                lost = lost & !old.model.types(branch);
                let (location, name) = (old.model.node(branch).location_pointer(), String::new());
                let change = Change::Part { part, how: How::Removed, name };
                pairs.note(at, change, Effect::Narrows, [location, now_at.clone()]);
            }
        }
    }
    let effect = match (gained.is_empty(), lost.is_empty()) {
        (true, true) => return,
        (true, false) => Effect::Narrows,
        _ => Effect::Widens,
    };
    let positions = pairs.keywords(at, (old, new), &OF_TYPES);
    let [gained, lost] = [gained, lost].map(named);
    pairs.note(at, Change::Types { gained, lost }, effect, positions);
}

/// The names of types; numbers with a fraction are what a number is besides an integer.
fn named(types: TypeSet) -> Vec<&'static str> {
    let whole = types & !TypeSet::FRACTION;
    let fraction = types.contains(TypeSet::FRACTION).then_some(TypeSet::FRACTION);
    whole.names().chain(fraction.into_iter().flat_map(TypeSet::names)).collect()
}

/// The values that are listed and admitted, null aside; whether nobody listed them.
fn admitted(pairs: &Pairs<'_>, at: usize, old: bool, merged: &Merged<'_>) -> Option<(Vec<Value>, bool)> {
    let pair = &pairs.list[at];
    let (document, entries) = if old { (pairs.old, &pair.old) } else { (pairs.new, &pair.new) };
    let (mut values, implied) = merged.listed()?;
    // A validator looks through the list for each value of it.
    let steps = values.iter().map(size).sum::<usize>().saturating_mul(1 + values.len() / 16) / 4;
    let ask = !merged.is_only_listed() && pairs.effort.take(steps, || pairs.schema_location(at, old));
    values.retain(|value| {
        let fits = merged.types.overlaps(TypeSet::of_value(value));
        fits && (!ask || document.validator.is_valid(entries, value))
    });
    Some((values, implied))
}

/// What came and went where both list their values; that says all.
fn both_listed(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) -> bool {
    let (before, now) = (admitted(pairs, at, true, old), admitted(pairs, at, false, new));
    let (Some((before, implied)), Some((now, implied_now))) = (before, now) else { return false };
    if implied && implied_now {
        return false;
    }
    let (added, removed) = (missing(&before, &now), missing(&now, &before));
    let locations = pairs.keywords(at, (old, new), &OF_VALUES);
    let none = Vec::new();
    if let ([_], [_], [_], [_]) = (&before[..], &now[..], &added[..], &removed[..]) {
        pairs.note(at, Change::Values { added, removed }, Effect::Widens, locations);
        return true;
    }
    if !added.is_empty() {
        let change = Change::Values { added, removed: none.clone() };
        pairs.note(at, change, Effect::Widens, locations.clone());
    }
    if !removed.is_empty() {
        pairs.note(at, Change::Values { added: none, removed }, Effect::Narrows, locations);
    }
    true
}

/// The values of a list that another one lacks, in an order that does not depend on those of the lists.
fn missing(from: &[Value], of: &[Value]) -> Vec<Value> {
    let from: HashSet<String> = from.iter().map(Value::to_string).collect();
    let mut missing: Vec<Value> =
        of.iter().filter(|value| !from.contains(&value.to_string())).cloned().collect();
    missing.sort_by_cached_key(Value::to_string);
    missing
}

/// The same for values of one type, also where only one of the two lists them.
fn listed(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) -> bool {
    if both_listed(pairs, at, old, new) {
        return true;
    }
    let is = |merged: &Merged<'_>| merged.listed().is_some_and(|(_, implied)| !implied);
    let change = match (is(old), is(new)) {
        (false, true) => Change::Listed(true),
        (true, false) => Change::Listed(false),
        _ => return false,
    };
    let effect = if is(old) { Effect::Widens } else { Effect::Narrows };
    let locations = pairs.keywords(at, (old, new), &OF_VALUES);
    if is(new)
        && let Some((mut added, _)) = admitted(pairs, at, false, new)
    {
        // What is listed now may have been refused before.
        added.retain(|value| !pairs.old.validator.is_valid(&pairs.list[at].old, value));
        added.sort_by_cached_key(Value::to_string);
        if !added.is_empty() {
            let values = Change::Values { added, removed: Vec::new() };
            pairs.note(at, values, Effect::Widens, locations.clone());
        }
    }
    pairs.note(at, change, effect, locations);
    true
}
