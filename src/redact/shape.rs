//! Replaces letters by letters and digits by digits.

use super::pseudonyms::{Domain, Pseudonyms, Stream};

/// Characters that are replaced by each other: code points from and to, both included.
type Range = (u32, u32);

/// Letters of scripts by case, where there is one, and signs that stand for letters: braille, flags, tags, and
/// what only some font has a meaning for. What is no letter and no digit separates, and is kept.
const RANGES: [Range; 27] = [
    (0x61, 0x7a),
    (0x41, 0x5a),
    (0x30, 0x39),
    (0xdf, 0xf6),
    (0xf8, 0xff),
    (0xc0, 0xd6),
    (0xd8, 0xde),
    (0x100, 0x17f),
    (0x3b1, 0x3c9),
    (0x391, 0x3a1),
    (0x430, 0x44f),
    (0x410, 0x42f),
    (0x5d0, 0x5ea),
    (0x627, 0x63a),
    (0x905, 0x939),
    (0xe01, 0xe2e),
    (0x3041, 0x3096),
    (0x30a1, 0x30fa),
    (0x4e00, 0x9fa5),
    (0xac00, 0xd7a3),
    (0x2800, 0x28ff),
    (0x1f1e6, 0x1f1ff),
    (0xe0020, 0xe007f),
    (0xe0100, 0xe01ef),
    (0xe000, 0xf8ff),
    (0xf0000, 0xffffd),
    (0x0010_0000, 0x0010_fffd),
];

/// Every other letter.
const OTHERS: Range = (0x1200, 0x1248);

/// Digits of identifiers in hexadecimal, by case.
const HEX: [&[u8; 16]; 2] = [b"0123456789abcdef", b"0123456789ABCDEF"];

/// Fewer hexadecimal digits could be a word.
const MIN_HEX: usize = 16;

/// Numbers of more digits are text.
pub(super) const MAX_DIGITS: usize = 18;

/// Parts of a bit.
const BIT: u32 = 256;

/// From so many bits on, texts have so many possible replacements that two are as good as never the same.
const MANY: u32 = 48 * BIT;

fn range_of(character: char) -> Option<Range> {
    match character {
        'a'..='z' => return Some(RANGES[0]),
        'A'..='Z' => return Some(RANGES[1]),
        '0'..='9' => return Some(RANGES[2]),
        '\0'..='\x7f' => return None,
        _ => {}
    }
    let code = u32::from(character);
    let known = RANGES.into_iter().find(|(from, to)| (*from..=*to).contains(&code));
    known.or_else(|| character.is_alphanumeric().then_some(OTHERS))
}

fn character(range: Range, index: u32) -> char {
    char::from_u32(range.0 + index).unwrap_or('x')
}

fn size((from, to): Range) -> u32 {
    to - from + 1
}

/// Whether a text is one hexadecimal number; the digits to write it with.
fn hex(text: &str) -> Option<&'static [u8; 16]> {
    if text.len() < MIN_HEX || !text.as_bytes()[0].is_ascii_hexdigit() {
        return None;
    }
    let digits = |letters: fn(&u8) -> bool| text.bytes().all(|byte| byte.is_ascii_digit() || letters(&byte));
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        None
    } else if digits(|byte| matches!(byte, b'a'..=b'f')) {
        Some(HEX[0])
    } else if digits(|byte| matches!(byte, b'A'..=b'F')) {
        Some(HEX[1])
    } else {
        None
    }
}

/// Whether a text is a whole number as JSON writes it.
fn is_number(text: &str) -> bool {
    let digits = (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text.len() == 1 || !text.starts_with('0'))
}

impl Pseudonyms {
    /// Appends a text of the same shape: as many characters, letters of the same script and case where
    /// letters were, digits where digits were, all else as it is. Of texts that have few replacements no two
    /// have the same. `identity` is what equal texts have in common.
    pub(super) fn substitute(&self, text: &str, identity: &[u8], out: &mut String) {
        if is_number(text) {
            return self.number(text, false, out);
        }
        if let Some(digits) = hex(text) {
            let mut stream = self.stream(Domain::Text, identity);
            out.extend((0..text.len()).map(|_| char::from(digits[stream.below(16) as usize])));
            return;
        }
        if bits(text, MANY) >= MANY {
            return draw(text, &mut self.stream(Domain::Text, identity), out);
        }
        let (size, number) = space(text);
        let number = self.permuted(Domain::Shape, tweak(text).as_bytes(), size, number);
        unrank(text, number, out);
    }

