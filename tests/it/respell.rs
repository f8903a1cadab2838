//! Random schemas, and other spellings of them that mean the same.

use std::collections::HashSet;

use clients_contract::Schema;
use clients_contract::generate::Choices;
use serde_json::{Map, Value, json};

const NEWEST: &str = "https://json-schema.org/draft/2020-12/schema";
const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";
/// What other documents call a schema that is spelt differently.
pub const ROOT: &str = "https://example.com/root.json";
/// Where other documents are.
pub const FOLDER: &str = "https://example.com/";

/// A schema of nested objects, arrays, unions and bounds. It is decided by the choices alone.
pub fn random(choices: &mut Choices) -> Value {
    let mut schema = object(choices, 3);
    schema["$schema"] = json!(NEWEST);
    schema
}

fn any(choices: &mut Choices, depth: u32) -> Value {
    match choices.draw(if depth == 0 { 5 } else { 9 }) {
        0 => text(choices),
        1 => number(choices),
        2 => json!({"enum": ["a", "b", "c"]}),
        3 => json!({"const": "only"}),
        4 => json!({"type": "boolean"}),
        5 => json!({"type": ["string", "null"], "maxLength": 3 + choices.draw(2)}),
        6 => array(choices, depth - 1),
        7 => json!({"anyOf": [object(choices, depth - 1), {"type": "null"}]}),
        8 => union(choices, depth - 1),
        _ => object(choices, depth - 1),
    }
}

fn text(choices: &mut Choices) -> Value {
    let mut schema = json!({"type": "string"});
    match choices.draw(4) {
        0 => schema["minLength"] = json!(1 + choices.draw(3)),
        1 => schema["maxLength"] = json!(choices.draw(9)),
        2 => schema["format"] = json!("date"),
        3 => schema["pattern"] = json!("^[a-z]+$"),
        _ => {}
    }
    schema
}

fn number(choices: &mut Choices) -> Value {
    let mut schema = json!({"type": if choices.chance(50) { "integer" } else { "number" }});
    if choices.chance(60) {
        schema["minimum"] = json!(choices.draw(5));
    }
    if choices.chance(40) {
        schema["exclusiveMaximum"] = json!(10 + choices.draw(5));
    }
    schema
}

fn array(choices: &mut Choices, depth: u32) -> Value {
    let mut schema = json!({"type": "array", "items": any(choices, depth)});
    match choices.draw(3) {
        0 => schema["maxItems"] = json!(2 + choices.draw(2)),
        1 => schema["minItems"] = json!(1 + choices.draw(1)),
        2 => schema["prefixItems"] = json!([any(choices, depth)]),
        _ => {}
    }
    schema
}

fn union(choices: &mut Choices, depth: u32) -> Value {
    let branch = |choices: &mut Choices, kind: &str| {
        let mut schema = object(choices, depth);
        schema["properties"]["kind"] = json!({"const": kind});
        schema["required"] = json!(["kind"]);
        schema
    };
    json!({"oneOf": [branch(choices, "first"), branch(choices, "second")]})
}

fn object(choices: &mut Choices, depth: u32) -> Value {
    let mut properties = Map::new();
    for number in 0..=choices.draw(2) {
        properties.insert(format!("p {number}"), any(choices, depth));
    }
    let required: Vec<String> = properties.keys().filter(|_| choices.chance(40)).cloned().collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    match choices.draw(5) {
        0 => schema["additionalProperties"] = json!(false),
        1 => schema["additionalProperties"] = any(choices, 0),
        2 => schema["dependentRequired"] = json!({"p 0": ["p 9"]}),
        _ => {}
    }
    schema
}

