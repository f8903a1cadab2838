//! Matches strings against ECMA-262 regular expressions.
//!
//! Patterns are translated to what Rust's engines read, part by part, so that every part has the meaning of
//! ECMA-262 in every engine, with and without look-around and back-references. What ECMA-262 does not know is
//! refused. Compiled size and backtracking are bounded.

mod classes;
mod escapes;
mod properties;
mod syntax;
mod translation;

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, OnceLock};

use fancy_regex::{CompileError, ParseError};
use jsonschema_regex::{RepeatedClass, Search, search_form};

/// Bytes that each compiled part of a pattern may take.
const MAX_COMPILED_BYTES: usize = 32 << 20;
/// Instructions of a pattern with look-around or back-references.
const MAX_INSTRUCTIONS: usize = 1 << 18;
/// Bytes of a pattern: parsing is quadratic for some.
const MAX_PATTERN_BYTES: usize = 1 << 16;
/// Nesting of the syntax tree of a pattern, of which each group of its source takes a few levels.
const MAX_TREE_DEPTH: u32 = 500;
/// Steps back that one match may take.
const MAX_BACKTRACKS: usize = 1_000_000;
/// Matches that one payload may give up; of those that follow, each may take only [`FEW_BACKTRACKS`].
const MAX_GIVEN_UP: u32 = 8;
/// Steps back that a match may take where a payload has given up others.
const FEW_BACKTRACKS: usize = 1_000;
/// Matches with few steps back that one payload may give up; all that follow are given up at once.
const MAX_GIVEN_UP_EARLY: u32 = 1_000;

/// A compiled `pattern`, or a key of `patternProperties`. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Arc<Matcher>);

#[derive(Debug)]
enum Matcher {
    Repeated(RepeatedClass),
    Linear(regex::Regex),
    Backtracking {
        translated: String,
        engine: fancy_regex::Regex,
        early: OnceLock<Option<fancy_regex::Regex>>,
    },
}

/// Why a pattern cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// It is no regular expression of ECMA-262.
    Invalid,
    /// Its text is longer than the limit.
    TooLong,
    /// Its groups are nested more deeply than the limit.
    TooDeep,
    /// It is one, and compiled it is larger than the limit.
    TooLarge,
    /// It is one, and has more instructions than the limit.
    TooManyInstructions,
    /// It is one, and has something that the engine does not know.
    Unsupported,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid => f.write_str("not a valid regular expression (ECMA-262)"),
            Self::TooLong => {
                write!(f, "a regular expression that is too long (at most {} KiB)", MAX_PATTERN_BYTES >> 10)
            }
            Self::TooDeep => write!(
                f,
                "a regular expression with groups nested too deeply (at most {} levels)",
                syntax::MAX_NESTED
            ),
            Self::TooLarge => write!(
                f,
                "a valid regular expression that is too large to compile (at most {} MiB)",
                MAX_COMPILED_BYTES >> 20
            ),
            Self::TooManyInstructions => write!(
                f,
                "a valid regular expression that is too large to compile (at most {MAX_INSTRUCTIONS} instructions)"
            ),
            Self::Unsupported => {
                f.write_str("a valid regular expression with a construct that is not supported")
            }
        }
    }
}

/// A match was given up: it took too many steps back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unfinished;

/// What is left of the steps that the matches of one payload may take.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effort {
    given_up: Cell<u32>,
}

