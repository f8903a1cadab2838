//! Does a value keep a subschema, as far as the model alone can say?

use std::collections::{HashMap, HashSet};

use jsonschema::Validator;
use referencing::Draft;
use serde_json::{Map, Value, json};

use super::super::numbers::{canonical, integer, order};
use super::super::pattern::Effort;
use super::super::types::TypeSet;
use super::{Applicator, Assertion, Contains, Model, NodeId, Properties};

/// Subschemas that are looked at for one answer.
const MAX_STEPS: usize = 1 << 16;

/// Says whether values keep subschemas. What is unevaluated, and what takes too long, is believed.
#[derive(Debug, Default)]
pub(crate) struct Acceptance {
    formats: HashMap<(Draft, String), Option<Validator>>,
    left: usize,
}

impl Acceptance {
    /// Whether a value keeps all of these subschemas.
    pub(crate) fn accepts(&mut self, model: &Model, ids: &[NodeId], value: &Value) -> bool {
        self.left = MAX_STEPS;
        ids.iter().all(|id| self.node(model, *id, value))
    }

    fn node(&mut self, model: &Model, id: NodeId, value: &Value) -> bool {
        if self.left == 0 {
            return true;
        }
        self.left -= 1;
        let node = model.node(id);
        node.boolean != Some(false)
            && node.assertions.iter().all(|assertion| match (assertion, value) {
                (Assertion::Format(name), Value::String(text)) => self.format(node.draft, name, text),
                (assertion, value) => assertion.admits(value),
            })
            && node.applicators.iter().all(|applicator| self.applicator(model, applicator, value))
    }

    fn format(&mut self, draft: Draft, name: &str, text: &str) -> bool {
        let draft = draft.min(Draft::Draft202012);
        let validator = self.formats.entry((draft, name.to_owned())).or_insert_with(|| {
            let options = jsonschema::options().with_draft(draft).should_validate_formats(true);
            options.build(&json!({"format": name})).ok()
        });
        validator.as_ref().is_none_or(|validator| validator.is_valid(&Value::from(text)))
    }

    fn applicator(&mut self, model: &Model, applicator: &Applicator, value: &Value) -> bool {
        match (applicator, value) {
            (Applicator::Reference(inner), _) => self.node(model, *inner, value),
            (Applicator::AllOf(all), _) => all.iter().all(|one| self.node(model, *one, value)),
            (Applicator::AnyOf(any), _) => any.iter().any(|one| self.node(model, *one, value)),
            (Applicator::OneOf(one), _) => {
                let fitting = one.iter().filter(|one| self.node(model, **one, value));
                fitting.take(2).count() == 1 || self.left == 0
            }
            (Applicator::Not(inner), _) => !self.node(model, *inner, value) || self.left == 0,
            (Applicator::If { test, then, otherwise }, _) => {
                let next = if self.node(model, *test, value) { then } else { otherwise };
                next.is_none_or(|next| self.node(model, next, value))
            }
            (Applicator::Dependent(schemas), Value::Object(members)) => schemas
                .iter()
                .all(|(name, schema)| !members.contains_key(name) || self.node(model, *schema, value)),
            (Applicator::Properties(properties), Value::Object(members)) if properties.only_names() => {
                let mut named =
                    properties.named.iter().filter_map(|(name, one)| Some((members.get(name)?, *one)));
                named.all(|(value, one)| self.node(model, one, value))
            }
            (Applicator::Properties(properties), Value::Object(members)) => members
                .iter()
                .all(|(name, value)| properties.all_of(name).iter().all(|one| self.node(model, *one, value))),
            (Applicator::PropertyNames(names), Value::Object(members)) => {
                members.keys().all(|name| self.node(model, *names, &Value::from(name.as_str())))
            }
            (Applicator::Items { prefix, rest, .. }, Value::Array(items)) => {
                let schemas = prefix.iter().copied().map(Some).chain(std::iter::repeat(*rest));
                let mut items = items.iter().zip(schemas);
                items.all(|(item, one)| one.is_none_or(|one| self.node(model, one, item)))
            }
            (Applicator::Contains(contains), Value::Array(items)) => {
                let Contains { item, min, max, .. } = contains;
                let found = items.iter().filter(|one| self.node(model, *item, one)).count() as u64;
                (*min..=max.unwrap_or(u64::MAX)).contains(&found) || self.left == 0
            }
            _ => true,
        }
    }
}

impl Properties {
    /// The subschemas for a member of that name, with what is for all other members.
    pub(crate) fn all_of(&self, name: &str) -> Vec<NodeId> {
        let mut known = self.of(name);
        if known.is_empty() {
            known.extend(self.additional);
        }
        known
    }
}

impl Assertion {
    /// Whether it admits a value; formats and contents are believed.
    pub(crate) fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Type(types), value) => types.contains(TypeSet::of_value(value)),
            (Self::Values { values, .. }, value) => values.contains(&canonical(value)),
            (Self::Bound(bound), Value::Number(number)) => {
                let order = order(number, &bound.limit);
                if order.is_eq() { !bound.exclusive } else { order.is_lt() == bound.upper }
            }
            (Self::MultipleOf(step), Value::Number(number)) => match (integer(number), integer(step)) {
                (Some(number), Some(step)) => step == 0 || number % step == 0,
                _ => number
                    .as_f64()
                    .zip(step.as_f64())
                    .is_none_or(|(number, step)| (number / step).fract() == 0.0),
            },
            (Self::Count(count), value) if count.of.contains(TypeSet::of_value(value)) => {
                let size = match value {
                    Value::String(text) => text.chars().count(),
                    Value::Array(items) => items.len(),
                    Value::Object(members) => members.len(),
                    _ => return true,
                } as u64;
                if count.upper { size <= count.limit } else { size >= count.limit }
            }
            (Self::Pattern { pattern, .. }, Value::String(text)) => {
                pattern.is_match(text, &Effort::small()).unwrap_or(true)
            }
            (Self::UniqueItems, Value::Array(items)) => {
                let mut known = HashSet::new();
                items.iter().all(|item| known.insert(canonical(item).to_string()))
            }
            (Self::Required(names), Value::Object(members)) => has_all(members, names),
            (Self::DependentRequired { names, .. }, Value::Object(members)) => {
                names.iter().all(|(name, others)| !members.contains_key(name) || has_all(members, others))
            }
            _ => true,
        }
    }
}

fn has_all(members: &Map<String, Value>, names: &[String]) -> bool {
    names.iter().all(|name| members.contains_key(name))
}
