//! Builds the smallest values of a subschema.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::keywords::{applicators, assertions, contained, listed, max_count};
use super::scalars;
use crate::error::Error;
use crate::generate::plan::heights::weight;
use crate::schema::Schema;
use crate::schema::keywords::names;
use crate::schema::model::{Acceptance, Applicator, Assertion, Model, NodeId, SchemaView, SchemaViews};
use crate::schema::types::TypeSet;

/// Values inside each other.
const MAX_DEPTH: usize = 128;
/// Maximum number of subschemas visited to validate a value.
const MAX_STEPS: usize = 1 << 16;
/// A value that takes more steps, or bytes of text, is not made.
const MAX_MINIMAL: usize = 1 << 18;
/// Values that are kept for the next time take no more bytes.
const MAX_KEPT: usize = 64 << 20;
/// Maximum number of items and members that are built to reach a minimum count.
pub(super) const MAX_COUNT: u64 = 1_000;

/// Builds the smallest values of a schema. They do not depend on how it is written.
#[derive(Debug)]
pub(super) struct MinimalValues {
    pub(super) model: Arc<Model>,
    views: SchemaViews,
    acceptance: Acceptance,
    known: HashMap<Vec<NodeId>, Option<Arc<Value>>>,
    containers: HashMap<Wanted, Option<Arc<Value>>>,
    kept: usize,
    /// What is being made: a value that contains itself is none.
    above: HashSet<Vec<NodeId>>,
    /// What may still be put into the present value.
    left: usize,
}

/// An object or array of a subschema: one that another subschema applies to, with a member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub(super) location: NodeId,
    pub(super) via: NodeId,
    pub(super) types: TypeSet,
    pub(super) with: Option<String>,
}

impl Wanted {
    /// The schema views of a location that admit the types: those that include the other subschema, and the
    /// others.
    pub(super) fn ways<'v>(&self, views: &'v [SchemaView]) -> (Vec<&'v SchemaView>, Vec<&'v SchemaView>) {
        let fitting = views.iter().filter(|view| view.types.contains(self.types));
        fitting.partition(|view| view.nodes.contains(&self.via))
    }
}

impl MinimalValues {
    pub(super) fn of(model: Arc<Model>) -> Self {
        Self {
            acceptance: Acceptance::of(&model),
            model,
            views: SchemaViews::default(),
            known: HashMap::new(),
            containers: HashMap::new(),
            kept: 0,
            above: HashSet::new(),
            left: 0,
        }
    }

    pub(super) fn views(&mut self, ids: &[NodeId]) -> Arc<[SchemaView]> {
        self.views.of_all(&self.model, ids)
    }

    /// Whether a value is valid against all of these subschemas, or the limit of steps is reached.
    pub(super) fn accepts(&self, ids: &[NodeId], value: &Value) -> bool {
        let mut question = self.acceptance.ask(&self.model, MAX_STEPS);
        ids.iter().all(|id| question.keeps(*id, value)) || question.is_given_up()
    }

    /// The smallest value that keeps all of these subschemas: null where it may be; `None` where it is too
    /// large.
    pub(super) fn value(&mut self, ids: &[NodeId]) -> Option<Arc<Value>> {
        self.left = MAX_MINIMAL;
        self.minimal(ids)
    }

    /// The smallest such object or array of all schema views.
    pub(super) fn container(&mut self, wanted: &Wanted) -> Option<Arc<Value>> {
        let all = self.views(&[wanted.location]);
        let (with, without) = wanted.ways(&all);
        let mut known_as = wanted.clone();
        if with.is_empty() || without.is_empty() {
            // Whichever has a say, it is the same.
            known_as.via = wanted.location;
        }
        if let Some(known) = self.containers.get(&known_as) {
            return known.clone();
        }
        self.left = MAX_MINIMAL;
        let views = if with.is_empty() { without } else { with };
        let made: Vec<_> =
            views.into_iter().filter_map(|view| Some((view, self.made(view, wanted)?))).collect();
        // What another view admits may be valid, but without the subschema that is wanted.
        let rank = |(view, value): &(&SchemaView, Value)| {
            let in_view = self.accepts(&view.nodes, value);
            (!in_view, !self.accepts(&[wanted.location], value), weight(value), value.to_string())
        };
        let best = made.into_iter().min_by_key(rank).map(|(_, value)| Arc::new(value));
        self.keep(best.as_deref());
        if self.kept <= MAX_KEPT {
            self.containers.insert(known_as, best.clone());
        }
        best
    }

