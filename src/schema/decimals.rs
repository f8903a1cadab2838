//! Numbers by their decimal digits, which no double rounds.

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Number, Value};

/// Integers from here on are not told apart by a double: 2 to the power of 53.
pub(crate) const EXACT: f64 = 9_007_199_254_740_992.0;

/// A decimal number of any length, in the one spelling that equal numbers have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    /// Without zeros at both ends; none of zero.
    digits: Box<str>,
    /// The power of ten that the digits are multiplied with.
    exponent: i64,
}

impl Decimal {
    /// What a number of JSON text is. Exponents beyond any that matters are as good as each other.
    pub(crate) fn parse(text: &str) -> Self {
        const FAR: i64 = i64::MAX / 2;
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let behind = all.trim_end_matches('0');
        let digits = behind.trim_start_matches('0');
        if digits.is_empty() {
            return Self { negative: false, digits: "".into(), exponent: 0 };
        }
        let far = if exponent.starts_with('-') { -FAR } else { FAR };
        let exponent = exponent.parse().unwrap_or(far).clamp(-FAR, FAR);
        // No text is as long.
        let count = |length: usize| i64::try_from(length).unwrap_or(0);
        let exponent = exponent - count(fraction.len()) + count(all.len() - behind.len());
        Self { negative, digits: digits.into(), exponent }
    }

    /// What a number is written as.
    pub(crate) fn of(number: &Number) -> Self {
        Self::parse(&number.to_string())
    }

    /// Whether it is less than zero.
    #[cfg(feature = "redact")]
    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// The digits, without zeros at both ends, and the power of ten that they are multiplied with.
    #[cfg(feature = "redact")]
    pub(crate) fn scaled(&self) -> (&str, i64) {
        (&self.digits, self.exponent)
    }

    /// Whether it is a multiple of another one. `None` where that is zero, or what it takes to find out has
    /// too many digits.
    pub(crate) fn is_multiple_of(&self, of: &Self) -> Option<bool> {
        const MAX_ZEROS: usize = 10_000;
        if of.digits.is_empty() {
            return None;
        }
        if self.digits.is_empty() {
            return Some(true);
        }
        // Digits that do not end in zero are no multiple of ten.
        let Ok(zeros) = usize::try_from(self.exponent.checked_sub(of.exponent)?) else { return Some(false) };
        if zeros > MAX_ZEROS {
            return None;
        }
        let mut rest: Vec<u8> = Vec::with_capacity(of.digits.len() + 1);
        for digit in self.digits.bytes().chain(std::iter::repeat_n(b'0', zeros)) {
            if !(rest.is_empty() && digit == b'0') {
                rest.push(digit);
            }
            while (rest.len(), &rest[..]) >= (of.digits.len(), of.digits.as_bytes()) {
                subtract(&mut rest, of.digits.as_bytes());
            }
        }
        Some(rest.is_empty())
    }

    /// Whether it has no fraction.
    pub(crate) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (_, true) => -1,
            _ => 1,
        }
    }

    /// How many digits it has before the point, and what they begin with.
    fn magnitude(&self) -> (i64, &str) {
        (self.exponent.saturating_add(i64::try_from(self.digits.len()).unwrap_or(i64::MAX)), &self.digits)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}e{}", if self.negative { "-" } else { "" }, self.digits, self.exponent)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_size = self.magnitude().cmp(&other.magnitude());
        self.sign().cmp(&other.sign()).then(if self.negative { by_size.reverse() } else { by_size })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Subtracts digits from others that stand for no smaller number.
fn subtract(from: &mut Vec<u8>, digits: &[u8]) {
    let shift = from.len() - digits.len();
    let mut borrowed = 0;
    for at in (0..from.len()).rev() {
        let less = at.checked_sub(shift).map_or(0, |at| digits[at] - b'0') + borrowed;
        let digit = from[at] - b'0';
        borrowed = u8::from(digit < less);
        from[at] = b'0' + digit + 10 * borrowed - less;
    }
    let zeros = from.iter().take_while(|digit| **digit == b'0').count();
    from.drain(..zeros);
}

