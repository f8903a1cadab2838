//! Builds whole numbers.

use serde_json::Number;

/// The number, if it has no fraction.
pub(super) fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)).or_else(|| {
        let float = number.as_f64()?;
        (float.fract() == 0.0).then(|| saturated(float))
    })
}

#[allow(clippy::cast_possible_truncation, reason = "a cast from float to integer saturates")]
pub(super) fn saturated(float: f64) -> i128 {
    // Not quite the ends: bounds are moved by one.
    (float as i128).clamp(i128::MIN / 2, i128::MAX / 2)
}

/// A whole number, if 64 bits hold it.
pub(super) fn written(number: i128) -> Option<Number> {
    i64::try_from(number).map(Number::from).or_else(|_| u64::try_from(number).map(Number::from)).ok()
}
