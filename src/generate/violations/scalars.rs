//! Builds the smallest strings and numbers of a schema view.

use serde_json::{Value, json};

use super::keywords::{assertions, max_count};
use crate::generate::choices::Choices;
use crate::generate::plan::kinds::{Format, Pattern};
use crate::schema::keywords::names;
use crate::schema::model::{Assertion, Model, SchemaView};

/// Texts that are made because they must be so long.
const MAX_TEXT: u64 = 10_000;

/// Strings that are probably valid in a schema view, all of which are to be tried.
pub(super) fn texts(model: &Model, view: &SchemaView) -> Vec<Value> {
    let simplest = || Choices::replay(Vec::new());
    let minimal = max_count(model, view, names::MIN_LENGTH).min(MAX_TEXT);
    let most = assertions(model, view).filter_map(|one| match one {
        Assertion::Count(count) if count.keyword == names::MAX_LENGTH => Some(count.limit),
        _ => None,
    });
    let most = most.min().unwrap_or(MAX_TEXT).max(minimal);
    let mut texts = Vec::new();
    for assertion in assertions(model, view) {
        match assertion {
            Assertion::Format(name) => {
                texts.extend(Format::named(name).map(|format| format.build(&mut simplest())));
            }
            Assertion::Pattern { source, .. } => {
                let pattern = Pattern::read(source).filter(|pattern| pattern.effort() <= MAX_TEXT);
                texts.extend(pattern.map(|pattern| pattern.build(minimal, most, &mut simplest())));
            }
            Assertion::Content { .. } => texts.push("null".to_owned()),
            _ => {}
        }
    }
    if texts.is_empty() {
        texts.push("a".repeat(usize::try_from(minimal).unwrap_or(0)));
    }
    texts.into_iter().map(Value::from).collect()
}

/// Numbers that are probably valid in a schema view, all of which are to be tried.
pub(super) fn numbers(model: &Model, view: &SchemaView) -> Vec<Value> {
    let (mut lower, mut upper) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut steps = Vec::new();
    for assertion in assertions(model, view) {
        match assertion {
            Assertion::Bound(bound) => {
                let limit = bound.limit.as_f64().unwrap_or(0.0);
                let apart = if !bound.exclusive || limit.fract() != 0.0 { 0.0 } else { 1.0 };
                if bound.upper {
                    upper = upper.min((limit - apart).floor());
                } else {
                    lower = lower.max((limit + apart).ceil());
                }
            }
            Assertion::MultipleOf(step) => steps.extend(step.as_f64()),
            _ => {}
        }
    }
    let nearest = 0_f64.max(lower).min(upper);
    let middle = if lower.is_finite() && upper.is_finite() { f64::midpoint(lower, upper) } else { 0.5 };
    let multiples =
        steps.into_iter().flat_map(|step| [(nearest / step).ceil() * step, (nearest / step).floor() * step]);
    let between = [nearest, middle, nearest - 0.5, nearest + 0.5];
    multiples.chain(between).filter(|number| number.is_finite()).map(whole).collect()
}

/// A number as people write it: without a fraction where a double holds every integer.
#[expect(clippy::cast_possible_truncation, reason = "smaller than 2^53")]
pub(super) fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}
