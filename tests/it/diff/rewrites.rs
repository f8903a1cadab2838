//! Random schemas, rewritten so that they mean the same: nothing above info is found, whichever is the older
//! one.
//!
//! `DIFF_REWRITES` says how many.

use clients_contract::Severity;
use clients_contract::diff::{Document, compare};
use clients_contract::generate::Choices;
use serde_json::{Map, Value, json};

use super::oracle::{edited, schema};
use crate::respell::{NAMED, ONE};

fn wanted(usual: usize) -> usize {
    std::env::var("DIFF_REWRITES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// Keywords that hold a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];

/// The same schema in other words: each subschema is rewritten, or not.
struct Rewriter<'c> {
    choices: &'c mut Choices,
    /// Subschemas that are referred to now.
    definitions: Map<String, Value>,
}

impl Rewriter<'_> {
    fn often(&mut self) -> bool {
        self.choices.chance(30)
    }

    fn rewritten(&mut self, value: &Value, root: bool) -> Value {
        let Some(members) = value.as_object() else { return value.clone() };
        let mut new = Map::new();
        for (keyword, inner) in members {
            let inner = match (keyword.as_str(), inner) {
                (keyword, inner) if ONE.contains(&keyword) => self.rewritten(inner, false),
                (keyword, Value::Array(list)) if LIST.contains(&keyword) => {
                    let list = list.iter().map(|inner| self.rewritten(inner, false)).collect();
                    if keyword == "prefixItems" { Value::Array(list) } else { self.shuffled(list) }
                }
                (keyword, Value::Object(named)) if NAMED.contains(&keyword) => {
                    let each = named.iter().map(|(name, inner)| (name.clone(), self.rewritten(inner, false)));
                    Value::Object(each.collect())
                }
                ("required" | "enum" | "type", Value::Array(list)) => self.shuffled(list.clone()),
                (_, Value::Number(number)) if self.choices.chance(30) => {
                    number.as_f64().map_or_else(|| inner.clone(), |number| json!(number))
                }
                _ => inner.clone(),
            };
            new.insert(keyword.clone(), inner);
        }
        self.values(&mut new);
        self.types(&mut new);
        let mut new = Value::Object(new);
        if root {
            return new;
        }
        if self.often() {
            new = match self.choices.draw(4) {
                0 => json!({"allOf": [new]}),
                1 => json!({"anyOf": [new]}),
                2 => json!({"allOf": [true, new]}),
                3 => json!({"oneOf": [new], "title": "words"}),
                _ => json!({"allOf": [{}, {"allOf": [new]}]}),
            };
        }
        if self.often() { self.referred(new) } else { new }
    }

    fn shuffled(&mut self, mut list: Vec<Value>) -> Value {
        for last in (1..list.len()).rev() {
            list.swap(last, self.choices.below_or_at(last));
        }
        list.into()
    }

    /// Values in a list, as constants, as alternatives.
    fn values(&mut self, new: &mut Map<String, Value>) {
        if let Some([only]) = new.get("enum").and_then(Value::as_array).map(Vec::as_slice)
            && !new.contains_key("const")
            && self.choices.chance(50)
        {
            let only = only.clone();
            new.remove("enum");
            new.insert("const".to_owned(), only);
        } else if !new.contains_key("enum")
            && let Some(only) = new.get("const").filter(|_| self.choices.chance(50)).cloned()
        {
            new.remove("const");
            new.insert("enum".to_owned(), json!([only]));
        }
        let alternatives = ["oneOf", "anyOf"][self.choices.below_or_at(1)];
        if let Some(list) = new.get("enum").and_then(Value::as_array).cloned()
            && !new.contains_key(alternatives)
            && self.choices.chance(40)
        {
            new.remove("enum");
            let each = list.into_iter().map(|value| json!({"const": value})).collect();
            new.insert(alternatives.to_owned(), each);
        }
    }

    /// A list of types as alternatives.
    fn types(&mut self, new: &mut Map<String, Value>) {
        let list = match new.get("type") {
            Some(Value::Array(list)) if list.len() > 1 => list.clone(),
            Some(Value::String(name)) if self.choices.chance(20) => {
                let list = json!([name]);
                new.insert("type".to_owned(), list);
                return;
            }
            _ => return,
        };
        if !new.contains_key("anyOf") && self.choices.chance(40) {
            new.remove("type");
            let each = list.into_iter().map(|name| json!({"type": name})).collect();
            new.insert("anyOf".to_owned(), each);
        }
    }

    /// A reference to a subschema that is a definition now.
    fn referred(&mut self, mut schema: Value) -> Value {
        let number = self.definitions.len();
        let (name, reference) = match self.choices.draw(3) {
            0 => (format!("new{number}"), format!("#/$defs/new{number}")),
            1 => (format!("a b{number}"), format!("#/$defs/a%20b{number}")),
            2 if schema.is_object() => {
                schema["$anchor"] = json!(format!("anchor{number}"));
                (format!("new{number}"), format!("#anchor{number}"))
            }
            _ => (format!("ü/{number}"), format!("#/$defs/%C3%BC~1{number}")),
        };
        self.definitions.insert(name, schema);
        json!({"$ref": reference})
    }
}

