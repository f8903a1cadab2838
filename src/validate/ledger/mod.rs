//! Which findings of one payload are kept, and how many has each group?
//!
//! A payload may break its schema in as many places as it has bytes. Kept are groups: rule and pointer with `*` for
//! array indexes. Each has its exact count, its first findings in document order, and its last. What is kept is a
//! function of the findings alone, whatever the order in which they come, so that both engines keep the same.

mod group;
mod open;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::RandomState;
use std::rc::Rc;

use super::Breach;
use super::place::Spot;
use crate::finding::{Rule, Severity, rules};
use group::{Group, Mark};
pub(super) use open::Step;
use open::{Open, Tally};

/// How much is kept of one payload. Not for users: a fuzzer makes the limits small to meet them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Findings listed of one group.
    pub listed: usize,
    /// Findings listed of all groups together; two of each group are listed in any case.
    pub total: usize,
    /// Groups; of what has no group, findings are counted by rule.
    pub groups: usize,
    /// Keys of one object that the schema does not list and that are compared to find one of them twice.
    pub keys: usize,
    /// Bytes of the window through which a long payload is read.
    pub window: usize,
}

/// Findings of one group that are listed of one payload.
pub(super) const MAX_LISTED: usize = 100;

impl Default for Limits {
    fn default() -> Self {
        Self { listed: MAX_LISTED, total: 20_000, groups: 10_000, keys: 1 << 20, window: 1 << 20 }
    }
}

/// What findings of one group share. The order decides which groups are kept where there are too many: those with the
/// highest severity, then the first by pointer.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    severity: Reverse<Severity>,
    pointer: String,
    rule: &'static str,
}

impl Key {
    fn of(breach: &Breach) -> Self {
        Self {
            severity: Reverse(breach.rule.severity),
            pointer: breach.pointer.starred(),
            rule: breach.rule.id,
        }
    }
}

/// The findings of one payload, as they come. `H` is what it takes to add to a message at the end.
#[derive(Debug)]
pub(super) struct Ledger<H> {
    limits: Limits,
    /// Groups, and slots of groups that were taken back.
    slots: Vec<Option<Group<H>>>,
    free: Vec<usize>,
    index: HashMap<Rc<Key>, usize>,
    /// Groups from this one on were counted without being kept, so that none of them can be exact any more.
    bound: Option<Rc<Key>>,
    /// Findings without a group.
    unlisted: Tally,
    /// The objects around the last finding, the outermost first.
    open: Vec<Open>,
    /// How many groups there were so far.
    serial: u64,
    hasher: RandomState,
}

/// What remains of the findings of a payload.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The findings that are listed; the last one of a group says how many are not.
    pub(super) breaches: Vec<(Breach, Spot)>,
    /// How many findings of a rule have no group, because there were too many groups.
    pub(super) unlisted: Vec<(&'static Rule, u64)>,
}

