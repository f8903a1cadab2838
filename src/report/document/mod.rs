//! A document of sections, tables, trees, bars and charts, whatever it is about.
//!
//! Reports fill it, and HTML renders it. All text in it is [`HtmlText`].

mod chart;
mod outline;
mod tree;

pub use chart::{Chart, Point};
pub use outline::{Item, Outline};
pub use tree::{Line, Node, Tree};

#[cfg(feature = "export")]
use std::collections::{HashMap, hash_map::Entry};

use crate::finding::Severity;
use crate::untrusted::HtmlText;

/// A document: a headline, then sections.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// What it is, such as the command that made it.
    pub kind: HtmlText,
    /// The headline.
    pub title: HtmlText,
    /// The outcome: the word for it, and how it looks.
    pub verdict: Option<(&'static str, Tone)>,
    /// One or two sentences.
    pub summary: HtmlText,
    /// Numbers to see at a glance, each with its name.
    pub figures: Vec<(HtmlText, HtmlText, Tone)>,
    /// The sections.
    pub sections: Vec<Section>,
}

/// How something looks. It never carries meaning alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Like everything else.
    #[default]
    Plain,
    /// Fine.
    Good,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// Wrong.
    Error,
}

impl Tone {
    /// The name of its class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }
}

/// A part of a document under a heading.
#[derive(Clone, Debug)]
pub struct Section {
    /// The anchor of its heading.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What it contains.
    pub blocks: Vec<Block>,
    /// Whether its tables can be searched.
    pub is_searched: bool,
}

impl Section {
    /// An empty section.
    #[must_use]
    pub fn new(id: &'static str, title: &'static str) -> Self {
        Self { id, title, blocks: Vec::new(), is_searched: false }
    }

    /// The same with a search of the rows of its tables.
    #[must_use]
    pub fn searched(self) -> Self {
        Self { is_searched: true, ..self }
    }

    /// The same with another block.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }
}

/// A part of a section.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Block {
    /// A paragraph.
    Text(HtmlText),
    /// A paragraph that stands out.
    Notice(Tone, HtmlText),
    /// A heading below that of the section, with its anchor and a text that may be empty.
    Heading(Anchor, HtmlText, HtmlText),
    /// Rows and columns.
    Table(Table),
    /// A table or a list that is folded under its title.
    Folded(HtmlText, Table),
    /// Things in things.
    Tree(Tree),
    /// Names in names, linked to what the document says about them.
    Outline(Outline),
    /// Findings.
    Cards(Vec<Card>),
    /// Lines over time.
    Charts(Vec<Chart>),
    /// Lines of code or of a payload.
    Code(Vec<HtmlText>),
    /// The same, folded under a title.
    FoldedCode(HtmlText, Vec<HtmlText>),
    /// Words, some of which are links.
    Words(Vec<(Option<Anchor>, HtmlText)>),
    /// A command to copy.
    Command(HtmlText),
}

/// Rows and columns.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What it shows.
    pub caption: HtmlText,
    /// The names of the columns.
    pub head: Vec<&'static str>,
    /// As many cells in each as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// Whether its order is never changed: rows are of different kinds.
    pub is_fixed: bool,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(caption: &str, head: &[&'static str]) -> Self {
        Self { caption: caption.into(), head: head.to_vec(), rows: Vec::new(), is_fixed: false }
    }

    /// The same with these rows.
    #[must_use]
    pub fn rows(self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        Self { rows: rows.into_iter().collect(), ..self }
    }

    /// The same in this order, whatever is asked.
    #[must_use]
    pub fn fixed(self) -> Self {
        Self { is_fixed: true, ..self }
    }
}

/// A cell of a table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Cell {
    /// Text, with code between backticks.
    Text(HtmlText),
    /// Code: a name, a location, a value.
    Code(HtmlText),
    /// A number, by which a column is sorted.
    Number(f64, HtmlText),
    /// A share.
    Bar(Bar),
    /// A word that stands out.
    Tag(Tone, HtmlText),
    /// A name that links lead to, and a word that stands out beside it.
    Name(Anchor, HtmlText, Option<(Tone, &'static str)>),
    /// A link to an anchor of the document.
    Link(Anchor, HtmlText),
    /// A link to an anchor of the document, whose text is code: a location.
    CodeLink(Anchor, HtmlText),
    /// Words, linked where the document has more on them.
    Words(Vec<(Option<Anchor>, HtmlText)>),
}

impl Cell {
    /// A count.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "only sorted by")]
    pub fn count(count: u64) -> Self {
        Self::Number(count as f64, count.to_string().into())
    }

    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// Code.
    #[must_use]
    pub fn code(text: &str) -> Self {
        Self::Code(text.into())
    }
}

/// A share as a bar and in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// From 0 to 1.
    share: f64,
    /// The same in words.
    pub text: HtmlText,
}

