//! In which ways can a place be broken?

use serde_json::{Value, json};

use super::catalogue::{Act, Target};
use super::reach::{Place, UNKNOWN};
use super::views::{Document, View, below};
use crate::finding::{Rule, rules};
use crate::generate::kinds::Format;

/// Adds every way to break a place to the targets.
pub(super) fn add(document: Document<'_>, place: &Place, targets: &mut Vec<Target>) {
    let mut ways = Ways { document, place, targets };
    ways.types();
    for view in &place.views {
        ways.inside(view);
    }
    for object in &place.new_objects {
        ways.members(object);
    }
}

struct Ways<'w> {
    document: Document<'w>,
    place: &'w Place,
    targets: &'w mut Vec<Target>,
}

impl Ways<'_> {
    fn push(&mut self, rule: &'static Rule, what: String, act: Act) {
        let Place { schema, route, .. } = self.place;
        self.targets.push(Target { rule, schema_pointer: schema.clone(), what, route: route.clone(), act });
    }

    fn put(&mut self, rule: &'static Rule, value: Value) {
        self.push(rule, format!("replaced by {value}"), Act::Put(value));
    }

    fn admitted(&self, kind: &str) -> bool {
        self.place.views.iter().any(|view| self.document.admits(view, kind))
    }

    /// Another JSON type.
    fn types(&mut self) {
        if self.place.views.is_empty() {
            return;
        }
        if !self.admitted("null") {
            self.put(&rules::NULL_VALUE, Value::Null);
        }
        let others = [
            ("string", json!("text")),
            ("boolean", json!(true)),
            ("integer", json!(17)),
            ("number", json!(0.5)),
            ("array", json!([])),
            ("object", json!({})),
        ];
        for (kind, value) in others {
            if !self.admitted(kind) {
                self.put(&rules::TYPE_MISMATCH, value);
            }
        }
    }

    /// A value of the right type that one view refuses, where no other view takes values of that type.
    fn inside(&mut self, view: &View) {
        let only = |kind: &str| {
            let mut fitting = self.place.views.iter().filter(|view| self.document.admits(view, kind));
            fitting.next() == Some(view) && fitting.next().is_none()
        };
        let (text, number, array, object) =
            (only("string"), only("number") || only("integer"), only("array"), only("object"));
        if view.iter().any(|object| self.listed(object).is_some()) {
            return self.unlisted(view);
        }
        for place in view {
            if text {
                self.text(place);
            }
            if number {
                self.bounds(place);
            }
            if array {
                self.items(place);
            }
            if object && self.document.get(place, "additionalProperties") == Some(&Value::Bool(false)) {
                self.push(
                    &rules::SCHEMA_VIOLATION,
                    "given a key that is not allowed".to_owned(),
                    Act::Add(UNKNOWN),
                );
            }
        }
        if number {
            self.push(&rules::OUT_OF_RANGE, "replaced by 1e400, which no double holds".to_owned(), Act::Huge);
        }
    }

    fn listed(&self, object: &str) -> Option<Vec<Value>> {
        let only = self.document.get(object, "const").map(|only| vec![only.clone()]);
        only.or_else(|| self.document.get(object, "enum")?.as_array().cloned())
    }

    /// Something like what is listed: the same type, another value.
    fn unlisted(&mut self, view: &View) {
        let lists: Vec<_> = view.iter().filter_map(|object| self.listed(object)).collect();
        for other in [json!("unlisted"), json!("NOT LISTED"), json!(987_654)] {
            let kind = if other.is_string() { "string" } else { "integer" };
            let same_type = lists.iter().flatten().any(|listed| listed.is_string() == other.is_string());
            let known = lists.iter().any(|list| list.contains(&other));
            if same_type && !known && self.document.admits(view, kind) {
                self.put(&rules::UNKNOWN_ENUM_VALUE, other);
            }
        }
    }

    fn text(&mut self, place: &str) {
        let keyword = |name| self.document.get(place, name);
        let format = keyword("format").and_then(Value::as_str).and_then(Format::named);
        let [least, most] = ["minLength", "maxLength"].map(|name| keyword(name).and_then(Value::as_u64));
        if let Some(format) = format {
            self.put(&rules::INVALID_FORMAT, json!(format.broken()));
        }
        if let Some(least) = least.filter(|least| (1..=10_000).contains(least)) {
            self.put(&rules::SCHEMA_VIOLATION, json!("a".repeat(usize::try_from(least - 1).unwrap_or(0))));
        }
        if let Some(most) = most.filter(|most| *most <= 10_000) {
            self.put(&rules::SCHEMA_VIOLATION, json!("a".repeat(usize::try_from(most + 1).unwrap_or(0))));
        }
        if self.document.get(place, "pattern").is_some() {
            self.put(&rules::SCHEMA_VIOLATION, json!("\u{1}"));
        }
    }

    fn bounds(&mut self, place: &str) {
        let bounds =
            [("minimum", -1.0), ("maximum", 1.0), ("exclusiveMinimum", 0.0), ("exclusiveMaximum", 0.0)];
        for (keyword, beyond) in bounds {
            let bound = self.document.get(place, keyword).and_then(Value::as_f64);
            // Beyond this, a double and its neighbour are more than one apart.
            if let Some(outside) = bound.map(|bound| bound + beyond).filter(|outside| outside.abs() < 9e15) {
                self.put(&rules::OUT_OF_RANGE, whole(outside));
            }
        }
    }

    fn items(&mut self, place: &str) {
        let [least, most] =
            ["minItems", "maxItems"].map(|name| self.document.get(place, name).and_then(Value::as_u64));
        let item = below(place, &["items"]);
        let counts = [least.and_then(|least| least.checked_sub(1)), most.map(|most| most.saturating_add(1))];
        for count in counts.into_iter().flatten().filter(|count| *count <= 1_000) {
            let act = Act::Items(usize::try_from(count).unwrap_or(0), item.clone());
            self.push(&rules::SCHEMA_VIOLATION, format!("left with {count} items"), act);
        }
    }

    /// What a schema object says of its members.
    fn members(&mut self, object: &str) {
        let required = self.document.get(object, "required").and_then(Value::as_array);
        let names: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
        for name in names {
            self.push(&rules::MISSING_PROPERTY, "removed".to_owned(), Act::Remove(name.to_owned()));
        }
        let properties = self.document.get(object, "properties").and_then(Value::as_object);
        let Some(name) = properties.and_then(|properties| properties.keys().next()) else { return };
        let closed = self.document.get(object, "additionalProperties").is_some();
        if !closed {
            self.push(
                &rules::UNDOCUMENTED_PROPERTY,
                "added; the schema does not know it".to_owned(),
                Act::Add(UNKNOWN),
            );
        }
        let act = Act::Twice(name.clone(), below(object, &["properties", name]));
        self.push(&rules::DUPLICATE_KEY, "given twice".to_owned(), act);
    }
}

/// A number as people write it.
#[expect(clippy::cast_possible_truncation, reason = "smaller than 2^53")]
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}
