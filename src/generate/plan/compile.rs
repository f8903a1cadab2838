//! How does a schema become a plan?

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::documents::{Documents, Judge};
use super::expand::{Expanded, combinations, expand};
use super::keywords::Reader;
use super::{Form, Judged, Listed, Node, NodeId, Plan, disjoint, heights, loops, witness};
use crate::error::{Error, ErrorKind};
use crate::generate::kinds::{Alternatives, Array, Numbers, Object, Text};

/// More nodes than this are not made of one schema.
const MOST_NODES: usize = 60_000;
/// Branches of a `oneOf` that are also built so that no other holds, if there are no more.
const SEPARATED: usize = 4;

/// Conjunctions of schemas, waiting and done. Works off a list, so that no schema is too deep.
pub(crate) struct Compiler {
    pub(super) documents: Arc<Documents>,
    nodes: Vec<Node>,
    known: HashMap<String, NodeId>,
    waiting: Vec<(Vec<Value>, NodeId)>,
    /// Checked alternatives of which exactly one may hold, and these alternatives alone.
    exclusive: Vec<(NodeId, NodeId)>,
    /// A place where not all combinations were kept.
    incomplete: Option<String>,
    patterns: HashMap<String, Judge>,
}

impl Plan {
    /// Compiles a schema.
    pub(crate) fn of(schema: &Value) -> Result<Self, Error> {
        let documents = Arc::new(Documents::of(schema)?);
        Self::of_conjunction(documents, vec![Documents::root()])
    }

