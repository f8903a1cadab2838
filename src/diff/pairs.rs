//! Pairs the subschemas of both documents that apply to the same payload location.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use serde_json::Value;

use super::answers::{Answers, Equal, Key, Question};
use super::document::{Document, Entries};
use super::effort::Effort;
use super::fact::{Change, Effect, Fact};
use super::given::{self, Both, Circumstances, Given};
use crate::pointer::{Pointer, Token, child};
use crate::schema::model::{Merged, Model, NodeId};
use crate::schema::types::TypeSet;
use crate::validate::MAX_DEPTHS;

/// Steps that comparing takes at most, each about a microsecond of work.
const MAX_STEPS: usize = 2_000_000;
/// Steps that looking for payloads takes at most.
const MAX_SHOWING: usize = 1_000_000;
/// Steps for asking whether new branches are covered by earlier ones.
const MAX_COVERING: usize = 200_000;
/// Steps of comparing one pair, besides what lists in it take.
const COMPARING: usize = 10;
/// Comparisons inside comparisons that only ask whether two subschemas say the same.
const MAX_NESTED: usize = 30;

/// How a pair of subschemas is reached from another one.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A member of that name.
    Member(String),
    /// A member whose name matches that pattern.
    Pattern(String),
    /// A member that no property describes.
    Further,
    /// The item at a position.
    Position(usize),
    /// Any item from a position on.
    Rest(usize),
    /// The same value.
    Same,
}

/// Subschemas that apply to the same location. Those of one document all apply there; none stands for
/// whatever there is.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) old: Entries,
    pub(super) new: Entries,
    /// The types of the values that are compared.
    pub(super) types: TypeSet,
    /// How many steps its location is below the root.
    pub(super) depth: usize,
    pub(super) from: Option<(usize, Step)>,
    /// What else applies to its values, where it is under a condition.
    pub(super) circumstances: Option<Both>,
    /// Whether nothing around it can undo what a change does here.
    pub(super) certain: bool,
    /// Whether a change may do here the opposite of what it says.
    pub(super) unsure: bool,
}

/// What two documents are compared by.
pub(super) struct Pairs<'d> {
    pub(super) old: &'d Document,
    pub(super) new: &'d Document,
    pub(super) list: Vec<Pair>,
    pub(super) facts: Vec<Fact>,
    /// The pair in which each change of a location was noted, and the new schema locations of it there.
    noted: HashMap<(String, String), (usize, HashSet<String>)>,
    /// What comparing may take.
    pub(super) effort: Rc<Effort>,
    /// What asking whether a new branch is covered may take: without an answer, it is not.
    covering: Rc<Effort>,
    /// What looking for payloads that show the differences may take.
    pub(super) showing: Effort,
    compare: fn(&mut Pairs<'d>, usize),
    queue: VecDeque<usize>,
    compared: HashSet<Key>,
    question: Question,
    answers: Rc<Answers>,
    nested: usize,
    equal: Rc<Equal>,
    /// New values that were found at pairs.
    novel: RefCell<HashMap<usize, Rc<[Value]>>>,
}

impl<'d> Pairs<'d> {
    /// Compares two documents, nearest locations first.
    pub(super) fn of(old: &'d Document, new: &'d Document, compare: fn(&mut Self, usize)) -> Self {
        let mut pairs = Self {
            old,
            new,
            list: Vec::new(),
            facts: Vec::new(),
            noted: HashMap::new(),
            effort: Rc::new(Effort::of(MAX_STEPS)),
            covering: Rc::new(Effort::of(MAX_COVERING)),
            showing: Effort::of(MAX_SHOWING),
            compare,
            queue: VecDeque::new(),
            compared: HashSet::new(),
            question: Question::Differences,
            answers: Rc::default(),
            nested: 0,
            equal: Rc::new(Equal::of(old, new)),
            novel: RefCell::default(),
        };
        pairs.start(vec![old.entry()], vec![new.entry()], TypeSet::ALL);
        if (&old.value, &old.root, old.schema.resources()) != (&new.value, &new.root, new.schema.resources())
        {
            pairs.run();
        }
        pairs
    }

    fn start(&mut self, old: Entries, new: Entries, types: TypeSet) {
        let (from, circumstances) = (None, None);
        self.push(Pair { old, new, types, depth: 0, from, circumstances, certain: true, unsure: false });
    }

    fn run(&mut self) {
        while let Some(at) = self.queue.pop_front() {
            let Pair { old, new, .. } = &self.list[at];
            let equal = if self.is_verdict() { &self.equal.plain } else { &self.equal.annotated };
            if Equal::are(equal, old, new) {
                continue;
            }
            let steps = COMPARING + self.list[at].depth / 8;
            if !self.effort.take(steps, || self.schema_location(at, false)) {
                self.facts.extend(self.gave_up(at));
                break;
            }
            (self.compare)(self, at);
            if self.is_verdict() && !self.facts.is_empty() {
                break;
            }
        }
    }

