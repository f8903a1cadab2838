//! Proves that the old schema admits every value of the new one.
//!
//! The normal forms of the `jsonschema` crate say so where they can. What they do not prove stays open.

use std::collections::{BTreeSet, HashSet};
use std::thread;

use jsonschema::canonical::{self, CanonicalSchema, Containment, PreparedDocument};

use super::document::Document;
use super::pairs::Pairs;
use crate::schema::model::NodeId;

/// Values of documents that are brought to their normal forms.
const MAX_VALUES: usize = 4_000;
/// Alternatives of one schema in such documents: normal forms multiply them.
const MAX_BRANCHES: usize = 30;
/// Subschemas inside each other, references followed, in such documents. The crate takes some stack for each.
const MAX_DEPTH: usize = 300;
/// Stack for that, of which only what is needed is used.
const STACK: usize = 256 << 20;
/// Pairs that are looked at.
const MAX_PROOFS: usize = 60;

/// The pairs among these at which it is proven that no value is new, there or in the whole payload.
pub(super) fn nothing_is_new(pairs: &Pairs<'_>, wanted: &BTreeSet<usize>) -> HashSet<usize> {
    let small = |document: &Document| {
        let model = document.model();
        document.size <= MAX_VALUES
            && model.depth_is_at_most(MAX_DEPTH)
            && model.applicators().all(|one| one.in_place().len() <= MAX_BRANCHES)
    };
    if wanted.is_empty() || pairs.old.draft != pairs.new.draft || !small(pairs.old) || !small(pairs.new) {
        return HashSet::new();
    }
    let (old, new) = (&pairs.old.value, &pairs.new.value);
    let whole = [&[pairs.old.entry()][..], &[pairs.new.entry()][..]];
    let located = |[before, now]: [&[NodeId]; 2]| located(pairs.old, before).zip(located(pairs.new, now));
    let whole = located(whole);
    let some: Vec<_> = wanted
        .iter()
        // Less in one alternative may be more in all.
        .filter(|at| !pairs.list[**at].unsure)
        .take(MAX_PROOFS)
        .filter_map(|at| Some((*at, located([&pairs.list[*at].old, &pairs.list[*at].new])?)))
        .collect();
    let prove = || {
        let options = || canonical::options().offline().should_validate_formats(true);
        let (Ok(before), Ok(now)) = (options().prepare(old), options().prepare(new)) else {
            return HashSet::new();
        };
        let covers = |both: &(Vec<String>, Vec<String>)| {
            let forms = form(&before, &both.0).zip(form(&now, &both.1));
            forms.is_some_and(|(old, new)| old.covers(&new).is_ok_and(|it| it == Containment::Yes))
        };
        if whole.as_ref().is_some_and(covers) {
            return wanted.iter().copied().collect();
        }
        some.iter().filter(|(_, both)| covers(both)).map(|(at, _)| *at).collect()
    };
    thread::scope(|scope| {
        let proving = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, prove);
        proving.ok().and_then(|proving| proving.join().ok()).unwrap_or_default()
    })
}

/// What subschemas at these locations say together, as a normal form.
fn form(document: &PreparedDocument<'_>, locations: &[String]) -> Option<CanonicalSchema> {
    let mut forms = locations.iter().map(|pointer| document.canonicalize_at(pointer).ok());
    let first = forms.next()??;
    forms.try_fold(first, |all, next| all.intersect(&next?).ok())
}

/// Where subschemas are in their document.
fn located(document: &Document, entries: &[NodeId]) -> Option<Vec<String>> {
    let model = document.model();
    let one = |id: &NodeId| {
        let pointer = model.node(*id).location_pointer();
        let is_here = model.contents(*id)? == document.value.pointer(&pointer)?;
        is_here.then_some(pointer)
    };
    entries.iter().map(one).collect()
}
