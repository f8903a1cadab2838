//! The derived schema says what the field table says, row by row, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use clients_contract::contract::clients;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::objects::{Entry, all};

#[derive(Deserialize)]
struct Row {
    object: String,
    field: String,
    #[serde(rename = "type")]
    type_name: String,
    format: String,
    array: String,
    nullable: String,
    item_nullable: String,
    required: String,
    source: String,
    note: String,
}

fn table() -> BTreeMap<String, Vec<Row>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/contract/clients/fields.csv");
    let mut table = BTreeMap::<String, Vec<Row>>::new();
    for row in csv::Reader::from_path(path).unwrap().deserialize() {
        let row: Row = row.unwrap();
        table.entry(row.object.clone()).or_default().push(row);
    }
    table
}

impl Row {
    /// The schema the row asks for, without its description and with enums spelt out.
    fn schema(&self, is_twin: bool) -> Value {
        let mut schema = self.item(is_twin);
        if self.array == "yes" {
            if self.item_nullable == "yes" {
                schema = nullable(schema);
            }
            schema = json!({"type": "array", "items": schema});
        }
        if self.nullable == "yes" { nullable(schema) } else { schema }
    }

    fn item(&self, is_twin: bool) -> Value {
        let mut schema = match self.type_name.as_str() {
            "any" => json!({}),
            "enum" => {
                let members: Vec<_> = self.note.strip_prefix("one of ").unwrap().split('|').collect();
                json!({"type": "string", "enum": members})
            }
            "integer" => {
                let minimum = if self.note == "not negative" { 0 } else { i32::MIN };
                json!({"type": "integer", "minimum": minimum, "maximum": i32::MAX})
            }
            name @ ("string" | "number" | "boolean" | "object") => json!({"type": name}),
            name => {
                let inner = name.strip_prefix("Partial<").and_then(|name| name.strip_suffix('>'));
                let name = match inner {
                    Some(inner) => format!("Partial{inner}"),
                    None if is_twin => format!("Partial{name}"),
                    None => name.to_owned(),
                };
                json!({"$ref": format!("#/$defs/{name}")})
            }
        };
        if !self.format.is_empty() {
            schema["format"] = json!(self.format);
        }
        schema
    }

    /// What the description must say, in lower case.
    fn words(&self) -> Vec<String> {
        let source = match self.source.as_str() {
            "example" => "source: documented example.",
            "types" => "source: published types.",
            "example+types" => "source: documented example and published types.",
            "detail page" => "source: client detail page.",
            other => panic!("a source the test does not know: {other}"),
        };
        let mut words = vec![source.to_owned()];
        if !self.note.starts_with("one of ") {
            words.push(self.note.to_lowercase());
        }
        for (part, unit) in [("InCents", "in cents"), ("Days", "in days")] {
            if self.field.contains(part) {
                words.push(unit.to_owned());
            }
        }
        words
    }
}

