//! Finds a secret in text in any of its encodings.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;

/// A secret in the spellings that a server may send it back in: as it is, and in base64, alone or behind
/// something else. Each of these may be escaped as JSON does it, also JSON within JSON, or percent-encoded,
/// once or twice.
#[derive(Clone)]
pub(super) struct Spellings {
    spellings: Vec<Vec<u8>>,
}

impl Spellings {
    /// The traces of a secret.
    pub(super) fn of(secret: &str) -> Self {
        let mut spellings = as_text(secret);
        for before in 0..3 {
            let behind_others = [&[0; 2][..before.min(2)], secret.as_bytes()].concat();
            // These characters hold bits of the secret alone, whatever stands before and behind it.
            let own = (before * 8).div_ceil(6)..behind_others.len() * 8 / 6;
            for text in [STANDARD_NO_PAD.encode(&behind_others), URL_SAFE_NO_PAD.encode(&behind_others)] {
                let spelling = text.as_bytes().get(own.clone()).unwrap_or_default().to_vec();
                if !spellings.contains(&spelling) {
                    spellings.push(spelling);
                }
            }
        }
        Self { spellings }
    }

    /// Writes asterisks over every trace. Text that was JSON still is.
    pub(super) fn hide(&self, text: &mut [u8]) {
        let has_escapes = memchr::memchr2(b'\\', b'%', text).is_some();
        for spelling in &self.spellings {
            let mut from = 0;
            while let Some(at) = memmem::find(&text[from..], spelling) {
                from = hide_at(text, from + at, spelling.len());
            }
            let mut from = 0;
            while let Some((at, length)) = has_escapes.then(|| escaped(spelling, text, from)).flatten() {
                from = hide_at(text, at, length);
            }
        }
    }
}

/// The shortest beginning of a secret that is hidden at the end of a text.
#[cfg(feature = "serve")]
const MIN_BEGINNING: usize = 4;

#[cfg(feature = "serve")]
impl Spellings {
    /// Writes asterisks over the beginning of a trace at the end of text that is cut off there.
    pub(super) fn hide_cut(&self, text: &mut [u8]) {
        // No letter is spelt with more bytes, as far as it is followed here.
        const LETTER: usize = 8;
        let longest = self.spellings.iter().map(Vec::len).max().unwrap_or_default() * LETTER;
        let from = text.len().saturating_sub(longest);
        let starts = (from..text.len()).find(|at| {
            self.spellings.iter().any(|spelling| {
                let mut rest = *at;
                let spelt = spelling.iter().take_while(|byte| {
                    let length = letter(**byte, &text[rest..]);
                    rest += length.unwrap_or_default();
                    length.is_some()
                });
                let count = spelt.count();
                let is_escape = matches!(text.get(rest), Some(b'\\' | b'%')) && text.len() - rest < LETTER;
                count >= MIN_BEGINNING && (rest == text.len() || is_escape)
            })
        });
        if let Some(at) = starts {
            text[at..].fill(b'*');
        }
    }
}

/// The secret as it is, and escaped where `letter` does not follow: a `\` or `%` of its own, of which a text
/// has two readings, and characters beyond ASCII. The longest come first.
fn as_text(secret: &str) -> Vec<Vec<u8>> {
    let of = |c: char, all: &[&'static str]| {
        let count = if secret.contains(c) { all.len() } else { 1 };
        all[all.len() - count..].to_vec()
    };
    let (backslashes, percents) =
        (of('\\', &[r"\\\\", r"\u005c", r"\u005C", r"\\", r"\"]), of('%', &["%2525", "%25", "%"]));
    let mut texts = Vec::new();
    for backslash in backslashes {
        for percent in &percents {
            for space in of(' ', &["+", " "]) {
                let text = secret.replace('\\', backslash).replace('%', percent).replace(' ', space);
                if !text.is_ascii() {
                    texts.push(escaped_characters(&text, |unit| format!("\\u{unit:04x}")).into_bytes());
                    texts.push(escaped_characters(&text, |unit| format!("\\u{unit:04X}")).into_bytes());
                }
                texts.push(text.into_bytes());
            }
        }
    }
    texts
}

/// The text with characters beyond ASCII escaped, in units of UTF-16.
fn escaped_characters(text: &str, escape: impl Fn(u16) -> String) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| escape(*unit)));
        }
    }
    escaped
}

/// Hides a trace; gives its end.
fn hide_at(text: &mut [u8], at: usize, length: usize) -> usize {
    let backslashes = |text: &[u8]| text.iter().rev().take_while(|byte| **byte == b'\\').count();
    // A backslash that would be left alone goes, too, and what one at the end escapes.
    let (start, end) = (at - backslashes(&text[..at]) % 2, at + length);
    let end = if backslashes(&text[..end]) % 2 == 1 { text.len().min(end + 1) } else { end };
    text[start..end].fill(b'*');
    end
}

/// The first trace that has an escape: it begins no further before that than the secret is long.
fn escaped(spelling: &[u8], text: &[u8], from: usize) -> Option<(usize, usize)> {
    let first = *spelling.first()?;
    let mut tried = from;
    memchr::memchr2_iter(b'\\', b'%', &text[from..]).map(|escape| from + escape).find_map(|escape| {
        let start = tried.max((escape + 1).saturating_sub(spelling.len()));
        tried = escape + 1;
        let begins = |at: &usize| text[*at] == first || *at == escape;
        (start..=escape).filter(begins).find_map(|at| Some((at, spelt(spelling, &text[at..])?)))
    })
}