/// Another spelling of a schema: inline or by references of every kind, `$defs` or `definitions`, other
/// orders of branches and members, `const` or `enum`, lists of types or unions of them, lists of values or
/// unions of them, `allOf` of one, 2 or 2.0, and the words of draft-07 or of 2020-12. No subschema is copied.
/// Documents that the schema refers to are beside it.
pub fn respell(schema: &Value, choices: &mut Choices) -> Schema {
    let was_draft_7 = schema["$schema"].as_str().is_some_and(|name| name.contains("draft-07"));
    let mut pinned = HashSet::new();
    pin(schema, &mut pinned);
    let draft_7 = if choices.chance(40) && is_the_same_in_other_words(schema, &pinned) {
        !was_draft_7
    } else {
        was_draft_7
    };
    let holder = if draft_7 || choices.chance(50) { "definitions" } else { "$defs" };
    let (definitions, resources) = (Map::new(), Vec::new());
    let mut writer = Writer { draft_7, was_draft_7, holder, pinned, definitions, resources };
    let mut root = writer.keywords("", schema, choices);
    if let Some(members) = root.as_object_mut() {
        let held = members.entry(holder).or_insert_with(|| json!({}));
        held.as_object_mut().unwrap().extend(writer.definitions);
        // Beside a reference, draft-07 looks at nothing.
        if let Some(reference) = members.remove("$ref") {
            members.insert("allOf".to_owned(), json!([{"$ref": reference}]));
        }
        members.insert("$id".to_owned(), json!(ROOT));
        members.insert("$schema".to_owned(), json!(if draft_7 { DRAFT_7 } else { NEWEST }));
    }
    let root = Schema::from_slice("root.json", written(&root, choices).as_bytes()).unwrap();
    beside(root, writer.resources)
}

/// A schema with other documents.
pub fn beside(schema: Schema, documents: impl IntoIterator<Item = (String, Value)>) -> Schema {
    documents
        .into_iter()
        .fold(schema, |schema, (uri, document)| schema.with_resource(&uri, &document).unwrap())
}

/// The text of a value, with the members of objects in any order.
fn written(value: &Value, choices: &mut Choices) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, choices)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, inner)| format!("{}:{}", json!(name), written(inner, choices)))
                .collect();
            for last in (1..members.len()).rev() {
                members.swap(last, choices.below_or_at(last));
            }
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

/// Whether the other of the two drafts has words for all that a schema says, and no reference leads through
/// one of them.
fn is_the_same_in_other_words(schema: &Value, pinned: &HashSet<String>) -> bool {
    const OF_ONE: &[&str] = &[
        "$anchor",
        "$dynamicAnchor",
        "$dynamicRef",
        "contentEncoding",
        "contentMediaType",
        "dependentSchemas",
        "maxContains",
        "minContains",
        "unevaluatedItems",
        "unevaluatedProperties",
    ];
    const RENAMED: &[&str] =
        &["additionalItems", "dependencies", "dependentRequired", "items", "prefixItems"];
    fn has_words(value: &Value) -> bool {
        match value {
            Value::Object(members) => members.iter().all(|(name, inner)| match name.as_str() {
                // draft-07 has no such formats.
                "format" if inner.is_string() => inner != "duration" && inner != "uuid",
                "dependencies" => inner.as_object().is_some_and(|all| all.values().all(Value::is_array)),
                name => !OF_ONE.contains(&name) && has_words(inner),
            }),
            Value::Array(items) => items.iter().all(has_words),
            _ => true,
        }
    }
    has_words(schema) && pinned.iter().all(|pin| !pin.split('/').any(|step| RENAMED.contains(&step)))
}

/// The locations that references lead through: what is there stays where it is.
fn pin(schema: &Value, pinned: &mut HashSet<String>) {
    match schema {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            if let Some(pointer) = target.and_then(|target| target.strip_prefix('#')) {
                let pointer = percent_decoded(pointer);
                pinned.insert(String::new());
                pinned.extend(pointer.match_indices('/').map(|(at, _)| pointer[..at].to_owned()));
                pinned.insert(pointer);
            }
            members.values().for_each(|inner| pin(inner, pinned));
        }
        Value::Array(items) => items.iter().for_each(|inner| pin(inner, pinned)),
        _ => {}
    }
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

