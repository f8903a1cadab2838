//! Findings and watched values, as they are noted in a pass.

use std::rc::Rc;

use super::path::Recent;
use super::program::ObjectId;
use super::watch::{WatchId, Watches};
use crate::validate::invariant::WatchedValue;
use crate::validate::ledger::{Ledger, Limits, Step};
use crate::validate::span::TextSpan;
use crate::validate::violation::{Violation, precedence};

/// Findings and watched values of one payload.
#[derive(Debug)]
pub(super) struct Notes {
    pub(super) ledger: Ledger<Rc<Absent>>,
    /// Where the last value begins of whose findings only the first in precedence is reported, and which that
    /// is.
    first: Option<(usize, u8)>,
    /// Where the last number begins that no double holds.
    overflow: Option<usize>,
    /// Whether keys of an object were not compared to find them twice, because there were too many.
    pub(super) uncompared: bool,
    pub(super) watched_values: Vec<Vec<WatchedValue>>,
    absent: Option<Rc<Absent>>,
    pub(super) recent: Recent,
}

/// Which properties of an object were there, to find those that were not.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::validate) struct Absent {
    pub(super) object: ObjectId,
    pub(super) seen: [u64; 2],
    pub(super) more: Vec<u64>,
}

impl Absent {
    /// Whether this property of the object was not there.
    pub(super) fn lacks(&self, index: usize) -> bool {
        let word = self.seen.get(index / 64).or_else(|| self.more.get(index / 64 - 2));
        word.is_none_or(|word| word & (1 << (index % 64)) == 0)
    }
}

impl Notes {
    pub(super) fn new(lists: usize, limits: Limits) -> Self {
        Self {
            ledger: Ledger::new(limits),
            first: None,
            overflow: None,
            uncompared: false,
            watched_values: vec![Vec::new(); lists],
            absent: None,
            recent: Recent::default(),
        }
    }

    /// Adds what is wrong with the value that begins at `offset`, unless something before it in precedence
    /// is. What is wrong with one value comes in that order.
    pub(super) fn value(&mut self, offset: usize, violation: Violation, span: TextSpan, path: &[Step<'_>]) {
        if let Some(rank) = precedence(&violation) {
            match self.first {
                Some((at, first)) if at == offset && first < rank => return,
                _ => self.first = Some((offset, rank)),
            }
        }
        self.ledger.add(violation, span, path);
    }

    /// The number that begins here overflows.
    pub(super) fn overflows(&mut self, offset: usize) {
        self.overflow = Some(offset);
    }

    /// Whether the number that begins here overflows.
    pub(super) fn has_overflow(&self, offset: usize) -> bool {
        self.overflow == Some(offset)
    }

    /// Keeps which properties the object that ends lacks, for its undocumented members: what each may have
    /// been meant to be is known only now, and asked of the few that are listed.
    pub(super) fn object_ends(&mut self, begin: usize, depth: usize, absent: impl Fn() -> Absent) {
        let Self { ledger, absent: last, .. } = self;
        let mut now = None;
        ledger.hint(begin, depth, || {
            let now = now.get_or_insert_with(|| {
                let absent = absent();
                let same = last.take().filter(|last| **last == absent);
                let now = same.unwrap_or_else(|| Rc::new(absent));
                *last = Some(Rc::clone(&now));
                now
            });
            Rc::clone(now)
        });
    }

    /// What was found so far under the present member of the innermost of these objects does not count: a
    /// later member of the same key takes its place. The member leads to `watch`.
    pub(super) fn take_back(&mut self, path: &[Step<'_>], watch: WatchId, watches: &Watches) {
        self.ledger.take_back(path);
        let Some(object) = path.last() else { return };
        // Of what a list has from within the object that is open, all comes from members of this key.
        for list in watches.lists_below(watch) {
            let seen = &mut self.watched_values[list];
            while seen.pop_if(|watched| watched.is_behind(object.begin)).is_some() {}
        }
    }

    pub(super) fn seen(&mut self, list: usize, watched: WatchedValue) {
        self.watched_values[list].push(watched);
    }
}
