//! Compiles a schema to a table, or names what the table cannot hold.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::LazyLock;

use jsonschema::types::JsonType;
use referencing::Draft;

use super::keys::Quoted;
use super::program::{
    ANYTHING, Check, Compiled, Explanation, Listed, Literal, NodeId, Object, ObjectId, Program, Property,
    Rest, Types, id, unsupported,
};
use super::values::{Checks, list};
use super::watch::Watches;
use crate::pointer::child;
use crate::schema::keywords::names;
use crate::schema::model::{self, Applicator, Assertion, Model, Properties};
use crate::schema::types::TypeSet;

/// Bytes that the locations of all subschemas together may take: each is kept as a whole.
const MAX_LOCATIONS: usize = 16 << 20;

/// Compiles a schema, as far as it goes.
pub(super) fn compile(
    model: &Model,
    watches: Watches,
    elision: Option<(&'static str, &'static str)>,
) -> Compiled<Program> {
    let mut compiler = Compiler::new(model, watches, elision);
    compiler.program.root = compiler.node(0)?;
    while let Some((id, subschema)) = compiler.queue.pop_front() {
        compiler.fill(id, subschema)?;
    }
    let Program { properties, nodes, .. } = &mut compiler.program;
    for property in properties {
        property.node = nodes[property.id as usize];
    }
    let explanations = compiler.explanations;
    Ok(Program { explanations: LazyLock::new(Box::new(|| explanations)), ..compiler.program })
}

struct Compiler<'m> {
    model: &'m Model,
    program: Program,
    /// Beside each node.
    explanations: Vec<Explanation>,
    /// Nodes and objects by the node of the model.
    ids: HashMap<model::NodeId, NodeId>,
    objects: HashMap<model::NodeId, ObjectId>,
    queue: VecDeque<(NodeId, model::NodeId)>,
    /// Bytes that locations take.
    locations: usize,
}

/// A keyword about strings, arrays or objects where the types exclude these.
fn beside_type(subschema: &model::Node, types: TypeSet) -> Option<&'static str> {
    let assertions = subschema.assertions.iter().filter(|one| !matches!(one, Assertion::Format(_)));
    let mut explanation = assertions
        .map(|one| (one.speaks_of(), one.keyword()))
        .chain(subschema.applicators.iter().map(|one| (one.speaks_of(), one.keyword())));
    explanation.find(|(of, _)| *of != TypeSet::NUMBER && !of.overlaps(types)).map(|(_, keyword)| keyword)
}

impl<'m> Compiler<'m> {
    fn new(model: &'m Model, watches: Watches, elision: Option<(&'static str, &'static str)>) -> Self {
        let program = Program::open(watches, elision);
        let (ids, objects, queue) = (HashMap::new(), HashMap::new(), VecDeque::new());
        let explanations = vec![Explanation::anything()];
        Self { model, program, explanations, ids, objects, queue, locations: 0 }
    }

    /// The node of a subschema; what it asks is found out later.
    fn node(&mut self, subschema: model::NodeId) -> Compiled<NodeId> {
        let subschema = self.followed(subschema)?;
        let node = self.model.node(subschema);
        if node.boolean == Some(false) {
            return unsupported("false", &node.location_pointer());
        }
        if node.assertions.is_empty() && node.applicators.is_empty() {
            return Ok(ANYTHING);
        }
        if let Some(known) = self.ids.get(&subschema) {
            return Ok(*known);
        }
        // What an integer is, is another matter there.
        if node.draft == Draft::Draft4 {
            return Err("draft-04".to_owned());
        }
        let new = id(self.program.nodes.len());
        self.program.nodes.push(Check::OPEN);
        self.explanations.push(Explanation::anything());
        self.ids.insert(subschema, new);
        self.queue.push_back((new, subschema));
        Ok(new)
    }

