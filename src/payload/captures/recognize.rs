//! Is a JSON value that passes by a capture?
//!
//! Only the members that some row of the table names are looked at; everything between them is walked over by its brackets
//! and quotes. What is kept does not grow with the value, so that a capture is told wherever its members are.

use std::sync::LazyLock;

use super::Told;
use super::shapes::{Is, SHAPES};
use crate::payload::skim::{Walk, Watch};
use crate::payload::space::span;

/// The longest key or text that is compared with anything.
const MAX_TEXT: usize = 256;

/// Items of an array that are looked at: the others are as these are.
const MAX_ITEMS: usize = 8;

/// A place that some path of the table leads to or through.
#[derive(Default)]
struct Node {
    key: &'static str,
    children: Vec<usize>,
    /// What may be there, and the number of the fact that it is.
    facts: Vec<(Is, u32)>,
}

/// The table, as a tree from the root.
struct Tree {
    nodes: Vec<Node>,
    /// Facts that tell a kind together, in the order of the table.
    kinds: Vec<(u128, Told)>,
}

static TREE: LazyLock<Tree> = LazyLock::new(Tree::new);

impl Tree {
    fn new() -> Self {
        let mut tree = Self { nodes: vec![Node::default()], kinds: Vec::new() };
        let mut facts = 0;
        for shape in SHAPES {
            for below in shape.below {
                for members in shape.by {
                    let mut all = 0;
                    for any in *members {
                        for (path, is) in *any {
                            let node = tree.node(below.split('/').chain(path.split('/')));
                            tree.nodes[node].facts.push((*is, facts));
                        }
                        all |= 1_u128.checked_shl(facts).unwrap_or_default();
                        facts += 1;
                    }
                    tree.kinds.push((all, shape.told));
                }
            }
        }
        tree
    }

    fn node(&mut self, path: impl Iterator<Item = &'static str>) -> usize {
        path.filter(|key| !key.is_empty()).fold(0, |at, key| {
            self.child(at, key.as_bytes()).unwrap_or_else(|| {
                self.nodes.push(Node { key, ..Node::default() });
                let child = self.nodes.len() - 1;
                self.nodes[at].children.push(child);
                child
            })
        })
    }

    /// The place below one, by its key, or `*` for an item.
    fn child(&self, node: usize, key: &[u8]) -> Option<usize> {
        self.nodes[node].children.iter().copied().find(|&child| self.nodes[child].key.as_bytes() == key)
    }
}

/// How many facts the table has.
#[cfg(test)]
pub(super) fn facts() -> usize {
    TREE.nodes
        .iter()
        .flat_map(|node| &node.facts)
        .map(|(_, fact)| *fact as usize + 1)
        .max()
        .unwrap_or_default()
}

/// A container that is looked into.
struct Open {
    node: usize,
    is_object: bool,
    items: usize,
}

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    /// The value itself.
    Start,
    /// A key, an item, or the end of the container.
    Member,
    /// The rest of a key.
    Key,
    Colon,
    /// A value, at this place of the tree or at none.
    Value(Option<usize>),
    /// The rest of a text at a place of the tree.
    Text(usize),
    /// The rest of a value that nobody looks into.
    Rest,
    /// The rest of an array of which enough was seen.
    Items,
    /// The rest of what is no JSON.
    Broken,
}

/// Looks at one value after the other.
pub(super) struct Recognizer {
    facts: u128,
    told: Option<Told>,
    open: Vec<Open>,
    next: Next,
    walk: Walk,
    text: Vec<u8>,
    escaped: bool,
}

impl Recognizer {
    pub(super) fn new() -> Self {
        Self {
            facts: 0,
            told: None,
            open: Vec::new(),
            next: Next::Start,
            walk: Walk::default(),
            text: Vec::new(),
            escaped: false,
        }
    }

    /// Notes what is at this place of the tree.
    fn note(&mut self, node: usize, is: impl Fn(Is) -> bool) {
        let before = self.facts;
        for (wanted, fact) in &TREE.nodes[node].facts {
            if is(*wanted) {
                self.facts |= 1_u128.checked_shl(*fact).unwrap_or_default();
            }
        }
        if self.told.is_none() && self.facts != before {
            let kind = TREE.kinds.iter().find(|(all, _)| self.facts & all == *all);
            self.told = kind.map(|(_, told)| *told);
        }
    }

    /// Goes into a value that begins with this byte; false where that byte is a part of it and is walked over.
    fn enter(&mut self, node: Option<usize>, byte: u8) -> bool {
        let is_object = byte == b'{';
        if let Some(node) = node {
            match byte {
                b'{' => self.note(node, |is| matches!(is, Is::There | Is::Object)),
                b'[' => self.note(node, |is| matches!(is, Is::There | Is::Array)),
                b'"' => self.note(node, |is| matches!(is, Is::There | Is::Text)),
                b'-' | b'0'..=b'9' => self.note(node, |is| matches!(is, Is::There | Is::Number)),
                b't' | b'f' => self.note(node, |is| is == Is::There),
                _ => {}
            }
            let known = &TREE.nodes[node];
            let is_leaf = known.children.is_empty();
            let empty = known.facts.iter().any(|(is, _)| *is == Is::Empty);
            let compared = known.facts.iter().any(|(is, _)| matches!(is, Is::Begins(_) | Is::Holds(_)));
            if matches!(byte, b'{' | b'[') && (!is_leaf || empty) {
                self.open.push(Open { node, is_object, items: 0 });
                self.next = Next::Member;
                return true;
            }
            if byte == b'"' && compared {
                self.text.clear();
                self.next = Next::Text(node);
                return true;
            }
        }
        self.walk = Walk::default();
        self.next = Next::Rest;
        false
    }

