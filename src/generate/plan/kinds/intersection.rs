//! Builds strings that several regular expressions match.
//!
//! Their automata are walked side by side. From every state it is known in how many characters all of them
//! can end, so that an intersection never gets stuck, and that there is no such text is known beforehand.

use std::collections::{BTreeSet, HashMap};

use regex_syntax::hir::Hir;

use super::automaton::{Automaton, Determined};
use crate::generate::choices::Choices;

/// States of all automata together.
const MAX_PRODUCT: usize = 4_000;
/// Steps that are taken to find them.
const MAX_STEPS: usize = 4_000_000;
/// Characters that stand for all others.
const MAX_ALPHABET: usize = 1_000;
/// Longer texts are not looked for.
const MAX_LENGTH: usize = 4_096;
/// At most this many characters more than there must be are looked for.
const MORE: usize = 200;
/// A text is one of so many of the shortest lengths.
const LENGTHS: usize = 24;

/// Texts that several regular expressions match.
#[derive(Clone, Debug)]
pub(crate) struct Intersection {
    /// The characters, the plain ones first, each with its kind.
    alphabet: Vec<(char, usize)>,
    /// The kinds of characters that lead on from each state, and where to.
    steps: Vec<Vec<(usize, usize)>>,
    /// For each number of characters, the states from which so many lead to an end.
    ends: Vec<Vec<bool>>,
    /// The lengths of texts.
    lengths: Vec<usize>,
}

/// Why there is no intersection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoIntersection {
    /// There is no text.
    Empty,
    /// The automata are too large to say.
    TooLarge,
}

impl Intersection {
    /// The texts of at least and at most so many characters in which all of these are found. Look-around and
    /// word boundaries are not looked at.
    ///
    /// # Errors
    ///
    /// Why there are none. Counts the steps that it takes.
    pub(crate) fn of(all: &[&Hir], least: u64, most: u64, steps: &mut usize) -> Result<Self, NoIntersection> {
        let automata: Option<Vec<Automaton>> = all.iter().map(|hir| Automaton::of(hir)).collect();
        let automata = automata.ok_or(NoIntersection::TooLarge)?;
        // Plain characters are enough for most.
        let plain = Self::over(&automata, &alphabet([].into_iter()), (least, most), steps);
        if plain.is_ok() {
            return plain;
        }
        let mut all: BTreeSet<char> = automata.iter().flat_map(Automaton::corners).collect();
        if all.len() > MAX_ALPHABET {
            return Err(NoIntersection::TooLarge);
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
    ) -> Result<Self, NoIntersection> {
        let Product { alphabet, steps, accepting, is_whole } = Product::of(automata, alphabet, taken);
        let least = usize::try_from(least).map_err(|_| NoIntersection::TooLarge)?;
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
            return Err(if all_looked_at { NoIntersection::Empty } else { NoIntersection::TooLarge });
        }
        Ok(Self { alphabet, steps, ends, lengths })
    }

    /// A text.
    pub(crate) fn build(&self, choices: &mut Choices) -> String {
        let mut left = choices.pick(&self.lengths).copied().unwrap_or(0);
        let (mut text, mut state) = (String::new(), 0);
        while let Some(less) = left.checked_sub(1) {
            left = less;
            let ends = &self.ends[left];
            let steps: HashMap<usize, usize> =
                self.steps[state].iter().copied().filter(|(_, target)| ends[*target]).collect();
            let fitting = self.alphabet.iter().filter_map(|(one, kind)| Some((*one, *steps.get(kind)?)));
            let fitting: Vec<(char, usize)> = fitting.collect();
            let plain = fitting.iter().filter(|(character, _)| rank(*character) < 2).count();
            let most = if plain > 0 && choices.draw(9) < 9 { plain } else { fitting.len() };
            let Some((character, target)) = choices.pick(&fitting[..most]).copied() else { break };
            text.push(character);
            state = target;
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

/// All automata side by side; the first state is the one that they begin in.
struct Product {
    alphabet: Vec<(char, usize)>,
    steps: Vec<Vec<(usize, usize)>>,
    accepting: Vec<bool>,
    /// Whether every state was found.
    is_whole: bool,
}

impl Product {
    fn of(automata: &[Automaton], alphabet: &[char], taken: &mut usize) -> Self {
        let mut automata: Vec<Determined<'_>> = automata.iter().map(Determined::of).collect();
        // Characters that no automaton tells apart are one kind.
        let mut kinds: Vec<Vec<usize>> = Vec::new();
        let mut numbers = HashMap::new();
        let alphabet = alphabet.iter().map(|character| {
            let kind: Vec<usize> = automata.iter().map(|one| one.kind(*character)).collect();
            let number = *numbers.entry(kind).or_insert_with_key(|kind| {
                kinds.push(kind.clone());
                kinds.len() - 1
            });
            (*character, number)
        });
        let alphabet = alphabet.collect();
        let mut known = HashMap::new();
        let mut all = vec![vec![0; automata.len()]];
        let mut product = Self { alphabet, steps: Vec::new(), accepting: Vec::new(), is_whole: true };
        let mut left = MAX_STEPS;
        while let Some(here) = all.get(product.steps.len()).cloned() {
            product.accepting.push(automata.iter().zip(&here).all(|(one, set)| one.ends[*set]));
            let mut steps = Vec::new();
            for (number, kinds) in kinds.iter().enumerate() {
                left = left.saturating_sub(automata.len());
                product.is_whole &= left > 0;
                if left == 0 {
                    break;
                }
                let next = automata.iter_mut().zip(&here).zip(kinds);
                let next = next.map(|((one, set), kind)| one.after(*set, *kind, &mut left));
                let Some(next) = next.collect::<Option<Vec<usize>>>() else { continue };
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
                steps.push((number, target));
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

    fn intersection(patterns: &[&str], least: u64, most: u64) -> Result<Intersection, NoIntersection> {
        let all: Vec<Hir> = patterns.iter().map(|pattern| regex_syntax::parse(pattern).unwrap()).collect();
        Intersection::of(&all.iter().collect::<Vec<_>>(), least, most, &mut 0)
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
            let intersection = intersection(patterns, least, most).unwrap();
            for seed in 0..50 {
                let text = intersection.build(&mut Choices::seeded(seed));
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
            assert_eq!(
                intersection(patterns, least, most).unwrap_err(),
                NoIntersection::Empty,
                "{patterns:?}"
            );
        }
        assert_eq!(intersection(&["^(a{1000}){1000}$"], 0, 9).unwrap_err(), NoIntersection::TooLarge);
    }
}
