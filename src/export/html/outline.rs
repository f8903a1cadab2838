//! The objects of a schema in each other.

use std::collections::{HashMap, HashSet, VecDeque};

use super::NULLABLE;
use super::objects::{ARRAY_OF, Object, Objects, Property};
use crate::pointer::child;
use crate::report::document::{Anchor, Item, Line, Tone};
use crate::schema::keywords::names;

/// Levels that are open at first.
const OPEN: usize = 4;

/// Maximum number of levels; below them, links lead on.
const MAX_DEPTH: usize = 10;

/// Maximum number of characters of a description.
const MAX_CHARS: usize = 120;

/// Words for types, and the anchors of objects among them.
type Kind = [(Option<Anchor>, String)];

/// Whether values of a property with this name are never shown.
type IsSecret<'o> = &'o dyn Fn(&str) -> bool;

/// The lines of an outline in which each object is expanded at most once, where it is nearest to the root.
pub(super) fn lines(objects: &Objects, is_secret: IsSecret<'_>) -> Vec<Line<Item>> {
    let of_anchor = objects.all.iter().enumerate().map(|(at, object)| (&object.anchor, at)).collect();
    let mut outline =
        Outline { all: &objects.all, of_anchor, is_secret, homes: HashSet::new(), lines: Vec::new() };
    outline.find_homes(&objects.root);
    match &outline.inside(&objects.root)[..] {
        [(steps, only)] if steps.is_empty() => outline.object(*only, 0),
        several => outline.several(several, 0),
    }
    outline.lines
}

struct Outline<'o> {
    all: &'o [Object],
    of_anchor: HashMap<&'o Anchor, usize>,
    is_secret: IsSecret<'o>,
    /// The properties in which objects are expanded: by the anchor of the property.
    homes: HashSet<(&'o Anchor, usize)>,
    lines: Vec<Line<Item>>,
}

impl Outline<'_> {
    /// The objects of a type: for each, the steps to it through arrays, and its number.
    fn inside(&self, kind: &Kind) -> Vec<(String, usize)> {
        let mut found: Vec<(String, usize)> = Vec::new();
        let mut steps = String::new();
        for (anchor, word) in kind {
            let object = anchor.as_ref().and_then(|anchor| self.of_anchor.get(anchor));
            if let Some(object) = object.filter(|object| found.iter().all(|(_, known)| known != *object)) {
                found.push((steps.clone(), *object));
            }
            match word.as_str() {
                ARRAY_OF => steps.push_str("/*"),
                _ => steps.clear(),
            }
        }
        found
    }

    /// Finds the property in which each object is nearest to the root.
    fn find_homes(&mut self, root: &Kind) {
        let mut pending: VecDeque<_> = self.inside(root).into_iter().map(|(_, object)| (object, 0)).collect();
        let mut known: HashSet<usize> = pending.iter().map(|(object, _)| *object).collect();
        while let Some((object, depth)) = pending.pop_front() {
            if depth == MAX_DEPTH {
                continue;
            }
            let all = self.all;
            for property in &all[object].properties {
                for (_, inside) in self.inside(&property.kind) {
                    if known.insert(inside) {
                        self.homes.insert((&property.anchor, inside));
                        pending.push_back((inside, depth + 1));
                    }
                }
            }
        }
    }

    /// The properties of an object.
    fn object(&mut self, object: usize, depth: usize) {
        let all = self.all;
        for property in &all[object].properties {
            let inside = self.inside(&property.kind);
            let is_only = inside.len() == 1;
            let homes =
                inside.into_iter().filter(|(_, object)| self.homes.contains(&(&property.anchor, *object)));
            let inside: Vec<_> = homes.collect();
            let steps = arrays(&property.kind);
            let item = self.item(&all[object], property, &steps, depth);
            match &inside[..] {
                [] => self.lines.push(Line::Leaf(item)),
                [(_, only)] if is_only => {
                    self.lines.push(Line::Open(item));
                    self.object(*only, depth + 1);
                    self.lines.push(Line::Close);
                }
                several => {
                    let step = child("", &property.name).into();
                    self.lines.push(Line::Open(Item { step, ..item }));
                    self.several(several, depth + 1);
                    self.lines.push(Line::Close);
                }
            }
        }
    }

    /// Objects of one value, each below its name.
    fn several(&mut self, several: &[(String, usize)], depth: usize) {
        for (steps, object) in several {
            let Object { anchor, name, .. } = &self.all[*object];
            self.lines.push(Line::Open(Item {
                is_open: depth < OPEN,
                name: name.into(),
                step: steps.into(),
                link: Some(anchor.clone()),
                link_text: name.into(),
                ..Item::default()
            }));
            self.object(*object, depth + 1);
            self.lines.push(Line::Close);
        }
    }

    fn item(&self, object: &Object, property: &Property, steps: &str, depth: usize) -> Item {
        let tags = [
            (property.is_required, Tone::Info, names::REQUIRED),
            (property.is_nullable, Tone::Warning, NULLABLE),
            ((self.is_secret)(&property.name), Tone::Warning, "secret"),
        ];
        Item {
            is_open: depth < OPEN,
            name: property.name.as_str().into(),
            step: format!("{}{steps}", child("", &property.name)).into(),
            link: Some(property.anchor.clone()),
            link_text: format!("{}.{}", object.name, property.name).into(),
            kind: property.kind.iter().map(|(anchor, word)| (anchor.clone(), word.into())).collect(),
            tags: tags.into_iter().filter(|(is, ..)| *is).map(|(_, tone, word)| (tone, word)).collect(),
            details: sentence(&property.description).into(),
        }
    }
}

/// The steps through arrays of the first type.
fn arrays(kind: &Kind) -> String {
    "/*".repeat(kind.iter().take_while(|(_, word)| word == ARRAY_OF).count())
}

/// The first sentence of a text, cut between words where it is long.
fn sentence(text: &str) -> String {
    let first = text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.');
    let Some((end, _)) = first.char_indices().nth(MAX_CHARS) else { return first.to_owned() };
    let mut cut = first[..end].rsplit_once(' ').map_or(&first[..end], |(words, _)| words);
    if cut.matches('`').count() % 2 == 1 {
        cut = cut.rsplit_once('`').map_or(cut, |(before, _)| before);
    }
    format!("{} …", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sentences_are_cut_between_words_and_outside_code() {
        assert_eq!(sentence("One. Two."), "One");
        assert_eq!(sentence("One."), "One");
        let long = format!("{}`a b` c", "word ".repeat(22));
        assert_eq!(sentence(&long), long);
        let longer = format!("{}`abcdef ghi` c", "word ".repeat(22));
        assert_eq!(sentence(&longer), format!("{} …", "word ".repeat(22).trim_end()));
        assert_eq!(sentence(&"é".repeat(200)), format!("{} …", "é".repeat(MAX_CHARS)));
    }
}
