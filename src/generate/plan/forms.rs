//! Which form has a node whose schemas hold together?

use std::sync::Arc;

use serde_json::{Value, json};

use super::admits::Known;
use super::compile::judgeable;
use super::judge::Judge;
use super::keywords::Reader;
use super::{Form, Listed};
use crate::error::Error;
use crate::generate::kinds::{Alternatives, Array, Numbers, Object, Text};

impl Reader<'_> {
    pub(super) fn form(&mut self) -> Result<Form, Error> {
        if self.all("enum").next().is_some() || self.all("const").next().is_some() {
            return self.listed();
        }
        self.typed()
    }

    fn listed(&mut self) -> Result<Form, Error> {
        let lists = self.all("enum").filter_map(Value::as_array).cloned();
        let constants = self.all("const").map(|value| vec![value.clone()]);
        let mut lists: Vec<Vec<Value>> = lists.chain(constants).collect();
        self.spend(lists.iter().map(Vec::len).sum())?;
        let mut values = lists.remove(0);
        for list in lists {
            let list: Known<'_> = list.iter().collect();
            values.retain(|value| list.has(value));
        }
        values.sort_by_key(|value| !value.is_null());
        if self.flats.iter().any(|flat| flat.keys().any(|keyword| !LISTING.contains(&keyword.as_str()))) {
            let beside = self.flats.iter().map(|flat| {
                let mut beside = judgeable(flat);
                let members = beside.as_object_mut().into_iter();
                members
                    .for_each(|members| members.retain(|keyword, _| keyword != "enum" && keyword != "const"));
                beside
            });
            let judge = Judge::of(&self.compiler.documents, beside.collect());
            values.retain(|value| judge.accepts(value));
        }
        let types: Vec<Value> = self.all("type").map(|types| json!({"type": types})).collect();
        let beside = if types.is_empty() { None } else { Some(self.compiler.at(types)) };
        if values.is_empty() {
            return Ok(self.nothing("enum", "lists nothing that the other keywords admit"));
        }
        Ok(Form::Listed(Listed { values: Arc::from(values), beside }))
    }

    /// The form of schemas without lists.
    fn typed(&mut self) -> Result<Form, Error> {
        let Some(types) = self.types() else {
            return Ok(self.nothing("type", "names no type that all schemas here admit"));
        };
        if types.is_empty() {
            return Ok(Form::Any);
        }
        let mut forms = Vec::new();
        for name in &types {
            forms.push(match name.as_str() {
                "null" => Form::Null,
                "boolean" => Form::Boolean,
                "integer" => Numbers::read(self, true)?,
                "number" => Numbers::read(self, false)?,
                "string" => Text::read(self)?,
                "array" => Array::read(self)?,
                _ => Object::read(self)?,
            });
        }
        if forms.len() > 1 {
            let place = self.place.clone();
            let branches = forms.into_iter().map(|form| self.compiler.add(form, &place)).collect();
            return Ok(Form::Alternatives(Alternatives::of(branches)));
        }
        Ok(forms.pop().unwrap_or(Form::Never))
    }
}

/// Keywords that a list can stand beside without being looked through.
const LISTING: &[&str] = &["$comment", "const", "enum", "type"];
