//! What is the smallest value of a place?

use serde_json::{Map, Value, json};

use super::views::{Document, View, below};
use crate::generate::choices::Choices;
use crate::generate::kinds::Format;
use crate::generate::plan::heights::weight;

/// Required members nested deeper than this are left out: the schema asks for itself.
const DEEPEST: u32 = 32;

/// A value that takes more steps, or bytes of text, is not made.
const MAX_LEAST: usize = 1 << 18;

/// What may still be put into a value.
struct Left(usize);

impl Left {
    fn take(&mut self, many: usize) -> Option<()> {
        self.0 = self.0.checked_sub(many)?;
        Some(())
    }
}

impl Document<'_> {
    /// The smallest value that keeps the common keywords of a place: only what is required. Null where it may be; `None`
    /// where it is too large.
    pub(super) fn least(self, place: &str) -> Option<Value> {
        self.least_at(place, DEEPEST, &mut Left(MAX_LEAST))
    }

    /// The smallest object or array of a place that may be other things, too.
    pub(in crate::generate) fn least_container(self, place: &str, object: bool) -> Option<Value> {
        let kind = if object { "object" } else { "array" };
        let views = self.views(place);
        let view = views.iter().find(|view| self.admits(view, kind));
        let empty = if object { json!({}) } else { json!([]) };
        view.map_or(Some(empty), |view| self.of_kind(view, kind, DEEPEST, &mut Left(MAX_LEAST)))
    }

    /// The smallest item of an array.
    pub(super) fn least_item(self, place: &str, index: usize) -> Option<Value> {
        let views = self.views(place);
        let view = views.iter().find(|view| self.admits(view, "array"));
        view.map_or(Some(Value::Null), |view| self.item(view, index, DEEPEST, &mut Left(MAX_LEAST)))
    }

    /// So many of the smallest items of a place.
    pub(super) fn least_items(self, place: &str, count: usize) -> Option<Value> {
        let item = self.least(place)?;
        let size = usize::try_from(weight(&item)).ok()?.checked_mul(count)?;
        Left(MAX_LEAST).take(size)?;
        Some(vec![item; count].into())
    }

    fn least_at(self, place: &str, depth: u32, left: &mut Left) -> Option<Value> {
        let views = self.views(place);
        left.take(views.iter().map(Vec::len).sum::<usize>() + 4)?;
        let kinds = ["null", "boolean", "integer", "number", "string", "array", "object"];
        for kind in kinds {
            for view in &views {
                if let Some(listed) = self.listed(view) {
                    left.take(usize::try_from(weight(&listed)).ok()?)?;
                    return Some(listed);
                }
                if self.admits(view, kind) {
                    return self.of_kind(view, kind, depth, left);
                }
            }
        }
        Some(Value::Null)
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

    fn of_kind(self, view: &View, kind: &str, depth: u32, left: &mut Left) -> Option<Value> {
        let count = |keyword| {
            let counts = view.iter().filter_map(|object| self.get(object, keyword)?.as_u64());
            counts.max().and_then(|count| usize::try_from(count.min(1_000)).ok()).unwrap_or(0)
        };
        Some(match kind {
            "boolean" => json!(false),
            "integer" | "number" => self.number(view),
            "string" => {
                let format =
                    view.iter().find_map(|object| Format::named(self.get(object, "format")?.as_str()?));
                let text = format.map(|format| format.build(&mut Choices::replay(Vec::new())));
                let text = text.unwrap_or_else(|| "a".repeat(count("minLength")));
                left.take(text.len())?;
                text.into()
            }
            "array" => {
                let items = 0..count("minItems");
                items.map(|index| self.item(view, index, depth, left)).collect::<Option<_>>()?
            }
            "object" => {
                let mut members = Map::new();
                for object in view.iter().filter(|_| depth > 0) {
                    let required = self.get(object, "required").and_then(Value::as_array);
                    for name in required.into_iter().flatten().filter_map(Value::as_str) {
                        let properties = view.iter().map(|object| below(object, &["properties", name]));
                        let place = properties.into_iter().find(|place| self.0.pointer(place).is_some());
                        let value = match place {
                            Some(place) => self.least_at(&place, depth - 1, left)?,
                            None => Value::Null,
                        };
                        left.take(1)?;
                        members.insert(name.to_owned(), value);
                    }
                }
                Value::Object(members)
            }
            _ => Value::Null,
        })
    }

    fn item(self, view: &View, index: usize, depth: u32, left: &mut Left) -> Option<Value> {
        let prefix = view.iter().map(|object| below(object, &["prefixItems", &index.to_string()]));
        let items = view.iter().map(|object| below(object, &["items"]));
        let place = prefix.chain(items).find(|place| self.0.pointer(place).is_some());
        left.take(1)?;
        match place.filter(|_| depth > 0) {
            Some(place) => self.least_at(&place, depth - 1, left),
            None => Some(Value::Null),
        }
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
