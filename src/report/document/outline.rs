//! Outlines, in the order in which they are written.

use super::{Anchor, Line, Tone};
use crate::untrusted::HtmlText;

/// Names in names, each described elsewhere in the document.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// What it shows.
    pub caption: HtmlText,
    /// Its lines, from the top.
    pub lines: Vec<Line<Item>>,
}

/// A name in an outline.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Whether it is open at first.
    pub is_open: bool,
    /// The name.
    pub name: HtmlText,
    /// What it adds to a location: a JSON Pointer.
    pub step: HtmlText,
    /// Where it is described.
    pub link: Option<Anchor>,
    /// What it is called there.
    pub link_text: HtmlText,
    /// Words for its types, linked where the document has more on them.
    pub kind: Vec<(Option<Anchor>, HtmlText)>,
    /// Words that stand out.
    pub tags: Vec<(Tone, &'static str)>,
    /// What else is known of it.
    pub details: HtmlText,
}
