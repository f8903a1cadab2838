//! Which places do two schemas share, and what differs there?

use std::collections::{HashSet, VecDeque};

use super::document::Document;
use super::effort::Effort;
use super::fact::{Change, Effect, Fact};
use super::view::{Node, View, is_words, view};
use super::{keywords, kinds};
use crate::pointer::{Pointer, Token};
use crate::validate::MAX_DEPTHS;

/// Steps that comparing takes at most, each about a microsecond of work.
const MAX_STEPS: usize = 2_000_000;
/// Steps that looking for payloads takes at most.
const MAX_SHOWING: usize = 1_000_000;
/// Steps of comparing one pair, besides what lists in it take.
const COMPARING: usize = 10;

/// How a pair of schemas is reached from another one.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A member of that name.
    Member(String),
    /// Any item.
    Item,
    /// A member that no property describes.
    Further,
    /// The same value.
    Same,
}

/// Two schemas that speak about the same place.
#[derive(Clone, Debug)]
pub(super) struct Pair<'d> {
    pub(super) old: Node<'d>,
    pub(super) new: Node<'d>,
    /// How many steps its place is below the root.
    pub(super) depth: usize,
    pub(super) from: Option<(usize, Step)>,
    /// Whether nothing around it can undo what a change does here.
    pub(super) certain: bool,
    /// Whether a change may do here the opposite of what it says.
    pub(super) unsure: bool,
}

/// Everything two documents are compared by.
pub(super) struct Walk<'d> {
    pub(super) old: &'d Document,
    pub(super) new: &'d Document,
    pub(super) pairs: Vec<Pair<'d>>,
    pub(super) facts: Vec<Fact>,
    /// Whether the documents differ at all.
    pub(super) differ: bool,
    /// What comparing may take.
    pub(super) effort: Effort,
    /// What looking for payloads that show the differences may take.
    pub(super) showing: Effort,
    queue: VecDeque<usize>,
}

/// Walks both schemas at once, nearest places first. A pair of schemas is compared once, however often it is reached.
pub(super) fn walk<'d>(old: &'d Document, new: &'d Document) -> Walk<'d> {
    let differ = old.value != new.value;
    let (effort, showing) = (Effort::of(MAX_STEPS), Effort::of(MAX_SHOWING));
    let (pairs, facts, queue) = (Vec::new(), Vec::new(), VecDeque::new());
    let mut walk = Walk { old, new, pairs, facts, differ, effort, showing, queue };
    walk.push(Pair {
        old: Node::root(old),
        new: Node::root(new),
        depth: 0,
        from: None,
        certain: true,
        unsure: false,
    });
    walk.dialects();
    let mut compared = HashSet::new();
    let mut nulls = HashSet::new();
    while let Some(at) = walk.queue.pop_front() {
        let pair = walk.pairs[at].clone();
        if !walk.effort.take(COMPARING + pair.depth / 8, &pair.new.pointer) {
            break;
        }
        let views = (view(old, &pair.old), view(new, &pair.new));
        walk.null(at, &views, &mut nulls);
        let seen = (views.0.node.pointer.clone(), views.1.node.pointer.clone());
        walk.words(at, &views);
        if compared.insert(seen) {
            keywords::compare(&mut walk, at, &views.0.node, &views.1.node);
        }
    }
    walk
}

impl<'d> Walk<'d> {
    fn push(&mut self, pair: Pair<'d>) {
        self.pairs.push(pair);
        self.queue.push_back(self.pairs.len() - 1);
    }

    /// Where in a payload a pair is.
    pub(super) fn place(&self, mut at: usize) -> Pointer {
        let mut tokens = Vec::new();
        while let Some((from, step)) = &self.pairs[at].from {
            match step {
                Step::Member(name) => tokens.push(Token::Key(name.as_str().into())),
                Step::Item | Step::Further => tokens.push(Token::Key("*".into())),
                Step::Same => {}
            }
            at = *from;
        }
        tokens.into_iter().rev().fold(Pointer::root(), |mut place, token| {
            place.push(token);
            place
        })
    }

    /// Has two subschemas of a pair compared, unless no payload is that deep.
    pub(super) fn descend(&mut self, at: usize, step: Step, old: Node<'d>, new: Node<'d>, sure: [bool; 2]) {
        let depth = self.pairs[at].depth + usize::from(!matches!(step, Step::Same));
        if depth > *MAX_DEPTHS.end() {
            return;
        }
        let [certain, unsure] = sure;
        let pair = &self.pairs[at];
        let (certain, unsure) = (pair.certain && certain, pair.unsure || unsure);
        self.push(Pair { old, new, depth, from: Some((at, step)), certain, unsure });
    }

