//! How is an object of the contract described, as JSON Schema?

use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::presence::{Object, Occurrence};

/// The schema of an object: open, every member described, required what is always there.
pub(crate) fn object<T: Object>(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for member in T::MEMBERS {
        let mut schema = (member.schema)(generator);
        open(&mut schema);
        schema.insert("description".to_owned(), text(member.docs).into());
        properties.insert(member.name.to_owned(), schema.to_value());
        if member.occurrence == Occurrence::Always {
            required.push(Value::from(member.name));
        }
    }
    let mut schema = json_schema!({
        "description": text(T::DOCS),
        "type": "object",
        "properties": properties,
    });
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema
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
    if schema.get("additionalProperties") == Some(&Value::Bool(true)) {
        schema.remove("additionalProperties");
    }
    transform_subschemas(&mut open, schema);
}
