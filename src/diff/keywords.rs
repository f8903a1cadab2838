//! What differs between two schemas at one place, keyword by keyword?

use std::collections::HashSet;

use jsonschema::Draft;
use serde_json::{Number, Value};

use super::document::Document;
use super::fact::{Change, Effect, Fact};
use super::kinds::{self, Types, listed};
use super::others::{others, words};
use super::parts::{alternatives, branches, items, members};
use super::view::Node;
use super::walk::Walk;

/// Keywords with a number, and the type that they speak of; true where more is allowed by a larger one.
pub(super) const BOUNDS: [(&str, &str, bool); 11] = [
    ("maximum", "number", true),
    ("minimum", "number", false),
    ("exclusiveMaximum", "number", true),
    ("exclusiveMinimum", "number", false),
    ("multipleOf", "number", false),
    ("maxLength", "string", true),
    ("minLength", "string", false),
    ("maxItems", "array", true),
    ("minItems", "array", false),
    ("maxProperties", "object", true),
    ("minProperties", "object", false),
];

/// Formats of which the first is a part of the second.
const WITHIN: [(&str, &str); 7] = [
    ("email", "idn-email"),
    ("hostname", "idn-hostname"),
    ("uri", "iri"),
    ("uri", "uri-reference"),
    ("uri", "iri-reference"),
    ("uri-reference", "iri-reference"),
    ("iri", "iri-reference"),
];

/// Formats that a validator knows; others say nothing.
const KNOWN: [&str; 19] = [
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "uuid",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

/// Notes what differs between two schemas, and has compared what they hold.
pub(super) fn compare<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    if listed(old).is_some() || listed(new).is_some() {
        values(walk, at, old, new);
        words(walk, at, old, new);
        return;
    }
    types(walk, at);
    if alternatives(walk, at, old, new) {
        words(walk, at, old, new);
        return;
    }
    // What else is said matters for types that both allow.
    let both: Types = kinds::own(old).intersection(&kinds::own(new)).copied().collect();
    let matters = |kind: &str| both.contains(kind) || kind == "number" && both.contains("integer");
    bounds(walk, at, old, new, &matters);
    texts(walk, at, old, new, &matters);
    if matters("object") {
        members(walk, at, old, new);
    }
    if matters("array") {
        items(walk, at, old, new);
    }
    branches(walk, at, old, new);
    others(walk, at, old, new);
    words(walk, at, old, new);
}

/// Types besides null that came or went.
fn types(walk: &mut Walk<'_>, at: usize) {
    let pair = &walk.pairs[at];
    let [before, now] = [kinds::of(walk.old, &pair.old), kinds::of(walk.new, &pair.new)];
    let but_null = |name: &&&'static str| **name != "null";
    let gained: Vec<_> = now.difference(&before).filter(but_null).copied().collect();
    let lost: Vec<_> = before.difference(&now).filter(but_null).copied().collect();
    let effect = match (gained.is_empty(), lost.is_empty()) {
        (true, true) => return,
        (true, false) => Effect::Narrows,
        _ => Effect::Widens,
    };
    let (a, b) = walk.views(at);
    let change = Change::Types { gained, lost };
    // A branch repeats what was said of the place as a whole.
    let same = |fact: &Fact| fact.change == change && fact.place == walk.place(at);
    if !walk.facts.iter().rev().take(8).any(same) {
        walk.note(at, change, effect, a.at("type"), b.at("type"));
    }
}

/// What came and went where one of the schemas lists its values, or both: null aside, this says all.
fn values<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    let keyword = |node: &Node<'_>| node.at(if node.get("enum").is_some() { "enum" } else { "const" });
    let (a, b) = (keyword(old), keyword(new));
    let kept = |document: &Document, node: &Node<'d>| -> Option<Vec<&'d Value>> {
        let values = listed(node)?;
        let beside = node.size_beside_list();
        let paid = walk.effort.take(values.len().saturating_mul(1 + beside) / 4, &node.pointer);
        let ask = paid && beside > 0;
        let fits = |value: &&Value| !ask || node.allows_beside_list(document, value).unwrap_or(true);
        Some(values.into_iter().filter(|value| !value.is_null()).filter(fits).collect())
    };
    let (before, now) = (kept(walk.old, old), kept(walk.new, new));
    let missing = |from: &[&Value], of: &[&Value]| -> Vec<Value> {
        let from: HashSet<String> = from.iter().copied().map(Value::to_string).collect();
        of.iter().filter(|value| !from.contains(&value.to_string())).map(|value| (*value).clone()).collect()
    };
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    match (&before, &now) {
        (Some(before), Some(now)) => (added, removed) = (missing(before, now), missing(now, before)),
        (Some(before), None) => {
            let left: Types = kinds::of(walk.new, new).into_iter().filter(|name| *name != "null").collect();
            let booleans = left.is_subset(&["boolean"].into());
            let all = booleans && [true, false].iter().all(|it| before.contains(&&Value::Bool(*it)));
            let effect = if all || left.is_empty() { Effect::Neither } else { Effect::Widens };
            walk.note(at, Change::Listed(false), effect, a.clone(), b.clone());
        }
        (None, Some(now)) => {
            walk.note(at, Change::Listed(true), Effect::Narrows, a.clone(), b.clone());
            let strange = |value: &&&Value| old.allows(walk.old, value) == Some(false);
            added = now.iter().filter(strange).map(|value| (*value).clone()).collect();
        }
        (None, None) => {}
    }
    if !added.is_empty() {
        let change = Change::Values { added, removed: Vec::new() };
        walk.note(at, change, Effect::Widens, a.clone(), b.clone());
    }
    if !removed.is_empty() {
        walk.note(at, Change::Values { added: Vec::new(), removed }, Effect::Narrows, a, b);
    }
}

