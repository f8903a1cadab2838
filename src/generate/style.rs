//! Styles of payloads: how typical or extreme their values are.

/// How values lean where the schema leaves room. [`Style::default`] leans nowhere.
///
/// What the schema forbids is not done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "as many leanings, each with or without the others")]
pub struct Style {
    /// Members that may be missing.
    pub members: Extent,
    /// Whether what may be null is null.
    pub null: bool,
    /// Arrays whose number of items is not given.
    pub items: Extent,
    /// Strings without a format.
    pub texts: Texts,
    /// Whether numbers, timestamps and UUIDs lie at the edges of what is allowed and widely read.
    pub edges: bool,
    /// Whether they are written in ways that are allowed and that common parsers refuse or change.
    pub quirks: bool,
    /// Whether every value looks as its name suggests. Otherwise one in twenty does not.
    pub tidy: bool,
}

/// How much there is of what may be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// As usual.
    #[default]
    Usual,
    /// As little as can be.
    Least,
    /// At most the usual amount; all members in the outer objects.
    Most,
}

/// What strings without a format are like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Texts {
    /// As usual.
    #[default]
    Usual,
    /// As short as they can be.
    Shortest,
    /// Of characters that have broken software before; one in twenty is long.
    Odd,
}

/// Depth to which objects have all their members in maximal styles.
const ALL_MEMBERS: usize = 5;

impl Style {
    /// Whether the style decides about an optional member of an object at this depth.
    pub(crate) fn member(self, depth: usize) -> Option<bool> {
        match self.members {
            Extent::Least => Some(false),
            Extent::Most if depth <= ALL_MEMBERS => Some(true),
            _ => None,
        }
    }

    /// Whether what may be null is not, so that everything is there.
    pub(crate) fn full(self) -> bool {
        self.members == Extent::Most
    }

    /// Whether numbers, timestamps and UUIDs are taken from a list.
    pub(crate) fn picks(self) -> bool {
        self.edges || self.quirks
    }

    /// How many values one payload may be made of, as a multiple of the usual.
    pub(crate) fn room(self) -> u32 {
        if self.full() { 16 } else { 1 }
    }
}