fn holds_anchor(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            let is_one = |(name, inner): (&String, &Value)| {
                ["$anchor", "$dynamicAnchor", "$id"].contains(&name.as_str()) || holds_anchor(inner)
            };
            members.iter().any(is_one)
        }
        Value::Array(items) => items.iter().any(holds_anchor),
        _ => false,
    }
}

struct Writer {
    draft_7: bool,
    was_draft_7: bool,
    holder: &'static str,
    /// The locations in the schema as it was that must not move.
    pinned: HashSet<String>,
    definitions: Map<String, Value>,
    resources: Vec<(String, Value)>,
}

impl Writer {
    /// A subschema, where it is or by reference.
    fn schema(&mut self, at: &str, schema: &Value, choices: &mut Choices) -> Value {
        let mut written = self.keywords(at, schema, choices);
        // The target of a reference may become another one, but nothing in it may be farther away.
        let is_through = self.pinned.iter().any(|pin| pin.starts_with(&format!("{at}/")));
        if !written.is_object() || is_through {
            return written;
        }
        // An anchor is one of the document that it is in.
        let named = holds_anchor(schema);
        if choices.chance(15) {
            written = json!({"allOf": [written]});
        }
        if !choices.chance(35) {
            return written;
        }
        let number = self.definitions.len() + self.resources.len();
        let is_reference = self.draft_7 && written.get("$ref").is_some();
        let id = if self.draft_7 { "$id" } else { "$anchor" };
        match choices.draw(4) {
            0 => self.define(&format!("part {number}"), written, &format!("part%20{number}")),
            1 => self.define(&format!("a~b/{number}"), written, &format!("a~0b~1{number}")),
            2 if !is_reference && written.get(id).is_none() => {
                let name = format!("part{number}");
                written[id] = json!(if self.draft_7 { format!("#{name}") } else { name.clone() });
                self.define(&name, written, "");
                json!({"$ref": format!("#{name}")})
            }
            3 if !is_reference && !named => {
                let uri = format!("urn:part:{number}");
                from_elsewhere(&mut written);
                written["$id"] = json!(uri);
                self.define(&format!("part{number}"), written, "");
                json!({"$ref": uri})
            }
            4 if !named => {
                let file = format!("parts/{number}.json");
                from_elsewhere(&mut written);
                written["$schema"] = json!(if self.draft_7 { DRAFT_7 } else { NEWEST });
                self.resources.push((format!("{FOLDER}{file}"), written));
                json!({"$ref": file})
            }
            _ => self.define(&format!("part{number}"), written, &format!("part{number}")),
        }
    }

    /// Puts a subschema among the definitions; a reference to it.
    fn define(&mut self, name: &str, schema: Value, escaped: &str) -> Value {
        self.definitions.insert(name.to_owned(), schema);
        json!({"$ref": format!("#/{}/{escaped}", self.holder)})
    }