    /// Compiles what several schemas admit together.
    pub(super) fn of_conjunction(documents: Arc<Documents>, conjunction: Vec<Value>) -> Result<Self, Error> {
        let mut compiler = Compiler {
            documents,
            nodes: Vec::new(),
            known: HashMap::new(),
            waiting: Vec::new(),
            exclusive: Vec::new(),
            incomplete: None,
            patterns: HashMap::new(),
        };
        compiler.at(conjunction);
        while let Some((conjunction, id)) = compiler.waiting.pop() {
            if compiler.nodes.len() > MOST_NODES {
                let place = compiler.nodes[id.0].place.clone();
                let message = format!("comes to more than {MOST_NODES} combinations of schemas");
                return Err(Error::new(ErrorKind::Unsupported, place, message));
            }
            compiler.nodes[id.0].form = compiler.compile(&conjunction, id)?;
        }
        let mut plan = Self { nodes: compiler.nodes, incomplete: compiler.incomplete };
        loops::refuse(&plan)?;
        plan.narrow_lists();
        disjoint::lift_checks(&mut plan, &compiler.exclusive);
        heights::measure(&mut plan);
        witness::find(&mut plan);
        heights::judge(&plan)?;
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

fn only_reference(schema: &Value) -> Option<&str> {
    let members = schema.as_object().filter(|members| members.len() == 1)?;
    members.get("$ref")?.as_str()
}

impl Compiler {
    /// The node of what the schemas admit together.
    pub(super) fn at(&mut self, mut conjunction: Vec<Value>) -> NodeId {
        conjunction.retain(|part| *part != Value::Bool(true));
        let mut keyed: Vec<_> = conjunction.into_iter().map(|part| (part.to_string(), part)).collect();
        keyed.sort_by(|one, other| one.0.cmp(&other.0));
        keyed.dedup_by(|one, other| one.0 == other.0);
        let key = keyed.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>().join("\n");
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let conjunction: Vec<Value> = keyed.into_iter().map(|(_, part)| part).collect();
        let place = match conjunction.first() {
            Some(part) => match only_reference(part) {
                Some(reference) => self.documents.place(reference),
                None => part.get("$comment").and_then(Value::as_str).unwrap_or("#").to_owned(),
            },
            None => "#".to_owned(),
        };
        let id = self.add(Form::Never, &place);
        self.known.insert(key, id);
        self.waiting.push((conjunction, id));
        id
    }

    pub(super) fn add(&mut self, form: Form, place: &str) -> NodeId {
        self.nodes.push(Node { form, height: None, place: place.to_owned(), why: None, exact: None });
        NodeId(self.nodes.len() - 1)
    }

    /// Whether the pattern is found in the text.
    pub(super) fn matches(&mut self, pattern: &str, text: &str) -> bool {
        let documents = &self.documents;
        let judge = self
            .patterns
            .entry(pattern.to_owned())
            .or_insert_with(|| Judge::of(documents, vec![json!({"pattern": pattern})]));
        judge.accepts(&Value::String(text.to_owned()))
    }

    fn compile(&mut self, conjunction: &[Value], id: NodeId) -> Result<Form, Error> {
        if let [only] = conjunction
            && let Some(reference) = only_reference(only)
            && let read = self.documents.read(reference)?
            && let Some(target) = only_reference(&read)
        {
            return Ok(Form::Same(self.at(vec![json!({"$ref": target})])));
        }
        let expanded = expand(&self.documents, conjunction)?;
        if let Some((place, message)) = expanded.never {
            self.nodes[id.0].why = Some((place, message));
            return Ok(Form::Never);
        }
        let place = self.nodes[id.0].place.clone();
        if expanded.decisions.is_empty() {
            return self.leaf(expanded, &place, id);
        }
        let (combined, all) = combinations(&expanded.decisions);
        if !all {
            self.incomplete.get_or_insert_with(|| place.clone());
        }
        if !all || !expanded.residual.is_empty() {
            let parts = conjunction.iter().map(|part| part.as_object().map_or(part.clone(), judgeable));
            self.nodes[id.0].exact = Some(Judge::of(&self.documents, parts.collect()));
        }
        Ok(self.decide(expanded, &combined, &place))
    }

    fn decide(&mut self, expanded: Expanded, combined: &[Vec<Value>], place: &str) -> Form {
        let Expanded { flats, decisions, residual, checked, .. } = expanded;
        let flats: Vec<Value> = flats.into_iter().map(Value::Object).collect();
        let branch = |compiler: &mut Self, parts: &[Value]| compiler.at([&flats[..], parts].concat());
        let mut branches: Vec<NodeId> = combined.iter().map(|parts| branch(self, parts)).collect();
        branches.dedup();
        let Some((keyword, at)) = checked else {
            return Form::Alternatives(Alternatives::of(branches));
        };
        let plain = self.add(Form::Alternatives(Alternatives::of(branches.clone())), place);
        let mut inner = plain;
        let single = match &decisions[..] {
            [only] if only.exclusive && residual.len() == 1 => Some(only),
            _ => None,
        };
        if let Some(only) = single.filter(|only| only.branches.len() <= SEPARATED) {
            for (index, own) in only.branches.iter().enumerate() {
                let others = only.branches.iter().enumerate().filter(|(other, _)| *other != index);
                let others = others.map(|(_, other)| json!({"not": other[0], "$comment": place}));
                let parts: Vec<Value> = own.iter().cloned().chain(others).collect();
                branches.push(branch(self, &parts));
            }
            inner = self.add(Form::Alternatives(Alternatives::of(branches)), place);
        }
        let judge = Judge::of(&self.documents, residual);
        let judged = self.add(Form::Judged(Judged { inner, judge, good: None, dead: false, keyword }), &at);
        if single.is_some() {
            self.exclusive.push((judged, plain));
        }
        Form::Same(judged)
    }

    /// The form of schemas without references, applicators and decisions.
    fn leaf(&mut self, expanded: Expanded, place: &str, id: NodeId) -> Result<Form, Error> {
        let Expanded { flats, mut residual, mut checked, .. } = expanded;
        let itself: Vec<Value> = flats.iter().map(judgeable).collect();
        let mut reader = Reader {
            compiler: self,
            flats,
            place: place.to_owned(),
            check: None,
            never: None,
            intricate: false,
        };
        let form = reader.form()?;
        let (check, never, intricate) = (reader.check.take(), reader.never.take(), reader.intricate);
        if matches!(form, Form::Never) {
            self.nodes[id.0].why = never;
            return Ok(form);
        }
        if intricate || check.is_some() || !residual.is_empty() {
            let exact = itself.iter().chain(&residual).cloned().collect();
            self.nodes[id.0].exact = Some(Judge::of(&self.documents, exact));
        }
        if let Some(keyword) = check {
            residual.extend(itself);
            checked.get_or_insert_with(|| (keyword.to_owned(), format!("{place}/{keyword}")));
        }
        let Some((keyword, at)) = checked else { return Ok(form) };
        let inner = self.add(form, place);
        let judge = Judge::of(&self.documents, residual);
        Ok(Form::Judged(Judged { inner, judge, good: None, dead: false, keyword }).at(&at, self))
    }
}

impl Form {
    /// A form that stands at a place of its own.
    fn at(self, place: &str, compiler: &mut Compiler) -> Self {
        Form::Same(compiler.add(self, place))
    }
}

/// The keywords of a flat schema that mean the same wherever it stands.
fn judgeable(flat: &Map<String, Value>) -> Value {
    let mut flat = flat.clone();
    flat.remove("unevaluatedProperties");
    flat.remove("unevaluatedItems");
    Value::Object(flat)
}

impl Reader<'_> {
    fn form(&mut self) -> Result<Form, Error> {
        if self.all("enum").next().is_some() || self.all("const").next().is_some() {
            return Ok(self.listed());
        }
        self.typed()
    }

    fn listed(&mut self) -> Form {
        let lists = self.all("enum").filter_map(Value::as_array).cloned();
        let constants = self.all("const").map(|value| vec![value.clone()]);
        let mut lists: Vec<Vec<Value>> = lists.chain(constants).collect();
        let mut values = lists.remove(0);
        for list in lists {
            values.retain(|value| list.iter().any(|other| super::admits::same(value, other)));
        }
        values.sort_by_key(|value| !value.is_null());
        if self.flats.iter().any(|flat| flat.keys().any(|keyword| !LISTING.contains(&keyword.as_str()))) {
            let judge = Judge::of(&self.compiler.documents, self.flats.iter().map(judgeable).collect());
            values.retain(|value| judge.accepts(value));
        }
        let types: Vec<Value> = self.all("type").map(|types| json!({"type": types})).collect();
        let beside = if types.is_empty() { None } else { Some(self.compiler.at(types)) };
        if values.is_empty() {
            return self.nothing("enum", "lists nothing that the other keywords admit");
        }
        Form::Listed(Listed { values: Arc::from(values), beside })
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
