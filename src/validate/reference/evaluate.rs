//! Evaluates a value against a subschema and its in-place applicators.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::rc::Rc;

use serde_json::Value;

use super::super::Violation;
use super::super::message::{self, Message};
use super::Reference;
use super::expected::{Closest, Expected, Held};
use super::explain::{explain, known_by};
use super::instrumentation::Instrumentation;
use super::notes::{Notes, address, looks_at_notes};
use super::numeric::Exactly;
use super::score::{Mode, Score};
use crate::finding::rules;
use crate::json::{SyntaxError, SyntaxErrorKind};
use crate::pointer::Pointer;
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Node, NodeId};
use crate::schema::pattern::{Effort, Pattern, Unfinished};

/// Subschemas that may be evaluated inside each other, in value and schema together.
const MAX_NESTED: usize = 16_000;

type Known = (Score, Option<Rc<Notes>>);

/// One evaluation of a value.
pub(super) struct Evaluation<'p, 'e> {
    pub(super) program: &'p Reference,
    /// Results by subschema, address of the value, mode, and whether evaluated members were requested. Kept
    /// where more than one way leads to a subschema, and below alternatives: there, ways multiply.
    pub(super) known: HashMap<(NodeId, usize, Mode, bool), Known>,
    /// The same where findings were reported.
    known_reports: HashMap<(NodeId, usize, Mode, bool), Known>,
    /// The keywords that are reported already, where more than one way leads to a subschema.
    reported: HashSet<(NodeId, usize, &'static str)>,
    pub(super) location: Pointer,
    pub(super) closest: Closest,
    /// The violations of branches that fit equally well, of each union inside another.
    pub(super) held: Vec<Vec<Held>>,
    /// Unions inside each other of which several branches are being reported.
    pub(super) ties: usize,
    pub(super) nested: usize,
    /// Subschemas that were evaluated.
    pub(super) steps: u64,
    pub(super) effort: Effort,
    /// The strings whose match with the pattern of a subschema was given up, by their addresses.
    given_up: HashSet<(NodeId, usize)>,
    pub(super) too_deep: Option<String>,
    pub(super) undecided: Option<Violation>,
    pub(super) instrumentation: Instrumentation<'e>,
    each: &'e mut dyn FnMut(Violation),
}

impl<'p, 'e> Evaluation<'p, 'e> {
    pub(super) fn new(
        program: &'p Reference,
        instrumentation: Instrumentation<'e>,
        each: &'e mut dyn FnMut(Violation),
    ) -> Self {
        Self {
            program,
            known: HashMap::new(),
            known_reports: HashMap::new(),
            reported: HashSet::new(),
            location: Pointer::root(),
            closest: None,
            held: Vec::new(),
            ties: 0,
            nested: 0,
            steps: 0,
            effort: Effort::default(),
            given_up: HashSet::new(),
            too_deep: None,
            undecided: None,
            instrumentation,
            each,
        }
    }

    /// Evaluates a whole value; says how many subschemas were evaluated, each as often as it was.
    pub(super) fn whole(mut self, value: &Value) -> Result<u64, SyntaxError> {
        self.run(0, value, Mode::Report, None);
        if let Some(location) = self.too_deep {
            let what = format!(
                "nested too deeply for the schema: more than {MAX_NESTED} subschemas inside each other at {location}"
            );
            return Err(SyntaxError { kind: SyntaxErrorKind::TooDeep, offset: 0, what });
        }
        if let Some(violation) = self.undecided {
            (self.each)(violation);
        }
        Ok(self.steps)
    }

    /// Whether a whole value is valid for certain; what is wrong with it is not looked for.
    pub(super) fn accepts(mut self, value: &Value) -> bool {
        let score = self.run(0, value, Mode::Verdict, None);
        score.is_valid() && self.too_deep.is_none() && self.undecided.is_none()
    }

    /// Evaluates a value by one subschema; whether it keeps it, which is not said of what is nested too
    /// deeply.
    #[cfg(feature = "diff")]
    pub(super) fn by(mut self, id: NodeId, value: &Value, mode: Mode) -> Option<bool> {
        let score = self.run(id, value, mode, None);
        self.too_deep.is_none().then_some(score.is_valid())
    }

