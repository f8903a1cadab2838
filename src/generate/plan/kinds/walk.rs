//! Which texts do several regular expressions match at once?
//!
//! Their automata are walked side by side. From every state it is known in how many characters all of them can end, so
//! that a walk never gets stuck, and that there is no such text is known beforehand.

use std::collections::{BTreeSet, HashMap};

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::generate::choices::Choices;

/// States of one automaton.
const MAX_STATES: usize = 20_000;
/// States of all automata together.
const MAX_PRODUCT: usize = 4_000;
/// Steps that are taken to find them.
const MAX_STEPS: usize = 4_000_000;
/// Characters that stand for all others.
const MAX_ALPHABET: usize = 1_000;
/// Characters that are taken of each class of others.
const INNER: usize = 16;
/// Longer texts are not looked for.
const MAX_LENGTH: usize = 4_096;
/// So many characters more than there must be are looked for.
const MORE: usize = 200;
/// A text is one of so many of the shortest lengths.
const LENGTHS: usize = 24;

/// Texts that several regular expressions match.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    /// The characters that lead on from each state, the plain ones first, and where to.
    steps: Vec<Vec<(char, usize)>>,
    /// For each number of characters, the states from which so many lead to an end.
    ends: Vec<Vec<bool>>,
    /// The lengths of texts.
    lengths: Vec<usize>,
}

/// Why there is no walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoWalk {
    /// There is no text.
    Empty,
    /// The automata are too large to say.
    TooLarge,
}

impl Walk {
    /// The texts of at least and at most so many characters in which all of these are found. Look-around and word
    /// boundaries are not looked at.
    ///
    /// # Errors
    ///
    /// Why there are none. Counts the steps that it takes.
    pub(crate) fn of(all: &[&Hir], least: u64, most: u64, steps: &mut usize) -> Result<Self, NoWalk> {
        let automata: Option<Vec<Automaton>> = all.iter().map(|hir| Automaton::of(hir)).collect();
        let automata = automata.ok_or(NoWalk::TooLarge)?;
        // Plain characters are enough for most.
        let plain = Self::over(&automata, &alphabet([].into_iter()), (least, most), steps);
        if plain.is_ok() {
            return plain;
        }
        let mut all: BTreeSet<char> = automata.iter().flat_map(Automaton::corners).collect();
        if all.len() > MAX_ALPHABET {
            return Err(NoWalk::TooLarge);
        }
        let more = automata.iter().flat_map(Automaton::inner).take(MAX_ALPHABET - all.len());
        all.extend(more);
        Self::over(&automata, &alphabet(all.into_iter()), (least, most), steps)
    }

    fn over(
        automata: &[Automaton],
        alphabet: &[char],
        (least, most): (u64, u64),
        taken: &mut usize,
    ) -> Result<Self, NoWalk> {
        let Product { steps, accepting, is_whole } = Product::of(automata, alphabet, taken);
        let least = usize::try_from(least).map_err(|_| NoWalk::TooLarge)?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let edges: usize = steps.iter().map(Vec::len).sum();
        let mut ends = vec![accepting];
        let mut lengths = Vec::new();
        let mut is_over = false;
        for length in 0..=most {
            if ends[length][0] && length >= least {
                lengths.push(length);
            }
            let shortest = lengths.first().copied().unwrap_or(least);
            if lengths.len() >= LENGTHS || length >= shortest.saturating_add(MORE) || length >= MAX_LENGTH {
                break;
            }
            *taken += edges;
            let near = &ends[length];
            let next: Vec<bool> =
                steps.iter().map(|steps| steps.iter().any(|(_, target)| near[*target])).collect();
            // From no state does anything lead to an end so far away, nor farther.
            is_over = !next.contains(&true);
            if is_over || edges.saturating_mul(length) > MAX_STEPS * 8 {
                break;
            }
            ends.push(next);
        }
        if lengths.is_empty() {
            let all_looked_at = is_whole && (is_over || ends.len() > most);
            return Err(if all_looked_at { NoWalk::Empty } else { NoWalk::TooLarge });
        }
        Ok(Self { steps, ends, lengths })
    }

    /// A text.
    pub(crate) fn build(&self, choices: &mut Choices) -> String {
        let mut left = choices.pick(&self.lengths).copied().unwrap_or(0);
        let (mut text, mut state) = (String::new(), 0);
        while let Some(less) = left.checked_sub(1) {
            left = less;
            let ends = &self.ends[left];
            let fitting: Vec<_> = self.steps[state].iter().filter(|(_, target)| ends[*target]).collect();
            let plain = fitting.iter().filter(|(character, _)| rank(*character) < 2).count();
            let most = if plain > 0 && choices.draw(9) < 9 { plain } else { fitting.len() };
            let Some((character, target)) = choices.pick(&fitting[..most]).copied() else { break };
            text.push(*character);
            state = *target;
        }
        text
    }
}

/// The order of characters: those that are read most easily come first.
fn rank(character: char) -> u8 {
    match character {
        'a'..='z' => 0,
        '0'..='9' => 1,
        'A'..='Z' => 2,
        '!'..='~' => 3,
        ' ' => 4,
        _ => 5,
    }
}

