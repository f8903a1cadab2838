//! Replaces single values: makes a replacement that keeps and breaks the same assertions, and remembers it.

use super::cache::{Cache, MAX_CACHED};
use super::checks::{Formats, KeyChecks, Outcome};
use super::reserved::reserve;
use super::shape;
use super::sites::Recipe;
use super::summary::Summary;
use super::treatment::{Class, Treatment};
use super::values::Values;
use super::written::{MIN_SEARCHED, Written};
use crate::schema::format::{date_time, uuid};

/// Characters of a UUID.
const UUID: usize = 36;

/// How often another replacement is tried.
const MAX_TRIES: usize = 400;

/// How often one of another length is tried.
const MAX_MADE: usize = 3;

/// What sets keys apart from values.
const KEYS: u64 = 1 << 63;

/// Makes replacements of values.
pub(super) struct Replacer {
    pub(super) values: Values,
    pub(super) written: Written,
    pub(super) summary: Summary,
    counts: [u64; Class::ALL.len()],
    cache: Cache,
    scratch: String,
}

impl Replacer {
    pub(super) fn new(values: Values, max_remembered: usize) -> Self {
        Self {
            values,
            written: Written::new(max_remembered),
            summary: Summary::default(),
            counts: [0; Class::ALL.len()],
            cache: Cache::new(),
            scratch: String::new(),
        }
    }

    /// Adds what was counted to the summary.
    pub(super) fn finish(&mut self) {
        for (class, count) in Class::ALL.into_iter().zip(&mut self.counts) {
            if *count > 0 {
                self.summary.count(class, std::mem::take(count));
            }
        }
    }

    pub(super) fn count(&mut self, class: Class) {
        self.counts[class as usize] += 1;
    }

    /// Appends what comes before a string token and what stands for it; false where it is kept, and nothing is
    /// appended. Nothing where it is no string. Equal tokens cost one look.
    #[inline]
    pub(super) fn string(
        &mut self,
        before: &[u8],
        token: &[u8],
        escaped: bool,
        recipe: &Recipe,
        out: &mut Vec<u8>,
    ) -> Option<bool> {
        if recipe.is_date() && self.date(before, token, recipe, out).is_some() {
            return Some(true);
        }
        if token.len() <= MAX_CACHED
            && let Some((class, replaced)) = self.cache.find(u64::from(recipe.id), token)
        {
            self.counts[class as usize] += 1;
            let is_kept = class == Class::Keep;
            if !is_kept {
                out.extend_from_slice(before);
                out.extend_from_slice(replaced);
            }
            return Some(!is_kept);
        }
        out.extend_from_slice(before);
        if recipe.is_identifier()
            && let Some(uuid) = uuid_of(token)
        {
            self.uuid(token, uuid, recipe, out);
        } else {
            self.new_string(token, escaped, recipe, out)?;
        }
        Some(true)
    }

    /// A date that is one as the schema asserts it is moved, and still is one.
    fn date(&mut self, before: &[u8], token: &[u8], recipe: &Recipe, out: &mut Vec<u8>) -> Option<()> {
        let text = token.get(1..token.len() - 1).filter(|text| (20..=40).contains(&text.len()))?;
        if !date_time(text) {
            return None;
        }
        let moved = self.values.shift.day(text.first_chunk()?)?;
        out.extend_from_slice(before);
        out.push(b'"');
        out.extend_from_slice(&moved);
        out.extend_from_slice(&text[moved.len()..]);
        out.push(b'"');
        self.counts[recipe.treatment.class() as usize] += 1;
        Some(())
    }

    /// A UUID becomes another one.
    fn uuid(&mut self, token: &[u8], uuid: &[u8; UUID], recipe: &Recipe, out: &mut Vec<u8>) {
        let start = out.len();
        out.push(b'"');
        out.extend_from_slice(&self.values.pseudonyms.lower_uuid(uuid));
        out.push(b'"');
        let class = recipe.treatment.class();
        self.counts[class as usize] += 1;
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        self.written.replaced(text(uuid), text(&out[start + 1..=start + UUID]));
        self.cache.insert(u64::from(recipe.id), token, &out[start..], class);
    }