impl Effort {
    /// For a match whose result may stay unknown: it takes few steps back.
    pub(crate) fn small() -> Self {
        Self { given_up: Cell::new(MAX_GIVEN_UP) }
    }
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or with the engine.
    pub(crate) fn new(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(PatternError::TooLong);
        }
        let translation::Translation { text, linear } = translation::translate(pattern)?;
        let matcher = if linear {
            match search_form(pattern, &text) {
                Some(Search::RepeatedClass(class)) => Matcher::Repeated(class),
                Some(Search::Collapsed(fewer)) => {
                    Matcher::Linear(self::linear(&fewer).or_else(|_| self::linear(&text))?)
                }
                None => Matcher::Linear(self::linear(&text)?),
            }
        } else {
            let engine = backtracking(&text, MAX_BACKTRACKS)?;
            Matcher::Backtracking { translated: text, engine, early: OnceLock::new() }
        };
        Ok(Self(Arc::new(matcher)))
    }

    /// Whether this is a regular expression of ECMA-262, which an engine may still refuse for its size.
    pub(crate) fn is_valid(pattern: &str) -> bool {
        // A longer one is not parsed.
        let parsed =
            if pattern.len() > MAX_PATTERN_BYTES { None } else { Some(translation::translate(pattern)) };
        !matches!(parsed, Some(Err(PatternError::Invalid)))
    }

    /// Whether some part of the text matches.
    ///
    /// # Errors
    ///
    /// [`Unfinished`] when the match takes too many steps back, or when other matches of the payload did and
    /// this one takes some, too.
    pub(crate) fn is_match(&self, text: &str, effort: &Effort) -> Result<bool, Unfinished> {
        let (translated, engine, early) = match &*self.0 {
            Matcher::Repeated(class) => return Ok(class.is_match(text)),
            Matcher::Linear(engine) => return Ok(engine.is_match(text)),
            Matcher::Backtracking { translated, engine, early } => (translated, engine, early),
        };
        let given_up = effort.given_up.get();
        let engine = match given_up {
            0..MAX_GIVEN_UP => Some(engine),
            _ if given_up - MAX_GIVEN_UP < MAX_GIVEN_UP_EARLY => {
                early.get_or_init(|| backtracking(translated, FEW_BACKTRACKS).ok()).as_ref()
            }
            _ => None,
        };
        let found = engine.and_then(|engine| engine.is_match(text).ok()).ok_or(Unfinished);
        if found.is_err() {
            effort.given_up.set(given_up.saturating_add(1));
        }
        found
    }
}

fn linear(translated: &str) -> Result<regex::Regex, PatternError> {
    regex::RegexBuilder::new(translated)
        .size_limit(MAX_COMPILED_BYTES)
        .nest_limit(MAX_TREE_DEPTH)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            _ => PatternError::Unsupported,
        })
}