impl Bar {
    /// Of a share from 0 to 1.
    #[must_use]
    pub fn new(share: f64, text: impl Into<HtmlText>) -> Self {
        Self { share: share.clamp(0.0, 1.0), text: text.into() }
    }

    /// Of a count.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a bar has a few hundred pixels")]
    pub fn of(count: u64, of: u64, text: impl Into<HtmlText>) -> Self {
        Self::new(count as f64 / of.max(1) as f64, text)
    }

    /// The share with four digits. What is not quite all does not look like all, nor what is there like
    /// nothing.
    #[must_use]
    pub fn value(&self) -> String {
        let share = (self.share * 1e4).round() / 1e4;
        let share = if self.share > 0.0 && self.share < 1.0 { share.clamp(0.001, 0.999) } else { share };
        share.to_string()
    }
}

/// The name of an element that links lead to: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor(String);

impl Anchor {
    /// Of a kind of thing and a text of which letters and digits are kept.
    #[must_use]
    pub fn new(kind: &str, text: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        Self(format!("{kind}-{text}").chars().take(80).map(plain).collect())
    }

    /// Of a section.
    #[must_use]
    pub fn section(id: &'static str) -> Self {
        Self(id.to_owned())
    }

    /// Of a finding group with this fingerprint.
    #[must_use]
    pub fn finding(fingerprint: &str) -> Self {
        Self::new("f", fingerprint)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Anchors of one document, no two alike.
#[cfg(feature = "export")]
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    /// How many there are of each before they are numbered.
    taken: HashMap<Anchor, u32>,
}

#[cfg(feature = "export")]
impl Anchors {
    /// The first free anchor of a text. The number is in front, as long texts are cut at the end.
    pub(crate) fn free(&mut self, kind: &str, text: &str) -> Anchor {
        let plain = Anchor::new(kind, text);
        loop {
            let times = self.taken.entry(plain.clone()).or_default();
            *times += 1;
            let times = *times;
            if times == 1 {
                return plain;
            }
            let numbered = Anchor::new(kind, &format!("{times} {text}"));
            if let Entry::Vacant(free) = self.taken.entry(numbered.clone()) {
                free.insert(1);
                return numbered;
            }
        }
    }
}

/// One finding group.
#[derive(Clone, Debug)]
pub struct Card {
    /// Where links to it lead.
    pub anchor: Anchor,
    /// What it is known by, the same in every run.
    pub fingerprint: HtmlText,
    /// How bad it is.
    pub severity: Severity,
    /// The ID of its rule.
    pub rule: &'static str,
    /// The location; empty for the whole body.
    pub location: HtmlText,
    /// What was found.
    pub what: HtmlText,
    /// How many payloads have it, where there are payloads.
    pub share: Option<Bar>,
    /// A fragment of a payload, with carets in its last line.
    pub snippet: Vec<HtmlText>,
    /// What is compared.
    pub sides: Option<Sides>,
    /// What is to be known beside, each with its name.
    pub facts: Vec<(&'static str, HtmlText)>,
    /// Command that reproduces it, if there is one.
    pub command: Option<HtmlText>,
    /// Why there is none.
    pub no_command: Option<&'static str>,
    /// The node of a tree with the same location.
    pub property: Option<Anchor>,
}

/// An older and a newer schema at one location.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// The older one, then the newer one.
    pub texts: [Side; 2],
    /// A payload that the newer one accepts and the older one does not.
    pub witness: Option<HtmlText>,
    /// Why there is none.
    pub no_witness: HtmlText,
}

/// One of two texts that are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Where it is.
    pub location: HtmlText,
    /// Its lines.
    pub lines: Vec<SideLine>,
}

/// A line of one of two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideLine {
    /// Whether it is only in this one.
    pub differs: bool,
    /// The line.
    pub text: HtmlText,
}

impl Side {
    /// Two texts, in which the lines that differ are marked.
    #[must_use]
    pub fn compare(old: (&str, &str), new: (&str, &str)) -> [Self; 2] {
        let marked = |(location, text): (&str, &str), other: &str| {
            let others: std::collections::HashSet<&str> = other.lines().map(bare).collect();
            let line = |line| SideLine { differs: !others.contains(bare(line)), text: HtmlText::from(line) };
            Self { location: location.into(), lines: text.lines().map(line).collect() }
        };
        [marked(old, new.1), marked(new, old.1)]
    }
}

/// A line of JSON without indentation and comma.
fn bare(line: &str) -> &str {
    line.trim().trim_end_matches(',')
}
