//! Members with a fixed value in every payload.

use std::collections::{HashMap, HashSet};

use jsonschema::{Registry, RegistryBuilder};
use serde_json::{Value, json};

use super::outline::Outline;
use super::violations::smallest_objects;
use crate::error::{Error, ErrorKind};
use crate::finding::did_you_mean;
use crate::pointer::unescape;
use crate::schema::Schema;
use crate::schema::fragment;
use crate::schema::keywords::names;

/// `POINTER=VALUE`: a member and its value wherever its object occurs in a payload.
///
/// A pointer that begins with `/` starts at the root; another one matches the end of a location at any depth.
/// `*` is every item of an array. The member is added where it is missing, and so are the objects on the way
/// to it, of minimum size, where they are missing or null. Arrays are not: their number of items is not
/// known.
///
/// ```
/// use clients_contract::generate::Assignment;
/// use serde_json::json;
///
/// let schema = json!({"properties": {"seats": {"type": "integer"}}});
/// let mut value = json!({});
/// let assignment = Assignment::new(&schema, "seats=4")?;
/// assert_eq!(assignment.set(&mut value), 1);
/// assert_eq!(value, json!({"seats": 4}));
///
/// let schema = json!({"properties": {"course": {"anyOf": [{"$ref": "#/$defs/course"}, {"type": "null"}]}},
///     "$defs": {"course": {"type": "object", "properties": {"seats": {"type": "integer"}}}}});
/// let mut value = json!({"course": null});
/// assert_eq!(Assignment::new(&schema, "course/seats=4")?.set(&mut value), 1);
/// assert_eq!(value, json!({"course": {"seats": 4}}));
/// assert!(Assignment::new(&schema, "seat=4").unwrap_err().to_string().contains("did you mean `seats`"));
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Assignment {
    steps: Vec<String>,
    from_root: bool,
    value: Value,
    outline: Outline,
    /// The areas that admit the value.
    admitting: HashSet<usize>,
    /// The smallest objects of the areas on the way, where they can be made.
    on_the_way: HashMap<usize, Value>,
}

impl Assignment {
    /// Reads `POINTER=VALUE`; a value that is no JSON is a string.
    ///
    /// # Errors
    ///
    /// `Usage` when there is no `=`, when the schema has no such location, or when it refuses the value at
    /// every one of them.
    pub fn new(schema: &Value, text: &str) -> Result<Self, Error> {
        let wrong = |message: String| Error::new(ErrorKind::Usage, "`with`", message);
        let (pointer, value) =
            text.split_once('=').ok_or_else(|| wrong("expected POINTER=VALUE".to_owned()))?;
        let from_root = pointer.starts_with('/');
        let steps: Vec<String> =
            pointer.trim_start_matches('/').split('/').map(|step| unescape(step).into_owned()).collect();
        let mut assignment = Self {
            steps,
            from_root,
            value: serde_json::from_str(value).unwrap_or_else(|_| value.into()),
            outline: Outline::of(schema),
            admitting: HashSet::new(),
            on_the_way: HashMap::new(),
        };
        let mut way =
            assignment.way().map_err(|hint| wrong(format!("no `{pointer}` in the schema{hint}")))?;
        let locations = SchemaLocations::of(schema)?;
        let mut refusal = String::new();
        for target in way.pop().unwrap_or_default() {
            match locations.refused(&assignment.outline.areas()[target].location, &assignment.value)? {
                None => drop(assignment.admitting.insert(target)),
                Some(why) => refusal = why,
            }
        }
        if assignment.admitting.is_empty() {
            return Err(wrong(format!("value of `{pointer}` not allowed by the schema: {refusal}")));
        }
        let way: HashSet<usize> = way.into_iter().flatten().collect();
        let on_the_way = way.iter().map(|area| assignment.outline.areas()[*area].location.as_str()).collect();
        // Where the schema refers to other documents, there are none.
        let schema = Schema::from_value(schema.clone());
        let mut objects = smallest_objects(&schema, &on_the_way).unwrap_or_default();
        for area in way {
            let position = &assignment.outline.areas()[area].location;
            let Some(object) = objects.remove(position) else { continue };
            if !assignment.outline.areas()[area].members.is_empty()
                && locations.refused(position, &object)?.is_none()
            {
                assignment.on_the_way.insert(area, object);
            }
        }
        Ok(assignment)
    }

    /// Sets the value at its locations; returns their number.
    pub fn set(&self, payload: &mut Value) -> usize {
        let mut path = Vec::new();
        self.below(payload, 0, &mut path)
    }

