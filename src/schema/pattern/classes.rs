//! Writes character classes for Rust's engines.

use std::fmt::Write as _;

use super::PatternError;

/// Every character but those that end a line.
pub(super) const DOT: &str = r"[^\n\r\x{2028}\x{2029}]";
const DIGITS: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str =
    r"\x{9}-\x{D}\x{20}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";
const SURROGATES: std::ops::Range<u32> = 0xd800..0xe000;

/// What an escape means.
pub(super) enum Class {
    /// A character; `None` for half a surrogate pair, which no text has.
    One(Option<char>),
    /// Members of a class.
    Many(String),
}

/// One end of a range, or what stands for itself.
pub(super) enum Atom {
    /// The number of a character, or of half a surrogate pair.
    Code(u32),
    Many(String),
}

impl Atom {
    pub(super) fn add_to(&self, members: &mut String) {
        match self {
            Self::Code(code) => add_range(*code, *code, members),
            Self::Many(many) => members.push_str(many),
        }
    }
}

/// Adds a range. A class and a hyphen mean themselves.
pub(super) fn range(first: &Atom, last: &Atom, members: &mut String) -> Result<(), PatternError> {
    match (first, last) {
        (Atom::Code(first), Atom::Code(last)) if first <= last => add_range(*first, *last, members),
        (Atom::Code(_), _) => return Err(PatternError::Invalid),
        (Atom::Many(_), _) => {
            first.add_to(members);
            add_range(u32::from('-'), u32::from('-'), members);
            last.add_to(members);
        }
    }
    Ok(())
}

fn add_range(first: u32, last: u32, members: &mut String) {
    let first = if SURROGATES.contains(&first) { SURROGATES.end } else { first };
    let last = if SURROGATES.contains(&last) { SURROGATES.start - 1 } else { last };
    let written = match (char::from_u32(first), char::from_u32(last)) {
        (Some(one), Some(last)) if one == last && one.is_ascii_alphanumeric() => write!(members, "{one}"),
        (Some(one), Some(last))
            if one.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() && one < last =>
        {
            write!(members, "{one}-{last}")
        }
        _ if first == last => write!(members, r"\x{{{first:X}}}"),
        _ if first < last => write!(members, r"\x{{{first:X}}}-\x{{{last:X}}}"),
        _ => Ok(()),
    };
    debug_assert!(written.is_ok(), "a string takes whatever is written");
}

/// The members of the class that a letter behind a backslash names.
pub(super) fn named(letter: char) -> Option<String> {
    Some(match letter {
        'd' => DIGITS.to_owned(),
        'D' => format!("[^{DIGITS}]"),
        'w' => WORD.to_owned(),
        'W' => format!("[^{WORD}]"),
        's' => SPACE.to_owned(),
        'S' => format!("[^{SPACE}]"),
        _ => return None,
    })
}

/// A character by itself.
pub(super) fn literal(character: char) -> String {
    regex_syntax::escape(character.encode_utf8(&mut [0; 4]))
}
