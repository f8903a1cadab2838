//! Resolves the escapes of JSON strings.

use crate::payload::blocks::equal16;

/// What a letter behind a backslash stands for; 0 for `u`, and for what is no escape.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let escapes = *b"\"\"\\\\//b\x08f\x0cn\nr\rt\t";
    let mut at = 0;
    while at < escapes.len() {
        letters[escapes[at] as usize] = escapes[at + 1];
        at += 2;
    }
    letters
};

/// The bytes of a string, by what stands between its quotes; `None` where that has an invalid escape. Half a
/// surrogate pair has the bytes that its number would have in UTF-8.
pub(super) fn resolved(text: &[u8]) -> Option<Vec<u8>> {
    if memchr::memchr(b'\\', text).is_none() {
        return Some(text.to_vec());
    }
    // No escape is shorter than what it stands for.
    let mut bytes = vec![0; text.len()];
    let (mut at, mut to) = (0, 0);
    loop {
        if let (Some(piece), Some(room)) = (text[at..].first_chunk(), bytes[to..].first_chunk_mut()) {
            // What is behind the backslash is overwritten.
            *room = *piece;
            let run = equal16(*piece, b'\\').trailing_zeros().min(16) as usize;
            (at, to) = (at + run, to + run);
            if run == piece.len() {
                continue;
            }
        } else {
            match text.get(at) {
                None => break,
                Some(b'\\') => {}
                Some(&byte) => {
                    bytes[to] = byte;
                    (at, to) = (at + 1, to + 1);
                    continue;
                }
            }
        }
        match LETTERS[usize::from(*text.get(at + 1)?)] {
            0 => {
                let (number, length) = unicode(&text[at..])?;
                at += length;
                to += encode(number, &mut bytes[to..]);
            }
            byte => {
                bytes[to] = byte;
                (at, to) = (at + 2, to + 1);
            }
        }
    }
    bytes.truncate(to);
    Some(bytes)
}

/// The character that an escape of four digits, or two of them, stands for, and their length.
#[cold]
fn unicode(text: &[u8]) -> Option<(u32, usize)> {
    let first = unit(text)?;
    let is_high = (0xd800..0xdc00).contains(&first);
    let low = text.get(6..).filter(|_| is_high).and_then(unit).filter(|low| (0xdc00..0xe000).contains(low));
    Some(low.map_or((first, 6), |low| (0x1_0000 + ((first - 0xd800) << 10 | (low - 0xdc00)), 12)))
}

/// The UTF-16 unit of an escape that a text begins with.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

/// Writes a character, and gives its length.
fn encode(number: u32, into: &mut [u8]) -> usize {
    if let Some(character) = char::from_u32(number) {
        return character.encode_utf8(into).len();
    }
    for (byte, (mark, shift)) in into.iter_mut().zip([(0xe0, 12), (0x80, 6), (0x80, 0)]) {
        *byte = mark | u8::try_from(number >> shift & 0x3f).unwrap_or_default();
    }
    3
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::entry::Text;
    use super::*;

    /// What `serde_json` makes of it.
    fn expected(text: &[u8]) -> Option<Vec<u8>> {
        let quoted = [b"\"", text, b"\""].concat();
        serde_json::from_slice::<Text<'_>>(&quoted).ok().map(|text| text.0.into_owned())
    }

    #[test]
    fn every_escape_is_resolved_wherever_it_is() {
        for byte in 0..=u8::MAX {
            for length in 0..40 {
                let text = [&b"x".repeat(length)[..], b"\\", &[byte], b"0041 and more behind it"].concat();
                if byte != b'"' {
                    assert_eq!(resolved(&text), expected(&text), "{byte} {length}");
                }
            }
        }
        assert_eq!(resolved(b"\\u+041"), None);
        assert_eq!(resolved(b"\\\""), Some(b"\"".to_vec()));
    }

    /// What may be between the quotes of a string, valid or not.
    pub(in crate::payload::captures) fn written() -> impl Strategy<Value = Vec<u8>> {
        let escapes: &[&[u8]] = &[
            b"\\\"",
            b"\\\\",
            b"\\/",
            b"\\b",
            b"\\f",
            b"\\n",
            b"\\r",
            b"\\t",
            b"\\u0041",
            b"\\u00e9",
            b"\\uFFfd",
            b"\\u0000",
            b"\\ud83d\\ude00",
            b"\\ud83d",
            b"\\ude00",
            b"\\ud83d\\n",
            b"\\ud83dx",
            b"\\ud83d\\u0041",
        ];
        let wrong: &[&[u8]] =
            &[b"\\x", b"\\u12", b"\\u12g4", b"\\ud83d\\u+e00", b"\n", b"\x01", b"\xff", b"\xed\xa0\x80"];
        let plain =
            prop_oneof![4 => "[ -!#-\\[\\]-~]{0,40}", 1 => "[é–😀]{1,9}"].prop_map(String::into_bytes);
        let escape = prop::sample::select(escapes).prop_map(<[u8]>::to_vec);
        let piece =
            prop_oneof![40 => plain, 40 => escape, 1 => prop::sample::select(wrong).prop_map(<[u8]>::to_vec)];
        prop::collection::vec(piece, 0..90).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn escapes_are_resolved_as_serde_json_does(text in written()) {
            prop_assert_eq!(resolved(&text), expected(&text));
        }
    }
}
