//! Remembers which values were replaced, and by what, as fingerprints.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

/// Characters of the shortest value that is searched for, which is found by as many bytes.
pub const MIN_SEARCHED: usize = 8;

/// An odd number with bits all over.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A value that was replaced, in lower case.
#[derive(Clone, Copy, Debug, Default)]
struct Original {
    fingerprint: u64,
    /// Fingerprints of eight of its bytes: the first, those in the middle, the last.
    windows: [u64; 3],
    length: usize,
}

/// Fingerprints that are noted as they come, often several times.
#[derive(Clone, Debug, Default)]
struct Noted<T> {
    all: Vec<T>,
    /// So many of them, at least, are different.
    distinct: usize,
    /// The largest fingerprint of which is known whether it was noted; none if all are.
    limit: Option<u64>,
}

/// Fingerprints in their order, of which the largest may be forgotten.
#[derive(Clone, Debug)]
struct Known {
    all: Vec<u64>,
    limit: Option<u64>,
}

impl Known {
    /// Whether it was noted, or may have been and is forgotten.
    fn may_have(&self, fingerprint: u64) -> bool {
        self.is_forgotten(fingerprint) || self.all.binary_search(&fingerprint).is_ok()
    }

    fn is_forgotten(&self, fingerprint: u64) -> bool {
        self.limit.is_some_and(|limit| fingerprint > limit)
    }
}

impl From<Noted<u64>> for Known {
    /// Of a list that is settled.
    fn from(noted: Noted<u64>) -> Self {
        Self { all: noted.all, limit: noted.limit }
    }
}

impl<T: Copy> Noted<T> {
    /// Notes one of at most so many.
    #[inline]
    fn note(&mut self, one: T, max: usize, key: impl Fn(&T) -> u64) {
        self.all.push(one);
        if self.all.len() >= MIN_NOTED.max(2 * self.distinct) {
            self.settle(max, key);
        }
    }

    /// Forgets what was noted before, and what is beyond the maximum.
    #[cold]
    fn settle(&mut self, max: usize, key: impl Fn(&T) -> u64) {
        self.all.sort_unstable_by_key(&key);
        self.all.dedup_by_key(|one| key(one));
        if self.all.len() > max {
            self.all.truncate(max);
            self.limit = Some(self.all.last().map_or(0, key));
        }
        self.distinct = self.all.len();
    }

    /// Whether more than so many were noted.
    fn exceeds(&self, max: usize, key: impl Fn(&T) -> u64) -> bool {
        self.limit.is_some()
            || self.all.len() > max && {
                let mut settled = self.clone();
                settled.settle(max, key);
                settled.limit.is_some()
            }
    }

    /// Notes what another one did, and forgets what that forgot.
    fn extend(&mut self, other: Self) {
        self.all.extend(other.all);
        self.limit = self.limit.into_iter().chain(other.limit).min();
    }
}

/// Replacements that are remembered, whatever the maximum: no shape is searched for in what may be one of those
/// forgotten.
const MIN_REPLACEMENTS: usize = 1 << 20;

/// Of a million searches, one finds a value by chance.
const BITS_BEYOND_CHANCE: u32 = 20;

/// Fingerprints that are noted before those known are forgotten.
const MIN_NOTED: usize = 1 << 16;

/// The values that were replaced and their replacements, as fingerprints: for the search for leaks.
#[derive(Clone, Debug)]
pub struct Written {
    originals: Noted<Original>,
    replacements: Noted<u64>,
    kept: Noted<u64>,
    max: usize,
}

/// What was written, to search for.
#[derive(Clone, Debug)]
pub(super) struct Searched {
    /// Values by the fingerprint of eight of their bytes, those that the fewest others have, in its order; with
    /// the location of these bytes, the length and the fingerprint of the whole.
    originals: Vec<(u64, usize, usize, u64)>,
    replacements: Known,
    kept: Known,
}

/// The fingerprint of eight bytes.
#[inline]
pub(super) fn window(bytes: [u8; MIN_SEARCHED]) -> u64 {
    u64::from_le_bytes(bytes).wrapping_mul(MIX)
}

/// Where the bytes are that a value of this length may be found by.
fn places(length: usize) -> [usize; 3] {
    let last = length.saturating_sub(MIN_SEARCHED);
    [0, last / 2, last]
}

/// Calls `take` with a value in lower case.
fn in_lower_case<T>(value: &[u8], take: impl FnOnce(&[u8]) -> T) -> T {
    if value.iter().any(u8::is_ascii_uppercase) { take(&value.to_ascii_lowercase()) } else { take(value) }
}

impl Written {
    /// Remembers at most so many values, and as many replacements.
    #[must_use]
    pub fn new(max: usize) -> Self {
        let (originals, replacements, kept) = <_>::default();
        Self { originals, replacements, kept, max }
    }

