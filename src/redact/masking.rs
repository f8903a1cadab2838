//! Masks text of which nothing is known but that it is not JSON.

use crate::json::{Event, Scanner, SyntaxError, decode};

/// Beginnings of the words of JSON, which a truncated text may end with.
const WORDS: [&str; 3] = ["true", "false", "null"];

/// Appends a text with `x` for each letter and `1` for each digit. What is not UTF-8 is not afterwards, either.
pub(super) fn mask(text: &[u8], out: &mut Vec<u8>) {
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            let hidden = match letter {
                '0'..='9' => '1',
                '\\' => 'x',
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

/// Appends the end of a JSON text behind the value where it breaks off.
pub(super) fn mask_end(text: &[u8], out: &mut Vec<u8>) {
    let word = std::str::from_utf8(text).unwrap_or_default();
    let begins_word = !word.is_empty() && WORDS.iter().any(|known| known.starts_with(word));
    if begins_word { out.extend_from_slice(text) } else { mask(text, out) }
}

/// Appends text in another encoding: the mark of its encoding, zeros and signs stay.
pub(super) fn mask_encoded(text: &[u8], out: &mut Vec<u8>) {
    let mark = text.iter().take(4).take_while(|byte| matches!(byte, 0 | 0xfe | 0xff)).count();
    out.extend_from_slice(&text[..mark]);
    let is_sign = |byte: u8| byte == 0 || byte.is_ascii_punctuation() || byte.is_ascii_whitespace();
    out.extend(text[mark..].iter().map(|byte| if is_sign(*byte) { *byte } else { b'x' }));
}

/// What is wrong with a text, if anything is.
pub(super) fn error(text: &[u8]) -> Option<SyntaxError> {
    let text = match decode(text) {
        Ok(text) => text,
        Err(encoding) => return Some(SyntaxError::encoding(encoding)),
    };
    let mut scanner = Scanner::new(text, usize::MAX);
    loop {
        match scanner.step() {
            Ok(Some(Event::End { .. } | Event::Begin { .. } | Event::Key { .. } | Event::Scalar { .. })) => {}
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}
