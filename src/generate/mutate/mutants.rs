//! In which single places can a schema be weakened?

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::generate::breach::views::{Document, below};

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
    /// Puts something else there.
    Put(Value),
}

impl Mutant {
    pub(super) fn object(&self) -> &str {
        &self.object
    }

    /// The weaker schema.
    #[must_use]
    pub fn apply(&self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        let (object, keyword) = self.schema_pointer.rsplit_once('/').unwrap_or_default();
        match &self.edit {
            Edit::Put(value) => {
                if let Some(place) = schema.pointer_mut(&self.schema_pointer) {
                    *place = value.clone();
                }
            }
            Edit::Remove => {
                let keyword = keyword.replace("~1", "/").replace("~0", "~");
                if let Some(members) = schema.pointer_mut(object).and_then(Value::as_object_mut) {
                    members.remove(&keyword);
                }
            }
            Edit::RemoveItem(index) => {
                if let Some(list) = schema.pointer_mut(object).and_then(Value::as_array_mut) {
                    list.remove(*index);
                }
            }
        }
        schema
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
        let Some(keywords) = self.document.keywords(place) else { return };
        let views = self.document.views(place);
        let null = views.iter().any(|view| self.document.admits(view, "null"));
        if part && !null && !views.is_empty() {
            let schema = Value::Object(keywords.clone());
            let edit = Edit::Put(json!({"anyOf": [schema, {"type": "null"}]}));
            self.add("allow null", place.to_owned(), place, edit);
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
            self.add(operator, place.to_owned(), place, Edit::Put(Value::Bool(true)));
            self.place(place, true);
        }
    }

    /// A type is widened by the one that it is most easily taken for: fractions for integers, else text, and
    /// numbers for text.
    fn widen(&mut self, object: &str, kind: &Value) {
        let kinds: Vec<Value> = kind.as_array().cloned().unwrap_or_else(|| vec![kind.clone()]);
        let has = |name: &str| kinds.iter().any(|kind| kind == name);
        let mut add = |name: &str| {
            if !(has(name) || name == "number" && kinds.len() == 7) {
                let wider: Vec<Value> = kinds.iter().cloned().chain([json!(name)]).collect();
                let edit = Edit::Put(json!(wider));
                self.add("widen a type", below(object, &["type"]), object, edit);
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
