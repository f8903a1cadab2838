//! In which single places can a schema be weakened?

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::finding::rules;
use crate::generate::breach::views::{Document, below};
use crate::pointer::{Token, unescape};

/// Keywords that refuse values; without one, more is let in. `anyOf` and its like are left alone: to drop one is to drop
/// the whole property.
const BOUNDS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "propertyNames",
];

/// A schema weakened in one place.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What was done, in two or three words: the kind of the mutant.
    pub operator: &'static str,
    /// Where: a JSON Pointer into the schema.
    pub schema_pointer: String,
    /// The schema object whose findings it can take back.
    object: String,
    edit: Edit,
}

#[derive(Clone, Debug)]
enum Edit {
    /// Takes the keyword away.
    Remove,
    /// Takes an item of a list away.
    RemoveItem(usize),
    /// Lets the place be anything.
    Open,
    /// Lets the place be null, too.
    AllowNull,
    /// Adds a type.
    AddType(&'static str),
}

impl Mutant {
    pub(super) fn object(&self) -> &str {
        &self.object
    }

    /// Whether findings of that rule, about that missing member if any, are those that the mutant most likely takes back.
    pub(super) fn likely(&self, schema: &Value, rule: &str, missing: Option<&Token>) -> bool {
        match &self.edit {
            Edit::RemoveItem(_) => {
                let name = schema.pointer(&self.schema_pointer).and_then(Value::as_str);
                let named =
                    |token: &Token| matches!((token, name), (Token::Key(key), Some(name)) if **key == *name);
                missing.is_some_and(named)
            }
            Edit::AllowNull => rule == rules::NULL_VALUE.id,
            Edit::AddType(_) => rule == rules::TYPE_MISMATCH.id,
            Edit::Remove => match self.operator {
                "drop an enum" => rule == rules::UNKNOWN_ENUM_VALUE.id,
                "drop a format" => rule == rules::INVALID_FORMAT.id,
                _ => rule == rules::OUT_OF_RANGE.id || rule == rules::SCHEMA_VIOLATION.id,
            },
            Edit::Open => true,
        }
    }

    /// The weaker schema; `None` where the place is not in it.
    #[must_use]
    pub fn apply(&self, schema: &Value) -> Option<Value> {
        schema.pointer(&self.schema_pointer)?;
        let mut schema = schema.clone();
        let (object, keyword) = self.schema_pointer.rsplit_once('/').unwrap_or_default();
        match &self.edit {
            Edit::Remove => drop(schema.pointer_mut(object)?.as_object_mut()?.remove(&*unescape(keyword))?),
            Edit::RemoveItem(index) => drop(schema.pointer_mut(object)?.as_array_mut()?.remove(*index)),
            Edit::Open => *schema.pointer_mut(&self.schema_pointer)? = Value::Bool(true),
            Edit::AllowNull => {
                let place = schema.pointer_mut(&self.schema_pointer)?;
                *place = json!({"anyOf": [place.take(), {"type": "null"}]});
            }
            Edit::AddType(name) => {
                let place = schema.pointer_mut(&self.schema_pointer)?;
                let kinds = match place.take() {
                    Value::Array(kinds) => kinds,
                    kind => vec![kind],
                };
                *place = kinds.into_iter().chain([json!(name)]).collect();
            }
        }
        Some(schema)
    }
}

/// Every mutant of a schema: each required member, each null that is not allowed, each type, list, format, bound and
/// property, once. Only what can be reached from the root is weakened.
#[must_use]
pub fn mutants(schema: &Value) -> Vec<Mutant> {
    let mut walk = Walk { document: Document(schema), seen: BTreeSet::new(), mutants: Vec::new() };
    walk.place("", false);
    walk.mutants
}

struct Walk<'s> {
    document: Document<'s>,
    seen: BTreeSet<String>,
    mutants: Vec<Mutant>,
}

impl Walk<'_> {
    fn add(&mut self, operator: &'static str, schema_pointer: String, object: &str, edit: Edit) {
        self.mutants.push(Mutant { operator, schema_pointer, object: object.to_owned(), edit });
    }

    /// A property, an item, or the root.
    fn place(&mut self, place: &str, part: bool) {
        if self.document.keywords(place).is_none() {
            return;
        }
        let views = self.document.views(place);
        let null = views.iter().any(|view| self.document.admits(view, "null"));
        if part && !null && !views.is_empty() {
            self.add("allow null", place.to_owned(), place, Edit::AllowNull);
        }
        for object in views.into_iter().flatten() {
            if self.seen.insert(object.clone()) {
                self.object(&object);
            }
        }
    }

    fn object(&mut self, object: &str) {
        let document = self.document;
        let Some(keywords) = document.keywords(object) else { return };
        let at = |keyword: &str| below(object, &[keyword]);
        for (index, _) in keywords.get("required").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            let place = below(object, &["required", &index.to_string()]);
            self.add("drop a required", place, object, Edit::RemoveItem(index));
        }
        if let Some(kind) = keywords.get("type") {
            self.widen(object, kind);
        }
        for keyword in ["enum", "const"].iter().filter(|keyword| keywords.contains_key(**keyword)) {
            self.add("drop an enum", at(keyword), object, Edit::Remove);
        }
        if keywords.contains_key("format") {
            self.add("drop a format", at("format"), object, Edit::Remove);
        }
        for keyword in BOUNDS.iter().filter(|keyword| keywords.contains_key(**keyword)) {
            self.add("drop a bound", at(keyword), object, Edit::Remove);
        }
        if keywords.get("additionalProperties") == Some(&Value::Bool(false)) {
            self.add("open an object", at("additionalProperties"), object, Edit::Remove);
        }
        for (name, schema) in keywords.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let place = below(object, &["properties", name]);
            self.part("drop a property", &place, schema);
        }
        if let Some(items) = keywords.get("items") {
            self.part("drop the items", &at("items"), items);
        }
        for (index, item) in
            keywords.get("prefixItems").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            self.part("drop the items", &below(object, &["prefixItems", &index.to_string()]), item);
        }
    }

    /// A part is dropped by letting it be anything; where it already is, there is nothing to weaken.
    fn part(&mut self, operator: &'static str, place: &str, schema: &Value) {
        const SAYS_NOTHING: &[&str] =
            &["description", "title", "default", "examples", "deprecated", "$comment"];
        let says = schema
            .as_object()
            .is_some_and(|keywords| keywords.keys().any(|keyword| !SAYS_NOTHING.contains(&keyword.as_str())));
        if says && self.seen.insert(format!("part {place}")) {
            self.add(operator, place.to_owned(), place, Edit::Open);
            self.place(place, true);
        }
    }

    /// A type is widened by the one that it is most easily taken for: fractions for integers, else text, and
    /// numbers for text.
    fn widen(&mut self, object: &str, kind: &Value) {
        let kinds: Vec<Value> = kind.as_array().cloned().unwrap_or_else(|| vec![kind.clone()]);
        let has = |name: &str| kinds.iter().any(|kind| kind == name);
        let mut add = |name: &'static str| {
            if !(has(name) || name == "number" && kinds.len() == 7) {
                self.add("widen a type", below(object, &["type"]), object, Edit::AddType(name));
            }
        };
        if has("integer") {
            add("number");
        }
        if has("string") && !has("integer") {
            add("number");
        }
        add("string");
    }
}