    /// The schema views of a location that include the other subschema, if there are any.
    pub(super) fn ways(&mut self, wanted: &Wanted) -> Vec<SchemaView> {
        let views = self.views(&[wanted.location]);
        let (with, without) = wanted.ways(&views);
        if with.is_empty() { without } else { with }.into_iter().cloned().collect()
    }

    fn made(&mut self, view: &SchemaView, wanted: &Wanted) -> Option<Value> {
        if wanted.types == TypeSet::OBJECT {
            self.object(view, wanted.with.as_deref(), None)
        } else {
            self.array(view, None)
        }
    }

    fn keep(&mut self, value: Option<&Value>) {
        let bytes = value.map_or(0, weight);
        self.kept = self.kept.saturating_add(usize::try_from(bytes).unwrap_or(usize::MAX)).saturating_add(64);
    }

    pub(super) fn take(&mut self, many: usize) -> Option<()> {
        self.left = self.left.checked_sub(many)?;
        Some(())
    }

    fn minimal(&mut self, ids: &[NodeId]) -> Option<Arc<Value>> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        if let Some(known) = self.known.get(&ids) {
            let known = known.clone()?;
            self.take(usize::try_from(weight(&known)).ok()?)?;
            return Some(known);
        }
        if self.above.len() >= MAX_DEPTH || !self.above.insert(ids.clone()) {
            return None;
        }
        let value = self.find(&ids).map(Arc::new);
        self.above.remove(&ids);
        self.keep(value.as_deref());
        // What was not found inside something else may be found without it.
        if self.kept <= MAX_KEPT && self.left > 0 && (value.is_some() || self.above.is_empty()) {
            self.known.insert(ids, value.clone());
        }
        value
    }

    /// The simplest type first. What the schema does not accept after all is the last choice.
    fn find(&mut self, ids: &[NodeId]) -> Option<Value> {
        let views = self.views(ids);
        self.take(views.iter().map(|view| view.nodes.len()).sum::<usize>() / 16 + 4)?;
        let order = [
            TypeSet::NULL,
            TypeSet::BOOLEAN,
            TypeSet::INTEGER,
            TypeSet::FRACTION,
            TypeSet::STRING,
            TypeSet::ARRAY,
            TypeSet::OBJECT,
        ];
        let mut second = None;
        for one in order {
            let mut made = Vec::new();
            for view in views.iter().filter(|view| view.types.contains(one)) {
                made.extend(
                    self.of_type(view, one)
                        .into_iter()
                        .map(|value| (weight(&value), value.to_string(), value)),
                );
            }
            made.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
            made.dedup_by(|one, other| one.1 == other.1);
            for (bytes, _, value) in made {
                if self.accepts(ids, &value) {
                    self.take(usize::try_from(bytes).ok()?)?;
                    return Some(value);
                }
                second.get_or_insert(value);
            }
        }
        second
    }

    fn of_type(&mut self, view: &SchemaView, one: TypeSet) -> Vec<Value> {
        if let Some(listed) = listed(&self.model, view) {
            return listed.into_iter().filter(|value| TypeSet::of_value(value) == one).collect();
        }
        match one {
            TypeSet::NULL => vec![Value::Null],
            TypeSet::BOOLEAN => vec![json!(false), json!(true)],
            TypeSet::STRING => scalars::texts(&self.model, view),
            TypeSet::ARRAY => self.array(view, None).into_iter().collect(),
            TypeSet::OBJECT => self.object(view, None, None).into_iter().collect(),
            _ => scalars::numbers(&self.model, view),
        }
    }

    /// An array: as many items as must be, or so many.
    pub(super) fn array(&mut self, view: &SchemaView, count: Option<u64>) -> Option<Value> {
        let contains: Vec<_> = applicators(&self.model, view).filter_map(contained).collect();
        let requested = contains.iter().map(|(_, min)| *min).sum::<u64>();
        let count = count
            .unwrap_or_else(|| max_count(&self.model, view, names::MIN_ITEMS).max(requested))
            .min(MAX_COUNT);
        let unique = assertions(&self.model, view).any(|one| matches!(one, Assertion::UniqueItems));
        let mut items: Vec<Value> = Vec::new();
        let mut wanted = contains.iter().flat_map(|(item, min)| (0..*min).map(|_| *item));
        for index in 0..usize::try_from(count).unwrap_or(0) {
            self.take(1)?;
            let mut schemas = self.item_schemas(view, index);
            schemas.extend(wanted.next());
            let item = self.item(&schemas)?;
            let other =
                if unique && items.contains(&item) { self.different(&schemas, &item, &items) } else { None };
            items.push(other.unwrap_or(item));
        }
        Some(items.into())
    }

    pub(super) fn item(&mut self, schemas: &[NodeId]) -> Option<Value> {
        if schemas.is_empty() {
            Some(Value::Null)
        } else {
            self.minimal(schemas).map(|value| (*value).clone())
        }
    }

    /// The item at an index of an array; where none is allowed, null.
    pub(super) fn item_at(&mut self, wanted: &Wanted, index: usize) -> Option<Value> {
        self.left = MAX_MINIMAL;
        let view = self.ways(wanted).into_iter().next()?;
        let schemas = self.item_schemas(&view, index);
        self.item(&schemas).or_else(|| self.refused(&schemas))
    }

    /// Something to put where nothing is allowed.
    pub(super) fn refused(&self, schemas: &[NodeId]) -> Option<Value> {
        schemas.iter().any(|id| self.model.refuses_all(*id)).then_some(Value::Null)
    }

    /// An item that is not there yet.
    fn different(&mut self, schemas: &[NodeId], item: &Value, items: &[Value]) -> Option<Value> {
        let number = items.len();
        let others = [
            json!(number),
            json!(format!("{}{number}", item.as_str().unwrap_or("a"))),
            json!(true),
            json!(false),
        ];
        let listed = self
            .views(schemas)
            .iter()
            .filter_map(|view| listed(&self.model, view))
            .flatten()
            .collect::<Vec<_>>();
        let mut others = others.into_iter().chain(listed);
        others.find(|other| !items.contains(other) && self.accepts(schemas, other))
    }

    fn item_schemas(&mut self, view: &SchemaView, index: usize) -> Vec<NodeId> {
        let mut schemas = Vec::new();
        let mut rest = None;
        for applicator in applicators(&self.model, view) {
            match applicator {
                Applicator::Items { prefix, rest, .. } => {
                    schemas.extend(prefix.get(index).copied().or(*rest));
                }
                Applicator::UnevaluatedItems(inner) => rest = Some(*inner),
                _ => {}
            }
        }
        if schemas.is_empty() {
            schemas.extend(rest);
        }
        schemas
    }
}

/// The smallest object at each of these schema locations that may be one.
pub(in crate::generate) fn smallest_objects(
    schema: &Schema,
    locations: &HashSet<&str>,
) -> Result<HashMap<String, Value>, Error> {
    let mut minimal = MinimalValues::of(Arc::new(Model::of(schema)?.with_sorted_branches()));
    let model = Arc::clone(&minimal.model);
    let mut found = HashMap::new();
    for (location, node) in (0..).zip(&model.nodes) {
        let pointer = node.location_pointer();
        if !locations.contains(pointer.as_str()) || found.contains_key(&pointer) {
            continue;
        }
        let wanted = Wanted { location, via: location, types: TypeSet::OBJECT, with: None };
        found.extend(minimal.container(&wanted).map(|object| (pointer, (*object).clone())));
    }
    Ok(found)
}
