//! Compares conditional and negated subschemas.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Entries;
use super::fact::{Change, Effect, How, Part};
use super::given::Given;
use super::matching::matched;
use super::pairs::{Pairs, Step, below};
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Merged, NodeId};
use crate::schema::types::TypeSet;

/// Notes what differs in them.
pub(super) fn compare<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    conditions(pairs, at, old, new);
    let of_not = |merged: &Merged<'d>| {
        collected(merged, |one| match one {
            Applicator::Not(inner) => Some(*inner),
            _ => None,
        })
    };
    let types = old.types | new.types;
    parts(pairs, at, (old, new), (of_not(old), of_not(new)), (Part::Not, names::NOT, types));
    if old.types == TypeSet::OBJECT {
        // Every name is a string.
        let of_names = |merged: &Merged<'d>| {
            let mut inner = collected(merged, |one| match one {
                Applicator::PropertyNames(inner) => Some(*inner),
                _ => None,
            });
            let admits_all = |id: &NodeId| {
                let said = merged.model.merged(&[*id], TypeSet::STRING);
                // Without any type that is left, it refuses every name.
                said.types == TypeSet::STRING && said.is_only_types()
            };
            inner.retain(|id| !admits_all(id));
            inner
        };
        let what = (Part::PropertyNames, names::PROPERTY_NAMES, TypeSet::STRING);
        parts(pairs, at, (old, new), (of_names(old), of_names(new)), what);
        dependent(pairs, at, old, new);
    }
}

fn collected(merged: &Merged<'_>, pick: impl Fn(&Applicator) -> Option<NodeId>) -> Entries {
    merged.applicators().filter_map(|(_, one)| pick(one)).collect()
}

/// Subschemas that all apply in one way, of which it is only told whether they are the same.
fn parts<'d>(
    pairs: &mut Pairs<'d>,
    at: usize,
    both: (&Merged<'d>, &Merged<'d>),
    (mut before, mut now): (Entries, Entries),
    (part, keyword, types): (Part, &str, TypeSet),
) {
    let key = |old: bool| {
        let pairs = &*pairs;
        move |id: &NodeId| pairs.fingerprint(*id, old, false)
    };
    matched((&mut before, &mut now), (key(true), key(false)), |a, b| pairs.same(&[*a], &[*b], types));
    changed_parts(pairs, at, both, (before, now), (part, keyword));
}

/// Subschemas of which none is the same in both.
fn changed_parts<'d>(
    pairs: &mut Pairs<'d>,
    at: usize,
    (old, new): (&Merged<'d>, &Merged<'d>),
    (before, now): (Entries, Entries),
    (part, keyword): (Part, &str),
) {
    let changed = before.len().min(now.len());
    let usual = pairs.keywords(at, (old, new), &[keyword]);
    for number in 0..before.len().max(now.len()) {
        let (how, effect) = match () {
            () if number < changed => (How::Changed, Effect::Unknown),
            () if now.len() > changed => (How::Added, Effect::Narrows),
            () => (How::Removed, Effect::Widens),
        };
        let location = |merged: &Merged<'_>, ids: &Entries, usual: &String| {
            ids.get(number).map_or_else(|| usual.clone(), |id| merged.model.node(*id).location_pointer())
        };
        let positions = [location(old, &before, &usual[0]), location(new, &now, &usual[1])];
        let name = if number == 0 { String::new() } else { number.to_string() };
        pairs.note(at, Change::Part { part, how, name }, effect, positions);
    }
}

/// What `then` says, or `else`: nothing is said by one that admits everything.
#[derive(Clone, Copy)]
struct Consequence {
    test: NodeId,
    /// Whether it is that of `then`.
    holds: bool,
    says: NodeId,
}

impl Consequence {
    fn given(&self) -> Given {
        if self.holds { Given::Kept(self.test) } else { Given::Broken(self.test) }
    }
}

