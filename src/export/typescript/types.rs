//! Types of TypeScript from the components of a bundle.
//!
//! A type accepts every valid value. Types cannot express the rest: bounds, patterns, formats, `not`, `if`.
//! Objects are open, as they are in JSON Schema and in TypeScript, so that nothing is said of other
//! properties.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use serde_json::{Map, Value};

use super::super::pascal_case;
use super::text::{Names, comment, literal, property};
use crate::pointer::unescape;
use crate::schema::keywords::names;
use crate::untrusted::to_compact_json;

type Members = Map<String, Value>;

/// The alternatives of a type; none of them is a union.
type Union = Vec<String>;

const UNKNOWN: &str = "unknown";
const NEVER: &str = "never";

/// Every object; written by [`Module::object`], too.
const ANY_OBJECT: &str = "Record<string, unknown>";

/// The types of a schema, each with a name.
pub(super) struct Module<'s> {
    root: &'s str,
    schemas: &'s Members,
    /// The names of types, by those of components.
    components: BTreeMap<&'s str, String>,
    names: Names,
    /// The names of objects that are written where they are used, by what they are.
    objects: BTreeMap<String, String>,
    /// Those that are not declared yet.
    pending: VecDeque<(String, Members)>,
    /// Whether an alias is being declared, which must not lead to itself through another alias.
    is_alias: bool,
}

impl<'s> Module<'s> {
    pub(super) fn new(root: &'s str, schemas: &'s Members) -> Self {
        let mut names = Names::new();
        let mut components = BTreeMap::from([(root, names.free(root))]);
        for name in schemas.keys().filter(|name| *name != root) {
            components.insert(name, names.free(name));
        }
        let mut objects = BTreeMap::new();
        for (name, schema) in schemas {
            if let Some(members) = schema.as_object().filter(|members| is_interface(members)) {
                objects.entry(shape(members)).or_insert_with(|| components[name.as_str()].clone());
            }
        }
        Self { root, schemas, components, names, objects, pending: VecDeque::new(), is_alias: false }
    }

    /// Every declaration, the response first.
    pub(super) fn written(mut self) -> String {
        let (root, schemas) = (self.root, self.schemas);
        let others = schemas.iter().filter(|(name, _)| *name != root);
        let mut text = String::new();
        for (name, schema) in schemas.get_key_value(root).into_iter().chain(others) {
            let name = self.components.get(name.as_str()).cloned().unwrap_or_default();
            text.push_str(&self.declaration(&name, schema));
            while let Some((name, object)) = self.pending.pop_front() {
                text.push_str(&self.declaration(&name, &object.into()));
            }
        }
        text
    }

    fn declaration(&mut self, name: &str, schema: &Value) -> String {
        let mut text = "\n".to_owned();
        document(&mut text, "", schema);
        let interface = schema.as_object().filter(|members| is_interface(members));
        self.is_alias = interface.is_none();
        if let Some(members) = interface {
            let _ = writeln!(text, "export interface {name} {}", self.body(members, name));
        } else {
            let union = self.union(schema, name);
            let _ = writeln!(text, "export type {name} = {};", union.join(" | "));
        }
        text
    }

