//! The path to the present value.

use std::cell::Cell;

use crate::json::{Container, LineColumn};
use crate::pointer::{Pointer, Token};
use crate::validate::ledger::Step;
use crate::validate::span::{RECENT, TextSpan};

/// An object or array that has begun and not ended, on the stack of the walk.
pub(super) struct Frame<'u> {
    pub(super) up: Option<&'u Frame<'u>>,
    pub(super) kind: Container,
    /// How many are open, this one included.
    pub(super) depth: usize,
    /// Where it begins.
    pub(super) begin: usize,
    /// Line and column of that, once it slides out of sight.
    pub(super) location: Cell<Option<LineColumn>>,
    /// Members or items so far, the present one included.
    pub(super) count: usize,
    /// Which member is the present one.
    pub(super) member: Member,
    /// Whether its key would be noticed if it came again.
    pub(super) tracked: bool,
    /// Where the last few members or items begin, by the last bits of their number.
    recent: [usize; LAST + 1],
}

/// A few more than [`RECENT`].
const LAST: usize = 7;

/// A member, as far as it takes to name it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member {
    /// An item of an array.
    Item,
    /// A property of the schema.
    Listed(usize),
    /// A key that stands in the memory of keys, from and to.
    Other(usize, usize),
}

impl<'u> Frame<'u> {
    #[inline]
    pub(super) fn new(kind: Container, begin: usize, up: Option<&'u Frame<'u>>) -> Self {
        Self {
            up,
            kind,
            depth: up.map_or(1, |up| up.depth + 1),
            begin,
            location: Cell::new(None),
            count: 0,
            member: Member::Item,
            tracked: true,
            recent: [0; LAST + 1],
        }
    }

    /// The next member or item begins here.
    #[inline]
    pub(super) fn child_at(&mut self, at: usize) {
        self.recent[self.count & LAST] = at;
        self.count += 1;
    }

    /// Where the present member or item begins.
    pub(super) fn last_child(&self) -> usize {
        self.recent[self.count.wrapping_sub(1) & LAST]
    }

    /// Where to begin to show the surroundings of the present member or item.
    fn from(&self) -> usize {
        if self.count <= RECENT { self.begin + 1 } else { self.recent[(self.count - RECENT) & LAST] }
    }

    /// This frame and those around it.
    pub(super) fn outward(&self) -> impl Iterator<Item = &Frame<'u>> {
        std::iter::successors(Some(self), |frame| frame.up)
    }
}

/// The steps to the last finding, each with where its object or array and its member or item begin: those of
/// the next finding share their keys.
#[derive(Debug, Default)]
pub(super) struct Recent(Vec<(usize, usize, Token)>);

impl Recent {
    /// The pointer of the present member of `frame`; `names` are those of listed properties, `keys` the
    /// memory of others.
    pub(super) fn pointer(&mut self, frame: Option<&Frame<'_>>, names: &[Box<str>], keys: &str) -> Pointer {
        let mut frames: Vec<&Frame<'_>> = frame.into_iter().flat_map(Frame::outward).collect();
        frames.reverse();
        let known = |(begin, child, _): &(usize, usize, Token), frame: &Frame<'_>| {
            (*begin, *child) == (frame.begin, frame.last_child())
        };
        let same = self.0.iter().zip(&frames).take_while(|(step, frame)| known(step, frame)).count();
        self.0.truncate(same);
        self.0.extend(frames[same..].iter().map(|frame| {
            let token = match frame.member {
                Member::Item => Token::Index(frame.count.saturating_sub(1)),
                Member::Listed(index) => Token::Key((*names[index]).into()),
                Member::Other(from, to) => Token::Key(keys[from..to].into()),
            };
            (frame.begin, frame.last_child(), token)
        }));
        Pointer::of_tokens(self.0.iter().map(|(.., token)| token.clone()).collect())
    }
}

/// The objects around the present member of `frame`, the outermost first.
pub(super) fn steps<'k>(frame: Option<&Frame<'_>>, names: &'k [Box<str>], keys: &'k str) -> Vec<Step<'k>> {
    let objects = frame.into_iter().flat_map(Frame::outward);
    let objects = objects.filter(|frame| frame.kind == Container::Object);
    let mut steps: Vec<Step<'k>> = objects
        .map(|frame| Step {
            begin: frame.begin,
            depth: frame.depth - 1,
            member: frame.last_child(),
            key: match frame.member {
                Member::Item => "",
                Member::Listed(index) => &names[index],
                Member::Other(from, to) => &keys[from..to],
            },
            tracked: frame.tracked,
        })
        .collect();
    steps.reverse();
    steps
}

/// What shows a value, or the key of a member, that begins at `offset` inside `frame`.
pub(super) fn span(offset: usize, frame: Option<&Frame<'_>>) -> TextSpan {
    let (around, from) = frame.map_or((offset, offset + 1), |frame| (frame.begin, frame.from()));
    TextSpan { offset, around, from, location: None }
}
