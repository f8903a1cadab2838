//! Which JSON Schema does traffic suggest?

use serde_json::{Map, Value, json};

use super::field::Field;
use super::profile::Profile;
use super::shares::format_of;

/// The JSON Schema (2020-12) that accepts all of the traffic: types, `required` for what was there each time, and a `format`
/// where every string of at least ten keeps it. It lists no values and states no bounds: a sample does not know them.
#[must_use]
pub fn infer(profile: &Profile) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.extend(of(&profile.root, true));
    schema.into()
}

/// What accepts the values of a field; `required` says whether what was always there must be.
pub(super) fn of(field: &Field, required: bool) -> Map<String, Value> {
    let mut schema = Map::new();
    match field.types()[..] {
        [] => {}
        [one] => drop(schema.insert("type".to_owned(), one.into())),
        ref several => drop(schema.insert("type".to_owned(), json!(several))),
    }
    if let Some(format) = format_of(field) {
        schema.insert("format".to_owned(), format.into());
    }
    if field.object > 0 && !field.properties.is_empty() {
        let below = |(name, below): (&String, &Field)| (name.clone(), of(below, required).into());
        schema.insert("properties".to_owned(), Value::Object(field.properties.iter().map(below).collect()));
        let always = field.properties.iter().filter(|(_, below)| required && below.seen == field.object);
        let always: Vec<&String> = always.map(|(name, _)| name).collect();
        if !always.is_empty() {
            schema.insert("required".to_owned(), json!(always));
        }
    }
    if let Some(items) = field.items.as_ref().filter(|items| items.seen > 0) {
        schema.insert("items".to_owned(), of(items, required).into());
    }
    schema
}
