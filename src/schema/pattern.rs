//! Which texts does a regular expression of ECMA-262 match?
//!
//! Patterns are translated to what Rust's engines read: `\d`, `\w` and `\s` have the meaning of ECMA-262, with and without
//! look-around or back-references, so that every engine of this crate matches the same texts. Compiled size and
//! backtracking are bounded.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use fancy_regex::{CompileError, ParseError, Regex, RegexBuilder};
use jsonschema_regex::{RepeatedClass, Search, is_valid_ecma_regex, search_form, to_rust_regex};

/// Bytes that each compiled part of a pattern may take.
const MAX_COMPILED_BYTES: usize = 32 << 20;
/// Instructions of a pattern with look-around or back-references.
const MAX_INSTRUCTIONS: usize = 1 << 18;
/// Characters of a pattern: parsing is quadratic for some.
const MAX_PATTERN_BYTES: usize = 1 << 16;
/// Steps back that one match may take.
pub(crate) const MAX_BACKTRACKS: usize = 1_000_000;

/// A compiled `pattern`, or a key of `patternProperties`.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Matcher);

#[derive(Clone, Debug)]
enum Matcher {
    Repeated(RepeatedClass),
    Engine(Box<Regex>),
}

/// Why a pattern cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// It is no regular expression of ECMA-262.
    Invalid,
    /// It is one, and compiled it is larger than the limit.
    TooLarge,
    /// It is one, and has something that the engine does not know.
    Unsupported,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "not a valid regular expression (ECMA-262)",
            Self::TooLarge => "a valid regular expression that is too large to compile (at most 32 MiB)",
            Self::Unsupported => "a valid regular expression with a construct that is not supported",
        })
    }
}

/// A match was given up: it took too many steps back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unfinished;

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or with the engine.
    pub(crate) fn new(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(PatternError::TooLarge);
        }
        let translated = match to_rust_regex(pattern) {
            Ok(Cow::Borrowed(same)) if has_extensions(same) => Cow::Owned(ascii_classes(same)),
            Ok(Cow::Owned(text)) if has_extensions(pattern) => Cow::Owned(ascii_classes(&text)),
            Ok(translated) => translated,
            Err(()) if is_valid_ecma_regex(pattern) => Cow::Owned(ascii_classes(pattern)),
            Err(()) => return Err(PatternError::Invalid),
        };
        let found = match search_form(pattern, &translated) {
            Some(Search::RepeatedClass(class)) => return Ok(Self(Matcher::Repeated(class))),
            Some(Search::Collapsed(collapsed)) => engine(&collapsed).or_else(|_| engine(&translated)),
            None => engine(&translated),
        };
        match found {
            Ok(engine) => Ok(Self(Matcher::Engine(Box::new(engine)))),
            Err(error) => Err(reason(pattern, &error)),
        }
    }

    /// Whether some part of the text matches.
    ///
    /// # Errors
    ///
    /// [`Unfinished`] when the match takes too many steps back.
    pub(crate) fn is_match(&self, text: &str) -> Result<bool, Unfinished> {
        match &self.0 {
            Matcher::Repeated(class) => Ok(class.is_match(text)),
            Matcher::Engine(engine) => engine.is_match(text).map_err(|_| Unfinished),
        }
    }
}

fn engine(pattern: &str) -> Result<Regex, fancy_regex::Error> {
    RegexBuilder::new(pattern)
        .delegate_size_limit(MAX_COMPILED_BYTES)
        .max_prog_size(MAX_INSTRUCTIONS)
        .backtrack_limit(MAX_BACKTRACKS)
        .build()
}

fn reason(pattern: &str, error: &fancy_regex::Error) -> PatternError {
    let too_large = match error {
        fancy_regex::Error::CompileError(error) => match &**error {
            CompileError::InnerError(error) => error.size_limit().is_some(),
            CompileError::PatternTooComplex => true,
            _ => false,
        },
        fancy_regex::Error::ParseError(_, ParseError::RecursionExceeded) => true,
        _ => false,
    };
    if too_large {
        PatternError::TooLarge
    } else if is_valid_ecma_regex(pattern) {
        PatternError::Unsupported
    } else {
        PatternError::Invalid
    }
}

