//! Validates a value against a subschema.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use referencing::Draft;
use serde_json::{Map, Number, Value};

use super::super::format::asserting;
use super::super::numbers::{canonical, is_multiple, order};
use super::super::pattern::{Effort, Pattern};
use super::super::types::TypeSet;
use super::{Applicator, Assertion, Bound, Contains, Count, Model, Node, NodeId, Properties};

/// Lists of more values are looked up in a set.
const LONG_LIST: usize = 16;

/// What is needed to say whether values keep the subschemas of a model, each found out once.
#[derive(Debug)]
pub(crate) struct Acceptance {
    /// What the `jsonschema` crate says of formats and contents.
    library: HashMap<NodeId, Arc<OnceLock<Option<Validator>>>>,
    lists: HashMap<NodeId, OnceLock<HashSet<Value>>>,
}

impl Acceptance {
    pub(crate) fn of(model: &Model) -> Self {
        let (mut library, mut lists) = (HashMap::new(), HashMap::new());
        let mut known: HashMap<(Draft, Map<String, Value>), Arc<OnceLock<_>>> = HashMap::new();
        for (id, node) in (0..).zip(&model.nodes) {
            let keywords = node.left_to_library();
            if !keywords.is_empty() {
                let validator = known.entry((node.draft, keywords)).or_default();
                library.insert(id, Arc::clone(validator));
            }
            let lengths: Vec<usize> = node.listed().map(Vec::len).collect();
            if matches!(lengths[..], [length] if length > LONG_LIST) {
                lists.insert(id, OnceLock::new());
            }
        }
        Self { library, lists }
    }

    /// A question about one value that is given up after so many subschemas.
    pub(crate) fn ask<'a>(&'a self, model: &'a Model, steps: usize) -> Question<'a> {
        Question { acceptance: self, model, left: steps, effort: Effort::default() }
    }
}

impl Node {
    /// The keywords of formats and contents, as they are written.
    fn left_to_library(&self) -> Map<String, Value> {
        let of_library = |one: &&Assertion| matches!(one, Assertion::Format(_) | Assertion::Content { .. });
        let requested = self.assertions.iter().filter(of_library);
        let written = requested.filter_map(|one| self.written.get_key_value(one.keyword()));
        written.map(|(keyword, value)| (keyword.clone(), value.clone())).collect()
    }

    fn listed(&self) -> impl Iterator<Item = &Vec<Value>> {
        self.assertions.iter().filter_map(|one| match one {
            Assertion::Values { values, .. } => Some(values),
            _ => None,
        })
    }
}

/// Whether one value keeps subschemas.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    acceptance: &'a Acceptance,
    model: &'a Model,
    /// Subschemas that may still be looked at.
    left: usize,
    effort: Effort,
}

