//! Walks over a text, JSON or not, and looks at each of its strings once.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use hashbrown::HashSet;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::encodings::{any_base64, base64_text, without_percent};
use super::originals::Originals;
use super::shapes::{self, BASE64};
use super::{Leak, LeakSearch, Leaks, ORIGINAL};
use crate::payload::unescaped;
use crate::redact::names::is_name;
use crate::redact::written::MIN_SEARCHED;

/// Bytes that are read in one go.
const CHUNK: usize = 1 << 20;

/// Bytes of the longest string that is looked at as one.
const MAX_STRING: usize = 512 << 20;

/// Strings that are remembered, so that they are looked at once.
const MAX_SEEN: usize = 4 << 20;

/// Strings that are remembered where it costs least.
const LAST: usize = 1 << 15;

/// Encodings within encodings that are decoded.
const MAX_DEPTH: usize = 4;

/// What a string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Key,
    Value,
    /// What stands between strings.
    Between,
}

/// One search.
pub(super) struct Search<'s> {
    what: &'s LeakSearch,
    pub(super) leaks: Leaks,
    /// Line ends so far.
    pub(super) lines: u64,
    seen: HashSet<u64>,
    /// Strings that were looked at last.
    last: Box<[u64]>,
    /// Whether what is looked at is in a string that was written for a value.
    in_written: bool,
    /// The lower case of what is looked at.
    folded: Vec<u8>,
}

