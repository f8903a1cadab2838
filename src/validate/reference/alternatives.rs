//! Chooses the `anyOf` or `oneOf` branch whose violations are reported.

use std::cmp::Reverse;
use std::collections::HashSet;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::types::JsonType;
use serde_json::Value;

use super::super::message::{self, Message};
use super::evaluate::Evaluation;
use super::expected::{self, Expected};
use super::explain::{expected_types, list};
use super::notes::Notes;
use super::score::{Mode, Score};
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, NodeId};

/// Branches that fit equally well and are reported together.
const MAX_TIED: usize = 100;
/// Errors of each of them; of more, only the first branch is reported.
const MAX_TOGETHER: u64 = 100;
/// Unions inside each other of which several branches are reported. Each evaluates all that is inside it once
/// more; further inside, only the first branch is reported.
pub(super) const MAX_TIES: usize = 2;

/// What is said of a value that fits none of the alternatives.
enum Choice {
    /// What this one says; it is the only one for values of this type.
    Only(NodeId),
    /// What these say, which come closest and fit equally well.
    Closest(Vec<NodeId>),
    /// Something about all of them.
    Report(Message),
    /// What all of them expect.
    Expected(Expected),
}

/// How well a value fits an alternative, the best first: by the members that tell alternatives apart, by how
/// far inside the first error is, by the number of errors. What fits equally well is told apart by what the
/// errors are, so that the order of alternatives makes no difference.
type Rank = (usize, Reverse<usize>, Reverse<u32>, u64, u64);

