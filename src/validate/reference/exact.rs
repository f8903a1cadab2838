//! Holds numbers to a schema by their digits, where doubles do not tell them apart.
//!
//! The `jsonschema` crate compares integers of 64 bits and doubles. Multiples are always found here; the
//! other keywords that look at numbers are evaluated here where the text of the value, or of the schema, has a
//! number that parsing rounds.

use std::cmp::Ordering;

use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::super::message::{self, Message};
use super::evaluate::Evaluation;
use super::expected::Expected;
use super::numeric::{Exactly, no_digits};
use super::score::{Mode, Score};
use crate::schema::digits::Digits;
use crate::schema::keywords::names;
use crate::schema::model::{Assertion, Bound, Node, NodeId};

/// A keyword that a value breaks.
struct Refusal {
    /// The keyword by whose absence it would be accepted.
    keyword: &'static str,
    stated: &'static str,
    message: Message,
    expected: Option<Expected>,
}

impl<'p> Evaluation<'p, '_> {
    fn digits(&self) -> &Digits {
        self.instrumentation.digits.unwrap_or(no_digits())
    }

    /// What is evaluated here of a value.
    pub(super) fn exactly(&self, id: NodeId, value: &Value) -> Exactly {
        let numeric = self.program.numeric[id as usize];
        let (digits, literals) = (self.digits(), &self.program.literals);
        let all = match value {
            Value::Number(_) => numeric.of_numbers && (digits.get(value).is_some() || literals.has(id)),
            Value::Array(_) | Value::Object(_) => {
                numeric.of_values && (!digits.is_empty() || literals.has(id))
            }
            _ => return Exactly::Nothing,
        };
        match (all, numeric.multiples) {
            (true, _) => Exactly::All,
            (false, true) => Exactly::Multiples,
            (false, false) => Exactly::Nothing,
        }
    }

    /// What a subschema finds wrong by itself, but for `pattern` and what is evaluated here.
    pub(super) fn errors<'v>(
        &self,
        id: NodeId,
        validator: &'v Validator,
        value: &'v Value,
        mode: Mode,
    ) -> Vec<ValidationError<'v>> {
        let instrumentation = self.instrumentation;
        if instrumentation.accepts(id, value) {
            return Vec::new();
        }
        let exactly = self.exactly(id, value);
        let draft = self.program.model.nodes[id as usize].draft;
        let errors = validator.iter_errors(value).filter(|error| !exactly.replaces(error.kind()));
        errors.filter(|error| instrumentation.sees(id, draft, error, mode)).collect()
    }

    /// Holds a value to the keywords that are evaluated here.
    pub(super) fn numbers(
        &mut self,
        exactly: Exactly,
        (id, node): (NodeId, &'p Node),
        value: &Value,
        mode: Mode,
    ) -> Score {
        let mut score = Score::NONE;
        if exactly == Exactly::Nothing {
            return score;
        }
        for assertion in &node.assertions {
            if exactly == Exactly::Multiples && !matches!(assertion, Assertion::MultipleOf(_)) {
                continue;
            }
            let Some(refusal) = self.refusal(id, assertion, value) else { continue };
            let Refusal { keyword, stated, message, expected } = refusal;
            if self.instrumentation.drops(id, keyword) {
                continue;
            }
            let of_it = self.fault_of((id, stated), value, mode, message, expected);
            self.instrumentation.broken(of_it, id, keyword, mode);
            score.add(of_it);
        }
        score
    }

    /// The values that a subschema lists, of each list that is evaluated here and does not have this one.
    pub(super) fn lists_without(&self, id: NodeId, value: &Value) -> Vec<&'p [Value]> {
        let assertions = &self.program.model.nodes[id as usize].assertions;
        let all = assertions.iter().filter(|_| self.exactly(id, value) == Exactly::All);
        let list = |one: &'p Assertion| match one {
            Assertion::Values { values, .. } => self.refusal(id, one, value).map(|_| values.as_slice()),
            _ => None,
        };
        all.filter_map(list).collect()
    }

    /// How a value breaks a keyword that looks at numbers.
    fn refusal(&self, id: NodeId, assertion: &Assertion, value: &Value) -> Option<Refusal> {
        let (digits, literals) = (self.digits(), &self.program.literals);
        let keyword = assertion.keyword();
        let literal = literals.get(id, keyword);
        let own = if literal.is_some() { &literals.digits } else { no_digits() };
        let refusal = |stated, message, expected| Some(Refusal { keyword, stated, message, expected });
        match assertion {
            Assertion::Bound(bound) => {
                let limit = Value::Number(bound.limit.clone());
                let order = digits.order(value, own, literal.unwrap_or(&limit))?;
                let order = if bound.upper { order } else { order.reverse() };
                let (stated, how) = stated(bound);
                let refuses = order == Ordering::Greater || order == Ordering::Equal && bound.exclusive;
                if refuses { refusal(stated, message::range(how, &limit), None) } else { None }
            }
            Assertion::MultipleOf(multiple) => {
                let multiple = Value::Number(multiple.clone());
                let is_one = digits.is_multiple(value, own, literal.unwrap_or(&multiple))?;
                let message =
                    || message::violation(keyword, &format!("not a multiple of {}", shown(&multiple)));
                if is_one { None } else { refusal(keyword, message(), None) }
            }
            Assertion::Values { values, .. } => {
                let listed = match literal {
                    Some(Value::Array(listed)) if keyword == names::ENUM => listed,
                    Some(only) => std::slice::from_ref(only),
                    None => values,
                };
                if listed.iter().any(|one| digits.equal(value, own, one)) {
                    return None;
                }
                let expected = Expected::values(value, values.clone());
                refusal(keyword, expected.message(), Some(expected))
            }
            Assertion::UniqueItems if value.as_array().is_some_and(|items| !digits.are_unique(items)) => {
                refusal(keyword, message::violation(keyword, "items are not unique"), None)
            }
            _ => None,
        }
    }
}

/// A multiple as messages show it: 2.0 is 2.
fn shown(multiple: &Value) -> String {
    let double = multiple.as_f64().filter(|_| multiple.is_f64());
    double.map_or_else(|| multiple.to_string(), |double| double.to_string())
}

/// The keyword that an error about a bound names, and what it says of the number.
fn stated(bound: &Bound) -> (&'static str, &'static str) {
    match (bound.upper, bound.exclusive) {
        (false, false) => (names::MINIMUM, "less than the minimum"),
        (false, true) => (names::EXCLUSIVE_MINIMUM, "not greater than the exclusive minimum"),
        (true, false) => (names::MAXIMUM, "greater than the maximum"),
        (true, true) => (names::EXCLUSIVE_MAXIMUM, "not less than the exclusive maximum"),
    }
}