/// `if` with `then` and `else`.
fn conditions<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let of = |merged: &Merged<'d>| -> Vec<Consequence> {
        let mut found = Vec::new();
        for (_, one) in merged.applicators() {
            let Applicator::If { test, then, otherwise } = one else { continue };
            for (holds, says) in [(true, then), (false, otherwise)] {
                let says = says.filter(|says| !merged.model.is_anything(*says));
                found.extend(says.map(|says| Consequence { test: *test, holds, says }));
            }
        }
        found
    };
    let (mut before, mut now) = (of(old), of(new));
    let types = old.types | new.types;
    let unsure = old.evaluates_by_value() || new.evaluates_by_value();
    // Those that are equal are each other's, whatever the order, then those of the same condition.
    let key = |old: bool, says: bool| {
        let pairs = &*pairs;
        move |one: &Consequence| {
            let of = |id: NodeId| pairs.fingerprint(id, old, false);
            Some((one.holds, of(one.test)?, if says { Some(of(one.says)?) } else { None }))
        }
    };
    let never = |_: &Consequence, _: &Consequence| false;
    let same =
        |a: &Consequence, b: &Consequence| a.holds == b.holds && pairs.same(&[a.test], &[b.test], types);
    let mut found = matched((&mut before, &mut now), (key(true, true), key(false, true)), never);
    found.extend(matched((&mut before, &mut now), (key(true, false), key(false, false)), same));
    for (a, b) in found {
        let both = (vec![a.says], vec![b.says], types);
        pairs.descend_given(at, Step::Same, Some([a.given(), b.given()]), both, [false, unsure]);
    }
    let tests = |left: Vec<Consequence>| {
        let mut tests: Entries = left.into_iter().map(|one| one.test).collect();
        tests.dedup();
        tests
    };
    changed_parts(pairs, at, (old, new), (tests(before), tests(now)), (Part::If, names::IF));
}

/// What is asserted where some member is there.
fn dependent<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let (before, now) = (old.dependent_required(), new.dependent_required());
    let positions = pairs.keywords(at, (old, new), &[names::DEPENDENCIES]);
    let (required, still) = (old.required(), new.required());
    let both: BTreeSet<_> = before.keys().chain(now.keys()).copied().collect();
    for (name, other) in both {
        let (how, effect) = match (before.get(&(name, other)), now.get(&(name, other))) {
            (None, Some(_)) if required.contains_key(other) => (How::Added, Effect::Neither),
            (None, Some(_)) => (How::Added, Effect::Narrows),
            (Some(_), None) if still.contains_key(other) => (How::Removed, Effect::Neither),
            (Some(_), None) => (How::Removed, Effect::Widens),
            _ => continue,
        };
        let location = |merged: &Merged<'_>, found: Option<&(NodeId, &str)>, usual: &String| {
            found.map_or_else(|| usual.clone(), |(node, keyword)| below(merged.model, *node, keyword))
        };
        let positions = [
            location(old, before.get(&(name, other)), &positions[0]),
            location(new, now.get(&(name, other)), &positions[1]),
        ];
        let change = Change::Part { part: Part::DependentRequired, how, name: format!("{name} {other}") };
        pairs.note(at, change, effect, positions);
    }
    let schemas = |merged: &Merged<'d>| {
        let mut found: BTreeMap<&'d str, Entries> = BTreeMap::new();
        for (_, one) in merged.applicators() {
            let Applicator::Dependent(all) = one else { continue };
            for (name, inner) in all.iter().filter(|(_, inner)| !merged.model.is_anything(*inner)) {
                found.entry(name.as_str()).or_default().push(*inner);
            }
        }
        found
    };
    let (before, now) = (schemas(old), schemas(new));
    let names: BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
    for name in names {
        let entries = |of: &BTreeMap<&str, Entries>| of.get(name).cloned().unwrap_or_default();
        let (how, effect) = match (before.contains_key(name), now.contains_key(name)) {
            (true, true) => {
                let both = (entries(&before), entries(&now), old.types | new.types);
                let unsure = old.evaluates_by_value() || new.evaluates_by_value();
                let given = Some([(); 2].map(|()| Given::Present(name.to_owned())));
                pairs.descend_given(at, Step::Same, given, both, [false, unsure]);
                continue;
            }
            (false, _) => (How::Added, Effect::Narrows),
            _ => (How::Removed, Effect::Widens),
        };
        let written = [names::DEPENDENT_SCHEMAS, names::DEPENDENCIES];
        let positions = pairs.keywords(at, (old, new), &written);
        let change = Change::Part { part: Part::DependentSchema, how, name: name.to_owned() };
        pairs.note(at, change, effect, positions);
    }
}
