//! What a payload has against it, by a plain recursion over the values that count.

use std::collections::BTreeMap;

use serde_json::Value;

use super::made::{MOMENT, Node, Placed, UUID};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    pub offset: usize,
    pub pointer: String,
    pub starred: String,
    pub rule: &'static str,
    pub schema_pointer: String,
}

/// All findings of a payload, in document order.
pub fn expected(schema: &Value, payload: &Placed) -> Vec<Expected> {
    let mut oracle = Oracle { found: Vec::new() };
    oracle.value(schema, "", payload, &Place::default());
    oracle.found.sort();
    oracle.found
}

#[derive(Clone, Default)]
struct Place {
    pointer: String,
    starred: String,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        Self { pointer: format!("{}/{key}", self.pointer), starred: format!("{}/{key}", self.starred) }
    }

    fn item(&self, index: usize) -> Self {
        Self { pointer: format!("{}/{index}", self.pointer), starred: format!("{}/*", self.starred) }
    }
}

const PRECEDENCE: [&str; 5] =
    ["null-value", "type-mismatch", "unknown-enum-value", "invalid-format", "out-of-range"];

struct Oracle {
    found: Vec<Expected>,
}

impl Oracle {
    fn note(&mut self, rule: &'static str, schema_pointer: String, offset: usize, place: &Place) {
        let Place { pointer, starred } = place.clone();
        self.found.push(Expected { offset, pointer, starred, rule, schema_pointer });
    }

    /// Says whether the schema has anything against the value itself.
    fn value(&mut self, schema: &Value, at: &str, placed: &Placed, place: &Place) -> bool {
        if let Some(branch) = schema.get("anyOf").map(|branches| &branches[0]) {
            if matches!(placed.node, Node::Word("null")) {
                return false;
            }
            if branch.get("type").is_some_and(|types| !fits(types, &placed.node)) {
                // An overflow says less.
                self.note("type-mismatch", format!("{at}/anyOf"), placed.at, place);
                self.below(&Value::Bool(true), "", placed, place);
                return true;
            }
            return self.value(branch, &format!("{at}/anyOf/0"), placed, place);
        }
        let failing = failing(schema, &placed.node);
        let first = PRECEDENCE.iter().find(|rule| failing.iter().any(|(broken, _)| broken == *rule));
        let overflows = failing.contains(&("out-of-range", ""));
        for (rule, keyword) in &failing {
            // A number that overflows has no value to compare with bounds.
            let incomparable = *rule == "out-of-range" && !keyword.is_empty() && overflows;
            if !PRECEDENCE.contains(rule) || Some(rule) == first && !incomparable {
                let stated_at = if keyword.is_empty() { String::new() } else { format!("{at}/{keyword}") };
                self.note(rule, stated_at, placed.at, place);
            }
        }
        self.below(schema, at, placed, place);
        !failing.is_empty()
    }

    fn below(&mut self, schema: &Value, at: &str, placed: &Placed, place: &Place) {
        match &placed.node {
            Node::Array(items) => {
                let below = schema.get("items").unwrap_or(&Value::Null);
                for (index, item) in items.iter().enumerate() {
                    self.value(below, &format!("{at}/items"), item, &place.item(index));
                }
            }
            Node::Object(members) => {
                for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !members.iter().any(|(key, ..)| *key == name) {
                        self.note("missing-property", format!("{at}/required"), placed.at, &place.key(name));
                    }
                }
                // The last of members with equal keys counts.
                let last: BTreeMap<&str, (usize, &Placed)> =
                    members.iter().map(|(key, at, value)| (*key, (*at, value))).collect();
                for (key, (key_at, value)) in last {
                    let place = place.key(key);
                    if members.iter().filter(|(other, ..)| *other == key).count() > 1 {
                        self.note("duplicate-key", String::new(), key_at, &place);
                    }
                    self.member((schema, at), key, (key_at, value), &place);
                }
            }
            _ => {}
        }
    }

    fn member(
        &mut self,
        (schema, at): (&Value, &str),
        key: &str,
        (key_at, value): (usize, &Placed),
        place: &Place,
    ) {
        let listed = schema.get("properties");
        if let Some(property) = listed.and_then(|listed| listed.get(key)) {
            self.value(property, &format!("{at}/properties/{key}"), value, place);
            return;
        }
        let rest = format!("{at}/additionalProperties");
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => {
                self.note("schema-violation", rest, value.at, place);
                self.value(&Value::Null, "", value, place);
            }
            Some(described @ Value::Object(keywords)) if !keywords.is_empty() => {
                self.value(described, &rest, value, place);
            }
            _ => {
                let spoken = self.value(&Value::Null, "", value, place);
                if listed.is_some() && !spoken {
                    self.note("undocumented-property", format!("{at}/properties"), key_at, place);
                }
            }
        }
    }
}

