//! Which simple demands and which decisions does a conjunction of schemas come down to?

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::documents::Documents;
use super::negate;
use crate::error::{Error, ErrorKind};

/// So many combinations of decisions are all kept; of more, some in which every branch occurs.
const COMBINATIONS: usize = 48;

/// Schemas that lead to each other through so many at one place are not followed.
const DEEPEST: usize = 400;

/// A conjunction without references and without applicators that speak about the same value.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// Nothing keeps it: where that is said and what.
    pub(super) never: Option<(String, String)>,
    /// Schema objects that all hold.
    pub(super) flats: Vec<Map<String, Value>>,
    /// Of each, one branch must be taken.
    pub(super) decisions: Vec<Decision>,
    /// What must be checked when the value is there, because what is built only comes close.
    pub(super) residual: Vec<Value>,
    /// The keyword that is checked, and its place.
    pub(super) checked: Option<(String, String)>,
}

/// Branches, each a conjunction.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) branches: Vec<Vec<Value>>,
    /// What asks for it. Of a `oneOf`, exactly one may hold.
    pub(super) keyword: &'static str,
}

/// What was visited.
#[derive(Default)]
struct Seen {
    /// The references, and whether we are still inside.
    references: BTreeMap<String, bool>,
    /// How many schemas we are inside.
    depth: usize,
}

/// Takes a conjunction apart.
pub(super) fn expand(documents: &Documents, conjunction: &[Value]) -> Result<Expanded, Error> {
    let mut expanded = Expanded::default();
    let mut seen = Seen::default();
    for part in conjunction {
        visit(documents, part, &mut expanded, &mut seen)?;
    }
    Ok(expanded)
}

fn visit(documents: &Documents, part: &Value, into: &mut Expanded, seen: &mut Seen) -> Result<(), Error> {
    if seen.depth >= DEEPEST {
        return Err(too_deep(documents, part));
    }
    seen.depth += 1;
    let visited = enter(documents, part, into, seen);
    seen.depth -= 1;
    visited
}

fn enter(documents: &Documents, part: &Value, into: &mut Expanded, seen: &mut Seen) -> Result<(), Error> {
    let reference = match part {
        Value::Bool(false) => {
            into.never.get_or_insert_with(|| (String::new(), "`false` admits nothing".to_owned()));
            return Ok(());
        }
        Value::Object(keywords) => {
            keywords.get("$ref").and_then(Value::as_str).filter(|_| keywords.len() == 1)
        }
        _ => return Ok(()),
    };
    let Some(reference) = reference else {
        return keywords(documents, part, None, into, seen);
    };
    match seen.references.get(reference) {
        Some(true) => return Err(endless(&documents.place(reference))),
        Some(false) => return Ok(()),
        None => {}
    }
    seen.references.insert(reference.to_owned(), true);
    match documents.read(reference) {
        Value::Bool(false) => {
            into.never.get_or_insert((documents.place(reference), "`false` admits nothing".to_owned()));
        }
        Value::Bool(true) => {}
        read => keywords(documents, &read, Some(reference), into, seen)?,
    }
    seen.references.insert(reference.to_owned(), false);
    Ok(())
}

fn too_deep(documents: &Documents, part: &Value) -> Error {
    let text = |keyword: &str| part.get(keyword).and_then(Value::as_str);
    let place = text("$ref").map(|reference| documents.place(reference));
    let place = place.unwrap_or_else(|| text("$comment").unwrap_or("#").to_owned());
    let message = format!("`$ref` leads through more than {DEEPEST} schemas at one place");
    Error::new(ErrorKind::Unsupported, format!("{place}/$ref"), message)
}

pub(super) fn endless(place: &str) -> Error {
    Error::new(ErrorKind::Unsupported, place, "refers to itself without an end")
}

