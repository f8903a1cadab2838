//! How does a schema become a plan?

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::documents::Documents;
use super::expand::{Decision, Expanded, combinations, expand};
use super::judge::Judge;
use super::keywords::Reader;
use super::{Form, Judged, Listed, Node, NodeId, Plan, disjoint, heights, loops, witness};
use crate::error::{Error, ErrorKind};
use crate::generate::kinds::Alternatives;
use crate::schema::AsSchema;

/// More nodes than this are not made of one schema.
const MOST_NODES: usize = 60_000;
/// Branches of a `oneOf` that are also built so that no other holds, if there are no more.
const SEPARATED: usize = 6;
/// So many bytes of a conjunction's text are a step of work.
const STEP: usize = 32;
/// How often a schema is compiled again because of a `oneOf` for which no value was found.
const ROUNDS: usize = 6;

/// Conjunctions of schemas, waiting and done. Works off a list, so that no schema is too deep.
pub(crate) struct Compiler {
    pub(super) documents: Arc<Documents>,
    nodes: Vec<Node>,
    known: HashMap<String, NodeId>,
    waiting: Vec<(Vec<Value>, NodeId)>,
    exclusive: Vec<Exclusive>,
    /// The conjunctions whose `oneOf` is built branch by branch so that no other holds.
    apart: HashSet<String>,
    /// A place where not all combinations were kept.
    incomplete: Option<String>,
    /// The keyword that gave the most branches, and how many.
    widest: (usize, &'static str),
    patterns: HashMap<String, Judge>,
    /// How many bytes of keys were written that are not paid for.
    written: usize,
}

/// Alternatives of which exactly one may hold.
pub(super) struct Exclusive {
    /// They, checked.
    pub(super) judged: NodeId,
    /// They alone.
    pub(super) plain: NodeId,
    /// The conjunction that they come from.
    key: String,
}

impl Plan {
    /// Compiles a schema.
    pub(crate) fn of(schema: &impl AsSchema) -> Result<Self, Error> {
        let documents = Arc::new(Documents::of(schema)?);
        Self::of_conjunction(&documents, &[Documents::root()])
    }

    /// Compiles what several schemas admit together.
    ///
    /// A `oneOf` is built by its branches and then checked. Where no value passes, the schema is compiled again with
    /// that one built so that no other branch holds: done everywhere, that would multiply combinations.
    pub(super) fn of_conjunction(documents: &Arc<Documents>, conjunction: &[Value]) -> Result<Self, Error> {
        let (mut plan, mut dead) = Self::attempt(documents, conjunction, HashSet::new())?;
        let mut apart = HashSet::new();
        for _ in 0..ROUNDS {
            let known = apart.len();
            apart.extend(dead);
            if apart.len() == known {
                break;
            }
            match Self::attempt(documents, conjunction, apart.clone()) {
                Ok(better) => (plan, dead) = better,
                Err(_) if plan.is_finite(Self::ROOT) => break,
                Err(error) => return Err(error),
            }
        }
        heights::judge(&plan)?;
        Ok(plan)
    }

    /// A plan, and the conjunctions with a `oneOf` for which no value was found.
    fn attempt(
        documents: &Arc<Documents>,
        conjunction: &[Value],
        apart: HashSet<String>,
    ) -> Result<(Self, Vec<String>), Error> {
        let mut compiler = Compiler {
            documents: documents.clone(),
            nodes: Vec::new(),
            known: HashMap::new(),
            waiting: Vec::new(),
            exclusive: Vec::new(),
            apart,
            incomplete: None,
            widest: (0, "allOf"),
            patterns: HashMap::new(),
            written: 0,
        };
        compiler.at(conjunction.to_vec());
        while let Some((conjunction, id)) = compiler.waiting.pop() {
            if compiler.nodes.len() > MOST_NODES {
                return Err(compiler.too_many(id));
            }
            documents.spend(1 + compiler.written / STEP, &compiler.nodes[id.0].place)?;
            compiler.written = 0;
            compiler.nodes[id.0].form = compiler.compile(&conjunction, id)?;
        }
        let mut plan = Self { nodes: compiler.nodes, incomplete: compiler.incomplete, heavy: None };
        loops::refuse(&plan)?;
        plan.narrow_lists(documents)?;
        disjoint::lift_checks(&mut plan, &compiler.exclusive, documents)?;
        heights::measure(&mut plan);
        witness::find(&mut plan, documents)?;
        let dead = compiler.exclusive.into_iter().filter(|exclusive| plan.is_dead(exclusive.judged));
        let dead = dead.map(|exclusive| exclusive.key).collect();
        Ok((plan, dead))
    }

    fn is_dead(&self, id: NodeId) -> bool {
        matches!(&self.node(id).form, Form::Judged(judged) if judged.dead)
    }

