//! Looks up pointers by the steps that differ from the last one.
//!
//! Pointers that come one after another share most of their steps. Only those that differ are looked up, so
//! that a long key costs its length once, however many findings lie below it.

use std::sync::Arc;

use crate::pointer::Token;

/// Keys up to this length are compared as texts, longer ones only by where they are held.
const MAX_COMPARED: usize = 64;

/// The steps of the last pointer, each with what was looked up for it.
#[derive(Debug)]
pub(super) struct Trail<T> {
    steps: Vec<(Token, T)>,
}

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self { steps: Vec::new() }
    }
}

impl<T: Copy> Trail<T> {
    /// What `next` gives for the last of these steps, beginning with `root`.
    pub(super) fn follow(&mut self, tokens: &[Token], root: T, mut next: impl FnMut(T, &Token) -> T) -> T {
        let same =
            self.steps.iter().zip(tokens).take_while(|((known, _), token)| is_same(known, token)).count();
        self.steps.truncate(same);
        let mut at = self.steps.last().map_or(root, |(_, at)| *at);
        for token in &tokens[same..] {
            at = next(at, token);
            self.steps.push((token.clone(), at));
        }
        at
    }

    /// What was looked up for the steps of the last pointer.
    pub(super) fn values(&self) -> impl Iterator<Item = T> + '_ {
        self.steps.iter().map(|(_, value)| *value)
    }
}

/// Whether two steps are known to be the same, at no cost that grows with the key.
fn is_same(one: &Token, other: &Token) -> bool {
    match (one, other) {
        (Token::Key(one), Token::Key(other)) => {
            Arc::ptr_eq(one, other) || one.len() <= MAX_COMPARED && one == other
        }
        (Token::Index(one), Token::Index(other)) => one == other,
        _ => false,
    }
}