    /// The areas that each step of the pointer leads to, or what was probably meant.
    fn way(&self) -> Result<Vec<HashSet<usize>>, String> {
        let areas = self.outline.areas();
        let mut way = Vec::new();
        let mut here: HashSet<usize> = if self.from_root { [0].into() } else { (0..areas.len()).collect() };
        for step in &self.steps {
            let next: HashSet<usize> = here.iter().filter_map(|area| self.step(*area, step)).collect();
            if next.is_empty() {
                let known: HashSet<&str> =
                    here.iter().flat_map(|area| areas[*area].members.keys().map(String::as_str)).collect();
                return Err(did_you_mean(step, known));
            }
            way.push(next.clone());
            here = next;
        }
        Ok(way)
    }

    fn step(&self, area: usize, step: &str) -> Option<usize> {
        let area = &self.outline.areas()[area];
        area.members.get(step).copied().or_else(|| area.items.filter(|_| step == "*" || is_index(step)))
    }

    fn below(&self, value: &mut Value, area: usize, path: &mut Vec<String>) -> usize {
        let here = &self.outline.areas()[area];
        let mut set = 0;
        match value {
            Value::Object(members) => {
                for (name, member) in &here.members {
                    path.push(name.clone());
                    let there = members.get(name).is_some_and(|value| !value.is_null());
                    if self.ends(path) && self.admitting.contains(member) {
                        members.insert(name.clone(), self.value.clone());
                        set += 1;
                    } else if there {
                        set += members.get_mut(name).map_or(0, |value| self.below(value, *member, path));
                    } else if let Some(made) = self.made(path, *member) {
                        members.insert(name.clone(), made);
                        set += 1;
                    }
                    path.pop();
                }
            }
            Value::Array(items) => {
                let Some(item) = here.items else { return 0 };
                for (index, value) in items.iter_mut().enumerate() {
                    path.push(index.to_string());
                    if self.ends(path) && self.admitting.contains(&item) {
                        value.clone_from(&self.value);
                        set += 1;
                    } else {
                        set += self.below(value, item, path);
                    }
                    path.pop();
                }
            }
            _ => {}
        }
        set
    }

    /// An object for the location of that path, with the value in it, if the pointer leads on from there
    /// through nothing but objects.
    fn made(&self, path: &[String], area: usize) -> Option<Value> {
        (1..self.steps.len()).rev().filter(|count| self.leads(path, *count)).find_map(|count| {
            let mut object = self.on_the_way.get(&area)?.clone();
            self.fill(&mut object, area, &self.steps[count..]).then_some(object)
        })
    }

    /// Sets the value at the end of these steps; false where they do not lead through objects alone.
    fn fill(&self, object: &mut Value, area: usize, steps: &[String]) -> bool {
        let (Some(members), Some((step, rest))) = (object.as_object_mut(), steps.split_first()) else {
            return false;
        };
        let Some(area) = self.outline.areas()[area].members.get(step) else { return false };
        let value = members.entry(step.as_str()).or_insert(Value::Null);
        if rest.is_empty() {
            *value = self.value.clone();
            return self.admitting.contains(area);
        }
        if value.is_null() {
            let Some(made) = self.on_the_way.get(area) else { return false };
            *value = made.clone();
        }
        self.fill(value, *area, rest)
    }

    /// Whether the path is one that the pointer names.
    fn ends(&self, path: &[String]) -> bool {
        self.leads(path, self.steps.len())
    }

    /// Whether the path is one that the first steps of the pointer name. Names of members are no numbers in
    /// any outline that has arrays at the same location, so that `*` means items.
    fn leads(&self, path: &[String], count: usize) -> bool {
        let Some(skipped) = path.len().checked_sub(count) else { return false };
        (skipped == 0 || !self.from_root)
            && path[skipped..]
                .iter()
                .zip(&self.steps)
                .all(|(is, step)| is == step || step == "*" && is_index(is))
    }
}

fn is_index(step: &str) -> bool {
    !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())
}

/// A schema whose locations can be validated one by one.
struct SchemaLocations(Registry<'static>);

/// What the schema is called there; people never see it.
const ROOT: &str = "json-schema:///pinned";

impl SchemaLocations {
    fn of(schema: &Value) -> Result<Self, Error> {
        let registry = Registry::new().add(ROOT, schema.clone()).and_then(RegistryBuilder::prepare);
        registry.map(Self).map_err(|error| unusable("", &error))
    }

    /// Why the schema refuses the value at one of its locations.
    fn refused(&self, location: &str, value: &Value) -> Result<Option<String>, Error> {
        let validator = jsonschema::options()
            .with_registry(&self.0)
            .should_validate_formats(true)
            .build(&json!({(names::REF): format!("{ROOT}#{}", fragment(location))}))
            .map_err(|error| unusable(location, &error))?;
        Ok(validator.iter_errors(value).next().map(|error| error.masked_with("it").to_string()))
    }
}

fn unusable(location: &str, error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Schema, location, error.to_string())
}
