//! Sets the long bodies of an entry aside while the rest of it is parsed.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::value::RawValue;

use super::escapes::resolved;

/// Shorter bodies are parsed with their entry.
const LONG: usize = 512;

/// The text of an entry as it was read.
#[derive(Debug, Default)]
pub(super) struct EntryText {
    pub(super) bytes: Vec<u8>,
    pub(super) long: LongStrings,
}

/// Where the long strings of a text are, without their quotes.
#[derive(Debug, Default)]
pub(super) struct LongStrings {
    found: Vec<Range<usize>>,
    /// Where the string begins that is open.
    open: Option<usize>,
}

impl LongStrings {
    /// Notes the first or last quote of a string.
    pub(super) fn quote(&mut self, at: usize) {
        match self.open.take() {
            None => self.open = Some(at + 1),
            Some(begin) if at - begin >= LONG => self.found.push(begin..at),
            Some(_) => {}
        }
    }
}

impl EntryText {
    /// A text all of which is parsed.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::default() }
    }

    /// Another entry, in the same memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.long.found.clear();
        self.long.open = None;
    }

    /// The entry without the long values of these members; `None` if there are none.
    pub(super) fn without(&self, members: &[&str]) -> Option<Entry<'_>> {
        let (mut text, mut end, mut aside) = (Vec::new(), 0, Vec::new());
        for string in &self.long.found {
            let (before, written) = (&self.bytes[end..string.start], &self.bytes[string.clone()]);
            if is_value_of(before, members) {
                text.extend_from_slice(before);
                aside.push(Aside { at: text.len(), written, is_read: Cell::new(false) });
                end = string.end;
            }
        }
        text.extend_from_slice(&self.bytes[end..]);
        (!aside.is_empty()).then_some(Entry { text: Cow::Owned(text), aside })
    }
}

/// Whether a string that begins behind this text is the value of one of these members.
fn is_value_of(before: &[u8], members: &[&str]) -> bool {
    let key = || {
        before.strip_suffix(b"\"")?.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"")
    };
    let is_member = |key: &[u8]| {
        members
            .iter()
            .any(|member| key.strip_suffix(member.as_bytes()).is_some_and(|key| key.ends_with(b"\"")))
    };
    key().is_some_and(is_member)
}

/// An entry to parse.
pub(super) struct Entry<'e> {
    text: Cow<'e, [u8]>,
    aside: Vec<Aside<'e>>,
}

/// A string in place of which there is an empty one.
struct Aside<'e> {
    /// Where that is.
    at: usize,
    /// What is between the quotes.
    written: &'e [u8],
    is_read: Cell<bool>,
}

impl<'e> Entry<'e> {
    /// An entry of which nothing is set aside.
    pub(super) fn whole(text: &'e [u8]) -> Self {
        Self { text: Cow::Borrowed(text), aside: Vec::new() }
    }

    /// What is parsed.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    fn offset(&self, part: &[u8]) -> usize {
        part.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr())
    }

    /// The bytes of a text in what was parsed.
    ///
    /// # Errors
    ///
    /// When it was set aside, and has an invalid escape.
    pub(super) fn bytes(&self, text: Text<'_>) -> serde_json::Result<Vec<u8>> {
        if let Cow::Borrowed(text) = text.0
            && let Ok(index) = self.aside.binary_search_by_key(&self.offset(text), |aside| aside.at)
        {
            let aside = &self.aside[index];
            aside.is_read.set(true);
            return resolved(aside.written).ok_or_else(|| serde_json::Error::custom("invalid escape"));
        }
        Ok(text.0.into_owned())
    }

    /// The text of a value in what was parsed.
    ///
    /// # Errors
    ///
    /// When a part of it was set aside.
    pub(super) fn raw(&self, value: &RawValue) -> serde_json::Result<Vec<u8>> {
        let value = value.get().as_bytes();
        let begin = self.offset(value);
        let first = self.aside.partition_point(|aside| aside.at < begin);
        if self.aside.get(first).is_some_and(|aside| aside.at < begin + value.len()) {
            return Err(serde_json::Error::custom("a part was set aside"));
        }
        Ok(value.to_vec())
    }

    /// Whether what was set aside is UTF-8 without control characters.
    pub(super) fn is_text(&self) -> bool {
        // All of it is looked at, so that many bytes are at once.
        let controls = |text: &[u8]| text.iter().filter(|byte| **byte < b' ').count();
        let is_text = |text| controls(text) == 0 && simdutf8::basic::from_utf8(text).is_ok();
        self.aside.iter().all(|aside| is_text(aside.written))
    }

    /// Whether what was set aside is right, if nobody read it.
    pub(super) fn is_right(&self) -> bool {
        let is_text = |aside: &Aside<'_>| {
            let quoted = [b"\"", aside.written, b"\""].concat();
            serde_json::from_slice::<Cow<'_, str>>(&quoted).is_ok()
        };
        self.aside.iter().all(|aside| aside.is_read.get() || is_text(aside))
    }
}

/// A text as its bytes. Recorders that keep text as UTF-16 write half a surrogate pair where a body
/// is no text; that makes a body that is not JSON, not a capture that cannot be read.
#[derive(Debug, Default)]
pub(super) struct Text<'e>(pub(super) Cow<'e, [u8]>);

impl<'de: 'e, 'e> Deserialize<'de> for Text<'e> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl<'de> Visitor<'de> for Bytes {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(bytes.to_vec())))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}
