//! Which strings keep a `format`?
//!
//! The rules are those of the `jsonschema` crate with formats asserted: what it accepts is accepted
//! here, and nothing else. Its own checks are not public, so they are written down again; a property
//! test holds the two to each other.

/// Whether a string is a UUID: 8-4-4-4-12 hexadecimal digits, in either case, of any version.
///
/// ```
/// use clients_contract::schema::format::is_uuid;
///
/// assert!(is_uuid("00000000-0000-0000-0000-000000000000"));
/// assert!(!is_uuid("{00000000-0000-0000-0000-000000000000}"));
/// ```
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a string is an RFC 3339 date-time.
///
/// `t` and `z` may be lowercase, a space may not stand for the `T`, the fraction may be of any length,
/// and a leap second is accepted only where it is 23:59:60 in UTC.
///
/// ```
/// use clients_contract::schema::format::is_date_time;
///
/// assert!(is_date_time("2024-01-01T00:00:00.000Z"));
/// assert!(!is_date_time("2024-01-01"));
/// ```
pub fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(10) {
        Some(b'T' | b't') => is_date(&bytes[..10]) && is_time(&bytes[11..]),
        _ => false,
    }
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