    /// Notes a difference at the place of a pair.
    pub(super) fn note(&mut self, at: usize, change: Change, effect: Effect, old: String, new: String) {
        self.note_in(at, None, change, effect, old, new);
    }

    /// Notes a difference at a member of the place of a pair.
    pub(super) fn note_in(
        &mut self,
        at: usize,
        member: Option<&str>,
        change: Change,
        effect: Effect,
        old: String,
        new: String,
    ) {
        let mut place = self.place(at);
        self.effort.take(1 + place.tokens().len(), &new);
        let pair = &self.pairs[at];
        if let Some(name) = member {
            place.push(Token::Key(name.into()));
        }
        let effect =
            if pair.unsure && !matches!(change, Change::Words(_)) { Effect::Unknown } else { effect };
        let said = self.views(at).1;
        // Other changes may be undone by what else the schema says there.
        let alone = match &change {
            Change::Types { .. } => plain(&said),
            Change::Nullable(_) | Change::Required(_) | Change::Added { .. } => true,
            Change::Removed { required } => *required,
            _ => false,
        };
        let certain = alone && effect == Effect::Widens && pair.certain && settled(&said);
        self.facts.push(Fact { change, place, old, new, effect, certain, pair: at });
    }

    /// What the schemas of a pair say once their references are followed.
    pub(super) fn views(&self, at: usize) -> (Node<'d>, Node<'d>) {
        let pair = &self.pairs[at];
        (view(self.old, &pair.old).node, view(self.new, &pair.new).node)
    }

    /// The draft of the two documents.
    fn dialects(&mut self) {
        let name = |document: &Document| document.value["$schema"].as_str().unwrap_or_default().to_owned();
        if self.old.draft != self.new.draft {
            let change = Change::Dialect { old: name(self.old), new: name(self.new) };
            let place = |document: &Document| match document.value.get("$schema") {
                Some(_) => "/$schema".to_owned(),
                None => document.root.clone(),
            };
            let (a, b) = (place(self.old), place(self.new));
            self.note(0, change, Effect::Unknown, a, b);
        }
    }

    /// Whether null came or went, whichever way it is said.
    fn null(&mut self, at: usize, views: &(View<'d>, View<'d>), seen: &mut HashSet<(String, String)>) {
        let (old, new) = views;
        // What a branch says of null is said of the place as a whole.
        if matches!(self.pairs[at].from, Some((_, Step::Same))) {
            return;
        }
        let pair = &self.pairs[at];
        let [before, now] = [kinds::of(self.old, &pair.old), kinds::of(self.new, &pair.new)]
            .map(|types| types.contains("null"));
        let say = |view: &View<'_>| view.null.clone().unwrap_or_else(|| view.node.at("type"));
        if before != now && seen.insert((say(old), say(new))) {
            let effect = if now { Effect::Widens } else { Effect::Narrows };
            self.note(at, Change::Nullable(now), effect, say(old), say(new));
        }
    }

    /// Words beside a reference.
    fn words(&mut self, at: usize, views: &(View<'d>, View<'d>)) {
        let (old, new) = views;
        let said = |words: &[(&'d str, &'d serde_json::Value, String)]| {
            words.iter().map(|(keyword, value, _)| (*keyword, (*value).clone())).collect::<Vec<_>>()
        };
        if said(&old.words) != said(&new.words) {
            let pair = &self.pairs[at];
            let places = (pair.old.pointer.clone(), pair.new.pointer.clone());
            let first = new.words.first().or(old.words.first()).map_or("description", |word| word.0);
            self.note(at, Change::Words(first.to_owned()), Effect::Neither, places.0, places.1);
        }
    }
}

/// Whether a schema allows what its parts allow, for all that it says besides.
pub(super) fn settled(node: &Node<'_>) -> bool {
    const ENTANGLED: &[&str] = &[
        "$dynamicRef",
        "$recursiveRef",
        "$ref",
        "allOf",
        "anyOf",
        "const",
        "contains",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "enum",
        "if",
        "maxItems",
        "maxProperties",
        "minProperties",
        "not",
        "oneOf",
        "patternProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
    ];
    ENTANGLED.iter().all(|keyword| node.get(keyword).is_none())
}

/// Whether a schema says of a type that it allows nothing that could contradict itself.
pub(super) fn plain(node: &Node<'_>) -> bool {
    const PLAIN: &[&str] = &["additionalProperties", "items", "properties", "required", "type"];
    let mut keywords = node.map().into_iter().flat_map(serde_json::Map::keys);
    keywords.all(|keyword| is_words(keyword) || PLAIN.contains(&keyword.as_str()))
}