    #[inline(never)]
    fn new_string(&mut self, token: &[u8], escaped: bool, recipe: &Recipe, out: &mut Vec<u8>) -> Option<()> {
        let text = decode(token, escaped)?;
        let start = out.len();
        let class = if recipe.keeps(&text) {
            out.extend_from_slice(token);
            self.written.kept(&text);
            Class::Keep
        } else {
            let mut replaced = std::mem::take(&mut self.scratch);
            replaced.clear();
            self.replace(&text, recipe, &mut replaced);
            if replaced == text {
                out.extend_from_slice(token);
                self.written.kept(&text);
            } else {
                self.written.replaced(&text, &replaced);
                write_string(&replaced, out);
            }
            self.scratch = replaced;
            match recipe.treatment.class() {
                Class::Keep if out[start..] != *token => Class::Fake,
                class => class,
            }
        };
        self.counts[class as usize] += 1;
        self.cache.insert(u64::from(recipe.id), token, &out[start..], class);
        Some(())
    }

    /// Appends a replacement that keeps and breaks what the text does.
    fn replace(&mut self, text: &str, recipe: &Recipe, out: &mut String) {
        self.values.replace(recipe.treatment, text, recipe.distinct, out);
        if recipe.checks.is_free() {
            return;
        }
        let wanted = recipe.checks.text(text);
        if recipe.checks.text(out) == wanted {
            return;
        }
        if !self.search(text, recipe, &wanted, out) {
            self.summary.unpreserved += 1;
        }
    }

    /// Looks for a replacement with this outcome, beginning with one that has another. Of texts that have few
    /// replacements, two with equal outcomes find different ones: each step is a permutation.
    fn search(&self, text: &str, recipe: &Recipe, wanted: &Outcome, out: &mut String) -> bool {
        let first = out.clone();
        let mut last = first.clone();
        for _ in 0..MAX_MADE {
            if matches!(recipe.treatment, Treatment::Mask | Treatment::Keep) {
                break;
            }
            out.clear();
            self.values.replace(recipe.treatment, &last, recipe.distinct, out);
            if recipe.checks.text(out) == *wanted {
                return true;
            }
            std::mem::swap(&mut last, out);
        }
        if recipe.treatment == Treatment::Mask && !recipe.distinct {
            out.clear();
            shape::mask(text, out);
            if recipe.checks.text(out) == *wanted {
                return true;
            }
        }
        text.clone_into(&mut last);
        for _ in 0..MAX_TRIES {
            out.clear();
            self.values.substitute(&last, out);
            reserve(out, 0);
            if recipe.checks.text(out) == *wanted {
                return true;
            }
            std::mem::swap(&mut last, out);
        }
        out.clear();
        out.push_str(&first);
        false
    }

    /// Appends what comes before a number and what stands for it; false where it is kept, and nothing is
    /// appended.
    #[inline]
    pub(super) fn number(&mut self, before: &[u8], token: &[u8], recipe: &Recipe, out: &mut Vec<u8>) -> bool {
        let text = std::str::from_utf8(token).unwrap_or("0");
        let listed = || !recipe.checks.is_free_of_numbers() && recipe.checks.lists_number(text);
        if recipe.numbers.class() == Class::Keep || recipe.numbers != Treatment::Mask && listed() {
            self.counts[Class::Keep as usize] += 1;
            if token.len() >= MIN_SEARCHED {
                self.written.kept(text);
            }
            return false;
        }
        let seed = u64::from(recipe.id);
        out.extend_from_slice(before);
        if let Some((class, replaced)) = self.cache.find(seed, token) {
            self.counts[class as usize] += 1;
            out.extend_from_slice(replaced);
            return true;
        }
        let mut replaced = String::new();
        let is_found = self.new_number(text, recipe, &mut replaced);
        self.summary.unpreserved += u64::from(!is_found);
        self.written.replaced(text, &replaced);
        let class = recipe.numbers.class();
        self.counts[class as usize] += 1;
        out.extend_from_slice(replaced.as_bytes());
        self.cache.insert(seed, token, replaced.as_bytes(), class);
        true
    }

