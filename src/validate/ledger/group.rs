//! The findings kept of one group.

use std::cell::OnceCell;
use std::rc::Rc;

use super::paths::{Indexes, PathId, Paths};
use super::texts::FindingText;
use crate::finding::{Finding, Rule, rules};
use crate::pointer::Pointer;
use crate::validate::span::TextSpan;
use crate::validate::violation::Violation;

/// A finding without what its group says of it already.
#[derive(Debug)]
pub(super) struct Entry<H> {
    indexes: Indexes,
    text: Rc<FindingText>,
    span: TextSpan,
    hint: OnceCell<H>,
}

impl<H> Entry<H> {
    pub(super) fn new(pointer: &Pointer, text: Rc<FindingText>, span: TextSpan) -> Self {
        Self { indexes: Indexes::of(pointer), text, span, hint: OnceCell::new() }
    }

    /// Findings of one group come in document order by this.
    fn order(&self) -> (&[usize], &str) {
        (self.indexes.as_slice(), &self.text.schema_pointer)
    }
}

/// How far a group was before its first finding in each of some objects inside each other.
#[derive(Debug)]
struct Mark<H> {
    /// The outermost of them, by its number from the outside. The next mark says where they end.
    level: usize,
    count: u64,
    last: Option<Rc<Entry<H>>>,
}

/// The findings of one rule at one location, whatever the array indexes.
#[derive(Debug)]
pub(super) struct Group<H> {
    pub(super) location: PathId,
    pub(super) rule: &'static Rule,
    pub(super) serial: u64,
    /// When the last finding came. Objects that were open before, and are still, are around it.
    pub(super) time: u64,
    pub(super) count: u64,
    /// The memory of one listed finding.
    each: usize,
    /// The first of them in document order.
    listed: Vec<Rc<Entry<H>>>,
    last: Option<Rc<Entry<H>>>,
    /// From the outermost object around the last finding to the innermost one.
    marks: Vec<Mark<H>>,
}

impl<H> Group<H> {
    /// The memory of a group with its first and last finding, beside that of its place.
    pub(super) const BYTES: usize = 384;

    /// The same for each array around it: findings in each of them may be taken back.
    pub(super) const ARRAY: usize = 96;

    pub(super) fn new(location: PathId, rule: &'static Rule, serial: u64, arrays: usize) -> Self {
        let hint = if *rule == rules::UNDOCUMENTED_PROPERTY { 72 } else { 0 };
        let each = size_of::<Entry<H>>() + 32 + hint + arrays * size_of::<usize>();
        Self {
            location,
            rule,
            serial,
            time: 0,
            count: 0,
            each,
            listed: Vec::new(),
            last: None,
            marks: Vec::new(),
        }
    }

    /// The memory of the listed findings.
    pub(super) fn bytes(&self) -> usize {
        self.held(self.listed.len())
    }

    /// The memory of so many of them at most.
    pub(super) fn held(&self, max: usize) -> usize {
        self.each * self.listed.len().min(max)
    }

    /// What the last finding says.
    pub(super) fn text(&self) -> Option<&Rc<FindingText>> {
        self.last.as_ref().map(|last| &last.text)
    }

    pub(super) fn add(&mut self, entry: Entry<H>, max_listed: usize) {
        let entry = Rc::new(entry);
        self.count += 1;
        let at = match self.listed.last() {
            Some(last) if last.order() > entry.order() => {
                self.listed.partition_point(|other| other.order() <= entry.order())
            }
            _ => self.listed.len(),
        };
        if at < max_listed {
            self.listed.truncate(max_listed - 1);
            if self.listed.capacity() == 0 {
                self.listed.reserve_exact(1);
            }
            self.listed.insert(at, Rc::clone(&entry));
        }
        if self.last.as_ref().is_none_or(|last| last.order() <= entry.order()) {
            self.last = Some(entry);
        }
    }

    /// Lists fewer findings from now on.
    pub(super) fn shrink(&mut self, max_listed: usize) {
        if self.listed.len() > max_listed {
            self.listed.truncate(max_listed);
            self.listed.shrink_to_fit();
        }
    }