    /// Appends a whole number of as many digits. Behind a sign none becomes zero.
    pub(super) fn number(&self, digits: &str, signed: bool, out: &mut String) {
        let zero = u64::from(digits.len() == 1 && !signed);
        let number: u64 = digits.parse().unwrap_or(0);
        let least = if zero == 1 { 0 } else { 10_u64.pow(u32::try_from(digits.len() - 1).unwrap_or(0)) };
        let size = 10_u64.pow(u32::try_from(digits.len()).unwrap_or(0)) - least;
        let number = self.permuted(Domain::Digits, &[], size, number.saturating_sub(least));
        out.push_str(&(least + number).to_string());
    }
}

/// Bits that the replacements of a text have.
pub(super) fn all_bits(text: &str) -> u32 {
    bits(text, u32::MAX) / BIT
}

/// Parts of the bits that the replacements of a text have, as far as they are fewer than `many`.
fn bits(text: &str, many: u32) -> u32 {
    let mut bits = 0_u32;
    for letter in text.chars() {
        bits = bits.saturating_add(match letter {
            'a'..='z' | 'A'..='Z' => 1_203,
            '0'..='9' => 850,
            '\0'..='\x7f' => 0,
            _ => match range_of(letter) {
                // Several letters become the same one.
                Some(OTHERS) => MANY,
                Some(range) => size(range).ilog2() * BIT,
                None => 0,
            },
        });
        if bits >= many {
            return bits;
        }
    }
    bits
}

/// How many texts have the shape of this one, and which of them it is. There are not many.
fn space(text: &str) -> (u64, u64) {
    let (mut all, mut number) = (1_u64, 0_u64);
    for letter in text.chars() {
        let Some(range) = range_of(letter) else { continue };
        let radix = u64::from(size(range));
        all = all.saturating_mul(radix);
        number = number.saturating_mul(radix).saturating_add(u64::from(u32::from(letter) - range.0));
    }
    (all, number)
}

/// The shape of a text: the first letter of its alphabet for each letter.
fn tweak(text: &str) -> String {
    text.chars().map(|letter| range_of(letter).map_or(letter, |range| character(range, 0))).collect()
}

fn unrank(text: &str, mut number: u64, out: &mut String) {
    let start = out.len();
    let mut letters: Vec<char> = text.chars().collect();
    for letter in letters.iter_mut().rev() {
        if let Some(range) = range_of(*letter) {
            let radix = u64::from(size(range));
            *letter = character(range, u32::try_from(number % radix).unwrap_or(0));
            number /= radix;
        }
    }
    out.extend(letters);
    debug_assert_eq!(text.chars().count(), out[start..].chars().count());
}

/// Draws every letter.
fn draw(text: &str, stream: &mut Stream, out: &mut String) {
    for letter in text.chars() {
        out.push(range_of(letter).map_or(letter, |range| character(range, stream.below(size(range)))));
    }
}

/// Writes `x` for every letter and `0` for every digit.
pub(super) fn mask(text: &str, out: &mut String) {
    out.extend(text.chars().map(|letter| match range_of(letter) {
        Some((0x30, _)) => '0',
        Some((0x41, _)) => 'X',
        Some(_) => 'x',
        None => letter,
    }));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::key::Key;
    use super::*;

    fn substituted(text: &str) -> String {
        let mut out = String::new();
        let pseudonyms = Pseudonyms::new(&Key::new(&[7; 16]).unwrap());
        pseudonyms.substitute(text, text.as_bytes(), &mut out);
        out
    }

    #[test]
    fn the_shape_of_a_text_is_kept() {
        for text in [
            "",
            "-",
            "A",
            "Ünïcödé Æß",
            "a-1_B.9",
            "日本語 テスト",
            "Ελλάδα",
            "🎉 ok",
            "0042",
            "ሀ x",
            "⠚⠕⠓⠝",
            "🇩🇪",
            "🏴\u{e0067}\u{e0062}",
        ] {
            let other = substituted(text);
            assert_eq!(tweak(&other), tweak(text));
            assert_eq!(other, substituted(text));
        }
        assert_ne!(substituted("Some Name"), "Some Name");
        for text in ["⠚⠕⠓⠝", "\u{e006a}\u{e006f}\u{e0068}", "🇯🇴🇭🇳", "\u{e06a}\u{e06f}", "①②③④", "a\u{e0105}"]
        {
            let other = substituted(text);
            assert!(text.chars().zip(other.chars()).filter(|(a, b)| a == b).count() < 2, "{text} {other}");
        }
        assert_eq!(substituted("42").len(), 2);
        let long = substituted("5f3a9c0011223344");
        assert!(long.bytes().all(|byte| byte.is_ascii_hexdigit()), "{long}");
    }

    #[test]
    fn short_texts_have_different_replacements() {
        let all: BTreeSet<String> = ('a'..='z')
            .flat_map(|a| ('a'..='z').map(move |b| substituted(&format!("{a}{b}"))))
            .chain((0..1_000).map(|number| substituted(&number.to_string())))
            .collect();
        assert_eq!(all.len(), 26 * 26 + 1_000);
    }
}