impl Question<'_> {
    /// Whether it took too long, so that no answer means anything.
    pub(crate) fn is_given_up(&self) -> bool {
        self.left == 0
    }

    /// Subschemas that may still be looked at.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// Whether the value keeps a subschema.
    pub(crate) fn keeps(&mut self, id: NodeId, value: &Value) -> bool {
        let node = self.model.node(id);
        node.boolean != Some(false)
            && self.asserted(id, value)
            && node.applicators.iter().all(|applicator| self.applicator(id, applicator, value))
    }

    /// Whether the value keeps what a subschema says by itself: without the subschemas that it applies to the
    /// same value, and without what is unevaluated.
    pub(crate) fn keeps_own(&mut self, id: NodeId, value: &Value) -> bool {
        let applicators = &self.model.node(id).applicators;
        self.asserted(id, value)
            && applicators.iter().filter(|one| one.is_own()).all(|one| self.applicator(id, one, value))
    }

    fn asserted(&mut self, id: NodeId, value: &Value) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        let acceptance = self.acceptance;
        let node = self.model.node(id);
        let own = node.assertions.iter().all(|assertion| match assertion {
            Assertion::Values { .. } if acceptance.lists.contains_key(&id) => {
                let set = acceptance.lists[&id].get_or_init(|| node.listed().flatten().cloned().collect());
                set.contains(&canonical(value))
            }
            Assertion::Pattern { pattern, .. } => {
                value.as_str().is_none_or(|text| self.matches(pattern, text))
            }
            other => other.admits(value),
        });
        own && (!value.is_string()
            || acceptance.library.get(&id).is_none_or(|validator| {
                let validator = validator.get_or_init(|| {
                    let draft = node.draft.min(Draft::Draft202012);
                    let options = asserting().with_draft(draft);
                    options.build(&Value::Object(node.left_to_library())).ok()
                });
                validator.as_ref().is_none_or(|validator| validator.is_valid(value))
            }))
    }

    /// Whether a pattern matches a text.
    pub(crate) fn matches(&mut self, pattern: &Pattern, text: &str) -> bool {
        pattern.is_match(text, &self.effort).unwrap_or_else(|_| {
            self.left = 0;
            false
        })
    }

    fn all(&mut self, ids: &[NodeId], value: &Value) -> bool {
        ids.iter().all(|one| self.keeps(*one, value))
    }

    fn applicator(&mut self, id: NodeId, applicator: &Applicator, value: &Value) -> bool {
        match (applicator, value) {
            (Applicator::Reference(inner), _) => self.keeps(*inner, value),
            (Applicator::AllOf(all), _) => self.all(all, value),
            (Applicator::AnyOf(any), _) => any.iter().any(|one| self.keeps(*one, value)),
            (Applicator::OneOf(one), _) => {
                one.iter().filter(|one| self.keeps(**one, value)).take(2).count() == 1
            }
            (Applicator::Not(inner), _) => !self.keeps(*inner, value),
            (Applicator::If { test, then, otherwise }, _) => {
                let next = if self.keeps(*test, value) { then } else { otherwise };
                next.is_none_or(|next| self.keeps(next, value))
            }
            (Applicator::Dependent(schemas), Value::Object(members)) => {
                schemas.iter().all(|(name, schema)| !members.contains_key(name) || self.keeps(*schema, value))
            }
            (Applicator::Properties(properties), Value::Object(members)) if properties.only_names() => {
                let mut named =
                    properties.named.iter().filter_map(|(name, one)| Some((members.get(name)?, *one)));
                named.all(|(value, one)| self.keeps(one, value))
            }
            (Applicator::Properties(properties), Value::Object(members)) => {
                members.iter().all(|(name, value)| self.all(&properties.all_of(name), value))
            }
            (Applicator::PropertyNames(names), Value::Object(members)) => {
                members.keys().all(|name| self.keeps(*names, &Value::from(name.as_str())))
            }
            (Applicator::Items { prefix, rest, .. }, Value::Array(items)) => {
                let schemas = prefix.iter().copied().map(Some).chain(std::iter::repeat(*rest));
                let mut items = items.iter().zip(schemas);
                items.all(|(item, one)| one.is_none_or(|one| self.keeps(one, item)))
            }
            (Applicator::Contains(contains), Value::Array(items)) => {
                let Contains { item, min, max, .. } = contains;
                let found = items.iter().filter(|one| self.keeps(*item, one)).count() as u64;
                (*min..=max.unwrap_or(u64::MAX)).contains(&found)
            }
            (Applicator::UnevaluatedProperties(rest), Value::Object(members)) => {
                let part = |name| Part::Member(name, members);
                members
                    .iter()
                    .all(|(name, inner)| self.evaluates(id, part(name), value) || self.keeps(*rest, inner))
            }
            (Applicator::UnevaluatedItems(rest), Value::Array(items)) => {
                items.iter().enumerate().all(|(index, inner)| {
                    self.evaluates(id, Part::Item(index, inner), value) || self.keeps(*rest, inner)
                })
            }
            _ => true,
        }
    }

    /// Whether a member or an item counts as evaluated by a subschema that the value keeps, but for what it
    /// says of those that are not.
    fn evaluates(&mut self, id: NodeId, part: Part<'_>, value: &Value) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        self.model.node(id).applicators.iter().any(|applicator| match (applicator, part) {
            (Applicator::Properties(of), Part::Member(name, _)) => {
                of.additional.is_some() || !of.of(name).is_empty()
            }
            (Applicator::Items { prefix, rest, .. }, Part::Item(index, _)) => {
                rest.is_some() || index < prefix.len()
            }
            (Applicator::Contains(Contains { item, evaluates: true, .. }), Part::Item(_, inner)) => {
                self.keeps(*item, inner)
            }
            (Applicator::Reference(inner), _) => self.evaluates_all(*inner, part, value),
            (Applicator::AllOf(all), _) => all.iter().any(|one| self.evaluates_all(*one, part, value)),
            (Applicator::AnyOf(some) | Applicator::OneOf(some), _) => {
                some.iter().any(|one| self.keeps(*one, value) && self.evaluates_all(*one, part, value))
            }
            (Applicator::If { test, then, otherwise }, _) => {
                let (holds, next) = if self.keeps(*test, value) { (true, then) } else { (false, otherwise) };
                holds && self.evaluates_all(*test, part, value)
                    || next.is_some_and(|next| self.evaluates_all(next, part, value))
            }
            (Applicator::Dependent(schemas), Part::Member(_, members)) => schemas
                .iter()
                .any(|(name, one)| members.contains_key(name) && self.evaluates_all(*one, part, value)),
            _ => false,
        })
    }

    /// The same, with what it says of those that are not.
    fn evaluates_all(&mut self, id: NodeId, part: Part<'_>, value: &Value) -> bool {
        let rest = self.model.node(id).applicators.iter().any(|one| match part {
            Part::Member(..) => matches!(one, Applicator::UnevaluatedProperties(_)),
            Part::Item(..) => matches!(one, Applicator::UnevaluatedItems(_)),
        });
        rest || self.evaluates(id, part, value)
    }
}

/// A part of a value.
#[derive(Clone, Copy)]
enum Part<'v> {
    /// A member by its name, and all of them.
    Member(&'v str, &'v Map<String, Value>),
    Item(usize, &'v Value),
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

impl Bound {
    pub(crate) fn admits(&self, number: &Number) -> bool {
        let order = order(number, &self.limit);
        if order.is_eq() { !self.exclusive } else { order.is_lt() == self.upper }
    }
}

impl Count {
    pub(crate) fn admits(&self, value: &Value) -> bool {
        let size = match value {
            Value::String(text) if self.of == TypeSet::STRING => text.chars().count(),
            Value::Array(items) if self.of == TypeSet::ARRAY => items.len(),
            Value::Object(members) if self.of == TypeSet::OBJECT => members.len(),
            _ => return true,
        } as u64;
        if self.upper { size <= self.limit } else { size >= self.limit }
    }
}

impl Assertion {
    /// Whether it admits a value; patterns, formats and contents are believed.
    fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Type(types), value) => types.contains(TypeSet::of_value(value)),
            (Self::Values { values, .. }, value) => values.contains(&canonical(value)),
            (Self::Bound(bound), Value::Number(number)) => bound.admits(number),
            (Self::MultipleOf(of), Value::Number(number)) => is_multiple(number, of).unwrap_or(true),
            (Self::Count(count), value) => count.admits(value),
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