/// Where a number ends the numbers that are allowed, whichever keyword says so.
fn edge(document: &Document, node: &Node<'_>, upper: bool) -> Option<(f64, bool)> {
    let names = if upper { ["maximum", "exclusiveMaximum"] } else { ["minimum", "exclusiveMinimum"] };
    let whole = !kinds::own(node).contains("number");
    let read = |keyword: &str| node.get(keyword).and_then(Value::as_f64);
    // In draft 4 the second keyword says of the first whether it is exclusive.
    let exclusive = document.draft == Draft::Draft4 && node.get(names[1]) == Some(&Value::Bool(true));
    let sign = if upper { 1.0 } else { -1.0 };
    let mut edges = Vec::new();
    for (keyword, open) in [(names[0], exclusive), (names[1], true)] {
        let Some(limit) = read(keyword).map(|limit| limit * sign) else { continue };
        edges.push(match (whole, open) {
            (false, open) => (limit, open),
            (true, true) => (limit.ceil() - 1.0, false),
            (true, false) => (limit.floor(), false),
        });
    }
    edges.into_iter().min_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
}

/// What moving an edge does; a larger one, or none, allows more. Adding 0 makes one zero of the two.
fn moved(old: Option<(f64, bool)>, new: Option<(f64, bool)>) -> Effect {
    let key =
        |edge: Option<(f64, bool)>| edge.map_or((f64::INFINITY, true), |(limit, open)| (limit + 0.0, !open));
    let (old, new) = (key(old), key(new));
    match old.0.total_cmp(&new.0).then(old.1.cmp(&new.1)) {
        std::cmp::Ordering::Less => Effect::Widens,
        std::cmp::Ordering::Equal => Effect::Neither,
        std::cmp::Ordering::Greater => Effect::Narrows,
    }
}

fn bounds<'d>(
    walk: &mut Walk<'d>,
    at: usize,
    old: &Node<'d>,
    new: &Node<'d>,
    matters: &impl Fn(&str) -> bool,
) {
    for (keyword, kind, upper) in BOUNDS {
        let (before, now) = (old.get(keyword), new.get(keyword));
        // In draft 4 the same number may be exclusive or not.
        if before == now && walk.old.draft == walk.new.draft {
            continue;
        }
        let number = |value: Option<&Value>| value.and_then(Value::as_f64);
        let effect = if !matters(kind) {
            Effect::Neither
        } else if keyword == "multipleOf" {
            match (number(before), number(now)) {
                (None, None) => Effect::Neither,
                (None, _) => Effect::Narrows,
                (Some(a), Some(b)) if (b / a).fract() == 0.0 => Effect::Narrows,
                _ => Effect::Widens,
            }
        } else if kind == "number" {
            moved(edge(walk.old, old, upper), edge(walk.new, new, upper))
        } else {
            let sign = if upper { 1.0 } else { -1.0 };
            // No least length is a least length of 0.
            let limit = |value| match number(value) {
                None if upper => None,
                limit => Some((limit.unwrap_or(0.0) * sign, false)),
            };
            moved(limit(before), limit(now))
        };
        if before != now {
            let change = Change::Bound { keyword, old: before.cloned(), new: now.cloned() };
            walk.note(at, change, effect, old.at(keyword), new.at(keyword));
        }
    }
}

fn texts<'d>(
    walk: &mut Walk<'d>,
    at: usize,
    old: &Node<'d>,
    new: &Node<'d>,
    matters: &impl Fn(&str) -> bool,
) {
    let text = |node: &Node<'_>, keyword| node.get(keyword).and_then(Value::as_str).map(str::to_owned);
    let (before, now) = (text(old, "format"), text(new, "format"));
    if before != now {
        let known = |format: &Option<String>| format.clone().filter(|name| KNOWN.contains(&name.as_str()));
        let within = |a: &str, b: &str| WITHIN.contains(&(a, b));
        let effect = match (known(&before), known(&now)) {
            (None, None) => Effect::Neither,
            _ if !matters("string") => Effect::Neither,
            (None, Some(_)) => Effect::Narrows,
            (Some(a), Some(b)) if within(&b, &a) => Effect::Narrows,
            _ => Effect::Widens,
        };
        walk.note(at, Change::Format(before, now), effect, old.at("format"), new.at("format"));
    }
    let (before, now) = (text(old, "pattern"), text(new, "pattern"));
    if before != now {
        let effect = match (&before, &now) {
            _ if !matters("string") => Effect::Neither,
            (None, _) => Effect::Narrows,
            (_, None) => Effect::Widens,
            _ => Effect::Unknown,
        };
        walk.note(at, Change::Pattern(before, now), effect, old.at("pattern"), new.at("pattern"));
    }
}

/// A number as a value, for bounds of witnesses.
pub(super) fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
