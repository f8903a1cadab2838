//! Matches regular expressions of a mock against paths with variable parts.
//!
//! The paths of a template are a regular language, too: whether one of them fits is found by walking through
//! the automaton of the expression and the template together, without guessing what may stand in a part that
//! varies. Expressions with look-around or back-references have no automaton, and are tried on examples.

use std::collections::HashSet;

use fancy_regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson::{self, NFA, State, WhichCaptures};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;

use crate::payload::selection;

/// The longest expression that is read.
const MAX_LENGTH: usize = 4 << 10;

/// Maximum memory of an expression.
const MAX_SIZE: usize = 1 << 20;

/// Maximum number of steps of an expression with look-around.
const MAX_STEPS: usize = 10_000;

/// A regular expression for the URLs that a mapping answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) text: String,
    /// Whether the parameters are a part of what it is matched against.
    pub(super) with_query: bool,
}

impl Pattern {
    /// Whether it matches a URL of one of the templates.
    ///
    /// # Errors
    ///
    /// What is wrong with an expression that cannot be used. A capture may come from anybody: large and slow
    /// ones are refused.
    pub(super) fn fits_any<'t>(
        &self,
        templates: impl Iterator<Item = &'t str>,
    ) -> Result<bool, &'static str> {
        let mut templates = templates.peekable();
        if templates.peek().is_none() {
            return Ok(false);
        }
        if self.text.len() > MAX_LENGTH {
            return Err("is too long");
        }
        let text = of_java(&self.text);
        let config =
            thompson::Config::new().nfa_size_limit(Some(MAX_SIZE)).which_captures(WhichCaptures::None);
        if let Ok(automaton) = NFA::compiler().configure(config).build(&text) {
            let mut steps = templates.flat_map(|path| [false, true].map(|raw| Steps::new(path, raw)));
            return Ok(steps.any(|steps| steps.meet(&automaton, self.with_query)));
        }
        if has_wrong_repetition(&text) {
            return Err("cannot be read");
        }
        let mut builder = RegexBuilder::new(&format!("^(?:{text})$"));
        let engine = builder.delegate_size_limit(MAX_SIZE).backtrack_limit(MAX_STEPS).build();
        let engine = engine.map_err(|_| "cannot be read, or is too large")?;
        for path in templates {
            if fits_sample(&engine, path, self.with_query)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether braces are no repetition: to Java, as to us, that is an error, and to engines with look-around
/// text.
fn has_wrong_repetition(text: &str) -> bool {
    use regex_syntax::ast::ErrorKind;
    match regex_syntax::parse(text) {
        Err(regex_syntax::Error::Parse(error)) => matches!(
            error.kind(),
            ErrorKind::DecimalEmpty
                | ErrorKind::DecimalInvalid
                | ErrorKind::RepetitionCountDecimalEmpty
                | ErrorKind::RepetitionCountInvalid
                | ErrorKind::RepetitionCountUnclosed
                | ErrorKind::RepetitionMissing
        ),
        _ => false,
    }
}

/// An expression of Java in the syntax that is common: without quotes (`\Q…\E`), and with classes that are
/// ASCII.
fn of_java(pattern: &str) -> String {
    let (mut out, mut rest, mut in_class) = (String::new(), pattern, false);
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix(r"\Q") {
            let (quoted, behind) = behind.split_once(r"\E").unwrap_or((behind, ""));
            out.push_str(&regex_syntax::escape(quoted));
            rest = behind;
            continue;
        }
        let length = if first == '\\' {
            1 + rest[1..].chars().next().map_or(0, char::len_utf8)
        } else {
            first.len_utf8()
        };
        let (token, behind) = rest.split_at(length);
        rest = behind;
        let class = match token {
            r"\d" => "0-9",
            r"\w" => "0-9A-Za-z_",
            _ => {
                in_class = token == "[" || in_class && token != "]";
                out.push_str(token);
                continue;
            }
        };
        let (open, close) = if in_class { ("", "") } else { ("[", "]") };
        out.extend([open, class, close]);
    }
    out
}

/// One position of the selected URLs.
#[derive(Clone, Copy)]
enum Step {
    Byte(u8),
    /// One byte of a part that varies.
    Part,
    /// Any number of them.
    MoreOfPart,
    /// Any bytes.
    Anything,
}

/// The selected URLs, step by step, and where their paths end.
struct Steps {
    steps: Vec<Step>,
    path: usize,
}

impl Steps {
    fn new(path: &str, raw: bool) -> Self {
        let mut steps = Vec::new();
        for (at, segment) in path.split('/').enumerate() {
            if at > 0 {
                steps.push(Step::Byte(b'/'));
            }
            for (at, text) in selection::pieces(segment).into_iter().enumerate() {
                if at > 0 {
                    steps.extend([Step::Part, Step::MoreOfPart]);
                }
                let decoded = selection::decoded(text);
                let text = if raw { text } else { &*decoded };
                steps.extend(text.bytes().map(Step::Byte));
            }
        }
        let path = steps.len();
        steps.extend([Step::Byte(b'?'), Step::Anything]);
        Self { steps, path }
    }

    fn end(&self, with_query: bool) -> usize {
        if with_query { self.steps.len() } else { self.path }
    }

