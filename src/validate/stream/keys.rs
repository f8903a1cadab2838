//! Maps keys to properties.

use super::bytes::{self, BLOCK};

const WORDS: usize = BLOCK / 8;

/// The beginning of a key as it stands in a text, with its quotes, and zeros behind it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(test, derive(PartialEq, Eq))]
pub(super) struct Quoted([u64; WORDS]);

impl Quoted {
    /// What is compared with texts: never equal to one for a key that has to be written with escapes.
    pub(super) fn new(key: &str) -> Self {
        let plain = key.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
        if plain { Self::beginning(key) } else { Self([0; WORDS]) }
    }

    fn beginning(key: &str) -> Self {
        let mut block = [0; BLOCK];
        let quoted = [b"\"", key.as_bytes(), b"\""].into_iter().flatten();
        block.iter_mut().zip(quoted).for_each(|(to, byte)| *to = *byte);
        Self(words(&block))
    }

    /// The key that begins a text, without a branch for each length, and where its second
    /// quote is; `None` where that is not in sight.
    #[inline]
    fn read(block: &[u8; BLOCK]) -> Option<(Self, usize)> {
        let behind_first = bytes::quotes(block) & !1;
        if behind_first == 0 {
            return None;
        }
        let last_quote = behind_first.trailing_zeros() as usize;
        Some((Self::to(block, last_quote), last_quote))
    }

    /// The key that begins a text if its second quote is at this index.
    #[inline]
    fn to(block: &[u8; BLOCK], last_quote: usize) -> Self {
        let mut words = words(block);
        words.iter_mut().zip(MASKS[last_quote % BLOCK]).for_each(|(word, mask)| *word &= mask);
        Self(words)
    }

    /// Word by word, which stay in registers.
    #[inline]
    fn is(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the upper bits are mixed into the lower ones before"
    )]
    fn hash(&self) -> usize {
        let [a, b, c, d] = self.0;
        let all = a ^ b.rotate_left(23) ^ c.rotate_left(46) ^ d.rotate_left(11);
        let mixed = all.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 32)) as usize >> 8
    }
}

#[inline]
fn words(block: &[u8; BLOCK]) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

/// Which bits of the words belong to a key whose last quote is at this index.
static MASKS: [[u64; WORDS]; BLOCK] = masks();

const fn masks() -> [[u64; WORDS]; BLOCK] {
    let mut masks = [[0; WORDS]; BLOCK];
    let mut last = 0;
    while last < BLOCK {
        let mut byte = 0;
        while byte <= last {
            masks[last][byte / 8] |= 0xff << (byte % 8 * 8);
            byte += 1;
        }
        last += 1;
    }
    masks
}

/// What came behind a property the last times: to know the key that comes next beside its length lets a
/// processor go on before the key itself arrives, but to guess wrong costs more than to look it up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Follower {
    index: u16,
    last_quote: u8,
    /// How often it came in a row, at most [`SURE`].
    hits: u8,
}

/// How often a key must have come in a row to be expected.
const SURE: u8 = 8;

impl Follower {
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an object has as few properties as its table, and a block is short"
    )]
    fn came(&mut self, index: usize, last_quote: usize) {
        let (index, last_quote) = (index as u16, last_quote as u8);
        let again = (self.index, self.last_quote) == (index, last_quote);
        *self = Self { index, last_quote, hits: if again { self.hits + 1 } else { 1 } };
    }
}

/// The keys of one object: a hash table with open addressing.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Index of the property plus one; 0 is a free slot.
    slots: Vec<u16>,
}

impl Keys {
    pub(super) fn new(names: &[Box<str>]) -> Self {
        let size = (names.len() * 8).next_power_of_two();
        let mut slots = vec![0; if names.is_empty() { 0 } else { size }];
        for (index, name) in names.iter().enumerate() {
            let mut slot = Quoted::beginning(name).hash() & (size - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = u16::try_from(index + 1).unwrap_or(u16::MAX);
        }
        Self { slots }
    }

    /// The index in the object of the property whose key, plain and with its colon right behind it, stands
    /// here, and what is behind the colon.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "every member; measured")]
    pub(super) fn next<'q>(
        &self,
        text: &[u8],
        at: usize,
        (quoted_of, names): (impl Fn(usize) -> &'q Quoted, &[Box<str>]),
        follower: &mut Follower,
    ) -> Option<(usize, usize)> {
        let block = text.get(at..)?.first_chunk::<BLOCK>()?;
        if follower.hits >= SURE {
            let index = usize::from(follower.index);
            if quoted_of(index).is(&Quoted::to(block, usize::from(follower.last_quote))) {
                let end = at + usize::from(follower.last_quote) + 1;
                return (*text.get(end)? == b':').then_some((index, end + 1));
            }
            follower.hits = 0;
        }
        let (index, end) = match Quoted::read(block) {
            Some((quoted, last_quote)) => {
                let index = self.at(quoted.hash(), |index| quoted_of(index).is(&quoted))?;
                follower.came(index, last_quote);
                (index, at + last_quote + 1)
            }
            None => self.next_long(text, at, names)?,
        };
        (*text.get(end)? == b':').then_some((index, end + 1))
    }

    #[inline(never)]
    fn next_long(&self, text: &[u8], at: usize, names: &[Box<str>]) -> Option<(usize, usize)> {
        let end = bytes::special(text, at + 1);
        let key = text.get(at + 1..end).filter(|_| text.get(end) == Some(&b'"'))?;
        Some((self.find(std::str::from_utf8(key).ok()?, names)?, end + 1))
    }

    /// The index in the object of the property with this key.
    pub(super) fn find(&self, key: &str, names: &[Box<str>]) -> Option<usize> {
        self.at(Quoted::beginning(key).hash(), |index| *names[index] == *key)
    }

    #[inline]
    fn at(&self, hash: usize, is_meant: impl Fn(usize) -> bool) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        let mut slot = hash & last;
        loop {
            let index = usize::from(self.slots[slot]).checked_sub(1)?;
            if is_meant(index) {
                return Some(index);
            }
            slot = (slot + 1) & last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other() {
        let names: Vec<Box<str>> =
            (0..300).map(|n| format!("{}{n}", "key".repeat(n % 7)).into_boxed_str()).collect();
        let keys = Keys::new(&names);
        for (index, name) in names.iter().enumerate() {
            assert_eq!(keys.find(name, &names), Some(index));
            assert_eq!(keys.find(&format!("{name}x"), &names), None);
        }
        assert_eq!(Keys::new(&[]).find("a", &[]), None);
    }

    #[test]
    fn a_key_is_read_to_its_quote() {
        for length in 0..40 {
            let key = "k".repeat(length);
            let text = format!("\"{key}\":\"{}", "x".repeat(BLOCK));
            let block = text.as_bytes().first_chunk::<BLOCK>().unwrap();
            let read = Quoted::read(block);
            assert_eq!(read.is_some(), length + 2 <= BLOCK);
            if let Some((quoted, read)) = read {
                assert_eq!((quoted, read), (Quoted::new(&key), length + 1));
                assert_ne!(quoted, Quoted::new(&format!("{key}k")));
            }
        }
        // Escapes in a text are no characters of a key.
        let (escape, _) = Quoted::read(b"\"a\\b\":                          ").unwrap();
        assert_ne!(escape, Quoted::new("a\\b"));
    }
}
