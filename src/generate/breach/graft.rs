//! How does a payload come to have a place, and to break there?

use serde_json::{Map, Value, json};

use super::catalogue::{Act, Body, Target};
use super::views::Document;
use crate::generate::choices::Choices;
use crate::pointer::{Pointer, Token};

/// Stands for a key or value that only the text can hold; no schema and no payload has it.
const MARK: &str = "\u{e000}mark\u{e001}";

/// Breaks `base` at the target: what is missing on the way there is put in, as small as it can be. The place and
/// the broken payload; `None` where the way does not lead there.
pub(super) fn break_at(
    document: Document<'_>,
    target: &Target,
    mut base: Value,
    choices: &mut Choices,
) -> Option<(Pointer, Body)> {
    let (pointer, here) = reach(document, target, &mut base, choices)?;
    let container = |here: &mut Value| {
        if !here.is_object() {
            *here = document.least_container(&target.schema_pointer, true)?;
        }
        Some(())
    };
    let at = |name: &str| pointer.clone().key(name);
    match &target.act {
        Act::Put(value) => {
            *here = value.clone();
            Some((pointer, Body::Payload(base)))
        }
        Act::Items(count, place) => {
            *here = document.least_items(place, *count)?;
            Some((pointer, Body::Payload(base)))
        }
        Act::Remove(name) => {
            container(here)?;
            here.as_object_mut()?.remove(name);
            Some((at(name), Body::Payload(base)))
        }
        Act::Add(name) => {
            container(here)?;
            here.as_object_mut()?.insert((*name).to_owned(), json!("something new"));
            Some((at(name), Body::Payload(base)))
        }
        Act::Huge => {
            *here = json!(MARK);
            Some((pointer, Body::Text(with_mark(&base, "1e400"))))
        }
        Act::Twice(name, place) => {
            container(here)?;
            let members = here.as_object_mut()?;
            let value = match members.get(name) {
                Some(value) => value.clone(),
                None => document.least(place)?,
            };
            members.insert(name.clone(), value.clone());
            members.insert(MARK.to_owned(), value);
            Some((at(name), Body::Text(with_mark(&base, &json!(name).to_string()))))
        }
        Act::Special(act) => {
            act(&mut base);
            let pointer = target.route.steps().into_iter().fold(Pointer::root(), |mut pointer, step| {
                pointer.push(step.token.clone());
                pointer
            });
            Some((pointer, Body::Payload(base)))
        }
        Act::Spoil(spoil) => Some((Pointer::root(), Body::Text(spoil(&base.to_string())))),
    }
}

fn with_mark(value: &Value, text: &str) -> String {
    value.to_string().replace(&json!(MARK).to_string(), text)
}

/// Goes to the target's place, and puts in what is not there.
fn reach<'v>(
    document: Document<'_>,
    target: &Target,
    base: &'v mut Value,
    choices: &mut Choices,
) -> Option<(Pointer, &'v mut Value)> {
    let mut pointer = Pointer::root();
    if matches!(target.act, Act::Special(_) | Act::Spoil(_)) {
        return Some((pointer, base));
    }
    let mut here = base;
    for step in target.route.steps() {
        match &step.token {
            Token::Key(name) => {
                if !here.is_object() {
                    *here = document.least_container(&step.from, true)?;
                }
                pointer.push(step.token.clone());
                let members: &mut Map<_, _> = here.as_object_mut()?;
                here = members.entry(&**name).or_insert(Value::Null);
            }
            Token::Index(first) => {
                if !here.is_array() {
                    *here = document.least_container(&step.from, false)?;
                }
                let items = here.as_array_mut()?;
                while items.len() <= *first {
                    items.push(document.least_item(&step.from, items.len())?);
                }
                let index = first + choices.below_or_at(items.len() - 1 - first);
                pointer.push(Token::Index(index));
                here = items.get_mut(index)?;
            }
        }
    }
    Some((pointer, here))
}