    /// The properties of an object, in braces.
    fn body(&mut self, members: &Members, name: &str) -> String {
        let empty = Members::new();
        let listed = members.get(names::PROPERTIES).and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> = match members.get(names::REQUIRED) {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut text = "{\n".to_owned();
        let mut all: Union = Vec::new();
        for (key, schema) in listed {
            document(&mut text, "  ", schema);
            let union = self.union(schema, &format!("{name}{}", pascal_case(key)));
            let optional = if required.contains(&key.as_str()) { "" } else { "?" };
            let _ = writeln!(text, "  {}{optional}: {};", property(key), union.join(" | "));
            all.extend(union);
            if !optional.is_empty() {
                all.push("undefined".to_owned());
            }
        }
        let others = self.others(members, name);
        for key in required.iter().filter(|key| !listed.contains_key(**key)) {
            let union = others.clone().unwrap_or_else(|| vec![UNKNOWN.to_owned()]);
            let _ = writeln!(text, "  {}: {};", property(key), union.join(" | "));
        }
        if let Some(others) = others.filter(|others| *others != [NEVER]) {
            // The type of all properties is that of the listed ones, too.
            let all = united(all.into_iter().chain(others));
            let _ = writeln!(text, "  [key: string]: {};", all.join(" | "));
        }
        text.push('}');
        text
    }

    /// The type of properties that are not listed, where something is said of them.
    fn others(&mut self, members: &Members, name: &str) -> Option<Union> {
        let name = format!("{name}Value");
        let additional = members.get(names::ADDITIONAL_PROPERTIES).or_else(|| unevaluated(members));
        let patterns = members.get(names::PATTERN_PROPERTIES).and_then(Value::as_object);
        if additional.is_none_or(|schema| *schema == Value::Bool(true)) {
            return None;
        }
        let mut union = Vec::new();
        for schema in patterns.into_iter().flat_map(Members::values).chain(additional) {
            union.extend(self.union(schema, &name));
        }
        let union = united(union);
        (union != [UNKNOWN]).then_some(union)
    }

    /// The type of a schema; `name` is for objects in it.
    fn union(&mut self, schema: &Value, name: &str) -> Union {
        let members = match schema {
            Value::Object(members) => members,
            Value::Bool(false) => return vec![NEVER.to_owned()],
            _ => return vec![UNKNOWN.to_owned()],
        };
        let mut all: Vec<Union> = Vec::new();
        if let Some(target) = members.get(names::REF).and_then(Value::as_str) {
            all.push(vec![self.component(target)]);
        }
        all.push(self.own(members, name));
        for keyword in [names::ANY_OF, names::ONE_OF] {
            if let Some(Value::Array(branches)) = members.get(keyword) {
                let each: Vec<Union> = branches.iter().map(|branch| self.union(branch, name)).collect();
                all.push(united(each.into_iter().flatten()));
            }
        }
        if let Some(Value::Array(branches)) = members.get(names::ALL_OF) {
            all.extend(branches.iter().map(|branch| self.union(branch, name)).collect::<Vec<_>>());
        }
        // An interface is of objects already; it has no index signature, which the other type has.
        let is_interface =
            |union: &Union| union.iter().all(|one| self.objects.values().any(|name| name == one));
        if all.iter().any(is_interface) {
            all.retain(|union| *union != [ANY_OBJECT]);
        }
        intersected(all)
    }

    fn component(&self, reference: &str) -> String {
        let step = reference.rsplit('/').next().unwrap_or_default();
        let name = unescape(step);
        self.components.get(&*name).cloned().unwrap_or_else(|| UNKNOWN.to_owned())
    }

    /// What the keywords say that are not about other subschemas for the same value.
    fn own(&mut self, members: &Members, name: &str) -> Union {
        let types = types_of(members);
        if let Some(value) = members.get(names::CONST) {
            return vec![literal(value)];
        }
        if let Some(Value::Array(values)) = members.get(names::ENUM) {
            let allowed = values.iter().filter(|value| types.is_empty() || is_of(value, &types));
            return united(allowed.map(literal));
        }
        let each: Vec<Union> = types.iter().map(|kind| self.of_type(kind, members, name)).collect();
        if each.is_empty() { vec![UNKNOWN.to_owned()] } else { united(each.into_iter().flatten()) }
    }

    fn of_type(&mut self, kind: &str, members: &Members, name: &str) -> Union {
        match kind {
            "object" => vec![self.object(members, name)],
            "array" => vec![self.array(members, name)],
            "integer" | "number" => vec!["number".to_owned()],
            other => vec![other.to_owned()],
        }
    }

    /// An object: by its name if it has properties, else as what its values are.
    fn object(&mut self, members: &Members, name: &str) -> String {
        if is_empty(members, names::PROPERTIES) && is_empty(members, names::REQUIRED) {
            let values = self.others(members, name).unwrap_or_else(|| vec![UNKNOWN.to_owned()]);
            let values = values.join(" | ");
            let may_lead_back =
                self.is_alias && self.components.values().any(|name| values.contains(name.as_str()));
            return if may_lead_back {
                format!("{{ [key: string]: {values} }}")
            } else {
                format!("Record<string, {values}>")
            };
        }
        let key = shape(members);
        if let Some(known) = self.objects.get(&key) {
            return known.clone();
        }
        let name = self.names.free(name);
        self.objects.insert(key, name.clone());
        self.pending.push_back((name.clone(), of_objects(members)));
        name
    }

    /// A list, or a tuple.
    fn array(&mut self, members: &Members, name: &str) -> String {
        let name = format!("{name}Item");
        let rest = members.get(names::ITEMS).cloned().unwrap_or(Value::Bool(true));
        let rest_of = |union: Union| match &*union {
            [one] if !one.contains(" & ") => format!("{one}[]"),
            _ => format!("({})[]", union.join(" | ")),
        };
        let Some(Value::Array(prefix)) = members.get(names::PREFIX_ITEMS) else {
            return rest_of(self.union(&rest, &name));
        };
        let min = members.get(names::MIN_ITEMS).and_then(Value::as_u64).unwrap_or(0);
        let mut items: Vec<String> = Vec::new();
        for (at, schema) in (0_u64..).zip(prefix) {
            let union = self.union(schema, &name).join(" | ");
            items.push(if at < min { union } else { format!("({union})?") });
        }
        if rest != Value::Bool(false) {
            items.push(format!("...{}", rest_of(self.union(&rest, &name))));
        }
        format!("[{}]", items.join(", "))
    }
}

/// Keywords whose subschemas apply to the same value, and may evaluate its properties.
const IN_PLACE: [&str; 6] =
    [names::REF, names::ALL_OF, names::ANY_OF, names::ONE_OF, names::IF, names::DEPENDENT_SCHEMAS];

/// `unevaluatedProperties`, where nothing but the keywords beside it evaluates properties.
fn unevaluated(members: &Members) -> Option<&Value> {
    let is_alone = !IN_PLACE.iter().any(|keyword| members.contains_key(*keyword));
    members.get(names::UNEVALUATED_PROPERTIES).filter(|_| is_alone)
}

/// What a schema says of objects.
fn of_objects(members: &Members) -> Members {
    let keywords = [
        names::PROPERTIES,
        names::REQUIRED,
        names::ADDITIONAL_PROPERTIES,
        names::UNEVALUATED_PROPERTIES,
        names::PATTERN_PROPERTIES,
    ];
    let is_said = |keyword: &str| {
        keywords.contains(&keyword)
            && (keyword != names::UNEVALUATED_PROPERTIES || unevaluated(members).is_some())
    };
    let own = members.iter().filter(|(keyword, _)| is_said(keyword));
    let own = own.map(|(keyword, value)| (keyword.clone(), value.clone()));
    own.chain([(names::TYPE.to_owned(), "object".into())]).collect()
}

/// The same as a text, by which equal objects are recognized.
fn shape(members: &Members) -> String {
    to_compact_json(&of_objects(members))
}

/// The description of a schema as a comment.
fn document(text: &mut String, indent: &str, schema: &Value) {
    let description = schema.get(names::DESCRIPTION).and_then(Value::as_str);
    let deprecated = (schema.get(names::DEPRECATED) == Some(&Value::Bool(true))).then_some("@deprecated");
    let parts: Vec<&str> = description.into_iter().chain(deprecated).collect();
    if !parts.is_empty() {
        let _ = writeln!(text, "{indent}{}", comment(&parts.join(" ")));
    }
}

/// Whether a schema is an object with properties and nothing else that a type expresses.
fn is_interface(members: &Members) -> bool {
    let others = [names::REF, names::ALL_OF, names::ANY_OF, names::ONE_OF, names::CONST, names::ENUM];
    types_of(members) == ["object"]
        && !(is_empty(members, names::PROPERTIES) && is_empty(members, names::REQUIRED))
        && !others.iter().any(|keyword| members.contains_key(*keyword))
}

fn is_empty(members: &Members, keyword: &str) -> bool {
    match members.get(keyword) {
        Some(Value::Object(all)) => all.is_empty(),
        Some(Value::Array(all)) => all.is_empty(),
        _ => true,
    }
}

/// The types that a schema names, or else the one that its keywords are about.
fn types_of(members: &Members) -> Vec<&str> {
    match members.get(names::TYPE) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => {
            let about = |keywords: &[&str]| keywords.iter().any(|keyword| members.contains_key(*keyword));
            if about(&[names::PROPERTIES, names::REQUIRED, names::ADDITIONAL_PROPERTIES]) {
                vec!["object"]
            } else if about(&[names::ITEMS, names::PREFIX_ITEMS]) {
                vec!["array"]
            } else {
                Vec::new()
            }
        }
    }
}

