//! Compares the bytes of a text with one byte, many at a time.

use wide::u8x16;

/// Bytes that are compared together.
pub(super) const BLOCK: usize = 64;

/// Which of these bytes are this one: the lowest bit is the first byte.
#[cfg(feature = "captures")]
#[inline]
pub(super) fn equal16(bytes: [u8; 16], byte: u8) -> u32 {
    u8x16::new(bytes).simd_eq(u8x16::splat(byte)).to_bitmask()
}

/// Where a string ends, if that is near and no escape comes before.
#[inline]
pub(super) fn short_string(text: &[u8]) -> Option<usize> {
    let piece = text.first_chunk::<16>()?;
    let bytes = u8x16::new(*piece);
    let special = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
    let at = special.to_bitmask().trailing_zeros() as usize;
    piece.get(at).filter(|byte| **byte == b'"').map(|_| at)
}

/// Which bytes of a block are a quote or backslash, escaped or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct StringBlock {
    quotes: u64,
    backslashes: u64,
}

impl StringBlock {
    #[inline]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let (pieces, _) = block.as_chunks::<16>();
        let mut found = Self { quotes: 0, backslashes: 0 };
        for (number, piece) in pieces.iter().enumerate() {
            let piece = u8x16::new(*piece);
            let equal = |byte| u64::from(piece.simd_eq(u8x16::splat(byte)).to_bitmask()) << (16 * number);
            found.quotes |= equal(b'"');
            found.backslashes |= equal(b'\\');
        }
        found
    }

    /// The first quote that is not escaped, if there is one.
    #[inline]
    pub(super) fn end(self, escaped: &mut bool) -> Option<usize> {
        let ends = self.unescaped(escaped);
        (ends != 0).then(|| ends.trailing_zeros() as usize)
    }

    /// The quotes that are not escaped. `escaped` is whether the first byte is, and becomes whether the one
    /// behind the block is.
    #[inline]
    pub(super) fn unescaped(self, escaped: &mut bool) -> u64 {
        self.quotes & !self.behind_backslashes(escaped)
    }

    /// Whether a backslash is none of these bytes.
    #[inline]
    pub(super) fn has_backslash_outside(self, inside: u64) -> bool {
        self.backslashes & !inside != 0
    }

    /// Which bytes are behind a backslash that begins an escape: without a branch, the second, fourth... of
    /// a run of backslashes, and what is behind a run of odd length.
    #[inline]
    fn behind_backslashes(self, escaped: &mut bool) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let first = u64::from(*escaped);
        let backslashes = self.backslashes & !first;
        let behind = backslashes << 1 | first;
        let odd_starts = backslashes & !EVEN & !behind;
        let (even_starts, carry) = odd_starts.overflowing_add(backslashes);
        *escaped = carry;
        (EVEN ^ (even_starts << 1)) & behind
    }
}

/// Which bytes belong to strings, each with its first quote and without its last, if these quotes are not
/// escaped and the block begins in a string or not.
#[inline]
pub(super) fn inside_strings(quotes: u64, begins_inside: bool) -> u64 {
    let mut inside = quotes;
    for shift in [1, 2, 4, 8, 16, 32] {
        inside ^= inside << shift;
    }
    inside ^ u64::from(begins_inside).wrapping_neg()
}

/// Which bytes of a block are brackets or braces that open, and which are those that close.
#[inline]
pub(super) fn brackets(block: &[u8; BLOCK]) -> (u64, u64) {
    /// The only bit in which a brace differs from the bracket of its side.
    const BRACE: u8 = b'{' ^ b'[';
    let (pieces, _) = block.as_chunks::<16>();
    let (mut opens, mut closes) = (0, 0);
    for (number, piece) in pieces.iter().enumerate() {
        let piece = u8x16::new(*piece) | u8x16::splat(BRACE);
        let equal = |byte| u64::from(piece.simd_eq(u8x16::splat(byte)).to_bitmask()) << (16 * number);
        opens |= equal(b'{');
        closes |= equal(b'}');
    }
    (opens, closes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_string_ends_at_the_first_quote_that_is_not_escaped(
            block in prop::collection::vec(prop::sample::select(&b"\\\\\\\"x"[..]), BLOCK),
            escaped: bool,
        ) {
            let (mut at, mut expected_escaped, mut expected) = (0, escaped, None);
            for &byte in &block {
                if byte == b'"' && !expected_escaped {
                    expected = expected.or(Some(at));
                }
                expected_escaped = byte == b'\\' && !expected_escaped;
                at += 1;
            }
            let mut found_escaped = escaped;
            let block: &[u8; BLOCK] = block.first_chunk().unwrap();
            prop_assert_eq!(StringBlock::of(block).end(&mut found_escaped), expected);
            prop_assert_eq!(found_escaped, expected_escaped);
        }
    }
}
