//! Builds values that a part of the old schema refuses and the new one may admit.
//!
//! Values are made of what the old schema says, and put over the simplest ones of the new schema.

use serde_json::{Value, json};

use super::document::Entries;
use super::fact::{Change, Fact, How, Part};
use super::pairs::{Pair, Pairs, Step};
use super::sample::anything;
use super::side::{Side, sides};
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Contains, NodeId};
use crate::schema::types::TypeSet;

/// Values that the generator makes of one part.
const SERIES: usize = 6;
/// Parts that are combined with another one.
const MAX_PARTS: usize = 6;
/// Items of an array that are made.
const MAX_ITEMS: u64 = 200;

/// Values that meet a condition of `if` and break what it demanded.
pub(super) fn by_condition(pairs: &Pairs<'_>, fact: &Fact) -> Vec<Value> {
    let (old, new) = sides(pairs, fact.pair);
    let reference = |id: NodeId| old.document().reference_to(id);
    let not = |id: NodeId| json!({(names::NOT): reference(id)});
    let Some((test, then, otherwise)) = condition(old, &fact.old) else { return Vec::new() };
    let then = then.map(|then| vec![reference(test), not(then)]);
    let otherwise = otherwise.map(|otherwise| vec![not(test), not(otherwise)]);
    let requested = [then, otherwise].into_iter().flatten();
    let made: Vec<Value> = requested.flat_map(|requested| series(old, &[], &requested)).collect();
    // Where the new condition is met, it demands something; elsewhere it does not.
    let beside = condition(new, &fact.new).and_then(|(test, ..)| {
        new.generated(&[json!({(names::NOT): new.document().reference_to(test)})]).ok()
    });
    over(beside.as_ref(), new, &made)
}

/// Values of subschemas and of what else is requested, objects first: a condition says most of these.
fn series(side: Side<'_>, entries: &[NodeId], requested: &[Value]) -> Vec<Value> {
    let object = [requested, &[json!({(names::TYPE): "object"})]].concat();
    let mut made = side.sampler.series(entries, &object, SERIES);
    made.extend(side.sampler.series(entries, requested, SERIES));
    made
}

/// The `if` at a location, with its `then` and its `else`.
fn condition(side: Side<'_>, location: &str) -> Option<(NodeId, Option<NodeId>, Option<NodeId>)> {
    let merged = side.merged(TypeSet::ALL);
    side.sampler.effort.take(merged.nodes.len() / 16, || location.to_owned());
    let mut all = merged.applicators().filter_map(|(_, one)| match one {
        Applicator::If { test, then, otherwise } => Some((*test, *then, *otherwise)),
        _ => None,
    });
    all.find(|(test, ..)| merged.model.node(*test).location_pointer() == location)
}

/// Values that `not` excluded.
pub(super) fn by_not(pairs: &Pairs<'_>, fact: &Fact) -> Vec<Value> {
    let (old, new) = sides(pairs, fact.pair);
    let merged = old.merged(TypeSet::ALL);
    old.sampler.effort.take(merged.nodes.len() / 16, || fact.old.clone());
    let excluded = merged.applicators().find_map(|(_, one)| match one {
        Applicator::Not(inner) if merged.model.node(*inner).location_pointer() == fact.old => Some(*inner),
        _ => None,
    });
    let made = excluded.map(|inner| series(old, &[inner], &[]));
    over(None, new, &made.unwrap_or_default())
}

/// Values that two alternatives of `oneOf` admitted, one of them that of a pair or the one that was removed,
/// which admits them no more; and the pair of which these are values.
pub(super) fn by_one_of(pairs: &Pairs<'_>, fact: &Fact) -> Option<(usize, Vec<Value>)> {
    let removed = removed(pairs, fact).map(|branch| (fact.pair, vec![branch], None));
    let (around, branch, now) = removed.or_else(|| {
        let mut at = fact.pair;
        while let Some((from, step)) = &pairs.list[at].from {
            if pairs.list[at].unsure && !pairs.list[*from].unsure {
                let is_branch = matches!(step, Step::Same);
                let Pair { old, new, .. } = &pairs.list[at];
                return is_branch.then(|| (*from, old.clone(), Some(new)));
            }
            at = *from;
        }
        None
    })?;
    let (old, new) = sides(pairs, around);
    let merged = old.merged(TypeSet::ALL);
    let union = merged.unions.iter().find(|union| branch.iter().all(|one| union.branches.contains(one)))?;
    let others = union.branches.iter().filter(|other| !branch.contains(other)).take(MAX_PARTS);
    let both = |other: &NodeId| series(old, &branch, &[old.document().reference_to(*other)]);
    let made: Vec<Value> = others.flat_map(both).collect();
    let mut made = over(None, new, &made);
    made.retain(|value| now.is_none_or(|now| !pairs.new.validator.is_valid(now, value)));
    Some((around, made))
}

