//! Describes objects of the contract as JSON Schema.

use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Map, Value};

use super::object::{Object, Occurrence};
use crate::schema::keywords::names;

/// The schema of an object: open, every member described, required what is always there.
pub(crate) fn object<T: Object>(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for member in T::MEMBERS {
        let mut schema = (member.schema)(generator);
        open(&mut schema);
        schema.insert(names::DESCRIPTION.to_owned(), text(member.docs).into());
        properties.insert(member.name.to_owned(), schema.to_value());
        if member.occurrence == Occurrence::Always {
            required.push(Value::from(member.name));
        }
    }
    let mut schema = json_schema!({
        (names::DESCRIPTION): text(T::DOCS),
        (names::TYPE): "object",
        (names::PROPERTIES): properties,
    });
    if !required.is_empty() {
        schema.insert(names::REQUIRED.to_owned(), required.into());
    }
    schema
}

/// The schema of strings of which there are few.
pub(crate) fn choice(docs: &[&str], values: &[&str]) -> Schema {
    json_schema!({(names::DESCRIPTION): text(docs), (names::TYPE): "string", (names::ENUM): values})
}

/// The schema of strings in a format.
pub(crate) fn formatted(format: &str) -> Schema {
    json_schema!({(names::TYPE): "string", (names::FORMAT): format})
}

/// The schema of integers between limits.
pub(crate) fn between(min: impl Serialize, max: impl Serialize) -> Schema {
    json_schema!({(names::TYPE): "integer", (names::MINIMUM): min, (names::MAXIMUM): max})
}

/// The schema of a member that is never null.
pub(crate) fn always<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

pub(crate) use always as optional;

/// The schema of a member that may be null.
pub(crate) fn nullable<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Option<T>>()
}

/// Doc comments as plain text on one line.
pub(crate) fn text(docs: &[&str]) -> String {
    let lines: Vec<_> = docs.iter().map(|line| line.trim()).collect();
    lines.join(" ").replace('`', "").trim().to_owned()
}

/// Leaves unsaid that objects are open: they all are.
fn open(schema: &mut Schema) {
    if schema.get(names::ADDITIONAL_PROPERTIES) == Some(&Value::Bool(true)) {
        schema.remove(names::ADDITIONAL_PROPERTIES);
    }
    transform_subschemas(&mut open, schema);
}