impl<'p> Evaluation<'p, '_> {
    pub(super) fn alternatives(
        &mut self,
        id: NodeId,
        (keyword, branches): (&'static str, &'p [NodeId]),
        value: &Value,
        mode: Mode,
        mut notes: Option<&mut Notes>,
    ) -> Score {
        let one = keyword == names::ONE_OF;
        let before = self.instrumentation.remembered();
        let mut matched = 0;
        for branch in branches {
            let mut own = notes.is_some().then(Notes::default);
            if !self.run(*branch, value, Mode::Verdict, own.as_mut()).is_valid() {
                continue;
            }
            matched += 1;
            if let (Some(notes), Some(own)) = (notes.as_deref_mut(), &own) {
                notes.add(own);
            }
            if if one { matched > 1 } else { notes.is_none() } {
                break;
            }
        }
        match matched {
            0 if mode == Mode::Verdict => Score::ONE,
            0 => self.closest(id, (keyword, branches), value, mode, notes),
            2.. if one => {
                let message = message::violation(keyword, "matches more than one branch");
                self.fault(id, keyword, value, mode, message)
            }
            _ => {
                self.instrumentation.forget(before);
                Score::NONE
            }
        }
    }

    fn closest(
        &mut self,
        id: NodeId,
        (keyword, branches): (&'static str, &'p [NodeId]),
        value: &Value,
        mode: Mode,
        notes: Option<&mut Notes>,
    ) -> Score {
        match self.choose(keyword, branches, value) {
            Choice::Report(message) => self.fault(id, keyword, value, mode, message),
            Choice::Only(branch) => self.run(branch, value, mode, notes),
            Choice::Expected(expected) => {
                let message = expected.message();
                self.fault_of((id, keyword), value, mode, message, Some(expected))
            }
            Choice::Closest(tied) => {
                let outer = self.closest.replace((keyword, branches.len()));
                let score = if mode == Mode::Report && tied.len() > 1 && self.ties < MAX_TIES {
                    self.report_all(&tied, value, notes)
                } else {
                    self.run(tied[0], value, mode, notes)
                };
                self.closest = outer;
                score
            }
        }
    }

    /// Reports what the first of these branches says, with what the others expect of the same values.
    fn report_all(&mut self, tied: &[NodeId], value: &Value, notes: Option<&mut Notes>) -> Score {
        let others = self.violations_of(&tied[1..], value);
        self.held.push(Vec::new());
        self.ties += 1;
        let score = self.run(tied[0], value, Mode::Report, notes);
        self.ties -= 1;
        let first = self.held.pop().unwrap_or_default();
        for held in expected::together(first, &others) {
            self.hand_over(held);
        }
        score
    }

    fn choose(&mut self, keyword: &'static str, branches: &'p [NodeId], value: &Value) -> Choice {
        let branches = &self.flat(branches, value);
        let types: Vec<_> = branches.iter().map(|branch| self.type_error(*branch, value)).collect();
        let fitting = branches.iter().zip(&types).filter(|(_, types)| types.is_none());
        let fitting: Vec<NodeId> = fitting.map(|(branch, _)| *branch).collect();
        let ranked: Vec<_> = fitting.iter().map(|branch| self.rank(*branch, value)).collect();
        if let [branch] = fitting[..] {
            return Choice::Only(branch);
        }
        if fitting.is_empty() {
            if value.is_null() {
                return Choice::Report(message::null());
            }
            let mut expected = Vec::new();
            for one in types.into_iter().flatten().flatten() {
                if !expected.contains(&one) {
                    expected.push(one);
                }
            }
            return Choice::Expected(Expected::types(value, expected));
        }
        if let Some(listed) = self.listed(&fitting, value) {
            if value.is_null() {
                return Choice::Report(message::null());
            }
            return Choice::Expected(Expected::values(value, expected::distinct(listed)));
        }
        let mut order: Vec<usize> = (0..fitting.len()).collect();
        order.sort_by_key(|at| ranked[*at]);
        let (best, second) = (ranked[order[0]], ranked[order[1]]);
        let all_alike = (best.0, best.1, best.2, best.3) == (second.0, second.1, second.2, second.3)
            && best.2 == Reverse(0);
        if all_alike || !(value.is_object() || value.is_array()) {
            let how = format!("matches none of the {} branches", branches.len());
            return Choice::Report(message::violation(keyword, &how));
        }
        let max = if best.3 <= MAX_TOGETHER { MAX_TIED } else { 1 };
        let tied = order.iter().take_while(|at| ranked[**at] == best).map(|at| fitting[*at]);
        Choice::Closest(tied.take(max).collect())
    }

    /// The alternatives, and instead of those that only combine others, these.
    fn flat(&mut self, branches: &'p [NodeId], value: &Value) -> Vec<NodeId> {
        let (mut seen, mut flat) = (HashSet::new(), Vec::new());
        let mut waiting: Vec<NodeId> = branches.iter().rev().copied().collect();
        while let Some(branch) = waiting.pop() {
            if !seen.insert(branch) {
                continue;
            }
            match self.only_alternatives(branch) {
                // Of several that match, that is wrong.
                Some(inner)
                    if !inner.iter().any(|one| self.run(*one, value, Mode::Verdict, None).is_valid()) =>
                {
                    waiting.extend(inner.iter().rev());
                }
                _ => flat.push(branch),
            }
        }
        flat
    }

    /// The alternatives that a subschema combines, if it says nothing else.
    fn only_alternatives(&self, branch: NodeId) -> Option<&'p [NodeId]> {
        let program = self.program;
        let mut found = None;
        for id in program.model.conjunction(branch) {
            let node = &program.model.nodes[id as usize];
            if node.boolean == Some(false) || program.validator(id).is_some() || node.pattern().is_some() {
                return None;
            }
            for applicator in &node.applicators {
                match applicator {
                    Applicator::Reference(_) | Applicator::AllOf(_) => {}
                    Applicator::AnyOf(inner) | Applicator::OneOf(inner) if found.is_none() => {
                        found = Some(inner.as_slice());
                    }
                    _ => return None,
                }
            }
        }
        found
    }

    fn rank(&mut self, branch: NodeId, value: &Value) -> Rank {
        let (mut differ, mut agree) = (0, 0);
        for (name, node) in self.discriminators(branch, value) {
            let member = value.get(&name);
            match member.map(|member| self.run(node, member, Mode::Verdict, None).is_valid()) {
                Some(true) => agree += 1,
                Some(false) => differ += 1,
                None => {}
            }
        }
        let Score { errors, depth, mark } = self.run(branch, value, Mode::Count, None);
        (differ, Reverse(agree), Reverse(depth), errors, mark)
    }

    /// The members of a value for which an alternative lists the values.
    fn discriminators(&self, branch: NodeId, value: &Value) -> Vec<(String, NodeId)> {
        let mut found = Vec::new();
        let Some(object) = value.as_object() else { return found };
        for node in self.program.model.conjunction(branch) {
            for applicator in &self.program.model.nodes[node as usize].applicators {
                let Applicator::Properties(members) = applicator else { continue };
                let present = members.named.iter().filter(|(name, _)| object.contains_key(*name));
                let listing = present.filter(|(name, node)| {
                    !self.instrumentation.accepts(**node, &object[*name])
                        && self.lists(**node, &mut HashSet::new())
                });
                found.extend(listing.map(|(name, node)| (name.clone(), *node)));
            }
        }
        found
    }

    /// Whether a subschema lists the values that it allows, by itself or by alternatives that all do.
    fn lists(&self, branch: NodeId, seen: &mut HashSet<NodeId>) -> bool {
        let model = &self.program.model;
        model.conjunction(branch).into_iter().any(|id| {
            let node = &model.nodes[id as usize];
            let mut each = |inner: &[NodeId]| {
                inner.iter().all(|one| !seen.insert(*one) || self.lists(*one, seen)) && !inner.is_empty()
            };
            node.lists_values()
                || node.applicators.iter().any(|one| match one {
                    Applicator::AnyOf(inner) | Applicator::OneOf(inner) => each(inner),
                    _ => false,
                })
        })
    }

    /// The types that a subschema asks for, if the value has another one.
    fn type_error(&self, branch: NodeId, value: &Value) -> Option<Vec<JsonType>> {
        self.program.model.conjunction(branch).into_iter().find_map(|node| {
            let validator = self.program.validator(node).filter(|validator| !validator.is_valid(value))?;
            let errors = self.errors(node, validator, value, Mode::Verdict);
            errors.iter().find_map(|error| match error.kind() {
                Kind::Type { kind } => Some(expected_types(kind)),
                _ => None,
            })
        })
    }

    /// The values that the alternatives list, when listing values is all that they do.
    fn listed(&mut self, branches: &[NodeId], value: &Value) -> Option<Vec<Value>> {
        let (mut listed, mut seen) = (Vec::new(), HashSet::new());
        branches.iter().try_for_each(|branch| self.list(*branch, value, &mut listed, &mut seen))?;
        Some(listed)
    }

    /// Adds the values that a subschema lists, by itself or by alternatives, if nothing else is wrong.
    fn list(
        &mut self,
        branch: NodeId,
        value: &Value,
        listed: &mut Vec<Value>,
        seen: &mut HashSet<NodeId>,
    ) -> Option<()> {
        if !seen.insert(branch) {
            return Some(());
        }
        let (program, mut found) = (self.program, 0);
        for node in program.model.conjunction(branch) {
            for applicator in &program.model.nodes[node as usize].applicators {
                if let Applicator::AnyOf(inner) | Applicator::OneOf(inner) = applicator
                    && !inner.iter().any(|one| self.run(*one, value, Mode::Verdict, None).is_valid())
                {
                    inner.iter().try_for_each(|one| self.list(*one, value, listed, seen))?;
                    found += 1;
                }
            }
            let Some(validator) = program.validator(node) else { continue };
            for error in self.errors(node, validator, value, Mode::Verdict) {
                match error.kind() {
                    Kind::Enum { options } => listed.extend(list(options).to_vec()),
                    Kind::Constant { expected_value } => listed.push((**expected_value).clone()),
                    _ => return None,
                }
                found += 1;
            }
            for values in self.lists_without(node, value) {
                listed.extend(values.to_vec());
                found += 1;
            }
        }
        (self.run(branch, value, Mode::Count, None).errors == found).then_some(())
    }
}
