//! Collects the findings of one payload in bounded memory.
//!
//! A payload may break its schema in as many places as it has bytes. Kept are groups: rule and pointer with
//! `*` for array indexes. Each has its exact count, its first findings in document order, and its last. What
//! is kept is a function of the findings alone, whatever the order in which they come, so that both engines
//! keep the same.

mod group;
mod limits;
mod open;
mod paths;
mod texts;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::RandomState;

use super::Violation;
use super::span::TextSpan;
use crate::finding::{Rule, rules};
use group::{Entry, Group};
pub use limits::Limits;
use limits::greatest;
pub(super) use open::Step;
use open::{Open, Tally, Touched};
use paths::{PathId, Paths};
use texts::Texts;

/// What findings of one group share.
#[derive(Clone, Copy, Debug)]
struct Key {
    location: PathId,
    rule: &'static Rule,
}

impl Key {
    /// The order decides which groups are kept where there are too many: those with the highest severity,
    /// then the first by pointer.
    fn compare(self, other: Self, paths: &Paths) -> Ordering {
        let severity = other.rule.severity.cmp(&self.rule.severity);
        severity
            .then_with(|| paths.compare(self.location, other.location))
            .then_with(|| self.rule.id.cmp(other.rule.id))
    }
}

/// The findings of one payload, as they come. `H` is what it takes to add to a message at the end.
#[derive(Debug)]
pub(super) struct Ledger<H> {
    limits: Limits,
    paths: Paths,
    /// Groups, and slots of groups that were taken back.
    slots: Vec<Option<Group<H>>>,
    free: Vec<usize>,
    index: HashMap<(PathId, &'static str), usize>,
    /// The memory of groups from which on it is made smaller.
    room: usize,
    /// The memory of groups beside that of their places.
    group_bytes: usize,
    /// The memory of listed findings, and how many a group lists so that it is bounded.
    finding_bytes: usize,
    listed: usize,
    /// Groups from this one on were counted without being kept, so that none of them can be exact any more.
    bound: Option<Key>,
    /// Findings without a group.
    unlisted: Tally,
    texts: Texts,
    /// The objects around the last finding, the outermost first.
    open: Vec<Open>,
    /// How many groups and objects there were, and findings.
    clock: u64,
    hasher: RandomState,
}

/// What remains of the findings of a payload.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The findings that are listed; the last one of a group says how many are not.
    pub(super) violations: Vec<(Violation, TextSpan)>,
    /// How many findings of a rule have no group, because there were too many groups.
    pub(super) unlisted: Vec<(&'static Rule, u64)>,
}

impl<H> Ledger<H> {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            paths: Paths::new(),
            slots: Vec::new(),
            free: Vec::new(),
            index: HashMap::new(),
            room: limits.group_bytes + limits.group_bytes / 4,
            group_bytes: 0,
            finding_bytes: 0,
            listed: limits.listed.max(2),
            bound: None,
            unlisted: Tally::default(),
            texts: Texts::default(),
            open: Vec::new(),
            clock: 0,
            hasher: RandomState::new(),
        }
    }

    /// Adds a finding that lies in these objects, the outermost first. Who takes nothing back gives none.
    pub(super) fn add(&mut self, violation: Violation, span: TextSpan, path: &[Step<'_>]) {
        self.enter(path);
        let Violation { rule, pointer, what, schema_pointer, .. } = violation;
        let key = Key { location: self.paths.location(&pointer), rule };
        let known = self.index.get(&(key.location, rule.id)).copied();
        let Some(at) = known.or_else(|| self.admit(key)) else {
            self.unlisted.add(rule, 1);
            if let Some(open) = self.open.last_mut() {
                open.present().unlisted.add(rule, 1);
            }
            return;
        };
        self.mark(at);
        if let Some(group) = &mut self.slots[at] {
            let text = self.texts.shared(what, schema_pointer, group.text());
            let before = group.bytes();
            group.add(Entry::new(&pointer, text, span), self.listed);
            self.finding_bytes = self.finding_bytes + group.bytes() - before;
        }
        if self.finding_bytes > self.limits.finding_bytes && self.listed > 2 {
            self.list_fewer();
        }
    }

    /// Makes a group, if it may be kept.
    fn admit(&mut self, key: Key) -> Option<usize> {
        if self.index.len() > self.limits.groups + self.limits.groups / 4
            || self.group_bytes + self.paths.bytes > self.room
        {
            self.prune();
        }
        if self.bound.is_some_and(|bound| key.compare(bound, &self.paths).is_ge()) {
            return None;
        }
        self.clock += 1;
        let group = Group::new(key.location, key.rule, self.clock, self.paths.stars(key.location));
        let at = self.free.pop().unwrap_or(self.slots.len());
        if at == self.slots.len() {
            self.slots.push(None);
        }
        self.group_bytes += self.cost(&group);
        self.slots[at] = Some(group);
        self.index.insert((key.location, key.rule.id), at);
        Some(at)
    }

    /// The memory of a group beside that of its place: a function of its key alone.
    fn cost(&self, group: &Group<H>) -> usize {
        Group::<H>::BYTES + Group::<H>::ARRAY * self.paths.stars(group.location)
    }

    /// All groups by their keys.
    fn sorted(&self) -> Vec<(Key, usize)> {
        let slots = self.slots.iter().enumerate();
        let keys = slots.filter_map(|(at, group)| {
            group.as_ref().map(|group| (Key { location: group.location, rule: group.rule }, at))
        });
        let mut groups: Vec<(Key, usize)> = keys.collect();
        groups.sort_unstable_by(|(one, _), (other, _)| one.compare(*other, &self.paths));
        groups
    }

    /// Whether all groups may be kept.
    fn is_within_limits(&self) -> bool {
        let bytes = self.group_bytes + self.paths.bytes;
        self.index.len() <= self.limits.groups && bytes <= self.limits.group_bytes
    }

    /// Leaves as many groups as may be kept, the first by their keys, and only counts the others from now on.
    fn prune(&mut self) {
        let groups = self.sorted();
        self.paths.unmark();
        let mut bytes = 0;
        let fits = |(number, (_, at)): &(usize, &(Key, usize))| {
            let Some(group) = &self.slots[*at] else { return true };
            let whole = bytes + self.paths.mark(group.location);
            bytes = whole + Group::<H>::BYTES + Group::<H>::ARRAY * self.paths.stars(group.location);
            *number == 0 || *number < self.limits.groups && bytes <= self.limits.group_bytes
        };
        let kept = groups.iter().enumerate().take_while(fits).count();
        self.drop_from(kept, &groups);
        self.paths.unmark();
        for group in self.slots.iter().flatten() {
            self.paths.mark(group.location);
        }
        if let Some(bound) = self.bound {
            self.paths.mark(bound.location);
        }
        self.paths.sweep();
        let Limits { group_bytes: max, .. } = self.limits;
        self.room = (self.group_bytes + self.paths.bytes).max(max) + max / 4;
    }

    /// Only counts the groups from this one on.
    fn drop_from(&mut self, kept: usize, groups: &[(Key, usize)]) {
        let Some((first, _)) = groups.get(kept) else { return };
        if self.bound.is_none_or(|bound| first.compare(bound, &self.paths).is_lt()) {
            self.bound = Some(*first);
        }
        for (_, at) in &groups[kept..] {
            if let Some(group) = self.remove(*at) {
                self.unlist(&group);
            }
        }
    }

    fn remove(&mut self, at: usize) -> Option<Group<H>> {
        let group = self.slots[at].take()?;
        self.index.remove(&(group.location, group.rule.id));
        self.group_bytes -= self.cost(&group);
        self.finding_bytes -= group.bytes();
        self.free.push(at);
        Some(group)
    }

    /// Counts the findings of a group that is not kept where they can be taken back.
    fn unlist(&mut self, group: &Group<H>) {
        self.unlisted.add(group.rule, group.count);
        let levels = around(&self.open, group);
        for (level, count) in group.apart(levels) {
            let open = &mut self.open[level];
            let key = self.paths.key(group.location, open.depth);
            open.of_key(key, &self.hasher).unlisted.add(group.rule, count);
        }
    }

    /// Lists fewer findings of each group: the number that would be listed in the end is smaller yet, unless
    /// findings are taken back.
    fn list_fewer(&mut self) {
        let max = self.limits.finding_bytes / 8 * 7;
        let groups = || self.slots.iter().flatten();
        self.listed = greatest(self.listed - 1, |listed| {
            groups().map(|group| group.held(listed)).sum::<usize>() <= max
        });
        self.slots.iter_mut().flatten().for_each(|group| group.shrink(self.listed));
        self.finding_bytes = self.slots.iter().flatten().map(Group::bytes).sum();
    }

    /// Forgets the objects that have ended, and remembers those that have begun.
    fn enter(&mut self, path: &[Step<'_>]) {
        let same = self.open.iter().zip(path).take_while(|(open, step)| open.begin == step.begin).count();
        self.leave(same);
        for step in &path[same..] {
            self.clock += 1;
            self.open.push(Open::new(step, self.clock));
        }
        for (open, step) in self.open.iter_mut().zip(path) {
            open.at_member(step, &self.hasher);
        }
        self.clock += 1;
    }

    /// Leaves all but so many objects. What was found in one was found under a member of the one around it.
    fn leave(&mut self, levels: usize) {
        while self.open.len() > levels
            && let Some(ended) = self.open.pop()
        {
            let level = self.open.len();
            let Some(outer) = self.open.last_mut() else { return };
            let slots = &self.slots;
            let group = |(at, serial): (usize, u64)| {
                slots[at].as_ref().filter(|group: &&Group<H>| group.serial == serial)
            };
            for touched in ended.all() {
                let first =
                    |known: &&(usize, u64)| group(**known).is_some_and(|group| !group.begins_at(level));
                for known in touched.groups().iter().filter(first) {
                    outer.present().add(*known, |known| group(known).is_some());
                }
                if !touched.unlisted.is_empty() {
                    outer.present().unlisted.add_all(&touched.unlisted);
                }
            }
        }
    }

    /// Remembers how far a group was before its first finding in each object around the next one.
    fn mark(&mut self, at: usize) {
        let (slots, levels) = (&mut self.slots, self.open.len());
        let Some(group) = &mut slots[at] else { return };
        let same = around(&self.open, group);
        group.time = self.clock;
        if same == levels {
            return;
        }
        group.mark(same);
        let known = (at, group.serial);
        if let Some(open) = self.open.last_mut() {
            let lives =
                |(at, serial): (usize, u64)| slots[at].as_ref().is_some_and(|group| group.serial == serial);
            open.present().add(known, lives);
        }
    }

    /// Takes back what was found so far under the present member of the innermost of these objects: a later
    /// member of the same key takes its place.
    pub(super) fn take_back(&mut self, path: &[Step<'_>]) {
        let same = self.open.iter().zip(path).take_while(|(open, step)| open.begin == step.begin).count();
        let Some(step) = path.last().filter(|_| same == path.len()) else { return };
        self.leave(same);
        let level = same - 1;
        let Some(touched) = self.open[level].take(step.key, &self.hasher) else { return };
        self.unlisted.take_all(&touched.unlisted);
        for (at, serial) in touched.groups() {
            let Some(group) = self.slots[*at].as_mut().filter(|group| group.serial == *serial) else {
                continue;
            };
            let before = group.bytes();
            let level = group.take_back(level);
            group.time = self.open[level].time - 1;
            self.finding_bytes = self.finding_bytes + group.bytes() - before;
            if group.count == 0 {
                self.remove(*at);
            }
        }
    }

    /// Gives each undocumented member of the object that begins here, which is at this depth, what it takes
    /// to say more of it.
    pub(super) fn hint(&mut self, begin: usize, depth: usize, mut hint: impl FnMut() -> H) {
        let Some(level) = self.open.iter().rposition(|open| open.begin == begin) else { return };
        for (at, serial) in self.open[level].all().flat_map(Touched::groups) {
            let Some(group) = self.slots[*at].as_ref().filter(|group| group.serial == *serial) else {
                continue;
            };
            if *group.rule == rules::UNDOCUMENTED_PROPERTY && self.paths.depth(group.location) == depth {
                group.hint(level, &mut hint);
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

    /// The findings that are listed, those of each group in a row. `hint` says more of a finding.
    pub(super) fn finish(mut self, hint: impl Fn(&Violation, Option<&H>) -> Option<String>) -> Kept {
        self.open.clear();
        if !self.is_within_limits() {
            self.prune();
        }
        let mut groups = self.sorted();
        let sizes: Vec<(usize, usize)> = groups.iter().filter_map(|(_, at)| self.size(*at)).collect();
        let (max, mut bytes) = (self.limits.listed_bytes, 0);
        let fits = |(count, each): &&(usize, usize)| {
            bytes += each * count.min(&2);
            bytes <= max
        };
        let kept = sizes.iter().take_while(fits).count().max(1).min(groups.len());
        self.drop_from(kept, &groups);
        groups.truncate(kept);
        let share = self.limits.total / kept.max(1);
        let sum =
            |cap: usize| sizes[..kept].iter().map(|(count, each)| each * count.min(&cap)).sum::<usize>();
        let cap = if self.unlisted.is_empty() {
            greatest(share.clamp(2, self.listed), |cap| sum(cap) <= max)
        } else {
            // How many findings were held of each group depends on groups that are not kept.
            2
        };
        let mut violations = Vec::with_capacity(sizes[..kept].iter().map(|(count, _)| count.min(&cap)).sum());
        for (_, at) in groups {
            if let Some(group) = self.slots[at].take() {
                group.list(cap, &self.paths, &hint, &mut violations);
            }
        }
        Kept { violations, unlisted: self.unlisted.iter().collect() }
    }

    /// How many findings a group has, and how much memory each takes when it is reported.
    fn size(&self, at: usize) -> Option<(usize, usize)> {
        let group = self.slots[at].as_ref()?;
        Some((usize::try_from(group.count).unwrap_or(usize::MAX), group.reported(&self.paths)))
    }
}

/// How many open objects are around the last finding of a group.
fn around<H>(open: &[Open], group: &Group<H>) -> usize {
    open.partition_point(|open| open.time <= group.time)
}
