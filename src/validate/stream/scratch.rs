//! What does a walk keep at hand from one body to the next?

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::program::Program;
use crate::json::LineColumn;

/// The counter of values that are no property of the schema; those of properties follow.
pub(super) const NO_PROPERTY: usize = 0;

/// Keys that are remembered of one object to find one of them twice. What the schema lists is always found.
pub(super) const MOST_HASHES: usize = 1 << 16;

/// Memory that is used again, and counters that go on.
#[derive(Debug)]
pub(super) struct Scratch {
    /// For each property, and for each object's beginning, the place of the property that came next the last time.
    pub(super) followers: Vec<u16>,
    /// How often each property was there.
    pub(super) seen: Vec<u64>,
    /// How often it was null, behind all other values together.
    pub(super) nulls: Vec<u64>,
    pub(super) undocumented: u64,
    /// Keys that are not listed, of the objects that have not ended.
    pub(super) keys: String,
    /// Their hashes.
    pub(super) hashes: Vec<u64>,
    /// Line and column of the last key that did not come as expected: it may slide out of sight before its value comes.
    pub(super) key_place: Option<LineColumn>,
    hasher: RandomState,
}

impl Scratch {
    pub(super) fn new(program: &Program) -> Self {
        let properties = program.properties.len();
        Self {
            followers: vec![0; properties + program.objects.len()],
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

/// Which members of an object were there.
pub(super) struct Members {
    pub(super) seen: u128,
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
        Self { seen: 0, more: Vec::new(), repeated: 0, unknown: false, hashes, many: None }
    }

    /// Whether the property at this place of the object was there before.
    #[inline]
    pub(super) fn see(&mut self, index: usize) -> bool {
        if index < 128 {
            let bit = 1 << index;
            let before = self.seen & bit != 0;
            self.seen |= bit;
            before
        } else {
            self.see_more(index - 128)
        }
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
        match index.checked_sub(128) {
            None => self.seen & (1 << index) != 0,
            Some(index) => self.more.get(index / 64).is_some_and(|bits| bits & (1 << (index % 64)) != 0),
        }
    }

    /// Whether another key with this hash was there before.
    pub(super) fn see_other(&mut self, hash: u64, hashes: &mut Vec<u64>) -> bool {
        const FEW: usize = 16;
        if let Some(many) = &mut self.many {
            return if many.len() < MOST_HASHES { !many.insert(hash) } else { many.contains(&hash) };
        }
        let known = &hashes[self.hashes..];
        if known.contains(&hash) {
            return true;
        }
        if known.len() == FEW {
            let mut many: HashSet<u64> = known.iter().copied().collect();
            many.insert(hash);
            self.many = Some(many);
        }
        hashes.push(hash);
        false
    }

    /// Forgets the hashes of this object's keys.
    #[inline]
    pub(super) fn end(&self, hashes: &mut Vec<u64>) {
        hashes.truncate(self.hashes);
    }
}