fn keywords(
    documents: &Documents,
    schema: &Value,
    reference: Option<&str>,
    into: &mut Expanded,
    seen: &mut Seen,
) -> Result<(), Error> {
    let Some(members) = schema.as_object() else { return Ok(()) };
    let place = reference.map_or_else(
        || schema.get("$comment").and_then(Value::as_str).unwrap_or_default().to_owned(),
        |reference| documents.place(reference),
    );
    let itself = || reference.map_or_else(|| schema.clone(), |reference| json!({"$ref": reference}));
    if let Some(target) = members.get("$ref") {
        visit(documents, &json!({"$ref": target}), into, seen)?;
    }
    for part in list(members, "allOf") {
        visit(documents, part, into, seen)?;
    }
    for keyword in ["anyOf", "oneOf"] {
        let branches: Vec<Vec<Value>> = list(members, keyword).map(|branch| vec![branch.clone()]).collect();
        match branches.as_slice() {
            [] => {}
            [only] => visit(documents, &only[0], into, seen)?,
            _ => {
                if keyword == "oneOf" {
                    check(into, json!({"oneOf": members[keyword]}), keyword, &place);
                }
                into.decisions.push(Decision { branches, keyword });
            }
        }
    }
    if let Some(refused) = members.get("not") {
        negated(documents, refused, &format!("{place}/not"), into, seen)?;
    }
    if let Some(condition) = members.get("if") {
        let branch = |keyword: &str| members.get(keyword).cloned().unwrap_or(Value::Bool(true));
        if members.contains_key("then") || members.contains_key("else") {
            let holds = vec![condition.clone(), branch("then")];
            let fails = vec![json!({"not": condition, "$comment": place}), branch("else")];
            into.decisions.push(Decision { branches: vec![holds, fails], keyword: "if" });
        }
    }
    for (name, schema) in members.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten() {
        let absent = vec![json!({"properties": {(name): false}, "$comment": place})];
        let present = vec![json!({"required": [name], "$comment": place}), schema.clone()];
        into.decisions.push(Decision { branches: vec![absent, present], keyword: "dependentSchemas" });
    }
    for keyword in ["unevaluatedProperties", "unevaluatedItems"] {
        if members.get(keyword).is_some_and(|value| *value != Value::Bool(true)) && reference.is_some() {
            check(into, itself(), keyword, &place);
        }
    }
    let mut flat = members.clone();
    flat.retain(|keyword, _| !APPLIED.contains(&keyword.as_str()));
    if flat.keys().any(|keyword| keyword != "$comment") {
        flat.insert("$comment".to_owned(), Value::String(place));
        into.flats.push(flat);
    }
    Ok(())
}

/// Keywords that are taken apart here.
const APPLIED: &[&str] =
    &["$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"];

fn negated(
    documents: &Documents,
    refused: &Value,
    place: &str,
    into: &mut Expanded,
    seen: &mut Seen,
) -> Result<(), Error> {
    let mut branches = negate::branches(documents, refused, place);
    match branches.len() {
        0 => {
            let said = (place.to_owned(), "`not` refuses every value".to_owned());
            into.never.get_or_insert(said);
        }
        1 => {
            for part in branches.remove(0) {
                visit(documents, &part, into, seen)?;
            }
        }
        _ => into.decisions.push(Decision { branches, keyword: "not" }),
    }
    if !refused.is_boolean() {
        check(into, json!({"not": refused}), "not", place.trim_end_matches("/not"));
    }
    Ok(())
}

fn check(into: &mut Expanded, schema: Value, keyword: &str, place: &str) {
    into.residual.push(schema);
    into.checked.get_or_insert_with(|| (keyword.to_owned(), format!("{place}/{keyword}")));
}

fn list<'v>(members: &'v Map<String, Value>, keyword: &str) -> impl Iterator<Item = &'v Value> {
    members.get(keyword).and_then(Value::as_array).into_iter().flatten()
}

/// Combinations of one branch of every decision, and whether these are all.
pub(super) fn combinations(decisions: &[Decision]) -> (Vec<Vec<Value>>, bool) {
    let sizes: Vec<usize> = decisions.iter().map(|decision| decision.branches.len()).collect();
    let all = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
    let take = |picks: &dyn Fn(usize) -> usize| {
        let taken = decisions.iter().enumerate();
        taken.flat_map(|(index, decision)| decision.branches[picks(index)].clone()).collect::<Vec<_>>()
    };
    // A single decision is kept whole, however many branches it has.
    if let Some(all) = all.filter(|all| *all <= COMBINATIONS || sizes.len() == 1) {
        let combinations = (0..all)
            .map(|number| take(&|index| number / sizes[..index].iter().product::<usize>() % sizes[index]));
        return (combinations.collect(), true);
    }
    // Every branch beside the first of all others, beside the last, and diagonally.
    let mut some = Vec::new();
    for (index, size) in sizes.iter().enumerate() {
        for branch in 0..*size {
            some.push(take(&|other| if other == index { branch } else { 0 }));
            some.push(take(&|other| if other == index { branch } else { sizes[other] - 1 }));
        }
    }
    let longest = sizes.iter().copied().max().unwrap_or(0);
    some.extend((0..longest).map(|number| take(&|index| number % sizes[index])));
    (some, false)
}
