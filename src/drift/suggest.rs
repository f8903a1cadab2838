//! What would the contract say if it had learned from the traffic?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::field::Field;
use super::infer;
use super::profile::{Documents, Profile};
use super::shares::{find, kind, share};
use crate::finding::{Observed, Rule, Scope, rules};
use crate::pointer::{escape, unescape};
use crate::schema::Schema;
use crate::schema::model::Subschemas;
use crate::untrusted::to_compact_json;

/// One operation of a JSON Patch (RFC 6902). `why` is for whoever reviews it: a program that applies the patch has to pass
/// over members that it does not know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
    /// `test`, `add`, `replace` or `remove`.
    pub op: &'static str,
    /// The place in the schema, a JSON Pointer.
    pub path: String,
    /// What is to stand there, or has to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What in the traffic suggests it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// How the contract could be changed so that the traffic keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suggestion {
    /// The operations, in the order in which they apply.
    pub edits: Vec<Edit>,
    /// What was found and is not covered by them.
    pub left: Vec<String>,
}

impl Suggestion {
    /// The patch as it is written: an operation a line.
    ///
    /// # Errors
    ///
    /// What `serde_json` says, which has no reason to say anything.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let line = |edit| serde_json::to_value(edit).map(|edit| to_compact_json(&edit));
        let lines: Result<Vec<String>, _> = self.edits.iter().map(line).collect();
        Ok(match lines?.join(",\n  ") {
            lines if lines.is_empty() => "[]\n".to_owned(),
            lines => format!("[\n  {lines}\n]\n"),
        })
    }
}

