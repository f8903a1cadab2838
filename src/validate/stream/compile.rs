//! Can this schema be a flat table, and which one?

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use jsonschema::types::JsonType;

use super::keys::{Keys, Quoted};
use super::keywords::{About, about, beside, is_keyword, only};
use super::program::{
    ANYTHING, Bounds, Listed, Literal, Node, NodeId, Object, ObjectId, Program, Property, Rest, Said, Types,
};
use super::values::{list, types};
use super::watch::Watches;
use crate::pointer::escape;
use crate::schema::{AssertedMembers, Assertions};

/// Drafts whose meaning of the keywords held is the same.
const DRAFTS: &[&str] =
    &["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema"];

/// Bytes that the locations of all subschemas together may take: each is kept as a whole.
const MAX_LOCATIONS: usize = 16 << 20;

/// Followed from one reference to the next, at most.
const MOST_STEPS: usize = 64;

/// Why a schema cannot be a table.
pub(super) type Unsupported = String;

pub(super) type Compiled<T> = Result<T, Unsupported>;

/// Compiles a schema that is known to be valid, as far as it goes.
pub(super) fn compile(
    document: &Assertions<'_>,
    watches: Watches,
    elision: Option<(&'static str, &'static str)>,
) -> Compiled<Program> {
    if let Some(draft) = document.get("$schema").and_then(Assertions::as_str)
        && !DRAFTS.contains(&draft.trim_end_matches('#'))
    {
        return Err(format!("the draft `{draft}`"));
    }
    let mut compiler = Compiler::new(document, watches, elision);
    compiler.program.root = compiler.node(String::new(), document)?;
    while let Some((id, place, schema)) = compiler.queue.pop_front() {
        compiler.fill(id, &place, schema)?;
    }
    let Program { properties, nodes, .. } = &mut compiler.program;
    for property in properties {
        property.node = nodes[property.id as usize];
    }
    Ok(compiler.program)
}

pub(super) struct Compiler<'s> {
    pub(super) document: &'s Assertions<'s>,
    pub(super) program: Program,
    /// Nodes and objects by the address of their subschema.
    ids: HashMap<*const Assertions<'s>, NodeId>,
    objects: HashMap<*const AssertedMembers<'s>, ObjectId>,
    queue: VecDeque<(NodeId, String, &'s Assertions<'s>)>,
    /// Bytes that locations take.
    locations: usize,
}

pub(super) fn id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The first 128 as a set.
fn set(indexes: &[u32]) -> [u64; 2] {
    let mut set = [0; 2];
    for index in indexes.iter().map(|index| *index as usize).filter(|index| *index < 128) {
        set[index / 64] |= 1 << (index % 64);
    }
    set
}

fn below(place: &str, keyword: &str, name: &str) -> String {
    let mut below = format!("{place}/{keyword}/");
    escape(name, &mut below);
    below
}

pub(super) fn unsupported<T>(what: &str, place: &str) -> Compiled<T> {
    let place = if place.is_empty() { "the root" } else { place };
    Err(format!("`{what}` at {place}"))
}

