//! Finds common multiples of numbers.

use serde_json::Number;

use super::wholes::{whole, written};
use crate::generate::choices::Choices;

/// A positive decimal number: digits times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) digits: i128,
    pub(super) exponent: i32,
}

impl Step {
    /// The smallest multiple of all of them, and of 1 if need be; `None` if it cannot be had.
    pub(super) fn of_all(numbers: &[Number], whole: bool) -> Option<Self> {
        let mut steps = numbers.iter().map(Self::of).collect::<Option<Vec<_>>>()?;
        if whole || steps.is_empty() {
            steps.push(Self { digits: 1, exponent: 0 });
        }
        let finest = steps.iter().map(|step| step.exponent).min()?;
        let mut digits = 1_i128;
        for step in &steps {
            let scale = u32::try_from(step.exponent - finest).ok()?;
            let scaled = step.digits.checked_mul(10_i128.checked_pow(scale)?)?;
            digits = (digits / divisor(digits, scaled)).checked_mul(scaled)?;
        }
        let mut step = Self { digits, exponent: finest };
        while step.exponent < 0 && step.digits % 10 == 0 {
            step = Self { digits: step.digits / 10, exponent: step.exponent + 1 };
        }
        Some(step)
    }

    fn of(number: &Number) -> Option<Self> {
        let text = number.to_string();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{before}{behind}").parse().ok()?;
        let locations = i32::try_from(behind.len()).ok()?;
        let exponent = exponent.trim_start_matches('+').parse::<i32>().ok()?.checked_sub(locations)?;
        (digits > 0).then_some(Self { digits, exponent })
    }

    /// The number, if 128 bits hold it.
    pub(super) fn whole(self) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(u32::try_from(self.exponent).ok()?)?)
    }

    #[allow(clippy::cast_precision_loss, reason = "whoever asks checks the number")]
    fn float(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(1.0)
    }

    /// Whether the number is a multiple, as nearly as a double can say.
    pub(super) fn divides(self, number: f64) -> bool {
        let times = number / self.float();
        (times - times.round()).abs() < 1e-9 * times.abs().max(1.0)
    }

    /// Some multiple between two bounds, the nearest to zero first.
    #[allow(clippy::cast_possible_truncation, reason = "kept within what a double counts")]
    pub(super) fn multiple(self, low: f64, high: f64, choices: &mut Choices) -> Option<Number> {
        let most = 1e12;
        let least = (low / self.float()).ceil().clamp(-most, most) as i64;
        let most = (high / self.float()).floor().clamp(-most, most) as i64;
        if least > most {
            return None;
        }
        let simplest = 0.clamp(least, most);
        let (above, below) = (most.abs_diff(simplest), least.abs_diff(simplest));
        let down = below > 0 && (above == 0 || choices.draw(3) == 3);
        let distance = i128::from(choices.draw_skewed(if down { below } else { above }));
        let times = i128::from(simplest) + if down { -distance } else { distance };
        let text = format!("{}e{}", times.saturating_mul(self.digits), self.exponent);
        let number = text.parse::<f64>().ok().and_then(Number::from_f64);
        number.as_ref().and_then(whole).and_then(written).or(number)
    }
}

fn divisor(one: i128, other: i128) -> i128 {
    if other == 0 { one } else { divisor(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn steps_have_a_common_multiple() {
        let of = |steps: &[Value], whole| {
            let numbers: Vec<_> = steps.iter().filter_map(Value::as_number).cloned().collect();
            Step::of_all(&numbers, whole).map(Step::float)
        };
        assert_eq!(of(&[json!(0.5)], false), Some(0.5));
        assert_eq!(of(&[json!(1.5)], true), Some(3.0));
        assert_eq!(of(&[json!(0.4), json!(0.6)], false), Some(1.2));
        assert_eq!(of(&[json!(1e-8)], false), Some(1e-8));
        assert_eq!(of(&[json!(4), json!(6.0)], true), Some(12.0));
    }
}