    pub(super) fn run(&mut self, id: NodeId, value: &Value, mode: Mode, notes: Option<&mut Notes>) -> Score {
        let program = self.program;
        self.steps += 1;
        let node = &program.model.nodes[id as usize];
        if self.instrumentation.accepts(id, value) {
            return Score::NONE;
        }
        if node.applicators.is_empty() {
            let score = self.assertions(id, node, value, mode);
            self.instrumentation.refused(score, id, value, mode);
            return score;
        }
        if self.nested >= MAX_NESTED || self.too_deep.is_some() {
            self.too_deep.get_or_insert_with(|| node.location());
            return Score::NONE;
        }
        let requested = notes.is_some();
        let kept = node.shared || mode == Mode::Count;
        let key = (id, address(value), mode, requested);
        let known = if mode == Mode::Report { &self.known_reports } else { &self.known };
        if kept && let Some((score, known)) = known.get(&key) {
            if let (Some(notes), Some(known)) = (notes, known) {
                notes.add(known);
            }
            return *score;
        }
        if mode == Mode::Verdict
            && !requested
            && let Some((score, _)) = self.known.get(&(id, key.1, Mode::Count, false))
        {
            return *score;
        }
        self.nested += 1;
        let mut own = (requested || looks_at_notes(node)).then(Notes::default);
        let score = self.apply(id, node, value, mode, own.as_mut());
        self.nested -= 1;
        self.instrumentation.refused(score, id, value, mode);
        let own = own.filter(|_| requested);
        if let (Some(notes), Some(own)) = (notes, &own) {
            notes.add(own);
        }
        if kept {
            let known = if mode == Mode::Report { &mut self.known_reports } else { &mut self.known };
            known.insert(key, (score, own.map(Rc::new)));
        }
        score
    }

    fn apply(
        &mut self,
        id: NodeId,
        node: &'p Node,
        value: &Value,
        mode: Mode,
        mut notes: Option<&mut Notes>,
    ) -> Score {
        let mut score = self.assertions(id, node, value, mode);
        for applicator in &node.applicators {
            if mode == Mode::Verdict && !score.is_valid() {
                break;
            }
            let keyword = applicator.condition();
            if self.instrumentation.drops(id, keyword) {
                continue;
            }
            let of_it = self.applicator((id, applicator), value, mode, notes.as_deref_mut());
            self.instrumentation.broken(of_it, id, keyword, mode);
            score.add(of_it);
        }
        score
    }

