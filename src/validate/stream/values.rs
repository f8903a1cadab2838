//! Compiles the assertions of a subschema about scalars and arrays.

use referencing::Draft;
use serde_json::{Number, Value, json};

use super::program::{
    Bounds, Compiled, CountCheck, Explanation, Listed, Literal, Program, Text, TextCheck, unsupported,
};
use crate::schema::format::asserting;
use crate::schema::keywords::names;
use crate::schema::model::{Assertion, Bound, Count, Node};
use crate::schema::types::TypeSet;

/// Integers from here on are not told apart by a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn index(number: usize, location: &str) -> Compiled<u16> {
    u16::try_from(number).or_else(|_| unsupported("so many limits", location))
}

/// Checks of one subschema, as they are gathered.
#[derive(Default)]
pub(super) struct Checks {
    texts: Vec<TextCheck>,
    bounds: Option<Bounds>,
    counts: Vec<CountCheck>,
}

impl Checks {
    /// Adds what a keyword asserts of a scalar, or of how large a value is.
    pub(super) fn add(
        &mut self,
        node: &Node,
        one: &Assertion,
        location: &str,
        explanation: &mut Explanation,
    ) -> Compiled<()> {
        match one {
            Assertion::Bound(bound) => self.bound(bound, location, explanation),
            Assertion::Count(Count { keyword, limit, of, .. }) if *of != TypeSet::STRING => {
                self.counts.push(CountCheck { keyword, limit: *limit });
                Ok(())
            }
            Assertion::Count(Count { limit, upper, .. }) => {
                let check = if *upper { TextCheck::MaxLength } else { TextCheck::MinLength };
                self.texts.push(check(*limit));
                Ok(())
            }
            Assertion::Format(name) => {
                self.texts.push(match name.as_str() {
                    "uuid" => TextCheck::Uuid,
                    "date-time" => TextCheck::DateTime,
                    name => format_check(name, node, location)?,
                });
                Ok(())
            }
            Assertion::Pattern { source, pattern } => {
                let (source, pattern) = (source.clone(), pattern.clone());
                self.texts.push(TextCheck::Pattern { source, pattern });
                Ok(())
            }
            other => unsupported(other.keyword(), location),
        }
    }

    /// Adds the texts that are listed.
    pub(super) fn listed(&mut self, texts: Vec<Box<str>>) {
        self.texts.push(TextCheck::Listed(texts));
    }

    fn bound(&mut self, bound: &Bound, location: &str, explanation: &mut Explanation) -> Compiled<()> {
        let limit = bound.limit.as_f64().filter(|number| number.abs() < EXACT);
        let Some(limit) = limit else { return unsupported(bound.keyword, location) };
        let bounds = self.bounds.get_or_insert(Bounds::NONE);
        *match (bound.upper, bound.exclusive) {
            (false, false) => &mut bounds.min,
            (true, false) => &mut bounds.max,
            (false, true) => &mut bounds.above,
            (true, true) => &mut bounds.below,
        } = limit;
        explanation.limits.push((bound.keyword, Value::Number(Number::clone(&bound.limit))));
        Ok(())
    }

    /// Puts the checks into the table: what becomes of texts, and the numbers of bounds and counts.
    pub(super) fn put(mut self, program: &mut Program, location: &str) -> Compiled<(Text, u16, u16)> {
        self.texts.sort_by_key(|check| match check {
            TextCheck::Listed(_) => 0,
            TextCheck::MinLength(_) => 1,
            TextCheck::MaxLength(_) => 2,
            TextCheck::Uuid | TextCheck::DateTime | TextCheck::Format { .. } => 3,
            TextCheck::Pattern { .. } => 4,
        });
        let text = match self.texts[..] {
            [] => Text::Any,
            [TextCheck::Uuid] => Text::Uuid,
            [TextCheck::DateTime] => Text::DateTime,
            _ => {
                program.texts.push(self.texts);
                Text::Checks(index(program.texts.len() - 1, location)?)
            }
        };
        let mut bounds = 0;
        if let Some(limits) = self.bounds {
            program.bounds.push(limits);
            bounds = index(program.bounds.len() - 1, location)?;
        }
        let mut counts = 0;
        if !self.counts.is_empty() {
            program.counts.push(self.counts);
            counts = index(program.counts.len() - 1, location)?;
        }
        Ok((text, bounds, counts))
    }
}

/// The values that are listed: those that are no text as a set, and the texts.
pub(super) fn list(
    keyword: &'static str,
    values: &[Value],
    location: &str,
    explanation: &mut Explanation,
) -> Compiled<(Listed, Vec<Box<str>>)> {
    if explanation.list.is_some() {
        return unsupported(names::ENUM, location);
    }
    let mut listed = Listed::NONE;
    let mut texts = Vec::new();
    for value in values {
        match value {
            Value::Null => listed = listed.with(Literal::Null),
            Value::Bool(true) => listed = listed.with(Literal::True),
            Value::Bool(false) => listed = listed.with(Literal::False),
            Value::String(text) => texts.push(text.as_str().into()),
            _ => return unsupported(keyword, location),
        }
    }
    explanation.list = Some((keyword, values.to_vec()));
    Ok((listed, texts))
}

/// A format that the `jsonschema` crate checks, as it does inside the whole schema.
fn format_check(name: &str, node: &Node, location: &str) -> Compiled<TextCheck> {
    if node.strict_formats {
        return unsupported(names::FORMAT, location);
    }
    let draft = node.draft.min(Draft::Draft202012);
    let options = asserting().with_draft(draft);
    match options.build(&json!({(names::FORMAT): name})) {
        Ok(validator) => Ok(TextCheck::Format { name: name.to_owned(), validator: Box::new(validator) }),
        Err(_) => unsupported(names::FORMAT, location),
    }
}
