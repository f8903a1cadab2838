//! Maps keys to properties.

/// A key as it stands in the text, `"key":`, ready to be compared in one go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted {
    words: [u64; WORDS],
    /// Bytes, at most [`QUOTED`]; 0 for a longer key, which is not compared like this.
    length: u8,
}

const WORDS: usize = 4;

/// The longest key with quotes and colon that is compared in one go.
pub(super) const QUOTED: usize = WORDS * 8;

impl Quoted {
    pub(super) fn new(key: &str) -> Self {
        let mut bytes = [0; QUOTED];
        // Keys that need escapes are found by their text.
        let plain = key.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
        let length = key.len() + 3;
        if length > QUOTED || !plain {
            return Self { words: [0; WORDS], length: 0 };
        }
        bytes[0] = b'"';
        bytes[1..=key.len()].copy_from_slice(key.as_bytes());
        bytes[key.len() + 1] = b'"';
        bytes[key.len() + 2] = b':';
        Self { words: words(&bytes), length: u8::try_from(length).unwrap_or_default() }
    }

    /// Whether this text begins with the key, its quotes and its colon, which are of this length; never where
    /// that is 0.
    #[inline]
    pub(super) fn begins(&self, text: &[u8; QUOTED], length: u8) -> bool {
        let masks = &MASKS[usize::from(length).min(QUOTED)];
        let text = words(text);
        let mut differ = 0;
        for at in 0..WORDS {
            differ |= (text[at] ^ self.words[at]) & masks[at];
        }
        differ == 0 && length != 0
    }

    /// The length of the key with quotes and colon, 0 where it is not compared like this.
    #[inline]
    pub(super) fn length(&self) -> u8 {
        self.length
    }
}

#[inline]
fn words(bytes: &[u8; QUOTED]) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

/// Which bits of the words belong to a key of this many bytes.
static MASKS: [[u64; WORDS]; QUOTED + 1] = masks();

const fn masks() -> [[u64; WORDS]; QUOTED + 1] {
    let mut masks = [[0; WORDS]; QUOTED + 1];
    let mut length = 0;
    while length <= QUOTED {
        let mut byte = 0;
        while byte < length {
            masks[length][byte / 8] |= 0xff << (byte % 8 * 8);
            byte += 1;
        }
        length += 1;
    }
    masks
}

/// The keys of one object: a hash table with open addressing, for keys that do not come as expected.
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
            let mut slot = spread(name.as_bytes()) & (size - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = u16::try_from(index + 1).unwrap_or(u16::MAX);
        }
        Self { slots }
    }

    /// The index in the object of the property that a text may begin with, key, quotes and colon; the caller
    /// compares.
    #[inline]
    pub(super) fn likely(&self, text: &[u8; QUOTED]) -> Option<u16> {
        let last = self.slots.len().checked_sub(1)?;
        let (key, _) = text[1..].split_at_checked(end_of_key(text)?)?;
        self.slots[spread(key) & last].checked_sub(1)
    }

    /// The index in the object of the property with this key.
    pub(super) fn find(&self, key: &str, names: &[Box<str>]) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        let mut slot = spread(key.as_bytes()) & last;
        loop {
            let index = usize::from(self.slots[slot]).checked_sub(1)?;
            if *names[index] == *key {
                return Some(index);
            }
            slot = (slot + 1) & last;
        }
    }
}

/// How long the key is whose quote begins this text, without a branch for each length.
#[inline]
fn end_of_key(text: &[u8; QUOTED]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES * 0x80;
    /// Gathers the high bits of the bytes of a word in its uppermost byte.
    const GATHER: u64 = 0x0002_0408_1020_4081;
    let mut quotes = 0;
    for (at, word) in words(text).into_iter().enumerate() {
        let differ = word ^ (ONES * u64::from(b'"'));
        // Exact for the first quote, which is the one that counts.
        let high = differ.wrapping_sub(ONES) & !differ & HIGHS;
        quotes |= (high.wrapping_mul(GATHER) >> 56) << (at * 8);
    }
    // The first of them begins the key.
    quotes &= !1;
    (quotes != 0).then(|| quotes.trailing_zeros() as usize - 1)
}

/// Beginning, end and length of a key, mixed.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the upper bits are mixed into the lower ones before")]
fn spread(key: &[u8]) -> usize {
    let (first, last) = match (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (short(key), 0),
    };
    let mixed = (first ^ last.rotate_left(29) ^ key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)) as usize >> 8
}

/// Fewer than eight bytes as a word.
#[inline]
fn short(key: &[u8]) -> u64 {
    match (key.first_chunk::<4>(), key.last_chunk::<4>(), key) {
        (Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        (_, _, &[first, .., last]) => {
            u64::from(first) | u64::from(key[key.len() / 2]) << 8 | u64::from(last) << 16
        }
        (_, _, &[one]) => u64::from(one),
        _ => 0,
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
    fn a_quoted_key_is_compared_to_its_colon() {
        for key in ["", "a", "seatsLimit", "exactlyTwentyNineLettersAsAKe"] {
            let text = format!("\"{key}\":");
            let mut bytes = [b'.'; QUOTED];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            let quoted = Quoted::new(key);
            assert_eq!(usize::from(quoted.length()), text.len());
            assert!(quoted.begins(&bytes, quoted.length()));
            bytes[text.len() - 1] = b' ';
            assert!(!quoted.begins(&bytes, quoted.length()));
        }
        let long = "k".repeat(QUOTED);
        assert_eq!(Quoted::new(&long).length(), 0);
        assert_eq!(Quoted::new("a\"b").length(), 0);
    }
}