    /// What was not compared is not called equal.
    fn gave_up(&self, at: usize) -> Option<Fact> {
        let change = Change::Listed(true);
        let (location, old, new) = (Pointer::root(), String::new(), String::new());
        self.is_verdict().then_some(Fact { change, location, old, new, effect: Effect::Unknown, pair: at })
    }

    /// Whether no more is asked than yes or no.
    pub(super) fn is_verdict(&self) -> bool {
        self.question != Question::Differences
    }

    /// The new values at a pair, worked out once.
    pub(super) fn novel(&self, at: usize, find: impl FnOnce() -> Vec<Value>) -> Rc<[Value]> {
        let known = self.novel.borrow().get(&at).cloned();
        known.unwrap_or_else(|| {
            let found: Rc<[Value]> = find().into();
            self.novel.borrow_mut().insert(at, Rc::clone(&found));
            found
        })
    }

    fn push(&mut self, pair: Pair) {
        self.list.push(pair);
        self.queue.push_back(self.list.len() - 1);
    }

    /// Whether two sets of subschemas are equal but for annotations, which is quickly seen.
    pub(super) fn equal(&self, old: &[NodeId], new: &[NodeId]) -> bool {
        Equal::are(&self.equal.plain, old, new)
    }

    /// A number for a subschema of the old document, or of the new one: equal ones have the same, whatever
    /// the order in which they are written.
    pub(super) fn fingerprint(&self, id: NodeId, old: bool, annotated: bool) -> Option<u64> {
        let [before, now] = if annotated { &self.equal.annotated } else { &self.equal.plain };
        if old { before } else { now }.one(id)
    }

    /// Whether two sets of subschemas assert the same of values of these types, whatever their annotations.
    pub(super) fn same(&self, old: &[NodeId], new: &[NodeId], types: TypeSet) -> bool {
        self.ask(Question::Same, old, new, types)
    }

    /// Whether it shows that the old subschemas admit all values of these types that the new ones admit.
    pub(super) fn covers(&self, old: &[NodeId], new: &[NodeId], types: TypeSet) -> bool {
        self.ask(Question::Covered, old, new, types)
    }

    fn ask(&self, question: Question, old: &[NodeId], new: &[NodeId], types: TypeSet) -> bool {
        if self.equal(old, new) {
            return true;
        }
        let key = (question, (old.to_vec(), new.to_vec(), types));
        if let Some(known) = self.answers.known.borrow().get(&key) {
            return *known;
        }
        if self.answers.open.borrow().contains(&key) {
            self.answers.assumed.set(true);
            return true;
        }
        if self.nested >= MAX_NESTED {
            return false;
        }
        if self.nested == 0 {
            self.answers.assumed.set(false);
        }
        self.answers.open.borrow_mut().insert(key.clone());
        let effort = if question == Question::Covered { &self.covering } else { &self.effort };
        let mut inner = Pairs {
            old: self.old,
            new: self.new,
            list: Vec::new(),
            facts: Vec::new(),
            noted: HashMap::new(),
            effort: Rc::clone(effort),
            covering: Rc::clone(&self.covering),
            showing: Effort::of(0),
            compare: self.compare,
            queue: VecDeque::new(),
            compared: HashSet::new(),
            question,
            answers: Rc::clone(&self.answers),
            nested: self.nested + 1,
            equal: Rc::clone(&self.equal),
            novel: RefCell::default(),
        };
        inner.start(old.to_vec(), new.to_vec(), types);
        inner.run();
        let answer = inner.facts.is_empty();
        self.answers.open.borrow_mut().remove(&key);
        if !answer || self.nested == 0 || !self.answers.assumed.get() {
            self.answers.known.borrow_mut().insert(key, answer);
        }
        answer
    }

    /// What both documents say at a pair, of these types.
    pub(super) fn merged(&self, at: usize, types: TypeSet) -> (Merged<'d>, Merged<'d>) {
        let pair = &self.list[at];
        let types = pair.types & types;
        (self.old.model().merged(&pair.old, types), self.new.model().merged(&pair.new, types))
    }

    /// Whether subschemas of this kind are compared for the first time.
    pub(super) fn is_first(&mut self, old: Entries, new: Entries, types: TypeSet) -> bool {
        self.compared.insert((old, new, types))
    }

    /// Where in a payload a pair is.
    pub(super) fn location(&self, mut at: usize) -> Pointer {
        let mut tokens = Vec::new();
        while let Some((from, step)) = &self.list[at].from {
            match step {
                Step::Member(name) => tokens.push(Token::Key(name.as_str().into())),
                Step::Position(position) => tokens.push(Token::Key(position.to_string().into())),
                Step::Rest(_) | Step::Further | Step::Pattern(_) => tokens.push(Token::Key("*".into())),
                Step::Same => {}
            }
            at = *from;
        }
        tokens.reverse();
        Pointer::of_tokens(tokens)
    }

