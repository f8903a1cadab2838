//! Translates ECMA-262 patterns for Rust's engines.

use std::fmt::Write as _;

use std::collections::BTreeSet;

use super::PatternError;
use super::properties;
use super::syntax::{GroupId, Parser, Part};

const LINE_ENDS: &str = r"\n\r\x{2028}\x{2029}";
const BOUNDARY: &str = "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))";

/// A pattern for Rust's engines.
#[derive(Debug)]
pub(super) struct Translation {
    pub(super) text: String,
    /// Whether it has neither look-around nor back-references, so that time is linear in a text's length.
    pub(super) linear: bool,
}

/// Translates a pattern.
///
/// # Errors
///
/// What is wrong with it, or what of it no engine can do.
pub(super) fn translate(pattern: &str) -> Result<Translation, PatternError> {
    let whole = Parser::new(pattern).whole()?;
    let mut referenced = BTreeSet::new();
    let mut linear = true;
    visit(&whole, &mut |part| match part {
        Part::Reference(groups) => {
            referenced.extend(groups.iter().copied());
            linear &= groups.is_empty();
        }
        Part::Look { .. } | Part::Start { multiline: true } | Part::End { multiline: true } => linear = false,
        _ => {}
    });
    if keeps_captures(&whole, &referenced) {
        return Err(PatternError::Unsupported);
    }
    let referenced: Vec<GroupId> = referenced.into_iter().collect();
    let mut writer = Writer { referenced: &referenced, linear, text: String::with_capacity(pattern.len()) };
    writer.part(&whole);
    Ok(Translation { text: writer.text, linear })
}

fn visit<'p>(part: &'p Part, each: &mut dyn FnMut(&'p Part)) {
    each(part);
    match part {
        Part::Group(_, inner)
        | Part::Plain(_, inner)
        | Part::Look { inner, .. }
        | Part::Repeat { inner, .. } => visit(inner, each),
        Part::All(parts) | Part::Any(parts) => {
            for part in parts {
                visit(part, each);
            }
        }
        _ => {}
    }
}

/// Whether some group that is referred to may keep what it captured in an earlier round of a repetition.
/// ECMA-262 forgets that at the beginning of each round, and engines for Rust do not.
fn keeps_captures(whole: &Part, referenced: &BTreeSet<GroupId>) -> bool {
    let mut keeps = false;
    visit(whole, &mut |part| {
        if let Part::Repeat { inner, max, .. } = part
            && max.is_none_or(|max| max > 1)
        {
            keeps |= !referenced.is_empty() && may_skip(inner, false, referenced);
        }
    });
    keeps
}

/// Whether a group that is referred to may take no part in a match.
fn may_skip(part: &Part, optional: bool, referenced: &BTreeSet<GroupId>) -> bool {
    match part {
        Part::Group(id, inner) => {
            (optional && referenced.contains(id)) || may_skip(inner, optional, referenced)
        }
        Part::Plain(_, inner) | Part::Look { inner, .. } => may_skip(inner, optional, referenced),
        Part::Repeat { inner, min, .. } => may_skip(inner, optional || *min == 0, referenced),
        Part::All(parts) => parts.iter().any(|part| may_skip(part, optional, referenced)),
        Part::Any(parts) => parts.iter().any(|part| may_skip(part, true, referenced)),
        _ => false,
    }
}

struct Writer<'r> {
    /// The groups that are referred to, in their order; no others capture.
    referenced: &'r [GroupId],
    linear: bool,
    text: String,
}

impl Writer<'_> {
    fn part(&mut self, part: &Part) {
        match part {
            Part::One(one) => self.text.push_str(one),
            Part::Start { multiline: false } => self.text.push('^'),
            Part::End { multiline: false } => self.text.push_str(r"\z"),
            Part::Start { multiline: true } => self.text.extend(["(?<![^", LINE_ENDS, "])"]),
            Part::End { multiline: true } => self.text.extend(["(?![^", LINE_ENDS, "])"]),
            Part::Boundary { negated } => self.boundary(*negated),
            Part::Reference(groups) => {
                self.text.push_str("(?:");
                for id in groups {
                    // What did not take part is empty.
                    let number = self.number(*id).unwrap_or_default();
                    let _ = write!(self.text, r"(?({number})\{number}|)");
                }
                self.text.push(')');
            }
            Part::Group(id, inner) => {
                let open = if self.number(*id).is_some() { "(" } else { "(?:" };
                self.enclosed(open, inner);
            }
            Part::Plain(None, inner) => self.enclosed("(?:", inner),
            Part::Plain(Some(true), inner) => self.enclosed("(?i:", inner),
            Part::Plain(Some(false), inner) => self.enclosed("(?-i:", inner),
            Part::Look { behind, negated, inner } => {
                let open = match (behind, negated) {
                    (false, false) => "(?=",
                    (false, true) => "(?!",
                    (true, false) => "(?<=",
                    (true, true) => "(?<!",
                };
                self.enclosed(open, inner);
            }
            Part::Repeat { inner, min, max, lazy } => self.repeat(inner, (*min, *max), *lazy),
            Part::All(parts) => parts.iter().for_each(|part| self.part(part)),
            Part::Any(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        self.text.push('|');
                    }
                    self.part(part);
                }
            }
        }
    }

    fn number(&self, id: GroupId) -> Option<usize> {
        self.referenced.binary_search(&id).ok().map(|index| index + 1)
    }

    fn enclosed(&mut self, open: &str, inner: &Part) {
        self.text.push_str(open);
        self.part(inner);
        self.text.push(')');
    }

    fn boundary(&mut self, negated: bool) {
        match (self.linear, negated) {
            (true, false) => self.text.push_str(r"(?-u:\b)"),
            (true, true) => self.text.push_str(r"(?-u:\B)"),
            (false, false) => self.text.push_str(BOUNDARY),
            (false, true) => self.text.extend(["(?!", BOUNDARY, ")"]),
        }
    }

    fn repeat(&mut self, inner: &Part, (min, max): (u32, Option<u32>), lazy: bool) {
        // A repetition ends with the first round that is empty, so that these take part once or not at all.
        if !self.linear && self.is_only_assertions(inner) {
            if min > 0 {
                self.part(inner);
            } else {
                self.text.extend(["(?:", properties::NONE]);
                self.part(inner);
                self.text.push_str("|)");
            }
            return;
        }
        self.part(inner);
        let _ = match (min, max) {
            (0, None) => self.text.write_char('*'),
            (1, None) => self.text.write_char('+'),
            (0, Some(1)) => self.text.write_char('?'),
            (min, None) => write!(self.text, "{{{min},}}"),
            (min, Some(max)) if min == max => write!(self.text, "{{{min}}}"),
            (min, Some(max)) => write!(self.text, "{{{min},{max}}}"),
        };
        if lazy {
            self.text.push('?');
        }
    }

    /// Whether a part is nothing but assertions, or nothing at all: the engine does not repeat that.
    fn is_only_assertions(&self, part: &Part) -> bool {
        match part {
            Part::Look { .. } | Part::Start { .. } | Part::End { .. } | Part::Boundary { .. } => true,
            Part::Reference(groups) => groups.is_empty(),
            Part::Plain(_, inner) => self.is_only_assertions(inner),
            Part::Group(id, inner) => self.number(*id).is_none() && self.is_only_assertions(inner),
            Part::All(parts) => parts.iter().all(|part| self.is_only_assertions(part)),
            _ => false,
        }
    }
}
