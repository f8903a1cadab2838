//! Trees, in the order in which they are written.

use super::{Anchor, Bar, Tone};
use crate::untrusted::HtmlText;

/// Things in things, each with bars in columns.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// What it shows.
    pub caption: HtmlText,
    /// The names of the columns.
    pub head: [&'static str; 4],
    /// Its lines, from the top.
    pub lines: Vec<Line>,
}

/// A line of a tree.
#[derive(Clone, Debug)]
pub enum Line<N = Node> {
    /// A node; the lines up to [`Line::Close`] are in it.
    Open(N),
    /// A node with nothing in it.
    Leaf(N),
    /// The end of the node that was opened last.
    Close,
}

/// A node of a tree.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Where links to it lead.
    pub anchor: Option<Anchor>,
    /// Whether it is open at first.
    pub is_open: bool,
    /// The location that findings name.
    pub location: HtmlText,
    /// Its name.
    pub name: HtmlText,
    /// A word that stands out beside it.
    pub tag: Option<(Tone, &'static str)>,
    /// Its shares.
    pub bars: [Option<Bar>; 2],
    /// What else is known of it.
    pub details: HtmlText,
    /// The findings with this location.
    pub findings: Vec<(Anchor, &'static str)>,
}