    /// Takes out of every list what the keywords beside it do not admit.
    fn narrow_lists(&mut self, documents: &Documents) -> Result<(), Error> {
        for index in 0..self.nodes.len() {
            let Form::Listed(Listed { values, beside: Some(beside) }) = &self.nodes[index].form else {
                continue;
            };
            let (beside, values) = (*beside, values.clone());
            documents.spend(values.len(), &self.nodes[index].place)?;
            let kept: Vec<_> = values.iter().filter(|value| self.admits(beside, value)).cloned().collect();
            let narrowed = Listed { values: Arc::from(kept), beside: Some(beside) };
            self.nodes[index].form = Form::Listed(narrowed);
        }
        Ok(())
    }
}

fn only_reference(schema: &Value) -> Option<&str> {
    let members = schema.as_object().filter(|members| members.len() == 1)?;
    members.get("$ref")?.as_str()
}

/// Where the first of these schemas stands.
fn place_of(flats: &[Map<String, Value>]) -> &str {
    flats.first().and_then(|flat| flat.get("$comment")).and_then(Value::as_str).unwrap_or_default()
}

/// The same for schemas that say the same.
fn key(conjunction: &[Value]) -> String {
    conjunction.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

impl Compiler {
    fn too_many(&self, id: NodeId) -> Error {
        let (branches, keyword) = self.widest;
        let message = format!(
            "comes to more than {MOST_NODES} combinations of schemas; `{keyword}` gives {branches} at one place"
        );
        Error::new(ErrorKind::Unsupported, self.nodes[id.0].place.clone(), message)
    }

    /// The node of what the schemas admit together.
    pub(super) fn at(&mut self, mut conjunction: Vec<Value>) -> NodeId {
        conjunction.retain(|part| *part != Value::Bool(true));
        conjunction.sort_by_cached_key(Value::to_string);
        conjunction.dedup();
        let key = key(&conjunction);
        self.written += key.len();
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
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
        let place = place.to_owned();
        self.nodes.push(Node { form, height: None, weight: u64::MAX, place, why: None, exact: None });
        NodeId(self.nodes.len() - 1)
    }

    /// What says whether the pattern is found in a text.
    pub(super) fn pattern(&mut self, pattern: &str) -> Judge {
        let documents = &self.documents;
        let judge = self
            .patterns
            .entry(pattern.to_owned())
            .or_insert_with(|| Judge::of(documents, vec![json!({"pattern": pattern})]));
        judge.clone()
    }

    fn compile(&mut self, conjunction: &[Value], id: NodeId) -> Result<Form, Error> {
        if let [only] = conjunction
            && let Some(reference) = only_reference(only)
            && let read = self.documents.read(reference)
            && let Some(target) = only_reference(&read)
        {
            return Ok(Form::Same(self.at(vec![json!({"$ref": target})])));
        }
        let mut expanded = expand(&self.documents, conjunction)?;
        self.prune(&mut expanded, id)?;
        if let Some((place, message)) = expanded.never {
            self.nodes[id.0].why = Some((place, message));
            return Ok(Form::Never);
        }
        let place = self.nodes[id.0].place.clone();
        if expanded.decisions.is_empty() {
            return self.leaf(expanded, &place, id);
        }
        let (combined, all) = combinations(&expanded.decisions);
        self.documents.spend(combined.iter().map(Vec::len).sum(), &place)?;
        let keyword = expanded.decisions.iter().max_by_key(|decision| decision.branches.len());
        let keyword = keyword.map_or("allOf", |decision| decision.keyword);
        self.widest = self.widest.max((combined.len(), keyword));
        if !all {
            self.incomplete.get_or_insert_with(|| place.clone());
        }
        if !all || !expanded.residual.is_empty() {
            let parts = conjunction.iter().map(|part| part.as_object().map_or(part.clone(), judgeable));
            self.nodes[id.0].exact = Some(Judge::of(&self.documents, parts.collect()));
        }
        Ok(self.decide(expanded, &combined, &place, key(conjunction)))
    }

    /// Drops branches that only list values that the schemas beside them refuse: of two long lists that cross, all
    /// combinations but a few.
    fn prune(&self, expanded: &mut Expanded, id: NodeId) -> Result<(), Error> {
        if expanded.flats.is_empty() {
            return Ok(());
        }
        let beside = Judge::of(&self.documents, expanded.flats.iter().map(judgeable).collect());
        for decision in &mut expanded.decisions {
            let mut kept = Vec::new();
            for branch in decision.branches.drain(..) {
                let read =
                    branch.iter().filter_map(only_reference).map(|reference| self.documents.read(reference));
                let mut empty = false;
                for read in read {
                    let listed = read.get("enum").and_then(Value::as_array);
                    let constant = read.get("const").map(std::slice::from_ref);
                    let values = listed.map(Vec::as_slice).or(constant);
                    self.documents.spend(1 + values.map_or(0, <[_]>::len), &self.nodes[id.0].place)?;
                    empty |= values.is_some_and(|values| !values.iter().any(|value| beside.accepts(value)));
                }
                if !empty {
                    kept.push(branch);
                }
            }
            if kept.is_empty() {
                let (keyword, place) = (decision.keyword, place_of(&expanded.flats));
                let said = format!("`{keyword}` lists nothing that the other keywords admit");
                expanded.never.get_or_insert((format!("{place}/{keyword}"), said));
            }
            decision.branches = kept;
        }
        Ok(())
    }

    fn decide(&mut self, expanded: Expanded, combined: &[Vec<Value>], place: &str, key: String) -> Form {
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
            [only] if only.keyword == "oneOf" && residual.len() == 1 => Some(only),
            _ => None,
        };
        let separable = |only: &&Decision| only.branches.len() <= SEPARATED && self.apart.contains(&key);
        if let Some(only) = single.filter(separable) {
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
            self.exclusive.push(Exclusive { judged, plain, key });
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
pub(super) fn judgeable(flat: &Map<String, Value>) -> Value {
    let mut flat = flat.clone();
    flat.remove("unevaluatedProperties");
    flat.remove("unevaluatedItems");
    Value::Object(flat)
}
