//! Builds values where the schema allows anything.

use serde_json::{Map, Value};

use crate::generate::choices::Choices;
use crate::generate::filler;

/// Any JSON value, at most `depth` levels deep. The simplest is null.
pub(crate) fn anything(choices: &mut Choices, depth: u32) -> Value {
    let most = if depth == 0 { 6 } else { 9 };
    match choices.draw(most) {
        0 => Value::Null,
        1 => Value::Bool(choices.draw(1) == 1),
        2 => i64::try_from(choices.draw(2_000)).unwrap_or(0).wrapping_sub(1_000).into(),
        3 => {
            let parts = u32::try_from(choices.draw(100_000)).unwrap_or(0);
            // Without a fraction it is written as an integer is: some parsers tell `1.0` from `1`.
            if parts.is_multiple_of(64) { (parts / 64).into() } else { Value::from(f64::from(parts) / 64.0) }
        }
        4..=6 => Value::String(filler::text(choices, 0, u64::MAX)),
        7 => {
            let length = choices.draw(3);
            Value::Array((0..length).map(|_| anything(choices, depth - 1)).collect())
        }
        _ => Value::Object(any_object(choices, depth - 1)),
    }
}

/// An object with any members.
pub(crate) fn any_object(choices: &mut Choices, depth: u32) -> Map<String, Value> {
    let length = choices.draw(3);
    (0..length)
        .map(|_| {
            let name = if choices.draw(19) < 19 {
                filler::word(choices).to_owned()
            } else {
                filler::text(choices, 0, u64::MAX)
            };
            (name, anything(choices, depth))
        })
        .collect()
}
