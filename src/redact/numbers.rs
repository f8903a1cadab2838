//! Replaces numbers by others that are as long.

use super::pseudonyms::{Domain, Pseudonyms};
use super::shape::MAX_DIGITS;

/// A power of ten beyond any number that can be read.
const FAR: i64 = 1_000_000;

/// A number as its digits and a power of ten, without zeros at either end: equal for equal numbers.
struct Decimal<'d> {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
    /// How it is written: with a point, with an exponent.
    point: bool,
    scale: Option<char>,
    text: &'d str,
}

impl<'d> Decimal<'d> {
    fn of(text: &'d str) -> Self {
        let negative = text.starts_with('-');
        let unsigned = text.trim_start_matches('-');
        let scale = unsigned.find(['e', 'E']);
        let (mantissa, exponent) = unsigned.split_at(scale.unwrap_or(unsigned.len()));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let far = if exponent.contains('-') { -FAR } else { FAR };
        let power = exponent.get(1..).filter(|text| !text.is_empty());
        let mut power = power.map_or(0, |text| text.parse::<i64>().unwrap_or(far).clamp(-FAR, FAR));
        power = power.saturating_sub(i64::try_from(fraction.len()).unwrap_or(0));
        while digits.last() == Some(&b'0') {
            digits.pop();
            power = power.saturating_add(1);
        }
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        let scale = scale.and_then(|at| unsigned[at..].chars().next());
        let negative = negative && !digits.is_empty();
        Self { negative, digits, exponent: power, point: mantissa.contains('.'), scale, text }
    }

    /// The digits of a whole number that is not too long.
    fn whole(&self) -> Option<String> {
        let zeros = usize::try_from(self.exponent).ok().filter(|zeros| *zeros < MAX_DIGITS);
        if self.digits.is_empty() {
            return Some("0".to_owned());
        }
        let zeros = zeros.filter(|zeros| self.digits.len() + zeros <= MAX_DIGITS)?;
        let digits = self.digits.iter().map(|digit| char::from(*digit));
        Some(digits.chain(std::iter::repeat_n('0', zeros)).collect())
    }
}

impl Pseudonyms {
    /// Appends what stands for a number of JSON: whole where it is whole, with as many digits, and the same
    /// for every spelling of a number.
    pub(super) fn json_number(&self, text: &str, out: &mut String) {
        let decimal = Decimal::of(text);
        if decimal.negative {
            out.push('-');
        }
        if let Some(digits) = decimal.whole() {
            self.number(&digits, decimal.negative, out);
            if decimal.point {
                out.push_str(".0");
            }
            if let Some(scale) = decimal.scale {
                out.push(scale);
                out.push('0');
            }
            return;
        }
        let identity = format!("{}e{}", String::from_utf8_lossy(&decimal.digits), decimal.exponent);
        let mut stream = self.stream(Domain::Digits, identity.as_bytes());
        let last = decimal.digits.len().saturating_sub(1);
        let mut digit = |at: usize| {
            // Neither end is zero, so that there are as many digits.
            let smallest = u32::from(at == 0 || at == last);
            char::from(b'0' + u8::try_from(smallest + stream.below(10 - smallest)).unwrap_or(0))
        };
        let digits: String = (0..decimal.digits.len()).map(&mut digit).collect();
        place(&digits, decimal.exponent, &decimal, out);
    }
}

/// Writes digits with a point where it belongs, or with an exponent where that is far away.
fn place(digits: &str, exponent: i64, like: &Decimal<'_>, out: &mut String) {
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
