//! What differs in what a schema holds: members, items, branches?

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::document::Document;
use super::fact::{Change, Effect};
use super::kinds::{self, Types, listed};
use super::same::same;
use super::view::{Node, is_words, view};
use super::walk::{Step, Walk, settled};

/// Whether a schema allows everything, as far as that shows.
fn is_open(schema: Option<&Value>) -> bool {
    schema.is_none_or(|schema| match schema {
        Value::Bool(open) => *open,
        Value::Object(map) => map.keys().all(|keyword| is_words(keyword)),
        _ => true,
    })
}

pub(super) fn members<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    let names = |node: &Node<'d>| -> BTreeSet<&'d str> {
        node.get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| &**name)
            .collect()
    };
    let required = |node: &Node<'d>| -> HashSet<&'d str> {
        node.get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    };
    let (before, now) = (names(old), names(new));
    let (must, still) = (required(old), required(new));
    let patterned = |node: &Node<'_>| node.get("patternProperties").is_some();
    let sure = settled(new);
    let unevaluated = walk.old.unevaluated || walk.new.unevaluated;
    let (further_old, further_new) = (old.get("additionalProperties"), new.get("additionalProperties"));
    let closed = |further: Option<&Value>| further == Some(&Value::Bool(false));
    for &name in before.intersection(&now) {
        if let Some((a, b)) = old.named("properties", name).zip(new.named("properties", name)) {
            walk.descend(at, Step::Member(name.to_owned()), a, b, [sure, false]);
        }
    }
    for &name in before.difference(&now) {
        let absent = must.contains(name) && !still.contains(name);
        let schema = old.named("properties", name);
        let value = match schema.as_ref() {
            _ if closed(further_new) && !patterned(new) => Effect::Narrows,
            _ if unevaluated => Effect::Unknown,
            Some(schema) if is_open(Some(schema.schema)) => Effect::Neither,
            _ if is_open(further_new) => Effect::Widens,
            _ => Effect::Unknown,
        };
        let effect = if absent { Effect::Widens } else { value };
        let pointer = old.child("properties");
        let pointer = schema.map_or(pointer, |schema| schema.pointer);
        let change = Change::Removed { required: must.contains(name) };
        walk.note_in(at, Some(name), change, effect, pointer, new.at("properties"));
    }
    for &name in now.difference(&before) {
        let effect = match further_old {
            _ if closed(further_old) && !patterned(old) => Effect::Widens,
            _ if unevaluated => Effect::Unknown,
            further if is_open(further) && !patterned(old) => Effect::Narrows,
            _ => Effect::Unknown,
        };
        let pointer = new.named("properties", name).map_or_else(String::new, |schema| schema.pointer);
        let change = Change::Added { required: still.contains(name) };
        walk.note_in(at, Some(name), change, effect, old.at("properties"), pointer);
    }
    let mut all: Vec<_> = must.symmetric_difference(&still).copied().collect();
    all.sort_unstable();
    for name in all {
        let (came, went) =
            (!before.contains(name) && now.contains(name), before.contains(name) && !now.contains(name));
        let now_required = still.contains(name);
        if came && now_required || went && !now_required {
            continue;
        }
        let effect = if now_required { Effect::Narrows } else { Effect::Widens };
        walk.note_in(
            at,
            Some(name),
            Change::Required(now_required),
            effect,
            old.at("required"),
            new.at("required"),
        );
    }
    further(walk, at, old, new);
}