    /// Remembers how far the group is before its first finding in the object of this number and in all those
    /// inside it.
    pub(super) fn mark(&mut self, level: usize) {
        self.unmark(level);
        if self.marks.capacity() == 0 {
            self.marks.reserve_exact(1);
        }
        self.marks.push(Mark { level, count: self.count, last: self.last.clone() });
    }

    /// Forgets what is remembered for the object of this number and those inside it.
    fn unmark(&mut self, level: usize) {
        let outer = self.marks.partition_point(|mark| mark.level < level);
        self.marks.truncate(outer);
    }

    /// The mark that speaks for an object.
    fn mark_of(&self, level: usize) -> Option<&Mark<H>> {
        self.marks.partition_point(|mark| mark.level <= level).checked_sub(1).map(|at| &self.marks[at])
    }

    /// Whether the first finding in the object of this number is not the first one in the object around it.
    pub(super) fn begins_at(&self, level: usize) -> bool {
        self.mark_of(level).is_some_and(|mark| mark.level == level)
    }

    /// How many findings lie in the object of each number and in no open one inside it, the innermost of
    /// `levels` first.
    pub(super) fn apart(&self, levels: usize) -> impl Iterator<Item = (usize, u64)> + '_ {
        let marks = self.marks.iter().rev().filter(move |mark| mark.level < levels);
        let mut inner = (levels, self.count);
        marks.filter_map(move |mark| {
            let (level, count) = std::mem::replace(&mut inner, (mark.level, mark.count));
            level.checked_sub(1).map(|level| (level, count.saturating_sub(mark.count)))
        })
    }

    /// Takes back what was found in the object of this number; gives the number of the outermost object in
    /// which nothing is left.
    pub(super) fn take_back(&mut self, level: usize) -> usize {
        let Some(Mark { level, count, last }) = self.mark_of(level) else { return level };
        let (level, count, last) = (*level, *count, last.clone());
        self.count = count;
        self.listed.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        self.last = last;
        self.unmark(level);
        level
    }

    /// Gives what it takes to say more to the findings in the object of this number.
    pub(super) fn hint(&self, level: usize, mut hint: impl FnMut() -> H) {
        let Some(mark) = self.mark_of(level) else { return };
        let before = usize::try_from(mark.count).unwrap_or(usize::MAX);
        let listed = self.listed.get(before..).unwrap_or_default();
        for entry in listed.iter().chain(&self.last).filter(|entry| entry.hint.get().is_none()) {
            let _ = entry.hint.set(hint());
        }
    }

    /// About how many bytes each of the findings takes that are reported.
    pub(super) fn reported(&self, paths: &Paths) -> usize {
        const HINT: usize = 64;
        let text = self.listed.first().into_iter().chain(&self.last).map(|entry| &entry.text);
        let longest = text.map(|text| text.what.len() + text.schema_pointer.len()).max().unwrap_or(0);
        size_of::<(Finding, Violation, TextSpan)>() + HINT + paths.reported(self.location) + longest
    }

    /// Lists as many findings as `cap` says: the first ones and the last one, which says how many are between
    /// them.
    pub(super) fn list(
        self,
        cap: usize,
        paths: &Paths,
        hint: &impl Fn(&Violation, Option<&H>) -> Option<String>,
        into: &mut Vec<(Violation, TextSpan)>,
    ) {
        let beyond = self.count.saturating_sub(cap as u64);
        let (first, last) = match beyond {
            0 => (self.listed.len(), None),
            _ => (cap - 1, self.last.as_ref()),
        };
        for entry in self.listed.iter().take(first).chain(last) {
            let mut violation =
                Violation::new(self.rule, paths.pointer(self.location, &entry.indexes), &*entry.text.what)
                    .stated_at(&*entry.text.schema_pointer);
            if let Some(more) = hint(&violation, entry.hint.get()) {
                violation.what.push_str(&more);
            }
            into.push((violation, entry.span));
        }
        if let (Some((violation, _)), true) = (into.last_mut(), last.is_some()) {
            violation.further = beyond;
        }
    }
}
