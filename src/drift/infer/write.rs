//! Writes inferred shapes as a schema.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shapes::{PositionId, ShapeId, Shapes};
use crate::drift::shares::format_of;
use crate::schema::Keywords;
use crate::schema::keywords::names;

/// The schema of the first position, with definitions of what stands at several.
pub(super) fn whole(shapes: &Shapes, required: bool) -> Keywords {
    let mut names = BTreeMap::new();
    for (shape, properties) in shapes.shared() {
        let name = super::names::of(&properties);
        let taken = |name: &String| names.values().any(|other| other == name);
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let name = [name.clone()].into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or(name);
        names.insert(shape, name);
    }
    let writer = Writer { shapes, names, required };
    let mut schema = writer.position(0);
    let definition = |(shape, name): (&ShapeId, &String)| (name.clone(), writer.object(*shape));
    schema.set_named(names::DEFS, writer.names.iter().map(definition));
    schema
}

struct Writer<'s> {
    shapes: &'s Shapes,
    /// Shapes that are defined once.
    names: BTreeMap<ShapeId, String>,
    required: bool,
}

impl Writer<'_> {
    fn position(&self, id: PositionId) -> Keywords {
        let position = self.shapes.position(id);
        let mut types = position.own.types();
        let shape = self.shapes.shape_at(id);
        let defined = shape.and_then(|shape| self.names.get(&shape));
        if defined.is_some() {
            types.retain(|name| *name != "object");
        }
        let mut schema = Keywords::default();
        schema.set_types(&types);
        if let Some(format) = format_of(&position.own).filter(|_| position.own.string > 0) {
            schema.set(names::FORMAT, format);
        }
        if let Some(items) = position.items.filter(|_| position.own.beyond == 0) {
            schema.set(names::ITEMS, self.position(items));
        }
        match (shape, defined) {
            (_, Some(name)) if types.is_empty() => Keywords::reference(name),
            (_, Some(name)) => {
                let either: [Value; 2] = [Keywords::reference(name).into(), schema.into()];
                let mut union = Keywords::default();
                union.set(names::ANY_OF, &either[..]);
                union
            }
            (Some(shape), None) => {
                self.members(shape, &mut schema);
                schema
            }
            (None, None) => schema,
        }
    }

    /// An object of a shape.
    fn object(&self, shape: ShapeId) -> Keywords {
        let mut schema = Keywords::default();
        schema.set_types(&["object"]);
        self.members(shape, &mut schema);
        schema
    }

    fn members(&self, shape: ShapeId, schema: &mut Keywords) {
        let shape = self.shapes.shape(shape);
        if shape.is_partial {
            return;
        }
        let properties = shape.properties.iter().map(|(name, id)| (name.clone(), self.position(*id)));
        schema.set_named(names::PROPERTIES, properties);
        let is_there = |id: &PositionId| self.shapes.position(*id).own.seen == shape.objects;
        let always = shape.properties.iter().filter(|(_, id)| self.required && is_there(id));
        let always: Vec<&str> = always.map(|(name, _)| name.as_str()).collect();
        if !always.is_empty() {
            schema.set(names::REQUIRED, always);
        }
        let patterns = shape.patterns.iter().map(|(pattern, id)| ((*pattern).to_owned(), self.position(*id)));
        schema.set_named(names::PATTERN_PROPERTIES, patterns);
        if let Some(rest) = shape.rest {
            schema.set(names::ADDITIONAL_PROPERTIES, self.position(rest));
        }
        if let Some(keys) = &shape.keys {
            schema.set(names::PROPERTY_NAMES, keys.clone());
        }
    }
}
