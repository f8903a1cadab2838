//! Collects statistics of single strings and numbers.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::field::Span;
use super::field_state::{FieldState, Kind};

/// Strings are remembered by their first bytes, so many of them, and their length.
pub(super) const HEAD: usize = 4_096;

// Values of different types are different: each type has its own seed.
const STRING: u64 = 0;
const NUMBER: u64 = 1;
const BOOLEAN: u64 = 2;
const LONG: u64 = 3;

impl FieldState<'_> {
    pub(super) fn boolean(&mut self, value: bool) {
        self.count(Kind::Boolean);
        if !self.secret {
            self.remember(xxh3_64_with_seed(&[u8::from(value)], BOOLEAN));
        }
    }

    /// A string as it is written between its quotes.
    #[inline]
    pub(super) fn string(&mut self, raw: &[u8], escaped: bool, payload: u64) {
        self.count(Kind::String);
        if self.secret {
            return;
        }
        if raw.len() > HEAD {
            self.long(&raw[..HEAD], raw.len() as u64, points(raw));
            return;
        }
        let bytes = raw.len() as u64;
        let [least, most] = self.length;
        // As many code points as bytes at most, and a twelfth of them at least: most are not counted.
        if bytes > most || bytes.div_ceil(12) < least {
            self.measure(if escaped { points_written(raw) } else { points(raw) });
        }
        self.remember(xxh3_64_with_seed(raw, STRING));
        if self.is_looked_at {
            self.looked_at(&decoded(raw, escaped), payload);
        }
    }

    #[inline(never)]
    fn looked_at(&mut self, text: &str, payload: u64) {
        if self.has_enum {
            self.count_member(text, payload);
        } else {
            self.count_formats(text);
        }
    }

    /// A string of which no more is held: its first bytes, how many there are, and code points.
    #[cold]
    fn long(&mut self, head: &[u8], bytes: u64, points: u64) {
        self.measure(points);
        self.remember(xxh3_64_with_seed(head, LONG ^ bytes.rotate_left(32)));
        if self.has_enum {
            self.count_other_member();
        }
    }

    /// The same of one that was not seen whole.
    pub(super) fn long_string(&mut self, head: &[u8], bytes: u64, points: u64) {
        self.count(Kind::String);
        if !self.secret {
            self.long(head, bytes, points);
        }
    }

    fn measure(&mut self, points: u64) {
        self.length = [self.length[0].min(points), self.length[1].max(points)];
    }

    /// A number as it is written; whether that decides what is an integer.
    pub(super) fn number(&mut self, raw: &[u8], as_written: bool) {
        let number = value(raw);
        let is_whole = number.fract() == 0.0 && !(as_written && raw.iter().any(|byte| b".eE".contains(byte)));
        self.count(if is_whole { Kind::Integer } else { Kind::Fraction });
        if self.secret {
            return;
        }
        // Zero has two signs and is one number.
        self.remember(xxh3_64_with_seed(&(number + 0.0).to_bits().to_le_bytes(), NUMBER));
        let within = self.numbers.is_some_and(|span| {
            let [least, most] = [span.least, span.most].map(bound);
            number >= least && number <= most
        });
        if !within {
            Span::join(&mut self.numbers, Span { least: -power(-number), most: power(number) });
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "bounds are powers of two, or the last integers")]
fn bound(value: i64) -> f64 {
    value as f64
}

/// The value of a number; one that is too large for a double is as large as any.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "JSON's numbers are read as doubles here")]
fn value(raw: &[u8]) -> f64 {
    let (minus, digits) = if let [b'-', digits @ ..] = raw { (true, digits) } else { (false, raw) };
    if digits.len() <= 15 && digits.iter().all(u8::is_ascii_digit) {
        let whole = digits.iter().fold(0_u64, |whole, digit| whole * 10 + u64::from(digit - b'0'));
        let whole = whole as f64;
        return if minus { -whole } else { whole };
    }
    let text = std::str::from_utf8(raw).unwrap_or_default();
    text.parse::<f64>().unwrap_or_default().clamp(f64::MIN, f64::MAX)
}

/// The minimum power of two (or minus one, or zero) that is not below: rounding that hides the value.
#[expect(clippy::cast_possible_truncation, reason = "casts saturate")]
fn power(number: f64) -> i64 {
    if number > 0.0 {
        let whole = (number.ceil() as i64).unsigned_abs();
        let power = whole.checked_next_power_of_two();
        power.map_or(i64::MAX, |power| i64::try_from(power).unwrap_or(i64::MAX))
    } else if number > -1.0 {
        0
    } else {
        let size = (number.ceil() as i64).unsigned_abs().max(1);
        -(1_i64 << size.ilog2().min(62))
    }
}

/// How many code points a UTF-8 text has.
pub(super) fn points(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(byte & 0xc0 != 0x80)).sum()
}

/// How many code points a text has that is written with escapes.
#[cold]
fn points_written(raw: &[u8]) -> u64 {
    let mut count = points(raw);
    let mut at = 0;
    while let Some(offset) = raw.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += offset;
        // A pair of surrogates is one code point in twelve characters.
        let high = matches!(
            raw.get(at + 1..at + 4),
            Some([b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'b' | b'A'..=b'B'])
        );
        let length = if high {
            12
        } else if raw.get(at + 1) == Some(&b'u') {
            6
        } else {
            2
        };
        count = count.saturating_sub(length as u64 - 1);
        at += length;
    }
    count
}

/// The text of a string that was validated before; what cannot be read after all is empty.
pub(super) fn decoded(raw: &[u8], escaped: bool) -> Cow<'_, str> {
    if !escaped {
        return std::str::from_utf8(raw).map_or(Cow::Borrowed(""), Cow::Borrowed);
    }
    let quoted = [b"\"", raw, b"\""].concat();
    serde_json::from_slice::<String>(&quoted).map_or(Cow::Borrowed(""), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_rounded_outward() {
        for (number, least, most) in [
            (0.0, 0, 0),
            (1.0, 1, 1),
            (3.0, 2, 4),
            (0.5, 0, 1),
            (-0.5, -1, 0),
            (-3.0, -4, -2),
            (5.5, 4, 8),
            (f64::MAX, 1 << 62, i64::MAX),
        ] {
            assert_eq!((-power(-number), power(number)), (least, most), "{number}");
        }
    }

    #[test]
    fn escapes_are_one_character_each() {
        for text in ["", "plain", "a\nb", "\u{e9}", "\u{1f600}x", "\\\"", "tab\tend\u{7f}"] {
            let escapes: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let ascii = escapes.concat();
            let short = serde_json::to_string(text).unwrap();
            for raw in [&*ascii, &short[1..short.len() - 1]] {
                assert_eq!(points_written(raw.as_bytes()), text.chars().count() as u64, "{raw}");
                assert_eq!(decoded(raw.as_bytes(), true), text);
            }
        }
    }

    #[test]
    fn numbers_are_read_by_their_value() {
        for (text, number) in
            [("0", 0.0), ("-0", 0.0), ("17", 17.0), ("-17", -17.0), ("1e3", 1_000.0), ("1.50", 1.5)]
        {
            assert!((value(text.as_bytes()) - number).abs() < f64::EPSILON, "{text}");
        }
        assert!(value(b"1e400") >= f64::MAX);
        assert!(value(b"123456789012345678901234567890") > 1e29);
    }
}
