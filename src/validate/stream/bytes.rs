//! Finds the ends of strings, white space and digits, many bytes at a time.

use wide::u8x16;

const ONES: u64 = 0x0101_0101_0101_0101;

/// The next quote, backslash or control character from `at` on; the length of the text where there is none.
#[inline(always)]
#[expect(clippy::inline_always, reason = "half of all values; measured")]
pub(super) fn special(text: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        let found = specials(block);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += BLOCK;
    }
    rest(text, at, |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
}

/// How many bytes are looked at together: most strings end in the first block, so that no branch depends on
/// how long they are.
pub(super) const BLOCK: usize = 32;

/// Quotes, backslashes and control characters, a bit for each byte.
#[inline]
fn specials(block: &[u8; BLOCK]) -> u32 {
    const LAST_CONTROL: u8x16 = u8x16::new([0x1f; 16]);
    const BACKSLASH: u8x16 = u8x16::new([b'\\'; 16]);
    bits(block, |bytes| {
        bytes.simd_eq(QUOTE) | bytes.simd_eq(BACKSLASH) | bytes.min(LAST_CONTROL).simd_eq(bytes)
    })
}

const QUOTE: u8x16 = u8x16::new([b'"'; 16]);

/// Quotes, a bit for each byte.
#[inline]
pub(super) fn quotes(block: &[u8; BLOCK]) -> u32 {
    bits(block, |bytes| bytes.simd_eq(QUOTE))
}

#[inline]
fn bits(block: &[u8; BLOCK], test: impl Fn(u8x16) -> u8x16) -> u32 {
    let halves = block.as_chunks::<16>().0;
    let bits = |at: usize| test(u8x16::new(halves[at])).to_bitmask();
    bits(0) | bits(1) << 16
}

/// The next byte from `at` on that is no white space; the length of the text where there is none.
#[inline]
pub(super) fn solid(text: &[u8], at: usize) -> usize {
    const SPACES: u64 = ONES * b' ' as u64;
    let mut at = at;
    // Indentation is a line feed and then spaces, many of them.
    if text.get(at) == Some(&b'\n') {
        at += 1;
    }
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let differ = u64::from_le_bytes(*chunk) ^ SPACES;
        if differ != 0 {
            at += (differ.trailing_zeros() / 8) as usize;
            if text[at] > b' ' {
                return at;
            }
            break;
        }
        at += 8;
    }
    rest(text, at, |byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// The next byte from `at` on that is no decimal digit; the length of the text where there is none.
#[inline]
pub(super) fn no_digit(text: &[u8], at: usize) -> usize {
    rest(text, at, |byte| !byte.is_ascii_digit())
}

#[inline]
fn rest(text: &[u8], at: usize, ends: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| ends(byte)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specials_are_found_at_every_location_behind_every_byte() {
        for filler in [b' ', b'a', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xff] {
            for length in 0..40 {
                for wanted in [b'"', b'\\', 0, b'\n', 0x1f] {
                    for at in 0..length {
                        let mut text = vec![filler; length];
                        text[at] = wanted;
                        assert_eq!(special(&text, 0), at);
                        assert_eq!(special(&text, at + 1), length);
                    }
                }
            }
        }
    }

    #[test]
    fn white_space_ends_where_it_ends() {
        for length in 0..40 {
            for ending in [b'"', b'{', 0x0b, 0x80, 0xff, 1] {
                for lead in ["", "\n", "\r\n", "\t", "\n\n"] {
                    let text = [lead.as_bytes(), &b" ".repeat(length), &[ending]].concat();
                    assert_eq!(solid(&text, 0), lead.len() + length, "{text:?}");
                }
            }
        }
        assert_eq!(solid(b"  \n  \n   x", 0), 9);
        assert_eq!(solid(b" \n\t", 0), 3);
        assert_eq!(solid(b"", 0), 0);
    }
}
