//! Masks text of which nothing is known but that it is not JSON.

use crate::json::{self, SyntaxError, decode};

/// Beginnings of the words of JSON, which a truncated text may end with.
const WORDS: [&str; 3] = ["true", "false", "null"];

/// Appends a text with `x` for each letter and `1` for each digit. Escapes become letters. What is not UTF-8 is
/// not afterwards, either.
pub(super) fn mask(text: &[u8], out: &mut Vec<u8>) {
    for chunk in text.utf8_chunks() {
        let mut is_escaped = false;
        for letter in chunk.valid().chars() {
            let hidden = match letter {
                _ if std::mem::take(&mut is_escaped) => 'x',
                '0'..='9' => '1',
                '\\' => {
                    is_escaped = true;
                    'x'
                }
                _ if letter.is_alphanumeric() || !letter.is_ascii() && letter != '\u{feff}' => 'x',
                _ => letter,
            };
            let mut bytes = [0; 4];
            out.extend_from_slice(hidden.encode_utf8(&mut bytes).as_bytes());
        }
        // A character that breaks off at the end stays one.
        let breaks_off = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        if breaks_off && text.ends_with(chunk.invalid()) {
            out.push(0xc3);
        } else {
            out.extend(chunk.invalid().iter().map(|_| 0xff));
        }
    }
}

/// Appends the end of a text that is masked from `at` on, with the escape or the leading zero that makes it not
/// JSON, if that is what is wrong with it.
pub(super) fn mask_around_error(body: &[u8], at: usize, error: usize, out: &mut Vec<u8>) {
    let (before, rest) = (&body[at.min(error)..error], &body[error..]);
    let is_hex = |digits: &[u8]| digits.len() == 4 && digits.iter().all(u8::is_ascii_hexdigit);
    let (kept, length): (&[u8], usize) = match rest {
        [b'\\', b'u', digits @ ..] if is_hex(&digits[..digits.len().min(4)]) => (b"\\ud800", 6),
        [b'\\', b'u', ..] => (b"\\ux", 2),
        [b'\\', _, ..] => (b"\\x", 2),
        [b'0'..=b'9', ..] if before.ends_with(b"0") => {
            mask(&before[..before.len() - 1], out);
            out.push(b'0');
            return mask(rest, out);
        }
        _ => (b"", 0),
    };
    mask(before, out);
    out.extend_from_slice(kept);
    mask(&rest[length..], out);
}

/// Appends the end of a JSON text behind the value where it breaks off.
pub(super) fn mask_end(text: &[u8], out: &mut Vec<u8>) {
    let word = std::str::from_utf8(text).unwrap_or_default();
    let begins_word = !word.is_empty() && WORDS.iter().any(|known| known.starts_with(word));
    if begins_word { out.extend_from_slice(text) } else { mask(text, out) }
}

/// Appends text in UTF-16 or UTF-32: the mark of its encoding, zeros and signs stay.
pub(super) fn mask_encoded(text: &[u8], out: &mut Vec<u8>) {
    // As `decode` tells them: the mark, the bytes of a unit, and whether the largest comes first.
    let (mark, width, is_big) = match text {
        [0, 0, 0xfe, 0xff, ..] => (4, 4, true),
        [0, 0, 0, 1..=255, ..] => (0, 4, true),
        [0xff, 0xfe, 0, 0, ..] => (4, 4, false),
        [1..=255, 0, 0, 0, ..] => (0, 4, false),
        [0xfe, 0xff, ..] => (2, 2, true),
        [0, 1..=255, ..] => (0, 2, true),
        [0xff, 0xfe, ..] => (2, 2, false),
        _ => (0, 2, false),
    };
    out.extend_from_slice(&text[..mark]);
    for unit in text[mark..].chunks(width) {
        let low = if is_big { unit.len() - 1 } else { 0 };
        let is_ascii =
            unit.len() == width && unit.iter().enumerate().all(|(at, byte)| at == low || *byte == 0);
        let byte = unit[low];
        let is_sign = byte == 0 || byte.is_ascii_punctuation() || byte.is_ascii_whitespace();
        let hidden = if is_ascii && is_sign { byte } else { b'x' };
        out.extend((0..unit.len()).map(|at| if at == low { hidden } else { 0 }));
    }
}

/// What is wrong with a text, if anything is.
pub(super) fn error(text: &[u8]) -> Option<SyntaxError> {
    let text = match decode(text) {
        Ok(text) => text,
        Err(encoding) => return Some(SyntaxError::encoding(encoding)),
    };
    json::syntax_error(text, usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_masked_unit_by_unit() {
        let text = "{\"name\": \"孟強 第孝 \u{1f600}\"}";
        let expected = "{\"xxxx\": \"xx xx xx\"}";
        let wide = |text: &str, encode: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(encode).collect()
        };
        for (mark, encode) in [
            (&b"\xff\xfe"[..], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (b"\xfe\xff", u16::to_be_bytes),
            (b"", u16::to_le_bytes),
            (b"", u16::to_be_bytes),
        ] {
            let mut out = Vec::new();
            mask_encoded(&[mark, &wide(text, encode)].concat(), &mut out);
            assert_eq!(out, [mark, &wide(expected, encode)].concat());
        }
        let mut out = Vec::new();
        let wider =
            |text: &str| text.chars().flat_map(|letter| u32::from(letter).to_be_bytes()).collect::<Vec<_>>();
        mask_encoded(&wider(text), &mut out);
        assert_eq!(out, wider("{\"xxxx\": \"xx xx x\"}"));
    }
}
