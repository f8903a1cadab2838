//! Validates objects.

use jsonschema::types::JsonType;

use super::bytes;
use super::cold::decoded;
use super::observe::Observer;
use super::parser::{Parser, Parsing};
use super::path::{Frame, Member};
use super::program::{ANYTHING, Check, Literal, NodeId, Object, ObjectId, Rest};
use super::scratch::{Members, NO_PROPERTY};
use super::source::Source;
use super::watch::{UNWATCHED, WatchId};
use crate::json::{Container, Expected};

/// What follows members that take one look.
enum Plain {
    /// The end of the object, behind its bracket.
    End,
    /// A value of this property, behind its colon.
    Value(usize),
    /// A key that is not known yet, or that cannot be seen to its end.
    Key,
}

/// What stands behind a value.
enum Separator {
    /// A comma, and here the quote of the next key.
    Comma(usize),
    /// The bracket, behind it this.
    End(usize),
}

/// What follows the value of a member, if all of it can be seen and is right.
#[inline(always)]
#[expect(clippy::inline_always, reason = "every member; measured")]
fn separator(text: &[u8], at: usize) -> Option<Separator> {
    match text.get(at..at + 2)? {
        b",\"" => Some(Separator::Comma(at + 1)),
        [b'}', _] => Some(Separator::End(at + 1)),
        _ => spaced(text, at),
    }
}

/// The same where there may be white space.
#[inline(never)]
fn spaced(text: &[u8], at: usize) -> Option<Separator> {
    let at = solid(text, at);
    match text.get(at)? {
        b'}' => Some(Separator::End(at + 1)),
        b',' => {
            let key = solid(text, at + 1);
            (*text.get(key)? == b'"').then_some(Separator::Comma(key))
        }
        _ => None,
    }
}

/// The next byte that is no white space: usually this one.
#[inline]
fn solid(text: &[u8], at: usize) -> usize {
    if text.get(at).is_some_and(|byte| *byte > b' ') { at } else { bytes::solid(text, at) }
}

