//! The table of shapes as a tree of keys, and which facts identify which format.
//!
//! The table of shapes as a tree of keys. Facts below an item of an array count together only within one
//! item: two items that each have half of what a format requires are no capture.

use std::sync::LazyLock;

use super::Recognized;
use super::member::{AnyOf, Is};
use super::shapes::{SHAPES, Shape};

/// Numbers of facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts([u64; Facts::WORDS]);

impl Facts {
    const WORDS: usize = 7;
    /// How many facts there may be.
    #[cfg(test)]
    pub(super) const MAX: usize = Self::WORDS * 64;

    fn one(fact: usize) -> Self {
        let mut facts = Self::default();
        if let Some(word) = facts.0.get_mut(fact / 64) {
            *word = 1 << (fact % 64);
        }
        facts
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
    }

    fn remove(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= !other);
    }

    fn has_all(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(word, other)| word & other == other)
    }

    fn has_any(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(word, other)| word & other != 0)
    }
}

/// A location that some path of the table leads to or through.
#[derive(Default)]
pub(super) struct FactNode {
    pub(super) key: &'static str,
    children: Vec<usize>,
    /// What may be there, and the fact that it is.
    pub(super) facts: Vec<(Is, Facts)>,
    /// Facts about one item, where this is the item of an array.
    of_item: Facts,
}

impl FactNode {
    pub(super) fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }
}

/// Facts that count together: those about one item, or about the whole.
struct Group {
    /// The item, or the root.
    node: usize,
    all: Facts,
    /// Facts that forbid it, known at the end of the item or the whole.
    unless: Option<Facts>,
    gives: Gives,
}

#[derive(Clone, Copy)]
enum Gives {
    /// A fact about what the item is in.
    Fact(Facts),
    Recognized(Recognized),
}

/// The table, as a tree from the root.
pub(super) struct Tree {
    pub(super) nodes: Vec<FactNode>,
    /// In the order of the table, what is inside first.
    groups: Vec<Group>,
    facts: usize,
}

pub(super) static TREE: LazyLock<Tree> = LazyLock::new(|| {
    let mut tree = Tree { nodes: vec![FactNode::default()], groups: Vec::new(), facts: 0 };
    for shape in SHAPES {
        for below in shape.below {
            for members in shape.by {
                tree.kind(shape, below, members);
            }
        }
    }
    tree
});

/// What is known of a group while a kind is added: the keys up to its item, and its facts.
#[derive(Default)]
struct Draft {
    item: Vec<&'static str>,
    all: Facts,
    unless: Option<Facts>,
}

impl Tree {
    /// Adds one list of members that is enough for a kind.
    fn kind(&mut self, shape: &Shape, below: &'static str, members: &[AnyOf]) {
        let mut drafts = vec![Draft::default()];
        for (any, forbids) in
            members.iter().map(|any| (*any, false)).chain(shape.unless.iter().map(|any| (*any, true)))
        {
            let fact = self.fact();
            let mut item = Vec::new();
            for (path, is) in any {
                let keys: Vec<_> =
                    below.split('/').chain(path.split('/')).filter(|key| !key.is_empty()).collect();
                let node = self.node(&keys);
                self.nodes[node].facts.push((*is, fact));
                item = item_of(&keys);
            }
            self.scope(&item, fact);
            let at = drafts.iter().position(|draft| draft.item == item).unwrap_or_else(|| {
                drafts.push(Draft { item, ..Draft::default() });
                drafts.len() - 1
            });
            if forbids {
                drafts[at].unless.get_or_insert_default().add(&fact);
            } else {
                drafts[at].all.add(&fact);
            }
        }
        // What is deepest first; the whole is last.
        drafts.sort_by_key(|draft| draft.item.len());
        while let Some(draft) = drafts.pop() {
            let node = self.node(&draft.item);
            let outer = drafts.iter().rposition(|outer| draft.item.starts_with(&outer.item));
            let gives = match outer {
                None => Gives::Recognized(shape.recognized),
                Some(outer) => {
                    let fact = self.fact();
                    drafts[outer].all.add(&fact);
                    let scope = drafts[outer].item.clone();
                    self.scope(&scope, fact);
                    Gives::Fact(fact)
                }
            };
            self.groups.push(Group { node, all: draft.all, unless: draft.unless, gives });
        }
    }

    fn fact(&mut self) -> Facts {
        self.facts += 1;
        Facts::one(self.facts - 1)
    }

    /// A fact is gone with every item that it is about.
    fn scope(&mut self, item: &[&'static str], fact: Facts) {
        for end in (1..=item.len()).filter(|end| item[end - 1] == "*") {
            let node = self.node(&item[..end]);
            self.nodes[node].of_item.add(&fact);
        }
    }

    fn node(&mut self, path: &[&'static str]) -> usize {
        path.iter().fold(0, |at, key| {
            self.child(at, key.as_bytes()).unwrap_or_else(|| {
                self.nodes.push(FactNode { key, ..FactNode::default() });
                let child = self.nodes.len() - 1;
                self.nodes[at].children.push(child);
                child
            })
        })
    }

    /// The location below one, by its key, or `*` for an item.
    pub(super) fn child(&self, node: usize, key: &[u8]) -> Option<usize> {
        self.nodes[node].children.iter().copied().find(|&child| self.nodes[child].key.as_bytes() == key)
    }

    /// The location of a member, or of any other (`?`) where the table does not name it.
    pub(super) fn member(&self, node: usize, key: &[u8]) -> Option<usize> {
        self.child(node, key).or_else(|| self.child(node, b"?"))
    }

    /// What these facts identify; facts that follow from them are added.
    pub(super) fn recognized(&self, facts: &mut Facts) -> Option<Recognized> {
        let open = self.groups.iter().filter(|group| group.unless.is_none());
        given(open, facts)
    }

    /// What these facts identify at the end of an object.
    pub(super) fn recognized_at_end(&self, node: usize, facts: &mut Facts) -> Option<Recognized> {
        let before = *facts;
        let closed = self.groups.iter().filter(|group| group.node == node && group.unless.is_some());
        // What else the facts tell was looked at when they were added.
        let recognized =
            given(closed, facts).or_else(|| if *facts == before { None } else { self.recognized(facts) });
        facts.remove(&self.nodes[node].of_item);
        recognized
    }

    /// How many facts the table has.
    #[cfg(test)]
    pub(super) fn facts(&self) -> usize {
        self.facts
    }
}

fn given<'t>(groups: impl Iterator<Item = &'t Group>, facts: &mut Facts) -> Option<Recognized> {
    for group in groups {
        let forbidden = group.unless.is_some_and(|unless| facts.has_any(&unless));
        match group.gives {
            _ if forbidden || !facts.has_all(&group.all) => {}
            Gives::Fact(fact) => facts.add(&fact),
            Gives::Recognized(recognized) if group.all != Facts::default() => return Some(recognized),
            Gives::Recognized(_) => {}
        }
    }
    None
}

/// The keys of a path up to its last item.
fn item_of(keys: &[&'static str]) -> Vec<&'static str> {
    keys[..keys.iter().rposition(|key| *key == "*").map_or(0, |at| at + 1)].to_vec()
}