    fn applicator(
        &mut self,
        (id, applicator): (NodeId, &'p Applicator),
        value: &Value,
        mode: Mode,
        mut notes: Option<&mut Notes>,
    ) -> Score {
        match applicator {
            Applicator::Reference(target) => self.run(*target, value, mode, notes),
            Applicator::AllOf(branches) => self.all(branches, value, mode, notes),
            Applicator::AnyOf(branches) | Applicator::OneOf(branches) => {
                self.alternatives(id, (applicator.keyword(), branches), value, mode, notes)
            }
            Applicator::Not(inner) if self.run(*inner, value, Mode::Verdict, None).is_valid() => {
                let keyword = applicator.keyword();
                let message = message::violation(keyword, "matches the excluded schema");
                self.fault(id, keyword, value, mode, message)
            }
            Applicator::Not(_) => Score::NONE,
            Applicator::If { test, then, otherwise } => {
                let mut own = notes.is_some().then(Notes::default);
                let holds = self.run(*test, value, Mode::Verdict, own.as_mut()).is_valid();
                if let (true, Some(notes), Some(own)) = (holds, notes.as_deref_mut(), &own) {
                    notes.add(own);
                }
                let next = if holds { then } else { otherwise };
                next.map_or(Score::NONE, |next| self.run(next, value, mode, notes))
            }
            Applicator::Dependent(schemas) => {
                let present =
                    |name: &String| value.as_object().is_some_and(|object| object.contains_key(name));
                let branches: Vec<NodeId> =
                    schemas.iter().filter(|(name, _)| present(name)).map(|(_, node)| *node).collect();
                self.all(&branches, value, mode, notes)
            }
            inside => self.inside((id, inside), value, mode, notes),
        }
    }

    /// Subschemas that must all be kept. What one that fails evaluates counts as evaluated: the value is
    /// invalid anyway, and its members are not what is wrong with it.
    fn all(
        &mut self,
        branches: &[NodeId],
        value: &Value,
        mode: Mode,
        mut notes: Option<&mut Notes>,
    ) -> Score {
        let mut score = Score::NONE;
        for branch in branches {
            score.add(self.run(*branch, value, mode, notes.as_deref_mut()));
            if mode == Mode::Verdict && !score.is_valid() {
                break;
            }
        }
        score
    }

    /// What a subschema asserts by itself.
    fn assertions(&mut self, id: NodeId, node: &'p Node, value: &Value, mode: Mode) -> Score {
        let mut score = Score::NONE;
        if node.boolean == Some(false) {
            let what = (&rules::SCHEMA_VIOLATION, "no value is allowed".to_owned());
            return self.fault(id, "", value, mode, what);
        }
        let exactly = self.exactly(id, value);
        if let Some(validator) = self.program.validator(id)
            && !validator.is_valid(value)
        {
            let counts = exactly == Exactly::Nothing && self.instrumentation.is_blind_to(id);
            if mode == Mode::Verdict && counts {
                return Score::ONE;
            }
            let first = mode == Mode::Report && self.is_first(id, value, "assertions");
            for error in self.errors(id, validator, value, mode) {
                score.add(Score::one(known_by(&error)));
                if first {
                    let violation = explain(&error, &self.location, &node.location_pointer());
                    let expected = if self.held.is_empty() { None } else { Expected::of(&error) };
                    self.hand_over(Held { violation, expected, closest: self.closest });
                }
            }
        }
        score.add(self.numbers(exactly, (id, node), value, mode));
        if let (Some(string), Some((text, pattern))) = (value.as_str(), node.pattern())
            && !self.instrumentation.drops(id, names::PATTERN)
        {
            let before = score;
            match self.matches(id, pattern, string) {
                Ok(true) => {}
                Ok(false) => score.add(self.fault(id, names::PATTERN, value, mode, message::pattern(text))),
                Err(_) if mode == Mode::Report => {
                    score.add(self.fault(
                        id,
                        names::PATTERN,
                        value,
                        mode,
                        message::unfinished(names::PATTERN),
                    ));
                }
                Err(_) => {
                    self.undecided(id, names::PATTERN);
                    score.add(Score::ONE);
                }
            }
            if score != before {
                self.instrumentation.broken(score, id, names::PATTERN, mode);
            }
        }
        score
    }

    /// Whether a string of the tree matches the pattern of a subschema. What was given up once is not tried
    /// again.
    fn matches(&mut self, id: NodeId, pattern: &Pattern, string: &str) -> Result<bool, Unfinished> {
        let key = (id, string.as_ptr().addr());
        if self.given_up.contains(&key) {
            return Err(Unfinished);
        }
        let found = pattern.is_match(string, &self.effort);
        if found.is_err() {
            self.given_up.insert(key);
        }
        found
    }

    pub(super) fn fault(
        &mut self,
        id: NodeId,
        keyword: &'static str,
        value: &Value,
        mode: Mode,
        message: Message,
    ) -> Score {
        self.fault_of((id, keyword), value, mode, message, None)
    }

    /// Reports a keyword that a value violates, with what was expected.
    pub(super) fn fault_of(
        &mut self,
        (id, keyword): (NodeId, &'static str),
        value: &Value,
        mode: Mode,
        message: Message,
        expected: Option<Expected>,
    ) -> Score {
        let rule = message.0.id;
        if mode == Mode::Report && self.is_first(id, value, keyword) {
            self.report(id, keyword, (self.location.clone(), message), expected);
        }
        Score::one((rule, None::<&str>))
    }

    /// Whether a keyword is broken for the first time at a value: more than one way may lead there.
    pub(super) fn is_first(&mut self, id: NodeId, value: &Value, keyword: &'static str) -> bool {
        !self.program.model.nodes[id as usize].shared || self.reported.insert((id, address(value), keyword))
    }

    pub(super) fn report(
        &mut self,
        id: NodeId,
        keyword: &str,
        (position, message): (Pointer, Message),
        expected: Option<Expected>,
    ) {
        let location = self.program.model.nodes[id as usize].location_pointer();
        let location = if keyword.is_empty() { location } else { format!("{location}/{keyword}") };
        let violation = Violation::with_message(message, position).stated_at(location);
        self.hand_over(Held { violation, expected, closest: self.closest });
    }

    /// A violation of the value by a keyword elsewhere.
    pub(super) fn report_at(&mut self, at: String, message: Message) {
        let violation = Violation::with_message(message, self.location.clone()).stated_at(at);
        self.hand_over(Held { violation, expected: None, closest: self.closest });
    }

    /// Hands over a violation, or holds it back while those of branches that fit equally well are collected.
    pub(super) fn hand_over(&mut self, held: Held) {
        if let Some(last) = self.held.last_mut() {
            return last.push(held);
        }
        let Held { mut violation, closest, .. } = held;
        if let Some((keyword, count)) = closest {
            let _ = write!(violation.what, " (closest of {count} `{keyword}` branches)");
        }
        (self.each)(violation);
    }

    /// A pattern that takes too long on a text. Whatever else is wrong, the value is not valid for certain.
    pub(super) fn undecided(&mut self, id: NodeId, keyword: &str) {
        let (node, location) = (&self.program.model.nodes[id as usize], &self.location);
        self.undecided.get_or_insert_with(|| {
            Violation::with_message(message::unfinished(keyword), location.clone())
                .stated_at(format!("{}/{keyword}", node.location_pointer()))
        });
    }
}