impl<H> Ledger<H> {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            slots: Vec::new(),
            free: Vec::new(),
            index: HashMap::new(),
            bound: None,
            unlisted: Tally::default(),
            open: Vec::new(),
            serial: 0,
            hasher: RandomState::new(),
        }
    }

    /// Adds a finding that lies in these objects, the outermost first. Who takes nothing back gives none.
    pub(super) fn add(&mut self, breach: Breach, spot: Spot, path: &[Step<'_>]) {
        self.enter(path);
        let key = Key::of(&breach);
        let known = self.index.get(&key).copied();
        let Some(at) = known.or_else(|| self.admit(key, &breach)) else {
            self.count(breach.rule, path);
            return;
        };
        self.mark(at, path);
        if let Some(group) = &mut self.slots[at] {
            group.add(breach, spot, self.limits.listed.max(2));
        }
    }

    /// Makes a group, if it may be kept.
    fn admit(&mut self, key: Key, breach: &Breach) -> Option<usize> {
        let refused = |bound: &Option<Rc<Key>>| bound.as_ref().is_some_and(|bound| key >= **bound);
        if refused(&self.bound) {
            return None;
        }
        if self.index.len() > self.limits.groups + self.limits.groups / 4 {
            self.prune();
            if refused(&self.bound) {
                return None;
            }
        }
        let key = Rc::new(key);
        self.serial += 1;
        let group = Group::new(Rc::clone(&key), self.serial, breach);
        let at = self.free.pop().unwrap_or(self.slots.len());
        if at == self.slots.len() {
            self.slots.push(None);
        }
        self.slots[at] = Some(group);
        self.index.insert(key, at);
        Some(at)
    }

    /// Leaves as many groups as may be kept, the first by their keys, and only counts the others from now on.
    fn prune(&mut self) {
        if self.index.len() <= self.limits.groups {
            return;
        }
        let mut groups: Vec<(Rc<Key>, usize)> =
            self.index.iter().map(|(key, at)| (Rc::clone(key), *at)).collect();
        groups.sort();
        for (key, at) in groups.drain(self.limits.groups..) {
            if self.bound.as_ref().is_none_or(|bound| key < *bound) {
                self.bound = Some(Rc::clone(&key));
            }
            if let Some(group) = self.remove(at) {
                self.unlist(&group);
            }
        }
    }

    fn remove(&mut self, at: usize) -> Option<Group<H>> {
        let group = self.slots[at].take()?;
        self.index.remove(&group.key);
        self.free.push(at);
        Some(group)
    }

    /// Counts the findings of a group that is not kept where they can be taken back.
    fn unlist(&mut self, group: &Group<H>) {
        self.unlisted.add(group.rule, group.count);
        for (open, mark) in self.open.iter_mut().zip(&group.marks) {
            if open.begin != mark.begin {
                break;
            }
            if let Some(touched) = open.known(mark.key) {
                touched.unlisted.add(group.rule, group.count - mark.count);
            }
        }
    }

    /// Counts a finding that has no group.
    fn count(&mut self, rule: &'static Rule, path: &[Step<'_>]) {
        self.unlisted.add(rule, 1);
        for (open, step) in self.open.iter_mut().zip(path).filter(|(_, step)| step.tracked) {
            open.touch(|| step.hash(&self.hasher)).unlisted.add(rule, 1);
        }
    }

    /// Forgets the objects that have ended, and remembers those that have begun.
    fn enter(&mut self, path: &[Step<'_>]) {
        let same = self.open.iter().zip(path).take_while(|(open, step)| open.begin == step.begin).count();
        self.open.truncate(same);
        self.open.extend(path[same..].iter().map(|step| Open::new(step.begin)));
        for (open, step) in self.open.iter_mut().zip(path) {
            open.at_member(step.member);
        }
    }

    /// Remembers how far a group was before its first finding in each object around the next one.
    fn mark(&mut self, at: usize, path: &[Step<'_>]) {
        let Some(group) = &mut self.slots[at] else { return };
        let serial = group.serial;
        let same = group.marks.iter().zip(path).take_while(|(mark, step)| mark.begin == step.begin).count();
        group.marks.truncate(same);
        for (depth, step) in path.iter().enumerate().skip(same) {
            let key = step.hash(&self.hasher);
            let Some(group) = &mut self.slots[at] else { return };
            group.marks.push(Mark::of(group, step.begin, key));
            if step.tracked {
                let touched = self.open[depth].touch(|| key);
                touched.groups.push((at, serial));
                if touched.groups.len() > touched.room {
                    let slots = &self.slots;
                    let lives = |at: usize, serial: u64| {
                        slots[at].as_ref().is_some_and(|group| group.serial == serial)
                    };
                    touched.groups.retain(|(at, serial)| lives(*at, *serial));
                    touched.room = (touched.groups.len() * 2).max(64);
                }
            }
        }
    }

    /// Takes back what was found so far under the present member of the innermost of these objects: a later member of the
    /// same key takes its place.
    pub(super) fn take_back(&mut self, path: &[Step<'_>]) {
        let same = self.open.iter().zip(path).take_while(|(open, step)| open.begin == step.begin).count();
        let Some(step) = path.last().filter(|_| same == path.len()) else { return };
        self.open.truncate(same);
        let Some((object, outer)) = self.open.split_last_mut() else { return };
        let Some(touched) = object.known(step.hash(&self.hasher)).map(std::mem::take) else { return };
        for (rule, count) in touched.unlisted.iter() {
            self.unlisted.take(rule, count);
            for open in &mut *outer {
                if let Some(touched) = open.current() {
                    touched.unlisted.take(rule, count);
                }
            }
        }
        for (at, serial) in touched.groups {
            let group = self.slots[at].as_mut().filter(|group| group.serial == serial);
            if group.is_some_and(|group| group.take_back(step.begin)) {
                self.remove(at);
            }
        }
    }

    /// Gives each undocumented member of the object that begins here, which is at this depth, what it takes to say more of
    /// it.
    pub(super) fn hint(&mut self, begin: usize, depth: usize, mut hint: impl FnMut() -> H) {
        let Some(level) = self.open.iter().rposition(|open| open.begin == begin) else { return };
        for (at, serial) in self.open[level].touched.iter().flat_map(|touched| &touched.groups) {
            let Some(group) = self.slots[*at].as_ref().filter(|group| group.serial == *serial) else {
                continue;
            };
            if *group.rule == rules::UNDOCUMENTED_PROPERTY && group.pointer.tokens().len() == depth {
                group.hint(begin, &mut hint);
            }
        }
    }

    /// Whether there is any finding of such a rule.
    pub(super) fn any(&self, is: impl Fn(&Rule) -> bool) -> bool {
        self.slots.iter().flatten().any(|group| is(group.rule))
            || self.unlisted.iter().any(|(rule, _)| is(rule))
    }

    /// Forgets all findings of such rules.
    pub(super) fn forget(&mut self, is: impl Fn(&Rule) -> bool) {
        for at in 0..self.slots.len() {
            if self.slots[at].as_ref().is_some_and(|group| is(group.rule)) {
                self.remove(at);
            }
        }
        self.unlisted.forget(is);
    }

    /// The findings that are listed, in no particular order. `hint` says more of a finding.
    pub(super) fn finish(mut self, hint: impl Fn(&Breach, Option<&H>) -> Option<String>) -> Kept {
        self.prune();
        let share = self.limits.total / self.index.len().max(1);
        let cap = share.clamp(2, self.limits.listed.max(2));
        let mut breaches = Vec::new();
        for group in self.slots.into_iter().flatten() {
            group.list(cap, &hint, &mut breaches);
        }
        Kept { breaches, unlisted: self.unlisted.iter().collect() }
    }
}