/// Keywords that only narrow what is there, so that without them more is accepted.
const NARROWING: &[&str] = &[
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// Suggests what to change in a schema so that the traffic keeps it: new optional properties, added enum members, what
/// became nullable or of another type as well, what is no longer always there, and limits that do not hold.
#[must_use]
pub fn suggest(schema: &Schema, documents: &Documents, profile: &Profile) -> Suggestion {
    let mut learned = Learned { schema: schema.as_value().clone(), ..Learned::default() };
    for cause in profile.causes.observed() {
        let rule = rules::ALL.iter().find(|rule| rule.id == cause.rule);
        if let Some(rule) = rule.filter(|rule| matches!(rule.scope, Scope::Schema(_) | Scope::Member)) {
            learned.take(rule, &cause, documents, profile);
        }
    }
    learned.finish()
}

#[derive(Default)]
struct Learned {
    /// The schema with all edits so far.
    schema: Value,
    suggestion: Suggestion,
    /// By where a schema lists properties, and name: what was seen of a new one.
    properties: BTreeMap<(String, String), (Field, u64)>,
    /// By the place of an enum: its new members and how often each was there.
    members: BTreeMap<String, BTreeMap<String, u64>>,
    /// Keywords that go, and why.
    gone: BTreeMap<String, String>,
    /// By the place of a subschema: types that stand there, too, and why.
    types: BTreeMap<String, (BTreeSet<&'static str>, String)>,
    /// The same where the subschema refers to another one, or lists values: it becomes one alternative.
    alternatives: BTreeMap<String, (BTreeSet<&'static str>, String)>,
    /// By the place of a list of required names: names that are not always there.
    optional: BTreeMap<String, BTreeMap<String, String>>,
}

impl Learned {
    fn take(&mut self, rule: &Rule, cause: &Observed<'_>, documents: &Documents, profile: &Profile) {
        let found = find(&profile.root, cause.pointer);
        let (at, keyword) = cause.schema_pointer.rsplit_once('/').unwrap_or_default();
        let name = || unescape(cause.pointer.rsplit_once('/').map_or("", |(_, name)| name)).into_owned();
        let why = || format!("{} times at {}", cause.count, cause.pointer);
        match (rule.id, found) {
            ("undocumented-property", Some((parent, field))) if keyword == "properties" => {
                self.property(cause.schema_pointer.to_owned(), name(), parent, field);
            }
            ("schema-violation", Some((parent, field)))
                if ["additionalProperties", "unevaluatedProperties"].contains(&keyword) =>
            {
                self.property(format!("{at}/properties"), name(), parent, field);
            }
            ("unknown-enum-value", Some((_, field))) if keyword == "enum" => self.member(cause, field),
            ("missing-property", _) if keyword == "required" => {
                let there = found.map_or(0, |(_, field)| field.seen);
                let why = format!("missing {} times, there {there} times, at {}", cause.count, cause.pointer);
                self.optional.entry(cause.schema_pointer.to_owned()).or_default().insert(name(), why);
            }
            ("null-value" | "type-mismatch", Some((_, field))) => {
                let types = if rule.id == "null-value" { vec!["null"] } else { field.types() };
                match known(documents, cause.pointer) {
                    Some(known) => {
                        self.types(&known, &types, &why());
                        self.bounds(&known, field);
                    }
                    None => self.left(rule, cause),
                }
            }
            _ if NARROWING.contains(&keyword) => {
                self.gone.insert(cause.schema_pointer.to_owned(), why());
            }
            _ if rule.id != "duplicate-key" => self.left(rule, cause),
            _ => {}
        }
    }

    fn left(&mut self, rule: &Rule, cause: &Observed<'_>) {
        self.suggestion.left.push(format!("{} at `{}`", rule.id, cause.pointer));
    }

    fn property(&mut self, listed_at: String, name: String, parent: &Field, field: &Field) {
        let entry = self.properties.entry((listed_at, name));
        let (known, objects) = entry.or_default();
        known.merge(field.clone());
        *objects = objects.saturating_add(parent.object);
    }

    fn member(&mut self, cause: &Observed<'_>, field: &Field) {
        let named: u64 = field.new_members.values().map(|times| times.count).sum();
        if named < cause.count {
            let unnamed = cause.count - named;
            let why = format!("{unnamed} values at {} that are no names and are not told", cause.pointer);
            self.gone.insert(cause.schema_pointer.to_owned(), why);
        }
        let members = self.members.entry(cause.schema_pointer.to_owned()).or_default();
        for (name, times) in &field.new_members {
            *members.entry(name.clone()).or_default() += times.count;
        }
    }

    /// Where the types stand that a value may have: in the subschema itself, or in what it refers to.
    fn types(&mut self, known: &Subschemas<'_>, types: &[&'static str], why: &str) {
        let Some(own) = known.pointers().next() else { return };
        let node = self.schema.pointer(&own);
        let plain = node.is_some_and(|node| node.get("type").is_some() && node.get("enum").is_none());
        let into = if plain { &mut self.types } else { &mut self.alternatives };
        let (all, whys) = into.entry(own).or_default();
        all.extend(types);
        if !whys.contains(why) {
            whys.push_str(if whys.is_empty() { "" } else { "; " });
            whys.push_str(why);
        }
    }

    /// Limits that a number breaks which so far was of the wrong type, and was not compared with them.
    fn bounds(&mut self, known: &Subschemas<'_>, field: &Field) {
        let (Some(own), Some(span)) = (known.pointers().next(), field.numbers) else { return };
        #[expect(clippy::cast_precision_loss, reason = "powers of two")]
        let [least, most] = [span.least as f64, span.most as f64];
        for (keyword, breaks) in [
            ("minimum", &(|limit| least < limit) as &dyn Fn(f64) -> bool),
            ("exclusiveMinimum", &|limit| least <= limit),
            ("maximum", &|limit| most > limit),
            ("exclusiveMaximum", &|limit| most >= limit),
            ("multipleOf", &|_| field.fraction > 0),
        ] {
            let path = format!("{own}/{keyword}");
            let limit = self.schema.pointer(&path).and_then(Value::as_f64);
            if limit.is_some_and(breaks) && field.fraction > 0 {
                let why = format!("{} fractions, within {} to {}", field.fraction, span.least, span.most);
                self.gone.entry(path).or_insert(why);
            }
        }
    }

    fn finish(mut self) -> Suggestion {
        self.add_properties();
        self.add_members();
        self.make_optional();
        for (path, why) in std::mem::take(&mut self.gone) {
            if self.schema.pointer(&path).is_some() {
                self.edit("remove", path, None, why);
            }
        }
        for (path, (types, why)) in std::mem::take(&mut self.types) {
            let path = format!("{path}/type");
            let listed = self.schema.pointer(&path).map(|listed| with_types(listed, &types));
            if let Some(listed) = listed {
                self.edit("replace", path, Some(listed), why);
            }
        }
        // The deepest first: those further up move what is below them.
        for (path, (types, why)) in std::mem::take(&mut self.alternatives).into_iter().rev() {
            if let Some(node) = self.schema.pointer(&path) {
                let node = with_alternatives(node, &types);
                self.edit("replace", path, Some(node), why);
            }
        }
        self.suggestion
    }

    fn add_properties(&mut self) {
        for ((listed_at, name), (field, objects)) in std::mem::take(&mut self.properties) {
            if self.schema.pointer(&listed_at).is_none() {
                self.edit("add", listed_at.clone(), Some(json!({})), String::new());
            }
            let mut path = format!("{listed_at}/");
            escape(&name, &mut path);
            let seen = format!("{} of {objects} objects ({})", field.seen, share(field.seen, objects));
            let why = format!("new: {} in {seen}", kind(&field));
            self.edit("add", path, Some(infer::of(&field, false).into()), why);
        }
    }

    fn add_members(&mut self) {
        for (path, members) in std::mem::take(&mut self.members) {
            for (member, count) in members {
                if !self.gone.contains_key(&path) {
                    self.edit("add", format!("{path}/-"), Some(member.into()), format!("{count} times"));
                }
            }
        }
    }

    fn make_optional(&mut self) {
        for (path, names) in std::mem::take(&mut self.optional) {
            for (name, why) in names {
                let listed = self.schema.pointer(&path).and_then(Value::as_array);
                let at = listed.and_then(|listed| listed.iter().position(|one| *one == *name));
                if let Some(at) = at {
                    self.edit("remove", format!("{path}/{at}"), None, why);
                }
            }
        }
    }

    /// Notes an edit, behind a test that what it replaces is still there, and makes it.
    fn edit(&mut self, op: &'static str, path: String, value: Option<Value>, why: String) {
        if op != "add" {
            let there = self.schema.pointer(&path).cloned();
            self.suggestion.edits.push(Edit {
                op: "test",
                path: path.clone(),
                value: there,
                why: String::new(),
            });
        }
        self.apply(op, &path, value.clone());
        self.suggestion.edits.push(Edit { op, path, value, why });
    }

    fn apply(&mut self, op: &str, path: &str, value: Option<Value>) {
        let (parent, last) = path.rsplit_once('/').unwrap_or_default();
        match (self.schema.pointer_mut(parent), value) {
            (Some(Value::Object(members)), Some(value)) => {
                drop(members.insert(unescape(last).into_owned(), value));
            }
            (Some(Value::Object(members)), None) => drop(members.remove(&*unescape(last))),
            (Some(Value::Array(items)), Some(value)) if op == "add" => items.push(value),
            (Some(Value::Array(items)), Some(value)) => {
                if let Some(item) = last.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                    *item = value;
                }
            }
            (Some(Value::Array(items)), None) => {
                if let Some(at) = last.parse().ok().filter(|at| *at < items.len()) {
                    items.remove(at);
                }
            }
            // The whole schema.
            (_, Some(value)) if path.is_empty() => self.schema = value,
            _ => {}
        }
    }
}

/// What the contract says at a place with stars.
fn known<'s>(documents: &'s Documents, pointer: &str) -> Option<Subschemas<'s>> {
    let mut known = documents.root();
    for step in pointer.split('/').skip(1) {
        let item = || if step == "*" { known.item(0) } else { known.item(usize::MAX) };
        known = known.member(&unescape(step)).unwrap_or_else(item);
    }
    Some(known).filter(|known| known.pointers().next().is_some())
}

