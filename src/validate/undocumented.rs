//! Finds members that the schema allows and does not list.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use super::trail::Trail;
use super::{Violation, message};
use crate::finding::{rules, similar};
use crate::pointer::{Pointer, Token};
use crate::schema::model::{Model, NodeId, Subschemas};

/// A key and a text that together mark a location where something was left out, such as `...`.
pub(crate) type Elision = (&'static str, &'static str);

/// How similar an unknown key must be to an absent one to be taken for it.
pub(super) const NEAR: f64 = 0.87;

/// Subschemas, members and items that are remembered from one payload to the next.
const MAX_REMEMBERED: usize = 200_000;

/// What the schema knows of members, kept from one payload to the next: one memory for each thread that
/// validates.
#[derive(Debug, Default)]
pub(super) struct Memories(Mutex<Vec<Known>>);

impl Memories {
    /// Lends a memory of this schema.
    pub(super) fn with<T>(&self, model: &Model, work: impl FnOnce(&RefCell<Known>) -> T) -> T {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let known = RefCell::new(kept.unwrap_or_else(|| Known::new(model)));
        let result = work(&known);
        let known = known.into_inner();
        if known.remembered <= MAX_REMEMBERED {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(known);
        }
        result
    }
}

/// Takes every topmost member that the schema does not know.
pub(super) fn each(
    (model, known): (&Model, &mut Known),
    value: &Value,
    elision: Option<Elision>,
    take: &mut dyn FnMut(Violation),
) {
    Visitor { model, known, elision, at: Pointer::root(), take }.value(0, value);
}

/// Says of members that the schema does not know which absent one each resembles.
pub(super) struct Hints<'s, 'v> {
    model: &'s Model,
    known: &'s RefCell<Known>,
    value: &'v Value,
    trail: RefCell<Trail<Option<(usize, &'v Value)>>>,
}

impl<'s, 'v> Hints<'s, 'v> {
    pub(super) fn new(model: &'s Model, known: &'s RefCell<Known>, value: &'v Value) -> Self {
        Self { model, known, value, trail: RefCell::default() }
    }

    /// What a member was probably meant to be called, in words.
    pub(super) fn of(&self, pointer: &Pointer) -> Option<String> {
        let mut known = self.known.borrow_mut();
        let (Token::Key(name), outer) = pointer.tokens().split_last()? else { return None };
        let (node, value) = self.trail.borrow_mut().follow(outer, Some((0, self.value)), |at, token| {
            let (node, value) = at?;
            Some(match token {
                Token::Key(key) => (known.member(self.model, node, key)?, value.get(&**key)?),
                Token::Index(index) => (known.item(self.model, node, *index), value.get(*index)?),
            })
        })?;
        let members = value.as_object()?;
        let names = known.nodes[node].names.iter().map(String::as_str);
        similar(name, names.filter(|known| !members.contains_key(*known)), NEAR).map(message::meant)
    }
}

struct Visitor<'s, 't> {
    model: &'s Model,
    known: &'s mut Known,
    elision: Option<Elision>,
    at: Pointer,
    take: &'t mut dyn FnMut(Violation),
}

impl Visitor<'_, '_> {
    fn value(&mut self, node: usize, value: &Value) {
        match value {
            Value::Object(members) => self.object(node, members),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let below = self.known.item(self.model, node, index);
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
            let below = self.known.member(self.model, node, name);
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
        let violation = Violation::new(&rules::UNDOCUMENTED_PROPERTY, self.at.clone(), message::UNDOCUMENTED);
        (self.take)(violation.stated_at(self.known.listed_at(node).unwrap_or_default()));
    }
}

/// A memory of the schema's answers: payloads ask for the same members again and again.
#[derive(Debug)]
pub(super) struct Known {
    nodes: Vec<KnownNode>,
    ids: HashMap<Vec<NodeId>, usize>,
    /// How much is remembered.
    remembered: usize,
}

#[derive(Debug)]
struct KnownNode {
    subschemas: Vec<NodeId>,
    listed_at: Option<String>,
    names: Vec<String>,
    below: HashMap<String, Option<usize>>,
    item: HashMap<usize, usize>,
}

impl Known {
    fn new(model: &Model) -> Self {
        let mut known = Self { nodes: Vec::new(), ids: HashMap::new(), remembered: 0 };
        known.id(&model.root());
        known
    }

    fn id(&mut self, members: &Subschemas<'_>) -> usize {
        if let Some(id) = self.ids.get(members.identity()) {
            return *id;
        }
        let (subschemas, listed_at) = (members.identity().to_vec(), members.listed_at());
        let names: Vec<String> = members.names().into_iter().map(str::to_owned).collect();
        self.remembered += 2 * subschemas.len() + names.len();
        self.ids.insert(subschemas.clone(), self.nodes.len());
        self.nodes.push(KnownNode {
            subschemas,
            listed_at,
            names,
            below: HashMap::new(),
            item: HashMap::new(),
        });
        self.nodes.len() - 1
    }

    fn listed_at(&self, node: usize) -> Option<&str> {
        self.nodes[node].listed_at.as_deref()
    }

    fn member(&mut self, model: &Model, node: usize, name: &str) -> Option<usize> {
        if let Some(below) = self.nodes[node].below.get(name) {
            return *below;
        }
        let below = model.subschemas(&self.nodes[node].subschemas).member(name).map(|below| self.id(&below));
        if self.remembered <= MAX_REMEMBERED {
            self.remembered += 1 + name.len() / 32;
            self.nodes[node].below.insert(name.to_owned(), below);
        }
        below
    }

    fn item(&mut self, model: &Model, node: usize, index: usize) -> usize {
        // Items behind the longest tuple anybody writes are all alike.
        let index = index.min(1_000);
        if let Some(below) = self.nodes[node].item.get(&index) {
            return *below;
        }
        let below = self.id(&model.subschemas(&self.nodes[node].subschemas).item(index));
        self.remembered += 1;
        self.nodes[node].item.insert(index, below);
        below
    }
}
