//! Skips white space.

/// Whether a byte is white space of JSON.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether there is nothing but white space.
pub(super) fn is_blank(text: &[u8]) -> bool {
    span(text) == text.len()
}

/// How many bytes of white space come first. Blocks of them are looked at without a branch a byte, so that a
/// gigabyte of them costs little more than reading it.
pub(super) fn span(text: &[u8]) -> usize {
    const BLOCK: usize = 64;
    // A body nearly always begins at once.
    if text.first().is_none_or(|&byte| !is_space(byte)) {
        return 0;
    }
    let mut at = 0;
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        if !block.iter().fold(true, |all, &byte| all & is_space(byte)) {
            break;
        }
        at += BLOCK;
    }
    let rest = &text[at..];
    at + rest.iter().position(|&byte| !is_space(byte)).unwrap_or(rest.len())
}

/// How many lines end in this text.
pub(super) fn newlines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_ends_at_the_first_other_byte() {
        for length in 0..300 {
            for space in [" ", "\n", "\t", "\r", "\r\n"] {
                for end in ["", "x", "\u{b}", "\0", "\u{a0}", "{"] {
                    let text = format!("{}{end}  ", space.repeat(length));
                    let expected = if end.is_empty() { text.len() } else { space.len() * length };
                    assert_eq!(span(text.as_bytes()), expected, "{length} {end:?}");
                }
            }
        }
    }
}