/// Members that no property describes.
fn further<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    let (a, b) = (old.get("additionalProperties"), new.get("additionalProperties"));
    let (at_old, at_new) = (old.at("additionalProperties"), new.at("additionalProperties"));
    match (old.under("additionalProperties"), new.under("additionalProperties")) {
        (Some(x), Some(y)) if x.schema.is_object() && y.schema.is_object() => {
            walk.descend(at, Step::Further, x, y, [settled(new), false]);
        }
        _ => match (is_open(a), is_open(b)) {
            (true, true) => {}
            (false, false) if a == b => {}
            (_, true) => walk.note(at, Change::Open(true), Effect::Widens, at_old, at_new),
            (true, false) => walk.note(at, Change::Open(false), Effect::Narrows, at_old, at_new),
            (false, false) => {
                let now = a == Some(&Value::Bool(false));
                let effect = if now { Effect::Widens } else { Effect::Narrows };
                walk.note(at, Change::Open(now), effect, at_old, at_new);
            }
        },
    }
    let patterns = |node: &Node<'d>| -> BTreeSet<&'d str> {
        let held = node.get("patternProperties").and_then(Value::as_object);
        held.into_iter().flatten().map(|(name, _)| &**name).collect()
    };
    let (before, now) = (patterns(old), patterns(new));
    for name in before.intersection(&now) {
        if let Some((x, y)) = old.named("patternProperties", name).zip(new.named("patternProperties", name)) {
            walk.descend(at, Step::Further, x, y, [false, false]);
        }
    }
    if before != now {
        let change = Change::Keyword("patternProperties".to_owned());
        walk.note(at, change, Effect::Unknown, old.at("patternProperties"), new.at("patternProperties"));
    }
}

pub(super) fn items<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    let tuple = |node: &Node<'d>| -> (Vec<Node<'d>>, Node<'d>) {
        let first = node.list("prefixItems");
        let old_style = node.get("items").is_some_and(Value::is_array);
        let (first, rest) =
            if old_style { (node.list("items"), "additionalItems") } else { (first, "items") };
        (first, node.under(rest).unwrap_or_else(|| Node::anything(&node.pointer)))
    };
    let ((first, rest), (first_new, rest_new)) = (tuple(old), tuple(new));
    for index in 0..first.len().max(first_new.len()) {
        let a = first.get(index).unwrap_or(&rest).clone();
        let b = first_new.get(index).unwrap_or(&rest_new).clone();
        walk.descend(at, Step::Item, a, b, [false, false]);
    }
    let first_only = first.is_empty() && first_new.is_empty();
    walk.descend(at, Step::Item, rest, rest_new, [first_only && settled(new), false]);
}

/// `anyOf`, `oneOf`, `allOf`, and a reference with something beside it.
pub(super) fn branches<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) {
    for keyword in ["anyOf", "oneOf", "allOf"] {
        let held = |document: &'d Document, node: &Node<'d>| -> Vec<Node<'d>> {
            let to = node.get("$ref").and_then(Value::as_str).filter(|_| keyword == "allOf");
            let target = to.and_then(|to| super::view::resolve(document, to));
            let mut list = node.list(keyword);
            list.retain(|branch| keyword == "allOf" || !is_null(branch));
            list.extend(target);
            list
        };
        let (before, now) = (held(walk.old, old), held(walk.new, new));
        // The first alternatives narrow, and the last ones gone widen.
        let turned = keyword != "allOf" && before.is_empty() != now.is_empty();
        let places = (old.at(keyword), new.at(keyword));
        lists(walk, at, keyword, turned, (before, now), &places);
    }
}

fn is_null(branch: &Node<'_>) -> bool {
    branch.schema.get("type").and_then(Value::as_str) == Some("null")
}

/// Compares a schema that is nothing but alternatives with one that is none, which is one alternative then. Says
/// whether the two are such schemas.
pub(super) fn alternatives<'d>(walk: &mut Walk<'d>, at: usize, old: &Node<'d>, new: &Node<'d>) -> bool {
    let keyword = |node: &Node<'d>| {
        let map = node.map()?;
        let mut asserting = map.keys().filter(|keyword| !is_words(keyword));
        let only = asserting.next().filter(|keyword| ["anyOf", "oneOf"].contains(&keyword.as_str()))?;
        asserting.next().is_none().then(|| if only == "anyOf" { "anyOf" } else { "oneOf" })
    };
    let branches = |node: &Node<'d>, keyword: &str| {
        let mut list = node.list(keyword);
        list.retain(|branch| !is_null(branch));
        list
    };
    let (keyword, before, now) = match (keyword(old), keyword(new)) {
        (Some(keyword), None) => (keyword, branches(old, keyword), vec![new.clone()]),
        (None, Some(keyword)) => (keyword, vec![old.clone()], branches(new, keyword)),
        _ => return false,
    };
    let places = (old.at(keyword), new.at(keyword));
    lists(walk, at, keyword, false, (before, now), &places);
    true
}

