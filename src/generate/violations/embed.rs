//! Embeds a location in a payload, and violates the schema there.

use serde_json::{Map, Value, json};

use super::locations::Route;
use super::minimal::{MinimalValues, Wanted};
use super::target::{Act, BrokenPayload, Target};
use crate::generate::choices::Choices;
use crate::pointer::{Pointer, Token};
use crate::schema::types::TypeSet;

/// Stands for a key or value that only the text can hold; no schema and no payload has it.
const MARK: &str = "\u{e000}mark\u{e001}";

/// A payload with the location of a target.
#[derive(Clone, Debug)]
pub(super) struct Embedded {
    route: Route,
    pointer: Pointer,
    payload: Value,
}

impl Embedded {
    /// Whether the payload was built for the location of this target.
    pub(super) fn is_for(&self, target: &Target) -> bool {
        self.route.is_same(&target.route) && !target.is_of_whole_payload()
    }
}

/// Violates the schema at the target. Returns the location and the payload; `None` if the target cannot be
/// reached.
pub(super) fn violate_at(
    minimal: &mut MinimalValues,
    target: &Target,
    embedded: Embedded,
) -> Option<(Pointer, BrokenPayload)> {
    let Embedded { mut pointer, payload: mut base, .. } = embedded;
    let here = pointer.find_mut(&mut base)?;
    let wanted = |types, with: Option<&str>| Wanted {
        location: target.location,
        via: target.via,
        types,
        with: with.map(str::to_owned),
    };
    match &target.act {
        Act::Put(value) => *here = value.clone(),
        Act::Items(count) => {
            let wanted = wanted(TypeSet::ARRAY, None);
            *here = minimal.ways(&wanted).iter().find_map(|view| minimal.array(view, Some(*count)))?;
        }
        Act::Equal => *here = equal_items(minimal, &wanted(TypeSet::ARRAY, None))?,
        Act::Members(count) => {
            let wanted = wanted(TypeSet::OBJECT, None);
            *here = minimal.ways(&wanted).iter().find_map(|view| minimal.object(view, None, Some(*count)))?;
        }
        Act::Remove { name, with } => {
            object(minimal, here, &wanted(TypeSet::OBJECT, with.as_deref()))?.remove(name)?;
            pointer.push(key(name));
        }
        Act::Add(name) => {
            let members = object(minimal, here, &wanted(TypeSet::OBJECT, None))?;
            members.insert(name.clone(), json!("something new"));
            pointer.push(key(name));
        }
        Act::Name(name) => {
            let whole = minimal.container(&wanted(TypeSet::OBJECT, Some(name)))?;
            let members = object(minimal, here, &wanted(TypeSet::OBJECT, None))?;
            members.insert(name.clone(), whole.get(name).cloned().unwrap_or_default());
        }
        Act::Huge => {
            *here = json!(MARK);
            return Some((pointer, BrokenPayload::Text(with_mark(&base, "1e400"))));
        }
        Act::Twice(name) => {
            let members = object(minimal, here, &wanted(TypeSet::OBJECT, Some(name)))?;
            let value = members.get(name)?.clone();
            members.insert(MARK.to_owned(), value);
            pointer.push(key(name));
            return Some((pointer, BrokenPayload::Text(with_mark(&base, &json!(name).to_string()))));
        }
        Act::Custom(act) => {
            act(&mut base);
            for step in target.route.steps() {
                pointer.push(step.token.clone());
            }
        }
        Act::Spoil(spoil) => return Some((pointer, BrokenPayload::Text(spoil(&base.to_string())))),
    }
    Some((pointer, BrokenPayload::Json(base)))
}

fn key(name: &str) -> Token {
    Token::Key(name.into())
}

fn with_mark(value: &Value, text: &str) -> String {
    value.to_string().replace(&json!(MARK).to_string(), text)
}

/// An array of two items or more that are all the same.
fn equal_items(minimal: &mut MinimalValues, wanted: &Wanted) -> Option<Value> {
    let views = minimal.ways(wanted);
    let mut items = views.iter().find_map(|view| {
        let enough = minimal.array(view, None)?.as_array().map_or(0, Vec::len).max(2);
        minimal.array(view, Some(enough as u64))
    })?;
    let list = items.as_array_mut()?;
    let first = list.first()?.clone();
    list.fill(first);
    Some(items)
}

/// The object at a location, built where there is none that the target's subschema applies to; with a member,
/// and what that one requires.
fn object<'v>(
    minimal: &mut MinimalValues,
    here: &'v mut Value,
    wanted: &Wanted,
) -> Option<&'v mut Map<String, Value>> {
    if !fits(minimal, here, wanted) {
        *here = (*minimal.container(wanted)?).clone();
    }
    let members = here.as_object_mut()?;
    if let Some(name) = wanted.with.as_deref().filter(|name| !members.contains_key(*name)) {
        let whole = minimal.container(wanted)?;
        for (other, value) in whole.as_object()? {
            if other == name || !members.contains_key(other) {
                members.insert(other.clone(), value.clone());
            }
        }
    }
    Some(members)
}

/// Whether the value at a location is valid in a schema view that includes the target's subschema.
fn fits(minimal: &mut MinimalValues, here: &Value, wanted: &Wanted) -> bool {
    if TypeSet::of_value(here) != wanted.types {
        return false;
    }
    let all = minimal.views(&[wanted.location]);
    let (with, without) = wanted.ways(&all);
    let others = !with.is_empty() && !without.is_empty();
    !others || with.iter().any(|view| minimal.accepts(&view.nodes, here))
}

/// Goes to the target's location in `base`, and inserts what is missing, of minimum size.
pub(super) fn insert_path(
    minimal: &mut MinimalValues,
    target: &Target,
    base: &Value,
    choices: &mut Choices,
) -> Option<Embedded> {
    let (mut pointer, mut payload) = (Pointer::root(), base.clone());
    if target.is_of_whole_payload() {
        return Some(Embedded { route: Route::default(), pointer, payload });
    }
    let mut here = &mut payload;
    for step in target.route.steps() {
        let wanted = |types, with| Wanted { location: step.from, via: step.via, types, with };
        match &step.token {
            Token::Key(name) => {
                let members = object(minimal, here, &wanted(TypeSet::OBJECT, Some(name.to_string())))?;
                pointer.push(step.token.clone());
                here = members.entry(&**name).or_insert(Value::Null);
            }
            Token::Index(first) => {
                let wanted = wanted(TypeSet::ARRAY, None);
                if !fits(minimal, here, &wanted) {
                    *here = (*minimal.container(&wanted)?).clone();
                }
                let items = here.as_array_mut()?;
                while items.len() <= *first {
                    items.push(minimal.item_at(&wanted, items.len())?);
                }
                let index = first + choices.below_or_at(items.len() - 1 - first);
                pointer.push(Token::Index(index));
                here = items.get_mut(index)?;
            }
        }
    }
    Some(Embedded { route: target.route.clone(), pointer, payload })
}
