//! What was found in the objects that have not ended?

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::finding::Rule;

/// One object on the way to a finding, and its member on that way.
#[derive(Clone, Copy, Debug)]
pub(in crate::validate) struct Step<'k> {
    /// Where the object begins.
    pub(in crate::validate) begin: usize,
    /// Where the member begins.
    pub(in crate::validate) member: usize,
    pub(in crate::validate) key: &'k str,
    /// Whether the key would be noticed if it came again.
    pub(in crate::validate) tracked: bool,
}

impl Step<'_> {
    pub(super) fn hash(&self, hasher: &RandomState) -> u64 {
        hasher.hash_one(self.key)
    }
}

/// Findings that are only counted, by rule.
#[derive(Debug, Default)]
pub(super) struct Tally(Vec<(&'static Rule, u64)>);

impl Tally {
    pub(super) fn add(&mut self, rule: &'static Rule, count: u64) {
        if count == 0 {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| *known == rule) {
            Some((_, sum)) => *sum += count,
            None => self.0.push((rule, count)),
        }
    }

    pub(super) fn take(&mut self, rule: &'static Rule, count: u64) {
        for (_, sum) in self.0.iter_mut().filter(|(known, _)| *known == rule) {
            *sum = sum.saturating_sub(count);
        }
    }

    pub(super) fn forget(&mut self, is: impl Fn(&Rule) -> bool) {
        self.0.retain(|(rule, _)| !is(rule));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Rule, u64)> + '_ {
        self.0.iter().copied().filter(|(_, count)| *count > 0)
    }
}

/// What was found under one member.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Groups that were first added to under this member, and their serial numbers: a slot may have another group by now.
    pub(super) groups: Vec<(usize, u64)>,
    /// So many of them are listed before those that were taken back are dropped.
    pub(super) room: usize,
    pub(super) unlisted: Tally,
}

/// An object that has begun and not ended, in which something was found.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) begin: usize,
    /// Where the present member begins.
    member: usize,
    /// The number of the present member, once something was found under it.
    present: Option<usize>,
    /// The numbers of members, by the hashes of their keys.
    keys: HashMap<u64, usize>,
    pub(super) touched: Vec<Touched>,
}

impl Open {
    pub(super) fn new(begin: usize) -> Self {
        Self { begin, member: begin, present: None, keys: HashMap::new(), touched: Vec::new() }
    }

    pub(super) fn at_member(&mut self, member: usize) {
        if self.member != member {
            self.member = member;
            self.present = None;
        }
    }

    /// What was found under the present member, whose key has this hash.
    pub(super) fn touch(&mut self, hash: impl FnOnce() -> u64) -> &mut Touched {
        let at = match self.present {
            Some(at) => at,
            None => *self.keys.entry(hash()).or_insert(self.touched.len()),
        };
        self.present = Some(at);
        if at == self.touched.len() {
            self.touched.push(Touched { room: 64, ..Touched::default() });
        }
        &mut self.touched[at]
    }

    /// What was found under members with a key of this hash.
    pub(super) fn known(&mut self, hash: u64) -> Option<&mut Touched> {
        self.touched.get_mut(*self.keys.get(&hash)?)
    }

    /// What was found under the present member.
    pub(super) fn current(&mut self) -> Option<&mut Touched> {
        self.touched.get_mut(self.present?)
    }
}
