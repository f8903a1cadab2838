//! Validates numbers and strings.

use jsonschema::types::JsonType;

use super::bytes;
use super::cold::escape;
use super::parser::{Parser, Parsing};
use super::path::Frame;
use super::program::{Bounds, Check, Literal, NodeId, Text};
use super::source::Source;
use crate::json::Expected;
use crate::schema::format;

impl<'p, S: Source> Parser<'p, '_, S> {
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
        match node.text {
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
        }
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
