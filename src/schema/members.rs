//! Which members of a value does the schema know?

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::pattern::{Effort, Pattern};
use crate::pointer::escape;

/// Subschemas looked at for one place, at most: a guard against schemas that refer in circles.
const MOST_VIEWS: usize = 256;

/// A schema made ready to say which members it knows.
#[derive(Debug)]
pub(crate) struct Documented {
    document: Value,
    patterns: HashMap<String, Pattern>,
}

impl Documented {
    pub(crate) fn new(document: &Value) -> Self {
        let mut patterns = HashMap::new();
        collect_patterns(document, &mut patterns);
        Self { document: document.clone(), patterns }
    }

    /// What the whole schema says about the whole payload.
    pub(crate) fn root(&self) -> Members<'_> {
        let mut members = Members { of: self, views: Vec::new(), open: false };
        members.look(String::new(), &self.document);
        members
    }

    fn matches(&self, pattern: &str, name: &str) -> bool {
        // A member whose name takes too long to be matched is not called unknown.
        let pattern = self.patterns.get(pattern);
        pattern.is_some_and(|pattern| pattern.is_match(name, &Effort::small()).unwrap_or(true))
    }

    /// Follows a reference inside the document: a JSON Pointer, an anchor, or an embedded `$id`.
    fn resolve(&self, target: &str) -> Option<(String, &Value)> {
        let (document, fragment) = target.split_once('#').unwrap_or((target, ""));
        let own = self.document["$id"].as_str().unwrap_or_default().trim_end_matches('#');
        let (base, root) = if document.is_empty() || document == own {
            (String::new(), &self.document)
        } else {
            find(&self.document, "$id", document)?
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            let found = root.pointer(fragment)?;
            return Some((format!("{base}{fragment}"), found));
        }
        let (place, found) = find(root, "$anchor", fragment)
            .or_else(|| find(root, "$dynamicAnchor", fragment))
            .or_else(|| find(root, "$id", &format!("#{fragment}")))?;
        Some((format!("{base}{place}"), found))
    }
}

fn collect_patterns(value: &Value, into: &mut HashMap<String, Pattern>) {
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        if let Some(patterns) = value.get("patternProperties").and_then(Value::as_object) {
            for pattern in patterns.keys() {
                if let Ok(compiled) = Pattern::new(pattern) {
                    into.insert(pattern.clone(), compiled);
                }
            }
        }
        match value {
            Value::Object(members) => pending.extend(members.values()),
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
}

/// Every subschema that speaks about one place of a payload: the one that leads there and all
/// that it combines by `$ref`, `allOf`, `anyOf`, `oneOf`, `if`/`then`/`else` and
/// `dependentSchemas`, whichever of them the payload matches. A member is documented if any of
/// them knows it.
#[derive(Clone, Debug)]
pub(crate) struct Members<'s> {
    of: &'s Documented,
    views: Vec<View<'s>>,
    /// Something is said that cannot be followed, so nothing can be called unknown.
    open: bool,
}

#[derive(Clone, Debug)]
struct View<'s> {
    pointer: String,
    schema: &'s Map<String, Value>,
}

impl<'s> Members<'s> {
    fn nothing(&self) -> Self {
        Self { of: self.of, views: Vec::new(), open: false }
    }

    /// Takes a subschema in, and whatever it combines.
    fn look(&mut self, pointer: String, schema: &'s Value) {
        let mut pending = vec![(pointer, schema)];
        while let Some((pointer, schema)) = pending.pop() {
            let Some(schema) = schema.as_object() else {
                continue;
            };
            let known = self.views.iter().any(|view| std::ptr::eq(view.schema, schema));
            self.open |= self.views.len() >= MOST_VIEWS;
            if known || self.open {
                continue;
            }
            self.combined(&pointer, schema, &mut pending);
            self.views.push(View { pointer, schema });
        }
    }

    fn combined(
        &mut self,
        pointer: &str,
        schema: &'s Map<String, Value>,
        pending: &mut Vec<(String, &'s Value)>,
    ) {
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(target) = schema.get(keyword).and_then(Value::as_str) {
                let found = self.of.resolve(target);
                self.open |= found.is_none();
                pending.extend(found);
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for (index, branch) in
                schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate()
            {
                pending.push((format!("{pointer}/{keyword}/{index}"), branch));
            }
        }
        for keyword in ["if", "then", "else"] {
            pending.extend(schema.get(keyword).map(|branch| (format!("{pointer}/{keyword}"), branch)));
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            for (name, branch) in schema.get(keyword).and_then(Value::as_object).into_iter().flatten() {
                pending.push((child(&format!("{pointer}/{keyword}"), name), branch));
            }
        }
    }

    /// Which subschemas these are: equal for equal sets, as far as a memory of them is concerned.
    pub(crate) fn identity(&self) -> Vec<usize> {
        self.views.iter().map(|view| std::ptr::from_ref(view.schema).addr()).collect()
    }

    /// The names that any subschema lists.
    pub(crate) fn names(&self) -> BTreeSet<&'s str> {
        let listed = |view: &View<'s>| view.schema.get("properties").and_then(Value::as_object);
        self.views.iter().filter_map(listed).flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// Where the subschemas are; the one that leads here comes first.
    #[cfg(feature = "drift")]
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.views.iter().map(|view| view.pointer.as_str())
    }

