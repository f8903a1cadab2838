//! Compares numbers and values exactly.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::decimals::{Decimal, is_rounded};

/// A number without fraction that fits: every integer of JSON text up to 64 bits, and doubles that are
/// integers.
pub(crate) fn integer(number: &Number) -> Option<i128> {
    /// 2 to the power of 126.
    const LARGEST: f64 = 85_070_591_730_234_615_865_843_651_857_942_052_864.0;
    if let Some(number) = number.as_i128() {
        return Some(number);
    }
    let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= LARGEST)?;
    #[expect(clippy::cast_possible_truncation, reason = "without fraction, and within the range")]
    Some(number as i128)
}

/// The order of two numbers, exactly: integers are never rounded to doubles.
pub(crate) fn order(one: &Number, other: &Number) -> Ordering {
    let double = |number: &Number| number.as_f64().unwrap_or_default();
    // A number with a fraction lies between two integers that doubles tell apart.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what has a fraction is less than 2 to the power of 53"
    )]
    let beside = |integer: i128, fraction: f64| {
        if integer <= fraction.floor() as i128 { Ordering::Less } else { Ordering::Greater }
    };
    let has_fraction = |number: f64| number.fract() != 0.0;
    match (integer(one), integer(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(one), None) if has_fraction(double(other)) => beside(one, double(other)),
        (None, Some(other)) if has_fraction(double(one)) => beside(other, double(one)).reverse(),
        _ => double(one).total_cmp(&double(other)),
    }
}

/// Whether a number is a multiple of another one, by their decimal digits: 3 is one of 0.3. `None` where that
/// is zero.
pub(crate) fn is_multiple(number: &Number, of: &Number) -> Option<bool> {
    let short = |number: &Number| integer(number).filter(|_| !is_rounded(number));
    if let (Some(number), Some(of)) = (short(number), short(of)) {
        return number.checked_rem(of).map(|rest| rest == 0);
    }
    Decimal::of(number).is_multiple_of(&Decimal::of(of))
}

/// The number in the one spelling that equal numbers have in common.
pub(crate) fn canonical_number(number: &Number) -> Number {
    let short = integer(number).and_then(|whole| {
        i64::try_from(whole).map(Number::from).or_else(|_| u64::try_from(whole).map(Number::from)).ok()
    });
    short.unwrap_or_else(|| number.clone())
}

/// The value in the one spelling that equal values have in common: 2.0 is 2, -0.0 is 0. Members of objects
/// have no order.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(canonical_number(number)),
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), canonical(value))).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_are_ordered_to_the_digit() {
        let sorted = [
            "-1e300",
            "-9223372036854775808",
            "-2.5",
            "-2",
            "-0.5",
            "0",
            "1e-9",
            "0.5",
            "1",
            "2.5",
            "9007199254740992",
            "9007199254740993",
            "18446744073709551614",
            "18446744073709551615",
            "1e19",
            "1e300",
        ];
        let numbers = sorted.map(number);
        // 1e19 is less than the largest integers.
        let mut in_order = numbers.to_vec();
        in_order.sort_by(order);
        let texts: Vec<String> = in_order.iter().map(ToString::to_string).collect();
        assert_eq!(texts.iter().position(|it| it == "1e+19"), Some(12), "{texts:?}");
        for (at, one) in in_order.iter().enumerate() {
            for (other_at, other) in in_order.iter().enumerate() {
                assert_eq!(order(one, other), at.cmp(&other_at), "{one} {other}");
            }
        }
    }

    #[test]
    fn multiples_are_found_by_decimal_digits() {
        let is = |one: &str, of: &str| is_multiple(&number(one), &number(of));
        for (one, of) in
            [("3", "0.3"), ("6", "3"), ("0", "7"), ("1e2", "2.5"), ("0.75", "0.25"), ("3.0", "3")]
        {
            assert_eq!(is(one, of), Some(true), "{one} {of}");
        }
        assert_eq!(is("0.3", "3"), Some(false));
        assert_eq!(is("1", "0.3"), Some(false));
        assert_eq!(is("1e300", "1e-300"), Some(true));
        assert_eq!(is("61728394506172835", "12345678901234567"), Some(true));
        assert_eq!(is("9007199254740993", "1.5"), Some(true));
        assert_eq!(is("1", "0"), None);
    }

    #[test]
    fn equal_values_have_one_spelling() {
        let one: Value = serde_json::from_str(r#"{"a": [2.0, -0.0, 1e2], "b": 1.5}"#).unwrap();
        assert_eq!(canonical(&one), json!({"b": 1.5, "a": [2, 0, 100]}));
        assert_eq!(canonical(&json!(1e300)), json!(1e300));
    }
}