    fn keywords(&mut self, at: &str, schema: &Value, choices: &mut Choices) -> Value {
        let Some(members) = schema.as_object() else { return schema.clone() };
        let mut written = Map::new();
        let refers = self.was_draft_7 && members.contains_key("$ref");
        for (keyword, value) in members {
            // What draft-07 does not look at is not said, but may be referred to.
            if refers && !["$ref", "$defs", "definitions"].contains(&keyword.as_str()) {
                continue;
            }
            let inside = below(at, keyword);
            let value = match (keyword.as_str(), value) {
                (keyword, Value::Object(named)) if NAMED.contains(&keyword) => {
                    let one = |(name, one): (&String, &Value)| {
                        (name.clone(), self.schema(&below(&inside, name), one, choices))
                    };
                    named.iter().map(one).collect()
                }
                ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "items", Value::Array(list)) => {
                    let one = |(index, one)| self.schema(&format!("{inside}/{index}"), one, choices);
                    let mut list: Vec<Value> = list.iter().enumerate().map(one).collect();
                    if keyword.ends_with("Of") && !self.pinned.contains(&inside) && choices.chance(50) {
                        list.reverse();
                    }
                    list.into()
                }
                (keyword, one) if ONE.contains(&keyword) => self.schema(&inside, one, choices),
                ("enum" | "required" | "type", Value::Array(list)) if choices.chance(50) => {
                    list.iter().rev().cloned().collect()
                }
                ("type", Value::String(_)) if choices.chance(20) => json!([value]),
                (_, number) if number.as_u64().is_some_and(|it| it < 1 << 53) && choices.chance(20) => {
                    json!(number.as_f64())
                }
                (_, other) => other.clone(),
            };
            written.insert(keyword.clone(), value);
        }
        types(&mut written, choices);
        values(&mut written, choices);
        match (self.was_draft_7, self.draft_7) {
            (false, true) => former(&mut written),
            (true, false) => newer(&mut written),
            _ => {}
        }
        Value::Object(written)
    }
}

/// Keywords that hold schemas: one, and some by name.
pub const ONE: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
pub const NAMED: &[&str] = &["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];

fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A list of types, or a union of them.
fn types(members: &mut Map<String, Value>, choices: &mut Choices) {
    let Some(Value::Array(list)) = members.get("type") else { return };
    if list.len() > 1 && choices.chance(50) && !members.contains_key("anyOf") {
        let union = list.iter().map(|name| json!({"type": name})).collect();
        members.remove("type");
        members.insert("anyOf".to_owned(), union);
    }
}

/// A list of values, a union of them, or one value.
fn values(members: &mut Map<String, Value>, choices: &mut Choices) {
    if let Some(only) = members.get("const").filter(|_| choices.chance(50)) {
        let list = json!([only]);
        members.remove("const");
        members.insert("enum".to_owned(), list);
    } else if let Some(Value::Array(list)) = members.get("enum").filter(|_| choices.chance(50))
        && !members.contains_key("oneOf")
        && list.iter().map(ToString::to_string).collect::<HashSet<_>>().len() == list.len()
    {
        let union = list.iter().map(|value| json!({"const": value})).collect();
        members.remove("enum");
        members.insert("oneOf".to_owned(), union);
    }
}

/// Has a subschema refer to the same places from another document.
fn from_elsewhere(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, inner) in members {
                match inner {
                    Value::String(target) if name == "$ref" || name == "$dynamicRef" => {
                        if target.starts_with('#') {
                            target.insert_str(0, ROOT);
                        } else if !target.contains(':') {
                            target.insert_str(0, FOLDER);
                        }
                    }
                    inner => from_elsewhere(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(from_elsewhere),
        _ => {}
    }
}

/// The words of draft-07.
fn former(members: &mut Map<String, Value>) {
    if let Some(prefix) = members.remove("prefixItems")
        && let Some(rest) = members.insert("items".to_owned(), prefix)
    {
        members.insert("additionalItems".to_owned(), rest);
    }
    if let Some(names) = members.remove("dependentRequired") {
        members.insert("dependencies".to_owned(), names);
    }
    if members.len() > 1
        && let Some(target) = members.remove("$ref")
    {
        let reference = json!({"$ref": target});
        match members.entry("allOf").or_insert_with(|| json!([])) {
            Value::Array(all) => all.push(reference),
            _ => unreachable!(),
        }
    }
}

/// The words of 2020-12.
fn newer(members: &mut Map<String, Value>) {
    if members.get("items").is_some_and(Value::is_array) {
        let prefix = members.remove("items").unwrap();
        members.insert("prefixItems".to_owned(), prefix);
        if let Some(rest) = members.remove("additionalItems") {
            members.insert("items".to_owned(), rest);
        }
    }
    members.remove("additionalItems");
    if let Some(names) = members.remove("dependencies") {
        members.insert("dependentRequired".to_owned(), names);
    }
}