    fn new_number(&self, text: &str, recipe: &Recipe, out: &mut String) -> bool {
        let wanted = recipe.checks.number(text);
        match recipe.numbers {
            Treatment::Mask if !recipe.distinct => {
                out.push('0');
                if recipe.checks.number(out) == wanted {
                    return true;
                }
            }
            Treatment::Date => {
                if let Ok(instant) = text.parse() {
                    out.push_str(&self.values.shift.instant(instant).to_string());
                    if recipe.checks.number(out) == wanted {
                        return true;
                    }
                }
            }
            _ => {}
        }
        let mut last = text.to_owned();
        for _ in 0..MAX_TRIES {
            out.clear();
            self.values.pseudonyms.json_number(&last, out);
            if recipe.checks.number(out) == wanted {
                return true;
            }
            std::mem::swap(&mut last, out);
        }
        out.clear();
        self.values.pseudonyms.json_number(text, out);
        false
    }

    /// Appends what stands for a key that is data, with its quotes: no key that is public.
    pub(super) fn key(
        &mut self,
        key: &str,
        checks: &KeyChecks,
        is_public: impl Fn(&str) -> bool,
        out: &mut Vec<u8>,
    ) {
        self.summary.keys += 1;
        let seed = KEYS | checks.id;
        if let Some((_, replaced)) = self.cache.find(seed, key.as_bytes()) {
            out.extend_from_slice(replaced);
            return;
        }
        let outcome = |name: &str| (checks.patterns(name), checks.names.text(name));
        let wanted = outcome(key);
        // Keys that are kept are not made: two that differ still do.
        let fits = |name: &str| !checks.names(name) && !is_public(name) && outcome(name) == wanted;
        let mut replaced = String::new();
        self.values.text(key, true, &mut replaced);
        reserve(&mut replaced, 0);
        if !fits(&replaced) {
            let mut last = key.to_owned();
            let is_found = (0..MAX_TRIES).any(|_| {
                replaced.clear();
                self.values.substitute(&last, &mut replaced);
                reserve(&mut replaced, 0);
                last.clone_from(&replaced);
                fits(&replaced)
            });
            self.summary.unpreserved += u64::from(!is_found);
        }
        self.written.replaced(key, &replaced);
        let start = out.len();
        write_string(&replaced, out);
        self.cache.insert(seed, key.as_bytes(), &out[start..], Class::Pseudonym);
    }

    /// What stands for a text outside of bodies.
    pub(super) fn outside(&mut self, text: &str, make: impl FnOnce(&Values, &mut String)) -> String {
        let mut out = String::with_capacity(text.len());
        make(&self.values, &mut out);
        if out != text {
            reserve(&mut out, 0);
        }
        if out == text {
            self.written.kept(text);
        } else {
            self.written.replaced(text, &out);
        }
        out
    }
}

impl Recipe {
    /// Whether a string is public: the schema lists it.
    fn keeps(&self, text: &str) -> bool {
        let listed = &self.checks.listed;
        let is_listed = || !listed.is_empty() && listed.contains(text);
        self.treatment == Treatment::Keep || self.treatment != Treatment::Mask && is_listed()
    }

    /// Whether strings here are dates as the format of JSON Schema has them, and nothing else is asserted.
    fn is_date(&self) -> bool {
        self.treatment == Treatment::Date && self.checks.formats == Formats::DateTime
    }

    /// Whether strings here are identifiers of which nothing is asserted but that they are UUIDs.
    fn is_identifier(&self) -> bool {
        self.treatment == Treatment::Identifier && self.checks.formats != Formats::Others && !self.distinct
    }
}

/// The UUID that a token is, in small letters.
fn uuid_of(token: &[u8]) -> Option<&[u8; UUID]> {
    if token.len() != UUID + 2 {
        return None;
    }
    let text = token[1..].first_chunk::<UUID>()?;
    (uuid(text) && !text.iter().any(u8::is_ascii_uppercase)).then_some(text)
}

/// The text of a string token.
pub(super) fn decode(token: &[u8], escaped: bool) -> Option<std::borrow::Cow<'_, str>> {
    let inner = &token[1..token.len() - 1];
    if inner.iter().any(|byte| *byte < 0x20) {
        return None;
    }
    if escaped {
        return serde_json::from_slice::<String>(token).ok().map(Into::into);
    }
    std::str::from_utf8(inner).ok().map(Into::into)
}

/// Appends a string of JSON.
pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..=0x1f => b"",
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[from..at]);
        if escape.is_empty() {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        } else {
            out.extend_from_slice(escape);
        }
        from = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[from..]);
    out.push(b'"');
}
