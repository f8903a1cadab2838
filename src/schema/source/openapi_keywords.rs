//! Writes schemas in the dialects of `OpenAPI` before version 3.1.

use serde_json::{Map, Value, json};

use super::dialect::Dialect;
use crate::schema::keywords::names;

/// The keyword that adds null to the one type that `type` names.
pub(crate) fn nullable(dialect: Option<Dialect>) -> Option<&'static str> {
    match dialect? {
        Dialect::OpenApi30 => Some(names::NULLABLE),
        Dialect::Swagger20 => Some("x-nullable"),
        _ => None,
    }
}

/// Whether a dialect has alternatives.
pub(crate) fn unites(dialect: Option<Dialect>) -> bool {
    dialect != Some(Dialect::Swagger20)
}

/// A schema of types, formats, items and properties in the words of a dialect.
pub(crate) fn written(dialect: Option<Dialect>, schema: Value) -> Value {
    let Some(nullable) = nullable(dialect) else { return schema };
    let Value::Object(mut members) = schema else { return schema };
    if let Some(text) = members.remove(names::COMMENT) {
        members.insert(names::DESCRIPTION.to_owned(), text);
    }
    if let Some(items) = members.get_mut(names::ITEMS) {
        *items = written(dialect, items.take());
    }
    for property in members.get_mut(names::PROPERTIES).and_then(Value::as_object_mut).into_iter().flatten() {
        *property.1 = written(dialect, property.1.take());
    }
    let types = match members.remove(names::TYPE) {
        Some(Value::Array(types)) => types,
        one => one.into_iter().collect(),
    };
    let (null, types): (Vec<Value>, Vec<Value>) = types.into_iter().partition(|name| name == "null");
    let mut branches: Vec<Map<String, Value>> =
        types.iter().map(|name| of_type(&members, name, types.len() == 1)).collect();
    match branches.first_mut() {
        Some(first) if !null.is_empty() => drop(first.insert(nullable.to_owned(), true.into())),
        None if !null.is_empty() => {
            let null = json!({(names::TYPE): "string", (nullable): true, (names::ENUM): [null]});
            branches.extend(null.as_object().cloned());
        }
        _ => {}
    }
    match branches.len() {
        0 => Value::Object(members),
        1 => Value::Object(branches.remove(0)),
        _ if unites(dialect) => json!({(names::ANY_OF): branches}),
        // Without `type`, each keyword is about the values of one.
        _ => Value::Object(members),
    }
}

/// What a schema says of one type.
fn of_type(members: &Map<String, Value>, name: &Value, is_only: bool) -> Map<String, Value> {
    let own = |keyword: &str| match keyword {
        names::ITEMS => name == "array",
        names::PROPERTIES => name == "object",
        names::FORMAT => name == "string",
        _ => is_only,
    };
    let mut branch: Map<String, Value> =
        members.clone().into_iter().filter(|(keyword, _)| own(keyword)).collect();
    branch.insert(names::TYPE.to_owned(), name.clone());
    if name == "array" {
        // There it may not be missing.
        branch.entry(names::ITEMS).or_insert_with(|| json!({}));
    }
    branch
}

/// The location in the source of the keyword at a location of the schema that was read from it: bounds may
/// come from a format.
pub(super) fn stating(location: &str, [read, source]: [&Value; 2], dialect: Option<Dialect>) -> String {
    if let Some((around, names::MINIMUM | names::MAXIMUM)) = location.rsplit_once('/')
        && nullable(dialect).is_some()
        && read.pointer(location) != source.pointer(location)
    {
        let format = format!("{around}/{}", names::FORMAT);
        if source.pointer(&format).is_some() && read.pointer(&format).is_none() {
            return format;
        }
    }
    location.to_owned()
}
