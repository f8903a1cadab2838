//! Do two schemas say the same, whatever they are called?

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::document::Document;
use super::effort::Effort;
use super::view::{Node, is_words, resolve};

/// Pairs that are looked at before it gives up.
const MOST: usize = 20_000;
/// Schemas inside schemas, references followed, before it gives up.
const DEEPEST: usize = 200;

/// Whether two schemas are equal but for words, the order of their lists, and the names of what they refer to.
/// Gives up, and says no, on schemas that combine too much.
pub(super) fn same<'d>(
    effort: &Effort,
    old: (&'d Document, &Node<'d>),
    new: (&'d Document, &Node<'d>),
) -> bool {
    Pairs::of(effort, old.0, new.0).same(old.1.clone(), new.1.clone(), 0)
}

/// Whether a keyword that two schemas have says the same in both.
pub(super) fn says_same<'d>(
    effort: &Effort,
    keyword: &str,
    old: (&'d Document, &Node<'d>),
    new: (&'d Document, &Node<'d>),
) -> bool {
    let Some((value, against)) = old.1.get(keyword).zip(new.1.get(keyword)) else { return false };
    Pairs::of(effort, old.0, new.0).keyword(keyword, (old.1, value), (new.1, against), 0)
}

struct Pairs<'e, 'd> {
    effort: &'e Effort,
    old: &'d Document,
    new: &'d Document,
    /// What is held to be the same, in the order in which it was; what hangs on a failed try is dropped.
    held: Vec<(String, String)>,
    seen: HashSet<(String, String)>,
    failed: HashSet<(String, String)>,
    looks: usize,
}

impl<'e, 'd> Pairs<'e, 'd> {
    fn of(effort: &'e Effort, old: &'d Document, new: &'d Document) -> Self {
        Self { effort, old, new, held: Vec::new(), seen: HashSet::new(), failed: HashSet::new(), looks: 0 }
    }

    fn same(&mut self, a: Node<'d>, b: Node<'d>, depth: usize) -> bool {
        let (a, b) = (followed(self.old, a), followed(self.new, b));
        let key = (a.pointer.clone(), b.pointer.clone());
        self.looks += 1;
        if !self.effort.take(4, &b.pointer)
            || self.looks > MOST
            || depth > DEEPEST
            || self.failed.contains(&key)
        {
            return false;
        }
        if !self.seen.insert(key.clone()) {
            return true;
        }
        let mark = self.held.len();
        self.held.push(key.clone());
        let same = self.equal(&a, &b, depth);
        if !same {
            for dropped in self.held.drain(mark..) {
                self.seen.remove(&dropped);
            }
            self.failed.insert(key);
        }
        same
    }

    fn equal(&mut self, a: &Node<'d>, b: &Node<'d>, depth: usize) -> bool {
        let (Some(map), Some(other)) = (a.map(), b.map()) else { return a.schema == b.schema };
        let count = |map: &Map<String, Value>| map.keys().filter(|key| !is_words(key)).count();
        count(map) == count(other)
            && map.iter().filter(|(keyword, _)| !is_words(keyword)).all(|(keyword, value)| {
                other
                    .get(keyword)
                    .is_some_and(|against| self.keyword(keyword, (a, value), (b, against), depth + 1))
            })
    }

    fn keyword(
        &mut self,
        keyword: &str,
        (a, value): (&Node<'d>, &Value),
        (b, against): (&Node<'d>, &Value),
        depth: usize,
    ) -> bool {
        match (keyword, value, against) {
            ("properties" | "patternProperties" | "dependentSchemas", Value::Object(x), Value::Object(y)) => {
                x.len() == y.len()
                    && x.keys().all(|name| match (a.named(keyword, name), b.named(keyword, name)) {
                        (Some(a), Some(b)) => self.same(a, b, depth),
                        _ => false,
                    })
            }
            ("anyOf" | "oneOf" | "allOf", Value::Array(x), Value::Array(y)) => {
                x.len() == y.len() && self.in_any_order(a.list(keyword), b.list(keyword), depth)
            }
            ("prefixItems" | "items", Value::Array(x), Value::Array(y)) => {
                let pairs = a.list(keyword).into_iter().zip(b.list(keyword));
                x.len() == y.len() && pairs.fold(true, |fine, (a, b)| fine && self.same(a, b, depth))
            }
            (
                "items"
                | "additionalProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames"
                | "unevaluatedProperties"
                | "unevaluatedItems"
                | "additionalItems",
                Value::Object(_),
                Value::Object(_),
            ) => match (a.under(keyword), b.under(keyword)) {
                (Some(a), Some(b)) => self.same(a, b, depth),
                _ => false,
            },
            ("required" | "enum" | "type", Value::Array(x), Value::Array(y)) => {
                let texts: HashSet<String> = y.iter().map(Value::to_string).collect();
                self.effort.take(y.len() / 4, &b.pointer)
                    && x.len() == y.len()
                    && x.iter().all(|item| texts.contains(&item.to_string()))
            }
            // Where a reference leads to could not be found out.
            ("$ref" | "$dynamicRef" | "$recursiveRef", ..) => {
                let resolved = |document: &'d Document, node: &Node<'d>| {
                    node.get("$ref").and_then(Value::as_str).and_then(|target| resolve(document, target))
                };
                match (resolved(self.old, a), resolved(self.new, b)) {
                    (Some(a), Some(b)) => self.same(a, b, depth),
                    _ => value == against && self.old.value == self.new.value,
                }
            }
            // Schemas and lists of names stand side by side in it.
            ("dependencies", ..) if value.to_string().contains("\"$ref\"") => {
                value == against && self.old.value == self.new.value
            }
            _ => value == against,
        }
    }

    fn in_any_order(&mut self, old: Vec<Node<'d>>, mut new: Vec<Node<'d>>, depth: usize) -> bool {
        old.into_iter().all(|a| {
            let twin = (0..new.len()).find(|&at| self.same(a.clone(), new[at].clone(), depth));
            twin.map(|twin| new.swap_remove(twin)).is_some()
        })
    }
}

fn followed<'d>(document: &'d Document, mut node: Node<'d>) -> Node<'d> {
    for _ in 0..100 {
        let target = node.get("$ref").and_then(Value::as_str);
        let alone = node.map().is_some_and(|map| map.keys().all(|key| key == "$ref" || is_words(key)));
        match target.filter(|_| alone).and_then(|target| resolve(document, target)) {
            Some(next) => node = next,
            None => break,
        }
    }
    node
}