/// A schema that accepts null, too.
fn nullable(mut schema: Value) -> Value {
    if schema == json!({}) {
        return schema;
    }
    if schema.get("$ref").is_some() || schema.get("enum").is_some() {
        return json!({"anyOf": [schema, {"type": "null"}]});
    }
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

/// The same schema, with references to enums replaced by the enums.
fn with_enums(schema: &Value, definitions: &Map<String, Value>) -> Value {
    match schema {
        Value::Object(members) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                let target = &definitions[target.strip_prefix("#/$defs/").unwrap()];
                if target.get("enum").is_some() {
                    return without_description(target).0;
                }
            }
            let members = members.iter().map(|(name, value)| (name.clone(), with_enums(value, definitions)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(|item| with_enums(item, definitions)).collect(),
        other => other.clone(),
    }
}

fn without_description(schema: &Value) -> (Value, String) {
    let mut schema = schema.clone();
    let description = schema.as_object_mut().unwrap().remove("description").unwrap();
    (schema, description.as_str().unwrap().to_owned())
}

fn holds(entry: &Entry, rows: &[Row], is_twin: bool) {
    let definitions = (entry.definitions)();
    let schema = definitions[entry.name].as_object().unwrap();
    let keywords: Vec<_> = schema.keys().map(String::as_str).collect();
    let mut required: Vec<_> =
        rows.iter().filter(|row| row.required == "yes").map(|row| json!(row.field)).collect();
    if is_twin {
        required.clear();
    }
    if required.is_empty() {
        assert_eq!(keywords, ["description", "properties", "type"], "{}", entry.name);
    } else {
        assert_eq!(keywords, ["description", "properties", "required", "type"], "{}", entry.name);
        assert_eq!(schema["required"], Value::from(required), "{}", entry.name);
    }
    assert_eq!(schema["type"], "object");

    let properties = schema["properties"].as_object().unwrap();
    let names: BTreeSet<_> = properties.keys().map(String::as_str).collect();
    let expected: BTreeSet<_> = rows.iter().map(|row| row.field.as_str()).collect();
    assert_eq!(names, expected, "the members of {}", entry.name);
    let declared: Vec<_> = rows.iter().map(|row| row.field.clone()).collect();
    assert_eq!((entry.members)(), declared, "the members of {}, in order", entry.name);

    for row in rows {
        let place = format!("{}.{}", entry.name, row.field);
        let (schema, description) = without_description(&properties[&row.field]);
        assert_eq!(with_enums(&schema, &definitions), row.schema(is_twin), "{place}");
        for word in row.words() {
            assert!(description.to_lowercase().contains(&word), "{place} lacks {word:?}: {description}");
        }
        let (meaning, _) = description.split_once(". ").unwrap();
        assert!(meaning.len() > 2, "{place} has no meaning: {description}");
        assert!(meaning.starts_with(|first: char| first.is_uppercase()), "{place}: {description}");
        assert!(description.ends_with('.'), "{place}: {description}");
        assert!(!description.contains(['\n', '`', '[']), "{place}: {description}");
        assert!(!description.contains("  "), "{place}: {description}");
    }
}

#[test]
fn every_object_holds_to_the_table() {
    let mut table = table();
    assert_eq!(table.values().map(Vec::len).sum::<usize>(), 543);
    for (whole, twin) in all() {
        assert_eq!(twin.name, format!("Partial{}", whole.name));
        let rows = table.remove(whole.name).unwrap_or_else(|| panic!("{} is not in the table", whole.name));
        holds(&whole, &rows, false);
        holds(&twin, &rows, true);
    }
    assert!(table.is_empty(), "objects without a type: {:?}", table.keys());
}

#[test]
fn the_published_schema_is_made_of_the_objects() {
    let schema = clients::schema();
    assert!(jsonschema::meta::is_valid(&schema));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$id"], clients::ID);
    assert_eq!(schema["$comment"], format!("contract version {}", clients::VERSION));
    assert_eq!(schema["type"], "object");
    assert_eq!(schema, clients::schema());

    let definitions = schema["$defs"].as_object().unwrap();
    let mut own = Map::new();
    for (whole, twin) in all() {
        own.extend((whole.definitions)());
        own.extend((twin.definitions)());
    }
    for (name, definition) in definitions {
        assert_eq!(definition, &own[name], "{name}");
        assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "{name} is numbered");
    }
    let mut reached = BTreeSet::new();
    reach(&schema["properties"], definitions, &mut reached);
    assert_eq!(reached, definitions.keys().map(String::as_str).collect());
    // Eleven objects appear in full, the root among them; 28 only ever as partial, and 5 as both.
    let whole = definitions.values().filter(|one| one.get("properties").is_some());
    let partial = definitions.keys().filter(|name| name.starts_with("Partial")).count();
    assert_eq!((whole.count() - partial, partial), (10, 33));

    let text = schema.to_string();
    for unwanted in ["additionalProperties", "\"default\"", "int32", "oneOf", "\"const\"", "\"nullable\""] {
        assert!(!text.contains(unwanted), "{unwanted}");
    }
}

fn reach<'a>(schema: &'a Value, definitions: &'a Map<String, Value>, reached: &mut BTreeSet<&'a str>) {
    match schema {
        Value::Object(members) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                let name = target.strip_prefix("#/$defs/").unwrap();
                if reached.insert(name) {
                    reach(&definitions[name], definitions, reached);
                }
            }
            members.values().for_each(|member| reach(member, definitions, reached));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, definitions, reached)),
        _ => {}
    }
}
