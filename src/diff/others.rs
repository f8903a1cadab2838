//! What differs in keywords that are compared as a whole, and in words?

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fact::{Change, Effect};
use super::keywords::BOUNDS;
use super::same::says_same;
use super::view::{Node, is_words, resolve};
use super::walk::Walk;

/// Keywords that are compared one by one elsewhere.
const JUDGED: &[&str] = &[
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "format",
    "items",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "type",
];

/// Words that hold schemas, or that say how to read others.
const NOT_SAID: &[&str] = &["$anchor", "$defs", "$schema", "components", "definitions", "paths"];

fn keywords<'d>(old: &Node<'d>, new: &Node<'d>) -> BTreeSet<&'d str> {
    let names = |node: &Node<'d>| node.map().into_iter().flat_map(Map::keys).map(String::as_str);
    names(old).chain(names(new)).collect()
}

/// Keywords that assert something nobody else looks at: that they differ is told, what that means is not judged.
pub(super) fn others<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    let differ = walk.differ;
    for keyword in keywords(old, new) {
        let bound = BOUNDS.iter().any(|(name, ..)| *name == keyword);
        if bound || is_words(keyword) || JUDGED.contains(&keyword) {
            continue;
        }
        let alike = says_same(&walk.effort, keyword, (walk.old, old), (walk.new, new));
        if !alike {
            let change = Change::Keyword(keyword.to_owned());
            walk.note(at, change, Effect::Unknown, old.at(keyword), new.at(keyword));
        }
    }
    let followed = |document, node: &Node<'d>| {
        let target = node.get("$ref").and_then(Value::as_str);
        target.is_none_or(|target| resolve(document, target).is_some())
    };
    if differ && !(followed(walk.old, old) && followed(walk.new, new)) {
        let change = Change::Keyword("$ref".to_owned());
        walk.note(at, change, Effect::Unknown, old.at("$ref"), new.at("$ref"));
    }
}

/// Words for people, and what no validator knows.
pub(super) fn words<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    for keyword in keywords(old, new) {
        let told = is_words(keyword) && !NOT_SAID.contains(&keyword);
        if told && old.get(keyword) != new.get(keyword) {
            let change = Change::Words(keyword.to_owned());
            walk.note(at, change, Effect::Neither, old.at(keyword), new.at(keyword));
        }
    }
}
