//! Decides whether a node admits a value.
//!
//! Only for values that come from outside the generator: members of a list, what knowledge says,
//! what is about to be broken. Payloads are checked by the validator.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use serde_json::Value;

use super::{Plan, PlanNodeId, ValueSet};

impl Plan {
    /// Whether the node admits the value.
    pub(crate) fn admits(&self, id: PlanNodeId, value: &Value) -> bool {
        let id = self.resolved(id);
        if let Some(exact) = &self.node(id).exact {
            return exact.accepts(value);
        }
        match (&self.node(id).value_set, value) {
            (ValueSet::Any, _) | (ValueSet::Null, Value::Null) | (ValueSet::Boolean, Value::Bool(_)) => true,
            (ValueSet::Checked(checked), _) => {
                checked.check.accepts(value) && self.admits(checked.inner, value)
            }
            (ValueSet::Alternatives(alternatives), _) => self.any_admits(&alternatives.branches, value),
            (ValueSet::Listed(values), _) => values.iter().any(|listed| same(listed, value)),
            (ValueSet::Numbers(numbers), Value::Number(number)) => numbers.admits(number),
            (ValueSet::Text(text), Value::String(string)) => text.admits(string),
            (ValueSet::Array(array), Value::Array(items)) => array.admits(self, items),
            (ValueSet::Object(object), Value::Object(members)) => object.admits(self, members),
            _ => false,
        }
    }

    /// Alternatives share others: each is asked once.
    fn any_admits(&self, branches: &[PlanNodeId], value: &Value) -> bool {
        let (mut seen, mut waiting) = (HashSet::new(), Vec::new());
        let mut branches = branches;
        loop {
            for branch in branches {
                let id = self.resolved(*branch);
                let node = self.node(id);
                if let ValueSet::Alternatives(inner) = &node.value_set
                    && node.exact.is_none()
                {
                    waiting.extend(seen.insert(id).then_some(&inner.branches));
                } else if self.admits(id, value) {
                    return true;
                }
            }
            let Some(next) = waiting.pop() else { return false };
            branches = next;
        }
    }
}

/// Values, to be asked whether another is the same as one of them.
pub(crate) struct Known<'v>(HashMap<String, Vec<&'v Value>>);

impl Known<'_> {
    pub(crate) fn has(&self, value: &Value) -> bool {
        self.0.get(&likeness(value)).is_some_and(|alike| alike.iter().any(|known| same(known, value)))
    }
}

impl<'v> FromIterator<&'v Value> for Known<'v> {
    fn from_iter<I: IntoIterator<Item = &'v Value>>(values: I) -> Self {
        let mut known: HashMap<String, Vec<&Value>> = HashMap::new();
        for value in values {
            known.entry(likeness(value)).or_default().push(value);
        }
        Self(known)
    }
}

/// Equal for values that are the same.
pub(crate) fn likeness(value: &Value) -> String {
    let mut text = String::new();
    write_likeness(value, &mut text);
    text
}

fn write_likeness(value: &Value, into: &mut String) {
    match value {
        // Adding 0 makes one zero of the two.
        Value::Number(number) => {
            let _ = write!(into, "{:e}", number.as_f64().unwrap_or(0.0) + 0.0);
        }
        Value::Array(items) => {
            into.push('[');
            for item in items {
                write_likeness(item, into);
                into.push(',');
            }
            into.push(']');
        }
        Value::Object(members) => {
            into.push('{');
            for (name, member) in members {
                let _ = write!(into, "{name:?}:");
                write_likeness(member, into);
                into.push(',');
            }
            into.push('}');
        }
        scalar => {
            let _ = write!(into, "{scalar}");
        }
    }
}

/// Whether two values are the same value to JSON Schema, which does not tell 1 from 1.0.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|twin| same(value, twin)))
        }
        _ => one == other,
    }
}
