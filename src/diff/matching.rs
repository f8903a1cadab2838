//! Matches parts of one schema to parts of another.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Parts that are compared each with each, at most: those of one list times those of the other.
const MAX_COMPARED: usize = 40_000;

/// Takes those out of both lists that are each other's, in order: first by a key, then by comparing each with
/// each, unless those are too many.
pub(super) fn matched<A, B, K: Eq + Hash>(
    (before, now): (&mut Vec<A>, &mut Vec<B>),
    (old_key, new_key): (impl Fn(&A) -> Option<K>, impl Fn(&B) -> Option<K>),
    same: impl Fn(&A, &B) -> bool,
) -> Vec<(A, B)> {
    let mut by_key: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (at, one) in now.iter().enumerate() {
        if let Some(key) = new_key(one) {
            by_key.entry(key).or_default().push_back(at);
        }
    }
    let mut right: Vec<Option<B>> = now.drain(..).map(Some).collect();
    let (mut found, mut left) = (Vec::new(), Vec::new());
    for one in before.drain(..) {
        let twin = old_key(&one).and_then(|key| by_key.get_mut(&key)?.pop_front());
        match twin.and_then(|at| right[at].take()) {
            Some(twin) => found.push((one, twin)),
            None => left.push(one),
        }
    }
    now.extend(right.into_iter().flatten());
    if left.len() * now.len() > MAX_COMPARED {
        before.extend(left);
        return found;
    }
    for one in left {
        match now.iter().position(|other| same(&one, other)) {
            Some(at) => found.push((one, now.remove(at))),
            None => before.push(one),
        }
    }
    found
}
