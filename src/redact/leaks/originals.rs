//! Finds replaced values at their first bytes.

use std::ops::Range;

use crate::redact::written::{MIN_SEARCHED, Searched, Written, window};

/// Bits for each value.
const BITS: usize = 16;

/// Bits of the smallest and of the largest filter.
const SIZES: (u32, u32) = (16, 26);

/// What was replaced, with two bits of a word for the bytes that each value is found by.
#[derive(Clone, Debug)]
pub(super) struct Originals {
    searched: Searched,
    bits: Vec<u64>,
    shift: u32,
}

impl Originals {
    pub(super) fn of(written: &Written) -> Self {
        let searched = written.searched();
        let wanted =
            searched.windows().len().max(1).saturating_mul(BITS).next_power_of_two().trailing_zeros();
        let size = wanted.clamp(SIZES.0, SIZES.1);
        let mut bits = vec![0; 1 << (size - 6)];
        let shift = u64::BITS - size;
        for first in searched.windows() {
            let (word, bit) = place(first, shift);
            bits[word] |= bit;
        }
        Self { searched, bits, shift }
    }

    /// Whether a text was written for a value.
    pub(super) fn has_written(&self, text: &[u8]) -> bool {
        self.searched.has_written(text)
    }

    /// Whether a text was kept.
    pub(super) fn has_kept(&self, text: &str) -> bool {
        self.searched.has_kept(text)
    }

    /// The bits of a value that is in no replacement by chance.
    pub(super) fn bits_beyond_chance(&self) -> u32 {
        self.searched.bits_beyond_chance()
    }

    /// Whether a text has a value that was replaced where it is a leak; the text in lower case.
    pub(super) fn find(&self, folded: &[u8], is_leak: impl Fn(Range<usize>) -> bool) -> bool {
        folded.windows(MIN_SEARCHED).enumerate().any(|(at, bytes)| {
            let Some(bytes) = bytes.first_chunk() else { return false };
            let window = window(*bytes);
            let (word, bit) = place(window, self.shift);
            self.bits[word] & bit == bit && self.searched.originals(folded, at, window).any(&is_leak)
        })
    }
}

/// The word, and its bits.
#[inline]
fn place(window: u64, shift: u32) -> (usize, u64) {
    let (place, next) = (window >> shift, window >> (shift - 6));
    (usize::try_from(place >> 6).unwrap_or(0), 1 << (place & 63) | 1 << (next & 63))
}
