//! How does a schema become a plan?

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::keywords::Reader;
use super::{Form, Listed, Node, NodeId, Plan, disjoint, heights, loops};
use crate::error::{Error, ErrorKind};
use crate::generate::kinds::{Alternatives, Array, Numbers, Object, Text};

/// Places of a schema, waiting and done. Works off a list, so that no schema is too deep.
pub(crate) struct Compiler<'s> {
    schema: &'s Value,
    nodes: Vec<Node>,
    known: HashMap<String, NodeId>,
    waiting: Vec<(String, NodeId)>,
    /// Alternatives of which exactly one may hold.
    exclusive: Vec<NodeId>,
}

impl Plan {
    /// Compiles a schema.
    pub(crate) fn of(schema: &Value) -> Result<Self, Error> {
        let mut compiler = Compiler {
            schema,
            nodes: Vec::new(),
            known: HashMap::new(),
            waiting: Vec::new(),
            exclusive: Vec::new(),
        };
        compiler.at(String::new());
        while let Some((place, id)) = compiler.waiting.pop() {
            compiler.nodes[id.0].form = compiler.compile(place)?;
        }
        let mut plan = Self { nodes: compiler.nodes };
        loops::refuse(&plan)?;
        plan.narrow_lists();
        disjoint::check(&plan, &compiler.exclusive)?;
        heights::measure(&mut plan)?;
        Ok(plan)
    }

    /// Takes out of every list what the keywords beside it do not admit.
    fn narrow_lists(&mut self) {
        for index in 0..self.nodes.len() {
            let Form::Listed(Listed { values, beside: Some(beside) }) = &self.nodes[index].form else {
                continue;
            };
            let (beside, values) = (*beside, values.clone());
            let kept: Vec<_> = values.iter().filter(|value| self.admits(beside, value)).cloned().collect();
            let narrowed = Listed { values: Arc::from(kept), beside: Some(beside) };
            self.nodes[index].form = Form::Listed(narrowed);
        }
    }
}

impl Compiler<'_> {
    /// The node of the schema at a place.
    pub(super) fn at(&mut self, place: String) -> NodeId {
        if let Some(id) = self.known.get(&place) {
            return *id;
        }
        let id = self.add(Form::Never, &place);
        self.known.insert(place.clone(), id);
        self.waiting.push((place, id));
        id
    }

    pub(super) fn add(&mut self, form: Form, place: &str) -> NodeId {
        self.nodes.push(Node { form, height: None, place: place.to_owned() });
        NodeId(self.nodes.len() - 1)
    }

    fn compile(&mut self, place: String) -> Result<Form, Error> {
        match self.schema.pointer(&place) {
            Some(Value::Bool(true)) => Ok(Form::Any),
            Some(Value::Bool(false)) => Ok(Form::Never),
            Some(Value::Object(keywords)) => {
                let mut reader = Reader { compiler: self, keywords, place };
                reader.refuse_unsupported()?;
                reader.form()
            }
            Some(_) => {
                Err(Error::new(ErrorKind::Schema, format!("#{place}"), "neither an object nor a boolean"))
            }
            None => Err(Error::new(ErrorKind::Schema, format!("#{place}"), "there is nothing at this place")),
        }
    }
}

impl Reader<'_, '_> {
    fn form(&mut self) -> Result<Form, Error> {
        for keyword in ["$ref", "allOf", "anyOf", "oneOf"] {
            if self.get(keyword).is_none() {
                continue;
            }
            if let Some(other) = self.assertion_beside(&[keyword]) {
                return Err(self.unsupported(keyword, &format!("beside `{other}` cannot be built for yet")));
            }
            return match keyword {
                "$ref" => self.reference(),
                "allOf" => self.all_of(),
                "anyOf" => self.branches("anyOf"),
                _ => {
                    let form = self.branches("oneOf")?;
                    let id = self.compiler.add(form, &self.place);
                    self.compiler.exclusive.push(id);
                    Ok(Form::Same(id))
                }
            };
        }
        if self.get("enum").is_some() || self.get("const").is_some() {
            return self.listed();
        }
        self.typed()
    }

    fn reference(&mut self) -> Result<Form, Error> {
        let Some(target) = self.text("$ref")?.and_then(|text| text.strip_prefix('#')) else {
            return Err(self.unsupported("$ref", "to another document cannot be followed"));
        };
        let target = percent_decoded(target).ok_or_else(|| self.malformed("$ref", "is badly escaped"))?;
        if !target.is_empty() && !target.starts_with('/') {
            return Err(self.unsupported("$ref", "to an anchor cannot be followed yet"));
        }
        if self.compiler.schema.pointer(&target).is_none() {
            return Err(self.malformed("$ref", "leads nowhere"));
        }
        Ok(Form::Same(self.compiler.at(target)))
    }

    fn all_of(&mut self) -> Result<Form, Error> {
        match self.schemas("allOf")?.as_deref() {
            Some([only]) => Ok(Form::Same(*only)),
            _ => Err(self.unsupported("allOf", "of more than one schema cannot be built for yet")),
        }
    }

    fn branches(&mut self, keyword: &str) -> Result<Form, Error> {
        let branches = self.schemas(keyword)?.unwrap_or_default();
        if branches.is_empty() {
            return Err(self.malformed(keyword, "lists nothing"));
        }
        Ok(Form::Alternatives(Alternatives::of(branches)))
    }

    fn listed(&mut self) -> Result<Form, Error> {
        let mut values = match self.list("enum")? {
            Some(values) => values.to_vec(),
            None => self.get("const").into_iter().cloned().collect(),
        };
        if let (Some(_), Some(only)) = (self.get("enum"), self.get("const")) {
            values.retain(|value| super::admits::same(value, only));
        }
        values.sort_by_key(|value| !value.is_null());
        let beside = if self.assertion_beside(&["enum", "const"]).is_some() {
            let form = self.typed()?;
            Some(self.compiler.add(form, &self.place))
        } else {
            None
        };
        Ok(Form::Listed(Listed { values: Arc::from(values), beside }))
    }

    /// The form of a schema without references, alternatives or lists.
    fn typed(&mut self) -> Result<Form, Error> {
        let types = match self.get("type") {
            Some(Value::String(only)) => vec![only.as_str()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(_) => return Err(self.malformed("type", "is neither a string nor an array")),
            None if self.assertion_beside(&["enum", "const"]).is_none() => return Ok(Form::Any),
            None => vec!["null", "boolean", "number", "string", "array", "object"],
        };
        let mut forms = Vec::new();
        for name in &types {
            if *name == "integer" && types.contains(&"number") {
                continue;
            }
            forms.push(match *name {
                "null" => Form::Null,
                "boolean" => Form::Boolean,
                "integer" => Numbers::read(self, true)?,
                "number" => Numbers::read(self, false)?,
                "string" => Text::read(self)?,
                "array" => Array::read(self)?,
                "object" => Object::read(self)?,
                _ => return Err(self.malformed("type", "names no JSON type")),
            });
        }
        if forms.len() > 1 {
            let branches = forms.into_iter().map(|form| self.compiler.add(form, &self.place)).collect();
            return Ok(Form::Alternatives(Alternatives::of(branches)));
        }
        forms.pop().ok_or_else(|| self.malformed("type", "names no JSON type"))
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok()
}