/// A `type` keyword with more types; a fraction makes an integer a number.
fn with_types(listed: &Value, more: &BTreeSet<&'static str>) -> Value {
    let old = listed.as_array().cloned().unwrap_or_else(|| vec![listed.clone()]);
    let mut all: Vec<Value> =
        old.into_iter().filter(|one| !(more.contains("number") && one == "integer")).collect();
    let has =
        |all: &[Value], name: &str| all.iter().any(|one| one == name || one == "number" && name == "integer");
    for name in more.iter().filter(|name| **name != "null").chain(more.iter().filter(|name| **name == "null"))
    {
        if !has(&all, name) {
            all.push((*name).into());
        }
    }
    if all.len() == 1 { all.remove(0) } else { all.into() }
}

/// A subschema, or any of these types; what it says to people stays outside.
fn with_alternatives(node: &Value, types: &BTreeSet<&'static str>) -> Value {
    let mut inner = node.clone();
    let mut outer = json!({});
    if let (Some(inner), Some(description)) = (inner.as_object_mut(), node.get("description")) {
        inner.remove("description");
        outer["description"] = description.clone();
    }
    let more = types.iter().map(|name| json!({"type": name}));
    let alone = inner.as_object().is_some_and(|inner| inner.len() == 1);
    let mut alternatives = match inner.get("anyOf").and_then(Value::as_array) {
        Some(listed) if alone => listed.clone(),
        _ => vec![inner],
    };
    for one in more {
        if !alternatives.contains(&one) {
            alternatives.push(one);
        }
    }
    outer["anyOf"] = alternatives.into();
    outer
}
