//! Builds strings that a regular expression matches.
//!
//! What is built comes close: anchors in odd locations and look-around are left to the check.

use std::sync::Arc;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::generate::choices::Choices;
use crate::generate::filler;

/// At most this many more repetitions than a pattern demands.
const MORE: u64 = 4;
/// A text is not made longer than this for the sake of repetitions.
const MAX_LENGTH: usize = 4_096;
/// Repetitions of one text that need not be, roughly.
const STEPS: u32 = 100_000;
/// Longer patterns are not read.
const MAX_PATTERN: usize = 1 << 16;

/// A regular expression of JSON Schema (ECMA-262, found anywhere in the text).
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    hir: Arc<Hir>,
    /// How long its text is.
    size: usize,
    /// Whether the text may go on before and behind what is found.
    open: (bool, bool),
}

impl Pattern {
    /// `None` if it is no regular expression that this can read.
    pub(crate) fn read(pattern: &str) -> Option<Self> {
        if pattern.len() > MAX_PATTERN {
            return None;
        }
        let hir = Self::parsed(pattern).or_else(|| Self::parsed(&without_look_around(pattern)?))?;
        let looks =
            |look: &[Look], set: regex_syntax::hir::LookSet| look.iter().any(|look| set.contains(*look));
        let properties = hir.properties();
        let open = (
            !looks(&[Look::Start, Look::StartLF], properties.look_set_prefix_any()),
            !looks(&[Look::End, Look::EndLF], properties.look_set_suffix_any()),
        );
        Some(Self { hir: Arc::new(hir), size: pattern.len(), open })
    }

    /// As it is parsed.
    pub(crate) fn hir(&self) -> &Hir {
        &self.hir
    }

    /// How long the pattern is.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// How many characters a text has at least.
    pub(crate) fn shortest(&self) -> u64 {
        shortest(&self.hir)
    }

    /// How many steps it takes at least to write a text.
    pub(crate) fn effort(&self) -> u64 {
        effort(&self.hir)
    }

    fn parsed(pattern: &str) -> Option<Hir> {
        let translated = jsonschema_regex::to_rust_regex(pattern).ok()?;
        regex_syntax::parse(&translated).ok()
    }

    /// A text that the pattern is probably found in.
    pub(crate) fn build(&self, least: u64, most: u64, choices: &mut Choices) -> String {
        let shortest = self.shortest();
        let missing = least.saturating_sub(shortest);
        let mut text = String::new();
        // A text that must be long: mostly by one repetition that is as long as what is missing.
        let stretch = if missing > 0 && choices.draw(3) < 3 { missing } else { 0 };
        let mut room = Room { stretch, steps: STEPS, more: MORE.min(most.saturating_sub(shortest)) };
        write(&self.hir, &mut room, choices, &mut text);
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        if self.open != (false, false) && (length < least || choices.draw(19) == 19) {
            let padding = filler::text(choices, least.saturating_sub(length), most.saturating_sub(length));
            text = if self.open.1 { text + &padding } else { padding + &text };
        }
        text
    }
}

/// How much longer than it must be a text may become.
struct Room {
    stretch: u64,
    more: u64,
    /// Steps that may be taken beyond what must be.
    steps: u32,
}

/// The fewest steps in which [`write()`] comes to an end.
fn effort(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Capture(capture) => effort(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(effort).fold(1, u64::saturating_add),
        HirKind::Alternation(parts) => parts.iter().map(effort).max().unwrap_or(0).saturating_add(1),
        HirKind::Repetition(repetition) => {
            u64::from(repetition.min).saturating_mul(effort(&repetition.sub)).saturating_add(1)
        }
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => 1,
    }
}

/// The fewest characters of a text.
fn shortest(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Capture(capture) => shortest(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(shortest).fold(0, u64::saturating_add),
        HirKind::Alternation(parts) => parts.iter().map(shortest).min().unwrap_or(0),
        HirKind::Repetition(repetition) => {
            u64::from(repetition.min).saturating_mul(shortest(&repetition.sub))
        }
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).chars().count() as u64,
        HirKind::Class(_) => 1,
        HirKind::Empty | HirKind::Look(_) => 0,
    }
}

fn write(hir: &Hir, room: &mut Room, choices: &mut Choices, into: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => into.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => into.extend(character(class, choices)),
        HirKind::Capture(capture) => write(&capture.sub, room, choices, into),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, room, choices, into)),
        HirKind::Alternation(parts) => {
            if let Some(part) = choices.pick(parts) {
                write(part, room, choices, into);
            }
        }
        HirKind::Repetition(repetition) => {
            let least = u64::from(repetition.min);
            let most = repetition.max.map_or(u64::MAX, u64::from);
            let mut count = least + choices.draw(room.more.min(most - least));
            if room.stretch > 0 {
                let stretched = most.min(least.saturating_add(room.stretch));
                room.stretch = room.stretch.saturating_sub(stretched.saturating_sub(least));
                count = count.max(stretched);
            }
            for _ in 0..count {
                if (into.len() > MAX_LENGTH || room.steps == 0) && count > least {
                    break;
                }
                room.steps = room.steps.saturating_sub(1);
                write(&repetition.sub, room, choices, into);
            }
        }
    }
}

/// A character of the class: mostly a plain one, if there is one.
fn character(class: &Class, choices: &mut Choices) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let plain: Vec<char> = ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .chain("-_ ./:@#$%&*+,;=!?()[]{}<>|~^'`\"\\".chars())
        .filter(|character| ranges.iter().any(|(start, end)| (start..=end).contains(&character)))
        .collect();
    if !plain.is_empty() && choices.draw(19) < 19 {
        return choices.pick(&plain).copied();
    }
    let (start, end) = *choices.pick(&ranges)?;
    let span = u64::from(u32::from(end) - u32::from(start));
    let drawn = u32::from(start) + u32::try_from(choices.draw(span)).unwrap_or(0);
    // Inside a range that spans the surrogates there are none.
    char::from_u32(drawn).or(Some(start))
}

/// The pattern without look-ahead and look-behind; `None` if it has neither.
fn without_look_around(pattern: &str) -> Option<String> {
    let mut text = pattern.to_owned();
    let mut found = false;
    while let Some(start) = ["(?=", "(?!", "(?<=", "(?<!"].iter().filter_map(|look| text.find(look)).min() {
        let (mut depth, mut escaped, mut class, mut end) = (0, false, false, None);
        for (at, character) in text[start..].char_indices() {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '(' if !class => depth += 1,
                ')' if !class => {
                    depth -= 1;
                    if depth == 0 {
                        end = Some(start + at + 1);
                        break;
                    }
                }
                _ => {}
            }
        }
        text.replace_range(start..end?, "");
        found = true;
    }
    found.then_some(text)
}
