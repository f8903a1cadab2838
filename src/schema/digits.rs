//! The digits of the numbers of a text that a parsed value rounds, and comparisons that heed them.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use serde_json::{Number, Value};

use super::decimals::{Decimal, is_rounded, rounded};
use super::located::each_located;
use super::numbers;
use crate::json::{Event, Scalar};

/// The digits of rounded numbers in a tree that neither moves nor changes, by their addresses.
#[derive(Debug, Default)]
pub(crate) struct Digits(HashMap<usize, Decimal>);

impl Digits {
    /// Those of a value and the valid JSON text that it was read from.
    pub(crate) fn of(text: &[u8], value: &Value) -> Self {
        let mut found = HashMap::new();
        each_located(text, |event, at| {
            if let Event::Scalar { kind: Scalar::Number, at: from, end } = event
                && let Some(number) = rounded(&text[*from..*end])
                // A later member of the same key is rounded, too, or has other digits.
                && let Some(there) = value.pointer(&at.to_string())
                && there.as_number().is_some_and(is_rounded)
            {
                found.insert(address(there), number);
            }
            ControlFlow::Continue(())
        });
        Self(found)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The digits of a number of the tree, if it is rounded.
    pub(crate) fn get(&self, number: &Value) -> Option<&Decimal> {
        self.0.get(&address(number)).filter(|_| number.is_number())
    }

    /// The order of two numbers, each with its own digits. Where those of one are unknown and it may be
    /// rounded, both are compared as doubles.
    pub(crate) fn order(&self, one: &Value, of: &Self, other: &Value) -> Option<Ordering> {
        let (a, b) = (one.as_number()?, other.as_number()?);
        let beside = |digits: &Decimal, rounded: &Number, other: &Number| {
            if other.is_f64() { numbers::order(rounded, other) } else { digits.cmp(&Decimal::of(other)) }
        };
        Some(match (self.get(one), of.get(other)) {
            (Some(one), Some(other)) => one.cmp(other),
            (Some(digits), None) => beside(digits, a, b),
            (None, Some(digits)) => beside(digits, b, a).reverse(),
            (None, None) => numbers::order(a, b),
        })
    }

    /// Whether a value is equal to one that has other digits.
    pub(crate) fn equal(&self, one: &Value, of: &Self, other: &Value) -> bool {
        match (one, other) {
            (Value::Number(_), Value::Number(_)) => self.order(one, of, other) == Some(Ordering::Equal),
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.equal(a, of, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                let equal = |(name, a)| b.get(name).is_some_and(|b| self.equal(a, of, b));
                a.len() == b.len() && a.iter().all(equal)
            }
            _ => one == other,
        }
    }

    /// Whether no two of these values are equal.
    pub(crate) fn are_unique(&self, values: &[Value]) -> bool {
        let mut seen = HashSet::new();
        values.iter().all(|value| seen.insert(self.spelled(value).to_string()))
    }

    /// The value in the one spelling that equal values have in common.
    fn spelled(&self, value: &Value) -> Value {
        match value {
            Value::Number(number) => {
                // Strings have a sign of their own before them.
                Value::String(self.get(value).cloned().unwrap_or_else(|| Decimal::of(number)).to_string())
            }
            Value::String(text) => Value::String(format!("\"{text}")),
            Value::Array(items) => items.iter().map(|item| self.spelled(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.spelled(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// Whether a number is a multiple of another one, each with its own digits. `None` where that is zero.
    pub(crate) fn is_multiple(&self, one: &Value, of: &Self, other: &Value) -> Option<bool> {
        let (a, b) = (one.as_number()?, other.as_number()?);
        let decimal =
            |digits: Option<&Decimal>, number| digits.cloned().unwrap_or_else(|| Decimal::of(number));
        match (self.get(one), of.get(other)) {
            (None, None) => numbers::is_multiple(a, b),
            (digits, others) => decimal(digits, a).is_multiple_of(&decimal(others, b)),
        }
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Value, Digits) {
        let value: Value = serde_json::from_str(text).unwrap();
        let digits = Digits::of(text.as_bytes(), &value);
        (value, digits)
    }

    fn pair(text: &str) -> Ordering {
        let (value, digits) = read(text);
        digits.order(&value[0], &digits, &value[1]).unwrap()
    }

    #[test]
    fn rounded_numbers_are_compared_by_their_digits() {
        for (text, order) in [
            ("[18446744073709551617, 18446744073709551616]", Ordering::Greater),
            ("[18446744073709551616, 18446744073709551615]", Ordering::Greater),
            ("[-9223372036854775809, -9223372036854775808]", Ordering::Less),
            ("[1e25, 10000000000000000000000000]", Ordering::Equal),
            ("[9007199254740993.0, 9007199254740993]", Ordering::Equal),
            ("[100000000000000000001, 0.5]", Ordering::Greater),
        ] {
            assert_eq!(pair(text), order, "{text}");
        }
        // A schema that is a value has no digits.
        let ((value, digits), given) =
            (read("[18446744073709551617]"), Value::from(18_446_744_073_709_551_616.0));
        assert_eq!(digits.order(&value[0], &Digits::default(), &given), Some(Ordering::Equal));
    }

    #[test]
    fn a_duplicate_key_has_the_digits_of_the_last_one() {
        let (value, digits) = read(r#"{"a": 18446744073709551617, "a": 5, "b": [1e30, 1e25]}"#);
        assert_eq!((digits.get(&value["a"]), digits.0.len()), (None, 2));
        let (value, digits) = read(r#"{"a": 18446744073709551617, "a": 18446744073709551616}"#);
        assert_eq!(digits.get(&value["a"]), Some(&Decimal::parse("18446744073709551616")));
    }

    #[test]
    fn items_are_unique_by_their_digits() {
        for (text, unique) in [
            ("[18446744073709551616, 18446744073709551617]", true),
            ("[[1e25], [10000000000000000000000000]]", false),
            (r#"[100000000000000000000, "1e20", "100000000000000000000"]"#, true),
            (r#"[{"a": 1e20, "b": 1}, {"b": 1.0, "a": 100000000000000000000}]"#, false),
        ] {
            let (value, digits) = read(text);
            assert_eq!(digits.are_unique(value.as_array().unwrap()), unique, "{text}");
        }
    }
}
