//! Matches removed properties to added ones: likely renames and moves.

use std::collections::{HashMap, HashSet};

use super::fact::{Change, Effect, Fact};
use super::pairs::Pairs;
use crate::finding::similar;
use crate::pointer::Token;
use crate::schema::types::TypeSet;

/// Pairs of names compared in one object, at most.
const MAX_COMPARED: usize = 40_000;

/// Replaces removals that an addition explains. A property is moved only where its location is another one.
pub(super) fn explain(pairs: &mut Pairs<'_>) {
    let mut gone: Vec<usize> = Vec::new();
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_pair: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, fact) in pairs.facts.iter().enumerate() {
        if let Change::Added { .. } = fact.change {
            by_name.entry(name(fact)).or_default().push(index);
            by_pair.entry(fact.pair).or_default().push(index);
        }
    }
    let mut explained: Vec<(usize, usize, bool)> = Vec::new();
    let mut taken: HashSet<usize> = HashSet::new();
    let mut removals: HashMap<usize, usize> = HashMap::new();
    for fact in &pairs.facts {
        *removals.entry(fact.pair).or_default() += usize::from(matches!(fact.change, Change::Removed { .. }));
    }
    for (index, fact) in pairs.facts.iter().enumerate() {
        let Change::Removed { .. } = fact.change else { continue };
        let here = by_pair.get(&fact.pair).map(Vec::as_slice).unwrap_or_default();
        let few = here.len() * removals[&fact.pair] <= MAX_COMPARED;
        let alike: Vec<usize> = here.iter().copied().filter(|&to| few && twins(pairs, index, to)).collect();
        let names: Vec<String> = alike.iter().map(|&to| plain(&name(&pairs.facts[to]))).collect();
        let near = similar(&plain(&name(fact)), names.iter().map(String::as_str), 0.8);
        let renamed = near.and_then(|near| names.iter().position(|other| other == near)).map(|at| alike[at]);
        let elsewhere = by_name.get(&name(fact)).filter(|to| to.len() == 1).map(|to| to[0]);
        let elsewhere =
            elsewhere.filter(|&to| pairs.facts[to].location != fact.location && twins(pairs, index, to));
        if let Some(to) = renamed.or(elsewhere).filter(|to| taken.insert(*to)) {
            explained.push((index, to, renamed.is_some()));
        }
    }
    for (from, to, renamed) in explained {
        let (target, wider, pointer) = {
            let fact = &pairs.facts[to];
            let name = if renamed { name(fact) } else { fact.location.to_string() };
            (name, fact.effect == Effect::Widens, fact.new.clone())
        };
        let fact = &mut pairs.facts[from];
        let Change::Removed { required } = fact.change else { continue };
        fact.change = if renamed {
            Change::Renamed { required, to: target }
        } else {
            Change::Moved { required, to: target }
        };
        fact.new = pointer;
        if !wider {
            gone.push(to);
        }
    }
    let gone: HashSet<usize> = gone.into_iter().collect();
    let mut index = 0..;
    pairs.facts.retain(|_| index.next().is_none_or(|index| !gone.contains(&index)));
}

fn name(fact: &Fact) -> String {
    match fact.location.tokens().last() {
        Some(Token::Key(key)) => key.to_string(),
        _ => String::new(),
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether what was said of a removed property is what is said of one that was added.
fn twins(pairs: &Pairs<'_>, from: usize, to: usize) -> bool {
    let (from, to) = (&pairs.facts[from], &pairs.facts[to]);
    let old = pairs.merged(from.pair, TypeSet::OBJECT).0.member(&name(from));
    let new = pairs.merged(to.pair, TypeSet::OBJECT).1.member(&name(to));
    let says = !pairs.old.model().merged(&old, TypeSet::ALL).is_anything();
    says && pairs.same(&old, &new, TypeSet::ALL)
}
