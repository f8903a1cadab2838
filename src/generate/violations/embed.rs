//! Embeds a location in a payload, and violates the schema there.

use serde_json::{Map, Value, json};

use super::minimal::{MinimalValues, Wanted};
use super::target::{Act, BrokenPayload, Target};
use crate::generate::choices::Choices;
use crate::pointer::{Pointer, Token};
use crate::schema::types::TypeSet;

/// Stands for a key or value that only the text can hold; no schema and no payload has it.
const MARK: &str = "\u{e000}mark\u{e001}";

/// Violates the schema in `base` at the target: missing members on the way there are added, of minimum size.
/// Returns the location and the payload; `None` if the target cannot be reached.
pub(super) fn violate_at(
    minimal: &mut MinimalValues,
    target: &Target,
    mut base: Value,
    choices: &mut Choices,
) -> Option<(Pointer, BrokenPayload)> {
    let (mut pointer, here) = insert_path(minimal, target, &mut base, choices)?;
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
    let ways = minimal.ways(wanted);
    let others = all.iter().filter(|view| view.types.contains(wanted.types)).count() > ways.len();
    !others || ways.iter().any(|view| minimal.accepts(&view.nodes, here))
}

/// Goes to the target's location, and inserts what is missing.
fn insert_path<'v>(
    minimal: &mut MinimalValues,
    target: &Target,
    base: &'v mut Value,
    choices: &mut Choices,
) -> Option<(Pointer, &'v mut Value)> {
    let mut pointer = Pointer::root();
    if matches!(target.act, Act::Custom(_) | Act::Spoil(_)) {
        return Some((pointer, base));
    }
    let mut here = base;
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
    Some((pointer, here))
}
