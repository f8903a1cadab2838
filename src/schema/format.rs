//! Validates strings against a `format`.
//!
//! The rules are those of the `jsonschema` crate with formats asserted: what it accepts is accepted
//! here, and nothing else. Its own checks are not public, so they are written down again; a property
//! test holds the two to each other. Only `regex` has a rule of its own: the one for `pattern`.

use jsonschema::ValidationOptions;
use referencing::Draft;

use super::pattern::Pattern;

/// A format that a dialect defines: its name, the first dialect that has it, and whether it is asserted.
#[derive(Debug)]
pub(crate) struct Format {
    pub(crate) name: &'static str,
    since: Draft,
    asserted: bool,
}

const fn format(name: &'static str, since: Draft, asserted: bool) -> Format {
    Format { name, since, asserted }
}

/// Every format of draft-04 to 2020-12, by name. What a dialect does not define is not asserted in it.
const FORMATS: &[Format] = &[
    format("date", Draft::Draft7, true),
    format("date-time", Draft::Draft4, true),
    format("duration", Draft::Draft201909, true),
    format("email", Draft::Draft4, true),
    format("hostname", Draft::Draft4, true),
    format("idn-email", Draft::Draft7, false),
    format("idn-hostname", Draft::Draft7, false),
    format("ipv4", Draft::Draft4, true),
    format("ipv6", Draft::Draft4, true),
    format("iri", Draft::Draft7, true),
    format("iri-reference", Draft::Draft7, true),
    format("json-pointer", Draft::Draft6, true),
    format("regex", Draft::Draft7, true),
    format("relative-json-pointer", Draft::Draft7, true),
    format("time", Draft::Draft7, true),
    format("uri", Draft::Draft4, true),
    format("uri-reference", Draft::Draft6, true),
    format("uri-template", Draft::Draft6, true),
    format("uuid", Draft::Draft201909, true),
];

/// Whether strings of this format are checked in schemas of this dialect; the same for every engine.
pub(crate) fn is_asserted(draft: Draft, name: &str) -> bool {
    FORMATS.iter().any(|format| format.name == name && format.asserted && format.since <= draft)
}

/// Options of the `jsonschema` crate with formats asserted, as every engine asserts them.
pub(crate) fn asserting() -> ValidationOptions<'static> {
    jsonschema::options().should_validate_formats(true).with_format("regex", Pattern::is_valid)
}

/// Whether a string is a UUID: 8-4-4-4-12 hexadecimal digits, in either case, of any version.
///
/// ```
/// use clients_contract::schema::format::is_uuid;
///
/// assert!(is_uuid("00000000-0000-0000-0000-000000000000"));
/// assert!(!is_uuid("{00000000-0000-0000-0000-000000000000}"));
/// ```
pub fn is_uuid(text: &str) -> bool {
    <&[u8; 36]>::try_from(text.as_bytes()).is_ok_and(uuid)
}

