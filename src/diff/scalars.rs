//! Compares limits, patterns and formats.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::Number;

use super::fact::{Change, Effect, How, Limit, Part};
use super::pairs::Pairs;
use crate::schema::keywords::names;
use crate::schema::model::{Assertion, Bound, Merged, NodeId};
use crate::schema::numbers;
use crate::schema::types::TypeSet;

/// Bounds of numbers: upper or not, exclusive or not.
const BOUNDS: [(Limit, &str, bool, bool); 4] = [
    (Limit::Max, names::MAXIMUM, true, false),
    (Limit::Min, names::MINIMUM, false, false),
    (Limit::ExclusiveMax, names::EXCLUSIVE_MAXIMUM, true, true),
    (Limit::ExclusiveMin, names::EXCLUSIVE_MINIMUM, false, true),
];

/// Limits of lengths and sizes: of which type, upper or not.
const COUNTS: [(Limit, TypeSet, bool); 6] = [
    (Limit::MaxLength, TypeSet::STRING, true),
    (Limit::MinLength, TypeSet::STRING, false),
    (Limit::MaxItems, TypeSet::ARRAY, true),
    (Limit::MinItems, TypeSet::ARRAY, false),
    (Limit::MaxProperties, TypeSet::OBJECT, true),
    (Limit::MinProperties, TypeSet::OBJECT, false),
];

/// Formats of which the first is a part of the second.
const WITHIN: [(&str, &str); 7] = [
    ("email", "idn-email"),
    ("hostname", "idn-hostname"),
    ("uri", "iri"),
    ("uri", "uri-reference"),
    ("uri", "iri-reference"),
    ("uri-reference", "iri-reference"),
    ("iri", "iri-reference"),
];

/// Notes what differs for values of the types that both admit, which are of one kind.
pub(super) fn compare(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) {
    bounds(pairs, at, old, new);
    multiples(pairs, at, old, new);
    counts(pairs, at, old, new);
    texts(pairs, at, old, new);
    let unique = [old.unique_items(), new.unique_items()].map(|unique| unique.is_some());
    let (how, effect) = match unique {
        [false, true] => (How::Added, Effect::Narrows),
        [true, false] => (How::Removed, Effect::Widens),
        _ => return,
    };
    let change = Change::Part { part: Part::UniqueItems, how, name: String::new() };
    let locations = pairs.keywords(at, (old, new), &[names::UNIQUE_ITEMS]);
    pairs.note(at, change, effect, locations);
}

/// The largest or least number that a bound admits, for integers alone: a fraction is none.
fn edge(merged: &Merged<'_>, upper: bool) -> Option<Bound> {
    let mut bound = merged.bound(upper)?.1.clone();
    if !merged.types.overlaps(TypeSet::FRACTION) {
        let step = if upper { -1 } else { 1 };
        let whole = match numbers::integer(&bound.limit) {
            Some(whole) => Some(if bound.exclusive { whole + step } else { whole }),
            None => bound.limit.as_f64().and_then(|limit| {
                let limit = if upper { limit.floor() } else { limit.ceil() };
                Number::from_f64(limit).as_ref().and_then(numbers::integer)
            }),
        };
        if let Some(whole) = whole.and_then(|whole| i64::try_from(whole).ok()) {
            (bound.limit, bound.exclusive) = (Number::from(whole), false);
        }
    }
    Some(bound)
}

/// What the move of an edge does.
fn moved(old: Option<&Bound>, new: Option<&Bound>) -> Effect {
    match (old, new) {
        (None, None) => Effect::Neither,
        (None, Some(_)) => Effect::Narrows,
        (Some(_), None) => Effect::Widens,
        (Some(old), Some(new)) => match (old.is_within(new), new.is_within(old)) {
            (true, true) => Effect::Neither,
            (false, true) => Effect::Narrows,
            _ => Effect::Widens,
        },
    }
}

/// The tightest bound of one keyword: upper or not, exclusive or not.
fn tightest<'m>(merged: &Merged<'m>, kind: (bool, bool)) -> Option<&'m Bound> {
    let bounds = merged.assertions().filter_map(|(_, one)| match one {
        Assertion::Bound(bound) if (bound.upper, bound.exclusive) == kind => Some(bound),
        _ => None,
    });
    bounds.reduce(|one, other| if one.is_within(other) { one } else { other })
}