impl<'p, S: Source, O: Observer> Parser<'p, '_, S, O> {
    pub(super) fn object(
        &mut self,
        node: &Check,
        id: NodeId,
        watch: WatchId,
        up: Option<&Frame<'_>>,
    ) -> Parsing<usize> {
        if !(node.types.has(JsonType::Object) && node.listed.accepts(Literal::Other)) {
            self.refuse(id, JsonType::Object, Literal::Other, up);
        }
        let mut frame = self.begins(Container::Object, up)?;
        let program = self.program;
        let object = &program.objects[node.object as usize];
        let mut members = Members::new(self.scratch.hashes.len());
        if watch != UNWATCHED {
            let first = object.first as usize;
            let names = &program.names[first..first + object.length as usize];
            let watched = program.watches.members(watch).filter_map(|name| object.keys.find(name, names));
            watched.for_each(|index| members.watch(index));
        }
        self.observer.object(object.first);
        self.at += 1;
        match self.peek(Some(&frame)) {
            Some(b'}') => self.at += 1,
            Some(b'"') => self.members(object, node.object, watch, &mut frame, &mut members)?,
            _ => return Err(self.syntax_error(self.at, Expected::KeyOrEnd, Some(&frame))),
        }
        members.end(&mut self.scratch.hashes);
        self.observer.ends(frame.count);
        // What is noted of the object as a whole lies outside it, and ends what is known of its members.
        if members.unknown {
            self.unknown_keys_end(node.object, &members, &frame);
        }
        if members.lacks(object.required_set) || object.length > 128 {
            self.missing(object, id, &members, &frame, up);
        }
        let count = frame.count - members.repeated;
        if node.counts != 0 {
            self.counts(node, id, &frame, count, up);
        }
        Ok(count)
    }

    /// Walks over the members of an object, from the quote of the first key to the bracket behind the last
    /// value.
    #[inline]
    fn members(
        &mut self,
        object: &'p Object,
        object_id: ObjectId,
        watch: WatchId,
        frame: &mut Frame<'_>,
        members: &mut Members,
    ) -> Parsing {
        let program = self.program;
        let first = object.first as usize;
        // Where it is remembered what followed the beginning of the object, or the property before.
        let begin = first + object_id as usize;
        let mut last = begin;
        loop {
            let index = match self.plain_members((object, begin), &mut last, frame, members) {
                Plain::End => return Ok(()),
                Plain::Value(index) => Some(index),
                Plain::Key => {
                    frame.child_at(self.offset(self.at));
                    self.any_key(object, frame)?
                }
            };
            if let Some(index) = index {
                let property = first + index;
                last = begin + 1 + index;
                frame.member = Member::Listed(property);
                if members.see(index) {
                    self.repeated(frame, members, watch);
                }
                self.observer.listed(property);
                self.scratch.counts[property + 1].seen += 1;
                let below = if watch == UNWATCHED {
                    UNWATCHED
                } else {
                    program.watches.member(watch, &program.names[property])
                };
                let known = &program.properties[property];
                self.value((&known.node, known.id), property + 1, below, Some(frame))?;
            } else {
                self.unlisted(object, watch, frame, members)?;
            }
            match self.peek(Some(frame)) {
                Some(b',') => {
                    self.at += 1;
                    if self.peek(Some(frame)) != Some(b'"') {
                        return Err(self.syntax_error(self.at, Expected::Key, Some(frame)));
                    }
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.syntax_error(self.at, Expected::CommaOrEnd, Some(frame))),
            }
        }
    }

    /// Walks over members as long as each is one that the object lists, with a scalar that one look finds
    /// valid, and all of it can be seen: most are. What is not is left to others.
    #[inline]
    fn plain_members(
        &mut self,
        (object, begin): (&'p Object, usize),
        last: &mut usize,
        frame: &mut Frame<'_>,
        members: &mut Members,
    ) -> Plain {
        let program = self.program;
        let first = object.first as usize;
        let all = first..first + object.length as usize;
        let (properties, names) = (&program.properties[all.clone()], &program.names[all]);
        let quoted_of = |index: usize| &properties[index].quoted;
        let text = self.source.bytes();
        let before = self.source.before();
        // Kept out of memory: each step waits for the one before.
        let mut at = self.at;
        loop {
            let follower = &mut self.scratch.followers[*last];
            let Some((index, value)) = object.keys.next(text, at, (quoted_of, names), follower) else {
                self.at = at;
                return Plain::Key;
            };
            *last = begin + 1 + index;
            let value = solid(text, value);
            let end = if members.is_plain(index) {
                properties[index].node.plain_value(&program.bounds, text, value)
            } else {
                None
            };
            let next = end.and_then(|(end, is_null)| Some((separator(text, end)?, end, is_null)));
            frame.child_at(before + at);
            let Some((next, end, is_null)) = next else {
                self.at = value;
                return Plain::Value(index);
            };
            members.see(index);
            self.observer.listed(first + index);
            self.observer.scalar(text, value, end);
            let count = &mut self.scratch.counts[first + index + 1];
            count.seen += 1;
            count.null += u64::from(is_null);
            match next {
                Separator::Comma(key) => at = key,
                Separator::End(end) => {
                    self.at = end;
                    return Plain::End;
                }
            }
        }
    }

    /// Reads a key and its colon; `None` for one that the object does not list, which is then remembered.
    #[cold]
    #[inline(never)]
    fn any_key(&mut self, object: &Object, frame: &mut Frame<'_>) -> Parsing<Option<usize>> {
        let first = object.first as usize;
        let names = &self.program.names[first..first + object.length as usize];
        let (from, until, _) = self.content(Some(frame))?;
        self.scratch.key_place = self.source.location(from - 1);
        let key = decoded(&self.source.bytes()[from..until]);
        let found = object.keys.find(&key, names);
        if found.is_none() {
            let from = self.scratch.keys.len();
            self.scratch.keys.push_str(&key);
            frame.member = Member::Other(from, self.scratch.keys.len());
        }
        match self.peek(Some(frame)) {
            Some(b':') => self.at += 1,
            _ => return Err(self.syntax_error(self.at, Expected::Colon, Some(frame))),
        }
        Ok(found)
    }

    /// Walks over the value of a member that the object does not list.
    #[inline(never)]
    fn unlisted(
        &mut self,
        object: &'p Object,
        watch: WatchId,
        frame: &mut Frame<'_>,
        members: &mut Members,
    ) -> Parsing {
        let Member::Other(from, until) = frame.member else { return Ok(()) };
        let hash = self.scratch.hash(from, until);
        let known = members.see_other(hash, &mut self.scratch.hashes, self.max_keys);
        frame.tracked = known.is_some();
        self.notes.uncompared |= known.is_none();
        if known == Some(true) {
            self.repeated(frame, members, watch);
        }
        let key = &self.scratch.keys[from..until];
        self.observer.unlisted(key);
        let below = self.program.watches.member(watch, key);
        let elided = self.program.elision.filter(|(name, _)| *name == key).map(|(_, text)| text);
        let node = if let Rest::Described(node) = object.rest { Some(node) } else { None };
        let listed_at = object.listed_at.as_ref().filter(|_| node.is_none());
        // The key slides out of sight while the value is walked over.
        let span = listed_at.map(|_| self.key_span(frame));
        let is_string = self.peek(Some(frame)) == Some(b'"');
        let value = self.offset(self.at);
        let mut refused = false;
        if let Rest::Refused(at) = &object.rest {
            self.refused_key(at, frame);
            refused = true;
        }
        let elided = match elided {
            Some(text) if is_string => self.is_text(text, frame)?,
            _ => {
                let id = node.unwrap_or(ANYTHING);
                let node = &self.program.nodes[id as usize];
                self.value((node, id), NO_PROPERTY, below, Some(frame))?;
                false
            }
        };
        if let (false, Some(listed_at), Some(span)) = (elided, listed_at, span) {
            self.scratch.undocumented += 1;
            // Where the schema refuses the member, or its number, that says enough.
            if !refused && !self.notes.has_overflow(value) {
                self.undocumented(listed_at, span, frame);
                members.unknown = true;
            }
        }
        frame.tracked = true;
        self.scratch.keys.truncate(from);
        Ok(())
    }

    /// Walks over a string and says whether it is this one.
    fn is_text(&mut self, text: &str, frame: &Frame<'_>) -> Parsing<bool> {
        self.observer.string_begins(self.at);
        let (from, until, _) = self.content(Some(frame))?;
        self.observer.string_ends(self.source.bytes(), self.at);
        Ok(decoded(&self.source.bytes()[from..until]) == text)
    }
}
