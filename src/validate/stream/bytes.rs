//! Finds the ends of strings, white space and digits, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Sets the high bit of each byte that ends a run of plain text: a quote, a backslash, a control character.
/// Bits above the first such byte mean nothing.
#[inline]
fn specials(word: u64) -> u64 {
    const SPACE: u64 = ONES * 0x20;
    const QUOTE: u64 = ONES * b'"' as u64;
    const BACKSLASH: u64 = ONES * b'\\' as u64;
    // Of bytes below 0x80 each difference has its high bit set where it falls below zero.
    let control = word.wrapping_sub(SPACE);
    let quote = (word ^ QUOTE).wrapping_sub(ONES);
    let backslash = (word ^ BACKSLASH).wrapping_sub(ONES);
    (control | quote | backslash) & !word & HIGHS
}

/// The next quote, backslash or control character from `at` on; the length of the text where there is none.
#[inline]
pub(super) fn special(text: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let (low, high) = (word(chunk, 0), word(chunk, 8));
        let (low, high) = (specials(low), specials(high));
        if low | high != 0 {
            let bits = if low != 0 { low.trailing_zeros() } else { 64 + high.trailing_zeros() };
            return at + (bits / 8) as usize;
        }
        at += 16;
    }
    rest(text, at, |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
}

#[inline]
fn word(chunk: &[u8; 16], at: usize) -> u64 {
    chunk[at..].first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
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
