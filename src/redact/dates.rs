//! Moves dates in time, all by the same number of days.

use std::borrow::Cow;
use std::fmt::Write;

use super::pseudonyms::{Domain, Pseudonyms};
use crate::generate::{civil, day_number};

/// Dates move back by at least this number of days, and at most by so many more.
const MIN_DAYS: u64 = 365;
const MORE_DAYS: u64 = 3_650;

const DAY: i64 = 86_400;

/// From here on a number of seconds since 1970 is one of milliseconds.
const MILLISECONDS: i64 = 100_000_000_000;

/// Digits of the longest fraction of a second that is kept: nanoseconds.
const MAX_FRACTION: usize = 9;

/// By how much dates move. Their order, and the time between them, stay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    days: i64,
}

impl Shift {
    pub(super) fn of(pseudonyms: &Pseudonyms) -> Self {
        let days = MIN_DAYS + pseudonyms.stream(Domain::Days, &[]).next() % MORE_DAYS;
        Self { days: i64::try_from(days).unwrap_or(0) }
    }

    /// Appends a date, or a date and a time, with the time as it is; nothing where the text does not begin
    /// with a date. A day that the calendar does not have stays one. What would move before the year 0 is
    /// kept: it says "never".
    pub(super) fn date(self, text: &str, into: &mut String) -> Option<()> {
        let (day, time) = text.split_at_checked(10)?;
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day.as_bytes() else { return None };
        let number = |digits: &[u8]| {
            let is_number = digits.iter().all(u8::is_ascii_digit);
            is_number.then(|| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
        };
        let date = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
        if !is_time(time) {
            return None;
        }
        let number = day_number(date.0, date.1, date.2);
        let is_day = civil(number) == date;
        let moved =
            if is_day { civil(number - self.days) } else { (date.0 - self.days / 365, date.1, date.2) };
        let (year, month, day) = if moved.0 < 0 { date } else { moved };
        write!(into, "{year:04}-{month:02}-{day:02}{}", with_short_fraction(time)).ok()
    }

    /// The same of a day that the calendar has, as ten characters; nothing where it would be kept.
    pub(super) fn day(self, day: &[u8; 10]) -> Option<[u8; 10]> {
        let number = |from: usize, to: usize| {
            day[from..to].iter().fold(0, |number, digit| number * 10 + i64::from(digit.wrapping_sub(b'0')))
        };
        let (year, month, date) = civil(day_number(number(0, 4), number(5, 7), number(8, 10)) - self.days);
        let digit = |number: i64, unit: i64| b'0' + u8::try_from(number / unit % 10).unwrap_or(0);
        let digits = |number: i64| [digit(number, 10), digit(number, 1)];
        let ([y1, y2], [y3, y4]) = (digits(year / 100), digits(year % 100));
        let ([m1, m2], [d1, d2]) = (digits(month), digits(date));
        (year >= 0).then_some([y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2])
    }

    /// A date as a number of seconds or milliseconds since 1970.
    pub(super) fn instant(self, instant: i64) -> i64 {
        let unit = if instant.abs() >= MILLISECONDS { 1_000 } else { 1 };
        instant.saturating_sub(self.days * DAY * unit)
    }
}

/// Whether what follows a day is nothing, or has the form of a time of day (`T10:00`, with seconds, a
/// fraction and an offset or not), whatever its numbers are. Other digits may be anything.
fn is_time(text: &str) -> bool {
    let Some(time) = text.strip_prefix(['T', 't', ' ']) else { return text.is_empty() };
    let pairs = |text: &str| text.split(':').all(|pair| pair.len() == 2 && are_digits(pair));
    let clock = time.find(|letter: char| letter != ':' && !letter.is_ascii_digit()).unwrap_or(time.len());
    let (clock, rest) = time.split_at(clock);
    let fraction = rest.strip_prefix(['.', ',']);
    let length = fraction.map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let offset = fraction.map_or(rest, |rest| &rest[length..]);
    let is_offset = match offset {
        "" | "Z" | "z" => true,
        _ => offset.strip_prefix(['+', '-']).is_some_and(|offset| {
            offset.len() <= 5 && pairs(offset) || offset.len() == 4 && are_digits(offset)
        }),
    };
    clock.len() <= 8 && pairs(clock) && is_offset
}

/// A time of day with zeros for a fraction that is too long to be one of a second.
fn with_short_fraction(time: &str) -> Cow<'_, str> {
    let Some(from) = time.find(['.', ',']).map(|at| at + 1) else { return Cow::Borrowed(time) };
    let length = time[from..].bytes().take_while(u8::is_ascii_digit).count();
    if length <= MAX_FRACTION {
        return Cow::Borrowed(time);
    }
    Cow::Owned([&time[..from], &"0".repeat(length), &time[from + length..]].concat())
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_move_by_whole_days_and_keep_their_time() {
        let moved = |text: &str| {
            let mut out = String::new();
            Shift { days: 366 }.date(text, &mut out).map(|()| out)
        };
        assert_eq!(moved("2024-03-01T10:00:00.5Z").as_deref(), Some("2023-03-01T10:00:00.5Z"));
        assert_eq!(moved("2024-02-29").as_deref(), Some("2023-02-28"));
        assert_eq!(moved("2024-13-01").as_deref(), Some("2023-13-01"));
        assert_eq!(moved("2023-02-29 24:00").as_deref(), Some("2022-02-29 24:00"));
        assert_eq!(moved("0001-01-01").as_deref(), Some("0000-01-01"));
        assert_eq!(
            moved("2024-03-01T25:61:00,123456789+0200").as_deref(),
            Some("2023-03-01T25:61:00,123456789+0200")
        );
        assert_eq!(
            moved("2024-03-01T10:00:00.4915112345678Z").as_deref(),
            Some("2023-03-01T10:00:00.0000000000000Z")
        );
        assert_eq!(moved("0000-01-01").as_deref(), Some("0000-01-01"));
        for other in [
            "",
            "2024",
            "2024-1-1",
            "2024-01-01Tmarker",
            "2024-01-01/2",
            "9999999999",
            "2024-01-01T+4915112345678",
            "2024-01-01T4915112345678",
            "2024-01-01T10:00+4915112345",
            "2024-01-01T",
        ] {
            assert_eq!(moved(other), None, "{other}");
        }
        assert_eq!(Shift { days: 1 }.instant(1_700_000_000), 1_699_913_600);
        assert_eq!(Shift { days: 1 }.instant(1_700_000_000_000), 1_699_913_600_000);
    }

    #[test]
    fn every_day_has_its_number() {
        for day in (-800_000..2_900_000).step_by(17) {
            let (year, month, date) = civil(day);
            assert_eq!(day_number(year, month, date), day);
            let text = format!("{year:04}-{month:02}-{date:02}");
            let mut moved = String::new();
            let shift = Shift { days: 1_234 };
            if (0..=9_999).contains(&year)
                && let Some(day) = text.as_bytes().try_into().ok().and_then(|day| shift.day(day))
            {
                shift.date(&text, &mut moved).unwrap();
                assert_eq!(moved.as_bytes(), day);
            }
        }
        assert_eq!(day_number(1970, 1, 1), 0);
        assert_eq!(day_number(2000, 2, 29), 11_016);
    }
}