/// A schema that means the same.
fn rewritten(choices: &mut Choices, schema: &Value) -> Value {
    let mut rewriter = Rewriter { choices, definitions: Map::new() };
    let mut new = rewriter.rewritten(schema, true);
    let definitions = rewriter.definitions;
    if let Some(held) = new["$defs"].as_object_mut() {
        held.extend(definitions);
    }
    new
}

fn document(schema: &Value) -> Option<Document> {
    Document::parse("schema", schema.to_string().as_bytes()).ok()
}

/// What is found, but for where in the schemas.
fn found(old: &Document, new: &Document) -> Vec<(&'static str, Severity, String)> {
    let findings = compare(old, new).findings().into_iter();
    let mut found: Vec<_> =
        findings.map(|finding| (finding.rule.id, finding.severity, finding.pointer.to_string())).collect();
    found.sort();
    found
}

#[test]
fn rewriting_changes_nothing() {
    let mut choices = Choices::seeded(5);
    let mut compared = 0;
    for _ in 0..wanted(300) {
        let mut old = schema(&mut choices, 2);
        if !old.is_object() {
            continue;
        }
        old["$defs"] = json!({"d": schema(&mut choices, 1)});
        let new = rewritten(&mut choices, &old);
        let (Some(one), Some(other)) = (document(&old), document(&new)) else { continue };
        compared += 1;
        for (a, b) in [(&one, &other), (&other, &one)] {
            let worse: Vec<_> = found(a, b).into_iter().filter(|it| it.1 > Severity::Info).collect();
            assert_eq!(worse, [], "{old}\n{new}");
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn the_order_of_alternatives_changes_nothing() {
    let mut choices = Choices::seeded(6);
    let mut differ = 0;
    for _ in 0..wanted(200) {
        let branches = |choices: &mut Choices| -> Vec<Value> {
            (0..3 + choices.draw(2)).map(|_| schema(choices, 1)).collect()
        };
        let keyword = *choices.pick(&["anyOf", "oneOf"]).unwrap();
        let list = branches(&mut choices);
        let definitions = json!({"d": schema(&mut choices, 1)});
        let whole = |list: &[Value]| json!({(keyword): list, "$defs": definitions});
        let old = whole(&list);
        let mut list: Vec<Value> = list.iter().map(|branch| edited(&mut choices, branch)).collect();
        let new = whole(&list);
        list.reverse();
        list.rotate_left(1);
        let shuffled = whole(&list);
        let (Some(old), Some(new), Some(shuffled)) = (document(&old), document(&new), document(&shuffled))
        else {
            continue;
        };
        let said = found(&old, &new);
        differ += usize::from(!said.is_empty());
        assert_eq!(said, found(&old, &shuffled), "{}", whole(&list));
    }
    assert!(differ > 50, "{differ}");
}

#[test]
fn the_order_of_values_changes_nothing() {
    let of = |values: Value| document(&json!({"type": ["string", "null"], "enum": values})).unwrap();
    let old = of(json!(["a", "k"]));
    let all = |list: Value| {
        let new = of(list);
        compare(&old, &new).findings().into_iter().map(|finding| finding.what).collect::<Vec<_>>()
    };
    let said = all(json!(["a", "b", "c", "d", "e", "f", "g"]));
    assert!(said[0].contains("\"b\", \"c\", \"d\", \"e\", \"f\" and 1 more"), "{said:?}");
    assert_eq!(said, all(json!(["g", "c", "f", "a", "e", "b", "d"])));
}
