//! What differs in the subschemas that a schema combines?

use std::collections::{BTreeMap, BTreeSet};

use super::align::{self, align};
use super::document::Entries;
use super::fact::{Change, Effect, How, Part};
use super::given::Given;
use super::pairs::{Pairs, Step, below};
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Merged, NodeId, Union};
use crate::schema::types::TypeSet;

/// Compares a schema that is nothing but alternatives with one that is none, which is one alternative then. Says
/// whether the two are such schemas.
pub(super) fn alternatives<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) -> bool {
    // Beside the alternatives, only the types are asserted.
    let only = |merged: &Merged<'d>| match &merged.unions[..] {
        [union] => {
            let rest = Merged { unions: Vec::new(), ..merged.clone() };
            rest.is_only_types().then(|| union.clone())
        }
        _ => None,
    };
    let whole = |merged: &Merged<'d>| -> Option<Union> {
        let says = merged.unions.is_empty() && !merged.is_only_types();
        let node = *merged.core().first()?;
        says.then(|| Union { node, keyword: names::ANY_OF, branches: Vec::new() })
    };
    match (only(old), only(new), whole(old), whole(new)) {
        (Some(union), _, _, Some(_)) => {
            let branches = (&union.branches[..], &[][..]);
            aligned(pairs, at, (old, new), (&union, &union), branches, (None, Some(new.core())));
        }
        (_, Some(union), Some(_), _) => {
            let branches = (&[][..], &union.branches[..]);
            aligned(pairs, at, (old, new), (&union, &union), branches, (Some(old.core()), None));
        }
        _ => return false,
    }
    true
}

/// Notes what differs besides what values hold.
pub(super) fn compare<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    unions(pairs, at, old, new);
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
            inner.retain(|id| !merged.model.merged(&[*id], TypeSet::STRING).is_only_types());
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
    (old, new): (&Merged<'d>, &Merged<'d>),
    (mut before, mut now): (Entries, Entries),
    (part, keyword, types): (Part, &str, TypeSet),
) {
    before.retain(|a| {
        let twin = now.iter().position(|b| pairs.same(&[*a], &[*b], types));
        twin.map(|twin| now.remove(twin)).is_none()
    });
    changed_parts(pairs, at, (old, new), (before, now), (part, keyword));
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
    let places = pairs.keywords(at, (old, new), &[keyword]);
    for number in 0..before.len().max(now.len()) {
        let (how, effect) = match () {
            () if number < changed => (How::Changed, Effect::Unknown),
            () if now.len() > changed => (How::Added, Effect::Narrows),
            () => (How::Removed, Effect::Widens),
        };
        let name = if number == 0 { String::new() } else { number.to_string() };
        pairs.note(at, Change::Part { part, how, name }, effect, places.clone());
    }
}

/// Compares the alternatives of both. What has more of them has one condition more.
fn unions<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let (mut before, mut now) = (old.unions.clone(), new.unions.clone());
    let same = |pairs: &Pairs<'d>, a: &Union, b: &Union| {
        let equal = |x: NodeId, y: NodeId| pairs.same(&[x], &[y], old.types | new.types);
        a.keyword == b.keyword
            && a.branches.len() == b.branches.len()
            && a.branches.iter().all(|x| b.branches.iter().any(|y| equal(*x, *y)))
            && b.branches.iter().all(|y| a.branches.iter().any(|x| equal(*x, *y)))
    };
    // Those that say the same are done.
    if before.len() + now.len() > 2 {
        before.retain(|a| {
            let twin = now.iter().position(|b| same(pairs, a, b));
            twin.map(|twin| now.remove(twin)).is_none()
        });
    }
    let left = |unions: &[Union]| unions.len();
    let both = left(&before).min(left(&now));
    // The order is that of how they are written, and of where.
    for (a, b) in before.iter().zip(&now) {
        aligned(pairs, at, (old, new), (a, b), (&a.branches, &b.branches), (None, None));
    }
    for union in before.iter().skip(both) {
        let place = below(old.model, union.node, union.keyword);
        let change = Change::Part { part: Part::AllOf, how: How::Removed, name: place.clone() };
        let places = [place, pairs.location(at, false)];
        pairs.note(at, change, Effect::Widens, places);
    }
    for union in now.iter().skip(both) {
        let place = below(new.model, union.node, union.keyword);
        let change = Change::Part { part: Part::AllOf, how: How::Added, name: place.clone() };
        let places = [pairs.location(at, true), place];
        pairs.note(at, change, Effect::Narrows, places);
    }
}

