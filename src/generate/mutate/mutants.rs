//! Lists the mutants of a schema: each weakens it at one location.

use std::collections::{BTreeSet, HashSet, VecDeque};

use crate::error::Error;
use crate::schema::model::{Applicator, Assertion, Change, Model, NodeId, SchemaViews};
use crate::schema::types::TypeSet;
use crate::schema::{AsSchema, Schema, Weakening};

/// A schema weakened at one location.
///
/// What can be weakened does not depend on how the schema is written. Each mutant represents a schema that is
/// valid in every dialect: a list of required members that becomes empty is no list.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What was done, in two or three words: the kind of the mutant.
    pub operator: &'static str,
    /// Where: a JSON Pointer into the schema.
    pub schema_pointer: String,
    /// The weakening for a validator.
    pub weakening: Weakening,
}

/// Every mutant of a schema: each required member, each null that is not allowed, each type, list, format,
/// bound and property, once. Only what can be reached from the root is weakened.
///
/// # Errors
///
/// [`ErrorKind::Schema`](crate::ErrorKind::Schema) when it is not a valid schema.
pub fn mutants(schema: &impl AsSchema) -> Result<Vec<Mutant>, Error> {
    let schema = schema.schema().cloned().unwrap_or_else(|| Schema::from_value(schema.document().clone()));
    let model = Model::of(&schema)?;
    let mut traversal = Traversal {
        model: &model,
        views: SchemaViews::default(),
        locations: HashSet::from([0]),
        seen: HashSet::new(),
        waiting: VecDeque::from([0]),
        mutants: Vec::new(),
    };
    while let Some(location) = traversal.waiting.pop_front() {
        traversal.visit(location);
    }
    Ok(traversal.mutants)
}

struct Traversal<'m> {
    model: &'m Model,
    views: SchemaViews,
    /// The subschemas of properties and items, each once.
    locations: HashSet<NodeId>,
    /// Subschemas whose own keywords are done.
    seen: HashSet<NodeId>,
    waiting: VecDeque<NodeId>,
    mutants: Vec<Mutant>,
}

