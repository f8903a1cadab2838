//! The parser: one pass over the bytes of a payload.

use jsonschema::types::JsonType;

use super::bytes;
use super::notes::Notes;
use super::observe::Observer;
use super::path::Frame;
use super::program::{Check, Literal, NodeId, Program};
use super::scratch::{NO_PROPERTY, Scratch};
use super::source::Source;
use super::watch::{UNWATCHED, WatchId};
use crate::json::{Container, Expected, SyntaxError, syntax_error_at};
use crate::schema::pattern::Effort;

/// The walk cannot go on: the text is no JSON from here on. The syntax error says why.
pub(super) struct Halt(pub(super) Box<SyntaxError>);

pub(super) type Parsing<T = ()> = Result<T, Halt>;

/// One walk over one body.
pub(super) struct Parser<'p, 's, S, O> {
    pub(super) program: &'p Program,
    pub(super) source: S,
    pub(super) scratch: &'s mut Scratch,
    pub(super) notes: Notes,
    /// Where the walk is, among the bytes that can be seen.
    pub(super) at: usize,
    /// From where on bytes are still needed, if that is before `at`.
    pub(super) kept: Option<usize>,
    /// What the matches of patterns may still take.
    pub(super) effort: Effort,
    pub(super) max_depth: usize,
    /// Keys of one object that are compared to find one of them twice, beside those that the schema lists.
    pub(super) max_keys: usize,
    /// Where a violation was found that ends the walk, which goes to the end of the body otherwise.
    pub(super) stop: &'s mut Option<Stop>,
    pub(super) observer: &'s mut O,
}

/// Ends a walk at the first object or array behind a violation of the schema.
pub(super) struct Stop {
    /// How far the walk was when a value violated the schema.
    pub(super) violation: Option<usize>,
}

