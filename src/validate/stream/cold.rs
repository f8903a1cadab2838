//! Reports violations: the path that valid payloads do not take.
//!
//! Nothing here is on the way of a body that keeps the contract.

use std::borrow::Cow;

use jsonschema::types::JsonType;
use serde_json::Value;

use super::numbers::{Parsed, number_length};
use super::observe::Observer;
use super::parser::{Parser, Parsing};
use super::path::{self, Frame, Member};
use super::program::{Bounds, Check, Literal, NodeId, Object, ObjectId, Text, TextCheck};
use super::scratch::Members;
use super::source::Source;
use super::watch::{UNWATCHED, WatchId};
use crate::finding::{Scope, rules};
use crate::json::Expected;
use crate::pointer::Pointer;
use crate::schema::format;
use crate::schema::keywords::names;
use crate::validate::invariant::{ShallowValue, WatchedValue};
use crate::validate::message::{self, Message};
use crate::validate::span::TextSpan;
use crate::validate::violation::Violation;

/// The text between two quotes with its escapes resolved.
pub(super) fn decoded(raw: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(raw);
    if !raw.contains(&b'\\') {
        return text;
    }
    Cow::Owned(serde_json::from_str(&format!("\"{text}\"")).unwrap_or_default())
}

/// How long the escape is with which this text begins, if it is one: half a surrogate pair is none.
pub(super) fn escape(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => match unit(text)? {
            0xd800..0xdc00 => {
                let low = text.get(6..)?;
                (low.starts_with(b"\\u") && (0xdc00..0xe000).contains(&unit(low)?)).then_some(12)
            }
            0xdc00..0xe000 => None,
            _ => Some(6),
        },
        _ => None,
    }
}

/// The four hex digits behind `\u`.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.get(2..6)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

