//! Memory that is reused from one payload to the next.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::notes::Absent;
use super::program::{ObjectId, Program};
use crate::json::LineColumn;

/// The counter of values that are no property of the schema; those of properties follow.
pub(super) const NO_PROPERTY: usize = 0;

/// Memory that is used again, and counters that go on.
#[derive(Debug)]
pub(super) struct Scratch {
    /// For each property, and for each object's beginning, the property that came next the last time.
    pub(super) followers: Vec<Follower>,
    /// How often each property was there.
    pub(super) seen: Vec<u64>,
    /// How often it was null, behind all other values together.
    pub(super) nulls: Vec<u64>,
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
            seen: vec![0; properties],
            nulls: vec![0; properties + 1],
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

/// A property of the same object that is expected next, and how long its key is with quotes and colon: to
/// know that beside it lets a processor go on before the property itself arrives. None is expected where that
/// is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Follower {
    pub(super) index: u16,
    pub(super) length: u8,
}

/// Which members of an object were there.
pub(super) struct Members {
    /// The first 128 properties.
    seen: [u64; 2],
    /// Those of an object with more properties than that.
    more: Vec<u64>,
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
        Self { seen: [0; 2], more: Vec::new(), repeated: 0, unknown: false, hashes, many: None }
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

    pub(super) fn has(&self, index: usize) -> bool {
        let word = self.seen.get(index / 64).or_else(|| self.more.get(index / 64 - 2));
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
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