fn backtracking(translated: &str, max_backtracks: usize) -> Result<fancy_regex::Regex, PatternError> {
    fancy_regex::RegexBuilder::new(translated)
        .delegate_size_limit(MAX_COMPILED_BYTES)
        .max_prog_size(MAX_INSTRUCTIONS)
        .backtrack_limit(max_backtracks)
        .build()
        .map_err(|error| match error {
            fancy_regex::Error::CompileError(error) => match &*error {
                CompileError::InnerError(error) if error.size_limit().is_some() => PatternError::TooLarge,
                CompileError::PatternTooComplex => PatternError::TooManyInstructions,
                _ => PatternError::Unsupported,
            },
            fancy_regex::Error::ParseError(_, ParseError::RecursionExceeded) => PatternError::TooDeep,
            _ => PatternError::Unsupported,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().is_match(text, &Effort::default()).unwrap()
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
            (r"^(?!x).$", "a", "\r"),
            (r"^(?!x).$", "\u{85}", "\u{2028}"),
            (r"^a{0,99999999999999999999}$", "aa", "a{0,99999999999999999999}"),
            (r"^(a)?\1b$", "b", "ab"),
            (r"^\1(a)$", "a", "aa"),
            (r"^(?:(a)|\1b)$", "b", "ab"),
            (r"^(a|\1b)+$", "ab", "c"),
            (r"^(?:(?=a))?a$", "a", "b"),
            (r"(?:(?!x)){2,3}a$", "a", "b"),
            (r"^(?<a>x)\k<a>|(?<a>y)\k<a>$", "yy", "xy"),
            (r"^(?!x)\u{61}\x62\0\v$", "ab\0\u{b}", "ab"),
            (r"^(?!x)\ud83d\ude00$", "\u{1f600}", "a"),
            (r"^(?!x)[^]$", "\n", "ab"),
            (r"^(?!x)(?:[]|a)$", "a", "]"),
            (r"^(?!x)[\w-]\]$", "-]", "+]"),
            (r"^(?!x)[a&&b]$", "&", "c"),
            (r"^(?!x)\<a\>$", "<a>", "a"),
            (r"^(?!x)\p{Script=Greek}\P{Lu}$", "ωa", "aA"),
            (r"^\p{sc=Grek}\p{gc=Lu}\p{Alpha}$", "ωAa", "ωaa"),
            (r"\bé", "aé", "é"),
            (r"^(?!x)(?i:é(?-i:a))$", "Éa", "ÉA"),
            (r"^(?m:a$)", "a\rb", "ab"),
            (r"^(?s:.)$", "\n", ""),
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
            ("a++", PatternError::Invalid),
            ("(?!x)a++", PatternError::Invalid),
            ("(?i)a", PatternError::Invalid),
            ("(?P<n>a)", PatternError::Invalid),
            ("(?!x)(?~a)", PatternError::Invalid),
            ("(?!x)(a)(?(1)a|b)", PatternError::Invalid),
            ("(?!x)(?>a)", PatternError::Invalid),
            ("(?!x)a{,2}", PatternError::Invalid),
            ("(?!x)a(?x) b", PatternError::Invalid),
            (r"(?!x)\pL", PatternError::Invalid),
            (r"\p{Greek}", PatternError::Invalid),
            (r"\p{lu}", PatternError::Invalid),
            (r"\p{Script=greek}", PatternError::Invalid),
            (r"(a)\2", PatternError::Invalid),
            (r"\k<n>", PatternError::Invalid),
            (r"(?<=(a))\1", PatternError::Unsupported),
            (r"(?:(a)|b)*\1", PatternError::Unsupported),
            (r"^((\p{L}{1,1000}){1,1000}x){1,1000}$", PatternError::TooLarge),
            (&"a".repeat(70_000), PatternError::TooLong),
            (&format!("{}{}", "(".repeat(250), ")".repeat(250)), PatternError::TooDeep),
            ("^a{99999999999999999999}$", PatternError::TooLarge),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap_err(), error, "{pattern:.40}");
        }
    }

    #[test]
    fn a_match_that_backtracks_without_end_is_given_up() {
        let pattern = Pattern::new(r"^(?=(a+)+$)(a|aa)+\1x$").unwrap();
        assert!(pattern.is_match(&"a".repeat(60), &Effort::default()).is_err());
    }

    #[test]
    fn escapes_of_other_engines_are_no_escapes() {
        for letter in "aeghiyzAGHKNORXZ".chars() {
            for pattern in [format!(r"\{letter}"), format!(r"(?!x)\{letter}"), format!(r"[\{letter}]")] {
                assert_eq!(Pattern::new(&pattern).unwrap_err(), PatternError::Invalid, "{pattern}");
            }
        }
    }

    #[test]
    fn limits_are_named() {
        for (error, limit) in [
            (PatternError::TooLong, "64 KiB"),
            (PatternError::TooDeep, "60 levels"),
            (PatternError::TooLarge, "32 MiB"),
            (PatternError::TooManyInstructions, "262144 instructions"),
        ] {
            assert!(error.to_string().contains(limit), "{error}");
        }
    }

    #[test]
    fn matches_that_are_given_up_leave_less_to_those_that_follow() {
        let pattern = Pattern::new(r"^(a*)*\1b(?!c)").unwrap();
        let (some, many) = ("a".repeat(14), "a".repeat(60));
        let effort = Effort::default();
        assert!(!pattern.is_match(&some, &effort).unwrap());
        for _ in 0..MAX_GIVEN_UP {
            assert!(pattern.is_match(&many, &effort).is_err());
        }
        assert!(pattern.is_match(&some, &effort).is_err());
        assert!(pattern.is_match("b", &effort).unwrap());
        for _ in 0..MAX_GIVEN_UP_EARLY {
            assert!(pattern.is_match(&many, &effort).is_err());
        }
        assert!(pattern.is_match("b", &effort).is_err());
        assert!(Pattern::new("b").unwrap().is_match("b", &effort).unwrap());
    }
}