/// The same of exactly as many bytes: a payload has thousands of them.
#[inline]
pub(crate) fn uuid(text: &[u8; 36]) -> bool {
    let part = |from: usize, length: usize| {
        text[from..from + length].iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    text[8] == b'-'
        && text[13] == b'-'
        && text[18] == b'-'
        && text[23] == b'-'
        && are_hex(part(0, 8))
        && are_hex(part(9, 4) << 32 | part(14, 4))
        && are_hex(part(19, 4) << 32 | part(24, 4))
        && are_hex(part(28, 8))
}

/// Whether eight bytes are hexadecimal digits, all at once.
#[inline]
fn are_hex(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES * 0x80;
    if word & HIGH != 0 {
        return false;
    }
    // With the high bit clear, no sum below carries into the next byte.
    let no_digit = (word ^ (ONES * 0x30)) + ONES * (0x80 - 10);
    let letter = (word | (ONES * 0x20)) ^ (ONES * 0x60);
    let no_letter = (letter + ONES * (0x80 - 7)) | !(letter + ONES * 0x7f);
    no_digit & no_letter & HIGH == 0
}

/// Whether a string is an RFC 3339 date-time.
///
/// `t` and `z` may be lowercase, a space may not replace the `T`, the fraction may be of any length,
/// and a leap second is accepted only where it is 23:59:60 in UTC.
///
/// ```
/// use clients_contract::schema::format::is_date_time;
///
/// assert!(is_date_time("2024-01-01T00:00:00.000Z"));
/// assert!(!is_date_time("2024-01-01"));
/// ```
pub fn is_date_time(text: &str) -> bool {
    date_time(text.as_bytes())
}

pub(crate) fn date_time(text: &[u8]) -> bool {
    match text.get(10) {
        Some(b'T' | b't') => is_date(&text[..10]) && is_time(&text[11..]),
        _ => false,
    }
}

/// Whether this is a date-time of the shape that APIs write most often, `2024-01-01T00:00:00.000Z`, which is
/// recognized quickly; other shapes may be date-times, too.
#[inline]
pub(crate) fn utc_milliseconds(text: &[u8; 24]) -> bool {
    let number = |at: usize| {
        let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
        if tens > 9 || ones > 9 { u8::MAX } else { tens * 10 + ones }
    };
    // What day of a month there is not is for others to say.
    let day =
        (1..=28).contains(&number(8)) && (1..=12).contains(&number(5)) && number(0) < 100 && number(2) < 100;
    let time = number(11) < 24
        && number(14) < 60
        && number(17) < 60
        && number(20) < 100
        && text[22].is_ascii_digit();
    let signs = [text[4], text[7], text[10], text[13], text[16], text[19], text[23]] == *b"--T::.Z";
    day & time & signs
}

/// `YYYY-MM-DD`, a day the calendar has.
fn is_date(text: &[u8]) -> bool {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return false;
    };
    let (Some(century), Some(year), Some(month), Some(day)) =
        (number(y1, y2), number(y3, y4), number(m1, m2), number(d1, d2))
    else {
        return false;
    };
    let year = century * 100 + year;
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `HH:MM:SS`, a fraction perhaps, and an offset.
fn is_time(text: &[u8]) -> bool {
    let &[h1, h2, b':', m1, m2, b':', s1, s2, ref tail @ ..] = text else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) = (number(h1, h2), number(m1, m2), number(s1, s2)) else {
        return false;
    };
    let Some(offset) = after_fraction(tail).and_then(offset_in_minutes) else {
        return false;
    };
    let last_minute_of_day = (hour * 60 + minute - offset).rem_euclid(24 * 60) == 24 * 60 - 1;
    hour <= 23 && minute <= 59 && (second <= 59 || (second == 60 && last_minute_of_day))
}

/// What follows the fraction, if there is one; nothing if the fraction has no digit.
fn after_fraction(text: &[u8]) -> Option<&[u8]> {
    let Some(digits) = text.strip_prefix(b".") else {
        return Some(text);
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then(|| &digits[count..])
}

/// `Z`, `+HH:MM` or `-HH:MM`, and nothing after it.
fn offset_in_minutes(text: &[u8]) -> Option<i32> {
    match *text {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(h1, h2)?, number(m1, m2)?);
            let offset = hours * 60 + minutes;
            (hours <= 23 && minutes <= 59).then_some(if sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

/// Two decimal digits.
fn number(tens: u8, ones: u8) -> Option<i32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_asserted_is_what_the_crate_checks_in_that_dialect() {
        for draft in [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012] {
            for format in FORMATS {
                let options = jsonschema::options().with_draft(draft).should_validate_formats(true);
                let checked = options.build(&json!({"format": format.name})).unwrap();
                // No string is of any of these formats.
                let refuses = !checked.is_valid(&json!("\\ [{\u{0}"));
                assert!(refuses || !is_asserted(draft, format.name), "{draft:?} {}", format.name);
                let defined = format.since <= draft;
                assert_eq!(refuses && defined, is_asserted(draft, format.name), "{draft:?} {}", format.name);
            }
        }
        assert!(!is_asserted(Draft::Draft7, "uuid"));
        assert!(!is_asserted(Draft::Draft202012, "int32"));
    }
}