impl Traversal<'_> {
    fn add(&mut self, operator: &'static str, node: NodeId, keyword: &str, change: Change) {
        let pointer = self.model.node(node).location_pointer();
        let schema_pointer = if keyword.is_empty() { pointer } else { format!("{pointer}/{keyword}") };
        self.mutants.push(Mutant { operator, schema_pointer, weakening: Weakening::new(node, change) });
    }

    /// A property, an item, or the root.
    fn visit(&mut self, location: NodeId) {
        self.types(location);
        self.lists(location);
        let mut inside = vec![location];
        while let Some(id) = inside.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            self.assertions(id);
            for applicator in &self.model.node(id).applicators {
                self.applicator(id, applicator);
                // What is asked in a negation or a condition asks for more when it asks for less.
                match applicator {
                    Applicator::Not(_) => {}
                    Applicator::If { then, otherwise, .. } => inside.extend(then.iter().chain(otherwise)),
                    combined => inside.extend(combined.in_place().into_iter().rev()),
                }
            }
        }
    }

    /// A location is widened by null, and by the type that it is most easily taken for: fractions for
    /// integers, else text, and numbers for text.
    fn types(&mut self, location: NodeId) {
        let types = self.model.types(location);
        if types.is_empty() {
            return;
        }
        let mut wider = |operator, more: TypeSet| {
            if !types.contains(more) {
                self.add(operator, location, "", Change::Accept(more & !types));
            }
        };
        wider("allow null", TypeSet::NULL);
        if types.overlaps(TypeSet::INTEGER | TypeSet::STRING) {
            wider("widen a type", TypeSet::NUMBER);
        }
        wider("widen a type", TypeSet::STRING);
    }

    /// The types of which a location lists the values, in all schema views.
    fn lists(&mut self, location: NodeId) {
        let views = self.views.of(self.model, location);
        let values = |id: &NodeId| {
            let assertions = self.model.node(*id).assertions.iter();
            assertions.filter_map(|one| match one {
                Assertion::Values { values, .. } => Some(values),
                _ => None,
            })
        };
        let mut listed = TypeSet::NONE;
        for one in (TypeSet::ALL & !TypeSet::NULL).each() {
            let fitting: Vec<_> = views.iter().filter(|view| view.types.contains(one)).collect();
            let lists: Vec<_> =
                fitting.iter().map(|view| view.nodes.iter().find_map(|id| values(id).next())).collect();
            let of_it = |value: &&serde_json::Value| TypeSet::of_value(value) == one;
            let some: BTreeSet<String> = lists
                .iter()
                .flatten()
                .flat_map(|list| list.iter())
                .filter(of_it)
                .map(ToString::to_string)
                .collect();
            let all = one == TypeSet::BOOLEAN && some.len() > 1;
            if !fitting.is_empty() && lists.iter().all(Option::is_some) && !all {
                listed = listed | one;
            }
        }
        if !listed.is_empty() {
            self.add("drop an enum", location, "", Change::Accept(listed));
        }
    }

    /// What a subschema asserts by itself. Types and lists are those of locations.
    fn assertions(&mut self, id: NodeId) {
        for assertion in &self.model.node(id).assertions {
            let keyword = assertion.keyword();
            let operator = match assertion {
                Assertion::Type(_) | Assertion::Values { .. } => continue,
                Assertion::Required(names) => {
                    for (index, name) in names.iter().enumerate() {
                        let location = format!("{keyword}/{index}");
                        self.add("drop a required", id, &location, Change::Optional(name.clone()));
                    }
                    continue;
                }
                Assertion::Format(_) => "drop a format",
                Assertion::DependentRequired { .. } => "drop a dependency",
                _ => "drop a bound",
            };
            self.add(operator, id, keyword, Change::Drop(keyword));
        }
    }

    fn applicator(&mut self, id: NodeId, applicator: &Applicator) {
        match applicator {
            Applicator::Properties(properties) => {
                let patterns = properties.patterns.iter().map(|one| one.node);
                for part in properties.named.values().copied().chain(patterns) {
                    self.part("drop a property", part);
                }
                properties
                    .additional
                    .into_iter()
                    .for_each(|rest| self.rest(["drop a property", "open an object"], rest));
            }
            Applicator::UnevaluatedProperties(rest) => {
                self.rest(["drop a property", "open an object"], *rest);
            }
            Applicator::Items { prefix, rest, .. } => {
                for part in prefix {
                    self.part("drop the items", *part);
                }
                if let Some(rest) = rest {
                    self.rest(["drop the items"; 2], *rest);
                }
            }
            Applicator::UnevaluatedItems(rest) => self.rest(["drop the items"; 2], *rest),
            Applicator::PropertyNames(names) => {
                self.add("drop a bound", *names, "", Change::Accept(TypeSet::STRING));
            }
            Applicator::Dependent(schemas) => {
                for (_, schema) in schemas.iter().filter(|(_, schema)| self.model.asks(*schema)) {
                    self.add("drop a dependency", *schema, "", Change::Accept(TypeSet::ALL));
                }
            }
            Applicator::Contains(_) => {
                let keyword = applicator.keyword();
                self.add("drop a bound", id, keyword, Change::Drop(keyword));
            }
            Applicator::Not(_) | Applicator::If { .. } => {
                let keyword = applicator.condition();
                self.add("drop a condition", id, keyword, Change::Drop(keyword));
            }
            _ => {}
        }
    }

    /// What is for all other members or items.
    fn rest(&mut self, [operator, opened]: [&'static str; 2], rest: NodeId) {
        if self.model.refuses_all(rest) {
            self.add(opened, rest, "", Change::Accept(TypeSet::ALL));
        } else {
            self.part(operator, rest);
        }
    }

    /// A part is dropped by letting it be anything; where it already is, there is nothing to weaken.
    fn part(&mut self, operator: &'static str, part: NodeId) {
        if self.model.asks(part) && self.locations.insert(part) {
            self.add(operator, part, "", Change::Accept(TypeSet::ALL));
            self.waiting.push_back(part);
        }
    }
}