    /// A value was replaced. Short ones are not remembered.
    pub fn replaced(&mut self, original: &str, replacement: &str) {
        self.wrote(replacement);
        if original.chars().nth(MIN_SEARCHED - 1).is_none() || original == replacement {
            return;
        }
        let original = in_lower_case(original.as_bytes(), |text| Original {
            fingerprint: xxh3_64(text),
            windows: places(text.len()).map(|at| text[at..].first_chunk().copied().map_or(0, window)),
            length: text.len(),
        });
        self.originals.note(original, self.max, |one| one.fingerprint);
    }

    /// This text was written for a value.
    pub fn wrote(&mut self, replacement: &str) {
        let fingerprint = xxh3_64(replacement.as_bytes());
        self.replacements.note(fingerprint, self.max.max(MIN_REPLACEMENTS), |one| *one);
    }

    /// A value was kept, since it is public: finding it is no leak.
    pub fn kept(&mut self, value: &str) {
        if value.len() >= MIN_SEARCHED {
            let fingerprint = in_lower_case(value.as_bytes(), xxh3_64);
            self.kept.note(fingerprint, self.max, |one| *one);
        }
    }

    /// Whether there were more values than are remembered, so that a search for them is partial.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.originals.exceeds(self.max, |one| one.fingerprint)
            || self.replacements.limit.is_some()
            || self.kept.exceeds(self.max, |one| *one)
    }

    /// Adds what another redactor wrote.
    pub fn add(&mut self, other: Self) {
        self.originals.extend(other.originals);
        self.replacements.extend(other.replacements);
        self.kept.extend(other.kept);
        self.originals.settle(self.max, |one| one.fingerprint);
        self.replacements.settle(self.max.max(MIN_REPLACEMENTS), |one| *one);
        self.kept.settle(self.max, |one| *one);
    }

    /// What is to be searched for.
    pub(super) fn searched(&self) -> Searched {
        let mut all = self.clone();
        all.originals.settle(all.max, |one| one.fingerprint);
        all.replacements.settle(usize::MAX, |one| *one);
        all.kept.settle(all.max, |one| *one);
        // Windows with the same first bits count as one: that makes no value be missed.
        let size = (6 * all.originals.all.len()).next_power_of_two().trailing_zeros().max(1);
        let slot = |window: u64| usize::try_from(window >> (u64::BITS - size)).unwrap_or(0);
        let mut counts = vec![0_u8; 1 << size];
        for window in all.originals.all.iter().flat_map(|one| one.windows) {
            let count = &mut counts[slot(window)];
            *count = count.saturating_add(1);
        }
        // Both lists are in the order of fingerprints. What may be kept, too, is not searched for.
        let known = Known::from(all.kept);
        let mut kept = known.all.iter().peekable();
        let is_replaced = |one: &&Original| {
            while kept.next_if(|kept| **kept < one.fingerprint).is_some() {}
            kept.peek() != Some(&&one.fingerprint) && !known.is_forgotten(one.fingerprint)
        };
        let by_rarest = |one: &Original| {
            let places = places(one.length).into_iter().zip(one.windows);
            let (at, window) = places.min_by_key(|(_, window)| counts[slot(*window)]).unwrap_or_default();
            (window, at, one.length, one.fingerprint)
        };
        let mut originals: Vec<_> = all.originals.all.iter().filter(is_replaced).map(by_rarest).collect();
        originals.sort_unstable();
        Searched { originals, replacements: all.replacements.into(), kept: known }
    }
}

impl Searched {
    /// Whether this text was written for a value, as far as that is remembered.
    pub(super) fn has_written(&self, text: &[u8]) -> bool {
        self.replacements.may_have(xxh3_64(text))
    }

    /// Whether this value was kept, as far as that is remembered, in any case of its letters.
    pub(super) fn has_kept(&self, text: &str) -> bool {
        text.len() >= MIN_SEARCHED && self.kept.may_have(in_lower_case(text.as_bytes(), xxh3_64))
    }

