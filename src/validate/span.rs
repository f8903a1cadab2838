//! Finds the bytes of each violation in the text.

use std::collections::HashMap;
use std::sync::Arc;

use super::Violation;
use super::trail::Trail;
use crate::finding::rules;
use crate::json::{Container, Event, LineColumn, Scanner};
use crate::pointer::Token;

/// Which byte is reported for a violation.
#[derive(Clone, Copy)]
enum Anchor {
    /// The first byte of the value.
    Value,
    /// The first byte of the member's key.
    Key,
    /// The first byte of the value, which is the object that lacks the member.
    Object,
}

/// The bytes of a violation and of what is shown around it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TextSpan {
    /// Where the value or the key begins.
    pub(super) offset: usize,
    /// Where the object or array begins that shows it best.
    pub(super) around: usize,
    /// Where, in that object or array, a member or item not long before begins; the byte behind
    /// the bracket when it is the first.
    pub(super) from: usize,
    /// Line and column of `offset`, where they cannot be found later.
    pub(super) location: Option<LineColumn>,
}

/// Finds the span of every violation. A missing member lies where its object begins. Of members
/// with equal keys the last one counts.
pub(super) fn locate(text: &[u8], violations: &mut [(Violation, TextSpan)]) {
    if violations.is_empty() {
        return;
    }
    let mut tree = Tree { nodes: vec![Target::default()], trail: Trail::default() };
    let wanted: Vec<(usize, Anchor)> =
        violations.iter().map(|(violation, _)| wanted(violation, &mut tree)).collect();
    walk(text, &mut tree);
    for ((_, span), (node, anchor)) in violations.iter_mut().zip(wanted) {
        let Found { key, value, parent, from } = tree.nodes[node].found;
        *span = match anchor {
            Anchor::Key => TextSpan { offset: key, around: parent, from, location: None },
            Anchor::Value => TextSpan { offset: value, around: parent, from, location: None },
            Anchor::Object => TextSpan { offset: value, around: value, from: value + 1, location: None },
        };
    }
}

fn wanted(violation: &Violation, tree: &mut Tree) -> (usize, Anchor) {
    let is = |rule| violation.rule == rule;
    let steps = violation.pointer.tokens();
    if is(&rules::MISSING_PROPERTY) {
        let object = steps.split_last().map_or(steps, |(_, object)| object);
        return (tree.want(object), Anchor::Object);
    }
    let member = is(&rules::UNDOCUMENTED_PROPERTY) || is(&rules::DUPLICATE_KEY);
    (tree.want(steps), if member { Anchor::Key } else { Anchor::Value })
}

/// The locations wanted, as a tree.
struct Tree {
    nodes: Vec<Target>,
    trail: Trail<usize>,
}

#[derive(Default)]
struct Target {
    members: HashMap<Arc<str>, usize>,
    items: HashMap<usize, usize>,
    found: Found,
}

impl Tree {
    /// The number of the location that these steps lead to.
    fn want(&mut self, steps: &[Token]) -> usize {
        let Self { nodes, trail } = self;
        trail.follow(steps, 0, |at, step| {
            let next = nodes.len();
            let node = &mut nodes[at];
            let at = match step {
                Token::Key(key) => *node.members.entry(Arc::clone(key)).or_insert(next),
                Token::Index(index) => *node.items.entry(*index).or_insert(next),
            };
            if at == next {
                nodes.push(Target::default());
            }
            at
        })
    }
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
    /// Its number in the tree, if it leads to anything wanted.
    node: Option<usize>,
    /// Index of its next item.
    index: usize,
    /// Where the members or items just before the present one began, the oldest in turn.
    recent: [usize; RECENT],
    count: usize,
}

/// Members shown before a location, at most.
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

fn walk(text: &[u8], tree: &mut Tree) {
    let mut open: Vec<Open> = Vec::new();
    // The number of the next value, and where its key begins.
    let (mut next, mut key) = (Some(0), 0);
    let mut scanner = Scanner::new(text, usize::MAX);
    while let Ok(Some(event)) = scanner.step() {
        match event {
            Event::Begin { at, .. } | Event::Scalar { at, .. } => {
                if let Some(parent) = open.last_mut().filter(|open| open.kind == Container::Array) {
                    next = parent.node.and_then(|node| tree.nodes[node].items.get(&parent.index).copied());
                    parent.index += 1;
                    parent.child_at(at);
                    key = at;
                }
                if let Some(node) = next {
                    let (parent, from) = open.last().map_or((at, at + 1), |open| (open.at, open.from()));
                    tree.nodes[node].found = Found { key, value: at, parent, from };
                }
                if let Event::Begin { kind, .. } = event {
                    open.push(Open { kind, at, node: next, index: 0, recent: [0; RECENT], count: 0 });
                }
            }
            Event::End { .. } => {
                open.pop();
            }
            Event::Key { raw, at } => {
                let object = open.last_mut();
                let node = object.as_ref().and_then(|object| object.node);
                if let Some(object) = object {
                    object.child_at(at);
                }
                next = node.filter(|node| !tree.nodes[*node].members.is_empty());
                next = next.and_then(|node| tree.nodes[node].members.get(&*raw.decode()).copied());
                key = at;
            }
        }
    }
}
