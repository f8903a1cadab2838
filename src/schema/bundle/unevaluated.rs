//! `unevaluatedProperties` and `unevaluatedItems` in drafts that do not have them.
//!
//! Which properties and items are evaluated depends on which subschemas are valid for the value. A decision
//! asks for one after the other, as `if` with `then` and `else`; where all answers are known, the evaluated
//! ones are known, and what is said of the others is said by `additionalProperties` or `additionalItems`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::keywords::names;
use super::super::model::{Applicator, NodeId};
use super::Bundle;
use crate::error::Error;

/// Maximum number of combinations of answers.
const MAX_LEAVES: usize = 256;

/// What is said of properties or items that nothing evaluates.
pub(super) enum Decision {
    /// There are none.
    Nothing,
    /// All but the evaluated ones satisfy a subschema.
    Rest(Evaluated, NodeId),
    If(Test, Box<Self>, Box<Self>),
}

/// What is known to be evaluated.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Evaluated {
    /// Names and patterns of properties.
    properties: BTreeSet<String>,
    patterns: BTreeSet<String>,
    /// Number of items at the beginning.
    prefix: usize,
    /// Subschemas whose items are evaluated, wherever they are.
    contains: BTreeSet<NodeId>,
    /// Whether there can be no others.
    everything: bool,
}

/// What decides whether further subschemas evaluate something.
#[derive(Clone, PartialEq)]
pub(super) enum Test {
    Subschema(NodeId),
    Property(String),
}

/// A test, and the subschemas that evaluate something if it passes, and if it does not.
#[derive(Clone)]
struct Choice {
    test: Test,
    passed: Vec<NodeId>,
    failed: Vec<NodeId>,
}

/// What is being asked for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of {
    Properties,
    Items,
}

impl Decision {
    /// The subschemas that are written in more than one location because of it.
    pub(super) fn repeated(&self) -> BTreeSet<NodeId> {
        match self {
            Self::Nothing => BTreeSet::new(),
            Self::Rest(evaluated, _) => evaluated.contains.clone(),
            Self::If(test, passed, failed) => {
                let mut found = passed.repeated();
                found.extend(failed.repeated());
                found.extend([passed, failed].into_iter().filter_map(|decision| match **decision {
                    Self::Rest(_, inner) => Some(inner),
                    _ => None,
                }));
                if let Test::Subschema(id) = test {
                    found.insert(*id);
                }
                found
            }
        }
    }
}

