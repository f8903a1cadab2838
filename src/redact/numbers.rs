//! Replaces numbers by others that are as long.

use super::pseudonyms::{Domain, Pseudonyms};
use super::shape::MAX_DIGITS;
use crate::schema::decimals::Decimal;

/// A number, and how it is written: with a point, with an exponent.
struct Written<'d> {
    decimal: Decimal,
    point: bool,
    scale: Option<char>,
    text: &'d str,
}

impl<'d> Written<'d> {
    fn of(text: &'d str) -> Self {
        let scale = text.chars().find(|letter| matches!(letter, 'e' | 'E'));
        Self { decimal: Decimal::parse(text), point: text.contains('.'), scale, text }
    }

    /// The digits of a whole number that is not too long.
    fn whole(&self) -> Option<String> {
        let (digits, exponent) = self.decimal.scaled();
        if digits.is_empty() {
            return Some("0".to_owned());
        }
        let zeros = usize::try_from(exponent).ok().filter(|zeros| *zeros < MAX_DIGITS)?;
        (digits.len() + zeros <= MAX_DIGITS).then(|| format!("{digits}{}", "0".repeat(zeros)))
    }
}

impl Pseudonyms {
    /// Appends what stands for a number of JSON: whole where it is whole, with as many digits, and the same
    /// for every spelling of a number.
    pub(super) fn json_number(&self, text: &str, out: &mut String) {
        let written = Written::of(text);
        if written.decimal.is_negative() {
            out.push('-');
        }
        if let Some(digits) = written.whole() {
            self.number(&digits, written.decimal.is_negative(), out);
            if written.point {
                out.push_str(".0");
            }
            if let Some(scale) = written.scale {
                out.push(scale);
                out.push('0');
            }
            return;
        }
        let (digits, exponent) = written.decimal.scaled();
        let mut stream = self.stream(Domain::Digits, format!("{digits}e{exponent}").as_bytes());
        let last = digits.len().saturating_sub(1);
        let mut digit = |at: usize| {
            // Neither end is zero, so that there are as many digits.
            let smallest = u32::from(at == 0 || at == last);
            char::from(b'0' + u8::try_from(smallest + stream.below(10 - smallest)).unwrap_or(0))
        };
        let digits: String = (0..digits.len()).map(&mut digit).collect();
        place(&digits, exponent, &written, out);
    }
}

/// Writes digits with a point where it belongs, or with an exponent where that is far away.
fn place(digits: &str, exponent: i64, like: &Written<'_>, out: &mut String) {
    let count = i64::try_from(digits.len()).unwrap_or(0);
    let is_near = exponent < 0 && -exponent <= count + 20 && like.text.len() < 400;
    if like.scale.is_none() && exponent >= 0 {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', usize::try_from(exponent).unwrap_or(0)));
        out.push_str(if like.point { ".0" } else { "" });
    } else if like.scale.is_none() || is_near {
        let point = usize::try_from(count + exponent).unwrap_or(0);
        let zeros = usize::try_from(-(count + exponent)).unwrap_or(0);
        let (whole, fraction) = digits.split_at(point.min(digits.len()));
        out.push_str(if whole.is_empty() { "0" } else { whole });
        out.push('.');
        out.extend(std::iter::repeat_n('0', zeros));
        out.push_str(fraction);
    } else {
        out.push_str(digits);
        out.push('e');
        out.push_str(&exponent.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Key;
    use super::*;

    fn made(text: &str) -> String {
        let mut out = String::new();
        Pseudonyms::new(&Key::new(&[7; 16]).unwrap()).json_number(text, &mut out);
        out
    }

    #[test]
    fn equal_numbers_have_equal_replacements() {
        let number = |text: &str| made(text).parse::<f64>().unwrap();
        for same in
            [["25", "25.0"], ["25", "2.5e1"], ["1.50", "1.5"], ["0.025", "25e-3"], ["1e300", "10E299"]]
        {
            assert!((number(same[0]) - number(same[1])).abs() <= f64::EPSILON * number(same[0]), "{same:?}");
        }
    }

    #[test]
    fn numbers_stay_whole_and_as_long() {
        for text in ["0", "7", "-7", "120", "999999999999999999", "-1234567"] {
            assert_eq!(made(text).len(), text.len(), "{text}");
            assert!(made(text).parse::<i64>().is_ok());
        }
        assert!(made("1.0").ends_with(".0"));
        assert_eq!(made("12.75").len(), 5);
        assert_eq!(made("123456789012345678901234567890").len(), 30);
        for text in ["1e999", "-0", "-0.0", "0e5", "1.25e-300", "5e-7"] {
            assert!(
                serde_json::from_str::<serde_json::Value>(&made(text)).is_ok() || text == "1e999",
                "{text}"
            );
        }
    }
}
