//! What is the smallest value of a place?

use serde_json::{Map, Value, json};

use super::views::{Document, View, below};
use crate::generate::choices::Choices;
use crate::generate::kinds::Format;

/// Required members nested deeper than this are left out: the schema asks for itself.
const DEEPEST: u32 = 32;

impl Document<'_> {
    /// The smallest value that keeps the common keywords of a place: only what is required. Null where it may be.
    pub(super) fn least(self, place: &str) -> Value {
        self.least_at(place, DEEPEST)
    }

    /// The smallest object or array of a place that may be other things, too.
    pub(in crate::generate) fn least_container(self, place: &str, object: bool) -> Value {
        let kind = if object { "object" } else { "array" };
        let views = self.views(place);
        let view = views.iter().find(|view| self.admits(view, kind));
        let empty = if object { json!({}) } else { json!([]) };
        view.map_or(empty, |view| self.of_kind(view, kind, DEEPEST))
    }

    /// The smallest item of an array.
    pub(super) fn least_item(self, place: &str, index: usize) -> Value {
        let views = self.views(place);
        let view = views.iter().find(|view| self.admits(view, "array"));
        view.map_or(Value::Null, |view| self.item(view, index, DEEPEST))
    }

    fn least_at(self, place: &str, depth: u32) -> Value {
        let views = self.views(place);
        let kinds = ["null", "boolean", "integer", "number", "string", "array", "object"];
        for kind in kinds {
            for view in &views {
                if let Some(listed) = self.listed(view) {
                    return listed;
                }
                if self.admits(view, kind) {
                    return self.of_kind(view, kind, depth);
                }
            }
        }
        Value::Null
    }

    /// What a view lists first.
    fn listed(self, view: &View) -> Option<Value> {
        view.iter().find_map(|object| {
            let only = self.get(object, "const");
            only.or_else(|| self.get(object, "enum")?.get(0)).cloned()
        })
    }

    /// Whether all objects of the view admit a type.
    pub(in crate::generate) fn admits(self, view: &View, kind: &str) -> bool {
        let names = |name: &Value| {
            name.as_str().is_some_and(|name| name == kind || kind == "integer" && name == "number")
        };
        view.iter().all(|object| match self.get(object, "type") {
            None => true,
            Some(Value::Array(list)) => list.iter().any(names),
            Some(one) => names(one),
        })
    }

    /// The greatest of the numbers that a view says for a keyword.
    pub(super) fn most(self, view: &View, keyword: &str) -> Option<f64> {
        let numbers = view.iter().filter_map(|object| self.get(object, keyword)?.as_f64());
        numbers.reduce(f64::max)
    }

    fn of_kind(self, view: &View, kind: &str, depth: u32) -> Value {
        let count = |keyword| {
            let counts = view.iter().filter_map(|object| self.get(object, keyword)?.as_u64());
            counts.max().and_then(|count| usize::try_from(count.min(1_000)).ok()).unwrap_or(0)
        };
        match kind {
            "boolean" => json!(false),
            "integer" | "number" => self.number(view),
            "string" => {
                let format =
                    view.iter().find_map(|object| Format::named(self.get(object, "format")?.as_str()?));
                let text = format.map(|format| format.build(&mut Choices::replay(Vec::new())));
                text.unwrap_or_else(|| "a".repeat(count("minLength"))).into()
            }
            "array" => {
                let items = 0..count("minItems");
                items.map(|index| self.item(view, index, depth)).collect()
            }
            "object" => {
                let mut members = Map::new();
                for object in view.iter().filter(|_| depth > 0) {
                    let required = self.get(object, "required").and_then(Value::as_array);
                    for name in required.into_iter().flatten().filter_map(Value::as_str) {
                        let properties = view.iter().map(|object| below(object, &["properties", name]));
                        let place = properties.into_iter().find(|place| self.0.pointer(place).is_some());
                        let value = place.map_or(Value::Null, |place| self.least_at(&place, depth - 1));
                        members.insert(name.to_owned(), value);
                    }
                }
                Value::Object(members)
            }
            _ => Value::Null,
        }
    }

    fn item(self, view: &View, index: usize, depth: u32) -> Value {
        let prefix = view.iter().map(|object| below(object, &["prefixItems", &index.to_string()]));
        let items = view.iter().map(|object| below(object, &["items"]));
        let place = prefix.chain(items).find(|place| self.0.pointer(place).is_some());
        place.filter(|_| depth > 0).map_or(Value::Null, |place| self.least_at(&place, depth - 1))
    }

    fn number(self, view: &View) -> Value {
        let least = self.most(view, "minimum").unwrap_or(f64::NEG_INFINITY);
        let above =
            self.most(view, "exclusiveMinimum").map_or(f64::NEG_INFINITY, |bound| bound.floor() + 1.0);
        let most = view.iter().filter_map(|object| self.get(object, "maximum")?.as_f64()).reduce(f64::min);
        let number = 0_f64.max(least.ceil()).max(above).min(most.map_or(f64::INFINITY, f64::floor));
        // Written without a fraction where a double holds every integer.
        let plain = format!("{number:.0}").parse::<i64>().ok().filter(|_| number.abs() < 9e15);
        plain.map_or_else(|| json!(number), |number| json!(number))
    }
}