/// Aligns two lists of alternatives and has the pairs compared. A schema that is no union stands for its only one.
fn aligned<'d>(
    pairs: &mut Pairs<'d>,
    at: usize,
    (old, new): (&Merged<'d>, &Merged<'d>),
    (of_old, of_new): (&Union, &Union),
    (before, now): (&[NodeId], &[NodeId]),
    whole: (Option<Entries>, Option<Entries>),
) {
    let types = old.types | new.types;
    let exclusive = of_old.is_exclusive() || of_new.is_exclusive();
    let is_apart = |document, branches| align::apart(document, branches, types);
    // Of alternatives that have no value in common, one is as good as any.
    let unsure = exclusive && !(is_apart(pairs.old, before) && is_apart(pairs.new, now));
    let dependent = old.evaluates_by_value() || new.evaluates_by_value();
    let certainty = [false, unsure || dependent];
    let (removed, added) = paired(pairs, at, (before, now), whole, (types, certainty));
    let part = if exclusive { Part::OneOf } else { Part::AnyOf };
    if of_old.is_exclusive() != of_new.is_exclusive() && unsure {
        let places =
            [below(old.model, of_old.node, of_old.keyword), below(new.model, of_new.node, of_new.keyword)];
        let effect = if of_new.is_exclusive() { Effect::Narrows } else { Effect::Widens };
        let change = Change::Part { part, how: How::Changed, name: String::new() };
        pairs.note(at, change, effect, places);
    }
    let places = [holder(pairs, at, old, of_old, true), holder(pairs, at, new, of_new, false)];
    for (branches, how, effect) in
        [(removed, How::Removed, Effect::Narrows), (added, How::Added, Effect::Widens)]
    {
        for branch in branches {
            let model = if how == How::Removed { old.model } else { new.model };
            let own = model.node(branch).location_pointer();
            let locations = match how {
                How::Removed => [own, places[1].clone()],
                _ => [places[0].clone(), own],
            };
            let effect = if unsure { Effect::Unknown } else { effect };
            pairs.note(at, Change::Part { part, how, name: String::new() }, effect, locations);
        }
    }
}

/// Has the alternatives compared that are each other's; those of both that are left over.
fn paired(
    pairs: &mut Pairs<'_>,
    at: usize,
    (before, now): (&[NodeId], &[NodeId]),
    whole: (Option<Entries>, Option<Entries>),
    (types, certainty): (TypeSet, [bool; 2]),
) -> (Vec<NodeId>, Vec<NodeId>) {
    let (mut removed, mut added) = (before.to_vec(), now.to_vec());
    match whole {
        (Some(entries), _) => {
            if let Some(twin) = closest(pairs, &entries, now, types, false) {
                added.retain(|branch| *branch != twin);
                pairs.descend_as(at, Step::Same, (entries, vec![twin], types), certainty);
            }
        }
        (_, Some(entries)) => {
            if let Some(twin) = closest(pairs, &entries, before, types, true) {
                removed.retain(|branch| *branch != twin);
                pairs.descend_as(at, Step::Same, (vec![twin], entries, types), certainty);
            }
        }
        (None, None) => {
            let same = |a: NodeId, b: NodeId| pairs.same(&[a], &[b], types);
            let found = align((pairs.old, before), (pairs.new, now), types, same);
            (removed, added) = (found.removed, found.added);
            for (a, b) in found.pairs {
                pairs.descend_as(at, Step::Same, (vec![a], vec![b], types), certainty);
            }
        }
    }
    (removed, added)
}

/// Where the alternatives of a side are, or would be.
fn holder(pairs: &Pairs<'_>, at: usize, merged: &Merged<'_>, union: &Union, old: bool) -> String {
    let has = merged.unions.iter().any(|own| own.node == union.node && own.branches == union.branches);
    if has { below(merged.model, union.node, union.keyword) } else { pairs.location(at, old) }
}

/// The alternative that says the same as a whole schema, or has most in common with it.
fn closest(
    pairs: &Pairs<'_>,
    entries: &[NodeId],
    branches: &[NodeId],
    types: TypeSet,
    turned: bool,
) -> Option<NodeId> {
    const MAX: usize = 64;
    let same = |branch: &&NodeId| {
        if turned { pairs.same(&[**branch], entries, types) } else { pairs.same(entries, &[**branch], types) }
    };
    if let Some(twin) = branches.iter().take(MAX).find(same) {
        return Some(*twin);
    }
    let (document, other) = if turned { (pairs.new, pairs.old) } else { (pairs.old, pairs.new) };
    let [first] = entries else { return branches.first().copied() };
    let found = align((document, &[*first]), (other, branches), types, |_, _| false);
    found.pairs.first().map(|(_, branch)| *branch)
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
    // Those that are equal are each other's, whatever the order.
    for equal in [true, false] {
        before.retain(|a| {
            let twin = now.iter().position(|b| {
                let are = |x: NodeId, y: NodeId| {
                    if equal { pairs.equal(&[x], &[y]) } else { pairs.same(&[x], &[y], types) }
                };
                a.holds == b.holds && are(a.test, b.test) && (!equal || are(a.says, b.says))
            });
            let Some(twin) = twin else { return true };
            let b = now.remove(twin);
            let both = (vec![a.says], vec![b.says], types);
            pairs.descend_given(at, Step::Same, Some([a.given(), b.given()]), both, [false, unsure]);
            false
        });
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
    let places = pairs.keywords(at, (old, new), &[names::DEPENDENCIES]);
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
        let places = [
            location(old, before.get(&(name, other)), &places[0]),
            location(new, now.get(&(name, other)), &places[1]),
        ];
        let change = Change::Part { part: Part::DependentRequired, how, name: format!("{name} {other}") };
        pairs.note(at, change, effect, places);
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
        let places = pairs.keywords(at, (old, new), &written);
        let change = Change::Part { part: Part::DependentSchema, how, name: name.to_owned() };
        pairs.note(at, change, effect, places);
    }
}
