//! Compares members and items.

use std::collections::BTreeSet;

use super::document::{Document, Entries};
use super::fact::{Change, Effect, How, Part};
use super::pairs::{Pairs, Step};
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Assertion, Merged};
use crate::schema::types::TypeSet;

/// Where undescribed members are described.
const OF_FURTHER: [&str; 2] = [names::ADDITIONAL_PROPERTIES, names::UNEVALUATED_PROPERTIES];

/// What is said of members that nothing describes one by one.
#[derive(Clone, Copy, PartialEq)]
enum Further {
    /// They may be anything.
    Open,
    /// There are none.
    Closed,
    /// They keep a subschema.
    Described,
}

fn further_of(document: &Document, entries: &Entries) -> Further {
    let merged = document.model().merged(entries, TypeSet::ALL);
    match () {
        () if merged.types.is_empty() => Further::Closed,
        () if merged.is_anything() => Further::Open,
        () => Further::Described,
    }
}

/// Whether values keep the merged subschemas if what they hold keeps what is said of it.
fn settled(merged: &Merged<'_>) -> bool {
    let asserts_parts = |assertion: &Assertion| match assertion {
        Assertion::Type(_) | Assertion::Required(_) => true,
        Assertion::Count(count) => !count.upper && count.of == TypeSet::ARRAY,
        _ => false,
    };
    let applies_parts = |applicator: &Applicator| match applicator {
        Applicator::Properties(of) => of.patterns.is_empty(),
        Applicator::Items { .. }
        | Applicator::Reference(_)
        | Applicator::AllOf(_)
        | Applicator::AnyOf(_)
        | Applicator::OneOf(_) => true,
        _ => false,
    };
    merged.unions.is_empty()
        && merged.assertions().all(|(_, one)| asserts_parts(one))
        && merged.applicators().all(|(_, one)| applies_parts(one) || !one.speaks_of().overlaps(merged.types))
}

/// Notes what differs in members, and has them compared.
pub(super) fn members<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let (before, now) = (old.names(), new.names());
    let sure = settled(new);
    for name in &before | &now {
        let entries = (old.member(name), new.member(name));
        match (before.contains(name), now.contains(name)) {
            (true, true) => {
                pairs.descend(at, Step::Member(name.to_owned()), entries.0, entries.1, sure);
            }
            (true, false) => removed(pairs, at, name, (old, new), entries),
            _ => added(pairs, at, name, (old, new), entries),
        }
    }
    let (must, still) = (old.required(), new.required());
    let required = |of: &std::collections::BTreeMap<&'d str, _>| of.keys().copied().collect::<BTreeSet<_>>();
    for name in &required(&must) ^ &required(&still) {
        let is_required = still.contains_key(name);
        let came = !before.contains(name) && now.contains(name);
        let went = before.contains(name) && !now.contains(name);
        if came && is_required || went && !is_required {
            continue;
        }
        let effect = if is_required { Effect::Narrows } else { Effect::Widens };
        let locations = pairs.keywords(at, (old, new), &[names::REQUIRED]);
        pairs.note_in(at, Some(name), Change::Required(is_required), effect, locations);
    }
    further(pairs, at, old, new);
    unevaluated(pairs, at, old, new, true);
}

fn removed<'d>(
    pairs: &mut Pairs<'d>,
    at: usize,
    name: &str,
    (old, new): (&Merged<'d>, &Merged<'d>),
    (before, now): (Entries, Entries),
) {
    let required = old.required().contains_key(name);
    let absent = required && !new.required().contains_key(name);
    let value = match further_of(pairs.new, &now) {
        Further::Closed => Effect::Narrows,
        _ if old.evaluates_by_value() || new.evaluates_by_value() => Effect::Unknown,
        Further::Open if further_of(pairs.old, &before) == Further::Open => Effect::Neither,
        Further::Open => Effect::Widens,
        // What the rest says of it is compared.
        Further::Described => Effect::Neither,
    };
    let [_, location] = pairs.keywords(at, (old, new), &[names::PROPERTIES]);
    let own = old.named(name).map_or_else(String::new, |node| old.model.node(node).location_pointer());
    let effect = if absent { Effect::Widens } else { value };
    pairs.note_in(at, Some(name), Change::Removed { required }, effect, [own, location]);
    if further_of(pairs.new, &now) == Further::Described {
        pairs.descend(at, Step::Member(name.to_owned()), before, now, false);
    }
}

