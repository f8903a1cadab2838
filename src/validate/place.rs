//! Where in the text does each breach lie?

use std::collections::HashMap;

use super::Breach;
use crate::finding::rules;
use crate::json::{Container, Event, LineColumn, Scanner};
use crate::pointer::escape;

/// Which byte stands for a breach.
#[derive(Clone, Copy)]
enum Anchor {
    /// The first byte of the value.
    Value,
    /// The first byte of the member's key.
    Key,
    /// The first byte of the value, which is the object that lacks the member.
    Object,
}

/// Where a breach lies, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spot {
    /// Where the value or the key begins.
    pub(super) offset: usize,
    /// Where the object or array begins that shows it best.
    pub(super) around: usize,
    /// Where, in that object or array, a member or item not long before begins; the byte behind
    /// the bracket when it is the first.
    pub(super) from: usize,
    /// Line and column of `offset`, where they cannot be found later.
    pub(super) place: Option<LineColumn>,
}

/// Finds the spot of every breach. A missing member lies where its object begins. Of members
/// with equal keys the last one counts.
pub(super) fn locate(text: &[u8], breaches: &mut [(Breach, Spot)]) {
    let wanted: Vec<(String, Anchor)> = breaches.iter().map(|(breach, _)| wanted(breach)).collect();
    let mut found: HashMap<&str, Found> =
        wanted.iter().map(|(pointer, _)| (pointer.as_str(), Found::default())).collect();
    if !wanted.is_empty() {
        walk(text, &mut found);
    }
    let spot = |(pointer, anchor): &(String, Anchor)| {
        let Found { key, value, parent, from } = found.get(pointer.as_str()).copied().unwrap_or_default();
        match anchor {
            Anchor::Key => Spot { offset: key, around: parent, from, place: None },
            Anchor::Value => Spot { offset: value, around: parent, from, place: None },
            Anchor::Object => Spot { offset: value, around: value, from: value + 1, place: None },
        }
    };
    for ((_, found), wanted) in breaches.iter_mut().zip(&wanted) {
        *found = spot(wanted);
    }
}

fn wanted(breach: &Breach) -> (String, Anchor) {
    let is = |rule| breach.rule == rule;
    if is(&rules::MISSING_PROPERTY) {
        let mut object = breach.pointer.clone();
        object.pop();
        return (object.to_string(), Anchor::Object);
    }
    let member = is(&rules::UNDOCUMENTED_PROPERTY) || is(&rules::DUPLICATE_KEY);
    (breach.pointer.to_string(), if member { Anchor::Key } else { Anchor::Value })
}

/// Where a pointer leads: its key, its value, and the container around it.
#[derive(Clone, Copy, Default)]
struct Found {
    key: usize,
    value: usize,
    parent: usize,
    from: usize,
}

/// A container that has begun and not ended.
struct Open {
    kind: Container,
    at: usize,
    /// Length of its pointer.
    length: usize,
    /// Index of its next item.
    index: usize,
    /// Where the members or items just before the present one began, the oldest in turn.
    recent: [usize; RECENT],
    count: usize,
}

/// Members shown before a place, at most.
pub(super) const RECENT: usize = 6;

impl Open {
    fn child_at(&mut self, at: usize) {
        self.recent[self.count % RECENT] = at;
        self.count += 1;
    }

    fn from(&self) -> usize {
        if self.count <= RECENT { self.at + 1 } else { self.recent[self.count % RECENT] }
    }
}

fn walk(text: &[u8], wanted: &mut HashMap<&str, Found>) {
    let mut open: Vec<Open> = Vec::new();
    let mut pointer = String::new();
    let mut key = 0;
    let mut scanner = Scanner::new(text, usize::MAX);
    while let Ok(Some(event)) = scanner.step() {
        match event {
            Event::Begin { at, .. } | Event::Scalar { at, .. } => {
                if let Some(parent) = open.last_mut().filter(|open| open.kind == Container::Array) {
                    pointer.truncate(parent.length);
                    pointer.push('/');
                    pointer.push_str(&parent.index.to_string());
                    parent.index += 1;
                    parent.child_at(at);
                    key = at;
                }
                if let Some(found) = wanted.get_mut(pointer.as_str()) {
                    let (parent, from) = open.last().map_or((at, at + 1), |open| (open.at, open.from()));
                    *found = Found { key, value: at, parent, from };
                }
                if let Event::Begin { kind, .. } = event {
                    open.push(Open {
                        kind,
                        at,
                        length: pointer.len(),
                        index: 0,
                        recent: [0; RECENT],
                        count: 0,
                    });
                }
            }
            Event::End { .. } => {
                open.pop();
            }
            Event::Key { raw, at } => {
                if let Some(object) = open.last_mut() {
                    pointer.truncate(object.length);
                    object.child_at(at);
                }
                pointer.push('/');
                escape(&raw.decode(), &mut pointer);
                key = at;
            }
        }
    }
}
