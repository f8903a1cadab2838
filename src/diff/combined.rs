//! Compares combined subschemas (`allOf`, `anyOf`, `oneOf`).

use super::align::{self, align};
use super::conditions;
use super::document::Entries;
use super::fact::{Change, Effect, How, Part};
use super::matching::matched;
use super::pairs::{Pairs, Step, below};
use crate::schema::keywords::names;
use crate::schema::model::{Merged, NodeId, Union};
use crate::schema::types::TypeSet;

/// Compares a schema that is nothing but alternatives with one that is none, which is one alternative then.
/// Says whether the two are such schemas.
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
    conditions::compare(pairs, at, old, new);
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
        let key = |old: bool| {
            let pairs = &*pairs;
            move |union: &Union| {
                let branches = union.branches.iter().map(|id| pairs.fingerprint(*id, old, false));
                let mut branches = branches.collect::<Option<Vec<u64>>>()?;
                branches.sort_unstable();
                Some((union.keyword, branches))
            }
        };
        matched((&mut before, &mut now), (key(true), key(false)), |a, b| same(pairs, a, b));
    }
    let left = |unions: &[Union]| unions.len();
    let both = left(&before).min(left(&now));
    // The order is that of how they are written, and of where.
    for (a, b) in before.iter().zip(&now) {
        aligned(pairs, at, (old, new), (a, b), (&a.branches, &b.branches), (None, None));
    }
    for union in before.iter().skip(both) {
        let position = below(old.model, union.node, union.keyword);
        let change = Change::Part { part: Part::AllOf, how: How::Removed, name: position.clone() };
        let positions = [position, pairs.schema_location(at, false)];
        pairs.note(at, change, Effect::Widens, positions);
    }
    for union in now.iter().skip(both) {
        let position = below(new.model, union.node, union.keyword);
        let change = Change::Part { part: Part::AllOf, how: How::Added, name: position.clone() };
        let positions = [pairs.schema_location(at, true), position];
        pairs.note(at, change, Effect::Narrows, positions);
    }
}

/// Aligns two lists of alternatives and has the pairs compared. A schema that is no union stands for its only
/// one.
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
    let old_whole = whole.0.clone();
    let (removed, added) = paired(pairs, at, (before, now), whole, (types, certainty));
    let part = if exclusive { Part::OneOf } else { Part::AnyOf };
    if of_old.is_exclusive() != of_new.is_exclusive() && unsure {
        let positions =
            [below(old.model, of_old.node, of_old.keyword), below(new.model, of_new.node, of_new.keyword)];
        let effect = if of_new.is_exclusive() { Effect::Narrows } else { Effect::Widens };
        let change = Change::Part { part, how: How::Changed, name: String::new() };
        pairs.note(at, change, effect, positions);
    }
    let positions = [holder(pairs, at, old, of_old, true), holder(pairs, at, new, of_new, false)];
    for (branches, how, effect) in
        [(removed, How::Removed, Effect::Narrows), (added, How::Added, Effect::Widens)]
    {
        for branch in branches {
            let model = if how == How::Removed { old.model } else { new.model };
            let own = model.node(branch).location_pointer();
            let locations = match how {
                How::Removed => [own, positions[1].clone()],
                _ => [positions[0].clone(), own],
            };
            let effect = match how {
                _ if unsure => Effect::Unknown,
                // Another alternative admitted its values before.
                How::Added
                    if !exclusive
                        && !dependent
                        && is_covered(pairs, before, old_whole.as_ref(), branch, types) =>
                {
                    Effect::Neither
                }
                _ => effect,
            };
            pairs.note(at, Change::Part { part, how, name: String::new() }, effect, locations);
        }
    }
}

/// Whether it shows that one of the alternatives that there were, or the whole schema, admits all that a new
/// one admits.
fn is_covered(
    pairs: &Pairs<'_>,
    before: &[NodeId],
    whole: Option<&Entries>,
    branch: NodeId,
    types: TypeSet,
) -> bool {
    if pairs.is_verdict() || before.len() > align::MAX_COMPARED {
        return false;
    }
    let mut all = before.iter().map(std::slice::from_ref).chain(whole.map(Vec::as_slice));
    all.any(|old| pairs.covers(old, &[branch], types))
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
            let found = align(pairs, [(before, true), (now, false)], types, same);
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
    if has { below(merged.model, union.node, union.keyword) } else { pairs.schema_location(at, old) }
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
    let [first] = entries else { return branches.first().copied() };
    let found = align(pairs, [(&[*first], !turned), (branches, turned)], types, |_, _| false);
    found.pairs.first().map(|(_, branch)| *branch)
}