fn added<'d>(
    pairs: &mut Pairs<'d>,
    at: usize,
    name: &str,
    (old, new): (&Merged<'d>, &Merged<'d>),
    (before, now): (Entries, Entries),
) {
    let described = further_of(pairs.old, &before);
    let effect = match described {
        Further::Closed => Effect::Widens,
        _ if old.evaluates_by_value() || new.evaluates_by_value() => Effect::Unknown,
        Further::Open | Further::Described => Effect::Narrows,
    };
    let required = new.required().contains_key(name);
    let [location, _] = pairs.keywords(at, (old, new), &[names::PROPERTIES]);
    let own = new.named(name).map_or_else(String::new, |node| new.model.node(node).location_pointer());
    pairs.note_in(at, Some(name), Change::Added { required }, effect, [location, own]);
    if described == Further::Described {
        pairs.descend(at, Step::Member(name.to_owned()), before, now, false);
    }
}

/// Members that no property describes.
fn further<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let (before, now) = (old.further(), new.further());
    let of = (further_of(pairs.old, &before), further_of(pairs.new, &now));
    let change = match of {
        (Further::Open, Further::Open) | (Further::Closed, Further::Closed) => None,
        (Further::Described, Further::Described) => {
            let sure = settled(new);
            pairs.descend(at, Step::Further, before.clone(), now.clone(), sure);
            None
        }
        (Further::Open, _) | (_, Further::Closed) => Some(false),
        (_, Further::Open) | (Further::Closed, _) => Some(true),
    };
    if let Some(opened) = change {
        let effect = match opened {
            _ if old.evaluates_by_value() || new.evaluates_by_value() => Effect::Unknown,
            true => Effect::Widens,
            false => Effect::Narrows,
        };
        let locations = pairs.keywords(at, (old, new), &OF_FURTHER);
        pairs.note(at, Change::Open(opened), effect, locations);
    }
    patterns(pairs, at, (old, new), of, (&before, &now));
}

/// Members whose names match a pattern, beside what is said of those that nothing else describes.
fn patterns<'d>(
    pairs: &mut Pairs<'d>,
    at: usize,
    (old, new): (&Merged<'d>, &Merged<'d>),
    of: (Further, Further),
    (before, now): (&Entries, &Entries),
) {
    let (patterns, patterns_now) = (old.name_patterns(), new.name_patterns());
    let sources: BTreeSet<&str> = patterns.keys().chain(patterns_now.keys()).copied().collect();
    for source in sources {
        let step = Step::Pattern(source.to_owned());
        let (how, effect) = match (patterns.get(source), patterns_now.get(source)) {
            (Some(a), Some(b)) => {
                pairs.descend(at, step, a.clone(), b.clone(), false);
                continue;
            }
            (None, Some(b)) => {
                if of.0 == Further::Described {
                    pairs.descend(at, step, before.clone(), b.clone(), false);
                }
                (How::Added, if of.0 == Further::Closed { Effect::Widens } else { Effect::Narrows })
            }
            (Some(a), None) => {
                if of.1 == Further::Described {
                    pairs.descend(at, step, a.clone(), now.clone(), false);
                }
                let open = of.1 == Further::Open && further_of(pairs.old, a) != Further::Open;
                (How::Removed, if open { Effect::Widens } else { Effect::Narrows })
            }
            (None, None) => continue,
        };
        let change = Change::Part { part: Part::PatternProperty, how, name: source.to_owned() };
        let effect =
            if old.evaluates_by_value() || new.evaluates_by_value() { Effect::Unknown } else { effect };
        let location = |merged: &Merged<'_>, nodes: Option<&Entries>, old: bool| {
            let node = nodes.and_then(|nodes| nodes.first());
            node.map_or_else(
                || pairs.schema_location(at, old),
                |node| merged.model.node(*node).location_pointer(),
            )
        };
        let positions =
            [location(old, patterns.get(source), true), location(new, patterns_now.get(source), false)];
        pairs.note(at, change, effect, positions);
    }
}