/// The rules that a value breaks by itself, and by which keyword.
fn failing(schema: &Value, node: &Node) -> Vec<(&'static str, &'static str)> {
    let mut failing = Vec::new();
    let is_null = matches!(node, Node::Word("null"));
    let no_type = schema.get("type").is_some_and(|types| !fits(types, node));
    let unlisted = |keyword: &str| match keyword {
        "enum" => schema
            .get("enum")
            .is_some_and(|listed| !listed.as_array().unwrap().iter().any(|one| equals(one, node))),
        _ => schema.get("const").is_some_and(|one| !equals(one, node)),
    };
    let mut add = |broken: bool, rule, keyword| {
        if broken {
            failing.push((rule, keyword));
        }
    };
    add(no_type, if is_null { "null-value" } else { "type-mismatch" }, "type");
    for keyword in ["enum", "const"] {
        add(unlisted(keyword), if is_null { "null-value" } else { "unknown-enum-value" }, keyword);
    }
    let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let broken = |keyword: &str, is: &dyn Fn(f64) -> bool| limit(keyword).is_some_and(is);
    match node {
        Node::Text(text) => {
            let format = schema["format"].as_str();
            add(format == Some("uuid") && *text != UUID, "invalid-format", "format");
            add(format == Some("date-time") && *text != MOMENT, "invalid-format", "format");
            let length = f64::from(u32::try_from(text.chars().count()).unwrap());
            add(broken("minLength", &|least| length < least), "schema-violation", "minLength");
            add(broken("maxLength", &|most| length > most), "schema-violation", "maxLength");
        }
        Node::Number(text) => {
            let number: f64 = text.parse().unwrap();
            add(number.is_infinite(), "out-of-range", "");
            add(broken("minimum", &|least| number < least), "out-of-range", "minimum");
            add(broken("maximum", &|most| number > most), "out-of-range", "maximum");
            add(broken("exclusiveMinimum", &|least| number <= least), "out-of-range", "exclusiveMinimum");
            add(broken("exclusiveMaximum", &|most| number >= most), "out-of-range", "exclusiveMaximum");
        }
        Node::Array(items) => {
            add(broken("minItems", &|least| size(items.len()) < least), "schema-violation", "minItems");
            add(broken("maxItems", &|most| size(items.len()) > most), "schema-violation", "maxItems");
        }
        Node::Object(members) => {
            let mut keys: Vec<&str> = members.iter().map(|(key, ..)| *key).collect();
            keys.sort_unstable();
            keys.dedup();
            add(
                broken("minProperties", &|least| size(keys.len()) < least),
                "schema-violation",
                "minProperties",
            );
            add(
                broken("maxProperties", &|most| size(keys.len()) > most),
                "schema-violation",
                "maxProperties",
            );
        }
        Node::Word(_) => {}
    }
    failing
}

fn size(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap())
}

fn fits(types: &Value, node: &Node) -> bool {
    let names: Vec<&str> = match types {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    };
    names.into_iter().any(|name| match node {
        Node::Word("null") => name == "null",
        Node::Word(_) => name == "boolean",
        // A number that overflows is one without a fraction.
        Node::Number(text) => name == "number" || name == "integer" && *text != "2.5",
        Node::Text(_) => name == "string",
        Node::Array(_) => name == "array",
        Node::Object(_) => name == "object",
    })
}

fn equals(value: &Value, node: &Node) -> bool {
    match node {
        Node::Word(word) => serde_json::from_str(word).is_ok_and(|word: Value| word == *value),
        Node::Text(text) => value.as_str() == Some(text),
        _ => false,
    }
}
