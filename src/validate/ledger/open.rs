//! Findings in objects that have not ended.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::finding::Rule;

/// One object on the way to a finding, and its member on that way.
#[derive(Clone, Copy, Debug)]
pub(in crate::validate) struct Step<'k> {
    /// Where the object begins.
    pub(in crate::validate) begin: usize,
    /// How many objects and arrays are around it.
    pub(in crate::validate) depth: usize,
    /// Where the member begins.
    pub(in crate::validate) member: usize,
    pub(in crate::validate) key: &'k str,
    /// Whether the key would be noticed if it came again.
    pub(in crate::validate) tracked: bool,
}

/// Findings that are only counted, by rule: most often of one rule.
#[derive(Debug)]
pub(super) enum Tally {
    One(&'static Rule, u64),
    Many(Option<Box<Rules>>),
}

#[derive(Debug, Default)]
pub(super) struct Rules(Vec<(&'static Rule, u64)>);

impl Default for Tally {
    fn default() -> Self {
        Self::Many(None)
    }
}

impl Tally {
    pub(super) fn add(&mut self, rule: &'static Rule, count: u64) {
        if count == 0 {
            return;
        }
        match self {
            Self::Many(None) => *self = Self::One(rule, count),
            Self::One(known, sum) if *known == rule => *sum += count,
            Self::One(known, sum) => {
                *self = Self::Many(Some(Box::new(Rules(vec![(*known, *sum), (rule, count)]))));
            }
            Self::Many(Some(rules)) => match rules.0.iter_mut().find(|(known, _)| *known == rule) {
                Some((_, sum)) => *sum += count,
                None => rules.0.push((rule, count)),
            },
        }
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        other.iter().for_each(|(rule, count)| self.add(rule, count));
    }

    pub(super) fn take_all(&mut self, other: &Self) {
        let mut left = Self::default();
        for (rule, count) in self.iter() {
            let taken = other.iter().find(|(known, _)| *known == rule).map_or(0, |(_, count)| count);
            left.add(rule, count.saturating_sub(taken));
        }
        *self = left;
    }

    pub(super) fn forget(&mut self, is: impl Fn(&Rule) -> bool) {
        let mut left = Self::default();
        self.iter().filter(|(rule, _)| !is(rule)).for_each(|(rule, count)| left.add(rule, count));
        *self = left;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Rule, u64)> + '_ {
        let (one, many) = match self {
            Self::One(rule, count) => (Some((*rule, *count)), None),
            Self::Many(many) => (None, many.as_deref()),
        };
        one.into_iter().chain(many.into_iter().flat_map(|rules| rules.0.iter().copied()))
    }
}

/// A group by its slot and its serial number: the slot may have another group by now.
pub(super) type Known = (usize, u64);

/// Groups that were first added to in an object.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) known: Vec<Known>,
    /// So many of them are listed before those that were taken back are dropped.
    room: usize,
}

impl Groups {
    fn add(&mut self, group: Known, lives: impl Fn(Known) -> bool) {
        if self.known.len() >= self.room.max(64) {
            self.known.retain(|known| lives(*known));
            self.room = self.known.len() * 2;
        }
        self.known.push(group);
    }
}

/// What was found under one member.
#[derive(Debug, Default)]
pub(super) struct Touched {
    groups: Option<Box<Groups>>,
    pub(super) unlisted: Tally,
}

impl Touched {
    pub(super) fn add(&mut self, group: Known, lives: impl Fn(Known) -> bool) {
        self.groups.get_or_insert_default().add(group, lives);
    }

    pub(super) fn groups(&self) -> &[Known] {
        self.groups.as_ref().map_or(&[], |groups| &groups.known)
    }
}

/// An object that has begun and not ended, in which something was found.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) begin: usize,
    /// How many objects and arrays are around it.
    pub(super) depth: usize,
    /// When it was entered.
    pub(super) time: u64,
    /// Where the present member begins.
    member: usize,
    /// The hash of its key, if that would be noticed.
    key: Option<u64>,
    /// What was found under members, by the hashes of their keys. What was found in an object that has not
    /// ended is noted there only.
    known: HashMap<u64, Touched>,
    /// What was found under all others.
    untracked: Touched,
}

impl Open {
    pub(super) fn new(step: &Step<'_>, time: u64) -> Self {
        Self {
            begin: step.begin,
            depth: step.depth,
            time,
            member: step.begin,
            key: None,
            known: HashMap::new(),
            untracked: Touched::default(),
        }
    }

    pub(super) fn at_member(&mut self, step: &Step<'_>, hasher: &RandomState) {
        if self.member != step.member {
            self.member = step.member;
            self.key = step.tracked.then(|| hasher.hash_one(step.key));
        }
    }

    /// What was found under the present member.
    pub(super) fn present(&mut self) -> &mut Touched {
        match self.key {
            Some(key) => self.known.entry(key).or_default(),
            None => &mut self.untracked,
        }
    }

    /// What was found under members of this key.
    pub(super) fn of_key(&mut self, key: &str, hasher: &RandomState) -> &mut Touched {
        self.known.get_mut(&hasher.hash_one(key)).unwrap_or(&mut self.untracked)
    }

    /// Forgets what was found under members of this key, and says what it was.
    pub(super) fn take(&mut self, key: &str, hasher: &RandomState) -> Option<Touched> {
        self.known.remove(&hasher.hash_one(key))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Touched> {
        self.known.values().chain([&self.untracked])
    }
}