/// Notes what differs in items, and has them compared position by position.
pub(super) fn items<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let (before, now) = (old.positions(), new.positions());
    let by_value = old.evaluates_by_value() || new.evaluates_by_value();
    for position in 0..before.max(now) {
        let (a, b) = (old.item(position), new.item(position));
        if position >= before.min(now) {
            let how = if now > before { How::Added } else { How::Removed };
            let change = Change::Part { part: Part::PrefixItems, how, name: position.to_string() };
            let locations = pairs.keywords(at, (old, new), &[names::PREFIX_ITEMS, names::ITEMS]);
            // What the position admits is compared by itself.
            pairs.note(at, change, Effect::Neither, locations);
        }
        let unsure = by_value && position >= before.min(now);
        pairs.descend_as(at, Step::Position(position), (a, b, TypeSet::ALL), [false, unsure]);
    }
    let last = before.max(now);
    let certainty = [last == 0 && settled(new), by_value];
    let rest = (old.item(last), new.item(last), TypeSet::ALL);
    pairs.descend_as(at, Step::Rest(last), rest, certainty);
    unevaluated(pairs, at, old, new, false);
    contains(pairs, at, old, new);
}

/// What is said of members, or items, where it depends on the value which of them are evaluated.
fn unevaluated<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>, members: bool) {
    let (before, now) = (old.unevaluated_by_value(members), new.unevaluated_by_value(members));
    let (part, keyword) = if members {
        (Part::UnevaluatedProperties, names::UNEVALUATED_PROPERTIES)
    } else {
        (Part::UnevaluatedItems, names::UNEVALUATED_ITEMS)
    };
    let (how, effect) = match (before.is_empty(), now.is_empty()) {
        (true, true) => return,
        (true, false) => (How::Added, Effect::Narrows),
        (false, true) => (How::Removed, Effect::Widens),
        _ if pairs.same(&before, &now, TypeSet::ALL) => return,
        _ => (How::Changed, Effect::Unknown),
    };
    let locations = pairs.keywords(at, (old, new), &[keyword]);
    pairs.note(at, Change::Part { part, how, name: String::new() }, effect, locations);
}

/// What is said of the items that there must be.
fn contains<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let (mut before, mut now) = (old.contains(), new.contains());
    let locations = pairs.keywords(at, (old, new), &[names::CONTAINS]);
    let mut noted = Vec::new();
    before.retain(|(_, a)| {
        let same =
            |(_, b): &(_, &crate::schema::model::Contains)| pairs.same(&[a.item], &[b.item], TypeSet::ALL);
        let Some(found) = now.iter().position(same) else { return true };
        let (_, b) = now.remove(found);
        if (a.min, a.max) != (b.min, b.max) {
            let narrower = b.min >= a.min && b.max.unwrap_or(u64::MAX) <= a.max.unwrap_or(u64::MAX);
            noted.push((How::Changed, if narrower { Effect::Narrows } else { Effect::Widens }));
        }
        false
    });
    let changed = before.len().min(now.len());
    noted.extend((0..changed).map(|_| (How::Changed, Effect::Unknown)));
    noted.extend(now.iter().skip(changed).map(|_| (How::Added, Effect::Narrows)));
    noted.extend(before.iter().skip(changed).map(|_| (How::Removed, Effect::Widens)));
    for (number, (how, effect)) in noted.into_iter().enumerate() {
        let name = if number == 0 { String::new() } else { number.to_string() };
        pairs.note(at, Change::Part { part: Part::Contains, how, name }, effect, locations.clone());
    }
}
