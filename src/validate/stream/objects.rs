//! Validates objects.

use jsonschema::types::JsonType;

use super::cold::decoded;
use super::keys::QUOTED;
use super::parser::{Parser, Parsing};
use super::path::{Frame, Member};
use super::program::{ANYTHING, Check, Literal, NodeId, Object, ObjectId, Rest};
use super::scratch::{Follower, Members, NO_PROPERTY};
use super::source::Source;
use super::watch::{UNWATCHED, WatchId};
use crate::json::{Container, Expected};

impl<'p, S: Source> Parser<'p, '_, S> {
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
        self.at += 1;
        match self.peek(Some(&frame)) {
            Some(b'}') => self.at += 1,
            Some(b'"') => self.members(object, node.object, watch, &mut frame, &mut members)?,
            _ => return Err(self.syntax_error(self.at, Expected::KeyOrEnd, Some(&frame))),
        }
        members.end(&mut self.scratch.hashes);
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
        // Where it is remembered which property followed the last one.
        let mut last = first + object_id as usize;
        loop {
            frame.child_at(self.offset(self.at));
            let index = match self.expected_key(object, last).or_else(|| self.listed_key(object, last)) {
                Some(index) => Some(index),
                None => self.any_key(object, frame)?,
            };
            if let Some(index) = index {
                last = first + object_id as usize + 1 + index;
                let property = first + index;
                frame.member = Member::Listed(property);
                if members.see(index) {
                    self.repeated(frame, members, watch);
                }
                self.scratch.seen[property] += 1;
                let below = if watch == UNWATCHED {
                    UNWATCHED
                } else {
                    program.watches.member(watch, &program.names[property])
                };
                let known = &program.properties[property];
                self.member_value((&known.node, known.id), property + 1, below, Some(frame))?;
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

    /// The property that followed the last one before, if it does again.
    #[inline]
    fn expected_key(&mut self, object: &Object, last: usize) -> Option<usize> {
        let Follower { index, length } = self.scratch.followers[last];
        let index = usize::from(index);
        let property = self.program.properties.get(object.first as usize + index)?;
        let text = self.source.bytes().get(self.at..)?.first_chunk::<QUOTED>()?;
        if !property.quoted.begins(text, length) {
            return None;
        }
        self.at += usize::from(length);
        Some(index)
    }

    /// A listed property whose key, plain and with its colon right behind it, comes next.
    #[inline]
    fn listed_key(&mut self, object: &Object, last: usize) -> Option<usize> {
        let text = self.source.bytes().get(self.at..)?.first_chunk::<QUOTED>()?;
        let index = object.keys.likely(text)?;
        let property = &self.program.properties[object.first as usize + usize::from(index)];
        let length = property.quoted.length();
        if !property.quoted.begins(text, length) {
            return None;
        }
        self.at += usize::from(length);
        self.scratch.followers[last] = Follower { index, length };
        Some(usize::from(index))
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
        let (from, until, _) = self.content(Some(frame))?;
        Ok(decoded(&self.source.bytes()[from..until]) == text)
    }
}