impl<'p, S: Source, O: Observer> Parser<'p, '_, S, O> {
    fn pointer(&mut self, frame: Option<&Frame<'_>>) -> Pointer {
        self.notes.recent.pointer(frame, &self.program.names, &self.scratch.keys)
    }

    /// A visible byte as a span of the present member of `up`.
    fn span(&mut self, at: usize, up: Option<&Frame<'_>>) -> TextSpan {
        TextSpan { location: self.source.location(at), ..path::span(self.offset(at), up) }
    }

    fn note(&mut self, (rule, what): Message, stated_at: String, at: usize, up: Option<&Frame<'_>>) {
        let violation = Violation::new(rule, self.pointer(up), what).stated_at(stated_at);
        let span = self.span(at, up);
        self.add(violation, span, up);
    }

    /// Adds what is wrong with the present member of `up`.
    fn add(&mut self, violation: Violation, span: TextSpan, up: Option<&Frame<'_>>) {
        let at = self.offset(self.at);
        if let Some(stop) = &mut *self.stop
            && matches!(violation.rule.scope, Scope::Schema(_))
        {
            stop.violation.get_or_insert(at);
            self.max_depth = 0;
        }
        let path = path::steps(up, &self.program.names, &self.scratch.keys);
        self.notes.value(span.offset, violation, span, &path);
    }

    /// The value that begins here has a type or is a literal that the schema refuses.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse(&mut self, id: NodeId, found: JsonType, literal: Literal, up: Option<&Frame<'_>>) {
        let program = self.program;
        let (node, explanation) = (&program.nodes[id as usize], &program.explanations[id as usize]);
        let fits = node.types.has(found);
        if !fits {
            let message = if found == JsonType::Null {
                message::null()
            } else {
                message::mismatch(found, &explanation.expected)
            };
            let types_at = explanation.types_at.clone().unwrap_or_else(|| explanation.at(names::TYPE));
            self.note(message, types_at, self.at, up);
        }
        // Of values that fit no alternative at all only the type is explanation.
        let speaks = fits || !explanation.nullable;
        if let Some((keyword, listed)) =
            explanation.list.as_ref().filter(|_| speaks && !node.listed.accepts(literal))
        {
            let message =
                if found == JsonType::Null { message::null() } else { message::unknown(None, listed) };
            self.note(message, explanation.at(keyword), self.at, up);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn out_of_range(&mut self, id: NodeId, bounds: &Bounds, number: f64, up: Option<&Frame<'_>>) {
        let explanation = &self.program.explanations[id as usize];
        for (keyword, how) in bounds.refusing(number) {
            self.note(message::range(how, explanation.limit(keyword)), explanation.at(keyword), self.at, up);
        }
    }

    /// A number that is not a short integer.
    #[inline(never)]
    pub(super) fn any_number(&mut self, node: &Check, id: NodeId, up: Option<&Frame<'_>>) -> Parsing {
        let alone = self.kept.is_none();
        let kept = *self.kept.get_or_insert(self.at);
        let from = self.at - kept;
        while self.in_number() {
            self.at += 1;
            if self.at == self.source.bytes().len() {
                self.more(up);
            }
        }
        let (from, until) = (self.kept.unwrap_or_default() + from, self.at);
        if alone {
            self.kept = None;
        }
        self.at = from;
        let text = &self.source.bytes()[from..until];
        let Some(length) = number_length(text) else {
            return Err(self.syntax_error(from, Expected::Value, up));
        };
        self.observer.number(&text[..length]);
        let number = Parsed::new(&text[..length]);
        let found = if number.integer { JsonType::Integer } else { JsonType::Number };
        if !(node.types.has(found) && node.listed.accepts(Literal::Other)) {
            self.refuse(id, found, Literal::Other, up);
        }
        if number.overflows {
            self.notes.overflows(self.offset(from));
            self.note(message::overflow(), String::new(), from, up);
        }
        self.bounds(node, id, number.value, up);
        self.at = from + length;
        Ok(())
    }

    fn in_number(&self) -> bool {
        let byte = self.source.bytes().get(self.at);
        matches!(byte, Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
    }

    /// A string of which something is asked.
    #[inline(never)]
    pub(super) fn checked_string(&mut self, node: &Check, id: NodeId, up: Option<&Frame<'_>>) -> Parsing {
        let kept = self.kept.is_none();
        let begin = *self.kept.get_or_insert(self.at);
        let ahead = self.at - begin;
        let (from, until, escaped) = self.content(up)?;
        let raw = &self.source.bytes()[from..until];
        let fine = match (node.text, escaped) {
            (Text::Uuid, false) => {
                raw.first_chunk::<36>().is_some_and(|uuid| raw.len() == 36 && format::uuid(uuid))
            }
            (Text::DateTime, false) => format::date_time(raw),
            (Text::Checks(index), false) => {
                let lists = |check: &TextCheck| matches!(check, TextCheck::Listed(listed) if listed.iter().any(|known| known.as_bytes() == raw));
                self.program.texts[usize::from(index)].iter().all(lists)
            }
            _ => false,
        };
        if !fine {
            let end = self.at;
            self.at = self.kept.unwrap_or_default() + ahead;
            let text = match (node.text, escaped) {
                // Refused already, and no message says more of it.
                (Text::Uuid | Text::DateTime, false) => String::new(),
                _ => decoded(&self.source.bytes()[from..until]).into_owned(),
            };
            self.check_text(node.text, id, &Value::String(text), up);
            self.at = end;
        }
        if kept {
            self.kept = None;
        }
        Ok(())
    }

    fn check_text(&mut self, checks: Text, id: NodeId, value: &Value, up: Option<&Frame<'_>>) {
        let program = self.program;
        let text = value.as_str().unwrap_or_default();
        let explanation = &program.explanations[id as usize];
        let checks: &[TextCheck] = match checks {
            Text::Any => &[],
            Text::Uuid => &[TextCheck::Uuid],
            Text::DateTime => &[TextCheck::DateTime],
            Text::Checks(index) => &program.texts[index as usize],
        };
        let length = || text.chars().count() as u64;
        for check in checks {
            let (fine, message): (bool, &dyn Fn() -> Message) = match check {
                TextCheck::Uuid => (format::is_uuid(text), &|| message::format("uuid")),
                TextCheck::DateTime => (format::is_date_time(text), &|| message::format("date-time")),
                TextCheck::Listed(listed) => {
                    let list = explanation.list.as_ref().map_or(&[][..], |(_, list)| list);
                    (listed.iter().any(|known| **known == *text), &|| message::unknown(Some(text), list))
                }
                TextCheck::MinLength(min) => {
                    (length() >= *min, &|| message::counted(names::MIN_LENGTH, *min))
                }
                TextCheck::MaxLength(max) => {
                    (length() <= *max, &|| message::counted(names::MAX_LENGTH, *max))
                }
                TextCheck::Pattern { source, pattern } => match pattern.is_match(text, &self.effort) {
                    Ok(matches) => (matches, &|| message::pattern(source)),
                    Err(_) => (false, &|| message::unfinished(names::PATTERN)),
                },
                TextCheck::Format { name, validator } => {
                    (validator.is_valid(value), &|| message::format(name))
                }
            };
            if !fine {
                let keyword = match (check, &explanation.list) {
                    (TextCheck::Listed(_), Some((keyword, _))) => keyword,
                    _ => check.keyword(),
                };
                self.note(message(), explanation.at(keyword), self.at, up);
            }
        }
    }

    /// Notes what is missing of an object that ends. It stands where the object begins.
    #[cold]
    #[inline(never)]
    pub(super) fn missing(
        &mut self,
        object: &Object,
        id: NodeId,
        members: &Members,
        frame: &Frame<'_>,
        up: Option<&Frame<'_>>,
    ) {
        let program = self.program;
        for index in object.required.iter().map(|index| *index as usize) {
            if members.has(index) {
                continue;
            }
            let (rule, what) = message::missing();
            let pointer = self.pointer(up).key(&program.names[object.first as usize + index]);
            let violation = Violation::new(rule, pointer, what)
                .stated_at(program.explanations[id as usize].at(names::REQUIRED));
            let span = self.of_frame(frame);
            self.add(violation, TextSpan { around: frame.begin, from: frame.begin + 1, ..span }, up);
        }
    }

    /// The span of an object or array that has begun.
    fn of_frame(&mut self, frame: &Frame<'_>) -> TextSpan {
        let location = match frame.begin.checked_sub(self.source.before()) {
            Some(at) if frame.location.get().is_none() => self.source.location(at),
            _ => frame.location.get(),
        };
        TextSpan { location, ..path::span(frame.begin, frame.up) }
    }

    /// Limits to the number of items or members.
    #[cold]
    #[inline(never)]
    pub(super) fn counts(
        &mut self,
        node: &Check,
        id: NodeId,
        frame: &Frame<'_>,
        count: usize,
        up: Option<&Frame<'_>>,
    ) {
        let program = self.program;
        let of_items = frame.kind == crate::json::Container::Array;
        for check in &program.counts[node.counts as usize] {
            if check.is_of_items() == of_items && !check.accepts(count as u64) {
                let (rule, what) = message::counted(check.keyword, check.limit);
                let stated_at = program.explanations[id as usize].at(check.keyword);
                let violation = Violation::new(rule, self.pointer(up), what).stated_at(stated_at);
                let span = self.of_frame(frame);
                self.add(violation, span, up);
            }
        }
    }

    /// The present member's key was there before: what was found under it does not count.
    #[cold]
    #[inline(never)]
    pub(super) fn repeated(&mut self, frame: &Frame<'_>, members: &mut Members, watch: WatchId) {
        members.repeated += 1;
        let program = self.program;
        let watch = match frame.member {
            _ if watch == UNWATCHED => UNWATCHED,
            Member::Item => UNWATCHED,
            Member::Listed(index) => program.watches.member(watch, &program.names[index]),
            Member::Other(from, to) => program.watches.member(watch, &self.scratch.keys[from..to]),
        };
        let violation = Violation::with_message(message::duplicate(), self.pointer(Some(frame)));
        let span = self.key_span(frame);
        let path = path::steps(Some(frame), &program.names, &self.scratch.keys);
        self.notes.take_back(&path, watch, &program.watches);
        self.notes.ledger.add(violation, span, &path);
    }

    /// The span of the present member's key, which may be out of sight by now.
    pub(super) fn key_span(&mut self, frame: &Frame<'_>) -> TextSpan {
        let key = frame.last_child();
        let location = match key.checked_sub(self.source.before()) {
            Some(at) => self.source.location(at),
            None => self.scratch.key_place,
        };
        TextSpan { location, ..path::span(key, Some(frame)) }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn refused_key(&mut self, stated_at: &str, frame: &Frame<'_>) {
        let message = message::violation(names::ADDITIONAL_PROPERTIES, message::NO_FURTHER_KEYS);
        self.note(message, stated_at.to_owned(), self.at, Some(frame));
    }

    /// The present member of an object is not in the schema.
    #[inline(never)]
    pub(super) fn undocumented(&mut self, listed_at: &str, span: TextSpan, frame: &Frame<'_>) {
        let violation =
            Violation::new(&rules::UNDOCUMENTED_PROPERTY, self.pointer(Some(frame)), message::UNDOCUMENTED);
        let path = path::steps(Some(frame), &self.program.names, &self.scratch.keys);
        self.notes.ledger.add(violation.stated_at(listed_at), span, &path);
    }

    /// Keeps what the object that ends lacks, to say which of it its undocumented keys resemble.
    #[cold]
    #[inline(never)]
    pub(super) fn unknown_keys_end(&mut self, object: ObjectId, members: &Members, frame: &Frame<'_>) {
        self.notes.object_ends(frame.begin, frame.depth, || members.absent(object));
    }

    /// Validates a value at a location that is watched, or leads to one.
    #[inline(never)]
    pub(super) fn watched(
        &mut self,
        node: (&'p Check, NodeId),
        property: usize,
        watch: WatchId,
        up: Option<&Frame<'_>>,
    ) -> Parsing {
        let first = self.peek(up);
        let Some(list) = self.program.watches.list(watch) else {
            return self.unwatched(node, property, watch, up).map(drop);
        };
        let span = self.span(self.at, up);
        let seen = if let Some(bracket @ (b'{' | b'[')) = first {
            let count = self.unwatched(node, property, watch, up)?;
            if bracket == b'{' { ShallowValue::Object(count) } else { ShallowValue::Array(count) }
        } else if !self.program.watches.reads(list) {
            self.unwatched(node, property, watch, up)?;
            ShallowValue::Null
        } else {
            self.kept = Some(self.at);
            self.unwatched(node, property, watch, up)?;
            let from = self.kept.take().unwrap_or_default();
            scalar(&self.source.bytes()[from..self.at])
        };
        let watch = self.program.watches.requested(list);
        let watched = WatchedValue::new(watch, &self.pointer(up), seen, Some(span));
        self.notes.seen(list, watched);
        Ok(())
    }
}

fn scalar(text: &[u8]) -> ShallowValue {
    match text.first() {
        Some(b'"') => ShallowValue::String(decoded(&text[1..text.len() - 1]).into()),
        Some(b't') => ShallowValue::Boolean(true),
        Some(b'f') => ShallowValue::Boolean(false),
        Some(b'n') | None => ShallowValue::Null,
        Some(_) => ShallowValue::Number(Parsed::new(text).number),
    }
}