impl<'p, S: Source, O: Observer> Parser<'p, '_, S, O> {
    /// Walks over the body, and over white space behind it.
    pub(super) fn body(&mut self) -> Parsing {
        let program = self.program;
        let root = (&program.nodes[program.root as usize], program.root);
        self.value(root, NO_PROPERTY, program.watches.root(), None)?;
        match self.peek(None) {
            None if self.source.broken().is_none() => Ok(()),
            _ => Err(self.syntax_error(self.at, Expected::Nothing, None)),
        }
    }

    #[inline]
    pub(super) fn value(
        &mut self,
        node: (&'p Check, NodeId),
        property: usize,
        watch: WatchId,
        up: Option<&Frame<'_>>,
    ) -> Parsing {
        if watch == UNWATCHED {
            self.unwatched(node, property, UNWATCHED, up).map(drop)
        } else {
            self.watched(node, property, watch, up)
        }
    }

    /// Validates a value; of an object or array it says how many members or items there are.
    pub(super) fn unwatched(
        &mut self,
        (node, id): (&'p Check, NodeId),
        property: usize,
        watch: WatchId,
        up: Option<&Frame<'_>>,
    ) -> Parsing<usize> {
        let first = self.peek(up);
        // Nearly every other value is text.
        if first == Some(b'"') {
            return self.string(node, id, up).map(|()| 0);
        }
        match first {
            Some(b'{') => self.object(node, id, watch, up),
            Some(b'[') => self.array(node, id, watch, up),
            Some(b'n') => {
                self.scratch.counts[property].null += 1;
                self.literal(b"null", (JsonType::Null, Literal::Null), (node, id), up)
            }
            Some(b't') => self.literal(b"true", (JsonType::Boolean, Literal::True), (node, id), up),
            Some(b'f') => self.literal(b"false", (JsonType::Boolean, Literal::False), (node, id), up),
            Some(b'-' | b'0'..=b'9') => self.number(node, id, up).map(|()| 0),
            _ => Err(self.syntax_error(self.at, Expected::Value, up)),
        }
    }

    /// The next byte that is no white space.
    #[inline]
    pub(super) fn peek(&mut self, up: Option<&Frame<'_>>) -> Option<u8> {
        match self.source.bytes().get(self.at) {
            Some(&byte) if byte > b' ' => Some(byte),
            _ => self.peek_behind_space(up),
        }
    }

    #[inline(never)]
    fn peek_behind_space(&mut self, up: Option<&Frame<'_>>) -> Option<u8> {
        loop {
            let text = self.source.bytes();
            self.at = bytes::solid(text, self.at);
            if let Some(&byte) = text.get(self.at) {
                return Some(byte);
            }
            if !self.more(up) {
                return None;
            }
        }
    }

    /// Looks further. Positions among the visible bytes change: `at` and `kept` go with them.
    #[cold]
    #[inline(never)]
    pub(super) fn more(&mut self, up: Option<&Frame<'_>>) -> bool {
        let keep = self.kept.unwrap_or(self.at).min(self.at);
        let before = self.source.before();
        // A missing member is told where its object begins, which may be long out of sight by then.
        for frame in up.into_iter().flat_map(Frame::outward) {
            if frame.location.get().is_none() && frame.begin < before + keep {
                frame.location.set(self.source.location(frame.begin - before));
            }
        }
        let keep = self.observer.slides(self.source.bytes(), keep, self.at);
        let more = self.source.more(keep);
        let moved = self.source.before() - before;
        self.observer.moved(moved);
        self.at -= moved;
        self.kept = self.kept.map(|kept| kept - moved);
        more
    }

    /// Where in the whole text a visible byte stands.
    #[inline]
    pub(super) fn offset(&self, at: usize) -> usize {
        self.source.before() + at
    }

    fn literal(
        &mut self,
        word: &[u8],
        (found, literal): (JsonType, Literal),
        (node, id): (&Check, NodeId),
        up: Option<&Frame<'_>>,
    ) -> Parsing<usize> {
        while self.source.bytes().len() < self.at + word.len() {
            if !self.more(up) {
                return Err(self.syntax_error(self.at, Expected::Value, up));
            }
        }
        if !self.source.bytes()[self.at..].starts_with(word) {
            return Err(self.syntax_error(self.at, Expected::Value, up));
        }
        if !(node.types.has(found) && node.listed.accepts(literal)) {
            self.refuse(id, found, literal, up);
        }
        self.observer.literal(word[0]);
        self.at += word.len();
        Ok(0)
    }

    fn array(&mut self, node: &Check, id: NodeId, watch: WatchId, up: Option<&Frame<'_>>) -> Parsing<usize> {
        if !(node.types.has(JsonType::Array) && node.listed.accepts(Literal::Other)) {
            self.refuse(id, JsonType::Array, Literal::Other, up);
        }
        let mut frame = self.begins(Container::Array, up)?;
        self.observer.array();
        self.at += 1;
        let program = self.program;
        let items = (&program.nodes[node.items as usize], node.items);
        let below = if watch == UNWATCHED { UNWATCHED } else { program.watches.items(watch) };
        if self.peek(Some(&frame)) == Some(b']') {
            self.at += 1;
        } else {
            loop {
                if self.peek(Some(&frame)).is_none() {
                    return Err(self.syntax_error(self.at, Expected::Value, Some(&frame)));
                }
                frame.child_at(self.offset(self.at));
                self.value(items, NO_PROPERTY, below, Some(&frame))?;
                match self.peek(Some(&frame)) {
                    Some(b',') => self.at += 1,
                    Some(b']') => {
                        self.at += 1;
                        break;
                    }
                    _ => return Err(self.syntax_error(self.at, Expected::CommaOrEnd, Some(&frame))),
                }
            }
        }
        self.observer.ends(frame.count);
        if node.counts != 0 {
            self.counts(node, id, &frame, frame.count, up);
        }
        Ok(frame.count)
    }

    /// An object or array begins here.
    #[inline]
    pub(super) fn begins<'u>(&self, kind: Container, up: Option<&'u Frame<'u>>) -> Parsing<Frame<'u>> {
        let frame = Frame::new(kind, self.offset(self.at), up);
        if frame.depth > self.max_depth { Err(self.too_deep()) } else { Ok(frame) }
    }

    /// Why the walk cannot go on from `at`, where `expected` was.
    #[cold]
    #[inline(never)]
    pub(super) fn syntax_error(&mut self, at: usize, expected: Expected, inside: Option<&Frame<'_>>) -> Halt {
        /// Enough to tell one wrong token from another.
        const ENOUGH: usize = 16;
        self.at = at;
        self.kept = None;
        while self.source.bytes().len() < self.at + ENOUGH && self.more(inside) {}
        let (offset, broken) = (self.offset(self.at), self.source.broken());
        let rest = &self.source.bytes()[self.at..];
        Halt(Box::new(syntax_error_at(rest, offset, expected, inside.map(|frame| frame.kind), broken)))
    }

    #[cold]
    fn too_deep(&self) -> Halt {
        Halt(Box::new(SyntaxError::too_deep(self.offset(self.at), self.max_depth)))
    }
}
