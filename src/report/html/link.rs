//! Links between the parts of a page.

use std::collections::{HashMap, HashSet};

use super::super::document::{Anchor, Block, Card, Cell, Line, Node, Section};
use crate::finding::fingerprint;
use crate::untrusted::HtmlText;

/// Maximum number of findings that one property links to.
const MAX_LINKS: usize = 5;

/// Links the findings, the properties of trees and the rows of tables that have the same location. A row about
/// a finding that is not listed links to none.
pub(super) fn findings_and_properties(sections: &mut [Section]) {
    let mut found: HashMap<HtmlText, Vec<(Anchor, &'static str)>> = HashMap::new();
    for card in cards(sections) {
        let links = found.entry(card.location.clone()).or_default();
        if links.len() < MAX_LINKS {
            links.push((card.anchor.clone(), card.rule));
        }
    }
    let mut anchors: HashMap<HtmlText, Anchor> = HashMap::new();
    for node in nodes(sections) {
        let Some(links) = found.get(&node.location) else { continue };
        node.findings.clone_from(links);
        // Each envelope has a tree of its own, and the first one is linked.
        if !anchors.contains_key(&node.location) {
            let anchor = Anchor::new("p", &fingerprint("property", &node.location.to_string()));
            anchors.insert(node.location.clone(), anchor.clone());
            node.anchor = Some(anchor);
        }
    }
    for card in cards(sections) {
        card.property = anchors.get(&card.location).cloned();
    }
    let listed: HashSet<Anchor> = cards(sections).map(|card| card.anchor.clone()).collect();
    for row in rows(sections) {
        let [Cell::Link(finding, rule), location, ..] = &mut row[..] else { continue };
        if let Cell::Code(text) = location
            && let Some(anchor) = anchors.get(&*text)
        {
            *location = Cell::CodeLink(anchor.clone(), text.clone());
        }
        if !listed.contains(&*finding) {
            let rule = rule.clone();
            row[0] = Cell::Text(rule);
        }
    }
}

fn rows(sections: &mut [Section]) -> impl Iterator<Item = &mut Vec<Cell>> {
    let blocks = sections.iter_mut().flat_map(|section| &mut section.blocks);
    let tables = blocks.filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    tables.flat_map(|table| &mut table.rows)
}

fn cards(sections: &mut [Section]) -> impl Iterator<Item = &mut Card> {
    let blocks = sections.iter_mut().flat_map(|section| &mut section.blocks);
    let cards = blocks.filter_map(|block| if let Block::Cards(cards) = block { Some(cards) } else { None });
    cards.flatten()
}

fn nodes(sections: &mut [Section]) -> impl Iterator<Item = &mut Node> {
    let blocks = sections.iter_mut().flat_map(|section| &mut section.blocks);
    let trees = blocks.filter_map(|block| if let Block::Tree(tree) = block { Some(tree) } else { None });
    let lines = trees.flat_map(|tree| &mut tree.lines);
    lines.filter_map(|line| match line {
        Line::Open(node) | Line::Leaf(node) => Some(node),
        Line::Close => None,
    })
}