    /// The subschema that a reference, perhaps through others, leads to.
    fn followed(&self, mut subschema: model::NodeId) -> Compiled<model::NodeId> {
        loop {
            let node = self.model.node(subschema);
            let leads = |one: &Applicator| matches!(one, Applicator::Reference(_));
            match node.applicators[..] {
                [Applicator::Reference(target)] if node.assertions.is_empty() => subschema = target,
                _ if node.applicators.iter().any(leads) => {
                    return unsupported(names::REF, &node.location_pointer());
                }
                _ => return Ok(subschema),
            }
        }
    }

    /// The location of a subschema, as long as there is room for locations.
    fn location(&mut self, subschema: model::NodeId) -> Compiled<String> {
        let position = self.model.node(subschema).location_pointer();
        self.locations += position.len();
        if self.locations > MAX_LOCATIONS {
            return Err("locations of so many characters".to_owned());
        }
        Ok(position)
    }

    /// Finds out what a subschema asks.
    fn fill(&mut self, id: NodeId, subschema: model::NodeId) -> Compiled<()> {
        let model = self.model;
        let location = self.location(subschema)?;
        let node = model.node(subschema);
        let any_of = node.applicators.iter().find_map(|one| match one {
            Applicator::AnyOf(branches) => Some(branches),
            _ => None,
        });
        let Some(branches) = any_of else {
            let (node, explanation) = self.plain(location, subschema)?;
            self.set(id, node, explanation);
            return Ok(());
        };
        if !node.assertions.is_empty() || node.applicators.len() > 1 {
            return unsupported(names::ANY_OF, &location);
        }
        let is_null = |branch: model::NodeId| {
            let branch = model.node(branch);
            matches!(branch.assertions[..], [Assertion::Type(TypeSet::NULL)]) && branch.applicators.is_empty()
        };
        let (value, null_last) = match branches[..] {
            [value, null] if is_null(null) && !is_null(value) => (value, true),
            [null, value] if is_null(null) && !is_null(value) => (value, false),
            _ => return unsupported(names::ANY_OF, &location),
        };
        let inner = self.followed(value)?;
        let (inner_node, inner_place) = (model.node(inner), self.location(inner)?);
        let is_any_of = inner_node.applicators.iter().any(|one| matches!(one, Applicator::AnyOf(_)));
        if is_any_of || inner_node.boolean.is_some() {
            return unsupported(names::ANY_OF, &location);
        }
        if let Some(keyword) = beside_type(inner_node, own_types(inner_node)) {
            // Of a value that fits no alternative only the type is reported, and nothing that lies below it.
            return unsupported(keyword, &inner_place);
        }
        let (node, explanation) = self.plain(inner_place, inner)?;
        self.set(id, node.or_null(), explanation.or_null(child(&location, names::ANY_OF), null_last));
        Ok(())
    }

    fn set(&mut self, id: NodeId, node: Check, explanation: Explanation) {
        self.program.nodes[id as usize] = node;
        self.explanations[id as usize] = explanation;
    }

    /// A subschema without alternatives.
    fn plain(&mut self, location: String, subschema: model::NodeId) -> Compiled<(Check, Explanation)> {
        let requested = self.model.node(subschema);
        let mut explanation = Explanation { location, ..Explanation::anything() };
        let (mut node, mut checks) = (Check::OPEN, Checks::default());
        let mut required: &[String] = &[];
        for one in &requested.assertions {
            match one {
                Assertion::Type(types) => (node.types, explanation.expected) = Types::of(*types),
                Assertion::Values { keyword, values } => {
                    let texts;
                    let location = explanation.location.clone();
                    (node.listed, texts) = list(keyword, values, &location, &mut explanation)?;
                    checks.listed(texts);
                }
                Assertion::Required(names) => required = names,
                other => {
                    let location = explanation.location.clone();
                    checks.add(requested, other, &location, &mut explanation)?;
                }
            }
        }
        (node.text, node.bounds, node.counts) = checks.put(&mut self.program, &explanation.location)?;
        let mut properties = None;
        for one in &requested.applicators {
            match one {
                Applicator::Items { prefix, rest: Some(rest), .. } if prefix.is_empty() => {
                    node.items = self.node(*rest)?;
                }
                Applicator::Properties(one) => properties = Some(one),
                other => return unsupported(other.keyword(), &explanation.location),
            }
        }
        if properties.is_some() || !required.is_empty() {
            node.object = self.object((subschema, &explanation.location), properties, required)?;
        }
        Ok((node, explanation))
    }

