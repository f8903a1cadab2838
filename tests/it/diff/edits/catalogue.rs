//! No tests: every single edit of a contract, and what it does to the values that are allowed.

use std::collections::BTreeSet;

use clients_contract::generate::Choices;
use serde_json::{Map, Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Widens,
    Narrows,
    Neither,
}

/// Another schema at one place.
pub struct Edit {
    pub effect: Effect,
    pub what: &'static str,
    pub pointer: String,
    schema: Value,
    /// A definition that gets another name.
    renamed: Option<String>,
}

impl Edit {
    pub fn apply(&self, document: &mut Value) {
        match &self.renamed {
            None => *document.pointer_mut(&self.pointer).unwrap() = self.schema.clone(),
            Some(name) => {
                let text = document.to_string();
                let [from, to] = [format!("\"#/$defs/{name}\""), format!("\"#/$defs/{name}Two\"")];
                *document = serde_json::from_str(&text.replace(&from, &to)).unwrap();
                let definitions = document["$defs"].as_object_mut().unwrap();
                let schema = definitions.remove(name).unwrap();
                definitions.insert(format!("{name}Two"), schema);
            }
        }
    }
}

/// Changes words somewhere.
pub fn describe(document: &mut Value, choices: &mut Choices) {
    let definitions = document["$defs"].as_object_mut().unwrap();
    let names: Vec<String> = definitions.keys().cloned().collect();
    let schema = &mut definitions[choices.pick(&names).unwrap()];
    let word = choices.pick(&["description", "title", "$comment", "x-owner"]).unwrap();
    schema[*word] = json!(format!("words {}", choices.draw(1_000)));
}

/// Where a schema stands: only those that nothing else at their place speaks about.
struct Site {
    pointer: String,
    /// Whether null is not allowed beside it.
    alone: bool,
}

fn sites(document: &Value) -> Vec<Site> {
    let mut found = vec![];
    let mut seen = BTreeSet::new();
    let mut waiting = vec![(String::new(), true)];
    while let Some((pointer, alone)) = waiting.pop() {
        if !seen.insert(pointer.clone()) {
            continue;
        }
        let schema = document.pointer(&pointer).unwrap();
        if let Some(target) = schema["$ref"].as_str() {
            waiting.push((target.trim_start_matches('#').to_owned(), false));
        }
        for (index, branch) in schema["anyOf"].as_array().into_iter().flatten().enumerate() {
            if let Some(target) = branch["$ref"].as_str() {
                waiting.push((target.trim_start_matches('#').to_owned(), false));
            }
            assert!(index < 2, "{pointer} has more than something and null");
        }
        for name in schema["properties"].as_object().into_iter().flat_map(Map::keys) {
            waiting.push((format!("{pointer}/properties/{name}"), true));
        }
        if schema.get("items").is_some() {
            waiting.push((format!("{pointer}/items"), true));
        }
        found.push(Site { pointer, alone });
    }
    found
}

/// Every edit there is.
pub fn all(document: &Value) -> Vec<Edit> {
    let mut edits = Edits { edits: Vec::new(), pointer: String::new() };
    for site in sites(document) {
        let schema = document.pointer(&site.pointer).unwrap().clone();
        edits.pointer.clone_from(&site.pointer);
        edits.types(&schema, site.alone);
        edits.scalars(&schema);
        edits.lists(&schema);
        edits.objects(&schema);
        edits.arrays(&schema);
        edits.words(&schema);
    }
    for name in document["$defs"].as_object().unwrap().keys() {
        edits.pointer = format!("/$defs/{name}");
        edits.add(Effect::Neither, "definition renamed", Value::Null);
        edits.edits.last_mut().unwrap().renamed = Some(name.clone());
    }
    edits.edits
}

struct Edits {
    edits: Vec<Edit>,
    pointer: String,
}

/// A schema with one keyword another, or gone.
fn with(schema: &Value, keyword: &str, value: Option<Value>) -> Value {
    let mut schema = schema.clone();
    let map = schema.as_object_mut().unwrap();
    match value {
        Some(value) => map.insert(keyword.to_owned(), value),
        None => map.remove(keyword),
    };
    schema
}

fn asserts(schema: &Value) -> bool {
    let words = ["description", "title", "examples", "default", "deprecated", "$comment"];
    schema.as_object().is_some_and(|map| map.keys().any(|keyword| !words.contains(&keyword.as_str())))
}