/// Whether a value is of one of these types.
fn is_of(value: &Value, types: &[&str]) -> bool {
    let own: &[&str] = match value {
        Value::Null => &["null"],
        Value::Bool(_) => &["boolean"],
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() != 0.0) => &["number"],
        Value::Number(_) => &["number", "integer"],
        Value::String(_) => &["string"],
        Value::Array(_) => &["array"],
        Value::Object(_) => &["object"],
    };
    own.iter().any(|name| types.contains(name))
}

/// A union, each alternative once; `unknown` has all others in it, and `never` adds nothing.
fn united(all: impl IntoIterator<Item = String>) -> Union {
    let (mut union, mut seen) = (Union::new(), BTreeSet::new());
    for one in all {
        if one != NEVER && seen.insert(one.clone()) {
            union.push(one);
        }
    }
    if union.iter().any(|one| one == UNKNOWN) {
        return vec![UNKNOWN.to_owned()];
    }
    if union.is_empty() { vec![NEVER.to_owned()] } else { union }
}

/// What is of all these types.
fn intersected(all: Vec<Union>) -> Union {
    let mut operands: Vec<Union> = Vec::new();
    for union in all {
        if union == [NEVER] {
            return union;
        }
        if union != [UNKNOWN] && !operands.contains(&union) {
            operands.push(union);
        }
    }
    match operands.len() {
        0 => vec![UNKNOWN.to_owned()],
        1 => operands.remove(0),
        _ => {
            let operands = operands.iter().map(|union| match &**union {
                [one] => one.clone(),
                several => format!("({})", several.join(" | ")),
            });
            vec![operands.collect::<Vec<_>>().join(" & ")]
        }
    }
}
