//! What does a schema say at one place, once its references are followed?

use serde_json::{Map, Value};

use super::document::Document;
use super::effort::size;
use crate::pointer::escape;
use crate::schema::keywords::{self, Keyword};

/// Whether a keyword asserts nothing: it speaks to people, to tools that are not validators, or to nobody.
pub(super) fn is_words(keyword: &str) -> bool {
    !keywords::find(keyword).is_some_and(Keyword::asserts)
}

/// A schema at its place in a document.
#[derive(Clone, Debug)]
pub(super) struct Node<'d> {
    pub(super) pointer: String,
    pub(super) schema: &'d Value,
}

impl<'d> Node<'d> {
    pub(super) fn root(document: &'d Document) -> Self {
        let schema = document.value.pointer(&document.root).unwrap_or(&Value::Null);
        Self { pointer: document.root.clone(), schema }
    }

    /// What anything is allowed by.
    pub(super) fn anything(pointer: &str) -> Self {
        static TRUE: Value = Value::Bool(true);
        Self { pointer: pointer.to_owned(), schema: &TRUE }
    }

    pub(super) fn get(&self, keyword: &str) -> Option<&'d Value> {
        self.schema.get(keyword)
    }

    pub(super) fn child(&self, step: &str) -> String {
        let mut pointer = format!("{}/", self.pointer);
        escape(step, &mut pointer);
        pointer
    }

    /// The subschema under a keyword.
    pub(super) fn under(&self, keyword: &str) -> Option<Self> {
        let schema = self.get(keyword)?;
        Some(Self { pointer: self.child(keyword), schema })
    }

    /// The subschemas that a keyword holds by name.
    pub(super) fn named(&self, keyword: &str, name: &str) -> Option<Self> {
        let holder = self.under(keyword)?;
        let schema = holder.schema.as_object()?.get(name)?;
        Some(Self { pointer: holder.child(name), schema })
    }

    /// The subschemas that a keyword holds in a list.
    pub(super) fn list(&self, keyword: &str) -> Vec<Self> {
        let Some(holder) = self.under(keyword) else { return Vec::new() };
        let items = holder.schema.as_array().into_iter().flatten().enumerate();
        items.map(|(index, schema)| Self { pointer: holder.child(&index.to_string()), schema }).collect()
    }

    /// The pointer of a keyword, or of the schema where it has none of it.
    pub(super) fn at(&self, keyword: &str) -> String {
        if self.get(keyword).is_some() { self.child(keyword) } else { self.pointer.clone() }
    }

    /// Whether the schema, with all that it refers to, allows a value; `None` where nobody can say.
    pub(super) fn allows(&self, document: &Document, value: &Value) -> Option<bool> {
        match self.schema {
            Value::Bool(everything) => Some(*everything),
            _ => document.allows_at(&self.pointer, value),
        }
    }

    /// What a schema that lists values says besides the list; empty where that is only its type, or nothing.
    fn beside_list(&self) -> Map<String, Value> {
        let list = if self.get("enum").is_some() { "enum" } else { "const" };
        let said = self.map().into_iter().flatten();
        let beside = said.filter(|(keyword, _)| *keyword != list && !is_words(keyword));
        beside.map(|(keyword, value)| (keyword.clone(), value.clone())).collect()
    }

    /// How many values that has.
    pub(super) fn size_beside_list(&self) -> usize {
        let list = if self.get("enum").is_some() { "enum" } else { "const" };
        let said = self.map().into_iter().flatten();
        said.filter(|(keyword, _)| *keyword != list && !is_words(keyword)).map(|(_, value)| size(value)).sum()
    }

    /// Whether what a schema says besides its list allows a value of the list; `None` where nobody can say.
    pub(super) fn allows_beside_list(&self, document: &Document, value: &Value) -> Option<bool> {
        document.allows_beside(&self.pointer, value, || Value::Object(self.beside_list()))
    }

    pub(super) fn map(&self) -> Option<&'d Map<String, Value>> {
        self.schema.as_object()
    }
}

/// A schema without what stands around it: references followed, `null` beside one alternative set apart.
#[derive(Clone, Debug)]
pub(super) struct View<'d> {
    pub(super) node: Node<'d>,
    /// Where null is allowed beside it, if it is.
    pub(super) null: Option<String>,
    /// What was said on the way.
    pub(super) words: Vec<(&'d str, &'d Value, String)>,
}

/// Follows references, and alternatives of which only one is not null.
pub(super) fn view<'d>(document: &'d Document, node: &Node<'d>) -> View<'d> {
    const MOST: usize = 100;
    let mut view = View { node: node.clone(), null: None, words: Vec::new() };
    for _ in 0..MOST {
        let Some(map) = view.node.map() else { break };
        let alone = |keyword: &str| map.keys().all(|other| other == keyword || is_words(other));
        let next = if let Some(target) = map.get("$ref").and_then(Value::as_str) {
            if !alone("$ref") && document.siblings_count() {
                break;
            }
            resolve(document, target)
        } else if let Some(keyword) = ["anyOf", "oneOf", "allOf"].into_iter().find(|keyword| alone(keyword)) {
            beside_null(document, &mut view, keyword)
        } else {
            None
        };
        let Some(next) = next else { break };
        let words = map.iter().filter(|(keyword, _)| ["title", "description"].contains(&keyword.as_str()));
        let words: Vec<_> =
            words.map(|(keyword, value)| (keyword.as_str(), value, view.node.child(keyword))).collect();
        view.words.extend(words);
        view.node = next;
    }
    view
}

/// The only branch that is not null.
fn beside_null<'d>(document: &'d Document, view: &mut View<'d>, keyword: &str) -> Option<Node<'d>> {
    let branches = view.node.list(keyword);
    let is_null = |branch: &Node<'_>| branch.schema.get("type").and_then(Value::as_str) == Some("null");
    let (nulls, mut others): (Vec<_>, Vec<_>) = branches.into_iter().partition(is_null);
    if others.len() != 1 || keyword == "allOf" && !nulls.is_empty() {
        return None;
    }
    let other = others.pop()?;
    if let Some(null) = nulls.first() {
        if keyword == "oneOf" && super::kinds::of(document, &other).contains("null") {
            return None;
        }
        view.null = Some(null.pointer.clone());
    }
    Some(other)
}

/// What a reference inside the document leads to.
pub(super) fn resolve<'d>(document: &'d Document, reference: &str) -> Option<Node<'d>> {
    let pointer = document.target(reference)?;
    let schema = document.value.pointer(&pointer)?;
    Some(Node { pointer, schema })
}
