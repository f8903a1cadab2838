//! Orders the changes of one round of suggestions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::patch::{Patch, ends_with};
use super::repairs::{New, Repairs};
use crate::drift::field::Field;
use crate::drift::infer;
use crate::drift::shares::{kind, share};
use crate::pointer::child;
use crate::schema::keywords::names;
use crate::schema::{nullable, unites, written};

/// New members of a closed object that are listed one by one; more of them are described together.
const MAX_NEW: usize = 100;

impl Repairs<'_> {
    /// Makes the changes; what moves other locations comes last, the deepest first.
    pub(super) fn apply(mut self, patch: &mut Patch) {
        patch.begin();
        self.add_properties(patch);
        self.add_members(patch);
        self.make_optional(patch);
        for (path, why) in &self.gone {
            if patch.at(path).is_some() && !patch.is_referenced(path) {
                patch.edit("remove", path, None, why);
            }
        }
        for (path, (value, why)) in &self.opened {
            let op = if patch.at(path).is_some() { "replace" } else { "add" };
            patch.edit(op, path, Some(value.clone()), why);
        }
        for (path, (types, why)) in &self.types {
            let keyword = child(path, names::TYPE);
            let listed = patch.at(&keyword).map(|listed| with_types(listed, types));
            if let Some(listed) = listed {
                patch.edit("replace", &keyword, Some(listed), why);
            }
        }
        self.admit_null(patch);
        let moving: BTreeSet<&String> = self.any_of.keys().chain(self.alternatives.keys()).collect();
        for path in moving.into_iter().rev() {
            if let Some(why) = self.any_of.get(path) {
                patch.any_of(path, why);
            }
            match self.alternatives.get(path) {
                Some((more, why)) if unites(self.dialect) => patch.alternatives(path, more, why),
                Some((_, why)) => patch.open(path, why),
                None => {}
            }
        }
    }

    /// Null beside the type that `type` names.
    fn admit_null(&self, patch: &mut Patch) {
        let Some(keyword) = nullable(self.dialect) else { return };
        for (path, why) in &self.nullable {
            let nullable = child(path, keyword);
            if patch.at(&nullable) != Some(&Value::Bool(true)) {
                let op = if patch.at(&nullable).is_some() { "replace" } else { "add" };
                patch.edit(op, &nullable, Some(true.into()), why);
            }
            let listed = child(path, names::ENUM);
            let has_null = |listed: &Vec<Value>| listed.contains(&Value::Null);
            if patch.at(&listed).and_then(Value::as_array).is_some_and(|listed| !has_null(listed)) {
                patch.edit("add", &format!("{listed}/-"), Some(Value::Null), why);
            }
        }
    }

    fn add_properties(&mut self, patch: &mut Patch) {
        let mut closed: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for New { field, closed_by, .. } in self.properties.values().filter(|new| !new.closed_by.is_empty()) {
            closed.entry(closed_by.clone()).or_default().push(field.clone());
        }
        closed.retain(|_, fields| fields.len() > MAX_NEW);
        for ((listed_at, name), new) in std::mem::take(&mut self.properties) {
            if !closed.contains_key(&new.closed_by) {
                self.add_property(patch, &listed_at, &name, new);
            }
        }
        for (keyword, fields) in closed {
            let (names, mut all) = (fields.len(), Field::default());
            for field in fields {
                all.merge(field);
            }
            let why = format!("{names} new properties: {}", kind(&all));
            let all = written(self.dialect, infer::of(&all).into());
            patch.edit("replace", &keyword, Some(all), &why);
        }
    }

    fn add_property(&mut self, patch: &mut Patch, listed_at: &str, name: &str, new: New) {
        let New { field, objects, closed_by } = new;
        if patch.at(listed_at).is_none() {
            patch.edit("add", listed_at, Some(json!({})), "");
        }
        let property = child(listed_at, name);
        if patch.at(&property).is_some() {
            if !closed_by.is_empty() {
                self.gone.insert(closed_by, "refuses a property that is listed".to_owned());
            }
            return;
        }
        let seen = format!("{} of {objects} objects ({})", field.seen, share(field.seen, objects));
        let what = kind(&field);
        let is_open = closed_by.is_empty() || ends_with(&closed_by, &[names::UNEVALUATED_PROPERTIES]);
        let value = if self.widens && is_open {
            json!({(names::COMMENT): format!("observed: {what} in {seen}")})
        } else {
            infer::of(&field).into()
        };
        let value = written(self.dialect, value);
        patch.edit("add", &property, Some(value), &format!("new: {what} in {seen}"));
    }

    fn add_members(&mut self, patch: &mut Patch) {
        for (path, members) in &self.members {
            let listed = patch.at(path).and_then(Value::as_array).cloned().unwrap_or_default();
            let is_enum = ends_with(path, &[names::ENUM]);
            let by_enum = listed.iter().any(|branch| branch.get(names::ENUM).is_some());
            for (member, count) in members {
                let value = match member.as_str() {
                    name if is_enum => json!(name),
                    name if by_enum => json!({(names::ENUM): [name]}),
                    name => json!({(names::CONST): name}),
                };
                if !self.gone.contains_key(path) && !listed.contains(&value) {
                    patch.edit("add", &format!("{path}/-"), Some(value), &format!("{count} times"));
                }
            }
        }
    }

    fn make_optional(&mut self, patch: &mut Patch) {
        for (path, names) in &self.optional {
            for (name, why) in names {
                let listed = patch.at(path).and_then(Value::as_array);
                let location = listed.and_then(|listed| listed.iter().position(|one| *one == **name));
                // Draft-04 has no empty list here.
                match location {
                    Some(_) if listed.is_some_and(|listed| listed.len() == 1) => {
                        patch.edit("remove", path, None, why);
                    }
                    Some(location) => patch.edit("remove", &format!("{path}/{location}"), None, why),
                    None => {}
                }
            }
        }
    }
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
