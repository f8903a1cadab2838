//! Interns the pointers of finding groups.
//!
//! Places are nodes of a tree, so that groups share the keys of the objects around them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use crate::pointer::{Pointer, Token};
use crate::validate::trail::Trail;

/// A location, whatever the array indexes.
pub(super) type PathId = u32;

const ROOT: PathId = 0;

/// The memory of a node beside its key.
const NODE_BYTES: usize = 112;

/// Stands among array indexes for a key that is `*` itself.
const STAR: usize = usize::MAX;

/// The array indexes of a pointer.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Indexes {
    One([usize; 1]),
    Many(Box<[usize]>),
}

impl Indexes {
    pub(super) fn of(pointer: &Pointer) -> Self {
        let index = |token: &Token| match token {
            Token::Index(index) => Some(*index),
            Token::Key(key) => (**key == *"*").then_some(STAR),
        };
        let mut indexes = pointer.tokens().iter().filter_map(index);
        match (indexes.next(), indexes.next()) {
            (Some(one), None) => Self::One([one]),
            (first, second) => Self::Many(first.into_iter().chain(second).chain(indexes).collect()),
        }
    }

    pub(super) fn as_slice(&self) -> &[usize] {
        match self {
            Self::One(one) => one,
            Self::Many(many) => many,
        }
    }

    /// The step that an index stands for.
    pub(super) fn token(index: Option<usize>) -> Token {
        match index {
            Some(index) if index != STAR => Token::Index(index),
            _ => Token::Key("*".into()),
        }
    }
}

#[derive(Debug)]
struct PathNode {
    parent: PathId,
    /// How many steps lead here.
    depth: u32,
    /// How many of them are array indexes.
    stars: u32,
    /// `None` for an array index, or a key that is `*`.
    key: Option<Arc<str>>,
    /// Whether the node is in use, while those that are not are looked for.
    used: bool,
}

impl PathNode {
    fn bytes(&self) -> usize {
        NODE_BYTES + self.key.as_ref().map_or(0, |key| key.len())
    }
}

/// The locations of findings.
#[derive(Debug)]
pub(super) struct Paths {
    nodes: Vec<PathNode>,
    free: Vec<PathId>,
    below: HashMap<(PathId, Option<Arc<str>>), PathId>,
    trail: Trail<PathId>,
    /// The memory of all nodes.
    pub(super) bytes: usize,
}

impl Paths {
    pub(super) fn new() -> Self {
        let root = PathNode { parent: ROOT, depth: 0, stars: 0, key: None, used: true };
        Self { nodes: vec![root], free: Vec::new(), below: HashMap::new(), trail: Trail::default(), bytes: 0 }
    }

    /// The location of a pointer.
    pub(super) fn location(&mut self, pointer: &Pointer) -> PathId {
        let Self { nodes, free, below, trail, bytes } = self;
        trail.follow(pointer.tokens(), ROOT, |parent, token| {
            let key = match token {
                Token::Key(key) if **key != *"*" => Some(Arc::clone(key)),
                _ => None,
            };
            *below.entry((parent, key)).or_insert_with_key(|(_, key)| {
                let PathNode { depth, stars, .. } = nodes[parent as usize];
                let stars = stars + u32::from(key.is_none());
                let node = PathNode { parent, depth: depth + 1, stars, key: key.clone(), used: true };
                *bytes += node.bytes();
                if let Some(location) = free.pop() {
                    nodes[location as usize] = node;
                    return location;
                }
                nodes.push(node);
                u32::try_from(nodes.len() - 1).unwrap_or(ROOT)
            })
        })
    }

    /// How many steps lead to a location.
    pub(super) fn depth(&self, location: PathId) -> usize {
        self.nodes[location as usize].depth as usize
    }

    /// How many of them are array indexes.
    pub(super) fn stars(&self, location: PathId) -> usize {
        self.nodes[location as usize].stars as usize
    }

    /// The location and those around it, but for the root.
    fn outward(&self, location: PathId) -> impl Iterator<Item = &PathNode> {
        let node = move |location: PathId| (location != ROOT).then(|| &self.nodes[location as usize]);
        std::iter::successors(node(location), move |inner| node(inner.parent))
    }

    /// The key that is the step of this number on the way to a location.
    pub(super) fn key(&self, location: PathId, step: usize) -> &str {
        let node = self.outward(location).find(|node| node.depth as usize == step + 1);
        node.and_then(|node| node.key.as_deref()).unwrap_or("*")
    }

    /// The bytes that the steps of a pointer take which is reported.
    pub(super) fn reported(&self, location: PathId) -> usize {
        const MAX_KEY: usize = 200;
        let long = |node: &PathNode| node.key.as_ref().is_some_and(|key| key.len() > MAX_KEY);
        let step = |node: &PathNode| size_of::<Token>() + if long(node) { 2 * MAX_KEY } else { 0 };
        self.outward(location).map(step).sum()
    }

    /// The location with these array indexes.
    pub(super) fn pointer(&self, location: PathId, indexes: &Indexes) -> Pointer {
        let mut indexes = indexes.as_slice().iter().rev();
        let mut tokens: Vec<Token> = Vec::with_capacity(self.depth(location));
        tokens.extend(self.outward(location).map(|node| match &node.key {
            Some(key) => Token::Key(Arc::clone(key)),
            None => Indexes::token(indexes.next().copied()),
        }));
        tokens.reverse();
        Pointer::of_tokens(tokens)
    }

    /// The order of locations: by their steps from the root.
    pub(super) fn compare(&self, one: PathId, other: PathId) -> Ordering {
        let node = |location: PathId| &self.nodes[location as usize];
        let depths = node(one).depth.cmp(&node(other).depth);
        let up = |mut location: PathId, depth: u32| {
            while node(location).depth > depth {
                location = node(location).parent;
            }
            location
        };
        let (mut one, mut other) = (up(one, node(other).depth), up(other, node(one).depth));
        if one == other {
            return depths;
        }
        while node(one).parent != node(other).parent {
            (one, other) = (node(one).parent, node(other).parent);
        }
        let key = |location: PathId| node(location).key.as_deref().unwrap_or("*");
        key(one).cmp(key(other))
    }

    /// Begins to look for the nodes that are in use.
    pub(super) fn unmark(&mut self) {
        for node in &mut self.nodes {
            node.used = false;
        }
        self.nodes[ROOT as usize].used = true;
    }

    /// Notes that a location is in use; gives the memory of what was not noted before on the way to it.
    pub(super) fn mark(&mut self, mut location: PathId) -> usize {
        let mut bytes = 0;
        while !std::mem::replace(&mut self.nodes[location as usize].used, true) {
            bytes += self.nodes[location as usize].bytes();
            location = self.nodes[location as usize].parent;
        }
        bytes
    }

    /// Forgets what is not in use.
    pub(super) fn sweep(&mut self) {
        for location in self.trail.values().collect::<Vec<_>>() {
            self.mark(location);
        }
        let Self { nodes, free, below, bytes, .. } = self;
        below.retain(|_, location| {
            let node = &mut nodes[*location as usize];
            if !node.used {
                *bytes -= node.bytes();
                node.key = None;
                free.push(*location);
            }
            node.used
        });
        below.shrink_to_fit();
    }
}