/// How much of the text's beginning spells it.
fn spelt(spelling: &[u8], text: &[u8]) -> Option<usize> {
    spelling.iter().try_fold(0, |at, byte| Some(at + letter(*byte, &text[at..])?))
}

/// The same of one byte.
fn letter(byte: u8, text: &[u8]) -> Option<usize> {
    if text.first() == Some(&byte) {
        return Some(1);
    }
    let is_hex = |digits: Option<&[u8]>| {
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) == Some(byte)
    };
    if text.first() == Some(&b'%') {
        let behind = if text.starts_with(b"%25") { 3 } else { 1 };
        return is_hex(text.get(behind..behind + 2)).then_some(behind + 2);
    }
    let escapes = text.iter().take_while(|byte| **byte == b'\\').count();
    let behind = &text[escapes..];
    if escapes == 0 {
        None
    } else if behind.first() == Some(&byte) && !byte.is_ascii_alphanumeric() {
        Some(escapes + 1)
    } else {
        (behind.starts_with(b"u00") && is_hex(behind.get(3..5))).then_some(escapes + 5)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "ti_test_0123/456+89";

    #[test]
    fn a_secret_with_escapes_of_its_own_is_hidden() {
        let secret = "pä\"s%20\\wörd \\";
        let spellings = Spellings::of(secret);
        let ascii =
            escaped_characters(&serde_json::to_string(secret).unwrap(), |unit| format!("\\u{unit:04x}"));
        let percent = secret.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        for text in [
            serde_json::to_string(secret).unwrap(),
            ascii.clone(),
            ascii.replace("\\\\", "\\u005c"),
            format!("\"{percent}\""),
            format!("\"{}\"", percent.replace('%', "%25")),
            format!("\"{}\"", STANDARD_NO_PAD.encode(secret)),
            format!("\"{}\"", "pä\\\"s%2520%5Cwörd+%5C"),
        ] {
            let mut bytes = text.clone().into_bytes();
            spellings.hide(&mut bytes);
            let shown = String::from_utf8_lossy(&bytes).into_owned();
            let inside = &shown[1..shown.len() - 1];
            assert!(
                inside.bytes().filter(|byte| *byte == b'*').count() + 2 >= inside.len(),
                "{text}: {shown}"
            );
            assert!(serde_json::from_str::<String>(&shown).is_ok(), "{text}: {shown}");
        }
    }

    fn hidden(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        Spellings::of(SECRET).hide(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_spelling_is_found() {
        let escaped = SECRET.replace('/', "\\/");
        let unicode = SECRET.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat();
        let twice = unicode.to_uppercase().replace("\\U", "\\\\u");
        let percent = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let double = percent.to_lowercase().replace('%', "%25");
        for spelling in [SECRET, &escaped, &unicode, &twice, &percent, &double] {
            let text = hidden(&format!("{{\"a\": \"Bearer {spelling}.\"}}"));
            assert_eq!(text, format!("{{\"a\": \"Bearer {}.\"}}", "*".repeat(spelling.len())));
        }
        for before in ["", "B", "Be", "Bearer "] {
            for text in [
                STANDARD_NO_PAD.encode(format!("{before}{SECRET}x")),
                URL_SAFE_NO_PAD.encode(format!("{before}{SECRET}")),
            ] {
                let left = hidden(&text).replace('*', "").len();
                assert!(left <= before.len() * 8 / 6 + 4, "{text}: {}", hidden(&text));
            }
        }
        let other = SECRET.replace('9', "8");
        assert_eq!(hidden(&other), other);
    }

    #[cfg(feature = "serve")]
    #[test]
    fn the_beginning_of_a_secret_is_hidden_where_text_is_cut_off() {
        let escaped = SECRET.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat();
        for spelling in [SECRET, &escaped, &STANDARD_NO_PAD.encode(SECRET)] {
            for length in spelling.len() / 2..spelling.len() {
                let mut text = format!("{{\"a\": \"x{}", &spelling[..length]).into_bytes();
                Spellings::of(SECRET).hide_cut(&mut text);
                let text = String::from_utf8(text).unwrap();
                assert_eq!(text, format!("{{\"a\": \"x{}", "*".repeat(length)), "{spelling}");
            }
        }
        for other in ["", "{\"a\": \"tidy", "ti_test, or"] {
            let mut text = other.as_bytes().to_vec();
            Spellings::of(SECRET).hide_cut(&mut text);
            assert_eq!(text, other.as_bytes());
        }
    }

    proptest! {
        /// What was JSON is JSON, wherever the secret stands and however each character is spelt.
        #[test]
        fn json_stays_json(ways in vec(0_usize..4, SECRET.len()), before in "[\\\\nt\"a/]{0,6}") {
            let spell = |(byte, way): (u8, &usize)| match way {
                0 => char::from(byte).to_string(),
                1 => format!("\\u{byte:04x}"),
                2 if byte == b'/' => "\\/".to_owned(),
                _ => format!("%{byte:02x}"),
            };
            let secret: String = SECRET.bytes().zip(&ways).map(spell).collect();
            let before = serde_json::to_string(&before).unwrap();
            let text = format!("{}{secret}\"", &before[..before.len() - 1]);
            prop_assert!(serde_json::from_str::<String>(&text).is_ok());
            let hidden = hidden(&text);
            prop_assert!(serde_json::from_str::<String>(&hidden).is_ok(), "{text} {hidden}");
            prop_assert!(hidden.ends_with("****\""), "{text} {hidden}");
        }
    }
}