impl Bundle<'_> {
    /// The decision of a node; nothing if there are too many combinations.
    pub(super) fn decide(&self, id: NodeId, inner: NodeId, of: Of) -> Option<Decision> {
        let (mut evaluated, mut choices) = (Evaluated::default(), Vec::new());
        for applicator in &self.model.node(id).applicators {
            // Its own is the question.
            if !matches!(applicator, Applicator::UnevaluatedProperties(_) | Applicator::UnevaluatedItems(_)) {
                self.collect_from(applicator, of, &mut evaluated, &mut choices);
            }
        }
        let mut leaves = MAX_LEAVES;
        self.decided(evaluated, choices, inner, of, &mut leaves)
    }

    fn decided(
        &self,
        evaluated: Evaluated,
        mut choices: Vec<Choice>,
        inner: NodeId,
        of: Of,
        leaves: &mut usize,
    ) -> Option<Decision> {
        let next = if evaluated.everything { None } else { choices.pop() };
        let Some(choice) = next else {
            *leaves = leaves.checked_sub(1)?;
            let is_all = evaluated.everything;
            return Some(if is_all { Decision::Nothing } else { Decision::Rest(evaluated, inner) });
        };
        let mut after = |nodes: &[NodeId]| {
            let (mut evaluated, mut choices) = (evaluated.clone(), choices.clone());
            for id in nodes {
                self.collect(*id, of, &mut evaluated, &mut choices);
            }
            self.decided(evaluated, choices, inner, of, leaves)
        };
        let (passed, failed) = (after(&choice.passed)?, after(&choice.failed)?);
        Some(Decision::If(choice.test, Box::new(passed), Box::new(failed)))
    }

    /// Adds what a node evaluates of a value for which it is valid.
    fn collect(&self, id: NodeId, of: Of, evaluated: &mut Evaluated, choices: &mut Vec<Choice>) {
        for applicator in &self.model.node(id).applicators {
            self.collect_from(applicator, of, evaluated, choices);
        }
    }

    fn collect_from(
        &self,
        applicator: &Applicator,
        of: Of,
        evaluated: &mut Evaluated,
        choices: &mut Vec<Choice>,
    ) {
        let mut choose = |test: Test, passed: Vec<NodeId>, failed: Vec<NodeId>| {
            if passed.iter().chain(&failed).any(|id| self.evaluates(*id, of)) {
                choices.push(Choice { test, passed, failed });
            }
        };
        match applicator {
            Applicator::Reference(node) => self.collect(*node, of, evaluated, choices),
            Applicator::AllOf(nodes) => {
                for node in nodes {
                    self.collect(*node, of, evaluated, choices);
                }
            }
            Applicator::AnyOf(nodes) | Applicator::OneOf(nodes) => {
                for node in nodes {
                    choose(Test::Subschema(*node), vec![*node], Vec::new());
                }
            }
            Applicator::If { test, then, otherwise } => {
                let passed = [*test].into_iter().chain(*then).collect();
                choose(Test::Subschema(*test), passed, otherwise.iter().copied().collect());
            }
            // They apply to objects alone.
            Applicator::Dependent(nodes) if of == Of::Properties => {
                for (name, node) in nodes {
                    choose(Test::Property(name.clone()), vec![*node], Vec::new());
                }
            }
            Applicator::Properties(properties) if of == Of::Properties => {
                evaluated.properties.extend(properties.named.keys().cloned());
                evaluated.patterns.extend(properties.patterns.iter().map(|one| one.source.clone()));
                evaluated.everything |= properties.additional.is_some();
            }
            Applicator::Items { prefix, rest, .. } if of == Of::Items => {
                evaluated.prefix = evaluated.prefix.max(prefix.len());
                evaluated.everything |= rest.is_some();
            }
            Applicator::Contains(contains) if of == Of::Items && contains.evaluates => {
                evaluated.contains.insert(contains.item);
            }
            Applicator::UnevaluatedProperties(_) => evaluated.everything |= of == Of::Properties,
            Applicator::UnevaluatedItems(_) => evaluated.everything |= of == Of::Items,
            _ => {}
        }
    }

    /// Whether a node can evaluate anything.
    fn evaluates(&self, id: NodeId, of: Of) -> bool {
        let (mut pending, mut seen) = (vec![id], BTreeSet::new());
        while let Some(id) = pending.pop() {
            if !seen.insert(id) {
                continue;
            }
            for applicator in &self.model.node(id).applicators {
                let found = match applicator {
                    Applicator::Not(_) => continue,
                    Applicator::Dependent(_) if of == Of::Items => continue,
                    Applicator::Properties(_) | Applicator::UnevaluatedProperties(_) => of == Of::Properties,
                    Applicator::Items { .. } | Applicator::UnevaluatedItems(_) => of == Of::Items,
                    Applicator::Contains(contains) => of == Of::Items && contains.evaluates,
                    _ => false,
                };
                if found {
                    return true;
                }
                pending.extend(applicator.in_place());
            }
        }
        false
    }

    /// A decision as a subschema; `None` where it asserts nothing.
    pub(super) fn decision(&self, decision: &Decision, of: Of) -> Result<Option<Value>, Error> {
        Ok(match decision {
            Decision::Nothing => None,
            Decision::Rest(evaluated, inner) if of == Of::Properties => {
                Some(self.other_properties(evaluated, *inner)?)
            }
            Decision::Rest(evaluated, inner) => Some(self.other_items(evaluated, *inner)?),
            Decision::If(test, passed, failed) => {
                let (passed, failed) = (self.decision(passed, of)?, self.decision(failed, of)?);
                if passed == failed {
                    return Ok(passed);
                }
                let mut written = Map::new();
                let test = match test {
                    Test::Subschema(id) => self.subschema(*id)?,
                    Test::Property(name) => json!({(names::REQUIRED): [name]}),
                };
                written.insert(names::IF.to_owned(), test);
                written.extend(passed.map(|passed| (names::THEN.to_owned(), passed)));
                written.extend(failed.map(|failed| (names::ELSE.to_owned(), failed)));
                Some(written.into())
            }
        })
    }

    fn other_properties(&self, evaluated: &Evaluated, inner: NodeId) -> Result<Value, Error> {
        let mut written = Map::new();
        for (keyword, listed) in
            [(names::PROPERTIES, &evaluated.properties), (names::PATTERN_PROPERTIES, &evaluated.patterns)]
        {
            if !listed.is_empty() {
                let all: Map<_, _> = listed.iter().map(|name| (name.clone(), Value::Bool(true))).collect();
                written.insert(keyword.to_owned(), all.into());
            }
        }
        written.insert(names::ADDITIONAL_PROPERTIES.to_owned(), self.subschema(inner)?);
        Ok(written.into())
    }

    fn other_items(&self, evaluated: &Evaluated, inner: NodeId) -> Result<Value, Error> {
        let mut rest = self.subschema(inner)?;
        if !evaluated.contains.is_empty() {
            let contained = evaluated.contains.iter().map(|id| self.subschema(*id));
            let any: Vec<Value> = contained.chain([Ok(rest)]).collect::<Result<_, _>>()?;
            rest = json!({(names::ANY_OF): any});
        }
        Ok(if evaluated.prefix == 0 {
            json!({(names::ITEMS): rest})
        } else {
            let prefix = vec![Value::Bool(true); evaluated.prefix];
            json!({(names::ITEMS): prefix, (names::ADDITIONAL_ITEMS): rest})
        })
    }
}