/// The plain characters and others, in the order of their ranks.
fn alphabet(others: impl Iterator<Item = char>) -> Vec<char> {
    let all: BTreeSet<char> = (' '..='~').chain(others).collect();
    let mut all: Vec<char> = all.into_iter().collect();
    all.sort_by_key(|character| rank(*character));
    all
}

/// A state of an automaton.
enum State {
    Any(Vec<usize>),
    Character(Vec<(char, char)>, usize),
    Start(usize),
    End(usize),
    Found,
}

/// The automaton of a regular expression that is found anywhere in a text.
struct Automaton {
    states: Vec<State>,
    start: usize,
}

/// The number of [`State::Found`].
const FOUND: usize = 0;

impl Automaton {
    fn of(hir: &Hir) -> Option<Self> {
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
    fn corners(&self) -> impl Iterator<Item = char> {
        self.ranges().flat_map(|(first, last)| {
            [Some(first), char::from_u32(u32::from(last) + 1)].into_iter().flatten()
        })
    }

    /// A few characters of each class.
    fn inner(&self) -> impl Iterator<Item = char> {
        self.ranges()
            .filter(|(first, _)| !first.is_ascii())
            .flat_map(|(first, last)| (first..=last).take(INNER))
    }

    /// The states that are reached from others without a character; only [`FOUND`] where nothing more need be found.
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

/// All automata side by side; the first state is the one that they begin in.
struct Product {
    steps: Vec<Vec<(char, usize)>>,
    accepting: Vec<bool>,
    /// Whether every state was found.
    is_whole: bool,
}

impl Product {
    fn of(automata: &[Automaton], alphabet: &[char], taken: &mut usize) -> Self {
        let begin: Vec<Vec<usize>> =
            automata.iter().map(|one| one.closed([one.start].into_iter(), true, false)).collect();
        // A text without characters ends where it begins.
        let ends_at_once =
            automata.iter().all(|one| one.closed([one.start].into_iter(), true, true) == [FOUND]);
        // Nothing leads back to it: it may be an end where the same states are none.
        let mut known = HashMap::new();
        let mut all = vec![begin];
        let mut product = Self { steps: Vec::new(), accepting: Vec::new(), is_whole: true };
        let mut left = MAX_STEPS;
        while let Some(here) = all.get(product.steps.len()).cloned() {
            let is_end = automata.iter().zip(&here).all(|(one, states)| one.is_end(states));
            product.accepting.push(if product.steps.is_empty() { ends_at_once } else { is_end });
            let mut steps = Vec::new();
            let cost: usize = here.iter().map(Vec::len).sum();
            left = left.saturating_sub(cost.saturating_mul(alphabet.len()));
            product.is_whole &= left > 0;
            for character in alphabet.iter().filter(|_| left > 0) {
                let next: Vec<Vec<usize>> =
                    automata.iter().zip(&here).map(|(one, states)| one.after(states, *character)).collect();
                if next.iter().any(Vec::is_empty) {
                    continue;
                }
                let target = match known.get(&next) {
                    Some(target) => *target,
                    None if all.len() < MAX_PRODUCT => {
                        known.insert(next.clone(), all.len());
                        all.push(next);
                        all.len() - 1
                    }
                    None => {
                        product.is_whole = false;
                        continue;
                    }
                };
                steps.push((*character, target));
            }
            product.steps.push(steps);
        }
        *taken += MAX_STEPS - left;
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(patterns: &[&str], least: u64, most: u64) -> Result<Walk, NoWalk> {
        let all: Vec<Hir> = patterns.iter().map(|pattern| regex_syntax::parse(pattern).unwrap()).collect();
        Walk::of(&all.iter().collect::<Vec<_>>(), least, most, &mut 0)
    }

    #[test]
    fn texts_are_found_in_which_all_are_found() {
        for (patterns, least, most) in [
            (&["^a+$", "aaa"][..], 5, 5),
            (&["^(ab)*$", "b"], 3, 10),
            (&["^[a-z]+$", "x.*y", "^q"], 0, 100),
            (&["^é+$"], 2, 2),
            (&["^[α-ω]+$", "κ"], 4, 9),
            (&["a$", "^b"], 300, 300),
            (&["^$", "^(|x)$"], 0, 9),
        ] {
            let walk = walk(patterns, least, most).unwrap();
            for seed in 0..50 {
                let text = walk.build(&mut Choices::seeded(seed));
                let length = text.chars().count() as u64;
                assert!((least..=most).contains(&length), "{patterns:?}: {text}");
                for pattern in patterns {
                    assert!(regex::Regex::new(pattern).unwrap().is_match(&text), "{pattern}: {text}");
                }
            }
        }
    }

    #[test]
    fn that_there_are_none_is_known() {
        for (patterns, least, most) in [
            (&["^a$", "^b$"][..], 0, 100),
            (&["^(ab)*$"], 3, 3),
            (&["^(aa)*$"], 1, 1),
            (&["^[0-9]{4}$"], 5, u64::MAX),
            (&["^[0-9]{4}$"], 0, 3),
        ] {
            assert_eq!(walk(patterns, least, most).unwrap_err(), NoWalk::Empty, "{patterns:?}");
        }
        assert_eq!(walk(&["^(a{1000}){1000}$"], 0, 9).unwrap_err(), NoWalk::TooLarge);
    }
}
