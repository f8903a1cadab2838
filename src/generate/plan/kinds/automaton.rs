//! Automata of regular expressions.

use std::collections::{BTreeSet, HashMap};

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// States of one automaton.
const MAX_STATES: usize = 20_000;
/// Characters that are taken of each class of others.
const INNER: usize = 16;

/// A state of an automaton.
enum State {
    Any(Vec<usize>),
    Character(Vec<(char, char)>, usize),
    Start(usize),
    End(usize),
    Found,
}

/// The automaton of a regular expression that is found anywhere in a text.
pub(super) struct Automaton {
    states: Vec<State>,
    start: usize,
}

/// The number of [`State::Found`].
const FOUND: usize = 0;

impl Automaton {
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let mut automaton = Self { states: vec![State::Found], start: 0 };
        let body = automaton.add(hir, FOUND)?;
        // Whatever comes before.
        let start = automaton.push(State::Any(Vec::new()))?;
        let before = automaton.push(State::Character(vec![('\0', char::MAX)], start))?;
        automaton.states[start] = State::Any(vec![body, before]);
        automaton.start = start;
        Some(automaton)
    }

    fn push(&mut self, state: State) -> Option<usize> {
        self.states.push(state);
        (self.states.len() <= MAX_STATES).then(|| self.states.len() - 1)
    }

    /// Adds what leads to `next`; says where it begins.
    fn add(&mut self, hir: &Hir, next: usize) -> Option<usize> {
        match hir.kind() {
            HirKind::Look(Look::Start) => self.push(State::Start(next)),
            HirKind::Look(Look::End) => self.push(State::End(next)),
            HirKind::Empty | HirKind::Look(_) => Some(next),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                text.chars()
                    .rev()
                    .try_fold(next, |next, one| self.push(State::Character(vec![(one, one)], next)))
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ranges = class.ranges().iter().map(|range| (range.start(), range.end()));
                self.push(State::Character(ranges.collect(), next))
            }
            HirKind::Class(Class::Bytes(class)) => {
                let ranges =
                    class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end())));
                self.push(State::Character(ranges.collect(), next))
            }
            HirKind::Capture(capture) => self.add(&capture.sub, next),
            HirKind::Concat(parts) => parts.iter().rev().try_fold(next, |next, part| self.add(part, next)),
            HirKind::Alternation(parts) => {
                let starts = parts.iter().map(|part| self.add(part, next)).collect::<Option<Vec<_>>>()?;
                self.push(State::Any(starts))
            }
            HirKind::Repetition(repetition) => {
                let mut next = next;
                match repetition.max {
                    None => {
                        let again = self.push(State::Any(Vec::new()))?;
                        let inner = self.add(&repetition.sub, again)?;
                        self.states[again] = State::Any(vec![inner, next]);
                        next = again;
                    }
                    Some(max) => {
                        let end = next;
                        for _ in repetition.min..max {
                            let inner = self.add(&repetition.sub, next)?;
                            next = self.push(State::Any(vec![inner, end]))?;
                        }
                    }
                }
                (0..repetition.min).try_fold(next, |next, _| self.add(&repetition.sub, next))
            }
        }
    }

    fn ranges(&self) -> impl Iterator<Item = (char, char)> {
        self.states.iter().flat_map(|state| match state {
            State::Character(ranges, _) => ranges.iter().copied(),
            _ => [].iter().copied(),
        })
    }

    /// The characters at which classes begin and end: one of every kind that it tells apart.
    pub(super) fn corners(&self) -> impl Iterator<Item = char> {
        self.ranges().flat_map(|(first, last)| [first].into_iter().chain((last..=char::MAX).nth(1)))
    }

    /// A few characters of each class.
    pub(super) fn inner(&self) -> impl Iterator<Item = char> {
        self.ranges()
            .filter(|(first, _)| !first.is_ascii())
            .flat_map(|(first, last)| (first..=last).take(INNER))
    }

    /// The states that are reached from others without a character; only [`FOUND`] where nothing more need be
    /// found.
    fn closed(&self, from: impl Iterator<Item = usize>, at_start: bool, at_end: bool) -> Vec<usize> {
        let (mut found, mut seen, mut waiting) = (Vec::new(), BTreeSet::new(), from.collect::<Vec<_>>());
        while let Some(state) = waiting.pop() {
            if !seen.insert(state) {
                continue;
            }
            match &self.states[state] {
                State::Any(next) => waiting.extend(next),
                State::Start(next) => waiting.extend(at_start.then_some(*next)),
                State::End(next) if at_end => waiting.push(*next),
                State::End(_) | State::Character(..) => found.push(state),
                State::Found => return vec![FOUND],
            }
        }
        found.sort_unstable();
        found
    }

    fn after(&self, states: &[usize], character: char) -> Vec<usize> {
        if states == [FOUND] {
            return states.to_vec();
        }
        let next = states.iter().filter_map(|state| match &self.states[*state] {
            State::Character(ranges, next) => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&character)).then_some(*next)
            }
            _ => None,
        });
        self.closed(next, false, false)
    }

    fn is_end(&self, states: &[usize]) -> bool {
        self.closed(states.iter().copied(), false, true) == [FOUND]
    }
}

/// An automaton whose sets of states are found as they are requested, each step once. The first is the one
/// that it begins in: nothing leads back to it.
pub(super) struct Determined<'a> {
    automaton: &'a Automaton,
    /// A character of each kind: those between two corners are not distinguished.
    corners: Vec<char>,
    sets: Vec<Vec<usize>>,
    known: HashMap<Vec<usize>, usize>,
    steps: HashMap<(usize, usize), usize>,
    /// Whether a text may end in a set.
    pub(super) ends: Vec<bool>,
}

impl<'a> Determined<'a> {
    pub(super) fn of(automaton: &'a Automaton) -> Self {
        let corners: BTreeSet<char> = automaton.corners().chain(['\0']).collect();
        let begin = automaton.closed([automaton.start].into_iter(), true, false);
        // A text without characters ends where it begins.
        let ends_at_once = automaton.closed([automaton.start].into_iter(), true, true) == [FOUND];
        Self {
            automaton,
            corners: corners.into_iter().collect(),
            sets: vec![begin],
            known: HashMap::new(),
            steps: HashMap::new(),
            ends: vec![ends_at_once],
        }
    }

    pub(super) fn kind(&self, character: char) -> usize {
        self.corners.partition_point(|corner| *corner <= character) - 1
    }

    /// The set behind a character of that kind; `None` if it is empty. Counts what it takes to find it.
    pub(super) fn after(&mut self, from: usize, kind: usize, left: &mut usize) -> Option<usize> {
        let to = if let Some(known) = self.steps.get(&(from, kind)) {
            *known
        } else {
            let set = self.automaton.after(&self.sets[from], self.corners[kind]);
            *left = left.saturating_sub(1 + self.sets[from].len() + set.len());
            let to = self.number(set);
            self.steps.insert((from, kind), to);
            to
        };
        (!self.sets[to].is_empty()).then_some(to)
    }

    fn number(&mut self, set: Vec<usize>) -> usize {
        if let Some(known) = self.known.get(&set) {
            return *known;
        }
        self.ends.push(self.automaton.is_end(&set));
        self.known.insert(set.clone(), self.sets.len());
        self.sets.push(set);
        self.sets.len() - 1
    }
}
