//! How are shapes written as a schema?

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::names;
use super::shapes::{PositionId, ShapeId, Shapes};
use crate::drift::shares::format_of;

/// The schema of the first position, with definitions of what stands at several.
pub(super) fn whole(shapes: &Shapes, required: bool) -> Map<String, Value> {
    let mut names = BTreeMap::new();
    for (shape, properties) in shapes.shared() {
        let name = names::of(&properties);
        let taken = |name: &String| names.values().any(|other| other == name);
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let name = [name.clone()].into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or(name);
        names.insert(shape, name);
    }
    let writer = Writer { shapes, names, required };
    let mut schema = writer.position(0);
    let definition = |(shape, name): (&ShapeId, &String)| (name.clone(), writer.object(*shape).into());
    let definitions: Map<String, Value> = writer.names.iter().map(definition).collect();
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), definitions.into());
    }
    schema
}

struct Writer<'s> {
    shapes: &'s Shapes,
    /// Shapes that are defined once.
    names: BTreeMap<ShapeId, String>,
    required: bool,
}

impl Writer<'_> {
    fn position(&self, id: PositionId) -> Map<String, Value> {
        let position = self.shapes.position(id);
        let mut types = position.own.types();
        let mut schema = Map::new();
        let shape = self.shapes.shape_at(id);
        let defined = shape.and_then(|shape| self.names.get(&shape));
        if defined.is_some() {
            types.retain(|name| *name != "object");
        }
        match types[..] {
            [] => {}
            [one] => drop(schema.insert("type".to_owned(), one.into())),
            ref several => drop(schema.insert("type".to_owned(), json!(several))),
        }
        if let Some(format) = format_of(&position.own).filter(|_| position.own.string > 0) {
            schema.insert("format".to_owned(), format.into());
        }
        if let Some(items) = position.items.filter(|_| position.own.beyond == 0) {
            schema.insert("items".to_owned(), self.position(items).into());
        }
        match (shape, defined) {
            (_, Some(name)) => {
                let reference = json!({"$ref": format!("#/$defs/{name}")});
                let both = json!({"anyOf": [reference, schema]});
                let schema = if types.is_empty() { reference } else { both };
                schema.as_object().cloned().unwrap_or_default()
            }
            (Some(shape), None) => {
                self.members(shape, &mut schema);
                schema
            }
            (None, None) => schema,
        }
    }

    /// An object of a shape.
    fn object(&self, shape: ShapeId) -> Map<String, Value> {
        let mut schema = Map::from_iter([("type".to_owned(), "object".into())]);
        self.members(shape, &mut schema);
        schema
    }

    fn members(&self, shape: ShapeId, schema: &mut Map<String, Value>) {
        let shape = self.shapes.shape(shape);
        if shape.is_partial {
            return;
        }
        let mut insert = |keyword: &str, value: Value| drop(schema.insert(keyword.to_owned(), value));
        if !shape.properties.is_empty() {
            let below = |(name, id): (&String, &PositionId)| (name.clone(), self.position(*id).into());
            insert("properties", Value::Object(shape.properties.iter().map(below).collect()));
        }
        let is_there = |id: &PositionId| self.shapes.position(*id).own.seen == shape.objects;
        let always = shape.properties.iter().filter(|(_, id)| self.required && is_there(id));
        let always: Vec<&String> = always.map(|(name, _)| name).collect();
        if !always.is_empty() {
            insert("required", json!(always));
        }
        if !shape.patterns.is_empty() {
            let below =
                |(pattern, id): (&&str, &PositionId)| ((*pattern).to_owned(), self.position(*id).into());
            insert("patternProperties", Value::Object(shape.patterns.iter().map(below).collect()));
        }
        if let Some(rest) = shape.rest {
            insert("additionalProperties", self.position(rest).into());
        }
        if let Some(keys) = &shape.keys {
            insert("propertyNames", keys.clone());
        }
    }
}
