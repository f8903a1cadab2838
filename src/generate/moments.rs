//! Reads and writes timestamps.

use super::choices::Choices;
use super::text::{TextSink, fill};

/// Days from 1970-01-01 to 2024-01-01, the simplest day.
const NEW_YEAR_2024: i64 = 19_723;
/// Days from 1970-01-01 to 0001-01-02 and 9999-12-30: every offset stays inside the years.
const FIRST_DAY: i64 = -719_161;
const LAST_DAY: i64 = 2_932_895;

/// Timestamps at the edges of what common parsers read: leap days, far offsets, first and last years, long
/// fractions.
pub(crate) const EDGES: &[&str] = &[
    "1970-01-01T00:00:00Z",
    "2000-02-29T12:00:00.000Z",
    "2024-02-29T23:59:59.999Z",
    "2024-06-30T12:00:00+14:00",
    "2024-06-30T12:00:00-12:00",
    "2024-06-30T12:00:00+05:45",
    "0001-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "2038-01-19T03:14:08.000Z",
    "2024-06-30T12:00:00.123456Z",
];

/// Timestamps that RFC 3339 allows and that common parsers refuse or change: leap seconds, an unknown offset,
/// offsets no place on earth has, the year 0, fractions finer than a nanosecond, small letters.
pub(crate) const QUIRKS: &[&str] = &[
    "2016-12-31T23:59:60Z",
    "2017-01-01T05:29:60+05:30",
    "2024-06-30T12:00:00+23:59",
    "2024-06-30T12:00:00-00:00",
    "0000-01-01T00:00:00Z",
    "2024-06-30T12:00:00.123456789012Z",
    "2024-06-30t12:00:00z",
];

/// An RFC 3339 timestamp: mostly UTC with milliseconds and within a few years, sometimes with
/// another offset, without or with a longer fraction, or from any year.
pub(crate) fn timestamp(choices: &mut Choices, into: &mut TextSink<'_>) {
    let style = choices.draw(99);
    let day = if style >= 98 { any_day(choices) } else { near_day(choices) };
    let second = choices.draw(86_399);
    let fraction = choices.draw(999);
    let mut text = *b"0000-00-00T00:00:00.000";
    fill_date(&mut text[..10], day);
    fill_clock(&mut text[11..19], second);
    fill::<10>(&mut text[20..], fraction);
    match style {
        85..=89 => into.ascii(&text[..19]),
        90..=93 => {
            into.ascii(&text[..19]);
            into.push(if choices.draw(1) == 0 { '+' } else { '-' });
            let (hours, quarter) = (1 + choices.draw(12), choices.draw(3));
            into.decimal(hours, 2);
            into.push(':');
            return into.decimal(quarter * 15, 2);
        }
        94..=97 => {
            into.ascii(&text);
            into.decimal(choices.draw(999_999), 6);
        }
        _ => into.ascii(&text),
    }
    into.push('Z');
}

/// A date, `2024-01-01` style.
pub(crate) fn date(choices: &mut Choices, into: &mut TextSink<'_>) {
    let day = if choices.draw(99) >= 98 { any_day(choices) } else { near_day(choices) };
    let mut text = *b"0000-00-00";
    fill_date(&mut text, day);
    into.ascii(&text);
}

/// The time of a second of the day, `12:00:00` style.
pub(crate) fn clock(second: u64, into: &mut TextSink<'_>) {
    let mut text = *b"00:00:00";
    fill_clock(&mut text, second);
    into.ascii(&text);
}

fn fill_clock(text: &mut [u8], second: u64) {
    fill::<10>(&mut text[..2], second / 3600);
    fill::<10>(&mut text[3..5], second / 60 % 60);
    fill::<10>(&mut text[6..8], second % 60);
}

fn near_day(choices: &mut Choices) -> i64 {
    let drawn = i64::try_from(choices.draw(2_800)).unwrap_or(0);
    // 0, 1, -1, 2, -2, ...
    NEW_YEAR_2024 + if drawn % 2 == 1 { (drawn + 1) / 2 } else { -drawn / 2 }
}

fn any_day(choices: &mut Choices) -> i64 {
    let span = u64::try_from(LAST_DAY - FIRST_DAY).unwrap_or(0);
    FIRST_DAY + i64::try_from(choices.draw(span)).unwrap_or(0)
}

fn fill_date(text: &mut [u8], day: i64) {
    let (year, month, day) = civil(day);
    fill::<10>(&mut text[..4], year.unsigned_abs());
    fill::<10>(&mut text[5..7], month.unsigned_abs());
    fill::<10>(&mut text[8..10], day.unsigned_abs());
}

/// Year, month and day of a day counted from 1970-01-01 (proleptic Gregorian).
#[inline]
pub(crate) fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day with this year, month and day, counted from 1970-01-01; of a day that the calendar does not have,
/// another one.
pub(crate) fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The moment an RFC 3339 timestamp names, in nanoseconds since 1970; `None` for any other text.
///
/// Ranges are not validated: this orders timestamps that a validator has accepted.
pub fn instant(text: &str) -> Option<i128> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let days = day_number(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let seconds = days * 86_400 + number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
    let rest = text.get(19..)?;
    let fraction = rest.strip_prefix('.').unwrap_or("");
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let nanos = (0..9).fold(0, |nanos, at| {
        let digit = fraction.as_bytes().get(at).filter(|_| at < digits);
        nanos * 10 + i128::from(digit.map_or(0, |digit| digit - b'0'))
    });
    let offset = if digits == 0 { rest } else { rest.get(digits + 1..)? };
    Some((i128::from(seconds) - i128::from(offset_seconds(offset)?)) * 1_000_000_000 + nanos)
}

fn offset_seconds(offset: &str) -> Option<i64> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let minutes = offset.get(1..3)?.parse::<i64>().ok()? * 60 + offset.get(4..6)?.parse::<i64>().ok()?;
    match offset.as_bytes().first()? {
        b'+' => Some(minutes * 60),
        b'-' => Some(-minutes * 60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplest_timestamp_is_a_new_year() {
        let mut simplest = String::new();
        timestamp(&mut Choices::replay(Vec::new()), &mut TextSink::of(&mut simplest));
        assert_eq!(simplest, "2024-01-01T00:00:00.000Z");
        assert_eq!(instant(&simplest), Some(1_704_067_200_000_000_000));
    }

    #[test]
    fn days_are_counted_both_ways() {
        for day in [FIRST_DAY, -1, 0, 59, 11_016, NEW_YEAR_2024, LAST_DAY] {
            let mut text = *b"0000-00-00";
            fill_date(&mut text, day);
            let text = std::str::from_utf8(&text).unwrap();
            let part = |from: usize, to: usize| text[from..to].parse().unwrap();
            assert_eq!(day_number(part(0, 4), part(5, 7), part(8, 10)), day, "{text}");
        }
    }

    #[test]
    fn offsets_and_fractions_count() {
        let utc = instant("2024-02-29T12:00:00Z");
        assert_eq!(instant("2024-02-29T14:30:00.000+02:30"), utc);
        assert_eq!(instant("2024-02-29T11:00:00-01:00"), utc);
        assert!(instant("2024-02-29T12:00:00.000000001Z") > utc);
        assert_eq!(instant("yesterday"), None);
    }
}