/// Whether a pattern has look-around or back-references, which the translation leaves alone with all the rest.
fn has_extensions(pattern: &str) -> bool {
    use regex_syntax::ast::{ErrorKind, parse::Parser};

    let unsupported = |error: regex_syntax::ast::Error| {
        matches!(error.kind(), ErrorKind::UnsupportedLookAround | ErrorKind::UnsupportedBackreference)
    };
    Parser::new().parse(pattern).err().is_some_and(unsupported)
}

/// The pattern with the classes of ECMA-262 written out: `\d`, `\w` and `\b` are about ASCII, `\s` about fewer characters
/// than Unicode calls white space, `$` is the end of the text, and `\k<name>` and `\cX` are known.
fn ascii_classes(pattern: &str) -> String {
    const BOUNDARY: &str = "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))";
    const SPACE: &str =
        r"\t\n\x0B\x0C\r\x20\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";
    let mut text = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('d') => text.push_str("[0-9]"),
                Some('D') => text.push_str("[^0-9]"),
                Some('w') => text.push_str("[0-9A-Za-z_]"),
                Some('W') => text.push_str("[^0-9A-Za-z_]"),
                Some('s') => push_class(&mut text, "", SPACE),
                Some('S') => push_class(&mut text, "^", SPACE),
                Some('b') if in_class => text.push_str(r"\x08"),
                Some('b') => text.push_str(BOUNDARY),
                Some('B') if !in_class => text.extend(["(?!", BOUNDARY, ")"]),
                Some('/') => text.push('/'),
                Some('c') => match characters.next() {
                    Some(letter) if letter.is_ascii_alphabetic() => {
                        let _ = write!(text, "\\x{:02X}", u32::from(letter) % 32);
                    }
                    other => text.extend(['\\', 'c'].into_iter().chain(other)),
                },
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            '$' if !in_class => text.push_str(r"\z"),
            '[' if !in_class => {
                in_class = true;
                text.push('[');
            }
            '[' => text.push_str(r"\["),
            ']' => {
                in_class = false;
                text.push(']');
            }
            other => text.push(other),
        }
    }
    text
}

fn push_class(text: &mut String, negated: &str, members: &str) {
    text.extend(["[", negated, members, "]"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().is_match(text).unwrap()
    }

    #[test]
    fn patterns_of_ecma_262_compile_and_match() {
        for (pattern, yes, no) in [
            (r"^(?!\s)[\w\s]{1,255}$", "22", " 22"),
            (r"^(?<y>\d)\k<y>$", "22", "23"),
            (r"^(\d)\1$", "22", "23"),
            (r"^\w{1,65535}$", "a", "é"),
            (r"^(?=.*\d)[a-z\d]+$", "a1", "a"),
            (r"^(?<!x)a\b", "a ", "b"),
            (r"^(?!x)\d+$", "1", "\u{663}"),
            (r"^(?!x)[^\d]+$", "a", "1"),
            (r"^(?!x)[\S]+$", "a", "\u{feff}"),
            (r"^(?!x)a$", "a", "a\n"),
            (r"^\p{L}+$", "é", "1"),
            (r"^(?=a)\cA?a\/$", "a/", "a"),
        ] {
            assert!(matches(pattern, yes), "{pattern}");
            assert!(!matches(pattern, no), "{pattern}");
        }
    }

    #[test]
    fn what_cannot_be_compiled_is_called_what_it_is() {
        for (pattern, error) in [
            ("[", PatternError::Invalid),
            ("(", PatternError::Invalid),
            ("a**", PatternError::Invalid),
            (r"^((\p{L}{1,1000}){1,1000}x){1,1000}$", PatternError::TooLarge),
            (&"a".repeat(70_000), PatternError::TooLarge),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap_err(), error, "{pattern:.40}");
        }
    }

    #[test]
    fn a_match_that_backtracks_without_end_is_given_up() {
        let pattern = Pattern::new(r"^(?=(a+)+$)(a|aa)+\1x$").unwrap();
        assert!(pattern.is_match(&"a".repeat(60)).is_err());
    }
}