    /// Whether the expression fits one of the URLs.
    fn meet(&self, automaton: &NFA, with_query: bool) -> bool {
        let mut open = vec![(automaton.start_anchored(), 0)];
        let mut seen: HashSet<(StateID, usize)> = open.iter().copied().collect();
        while let Some((state, at)) = open.pop() {
            let step = self.steps[..self.end(with_query)].get(at).copied();
            let repeats = matches!(step, Some(Step::MoreOfPart | Step::Anything));
            let ends = at == self.path || at == self.end(with_query);
            let mut next = Vec::new();
            if repeats {
                next.push((state, at + 1));
            }
            let behind = if repeats { at } else { at + 1 };
            match automaton.state(state) {
                State::Match { .. } if ends => return true,
                State::Match { .. } | State::Fail => {}
                State::ByteRange { trans } => {
                    if allows(step, trans.start, trans.end) {
                        next.push((trans.next, behind));
                    }
                }
                State::Sparse(sparse) => next.extend(
                    sparse
                        .transitions
                        .iter()
                        .filter(|range| allows(step, range.start, range.end))
                        .map(|range| (range.next, behind)),
                ),
                State::Dense(dense) => next.extend(
                    (0..=u8::MAX)
                        .filter(|byte| allows(step, *byte, *byte))
                        .map(|byte| (dense.transitions[usize::from(byte)], behind)),
                ),
                State::Look { look: Look::Start, .. } if at > 0 => {}
                State::Look { look: Look::End, .. } if !ends && !repeats => {}
                State::Look { next: state, .. } | State::Capture { next: state, .. } => {
                    next.push((*state, at));
                }
                State::Union { alternates } => next.extend(alternates.iter().map(|state| (*state, at))),
                State::BinaryUnion { alt1, alt2 } => next.extend([(*alt1, at), (*alt2, at)]),
            }
            open.extend(next.into_iter().filter(|location| seen.insert(*location)));
        }
        false
    }
}

/// Whether a step is one of these bytes.
fn allows(step: Option<Step>, first: u8, last: u8) -> bool {
    match step {
        None => false,
        Some(Step::Byte(byte)) => (first..=last).contains(&byte),
        Some(Step::Part | Step::MoreOfPart) => (first..=last).any(|byte| !b"/?#".contains(&byte)),
        Some(Step::Anything) => true,
    }
}

/// Whether an expression with look-around fits the path with something in the place of what varies.
fn fits_sample(engine: &Regex, path: &str, with_query: bool) -> Result<bool, &'static str> {
    const SAMPLES: [&str; 12] = [
        "1",
        "12",
        "123",
        "1234",
        "12345678",
        "a",
        "abc-def",
        "ABC-1",
        "2026-01-31",
        "0123456789abcdef01234567",
        "00000000-0000-4000-8000-000000000000",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ];
    let queries: &[&str] = if with_query { &["", "?a=1", "?page=1"] } else { &[""] };
    for sample in SAMPLES {
        let filled = |segment| selection::pieces(segment).join(sample);
        let path = path.split('/').map(filled).collect::<Vec<_>>().join("/");
        for query in queries {
            for url in [format!("{path}{query}"), format!("{}{query}", selection::decoded(&path))] {
                if engine.is_match(&url).map_err(|_| "takes too long")? {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, with_query: bool, path: &str) -> Result<bool, &'static str> {
        Pattern { text: pattern.to_owned(), with_query }.fits_any([path].into_iter())
    }

    #[test]
    fn a_pattern_fits_what_a_template_stands_for() {
        for (pattern, path) in [
            (r"/v1/things(\?.*)?", "/v1/things"),
            (r"^/v1/things(\?.*)?$", "/v1/things"),
            (r"/v1/things(?:\?page=\d+)?", "/v1/things"),
            (r"/v1/things\?page=[0-9]+", "/v1/things"),
            (r"/v1/things[?]page=\w{1,3}", "/v1/things"),
            (r"\Q/v1/things\E", "/v1/things"),
            (r"\Q/v1/things?a=\E[\w-]+", "/v1/things"),
            (r"/v1/things/[0-9]{4}", "/v1/things/{id}"),
            (r"/v1/things/[0-9a-f]{24}", "/v1/things/{id}"),
            (r"/v1/things/[A-Z]{3}-\d+", "/v1/things/{id}"),
            (r"/v1/things/\d{4}-\d\d-\d\d", "/v1/things/{id}"),
            (r"/v1/things/(?!x)[0-9]{4}", "/v1/things/{id}"),
            (r"/v1/[^/]+/é", "/v1/{kind}/%C3%A9"),
            (r"/v1/a%20b", "/v1/a%20b"),
            (r"/v1/a b", "/v1/a%20b"),
            (r"/v1/x\.json", "/v1/{name}.json"),
            (r".*", "/v1/things"),
        ] {
            assert_eq!(fits(pattern, true, path), Ok(true), "{pattern} {path}");
        }
        for (pattern, path) in [
            (r"/v1/things/[0-9]{4}", "/v1/things"),
            (r"/v1/things/.+", "/v1/things"),
            (r"/v1/th", "/v1/things"),
            (r"/v1/[a-z]+/[a-z]+", "/v1/{id}"),
            (r"/v1/(?!t).*", "/v1/things"),
            (r"a^/v1", "/v1"),
        ] {
            assert_eq!(fits(pattern, true, path), Ok(false), "{pattern} {path}");
        }
        assert_eq!(fits(r"/v1/things\?a=1", false, "/v1/things"), Ok(false));
        assert_eq!(fits(r"/v1/things/", true, "/v1/things"), Ok(false));
    }

    #[test]
    fn a_pattern_that_cannot_be_used_is_an_error() {
        for pattern in ["/v1/((((", "/v1/{id}", "/v1/[a", &"a".repeat(5_000), "(a{1000}){1000}{1000}"] {
            assert!(fits(pattern, true, "/v1/things").is_err(), "{pattern}");
        }
    }
}
