//! Collects statistics of single strings and numbers.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::distinct::hash_of;
use super::field::Span;
use super::field_state::{FieldState, Kind};
use crate::validate::{Digest, points};

// Values of different types are different: each type has its own seed, that of strings being 0.
const NUMBER: u64 = 1;
const BOOLEAN: u64 = 2;
const LONG: u64 = 3;

impl FieldState<'_> {
    #[inline]
    pub(super) fn boolean(&mut self, value: bool) {
        self.count(Kind::Boolean);
        if !self.secret && self.is_new_boolean(value) {
            self.remember(xxh3_64_with_seed(&[u8::from(value)], BOOLEAN));
        }
    }

    /// A string as it is written between its quotes, of at most 4,096 bytes.
    #[inline]
    pub(super) fn string(&mut self, raw: &[u8], payload: u64) {
        self.count(Kind::String);
        if self.secret {
            return;
        }
        if self.may_stretch(raw.len()) {
            let is_plain = raw.is_ascii() && memchr::memchr(b'\\', raw).is_none();
            self.measure(if is_plain { raw.len() as u64 } else { points_written(raw) });
        }
        let hash = hash_of(raw);
        if self.has_enum && self.is_counted_again(raw, hash, payload) {
            return;
        }
        self.remember(hash);
        if self.is_looked_at {
            self.looked_at(&decoded(raw), payload);
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

    /// A longer string.
    #[cold]
    pub(super) fn long_string(&mut self, Digest { head, bytes, points }: &Digest) {
        self.count(Kind::String);
        if self.secret {
            return;
        }
        self.measure(*points);
        self.remember(xxh3_64_with_seed(head, LONG ^ bytes.rotate_left(32)));
        if self.has_enum {
            self.count_other_member();
        }
    }

    /// A number, and whether it is an integer.
    #[inline]
    pub(super) fn number(&mut self, number: f64, is_whole: bool) {
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
fn decoded(raw: &[u8]) -> Cow<'_, str> {
    if memchr::memchr(b'\\', raw).is_none() {
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
                assert_eq!(decoded(raw.as_bytes()), text);
            }
        }
    }
}