impl Edits {
    fn add(&mut self, effect: Effect, what: &'static str, schema: Value) {
        // What is put around the root would take the definitions from their place.
        if self.pointer.is_empty() && schema.get("$defs").is_none() {
            return;
        }
        self.edits.push(Edit { effect, what, pointer: self.pointer.clone(), schema, renamed: None });
    }

    fn set(
        &mut self,
        effect: Effect,
        what: &'static str,
        schema: &Value,
        keyword: &str,
        value: Option<Value>,
    ) {
        self.add(effect, what, with(schema, keyword, value));
    }

    fn types(&mut self, schema: &Value, alone: bool) {
        use Effect::{Narrows, Neither, Widens};
        let listed = schema.get("enum").is_some();
        if let (Some(kind), false) = (schema["type"].as_str(), listed) {
            let kind = kind.to_owned();
            if alone {
                self.set(Widens, "became nullable", schema, "type", Some(json!([kind, "null"])));
                let either = json!({"anyOf": [schema, {"type": "null"}]});
                self.add(Widens, "became nullable by a branch", either);
            }
            self.set(Widens, "no type any more", schema, "type", None);
            for other in ["boolean", "string", "object"].into_iter().filter(|other| *other != kind) {
                self.set(Widens, "another type, too", schema, "type", Some(json!([other, kind])));
            }
            self.set(Neither, "type as a list", schema, "type", Some(json!([kind])));
            if kind == "integer" {
                self.set(Widens, "fractions", schema, "type", Some(json!("number")));
            }
            if kind == "number" {
                self.set(Narrows, "no fractions", schema, "type", Some(json!("integer")));
            }
        }
        if let Some([one, nothing]) = schema["type"].as_array().map(Vec::as_slice)
            && nothing == "null"
            && !listed
        {
            self.set(Narrows, "not nullable", schema, "type", Some(one.clone()));
            let either = json!({"anyOf": [{"type": "null"}, with(schema, "type", Some(one.clone()))]});
            self.add(Neither, "nullable by a branch", either);
            self.set(Neither, "types in another order", schema, "type", Some(json!([nothing, one])));
            if one == "integer" {
                self.set(Widens, "fractions", schema, "type", Some(json!(["number", "null"])));
            }
        }
        if schema.get("$ref").is_some() && alone {
            self.add(Widens, "reference became nullable", json!({"anyOf": [schema, {"type": "null"}]}));
        }
        if let Some([one, nothing]) = schema["anyOf"].as_array().map(Vec::as_slice)
            && nothing["type"] == "null"
        {
            self.add(Narrows, "reference not nullable", one.clone());
            self.set(Neither, "branches in another order", schema, "anyOf", Some(json!([nothing, one])));
            let three = json!([one, nothing, {"type": "boolean"}]);
            self.set(Widens, "another branch", schema, "anyOf", Some(three));
        }
        if schema.get("$ref").is_some() || schema.get("type").is_some() {
            self.add(Neither, "wrapped in allOf", json!({"allOf": [schema]}));
            self.add(Narrows, "another condition", json!({"allOf": [schema, {"not": {"const": "never"}}]}));
        }
    }

