//! Memory that is reused from one payload to the next.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::keys::Follower;
use super::notes::Absent;
use super::program::{ObjectId, Program};
use crate::json::LineColumn;

/// The counter of values that are no property of the schema; those of properties follow.
pub(super) const NO_PROPERTY: usize = 0;

/// Memory that is used again, and counters that go on.
#[derive(Debug)]
pub(super) struct Scratch {
    /// What followed each property, and the beginning of each object.
    pub(super) followers: Vec<Follower>,
    /// How often each property was there, behind all other values together.
    pub(super) counts: Vec<Count>,
    pub(super) undocumented: u64,
    /// Keys that are not listed, of the objects that have not ended.
    pub(super) keys: String,
    /// Their hashes.
    pub(super) hashes: Vec<u64>,
    /// Line and column of the last key that did not come as expected: it may slide out of sight before its
    /// value comes.
    pub(super) key_place: Option<LineColumn>,
    hasher: RandomState,
}

impl Scratch {
    pub(super) fn new(program: &Program) -> Self {
        let properties = program.properties.len();
        Self {
            followers: vec![Follower::default(); properties + program.objects.len()],
            counts: vec![Count::default(); properties + 1],
            undocumented: 0,
            keys: String::new(),
            hashes: Vec::new(),
            key_place: None,
            hasher: RandomState::new(),
        }
    }

    /// Makes ready for the next body.
    pub(super) fn begin(&mut self) {
        self.keys.clear();
        self.hashes.clear();
    }

    pub(super) fn hash(&self, from: usize, until: usize) -> u64 {
        self.hasher.hash_one(&self.keys[from..until])
    }
}

/// How often a property was there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) seen: u64,
    pub(super) null: u64,
}

/// Which members of an object were there.
pub(super) struct Members {
    /// The first 128 properties.
    seen: [u64; 2],
    /// Those of an object with more properties than that.
    more: Vec<u64>,
    /// Those of the first 128 properties that are watched, or lead to what is. If any is, the others behind
    /// count as such; if one of these is, all do.
    watched: [u64; 2],
    /// Keys that were there before.
    pub(super) repeated: usize,
    /// Whether there was an undocumented key.
    pub(super) unknown: bool,
    /// Where the hashes of this object's other keys begin.
    hashes: usize,
    many: Option<HashSet<u64>>,
}

impl Members {
    #[inline]
    pub(super) fn new(hashes: usize) -> Self {
        let (seen, watched) = ([0; 2], [0; 2]);
        Self { seen, more: Vec::new(), watched, repeated: 0, unknown: false, hashes, many: None }
    }

    /// The property with this index is watched, or leads to what is.
    pub(super) fn watch(&mut self, index: usize) {
        match self.watched.get_mut(index / 64) {
            Some(word) => *word |= 1 << (index % 64),
            None => self.watched = [u64::MAX; 2],
        }
    }

    /// Whether the property with this index was not there before, and is not watched.
    #[inline]
    pub(super) fn is_plain(&self, index: usize) -> bool {
        match self.seen.get(index / 64).zip(self.watched.get(index / 64)) {
            Some((seen, watched)) => (seen | watched) & (1 << (index % 64)) == 0,
            None => self.watched == [0; 2] && !self.has_more(index - 128),
        }
    }

    /// Whether the property with this index in the object was there before.
    #[inline]
    pub(super) fn see(&mut self, index: usize) -> bool {
        let Some(word) = self.seen.get_mut(index / 64) else { return self.see_more(index - 128) };
        let bit = 1 << (index % 64);
        let before = *word & bit != 0;
        *word |= bit;
        before
    }

    /// Whether any of this set was not there.
    #[inline]
    pub(super) fn lacks(&self, set: [u64; 2]) -> bool {
        (set[0] & !self.seen[0]) | (set[1] & !self.seen[1]) != 0
    }

    #[cold]
    fn see_more(&mut self, index: usize) -> bool {
        if self.more.len() <= index / 64 {
            self.more.resize(index / 64 + 1, 0);
        }
        let bit = 1 << (index % 64);
        let before = self.more[index / 64] & bit != 0;
        self.more[index / 64] |= bit;
        before
    }

    /// Whether the property with this index was there.
    pub(super) fn has(&self, index: usize) -> bool {
        match self.seen.get(index / 64) {
            Some(word) => word & (1 << (index % 64)) != 0,
            None => self.has_more(index - 128),
        }
    }

    #[cold]
    fn has_more(&self, index: usize) -> bool {
        self.more.get(index / 64).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    /// Whether another key with this hash was there before; `None` where nobody knows, because there were
    /// `max` other ones.
    pub(super) fn see_other(&mut self, hash: u64, hashes: &mut Vec<u64>, max: usize) -> Option<bool> {
        const FEW: usize = 16;
        if let Some(many) = &mut self.many {
            if many.len() >= max {
                return many.contains(&hash).then_some(true);
            }
            return Some(!many.insert(hash));
        }
        let known = &hashes[self.hashes..];
        if known.contains(&hash) {
            return Some(true);
        }
        if known.len() == FEW {
            let mut many: HashSet<u64> = known.iter().copied().collect();
            many.insert(hash);
            self.many = Some(many);
        }
        hashes.push(hash);
        Some(false)
    }

    /// Which properties of the object, which is this one, were there.
    pub(super) fn absent(&self, object: ObjectId) -> Absent {
        Absent { object, seen: self.seen, more: self.more.clone() }
    }

    /// Forgets the hashes of this object's keys.
    #[inline]
    pub(super) fn end(&self, hashes: &mut Vec<u64>) {
        hashes.truncate(self.hashes);
    }
}
