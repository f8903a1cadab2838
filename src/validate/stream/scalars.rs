//! Validates numbers and strings.

use jsonschema::types::JsonType;

use super::bytes;
use super::cold::escape;
use super::observe::Observer;
use super::parser::{Parser, Parsing};
use super::path::Frame;
use super::program::{Bounds, Check, Literal, NodeId, Text};
use super::source::Source;
use crate::json::Expected;
use crate::schema::format;

impl Check {
    /// Where a scalar ends that begins here, if one look at it finds it valid, and whether it is null.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most values; measured")]
    pub(super) fn plain_value(&self, bounds: &[Bounds], text: &[u8], at: usize) -> Option<(usize, bool)> {
        let start = text.get(at..)?.first_chunk::<8>()?;
        match start[0] {
            b'"' if self.types.has(JsonType::String) => Some((self.plain_string(text, at)?, false)),
            b'n' | b't' | b'f' => {
                let word = u64::from_le_bytes(*start);
                let null = word & LOW_FOUR == NULL;
                let is_true = word & LOW_FOUR == TRUE;
                let is_false = word & LOW_FIVE == FALSE;
                let as_null = null & self.types.has(JsonType::Null) & self.listed.accepts(Literal::Null);
                let boolean = self.types.has(JsonType::Boolean);
                let as_true = is_true & boolean & self.listed.accepts(Literal::True);
                let as_false = is_false & boolean & self.listed.accepts(Literal::False);
                (as_null | as_true | as_false).then_some((at + 4 + usize::from(is_false), null))
            }
            b'0'..=b'9' if self.types.has(JsonType::Integer) => {
                Some((self.plain_integer(bounds, text, at)?, false))
            }
            _ => None,
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most values; measured")]
    fn plain_string(&self, text: &[u8], at: usize) -> Option<usize> {
        let content = text.get(at + 1..)?;
        match self.text {
            Text::Any => {
                let end = bytes::special(text, at + 1);
                (*text.get(end)? == b'"').then_some(end + 1)
            }
            Text::Uuid => {
                let &[ref uuid @ .., quote] = content.first_chunk::<37>()?;
                (quote == b'"' && format::uuid(uuid)).then_some(at + 38)
            }
            Text::DateTime => {
                let &[ref moment @ .., quote] = content.first_chunk::<25>()?;
                (quote == b'"' && format::utc_milliseconds(moment)).then_some(at + 26)
            }
            Text::Checks(_) => None,
        }
    }

    /// An integer without a sign, of few digits.
    #[inline]
    fn plain_integer(&self, bounds: &[Bounds], text: &[u8], at: usize) -> Option<usize> {
        const MAX_DIGITS: usize = 15;
        let mut end = at;
        let mut number = 0_u64;
        while let Some(digit) = text.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
        {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            end += 1;
        }
        let plain = end == at + 1 || text[at] != b'0' && end - at <= MAX_DIGITS;
        let ends = matches!(text.get(end)?, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
        #[expect(clippy::cast_precision_loss, reason = "15 digits are less than 2^53")]
        let within = self.bounds == 0 || bounds[usize::from(self.bounds)].accept(number as f64);
        (plain && ends && within && self.listed.accepts(Literal::Other)).then_some(end)
    }
}

const LOW_FOUR: u64 = 0xffff_ffff;
const LOW_FIVE: u64 = 0xff_ffff_ffff;
const NULL: u64 = u32::from_le_bytes(*b"null") as u64;
const TRUE: u64 = u32::from_le_bytes(*b"true") as u64;
const FALSE: u64 = u64::from_le_bytes(*b"false\0\0\0");

impl<'p, S: Source, O: Observer> Parser<'p, '_, S, O> {
    #[inline]
    pub(super) fn number(&mut self, node: &Check, id: NodeId, up: Option<&Frame<'_>>) -> Parsing {
        const MAX_DIGITS: usize = 18;
        let text = self.source.bytes();
        let from = self.at + usize::from(text[self.at] == b'-');
        let mut at = from;
        let mut number = 0_i64;
        while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            if at - from == MAX_DIGITS {
                return self.any_number(node, id, up);
            }
            number = number * 10 + i64::from(digit);
            at += 1;
        }
        let plain = at == from + 1 || at > from && text[from] != b'0';
        let ends = matches!(text.get(at), Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'));
        if !(plain && ends) {
            return self.any_number(node, id, up);
        }
        if from > self.at {
            number = -number;
        }
        self.observer.integer(number);
        #[expect(clippy::cast_precision_loss, reason = "bounds are less than 2^53")]
        let number = number as f64;
        if !(node.types.has(JsonType::Integer) && node.listed.accepts(Literal::Other)) {
            self.refuse(id, JsonType::Integer, Literal::Other, up);
        }
        if node.bounds != 0 {
            self.bounds(node, id, number, up);
        }
        self.at = at;
        Ok(())
    }

    #[inline]
    pub(super) fn bounds(&mut self, node: &Check, id: NodeId, number: f64, up: Option<&Frame<'_>>) {
        let bounds: &'p Bounds = &self.program.bounds[node.bounds as usize];
        if !bounds.accept(number) {
            self.out_of_range(id, bounds, number, up);
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "half of all values; measured")]
    pub(super) fn string(&mut self, node: &Check, id: NodeId, up: Option<&Frame<'_>>) -> Parsing {
        if !(node.types.has(JsonType::String)) {
            self.refuse(id, JsonType::String, Literal::Other, up);
        }
        self.observer.string_begins(self.at);
        let passed = match node.text {
            Text::Any => self.skip_string(up),
            Text::Uuid => {
                let text = self.source.bytes().get(self.at + 1..).unwrap_or_default();
                match text.first_chunk::<37>() {
                    Some(&[ref uuid @ .., b'"']) if format::uuid(uuid) => {
                        self.at += 38;
                        Ok(())
                    }
                    _ => self.checked_string(node, id, up),
                }
            }
            Text::DateTime => {
                let text = self.source.bytes().get(self.at + 1..).unwrap_or_default();
                match text.first_chunk::<25>() {
                    Some(&[ref moment @ .., b'"']) if format::utc_milliseconds(moment) => {
                        self.at += 26;
                        Ok(())
                    }
                    _ => self.checked_string(node, id, up),
                }
            }
            Text::Checks(_) => self.checked_string(node, id, up),
        };
        if passed.is_ok() {
            self.observer.string_ends(self.source.bytes(), self.at);
        }
        passed
    }

    /// Walks over a string that nobody looks at, from its quote on.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "half of all values, and measured: a call costs a tenth")]
    pub(super) fn skip_string(&mut self, up: Option<&Frame<'_>>) -> Parsing {
        self.at += 1;
        loop {
            let text = self.source.bytes();
            self.at = bytes::special(text, self.at);
            match text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape(up)?,
                _ => self.string_goes_on(up)?,
            }
        }
    }

    /// Looks for the rest of a string, which is not there, or has a control character here.
    #[cold]
    fn string_goes_on(&mut self, up: Option<&Frame<'_>>) -> Parsing {
        if self.at < self.source.bytes().len() || !self.more(up) {
            return Err(self.syntax_error(self.at, Expected::Text, up));
        }
        Ok(())
    }

    /// Walks over a string, from its quote on, and keeps it in sight.
    pub(super) fn content(&mut self, up: Option<&Frame<'_>>) -> Parsing<(usize, usize, bool)> {
        let alone = self.kept.is_none();
        let kept = *self.kept.get_or_insert(self.at);
        let from = self.at + 1 - kept;
        self.at += 1;
        let mut escaped = false;
        loop {
            let text = self.source.bytes();
            self.at = bytes::special(text, self.at);
            match text.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape(up)?;
                }
                _ => self.string_goes_on(up)?,
            }
        }
        let from = self.kept.unwrap_or_default() + from;
        let until = self.at;
        self.at += 1;
        if alone {
            self.kept = None;
        }
        Ok((from, until, escaped))
    }

    /// Walks over an escape.
    fn escape(&mut self, up: Option<&Frame<'_>>) -> Parsing {
        /// A pair of surrogates.
        const MAX_LENGTH: usize = 12;
        loop {
            let text = &self.source.bytes()[self.at..];
            if let Some(length) = escape(text) {
                self.at += length;
                return Ok(());
            }
            if text.len() >= MAX_LENGTH || !self.more(up) {
                return Err(self.syntax_error(self.at, Expected::Text, up));
            }
        }
    }
}