    fn scalars(&mut self, schema: &Value) {
        use Effect::{Narrows, Neither, Widens};
        let is = |name: &str| {
            schema["type"] == name
                || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(name)))
        };
        if schema.get("enum").is_some() {
            return;
        }
        if let Some(format) = schema["format"].as_str().filter(|_| is("string")) {
            self.set(Widens, "no format any more", schema, "format", None);
            let other = if format == "uuid" { "date" } else { "uuid" };
            self.set(Widens, "another format", schema, "format", Some(json!(other)));
        } else if is("string") {
            self.set(Narrows, "a format", schema, "format", Some(json!("uuid")));
            self.set(Narrows, "a most length", schema, "maxLength", Some(json!(9)));
            self.set(Narrows, "a least length", schema, "minLength", Some(json!(2)));
            self.set(Narrows, "a pattern", schema, "pattern", Some(json!("^[a-z]+$")));
            self.set(Narrows, "a list", schema, "enum", Some(json!(["a", "b"])));
            self.set(Neither, "a least length of 0", schema, "minLength", Some(json!(0)));
            self.set(Neither, "a bound of numbers", schema, "maximum", Some(json!(9)));
        }
        for (keyword, other, sign) in
            [("maximum", "exclusiveMaximum", 1), ("minimum", "exclusiveMinimum", -1)]
        {
            let Some(limit) = schema[keyword].as_i64() else { continue };
            self.set(Widens, "a wider bound", schema, keyword, Some(json!(limit + sign)));
            self.set(Widens, "no bound any more", schema, keyword, None);
            self.set(Narrows, "a tighter bound", schema, keyword, Some(json!(limit - sign)));
            if is("integer") {
                let same = with(&with(schema, keyword, None), other, Some(json!(limit + sign)));
                self.add(Neither, "the same bound by another keyword", same);
            }
        }
        if is("integer") || is("number") {
            self.set(Narrows, "multiples only", schema, "multipleOf", Some(json!(3)));
            self.set(Neither, "a bound of texts", schema, "maxLength", Some(json!(3)));
        }
    }

    fn lists(&mut self, schema: &Value) {
        use Effect::{Narrows, Neither, Widens};
        let Some(values) = schema["enum"].as_array().cloned() else { return };
        let longer: Vec<_> = values.iter().cloned().chain([json!("never seen before")]).collect();
        self.set(Widens, "a value more", schema, "enum", Some(json!(longer)));
        self.set(Widens, "no list any more", schema, "enum", None);
        if values.len() > 1 {
            self.set(Narrows, "a value less", schema, "enum", Some(json!(values[1..])));
        }
        if values.len() > 1 {
            let reversed: Vec<_> = values.into_iter().rev().collect();
            self.set(Neither, "values in another order", schema, "enum", Some(json!(reversed)));
        }
        self.set(Neither, "a bound where values are listed", schema, "maxLength", Some(json!(1_000)));
    }

    fn objects(&mut self, schema: &Value) {
        use Effect::{Narrows, Neither, Widens};
        let Some(properties) = schema["properties"].as_object() else { return };
        let required: Vec<String> = serde_json::from_value(schema["required"].clone()).unwrap_or_default();
        for name in &required {
            let others: Vec<_> = required.iter().filter(|other| *other != name).collect();
            self.set(Widens, "became optional", schema, "required", Some(json!(others)));
        }
        let reversed: Vec<_> = required.iter().rev().collect();
        if reversed.len() > 1 {
            self.set(Neither, "required in another order", schema, "required", Some(json!(reversed)));
        }
        for (name, member) in properties {
            let mut others = properties.clone();
            others.remove(name);
            // Of a member that could be anything before nothing is new, but people want to hear of it.
            let effect = if asserts(member) { Widens } else { Narrows };
            self.set(effect, "property gone", schema, "properties", Some(json!(others)));
            others.insert(format!("{name}s"), member.clone());
            self.set(effect, "property renamed", schema, "properties", Some(json!(others)));
            if !required.contains(name) {
                let more: Vec<_> = required.iter().chain([name]).collect();
                self.set(Narrows, "became required", schema, "required", Some(json!(more)));
            }
        }
        let mut more = properties.clone();
        more.insert("brandNewMember".to_owned(), json!({"type": "integer"}));
        self.set(Narrows, "property new", schema, "properties", Some(json!(more)));
        self.set(Narrows, "closed", schema, "additionalProperties", Some(json!(false)));
        self.set(
            Narrows,
            "further keys of one type",
            schema,
            "additionalProperties",
            Some(json!({"type": "string"})),
        );
        self.set(Neither, "said to be open", schema, "additionalProperties", Some(json!(true)));
        self.set(Neither, "no least number of keys", schema, "minProperties", Some(json!(0)));
    }

    fn arrays(&mut self, schema: &Value) {
        use Effect::{Narrows, Neither, Widens};
        let Some(items) = schema.get("items") else { return };
        if asserts(items) {
            self.set(Widens, "any items", schema, "items", None);
            self.set(Widens, "any items, said", schema, "items", Some(json!(true)));
        }
        self.set(Narrows, "a most number of items", schema, "maxItems", Some(json!(50)));
        self.set(Narrows, "a least number of items", schema, "minItems", Some(json!(1)));
        self.set(Narrows, "no two items equal", schema, "uniqueItems", Some(json!(true)));
        self.set(Neither, "no least number of items", schema, "minItems", Some(json!(0)));
    }

    fn words(&mut self, schema: &Value) {
        self.set(Effect::Neither, "words", schema, "description", Some(json!("In other words.")));
        self.set(Effect::Neither, "a word nobody knows", schema, "x-new", Some(json!([{"type": "string"}])));
        self.set(Effect::Neither, "a default", schema, "default", Some(json!(null)));
    }
}