/// Compares two lists of branches. `turned` means that fewer of them allow more.
fn lists<'d>(
    walk: &mut Walk<'d>,
    at: usize,
    keyword: &'static str,
    turned: bool,
    (mut before, mut now): (Vec<Node<'d>>, Vec<Node<'d>>),
    places: &(String, String),
) {
    // Of alternatives that have no value in common, one is as good as any.
    let unsure = keyword == "oneOf" && !(apart(walk.old, &before) && apart(walk.new, &now));
    let mut pairs = twins(walk, &mut before, &mut now);
    let both = before.len().min(now.len());
    pairs.extend(before.iter().cloned().zip(now.iter().cloned()));
    for (a, b) in pairs {
        walk.descend(at, Step::Same, a, b, [false, unsure]);
    }
    let fewer_widen = (keyword == "allOf") != turned;
    for (left, added) in [(&before, false), (&now, true)] {
        for branch in left.iter().skip(both) {
            let effect = match () {
                () if unsure && !turned => Effect::Unknown,
                () if added != fewer_widen => Effect::Widens,
                () => Effect::Narrows,
            };
            let inner = branch.pointer.clone();
            let (a, b) = if added { (places.0.clone(), inner) } else { (inner, places.1.clone()) };
            walk.note(at, Change::Branch { keyword, added }, effect, a, b);
        }
    }
}

/// Whether no value keeps two of the branches, as far as that shows.
fn apart(document: &Document, branches: &[Node<'_>]) -> bool {
    const MOST: usize = 50;
    let seen: Vec<_> = branches.iter().take(MOST).map(|branch| view(document, branch).node).collect();
    branches.len() <= MOST
        && (0..seen.len()).all(|at| (0..at).all(|other| disjoint(document, &seen[at], &seen[other])))
}

/// Whether two schemas have no type in common, or no value of a member that both require.
fn disjoint(document: &Document, a: &Node<'_>, b: &Node<'_>) -> bool {
    let both: Types = kinds::of(document, a).intersection(&kinds::of(document, b)).copied().collect();
    let required = |node: &Node<'_>, name: &str| {
        let names = node.get("required").and_then(Value::as_array);
        names.is_some_and(|names| names.iter().any(|required| required == name))
    };
    let values = |node: &Node<'_>, name: &str| {
        let member = node.named("properties", name)?;
        listed(&view(document, &member).node).map(|values| values.into_iter().cloned().collect::<Vec<_>>())
    };
    let tells = |name: &String| {
        let lists = values(a, name).zip(values(b, name));
        required(a, name)
            && required(b, name)
            && lists.is_some_and(|(a, b)| {
                let known: HashSet<String> = b.iter().map(Value::to_string).collect();
                a.iter().all(|value| !known.contains(&value.to_string()))
            })
    };
    let members = a.get("properties").and_then(Value::as_object);
    both.is_empty()
        || both == Types::from(["object"]) && members.is_some_and(|members| members.keys().any(tells))
}

/// Takes out the branches that say the same, in whatever order.
fn twins<'d>(walk: &Walk<'d>, old: &mut Vec<Node<'d>>, new: &mut Vec<Node<'d>>) -> Vec<(Node<'d>, Node<'d>)> {
    const MOST: usize = 100;
    let mut found = Vec::new();
    if old.len().max(new.len()) <= MOST {
        old.retain(|branch| {
            let twin = new.iter().position(|other| same(&walk.effort, (walk.old, branch), (walk.new, other)));
            found.extend(twin.map(|twin| (branch.clone(), new.remove(twin))));
            twin.is_none()
        });
    }
    found
}
