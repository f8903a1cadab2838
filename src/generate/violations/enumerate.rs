//! Enumerates the violations of one schema location.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::keywords::{assertions, listed};
use super::locations::SchemaLocation;
use super::minimal::{MAX_COUNT, MinimalValues};
use super::scalars::whole;
use super::target::{Act, Target};
use crate::finding::{Rule, rules};
use crate::generate::plan::kinds::Format;
use crate::schema::model::{Applicator, Assertion, Bound, Model, NodeId, SchemaView};
use crate::schema::numbers::integer;
use crate::schema::types::TypeSet;

/// Texts are not made longer or shorter where a limit is greater.
const MAX_TEXT: u64 = 10_000;
/// A text that hardly any pattern matches.
const UNMATCHED: &str = "\u{1}";

/// Adds every violation of a location to the targets.
pub(super) fn add(minimal: &mut MinimalValues, location: &SchemaLocation, targets: &mut Vec<Target>) {
    let model = Arc::clone(&minimal.model);
    let mut ways = Enumerator { minimal, location, targets, put: HashSet::new() };
    ways.types(&model);
    ways.lists(&model);
    for view in location.views.iter() {
        let lists = listed(&model, view).is_some();
        for id in view.nodes.iter() {
            ways.inside(&model, *id, view, lists);
        }
    }
    for id in &location.new {
        ways.members(&model, *id);
    }
}

struct Enumerator<'w> {
    minimal: &'w mut MinimalValues,
    location: &'w SchemaLocation,
    targets: &'w mut Vec<Target>,
    /// What is done already.
    put: HashSet<(&'static str, String)>,
}

