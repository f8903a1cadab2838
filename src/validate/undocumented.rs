//! Which members does the schema not know, although it allows them?

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::trail::Trail;
use super::{Breach, words};
use crate::finding::{rules, similar};
use crate::pointer::{Pointer, Token};
use crate::schema::model::{Model, NodeId, Subschemas};

/// A key and a text that together mark a place where something was left out, such as `...`.
pub(crate) type Elision = (&'static str, &'static str);

/// How similar an unknown key must be to an absent one to be taken for it.
pub(super) const NEAR: f64 = 0.87;

/// Takes every topmost member that the schema does not know.
pub(super) fn each(model: &Model, value: &Value, elision: Option<Elision>, take: &mut dyn FnMut(Breach)) {
    let known = Known::new(model.root());
    Walk { known, elision, at: Pointer::root(), take }.value(0, value);
}

/// Says of members that the schema does not know which absent one each resembles.
pub(super) struct Hints<'s, 'v> {
    known: RefCell<Known<'s>>,
    value: &'v Value,
    trail: RefCell<Trail<Option<(usize, &'v Value)>>>,
}

impl<'s, 'v> Hints<'s, 'v> {
    pub(super) fn new(model: &'s Model, value: &'v Value) -> Self {
        Self { known: RefCell::new(Known::new(model.root())), value, trail: RefCell::default() }
    }

    /// The name that the member at this pointer was probably meant to have.
    pub(super) fn of(&self, pointer: &Pointer) -> Option<&'s str> {
        let mut known = self.known.borrow_mut();
        let (Token::Key(name), outer) = pointer.tokens().split_last()? else { return None };
        let (node, value) = self.trail.borrow_mut().follow(outer, Some((0, self.value)), |at, token| {
            let (node, value) = at?;
            Some(match token {
                Token::Key(key) => (known.member(node, key)?, value.get(&**key)?),
                Token::Index(index) => (known.item(node, *index), value.get(*index)?),
            })
        })?;
        let members = value.as_object()?;
        similar(name, known.names(node).filter(|known| !members.contains_key(*known)), NEAR)
    }
}

struct Walk<'s, 't> {
    known: Known<'s>,
    elision: Option<Elision>,
    at: Pointer,
    take: &'t mut dyn FnMut(Breach),
}

impl Walk<'_, '_> {
    fn value(&mut self, node: usize, value: &Value) {
        match value {
            Value::Object(members) => self.object(node, members),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let below = self.known.item(node, index);
                    self.at.push(Token::Index(index));
                    self.value(below, item);
                    self.at.pop();
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, node: usize, members: &Map<String, Value>) {
        for (name, value) in members {
            let below = self.known.member(node, name);
            if below.is_none() && (self.known.listed_at(node).is_none() || self.is_elision(name, value)) {
                continue;
            }
            self.at.push(Token::Key(name.as_str().into()));
            match below {
                Some(below) => self.value(below, value),
                None => self.report(node),
            }
            self.at.pop();
        }
    }

    fn is_elision(&self, name: &str, value: &Value) -> bool {
        self.elision.is_some_and(|(key, text)| name == key && value.as_str() == Some(text))
    }

    fn report(&mut self, node: usize) {
        let breach = Breach::new(&rules::UNDOCUMENTED_PROPERTY, self.at.clone(), words::UNDOCUMENTED);
        (self.take)(breach.stated_at(self.known.listed_at(node).unwrap_or_default()));
    }
}

/// A memory of the schema's answers: payloads ask for the same members again and again.
struct Known<'s> {
    nodes: Vec<Node<'s>>,
    ids: HashMap<Vec<NodeId>, usize>,
}

struct Node<'s> {
    members: Subschemas<'s>,
    listed_at: Option<String>,
    names: Vec<&'s str>,
    below: HashMap<String, usize>,
    item: HashMap<usize, usize>,
}

impl<'s> Known<'s> {
    fn new(root: Subschemas<'s>) -> Self {
        let mut known = Self { nodes: Vec::new(), ids: HashMap::new() };
        known.id(root);
        known
    }

    fn id(&mut self, members: Subschemas<'s>) -> usize {
        let next = self.nodes.len();
        let id = *self.ids.entry(members.identity().to_vec()).or_insert(next);
        if id == next {
            let listed_at = members.listed_at();
            let names = members.names().into_iter().collect();
            self.nodes.push(Node { members, listed_at, names, below: HashMap::new(), item: HashMap::new() });
        }
        id
    }

    fn listed_at(&self, node: usize) -> Option<&str> {
        self.nodes[node].listed_at.as_deref()
    }

    fn names(&self, node: usize) -> impl Iterator<Item = &'s str> + '_ {
        self.nodes[node].names.iter().copied()
    }

    fn member(&mut self, node: usize, name: &str) -> Option<usize> {
        if let Some(below) = self.nodes[node].below.get(name) {
            return Some(*below);
        }
        let below = self.nodes[node].members.member(name)?;
        let below = self.id(below);
        self.nodes[node].below.insert(name.to_owned(), below);
        Some(below)
    }

    fn item(&mut self, node: usize, index: usize) -> usize {
        // Items behind the longest tuple anybody writes are all alike.
        let index = index.min(1_000);
        if let Some(below) = self.nodes[node].item.get(&index) {
            return *below;
        }
        let below = self.id(self.nodes[node].members.item(index));
        self.nodes[node].item.insert(index, below);
        below
    }
}