/// A keyword about values that the type beside it excludes.
fn beside_type(schema: &Assertions<'_>, types: Types) -> Option<&'static str> {
    const ABOUT: [(JsonType, &[&str]); 3] = [
        (JsonType::String, &["minLength", "maxLength", "pattern"]),
        (JsonType::Array, &["items", "minItems", "maxItems"]),
        (
            JsonType::Object,
            &["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
        ),
    ];
    let excluded = ABOUT.into_iter().filter(|(one, _)| !types.has(*one));
    excluded.flat_map(|(_, keywords)| keywords).copied().find(|keyword| schema.get(keyword).is_some())
}

impl<'s> Compiler<'s> {
    fn new(
        document: &'s Assertions<'s>,
        watches: Watches,
        elision: Option<(&'static str, &'static str)>,
    ) -> Self {
        let free = Object {
            first: 0,
            length: 0,
            keys: Keys::default(),
            required: Vec::new(),
            required_set: [0; 2],
            listed_at: None,
            rest: Rest::Open,
        };
        let program = Program {
            root: ANYTHING,
            nodes: vec![Node::OPEN],
            said: vec![Said::anything()],
            objects: vec![free],
            properties: Vec::new(),
            names: Vec::new(),
            texts: Vec::new(),
            bounds: vec![Bounds::NONE],
            counts: vec![Vec::new()],
            watches,
            elision,
        };
        Self {
            document,
            program,
            ids: HashMap::new(),
            objects: HashMap::new(),
            queue: VecDeque::new(),
            locations: 0,
        }
    }

    /// The node of a subschema; what it asks is found out later.
    fn node(&mut self, place: String, schema: &'s Assertions<'s>) -> Compiled<NodeId> {
        let (place, schema) = self.followed(place, schema)?;
        match schema {
            Assertions::Bool(true) => return Ok(ANYTHING),
            Assertions::Object(members) if !members.keys().any(is_keyword) => {
                return Ok(ANYTHING);
            }
            Assertions::Object(_) => {}
            _ => return unsupported("false", &place),
        }
        if let Some(known) = self.ids.get(&std::ptr::from_ref(schema)) {
            return Ok(*known);
        }
        self.locations += place.len();
        if self.locations > MAX_LOCATIONS {
            return Err("locations of so many characters".to_owned());
        }
        let new = id(self.program.nodes.len());
        self.program.nodes.push(Node::OPEN);
        self.program.said.push(Said::anything());
        self.ids.insert(std::ptr::from_ref(schema), new);
        self.queue.push_back((new, place, schema));
        Ok(new)
    }

    /// The subschema that a reference, perhaps through others, leads to.
    fn followed(
        &self,
        mut place: String,
        mut schema: &'s Assertions<'s>,
    ) -> Compiled<(String, &'s Assertions<'s>)> {
        for _ in 0..MOST_STEPS {
            let Some(target) = schema.get("$ref") else { return Ok((place, schema)) };
            if let Some(other) = beside(schema, "$ref", place.is_empty()) {
                return unsupported(&format!("{other}` beside `$ref"), &place);
            }
            let pointer = target.as_str().and_then(|target| target.strip_prefix('#'));
            let pointer = pointer
                .filter(|pointer| (pointer.is_empty() || pointer.starts_with('/')) && !pointer.contains('%'));
            let found = pointer.and_then(|pointer| Some((pointer, self.document.pointer(pointer)?)));
            let Some((pointer, found)) = found else { return unsupported("$ref", &place) };
            pointer.clone_into(&mut place);
            schema = found;
        }
        unsupported("$ref", &place)
    }

    /// Finds out what a subschema asks.
    fn fill(&mut self, id: NodeId, place: &str, schema: &'s Assertions<'s>) -> Compiled<()> {
        let Some(branches) = schema.get("anyOf") else {
            let (node, said) = self.plain(place, schema)?;
            self.set(id, node, said);
            return Ok(());
        };
        if let Some(other) = beside(schema, "anyOf", place.is_empty()) {
            return unsupported(&format!("{other}` beside `anyOf"), place);
        }
        let branches: Vec<&Assertions<'s>> = branches.as_array().into_iter().flatten().collect();
        let is_null = |branch: &Assertions<'_>| {
            branch.get("type").is_some_and(|one| one.as_str() == Some("null")) && only(branch, "type")
        };
        let (value, null_last) = match branches[..] {
            [value, null] if is_null(null) && !is_null(value) => ((0, value), true),
            [null, value] if is_null(null) && !is_null(value) => ((1, value), false),
            _ => return unsupported("anyOf", place),
        };
        let (inner_place, inner) = self.followed(format!("{place}/anyOf/{}", value.0), value.1)?;
        if inner.get("anyOf").is_some() || inner.as_object().is_none() {
            return unsupported("anyOf", place);
        }
        let (node, said) = self.plain(&inner_place, inner)?;
        if let Some(keyword) = beside_type(inner, node.types) {
            // Of a value that fits no alternative only the type is reported, and nothing that lies below it.
            return unsupported(keyword, &inner_place);
        }
        self.set(id, node.or_null(), said.or_null(format!("{place}/anyOf"), null_last));
        Ok(())
    }

    fn set(&mut self, id: NodeId, node: Node, said: Said) {
        self.program.nodes[id as usize] = node;
        self.program.said[id as usize] = said;
    }

    /// A subschema without alternatives.
    fn plain(&mut self, place: &str, schema: &'s Assertions<'s>) -> Compiled<(Node, Said)> {
        let Some(schema) = schema.as_object() else { return unsupported("false", place) };
        let about = about(schema, place.is_empty()).or_else(|keyword| unsupported(keyword, place))?;
        let is = |one: About| about & one as u8 != 0;
        let mut said = Said { place: place.to_owned(), ..Said::anything() };
        let mut node = Node::OPEN;
        if is(About::Type) {
            node.types = types(schema, place, &mut said)?;
        }
        let mut texts = None;
        if is(About::List) {
            (node.listed, texts) = list(schema, place, &mut said)?;
        }
        if is(About::Text) || texts.is_some() {
            node.text = self.text(schema, place, texts)?;
        }
        if is(About::Number) {
            node.bounds = self.bounds(schema, place, &mut said)?;
        }
        if is(About::Count) {
            node.counts = self.counts(schema, place)?;
        }
        if let (true, Some(items)) = (is(About::Items), schema.get("items")) {
            node.items = self.node(format!("{place}/items"), items)?;
        }
        if is(About::Members) {
            node.object = self.object(place, schema)?;
        }
        Ok((node, said))
    }

    /// What is said of the members of an object.
    fn object(&mut self, place: &str, schema: &'s AssertedMembers<'s>) -> Compiled<ObjectId> {
        let new = id(self.program.objects.len());
        match self.objects.entry(std::ptr::from_ref(schema)) {
            Entry::Occupied(known) => return Ok(*known.get()),
            Entry::Vacant(free) => free.insert(new),
        };
        let listed = schema.get("properties").and_then(Assertions::as_object);
        let properties: Vec<(&str, &Assertions<'s>)> =
            listed.into_iter().flat_map(AssertedMembers::iter).collect();
        let names: Vec<Box<str>> = properties.iter().map(|(name, _)| (*name).into()).collect();
        if names.len() > usize::from(u16::MAX) - 1 {
            return unsupported("properties", place);
        }
        let mut required = Vec::new();
        for name in schema.get("required").and_then(Assertions::as_array).into_iter().flatten() {
            match names.iter().position(|known| Some(&**known) == name.as_str()) {
                Some(index) if !required.contains(&id(index)) => required.push(id(index)),
                Some(_) => {}
                // Nothing keeps count of keys that are not listed.
                None => return unsupported("required", place),
            }
        }
        let first = id(self.program.names.len());
        let length = id(names.len());
        self.program.objects.push(Object {
            first,
            length,
            keys: Keys::new(&names),
            required_set: set(&required),
            required,
            listed_at: listed.map(|_| format!("{place}/properties")),
            rest: Rest::Open,
        });
        // The properties of one object stand in a row, so that room is made before any other object is met.
        for name in &names {
            let quoted = Quoted::new(name);
            self.program.properties.push(Property { quoted, id: ANYTHING, node: Node::OPEN });
        }
        self.program.names.extend(names);
        for (index, (name, property)) in properties.into_iter().enumerate() {
            let node = self.node(below(place, "properties", name), property)?;
            self.program.properties[first as usize + index].id = node;
        }
        let at = format!("{place}/additionalProperties");
        self.program.objects[new as usize].rest = match schema.get("additionalProperties") {
            None | Some(Assertions::Bool(true)) => Rest::Open,
            // Where no property is listed, the reference engine says that of the object, not of each member.
            Some(Assertions::Bool(false)) if length == 0 => {
                return unsupported("additionalProperties", place);
            }
            Some(Assertions::Bool(false)) => Rest::Refused(at),
            Some(Assertions::Object(rest)) if rest.is_empty() => Rest::Open,
            Some(rest) => Rest::Described(self.node(at, rest)?),
        };
        Ok(new)
    }
}

impl Node {
    /// The same, or null.
    fn or_null(self) -> Self {
        let listed = if self.listed == Listed::ANY { Listed::ANY } else { self.listed.with(Literal::Null) };
        Self { types: self.types.with(JsonType::Null), listed, ..self }
    }
}

impl Said {
    fn or_null(mut self, types_at: String, null_last: bool) -> Self {
        if !self.expected.contains(&JsonType::Null) {
            let at = if null_last { self.expected.len() } else { 0 };
            self.expected.insert(at, JsonType::Null);
        }
        Self { types_at: Some(types_at), nullable: true, ..self }
    }
}