impl Enumerator<'_> {
    fn push(&mut self, rule: &'static Rule, what: String, via: NodeId, act: Act) {
        let SchemaLocation { id, ref route, .. } = *self.location;
        let schema_pointer = self.minimal.model.node(id).location_pointer();
        self.targets.push(Target {
            rule,
            schema_pointer,
            what,
            route: route.clone(),
            location: id,
            via,
            act,
        });
    }

    /// Something that is done to a value as a whole: once, whichever subschema it breaks.
    fn whole(&mut self, rule: &'static Rule, what: String, via: NodeId, act: Act) {
        if self.put.insert((rule.id, what.clone())) {
            self.push(rule, what, via, act);
        }
    }

    /// A value instead of the one that is there, unless the schema accepts it after all: one that breaks the
    /// rule by this subschema. Where its type leaves several ways to keep the location, with different
    /// subschemas, none of them is what is broken, unless all of them list values.
    fn replace(&mut self, rule: &'static Rule, id: NodeId, value: Value) {
        if self.minimal.accepts(&[self.location.id], &value) {
            return;
        }
        let model = &self.minimal.model;
        let fitting = self
            .location
            .views
            .iter()
            .filter(|view| allowed_types(model, view).contains(TypeSet::of_value(&value)));
        let fitting: Vec<_> = fitting.collect();
        let shared = fitting.iter().all(|view| view.nodes.contains(&id));
        let one = shared || fitting.len() < 2 || fitting.iter().all(|view| listed(model, view).is_some());
        let rule = if one { rule } else { &rules::SCHEMA_VIOLATION };
        self.whole(rule, format!("replaced by {value}"), id, Act::Put(value));
    }

    /// Another JSON type. Where only a list of values leaves a type out, its values are not in the list.
    fn types(&mut self, model: &Model) {
        let location = self.location;
        if location.views.is_empty() {
            return self.replace(&rules::SCHEMA_VIOLATION, location.id, Value::Null);
        }
        let types = location.views.iter().fold(TypeSet::NONE, |all, view| all | view.types);
        let allowed = location
            .views
            .iter()
            .map(|view| allowed_types(model, view))
            .fold(TypeSet::NONE, |all, one| all | one);
        if !types.contains(TypeSet::NULL) {
            self.replace(&rules::NULL_VALUE, location.id, Value::Null);
        }
        let others = [json!("text"), json!(true), json!(17), json!(0.5), json!([]), json!({})];
        for value in others {
            let one = TypeSet::of_value(&value);
            if !allowed.contains(one) {
                self.replace(&rules::TYPE_MISMATCH, location.id, value);
            } else if (TypeSet::STRING | TypeSet::NUMBER).contains(one) && !types.contains(one) {
                self.replace(&rules::UNKNOWN_ENUM_VALUE, location.id, value);
            }
        }
        let lists = location.views.iter().any(|view| listed(model, view).is_some());
        if types.overlaps(TypeSet::NUMBER) && !lists {
            let what = "replaced by 1e400, which no double holds".to_owned();
            self.whole(&rules::OUT_OF_RANGE, what, location.id, Act::Huge);
        }
    }

    /// Something like what is listed: the same type, another value.
    fn lists(&mut self, model: &Model) {
        let lists: Vec<Value> =
            self.location.views.iter().filter_map(|view| listed(model, view)).flatten().collect();
        let types = lists.iter().map(TypeSet::of_value).fold(TypeSet::NONE, |all, one| all | one);
        let mut ids = self.location.views.iter().flat_map(|view| view.nodes.iter().copied());
        let Some(listing) = ids.find(|id| model.node(*id).lists_values()) else { return };
        let others = [
            json!("unlisted"),
            json!("NOT LISTED"),
            json!(987_654),
            json!(true),
            json!(false),
            json!(["unlisted"]),
            json!({"unlisted": true}),
        ];
        for other in others {
            let one = TypeSet::of_value(&other);
            let one = if one == TypeSet::INTEGER { TypeSet::NUMBER } else { one };
            if types.overlaps(one) {
                self.replace(&rules::UNKNOWN_ENUM_VALUE, listing, other);
            }
        }
    }

    /// A value of the right type that a subschema refuses, unless there is another way to keep the location
    /// with it.
    fn inside(&mut self, model: &Model, id: NodeId, view: &SchemaView, lists: bool) {
        for assertion in &model.node(id).assertions {
            if view.types.overlaps(assertion.speaks_of()) && !lists {
                self.assertion(id, assertion, view);
            }
        }
        for applicator in &model.node(id).applicators {
            match applicator {
                Applicator::Contains(contains) if view.types.contains(TypeSet::ARRAY) => {
                    if contains.min > 0 {
                        self.items(id, contains.min - 1);
                    }
                    if let Some(max) = contains.max {
                        self.items(id, max.saturating_add(1));
                    }
                }
                Applicator::Not(inner) => {
                    if let Some(value) = self.minimal.value(&[self.location.id, *inner]) {
                        self.replace(&rules::SCHEMA_VIOLATION, id, (*value).clone());
                    }
                }
                _ => {}
            }
        }
    }

    fn assertion(&mut self, id: NodeId, assertion: &Assertion, view: &SchemaView) {
        let violation = &rules::SCHEMA_VIOLATION;
        match assertion {
            Assertion::Format(name) => {
                if let Some(format) = Format::named(name) {
                    self.replace(&rules::INVALID_FORMAT, id, json!(format.broken()));
                }
            }
            Assertion::Pattern { .. } => self.replace(violation, id, json!(UNMATCHED)),
            Assertion::Content { .. } => self.replace(violation, id, json!("{%")),
            Assertion::Bound(bound) => self.bound(id, bound, view),
            Assertion::MultipleOf(step) => {
                let step = step.as_f64().unwrap_or(0.0);
                for number in [1.0, 1.5 * step, 0.5] {
                    self.replace(violation, id, whole(number));
                }
            }
            Assertion::Count(count) => {
                let beyond =
                    if count.upper { count.limit.checked_add(1) } else { count.limit.checked_sub(1) };
                let Some(beyond) = beyond else { return };
                if count.of == TypeSet::ARRAY {
                    self.items(id, beyond);
                } else if count.of == TypeSet::OBJECT && beyond <= MAX_COUNT {
                    let what = format!("left with {beyond} properties");
                    self.whole(violation, what, id, Act::Members(beyond));
                } else if count.of == TypeSet::STRING && beyond <= MAX_TEXT + 1 {
                    self.replace(violation, id, json!("a".repeat(usize::try_from(beyond).unwrap_or(0))));
                }
            }
            Assertion::UniqueItems => self.whole(violation, "given an item twice".to_owned(), id, Act::Equal),
            Assertion::Type(_)
            | Assertion::Values { .. }
            | Assertion::Required(_)
            | Assertion::DependentRequired { .. } => {}
        }
    }

    /// A number just beyond a bound; a whole one where nothing else may be.
    fn bound(&mut self, id: NodeId, bound: &Bound, view: &SchemaView) {
        let Some(limit) = bound.limit.as_f64() else { return };
        let apart = if bound.exclusive { 0.0 } else { 1.0 };
        let beyond = if bound.upper { limit + apart } else { limit - apart };
        let beyond = match (view.types.contains(TypeSet::FRACTION), bound.upper) {
            (true, _) => beyond,
            (false, true) => beyond.ceil(),
            (false, false) => beyond.floor(),
        };
        // Beyond this, a double and its neighbour are more than one apart.
        let beyond = if beyond.abs() < 9e15 { whole(beyond) } else { far_beyond(bound, limit) };
        self.replace(&rules::OUT_OF_RANGE, id, beyond);
    }

    fn items(&mut self, via: NodeId, count: u64) {
        if count <= MAX_COUNT {
            self.whole(&rules::SCHEMA_VIOLATION, format!("left with {count} items"), via, Act::Items(count));
        }
    }

    /// The violations of a subschema for members of an object.
    fn members(&mut self, model: &Model, id: NodeId) {
        let remove =
            |name: &String, with: Option<&String>| Act::Remove { name: name.clone(), with: with.cloned() };
        for assertion in &model.node(id).assertions {
            match assertion {
                Assertion::Required(names) => {
                    for name in names {
                        self.push(&rules::MISSING_PROPERTY, "removed".to_owned(), id, remove(name, None));
                    }
                }
                Assertion::DependentRequired { names, .. } => {
                    for (with, name) in
                        names.iter().flat_map(|(with, names)| names.iter().map(move |name| (with, name)))
                    {
                        let what = format!("removed beside `{with}`");
                        self.push(&rules::MISSING_PROPERTY, what, id, remove(name, Some(with)));
                    }
                }
                _ => {}
            }
        }
        for applicator in &model.node(id).applicators {
            match applicator {
                Applicator::Properties(properties) => {
                    let closed = properties.additional.map(|rest| model.refuses_all(rest));
                    let name = properties.named.keys().next();
                    self.unknown(id, closed, name.is_some());
                    if let Some(name) = name {
                        self.push(
                            &rules::DUPLICATE_KEY,
                            "given twice".to_owned(),
                            id,
                            Act::Twice(name.clone()),
                        );
                    }
                }
                Applicator::UnevaluatedProperties(rest) => {
                    self.unknown(id, Some(model.refuses_all(*rest)), false);
                }
                Applicator::PropertyNames(names) => {
                    let long = "a".repeat(300);
                    let keys = ["Undocumented Member!", "undocumentedMember", "0", "", &long];
                    let refused = keys.into_iter().find(|key| !self.minimal.accepts(&[*names], &json!(key)));
                    if let Some(key) = refused {
                        let what = "given a key that is not allowed".to_owned();
                        self.push(&rules::SCHEMA_VIOLATION, what, id, Act::Name(key.to_owned()));
                    }
                }
                Applicator::Dependent(schemas) => {
                    for (with, schema) in schemas {
                        self.dependent(model, id, (with, *schema));
                    }
                }
                _ => {}
            }
        }
    }

    /// A member that an object does not allow, or that it knows nothing of.
    fn unknown(&mut self, id: NodeId, closed: Option<bool>, lists: bool) {
        let views = self.location.views.iter().filter(|view| view.nodes.contains(&id));
        let together: Vec<NodeId> = views.flat_map(|view| view.nodes.iter().copied()).collect();
        let Some(name) = self.minimal.unknown_key(&together) else { return };
        match closed {
            Some(true) => {
                let what = "given a key that is not allowed".to_owned();
                self.push(&rules::SCHEMA_VIOLATION, what, id, Act::Add(name));
            }
            None if lists => {
                let what = "added; the schema does not know it".to_owned();
                self.push(&rules::UNDOCUMENTED_PROPERTY, what, id, Act::Add(name));
            }
            _ => {}
        }
    }

    /// What is required beside a member by a schema of its own.
    fn dependent(&mut self, model: &Model, id: NodeId, (with, schema): (&String, NodeId)) {
        for inner in model.conjunction(schema) {
            for assertion in &model.node(inner).assertions {
                let Assertion::Required(names) = assertion else { continue };
                for name in names {
                    let act = Act::Remove { name: name.clone(), with: Some(with.clone()) };
                    self.push(&rules::MISSING_PROPERTY, format!("removed beside `{with}`"), id, act);
                }
            }
        }
    }
}

/// The integer next to a large bound, or the next double where no 64 bits hold it.
fn far_beyond(bound: &Bound, limit: f64) -> Value {
    let apart = i128::from(!bound.exclusive);
    let next = integer(&bound.limit).map(|limit| if bound.upper { limit + apart } else { limit - apart });
    match next.map(|next| (i64::try_from(next), u64::try_from(next))) {
        Some((Ok(next), _)) => json!(next),
        Some((_, Ok(next))) => json!(next),
        _ => json!(if bound.upper { limit.next_up() } else { limit.next_down() }),
    }
}

/// The types that `type` admits in one schema view.
fn allowed_types(model: &Model, view: &SchemaView) -> TypeSet {
    assertions(model, view)
        .fold(TypeSet::ALL, |all, one| if let Assertion::Type(types) = one { all & *types } else { all })
}
