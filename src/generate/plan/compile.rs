//! Compiles a schema to a plan.

use std::collections::HashSet;
use std::sync::Arc;

use super::check::Check;
use super::conjunction::Part;
use super::documents::Documents;
use super::expand::{Decision, Expanded, combinations, expand};
use super::keywords::{Flats, Reader};
use super::kinds::Alternatives;
use super::nodes::{Compiler, Exclusive};
use super::{Checked, Plan, PlanNodeId, ValueSet, cases, disjoint, heights, loops, witness};
use crate::error::Error;
use crate::schema::AsSchema;
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Assertion};

/// Branches of a `oneOf` that are also built so that no other holds, if there are no more.
const SEPARATED: usize = 6;
/// Number of times a schema is compiled again because of a `oneOf` for which no value was found.
const ROUNDS: usize = 6;

impl Plan {
    /// Compiles a schema.
    pub(crate) fn of(schema: &impl AsSchema) -> Result<Self, Error> {
        let documents = Arc::new(Documents::of(schema)?);
        Self::of_conjunction(&documents, &[Part::ROOT])
    }

    /// Compiles what several schemas admit together.
    ///
    /// A `oneOf` is built by its branches and then checked. Where no value passes, the schema is compiled
    /// again with that one built so that no other branch holds: done everywhere, that would multiply
    /// combinations.
    pub(super) fn of_conjunction(documents: &Arc<Documents>, conjunction: &[Part]) -> Result<Self, Error> {
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
        heights::validate(&plan)?;
        Ok(plan)
    }

    /// A plan, and the conjunctions with a `oneOf` for which no value was found.
    fn attempt(
        documents: &Arc<Documents>,
        conjunction: &[Part],
        apart: HashSet<Vec<Part>>,
    ) -> Result<(Self, Vec<Vec<Part>>), Error> {
        let mut compiler = Compiler::of(documents, apart);
        compiler.at(conjunction.to_vec());
        while let Some((conjunction, id)) = compiler.waiting.pop() {
            compiler.has_room(id)?;
            documents.spend(1 + compiler.combined, &compiler.nodes[id.0].location)?;
            compiler.combined = 0;
            compiler.nodes[id.0].value_set = compiler.compile(&conjunction, id)?;
        }
        let mut plan = Self {
            nodes: compiler.nodes,
            incomplete: compiler.incomplete,
            heavy: None,
            takes_examples: false,
            documents: Arc::clone(documents),
            known: compiler.known,
        };
        loops::refuse(&plan)?;
        disjoint::lift_checks(&mut plan, &compiler.exclusive, documents)?;
        heights::measure(&mut plan);
        witness::find(&mut plan, documents)?;
        let dead = compiler.exclusive.into_iter().filter(|exclusive| plan.is_dead(exclusive.checked));
        let dead = dead.map(|exclusive| exclusive.conjunction).collect();
        Ok((plan, dead))
    }

    fn is_dead(&self, id: PlanNodeId) -> bool {
        matches!(&self.node(id).value_set, ValueSet::Checked(checked) if checked.dead)
    }
}

impl Compiler {
    fn compile(&mut self, conjunction: &[Part], id: PlanNodeId) -> Result<ValueSet, Error> {
        if let Some(node) = self.documents.only(conjunction)
            && let ([], None, [Applicator::Reference(target)]) =
                (&node.assertions[..], &node.unasserted_format, &node.applicators[..])
        {
            let target = Part::Keeps(*target);
            return Ok(ValueSet::Same(self.at(vec![target])));
        }
        let mut expanded = expand(&self.documents, conjunction)?;
        self.prune(&mut expanded, id)?;
        if let Some((location, message)) = expanded.never {
            self.nodes[id.0].why = Some((location, message));
            return Ok(ValueSet::Never);
        }
        let location = self.nodes[id.0].location.clone();
        if expanded.decisions.is_empty() {
            return self.leaf(expanded, &location, id);
        }
        let (mut combined, mut all) = combinations(&expanded.decisions);
        if !all {
            cases::decide(&self.documents, &mut expanded, &location)?;
            (combined, all) = combinations(&expanded.decisions);
        }
        self.documents.spend(combined.iter().map(Vec::len).sum(), &location)?;
        let keyword = expanded.decisions.iter().max_by_key(|decision| decision.branches.len());
        let keyword = keyword.map_or(names::ALL_OF, |decision| decision.keyword);
        self.widest = self.widest.max((combined.len(), keyword));
        if !all {
            self.incomplete.get_or_insert_with(|| location.clone());
        }
        if !all || !expanded.residual.is_empty() {
            self.nodes[id.0].exact = Some(Check::of(&self.documents, conjunction.to_vec()));
        }
        Ok(self.decide(expanded, &combined, &location, conjunction))
    }

