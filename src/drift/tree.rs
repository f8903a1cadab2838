//! The properties of traffic as a tree, as many as a page has room for.

use std::collections::HashSet;

use super::shares::share;
use super::table::{Row, facts};
use crate::pointer::child;
use crate::report::document::{Bar, Line, Node, Tone};

/// Levels of the tree that are open, whatever is in them: down to the properties of an item of a page.
const OPEN: usize = 4;

/// The lines of a tree of at most `max` properties, and the number of properties that are not in it.
///
/// Undocumented properties and those with findings come first, then those nearest to the root. What is in a
/// kind of object that is listed elsewhere comes last: contracts repeat objects in each other.
pub(super) fn lines(rows: &[Row<'_>], found: &HashSet<&str>, max: usize) -> (Vec<Line>, usize) {
    let mut items = Vec::new();
    flatten(rows, "", None, &mut items);
    mark_repeated(&mut items);
    let chosen = chosen(&items, found, max);
    let mut tree = Tree { items: &items, chosen: &chosen, lines: Vec::new() };
    tree.all(0, items.len(), 0);
    let left_out = chosen.iter().filter(|is_chosen| !**is_chosen).count();
    (tree.lines, left_out)
}

/// A property, in the order of the tree.
struct Item<'r> {
    row: &'r Row<'r>,
    pointer: String,
    /// The number of the property that it is in.
    around: Option<usize>,
    depth: usize,
    /// The number of the property behind all that are in this one.
    end: usize,
    /// Whether it is in a kind of object that is listed nearer to the root.
    is_repeated: bool,
}

fn flatten<'r>(rows: &'r [Row<'r>], path: &str, around: Option<usize>, items: &mut Vec<Item<'r>>) {
    let depth = around.map_or(0, |at| items[at].depth + 1);
    for row in rows {
        let at = items.len();
        let pointer = child(path, row.name);
        items.push(Item { row, pointer: pointer.clone(), around, depth, end: 0, is_repeated: false });
        flatten(&row.rows, &pointer, Some(at), items);
        items[at].end = items.len();
    }
}

fn mark_repeated(items: &mut [Item<'_>]) {
    let mut listed = HashSet::new();
    let mut repeats = vec![false; items.len()];
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|at| items[*at].depth);
    for at in order {
        let is_repeated = items[at].around.is_some_and(|around| repeats[around]);
        items[at].is_repeated = is_repeated;
        let kind = items[at].row.object.as_deref().filter(|_| !items[at].row.rows.is_empty());
        repeats[at] = is_repeated || kind.is_some_and(|kind| !listed.insert(kind));
    }
}

/// Which of the properties are in the tree.
fn chosen(items: &[Item<'_>], found: &HashSet<&str>, max: usize) -> Vec<bool> {
    let mut chosen = vec![false; items.len()];
    let mut count = 0;
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|at| (items[*at].is_repeated, items[*at].depth));
    let mut add = |max: usize, fits: &dyn Fn(&Item<'_>) -> bool| {
        for at in order.iter().copied().filter(|at| fits(&items[*at])) {
            let up = std::iter::successors(Some(at), |at| items[*at].around);
            let missing: Vec<usize> = up.take_while(|at| !chosen[*at]).collect();
            if count + missing.len() <= max {
                count += missing.len();
                for at in missing {
                    chosen[at] = true;
                }
            }
        }
    };
    let matters = |item: &Item<'_>| item.row.is_foreign || found.contains(item.pointer.as_str());
    // There is room left for what is near the root, however much of the traffic is undocumented.
    add(max / 2, &|item| matters(item) && !item.is_repeated);
    add(max - max / 8, &|item| !item.is_repeated);
    add(max, &matters);
    add(max, &|_| true);
    chosen
}

struct Tree<'t> {
    items: &'t [Item<'t>],
    chosen: &'t [bool],
    lines: Vec<Line>,
}

impl Tree<'_> {
    /// The properties from one to another, which is behind the last.
    fn all(&mut self, mut at: usize, end: usize, depth: usize) {
        while at < end {
            let Item { row, pointer, end: behind, .. } = &self.items[at];
            if self.chosen[at] {
                let node = node(row, pointer, self.left_out(at));
                if self.chosen[at + 1..*behind].contains(&true) {
                    let is_open = depth < OPEN || row.has_foreign();
                    self.lines.push(Line::Open(Node { is_open, ..node }));
                    self.all(at + 1, *behind, depth + 1);
                    self.lines.push(Line::Close);
                } else {
                    self.lines.push(Line::Leaf(node));
                }
            }
            at = *behind;
        }
    }

    /// Number of properties that are left out directly in this one, with all that is in them.
    fn left_out(&self, at: usize) -> usize {
        let mut count = 0;
        let mut inside = at + 1;
        while inside < self.items[at].end {
            let end = self.items[inside].end;
            if !self.chosen[inside] {
                count += end - inside;
            }
            inside = end;
        }
        count
    }
}

fn node(row: &Row<'_>, pointer: &str, left_out: usize) -> Node {
    let (seen, parents) = (row.seen(), row.parents);
    let tag = match row.field {
        None => Some((Tone::Info, "never seen")),
        Some(_) if row.is_new => Some((Tone::Warning, "undocumented")),
        Some(_) if row.is_foreign => Some((Tone::Error, "not as documented")),
        Some(_) => None,
    };
    let null = row.field.filter(|field| field.null > 0);
    let null = null.map(|field| Bar::of(field.null, field.seen, share(field.null, field.seen)));
    let mut details = row.field.map(facts).unwrap_or_default();
    if row.field.is_some() {
        details.push(format!("{seen} of {parents}"));
    }
    if left_out > 0 {
        let what = if left_out == 1 { "property in it" } else { "properties in it" };
        details.push(format!("{left_out} {what} not listed"));
    }
    Node {
        anchor: None,
        is_open: false,
        location: pointer.into(),
        name: row.name.into(),
        tag,
        bars: [Some(Bar::of(seen, parents, share(seen, parents))), null],
        details: details.join(", ").into(),
        findings: Vec::new(),
    }
}