    /// What is said of the members of an object.
    fn object(
        &mut self,
        (subschema, location): (model::NodeId, &str),
        properties: Option<&Properties>,
        required: &[String],
    ) -> Compiled<ObjectId> {
        let new = id(self.program.objects.len());
        match self.objects.entry(subschema) {
            Entry::Occupied(known) => return Ok(*known.get()),
            Entry::Vacant(free) => free.insert(new),
        };
        if properties.is_some_and(|properties| !properties.patterns.is_empty()) {
            return unsupported(names::PATTERN_PROPERTIES, location);
        }
        let listed = || properties.into_iter().flat_map(|properties| &properties.named);
        let names: Vec<Box<str>> = listed().map(|(name, _)| name.as_str().into()).collect();
        if names.len() > usize::from(u16::MAX) - 1 {
            return unsupported(names::PROPERTIES, location);
        }
        let indexes = required_indexes(&names, required, location)?;
        let first = self.program.names.len();
        let listed_at = properties.filter(|properties| properties.lists);
        let listed_at = listed_at.map(|_| child(location, names::PROPERTIES));
        self.program.objects.push(Object::new(first, &names, indexes, listed_at, Rest::Open));
        let no_properties = names.is_empty();
        // The properties of one object stand in a row, so that room is made before any other object is met.
        for name in &names {
            let quoted = Quoted::new(name);
            self.program.properties.push(Property { quoted, id: ANYTHING, node: Check::OPEN });
        }
        self.program.names.extend(names);
        for (index, (_, property)) in listed().enumerate() {
            let node = self.node(*property)?;
            self.program.properties[first + index].id = node;
        }
        let rest = properties.and_then(|properties| properties.additional);
        self.program.objects[new as usize].rest = match rest.map(|rest| (rest, self.model.node(rest))) {
            None => Rest::Open,
            // Where no property is listed, the reference engine says that of the object, not of each member.
            Some((_, node)) if node.boolean == Some(false) && no_properties => {
                return unsupported(names::ADDITIONAL_PROPERTIES, location);
            }
            Some((_, node)) if node.boolean == Some(false) => {
                Rest::Refused(child(location, names::ADDITIONAL_PROPERTIES))
            }
            Some((rest, _)) if !self.model.has_keywords(rest) => Rest::Open,
            Some((rest, _)) => Rest::Described(self.node(rest)?),
        };
        Ok(new)
    }
}

/// The properties that must be there, by their places among the names.
fn required_indexes(names: &[Box<str>], required: &[String], location: &str) -> Compiled<Vec<u32>> {
    let mut indexes = Vec::new();
    for name in required {
        // Names are in order.
        match names.binary_search_by(|known| (**known).cmp(name)) {
            Ok(index) if !indexes.contains(&id(index)) => indexes.push(id(index)),
            Ok(_) => {}
            // Nothing keeps count of keys that are not listed.
            Err(_) => return unsupported(names::REQUIRED, location),
        }
    }
    Ok(indexes)
}

/// The types that a subschema names itself.
fn own_types(subschema: &model::Node) -> TypeSet {
    let named = subschema.assertions.iter().find_map(|one| match one {
        Assertion::Type(types) => Some(*types),
        _ => None,
    });
    named.unwrap_or(TypeSet::ALL)
}

impl Check {
    /// The same, or null.
    fn or_null(self) -> Self {
        let listed = if self.listed == Listed::ANY { Listed::ANY } else { self.listed.with(Literal::Null) };
        Self { types: self.types.or_null(), listed, ..self }
    }
}

impl Explanation {
    fn or_null(mut self, types_at: String, null_last: bool) -> Self {
        if !self.expected.contains(&JsonType::Null) {
            let at = if null_last { self.expected.len() } else { 0 };
            self.expected.insert(at, JsonType::Null);
        }
        Self { types_at: Some(types_at), nullable: true, ..self }
    }
}