    /// Drops branches that only list values that the parts beside them refuse: of two long lists that cross,
    /// all combinations but a few.
    fn prune(&self, expanded: &mut Expanded, id: PlanNodeId) -> Result<(), Error> {
        let Some(first) = expanded.flats.first() else { return Ok(()) };
        let location = self.documents.location(first.subschema());
        let beside = Check::of(&self.documents, expanded.flats.clone());
        for decision in &mut expanded.decisions {
            let mut kept = Vec::new();
            for branch in decision.branches.drain(..) {
                let mut empty = false;
                for part in &branch {
                    let Part::Keeps(branch) = part else { continue };
                    let assertions = &self.documents.model.node(*branch).assertions;
                    for list in assertions {
                        let Assertion::Values { values, .. } = list else { continue };
                        self.documents.spend(1 + values.len(), &self.nodes[id.0].location)?;
                        empty |= !values.iter().any(|value| beside.accepts(value));
                    }
                }
                if !empty {
                    kept.push(branch);
                }
            }
            if kept.is_empty() {
                let keyword = decision.keyword;
                let message = format!("`{keyword}` lists nothing that the other keywords admit");
                expanded.never.get_or_insert((format!("{location}/{keyword}"), message));
            }
            decision.branches = kept;
        }
        Ok(())
    }

    fn decide(
        &mut self,
        expanded: Expanded,
        combined: &[Vec<Part>],
        location: &str,
        conjunction: &[Part],
    ) -> ValueSet {
        let Expanded { flats, decisions, residual, checked, .. } = expanded;
        let branch = |compiler: &mut Self, parts: &[Part]| compiler.at([&flats[..], parts].concat());
        let mut branches: Vec<PlanNodeId> = combined.iter().map(|parts| branch(self, parts)).collect();
        branches.dedup();
        let Some((keyword, at)) = checked else {
            return ValueSet::Alternatives(Alternatives::of(branches));
        };
        let plain = self.add(ValueSet::Alternatives(Alternatives::of(branches.clone())), location);
        let mut inner = plain;
        let single = match &decisions[..] {
            [only] if only.keyword == names::ONE_OF && residual.len() == 1 => Some(only),
            _ => None,
        };
        let separable =
            |only: &&Decision| only.branches.len() <= SEPARATED && self.apart.contains(conjunction);
        if let Some(only) = single.filter(separable) {
            for (index, own) in only.branches.iter().enumerate() {
                let others = only.branches.iter().enumerate().filter(|(other, _)| *other != index);
                let others = others.filter_map(|(_, other)| match other[..] {
                    [Part::Keeps(other)] => Some(Part::Breaks(other)),
                    _ => None,
                });
                let parts: Vec<Part> = own.iter().cloned().chain(others).collect();
                branches.push(branch(self, &parts));
            }
            inner = self.add(ValueSet::Alternatives(Alternatives::of(branches)), location);
        }
        let single = single.is_some();
        let check = Check::of(&self.documents, residual);
        let checked =
            self.add(ValueSet::Checked(Checked { inner, check, good: None, dead: false, keyword }), &at);
        if single {
            self.exclusive.push(Exclusive { checked, plain, conjunction: conjunction.to_vec() });
        }
        ValueSet::Same(checked)
    }

    /// The form of parts without references, applicators and decisions.
    fn leaf(&mut self, expanded: Expanded, location: &str, id: PlanNodeId) -> Result<ValueSet, Error> {
        let Expanded { flats, mut residual, mut checked, .. } = expanded;
        let documents = Arc::clone(&self.documents);
        let mut reader = Reader {
            compiler: self,
            flats: Flats { documents: Arc::clone(&documents), parts: flats.into() },
            location: location.to_owned(),
            check: None,
            never: None,
            intricate: false,
        };
        let value_set = reader.value_set()?;
        let (check, never, intricate) = (reader.check.take(), reader.never.take(), reader.intricate);
        let itself = reader.flats.parts.to_vec();
        if matches!(value_set, ValueSet::Never) {
            self.nodes[id.0].why = never;
            return Ok(value_set);
        }
        if intricate || check.is_some() || !residual.is_empty() {
            let exact = itself.iter().chain(&residual).cloned().collect();
            self.nodes[id.0].exact = Some(Check::of(&documents, exact));
        }
        if let Some(keyword) = check {
            residual.extend(itself);
            checked.get_or_insert_with(|| (keyword, format!("{location}/{keyword}")));
        }
        let Some((keyword, at)) = checked else { return Ok(value_set) };
        let inner = self.add(value_set, location);
        let check = Check::of(&documents, residual);
        Ok(ValueSet::Same(
            self.add(ValueSet::Checked(Checked { inner, check, good: None, dead: false, keyword }), &at),
        ))
    }
}