impl<'s> Search<'s> {
    pub(super) fn new(what: &'s LeakSearch) -> Self {
        Self {
            what,
            leaks: Leaks::default(),
            lines: 0,
            seen: HashSet::new(),
            last: vec![0; LAST].into(),
            in_written: false,
            folded: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, mut reader: impl Read) -> io::Result<()> {
        let (mut held, mut base) = (Vec::new(), 0_u64);
        loop {
            let read = reader.by_ref().take(CHUNK as u64).read_to_end(&mut held)?;
            let is_end = read == 0 || held.len() > MAX_STRING;
            let done = self.pieces(&held, base, is_end, 0);
            base += done as u64;
            held.drain(..done);
            if read == 0 {
                return Ok(());
            }
        }
    }

    /// Looks at the strings of a text and at what is between them; how far. A string ends at a line end.
    fn pieces(&mut self, text: &[u8], base: u64, is_end: bool, depth: usize) -> usize {
        let (mut at, mut from, mut line) = (0, 0, 0);
        while let Some(next) = memchr::memchr2(b'"', b'\n', &text[at..]).map(|next| at + next) {
            self.look(&text[from..next], base + from as u64, Role::Between, depth);
            if text[next] == b'\n' {
                self.line(&text[line..next], base + line as u64, depth);
                self.lines += u64::from(depth == 0);
                (at, from, line) = (next + 1, next + 1, next + 1);
                continue;
            }
            let Some(end) = string_end(text, next + 1) else {
                if !is_end {
                    return if is_plain(&text[line..]) { line } else { next };
                }
                (at, from) = (text.len(), next + 1);
                break;
            };
            if text[end] == b'\n' {
                // No string, but a quote in a text.
                self.look(&text[next + 1..end], base + next as u64, Role::Between, depth);
                (at, from) = (end, end);
                continue;
            }
            let behind = text[end + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
            let role = if behind == Some(&b':') { Role::Key } else { Role::Value };
            self.look(&text[next + 1..end], base + next as u64, role, depth);
            (at, from) = (end + 1, end + 1);
        }
        if !is_end {
            return if is_plain(&text[line..]) { line } else { from };
        }
        self.look(&text[from..], base + from as u64, Role::Between, depth);
        self.line(&text[line..], base + line as u64, depth);
        text.len().max(at)
    }

    /// Looks at a line as a whole that is a text with quotes, and not JSON.
    fn line(&mut self, line: &[u8], offset: u64, depth: usize) {
        if is_plain(line) && memchr::memchr(b'"', line).is_some() {
            self.look(line, offset, Role::Between, depth);
        }
    }

    /// Looks at a string as it is written, unless it was looked at before.
    fn look(&mut self, raw: &[u8], offset: u64, role: Role, depth: usize) {
        if raw.len() < MIN_SEARCHED - 1 {
            return;
        }
        let hash = xxh3_64_with_seed(raw, (role as u64 + 1) << 1 | u64::from(self.in_written));
        let last = &mut self.last[usize::try_from(hash % LAST as u64).unwrap_or(0)];
        if std::mem::replace(last, hash) == hash {
            return;
        }
        if self.seen.len() >= MAX_SEEN {
            self.seen.clear();
        }
        if self.seen.insert(hash) {
            self.look_at(raw, offset, role, depth);
        }
    }

    fn look_at(&mut self, raw: &[u8], offset: u64, role: Role, depth: usize) {
        let text = match memchr::memchr(b'\\', raw) {
            Some(_) if role != Role::Between => unescaped(raw).map_or(Cow::Borrowed(raw), Cow::Owned),
            _ => Cow::Borrowed(if role == Role::Between { raw.trim_ascii() } else { raw }),
        };
        if matches!(text.first(), Some(b'{' | b'[')) && role == Role::Value && depth < MAX_DEPTH {
            return self.inside(&text, &text, offset, depth);
        }
        let is_text = if role == Role::Value && depth < MAX_DEPTH { base64_text(&text) } else { None };
        if let Some(inside) = &is_text {
            let before = self.leaks.count;
            self.inside(inside, &text, offset, depth);
            if self.leaks.count > before {
                return;
            }
        }
        if let Some(rule) =
            self.leak(&text, role, &text, depth).filter(|rule| *rule != BASE64 || is_text.is_none())
        {
            self.leaks.add(Leak { offset, line: self.lines + 1, rule });
        }
    }

    /// Looks at a text inside of a string, the whole. What is found there is found where the string is.
    fn inside(&mut self, text: &[u8], whole: &[u8], offset: u64, depth: usize) {
        let (before, in_written) = (self.leaks.count, self.in_written);
        self.in_written |= self.has_written(whole);
        self.pieces(text, offset, true, depth + 1);
        self.in_written = in_written;
        let inside = usize::try_from(self.leaks.count - before).unwrap_or(usize::MAX);
        for leak in self.leaks.listed.iter_mut().rev().take(inside) {
            leak.offset = offset;
        }
    }

    /// The rule of a leak in a text, which may be decoded; `whole` is what it was decoded from.
    fn leak(&mut self, text: &[u8], role: Role, whole: &[u8], depth: usize) -> Option<&'static str> {
        if text.len() < MIN_SEARCHED - 1 {
            return None;
        }
        if let Some(rule) = shapes::find(text, &self.what.key_prefixes, &self.what.allowed)
            && !self.has_written(whole)
        {
            return Some(rule);
        }
        if self.has_original(text, role, whole) {
            return Some(ORIGINAL);
        }
        if depth >= MAX_DEPTH {
            return None;
        }
        if let Some(decoded) = without_percent(text)
            && let Some(rule) = self.leak(&decoded, role, whole, depth + 1)
        {
            return Some(rule);
        }
        if memchr::memchr(b'\\', text).is_some()
            && let Some(decoded) = unescaped(text)
            && let Some(rule) = self.leak(&decoded, role, whole, depth + 1)
        {
            return Some(rule);
        }
        self.what.written.as_ref()?;
        let is_found = any_base64(text, |bytes| {
            let escaped = memchr::memchr(b'\\', bytes).and_then(|_| unescaped(bytes));
            let has = |this: &mut Self, bytes: &[u8]| this.has_original(bytes, Role::Value, b"");
            has(self, bytes) || escaped.is_some_and(|bytes| has(self, &bytes))
        });
        is_found.then_some(ORIGINAL)
    }

    /// Whether a string was written for a value, or what it is in.
    fn has_written(&self, whole: &[u8]) -> bool {
        self.in_written || self.what.written.as_ref().is_some_and(|written| written.has_written(whole))
    }

    fn has_original(&mut self, text: &[u8], role: Role, whole: &[u8]) -> bool {
        let mut folded = std::mem::take(&mut self.folded);
        folded.clear();
        folded.extend(text.iter().map(u8::to_ascii_lowercase));
        let has = self.what.written.as_ref().is_some_and(|written| {
            let is_searched = !self.what.allowed.contains(&ORIGINAL);
            is_searched
                && written.find(&folded, |found| self.is_leak(written, text, &folded, found, whole))
                && {
                    // Names of members are kept, and so are values that are public.
                    let is_public = |text| role == Role::Key && is_name(text) || written.has_kept(text);
                    !std::str::from_utf8(text).is_ok_and(is_public)
                }
        });
        self.folded = folded;
        has
    }

    /// Whether a value that is found in a text is a leak, and neither public nor met by chance.
    fn is_leak(
        &self,
        written: &Originals,
        text: &[u8],
        folded: &[u8],
        found: Range<usize>,
        whole: &[u8],
    ) -> bool {
        let in_written = self.has_written(whole) || written.has_written(word(text, &found));
        let Ok(value) = std::str::from_utf8(&folded[found]) else { return true };
        // Moved dates meet other dates.
        let is_moved = in_written && is_date(value);
        !is_moved && self.what.public.is_leak(value, in_written.then(|| written.bits_beyond_chance()))
    }
}

/// The bytes around some that nothing separates from them.
fn word<'t>(text: &'t [u8], found: &Range<usize>) -> &'t [u8] {
    let separates = |byte: &u8| byte.is_ascii_whitespace() || b"<>()\"',;".contains(byte);
    let begin = text[..found.start].iter().rposition(separates).map_or(0, |at| at + 1);
    let end = text[found.end..].iter().position(separates).map_or(text.len(), |at| found.end + at);
    &text[begin..end]
}

/// Whether a line is a text, and no part of JSON.
fn is_plain(line: &[u8]) -> bool {
    let first = line.iter().find(|byte| !byte.is_ascii_whitespace());
    !matches!(first, None | Some(b'{' | b'[' | b'"' | b'}' | b']' | b',' | b':'))
}

/// Whether a text is a date, of which there are few.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    (8..=40).contains(&bytes.len()) && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}

/// The quote that ends a string, or the line end before it.
fn string_end(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr3(b'"', b'\\', b'\n', text.get(at..)?)?;
        if text[at] != b'\\' {
            return Some(at);
        }
        at += 2;
    }
}