fn bounds(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) {
    for (limit, keyword, upper, exclusive) in BOUNDS {
        let kind = (upper, exclusive);
        let (before, now) = (tightest(old, kind), tightest(new, kind));
        let same = match (before, now) {
            (Some(before), Some(now)) => numbers::order(&before.limit, &now.limit) == Ordering::Equal,
            (before, now) => before.is_none() && now.is_none(),
        };
        if !same {
            let effect = match moved(edge(old, upper).as_ref(), edge(new, upper).as_ref()) {
                // If this keyword admits no more, the other one does.
                Effect::Widens if moved(before, now) != Effect::Widens => Effect::Narrows,
                effect => effect,
            };
            // In draft 4 the exclusive ones are written beside the others.
            let written = [keyword, if upper { names::MAXIMUM } else { names::MINIMUM }];
            let locations = pairs.keywords(at, (old, new), &written);
            let number = |bound: Option<&Bound>| bound.map(|bound| bound.limit.clone());
            let change = Change::Bound { limit, keyword, old: number(before), new: number(now) };
            pairs.note(at, change, effect, locations);
        }
    }
}

fn multiples(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) {
    let (before, now) = (old.multiples(), new.multiples());
    let one = Number::from(1);
    let whole = !new.types.overlaps(TypeSet::FRACTION);
    let keeps = |of: &Number, numbers: &[(NodeId, &Number)]| {
        let is = |number: &Number| numbers::is_multiple(number, of) == Some(true);
        numbers.iter().any(|(_, number)| is(number)) || whole && is(&one)
    };
    let kept = before.iter().all(|(_, of)| keeps(of, &now));
    let all = |numbers: &[(NodeId, &Number)]| {
        let mut texts: Vec<String> =
            numbers.iter().map(|(_, one)| numbers::canonical(&(*one).clone().into()).to_string()).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    if all(&before) == all(&now) {
        return;
    }
    let alike = kept && now.iter().all(|(_, of)| keeps(of, &before));
    let effect = match (alike, kept) {
        (true, _) => Effect::Neither,
        (_, true) => Effect::Narrows,
        _ => Effect::Widens,
    };
    let first = |numbers: &[(NodeId, &Number)]| numbers.first().map(|(_, number)| (*number).clone());
    let (limit, keyword) = (Limit::MultipleOf, names::MULTIPLE_OF);
    let change = Change::Bound { limit, keyword, old: first(&before), new: first(&now) };
    let locations = pairs.keywords(at, (old, new), &[keyword]);
    pairs.note(at, change, effect, locations);
}

fn counts(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) {
    for (limit, of, upper) in COUNTS {
        let (before, now) = (old.count(of, upper), new.count(of, upper));
        let number = |count: Option<u64>| count.unwrap_or(if upper { u64::MAX } else { 0 });
        let of_limit = |count: Option<(NodeId, &crate::schema::model::Count)>| count.map(|(_, it)| it.limit);
        let order = number(of_limit(now)).cmp(&number(of_limit(before)));
        let effect = match if upper { order } else { order.reverse() } {
            Ordering::Equal if before.is_some() == now.is_some() => continue,
            Ordering::Equal => Effect::Neither,
            Ordering::Greater => Effect::Widens,
            Ordering::Less => Effect::Narrows,
        };
        let Some((_, count)) = before.or(now) else { continue };
        let number = |count: Option<u64>| count.map(Number::from);
        let (old_limit, new_limit) = (number(of_limit(before)), number(of_limit(now)));
        let change = Change::Bound { limit, keyword: count.keyword, old: old_limit, new: new_limit };
        let locations = pairs.keywords(at, (old, new), &[count.keyword]);
        pairs.note(at, change, effect, locations);
    }
}

fn texts(pairs: &mut Pairs<'_>, at: usize, old: &Merged<'_>, new: &Merged<'_>) {
    let (before, now) = (old.formats(), new.formats());
    if let Some((lost, came)) = exchanged(&before, &now) {
        let within = |wider: &String| now.keys().any(|format| WITHIN.contains(&(format, wider.as_str())));
        let effect = match (&lost, &came) {
            (None, _) => Effect::Narrows,
            (Some(lost), Some(_)) if within(lost) => Effect::Narrows,
            _ => Effect::Widens,
        };
        let locations = pairs.keywords(at, (old, new), &[names::FORMAT]);
        pairs.note(at, Change::Format { old: lost, new: came, asserted: true }, effect, locations);
    }
    if let Some((lost, came)) = exchanged(&old.patterns(), &new.patterns()) {
        let effect = match (&lost, &came) {
            (None, _) => Effect::Narrows,
            (_, None) => Effect::Widens,
            _ => Effect::Unknown,
        };
        let locations = pairs.keywords(at, (old, new), &[names::PATTERN]);
        pairs.note(at, Change::Pattern { old: lost, new: came }, effect, locations);
    }
}

/// The first text that went, and the first that came.
fn exchanged(
    old: &BTreeMap<&str, NodeId>,
    new: &BTreeMap<&str, NodeId>,
) -> Option<(Option<String>, Option<String>)> {
    let first = |of: &BTreeMap<&str, NodeId>, without: &BTreeMap<&str, NodeId>| {
        of.keys().find(|text| !without.contains_key(*text)).map(|text| (*text).to_owned())
    };
    let (lost, came) = (first(old, new), first(new, old));
    (lost.is_some() || came.is_some()).then_some((lost, came))
}