    /// The conditions under which the new document says what it says at a pair.
    pub(super) fn conditions(&self, mut at: usize) -> &[Given] {
        loop {
            match (&self.list[at].circumstances, &self.list[at].from) {
                (Some(both), _) => return &both[1].given,
                (None, Some((from, _))) => at = *from,
                (None, None) => return &[],
            }
        }
    }

    /// The location in its schema of what a document says at a pair: of what is around it, where it says
    /// nothing.
    pub(super) fn schema_location(&self, mut at: usize, old: bool) -> String {
        loop {
            let pair = &self.list[at];
            let (document, entries) = if old { (self.old, &pair.old) } else { (self.new, &pair.new) };
            match (entries.first(), &pair.from) {
                (Some(first), _) => return document.model().node(*first).location_pointer(),
                (None, Some((from, _))) => at = *from,
                (None, None) => return String::new(),
            }
        }
    }

    /// The location of the first of these keywords that is written at a pair, in both documents.
    pub(super) fn keywords(
        &self,
        at: usize,
        merged: (&Merged<'_>, &Merged<'_>),
        keywords: &[&str],
    ) -> [String; 2] {
        let find = |merged: &Merged<'_>, old: bool| {
            let found = keywords.iter().find_map(|keyword| Some((merged.with_keyword(keyword)?, keyword)));
            match (found, merged.core().first()) {
                (Some((node, keyword)), _) => below(merged.model, node, keyword),
                (None, Some(node)) => merged.model.node(*node).location_pointer(),
                (None, None) => self.schema_location(at, old),
            }
        };
        [find(merged.0, true), find(merged.1, false)]
    }

    /// Has the subschemas of a location inside a pair compared, unless no payload is that deep.
    pub(super) fn descend(&mut self, at: usize, step: Step, old: Entries, new: Entries, certain: bool) {
        let types = if matches!(step, Step::Same) { self.list[at].types } else { TypeSet::ALL };
        self.descend_as(at, step, (old, new, types), [certain, false]);
    }

    pub(super) fn descend_as(
        &mut self,
        at: usize,
        step: Step,
        both: (Entries, Entries, TypeSet),
        certainty: [bool; 2],
    ) {
        self.descend_given(at, step, None, both, certainty);
    }

    /// The same for subschemas that apply under a condition, which is known by each document.
    pub(super) fn descend_given(
        &mut self,
        at: usize,
        step: Step,
        given: Option<[Given; 2]>,
        (old, new, types): (Entries, Entries, TypeSet),
        [certain, unsure]: [bool; 2],
    ) {
        let pair = &self.list[at];
        let depth = pair.depth + usize::from(!matches!(step, Step::Same));
        if depth > *MAX_DEPTHS.end() || old.is_empty() && new.is_empty() {
            return;
        }
        let (certain, unsure) = (pair.certain && certain, pair.unsure || unsure);
        let circumstances = match (&step, &pair.circumstances) {
            // To tell whether two say the same, no payload is looked for.
            _ if self.is_verdict() => None,
            (Step::Same, Some(around)) => given::inside(around, [&old, &new], given),
            (Step::Same, None) if given.is_some() => {
                let alone = |entries: &Entries| Circumstances { entries: entries.clone(), given: Vec::new() };
                given::inside(&[alone(&pair.old), alone(&pair.new)], [&old, &new], given)
            }
            _ => None,
        };
        self.push(Pair { old, new, types, depth, from: Some((at, step)), circumstances, certain, unsure });
    }

    /// Notes a difference at the location of a pair.
    pub(super) fn note(&mut self, at: usize, change: Change, effect: Effect, locations: [String; 2]) {
        self.note_in(at, None, change, effect, locations);
    }

    /// Notes a difference at a member of the location of a pair, once.
    pub(super) fn note_in(
        &mut self,
        at: usize,
        member: Option<&str>,
        change: Change,
        effect: Effect,
        [old, new]: [String; 2],
    ) {
        let pair = &self.list[at];
        let effect = if pair.unsure && change.is_validated() { Effect::Unknown } else { effect };
        let is_answer =
            self.question.is_answered_by(effect) && (change.is_validated() || is_unchecked(&change));
        if self.is_verdict() && !is_answer {
            return;
        }
        let mut location = if self.is_verdict() { Pointer::root() } else { self.location(at) };
        self.effort.take(1 + location.tokens().len(), || new.clone());
        if let Some(name) = member {
            location.push(Token::Key(name.into()));
        }
        // What is said of alternatives, or of values of several types, is said of the location once.
        let noted =
            self.noted.entry((location.to_string(), format!("{change:?}"))).or_insert((at, HashSet::new()));
        if noted.0 != at || !noted.1.insert(new.clone()) {
            return;
        }
        self.facts.push(Fact { change, location, old, new, effect, pair: at });
    }
}

/// Whether a change may make a difference that nobody validates.
fn is_unchecked(change: &Change) -> bool {
    matches!(change, Change::Keyword(_) | Change::Format { .. })
}

/// The location of a keyword of a subschema.
pub(super) fn below(model: &Model, node: NodeId, keyword: &str) -> String {
    child(&model.node(node).location_pointer(), keyword)
}