    /// Whether any subschema lists this name.
    #[cfg(feature = "drift")]
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.says("properties").any(|listed| listed.get(name).is_some())
    }

    /// Where the schema begins to list names; `None` when it lists none, so that any member is fine.
    pub(crate) fn listed_at(&self) -> Option<String> {
        if self.open {
            return None;
        }
        let mut places: Vec<String> = self
            .views
            .iter()
            .filter(|view| view.schema.get("properties").is_some_and(Value::is_object))
            .map(|view| format!("{}/properties", view.pointer))
            .collect();
        places.sort();
        places.into_iter().next()
    }

    /// What any of the subschemas says with this keyword.
    #[cfg(feature = "drift")]
    pub(crate) fn says(&self, keyword: &str) -> impl Iterator<Item = &'s Value> {
        self.views.iter().filter_map(move |view| view.schema.get(keyword))
    }

    /// What the schema says about the member `name`; `None` when no subschema knows it.
    pub(crate) fn member(&self, name: &str) -> Option<Self> {
        let mut member = self.nothing();
        let mut known = false;
        for View { pointer, schema } in &self.views {
            let mut here = false;
            if let Some(found) = schema.get("properties").and_then(|properties| properties.get(name)) {
                member.look(child(&format!("{pointer}/properties"), name), found);
                here = true;
            }
            for (pattern, found) in
                schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
            {
                if self.of.matches(pattern, name) {
                    member.look(child(&format!("{pointer}/patternProperties"), pattern), found);
                    here = true;
                }
            }
            for keyword in ["additionalProperties", "unevaluatedProperties"] {
                if !here && let Some(found) = schema.get(keyword).filter(|found| says_something(found)) {
                    member.look(format!("{pointer}/{keyword}"), found);
                    here = true;
                }
            }
            known |= here;
        }
        known.then_some(member)
    }

    /// What the schema says about the item at `index`.
    pub(crate) fn item(&self, index: usize) -> Self {
        let mut item = self.nothing();
        for View { pointer, schema } in &self.views {
            let items = schema.get("items");
            // Before draft 2020-12 a tuple was an array under `items`.
            let (keyword, tuple) = match (schema.get("prefixItems"), items) {
                (Some(Value::Array(tuple)), _) => ("prefixItems", Some(tuple)),
                (_, Some(Value::Array(tuple))) => ("items", Some(tuple)),
                _ => ("items", None),
            };
            if let Some(found) = tuple.and_then(|tuple| tuple.get(index)) {
                item.look(format!("{pointer}/{keyword}/{index}"), found);
            } else if let Some(found) = items.filter(|items| items.is_object()) {
                item.look(format!("{pointer}/items"), found);
            } else {
                for keyword in ["additionalItems", "unevaluatedItems"] {
                    if let Some(found) = schema.get(keyword) {
                        item.look(format!("{pointer}/{keyword}"), found);
                    }
                }
            }
        }
        item
    }
}

/// A schema for further members describes them; `true`, `false` and `{}` say nothing about them.
fn says_something(schema: &Value) -> bool {
    schema.as_object().is_some_and(|schema| !schema.is_empty())
}

fn child(pointer: &str, name: &str) -> String {
    let mut pointer = format!("{pointer}/");
    escape(name, &mut pointer);
    pointer
}

/// The first subschema, in document order, whose `keyword` is `wanted`.
fn find<'s>(root: &'s Value, keyword: &str, wanted: &str) -> Option<(String, &'s Value)> {
    let mut pending = vec![(String::new(), root)];
    while let Some((pointer, value)) = pending.pop() {
        match value {
            Value::Object(members) => {
                if members.get(keyword).and_then(Value::as_str) == Some(wanted) {
                    return Some((pointer, value));
                }
                pending.extend(members.iter().rev().map(|(name, value)| (child(&pointer, name), value)));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate().rev();
                pending.extend(items.map(|(index, value)| (format!("{pointer}/{index}"), value)));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_is_known_if_any_branch_knows_it() {
        let document = json!({
            "$ref": "#/$defs/node",
            "allOf": [{"properties": {"extra": {"type": "string"}}}],
            "$defs": {"node": {
                "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}, "free": {}},
            }},
        });
        let documented = Documented::new(&document);
        let members = documented.root();
        assert_eq!(members.names().into_iter().collect::<Vec<_>>(), ["extra", "free", "next"]);
        let next = members.member("next").unwrap();
        assert!(next.member("next").is_some());
        assert!(next.member("extra").is_none());
        assert_eq!(next.listed_at().as_deref(), Some("/$defs/node/properties"));
        assert_eq!(members.member("free").unwrap().listed_at(), None);
    }

    #[test]
    fn maps_tuples_anchors_and_ids_are_followed() {
        let document = json!({
            "$id": "urn:x",
            "properties": {
                "map": {"additionalProperties": {"$ref": "#entry"}},
                "tuple": {"prefixItems": [{"$ref": "urn:y"}], "items": {"properties": {"b": {}}}},
                "patterns": {"properties": {"z": {}}, "patternProperties": {"^x-": {}}},
            },
            "$defs": {
                "e": {"$anchor": "entry", "properties": {"v": {}}},
                "y": {"$id": "urn:y", "properties": {"a": {}}},
            },
        });
        let documented = Documented::new(&document);
        let members = documented.root();
        let map = members.member("map").unwrap();
        assert!(map.member("anything").unwrap().member("v").is_some());
        let tuple = members.member("tuple").unwrap();
        assert!(tuple.item(0).member("a").is_some());
        assert!(tuple.item(1).member("b").is_some());
        let patterns = members.member("patterns").unwrap();
        assert!(patterns.member("x-1").is_some());
        assert!(patterns.member("y-1").is_none());
    }

    #[test]
    fn circles_end() {
        let document = json!({"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}});
        assert!(Documented::new(&document).root().names().is_empty());
    }
}