    /// Where replaced values are in a text in lower case, with the eight bytes here, whose fingerprint this is, as
    /// those that they are found by.
    pub(super) fn originals<'t>(
        &'t self,
        text: &'t [u8],
        at: usize,
        window: u64,
    ) -> impl Iterator<Item = Range<usize>> + 't {
        let from = self.originals.partition_point(|one| one.0 < window);
        let with = self.originals[from..].iter().take_while(move |one| one.0 == window);
        with.filter_map(move |(_, place, length, fingerprint)| {
            let begin = at.checked_sub(*place)?;
            let found = begin..begin + length;
            let is_original = xxh3_64(text.get(found.clone())?) == *fingerprint;
            (is_original && !self.is_in_known_number(text, &found)).then_some(found)
        })
    }

    /// Whether these bytes are all or a part of a number that was written for a value, or kept: there are few
    /// numbers, so that one meets others.
    fn is_in_known_number(&self, text: &[u8], found: &Range<usize>) -> bool {
        let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.e".contains(byte);
        let (before, behind) = (&text[..found.start], &text[found.end..]);
        let begin = found.start - before.iter().rev().take_while(|byte| is_part(byte)).count();
        let end = found.end + behind.iter().take_while(|byte| is_part(byte)).count();
        let number = &text[begin..end];
        text[found.clone()].iter().all(is_part)
            && (self.has_written(number) || self.kept.may_have(xxh3_64(number)))
    }

    /// The bits of a value that no replacement is by chance, with this number of values and replacements.
    pub(super) fn bits_beyond_chance(&self) -> u32 {
        let bits = |count: usize| count.checked_ilog2().unwrap_or(0) + 1;
        bits(self.originals.len()) + bits(self.replacements.all.len()) + BITS_BEYOND_CHANCE
    }

    /// The fingerprints of the bytes that values are found by.
    pub(super) fn windows(&self) -> impl ExactSizeIterator<Item = u64> {
        self.originals.iter().map(|one| one.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the search finds a value in a text.
    fn finds(written: &Written, text: &str) -> bool {
        let (searched, text) = (written.searched(), text.to_lowercase());
        let mut windows = text.as_bytes().windows(MIN_SEARCHED).enumerate();
        windows.any(|(at, bytes)| {
            searched.originals(text.as_bytes(), at, window(*bytes.first_chunk().unwrap())).next().is_some()
        })
    }

    #[test]
    fn originals_are_found_wherever_they_are() {
        let mut written = Written::new(3);
        written.replaced("Acme Academy", "Kqwe Zxcvbnm");
        written.replaced("short", "trohs");
        for text in ["Acme Academy and more", "of ACME ACADEMY", "Acme Academy"] {
            assert!(finds(&written, text), "{text}");
        }
        for text in ["Acme Academ", "short", "cme Academy"] {
            assert!(!finds(&written, text), "{text}");
        }
        assert!(written.searched().has_written(b"trohs") && !written.is_partial());
        written.kept("acme academy");
        assert!(!finds(&written, "Acme Academy") && written.searched().has_kept("Acme Academy"));
        for text in ["another one", "another two", "another three"] {
            written.replaced(text, "x");
        }
        assert!(written.is_partial());
        let mut other = Written::new(3);
        other.replaced("another one", "x");
        other.replaced("another one", "x");
        assert!(!other.is_partial());
        other.add(written);
        assert!(other.is_partial());
    }

    #[test]
    fn what_is_forgotten_is_no_leak_and_makes_the_search_partial() {
        let names: Vec<String> = (0..60).map(|number| format!("Academy {number:02}")).collect();
        let mut written = Written::new(20);
        for name in &names {
            written.kept(name);
        }
        written.kept.settle(20, |one| *one);
        assert_eq!(written.kept.all.len(), 20);
        let searched = written.searched();
        assert!(names.iter().all(|name| searched.has_kept(name)));
        // Of a part it is known that they were not.
        let others = (0..1_000).filter(|number| !searched.has_kept(&format!("Another {number}")));
        assert!((200..500).contains(&others.count()));
        let mut other = Written::new(20);
        other.replaced(&names[0], "x");
        other.add(written);
        assert!(other.is_partial() && !finds(&other, &names[0]));
        let mut replacements = Noted::default();
        for number in 0..2_000_u64 {
            replacements.note(xxh3_64(&number.to_le_bytes()), 1_000, |one| *one);
        }
        replacements.settle(1_000, |one| *one);
        let known = Known::from(replacements);
        assert!((0..2_000_u64).all(|number| known.may_have(xxh3_64(&number.to_le_bytes()))));
        assert!(!(2_000..3_000_u64).all(|number| known.may_have(xxh3_64(&number.to_le_bytes()))));
    }

    #[test]
    fn a_number_that_meets_a_part_of_another_is_no_leak() {
        let mut written = Written::new(10);
        written.replaced("53.265625", "78.109375");
        written.replaced("8.5", "1053.265625");
        assert!(!finds(&written, ":1053.265625},"));
        assert!(finds(&written, ":53.265625},") && finds(&written, ":2053.265625},"));
        written.kept("2053.265625");
        assert!(!finds(&written, ":2053.265625},"));
    }

    #[test]
    fn values_that_begin_alike_are_found_by_other_bytes() {
        let mut written = Written::new(1_000_000);
        for number in 0..200_000 {
            written.replaced(&format!("https://acme.example/assets/{number:05}"), "");
        }
        let searched = written.searched();
        let mut windows: Vec<u64> = searched.windows().collect();
        assert_eq!(windows.len(), 200_000);
        windows.dedup();
        assert!(windows.len() > 100_000);
        assert!(finds(&written, "see https://acme.example/assets/04711."));
    }
}