/// The alternative that is gone.
fn removed(pairs: &Pairs<'_>, fact: &Fact) -> Option<NodeId> {
    let Change::Part { part: Part::OneOf, how: How::Removed, .. } = fact.change else { return None };
    let merged = sides(pairs, fact.pair).0.merged(TypeSet::ALL);
    let mut branches = merged.unions.iter().flat_map(|union| &union.branches).copied();
    branches.find(|id| merged.model.node(*id).location_pointer() == fact.old)
}

/// Arrays of one item less than `contains` asked for, or of one more than it allowed.
pub(super) fn by_contains(old: Side<'_>, new: Side<'_>) -> Vec<Value> {
    let (before, now) = (old.merged(TypeSet::ARRAY), new.merged(TypeSet::ARRAY));
    let item: Entries = now.item(0);
    let item = new.of(&item);
    let least = now.count(TypeSet::ARRAY, false).map_or(0, |(_, count)| count.limit);
    let matching = |side: Side<'_>, contains: &Contains| {
        let entries = vec![contains.item];
        let mut found = side.sampler.series(&entries, &[], SERIES);
        found.extend(anything().into_iter().filter(|value| side.of(&entries).admits(value)));
        found.retain(|value| item.admits(value));
        found
    };
    let wanted: Vec<Value> = now.contains().into_iter().take(MAX_PARTS).fold(Vec::new(), |all, (_, one)| {
        let many = usize::try_from(one.min.min(MAX_ITEMS)).unwrap_or(0);
        all.into_iter().chain(matching(new, one).into_iter().cycle().take(many)).collect()
    });
    let mut made = Vec::new();
    for (_, contains) in before.contains().into_iter().take(MAX_PARTS) {
        let found = matching(old, contains);
        let entries = vec![contains.item];
        let mut others = anything();
        others.extend(item.least(TypeSet::ALL));
        others.retain(|value| item.admits(value) && !old.of(&entries).admits(value));
        let many = [contains.min.checked_sub(1), contains.max.and_then(|max| max.checked_add(1))];
        for many in many.into_iter().flatten().filter(|many| *many <= MAX_ITEMS) {
            let items = found.iter().cycle().take(usize::try_from(many).unwrap_or(0));
            let items: Vec<Value> = items.cloned().collect();
            for rest in [&wanted[..], &[]] {
                let mut items = [&items[..], rest].concat();
                let missing = usize::try_from(least.min(MAX_ITEMS)).unwrap_or(0).saturating_sub(items.len());
                items.extend(others.iter().cycle().take(missing).cloned());
                made.push(Value::Array(items));
            }
        }
    }
    made
}

/// Values, and the same put over the simplest object of a schema and over another value.
fn over(other: Option<&Value>, new: Side<'_>, values: &[Value]) -> Vec<Value> {
    let mut made = values.to_vec();
    let least = new.least(TypeSet::OBJECT).ok();
    for base in least.iter().chain(other).filter(|base| base.is_object()) {
        for value in values.iter().filter(|value| value.is_object()) {
            let mut base = base.clone();
            put(&mut base, value);
            made.push(base);
        }
    }
    made
}

/// Puts the members of an object into another one, and those of objects in it.
fn put(base: &mut Value, value: &Value) {
    match (base, value) {
        (Value::Object(base), Value::Object(members)) => {
            for (name, value) in members {
                put(base.entry(name.as_str()).or_insert(Value::Null), value);
            }
        }
        (base, value) => *base = value.clone(),
    }
}