    /// The end of the container that is looked into; true where that was the value itself.
    fn leave(&mut self) -> bool {
        if let Some(Open { node, is_object: false, items: 0 }) = self.open.pop() {
            self.note(node, |is| is == Is::Empty);
        }
        self.next = Next::Member;
        self.open.is_empty()
    }

    /// A key, an item or the end, which begins with this byte: how many bytes were taken, and whether the value ended.
    fn member(&mut self, byte: u8) -> (usize, bool) {
        let Some(open) = self.open.last_mut() else { return (0, true) };
        match (open.is_object, byte) {
            (_, b',') => (1, false),
            (true, b'}') | (false, b']') => (1, self.leave()),
            (true, b'"') => {
                self.text.clear();
                self.next = Next::Key;
                (1, false)
            }
            (false, byte) if !matches!(byte, b'}' | b':') => {
                open.items += 1;
                let (node, items) = (open.node, open.items);
                if items > MAX_ITEMS {
                    self.walk = Walk::inside(1);
                    self.next = Next::Items;
                    return (0, false);
                }
                (usize::from(self.enter(TREE.child(node, b"*"), byte)), false)
            }
            _ => (0, self.give_up()),
        }
    }

    /// What is no JSON is walked over to where its brackets end.
    fn give_up(&mut self) -> bool {
        self.walk = Walk::inside(self.open.len());
        self.next = Next::Broken;
        false
    }

    /// The rest of a text up to its quote: how many bytes were taken, and whether the quote was there.
    fn quoted(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            let length = match byte {
                _ if self.escaped => 1,
                b'"' => return (at + 1, true),
                b'\\' => 1,
                _ => memchr::memchr2(b'"', b'\\', &chunk[at..]).unwrap_or(chunk.len() - at),
            };
            self.escaped = byte == b'\\' && !self.escaped;
            let room = MAX_TEXT.saturating_sub(self.text.len()).min(length);
            self.text.extend_from_slice(&chunk[at..at + room]);
            at += length;
        }
        (at, false)
    }

    /// The key or text that was read, with its escapes resolved.
    fn unquoted(&mut self) -> Vec<u8> {
        let text = std::mem::take(&mut self.text);
        if !text.contains(&b'\\') {
            return text;
        }
        let quoted = [b"\"", &text[..], b"\""].concat();
        serde_json::from_slice::<String>(&quoted).map_or(text, String::into_bytes)
    }

    /// One step into the chunk, which is not empty.
    fn step(&mut self, chunk: &[u8]) -> (usize, bool) {
        let byte = chunk[0];
        let spaced = matches!(self.next, Next::Member | Next::Colon | Next::Value(_));
        match span(chunk) {
            0 => {}
            space if spaced => return (space, false),
            _ => {}
        }
        match self.next {
            Next::Start => (usize::from(self.enter(Some(0), byte)), false),
            Next::Member => self.member(byte),
            Next::Key => {
                let (length, ended) = self.quoted(chunk);
                if ended {
                    self.next = Next::Colon;
                }
                (length, false)
            }
            Next::Colon if byte == b':' => {
                let key = self.unquoted();
                let open = self.open.last().filter(|_| key != b"*");
                let child = open.and_then(|open| TREE.child(open.node, &key));
                self.text = key;
                self.next = Next::Value(child);
                (1, false)
            }
            Next::Colon => (0, self.give_up()),
            Next::Value(_) if matches!(byte, b',' | b':' | b'}' | b']') => (0, self.give_up()),
            Next::Value(node) => (usize::from(self.enter(node, byte)), false),
            Next::Text(node) => {
                let (length, ended) = self.quoted(chunk);
                if ended {
                    let text = self.unquoted();
                    let text = String::from_utf8_lossy(&text);
                    self.note(node, |is| match is {
                        Is::Begins(wanted) => text.starts_with(wanted),
                        Is::Holds(wanted) => text.contains(wanted),
                        _ => false,
                    });
                    self.next = Next::Member;
                }
                (length, false)
            }
            Next::Rest => {
                let (length, ended) = self.walk.over(chunk);
                if ended {
                    self.next = Next::Member;
                }
                (length, ended && self.open.is_empty())
            }
            Next::Items => {
                let (length, ended) = self.walk.over(chunk);
                (length, ended && self.leave())
            }
            Next::Broken => self.walk.over(chunk),
        }
    }
}

impl Watch for Recognizer {
    fn begin(&mut self) {
        *self = Self { text: std::mem::take(&mut self.text), ..Self::new() };
    }

    fn over(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < chunk.len() {
            let (length, ended) = self.step(&chunk[at..]);
            at += length;
            if ended {
                return (at, true);
            }
        }
        (at, false)
    }

    fn is_scalar(&self) -> bool {
        self.open.is_empty() && matches!(self.next, Next::Rest) && self.walk.is_scalar()
    }

    fn told(&self) -> Option<Told> {
        self.told
    }
}