/// The number of a JSON text that `serde_json` may round: a double from 2 to the power of 53 on. What is
/// written as an integer that fits 64 bits is none. A number with a fraction is what the nearest double is.
pub(crate) fn rounded(text: &[u8]) -> Option<Decimal> {
    // Up to 15 digits are less.
    let may_be = text.len() > 15 || text.iter().any(|byte| matches!(byte, b'e' | b'E'));
    let text = std::str::from_utf8(text).ok().filter(|_| may_be)?;
    if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
        return None;
    }
    let double: f64 = text.parse().ok()?;
    if !double.is_finite() || double.abs() < EXACT {
        return None;
    }
    let number = Decimal::parse(text);
    Some(if number.is_integer() { number } else { Decimal::parse(&format!("{double:.0}")) })
}

/// Whether a number is a double whose digits may be those of others.
pub(crate) fn is_rounded(number: &Number) -> bool {
    number.is_f64() && number.as_f64().is_some_and(|number| number.abs() >= EXACT)
}

/// Whether such a number is anywhere in a value.
pub(crate) fn has_rounded(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_rounded(number),
        Value::Array(items) => items.iter().any(has_rounded),
        Value::Object(members) => members.values().any(has_rounded),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_one_decimal() {
        for equal in [["0", "-0.0"], ["1e2", "100"], ["1.50", "15e-1"], ["-10E-1", "-1"], ["0e99", "0"]] {
            assert_eq!(Decimal::parse(equal[0]), Decimal::parse(equal[1]), "{equal:?}");
        }
        assert!(Decimal::parse("1e99999999999999999999") > Decimal::parse("1e300"));
        assert!(Decimal::parse("1e-99999999999999999999") < Decimal::parse("1e-300"));
    }

    #[test]
    fn decimals_are_ordered_by_value() {
        let sorted =
            ["-1e30", "-101", "-1e2", "-0.5", "0", "1e-9", "0.05", "0.5", "1", "9", "10", "11", "1e30"];
        for (at, one) in sorted.iter().enumerate() {
            for (other_at, other) in sorted.iter().enumerate() {
                assert_eq!(
                    Decimal::parse(one).cmp(&Decimal::parse(other)),
                    at.cmp(&other_at),
                    "{one} {other}"
                );
            }
        }
    }

    #[test]
    fn multiples_are_found_whatever_the_number_of_digits() {
        let is = |one: &str, of: &str| Decimal::parse(one).is_multiple_of(&Decimal::parse(of));
        for (one, of) in [
            ("0", "7"),
            ("50350480605622813021", "7"),
            ("61728394506172835", "12345678901234567"),
            ("-61728394506172835", "12345678901234567"),
            ("1e300", "1e-300"),
            ("9007199254740993", "1.5"),
            ("1e40", "4e39"),
            ("123456789012345678901234567890123456789012345678901234567890", "10"),
        ] {
            let expected = (one, of) != ("1e40", "4e39");
            assert_eq!(is(one, of), Some(expected), "{one} {of}");
        }
        assert_eq!(is("95007806527348208195", "2.0"), Some(false));
        assert_eq!(is("5", "10"), Some(false));
        assert_eq!(is("0.3", "3"), Some(false));
        assert_eq!(is("1", "0"), None);
        let square = "152415787532388367501905199875019052100";
        assert_eq!(is(square, "12345678901234567890"), Some(true));
        assert_eq!(is(square, "12345678901234567891"), Some(false));
    }

    #[test]
    fn only_what_a_double_rounds_is_read_again() {
        for exact in ["0", "123456789012345", "-9223372036854775808", "18446744073709551615", "1e15", "0.1"] {
            assert_eq!(rounded(exact.as_bytes()), None, "{exact}");
        }
        for (text, number) in [
            ("18446744073709551616", "18446744073709551616"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("9007199254740993.0", "9007199254740993"),
            ("1e25", "10000000000000000000000000"),
            ("9007199254740992.5", "9007199254740992"),
        ] {
            assert_eq!(rounded(text.as_bytes()), Some(Decimal::parse(number)), "{text}");
        }
        assert_eq!(rounded(b"1e400"), None);
    }
}
