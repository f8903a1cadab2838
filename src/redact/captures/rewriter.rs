//! Rewrites the values of a capture by the rules of its format.

use std::path::PathBuf;

use super::outside::Outside;
use super::rules::{PHRASES, Rule};
use super::tape::{Kind, Token, tape};
use super::urls::Texts;
use crate::error::{Error, ErrorKind};
use crate::payload::{self, Options};
use crate::redact::replacing::write_string;
use crate::redact::tokens::Broken;
use crate::redact::{Redactor, Treatment};

/// The text of what is masked.
pub(super) const MASKED: &str = "masked";

/// What is around a capture.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) outside: Outside,
    pub(super) folder: Option<PathBuf>,
    pub(super) options: Options,
    /// What the capture is called.
    pub(super) name: String,
}

/// Rewrites one value.
pub(super) struct Rewriter<'r> {
    pub(super) texts: Texts<'r>,
    pub(super) around: &'r Around,
    pub(super) text: &'r [u8],
    pub(super) tokens: Vec<Token>,
    pub(super) out: Vec<u8>,
    pub(super) problems: Vec<Error>,
    /// The number of the entry.
    pub(super) number: u64,
    /// How many containers are open that were gone into.
    pub(super) depth: usize,
    is_too_deep: bool,
}

/// Why a text is not rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    NotJson,
    TooDeep,
}

impl From<Broken> for Refused {
    fn from(_: Broken) -> Self {
        Self::NotJson
    }
}

/// A status that is none.
const NO_STATUS: &str = "1000";

/// Numbers of this many digits may be of somebody.
const MAX_NUMBER: usize = 9;

/// Appends the value that a text has by this rule.
///
/// # Errors
///
/// When the text is not JSON, or is nested more deeply than entries are read.
pub(super) fn rewrite(
    redactor: &mut Redactor,
    around: &Around,
    (text, number): (&[u8], u64),
    rule: &Rule,
    out: &mut Vec<u8>,
) -> Result<Vec<Error>, Refused> {
    let tokens = tape(text)?;
    let texts = Texts { redactor, outside: &around.outside };
    let out_before = std::mem::take(out);
    let mut rewriter = Rewriter {
        texts,
        around,
        text,
        tokens,
        out: out_before,
        problems: Vec::new(),
        number,
        depth: 0,
        is_too_deep: false,
    };
    rewriter.value(0, rule);
    *out = rewriter.out;
    if rewriter.is_too_deep { Err(Refused::TooDeep) } else { Ok(rewriter.problems) }
}

impl Rewriter<'_> {
    /// Appends what a token becomes.
    pub(super) fn value(&mut self, at: usize, rule: &Rule) {
        if !self.is_container(at) {
            return self.known_value(at, rule);
        }
        self.inside(|this| this.known_value(at, rule));
    }

    pub(super) fn is_container(&self, at: usize) -> bool {
        matches!(self.tokens[at].kind, Kind::Array | Kind::Object)
    }

    /// Goes into a container, up to the depth at which entries are read.
    pub(super) fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        if self.depth == payload::MAX_DEPTH {
            self.is_too_deep = true;
            return;
        }
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    fn known_value(&mut self, at: usize, rule: &Rule) {
        let token = self.tokens[at];
        match (rule, token.kind) {
            (Rule::Is(json), _) => self.out.extend_from_slice(json.as_bytes()),
            (Rule::ObjectOr(members, _) | Rule::Object(members), Kind::Object) => self.object(at, members),
            (Rule::ObjectOr(_, other), _) => self.known_value(at, other),
            (Rule::OneOrMore(rule) | Rule::List(rule), Kind::Array) => self.list(at, rule),
            (Rule::OneOrMore(rule), _) => self.known_value(at, rule),
            (Rule::Headers, Kind::Array | Kind::Object) => self.headers(at),
            (Rule::Parameters, Kind::Array | Kind::Object) => self.parameters(at),
            (Rule::Content(content), Kind::Object) => self.content(at, content),
            (Rule::Host | Rule::Path, Kind::Array) => self.joined(at, rule),
            (_, Kind::String { .. }) => self.string(at, rule),
            (Rule::Date, Kind::Number) => {
                let number = String::from_utf8_lossy(self.raw(at)).into_owned();
                let moved = self.texts.redactor.moved(&number);
                self.out.extend_from_slice(moved.as_bytes());
            }
            (_, Kind::Literal) => self.copy(at),
            (Rule::Plain, Kind::Number) if integer_digits(self.raw(at)) <= MAX_NUMBER => self.copy(at),
            (Rule::Port, Kind::Number) if is_port(self.raw(at)) => self.copy(at),
            (Rule::Status, Kind::Number) => {
                let status =
                    serde_json::from_slice(self.raw(at)).ok().and_then(|code| payload::status(&code));
                let text = status.map_or_else(|| NO_STATUS.to_owned(), |code| code.to_string());
                self.out.extend_from_slice(text.as_bytes());
            }
            _ => self.mask(at),
        }
    }

    pub(super) fn raw(&self, at: usize) -> &[u8] {
        let token = self.tokens[at];
        &self.text[token.begin..token.end]
    }

    fn copy(&mut self, at: usize) {
        let token = self.tokens[at];
        self.out.extend_from_slice(&self.text[token.begin..token.end]);
    }

    /// Appends what stands for a value of which nothing is known but its type.
    pub(super) fn mask(&mut self, at: usize) {
        match self.tokens[at].kind {
            Kind::Object => self.out.extend_from_slice(b"{}"),
            Kind::Array => self.out.extend_from_slice(b"[]"),
            Kind::Number => self.out.push(b'0'),
            Kind::Literal => self.copy(at),
            Kind::String { .. } => write_string(MASKED, &mut self.out),
        }
    }

    /// The bytes of a string.
    pub(super) fn bytes(&self, at: usize) -> Vec<u8> {
        let raw = self.raw(at);
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        payload::unescaped(inner).unwrap_or_else(|| inner.to_vec())
    }

    /// The text of a string.
    pub(super) fn text_of(&self, at: usize) -> String {
        String::from_utf8_lossy(&self.bytes(at)).into_owned()
    }

    fn string(&mut self, at: usize, rule: &Rule) {
        let text = match rule {
            Rule::Body => {
                let bytes = self.bytes(at);
                return self.request_body(&bytes, false);
            }
            Rule::Base64 => {
                let bytes = payload::from_base64(self.bytes(at)).unwrap_or_default();
                return self.request_body(&bytes, true);
            }
            _ => self.text_of(at),
        };
        let texts = &mut self.texts;
        let replaced = match rule {
            _ if text.is_empty() => String::new(),
            Rule::Word(words) if words.contains(&&*text) => texts.keep(&text),
            Rule::Date => texts.redactor.value(Treatment::Date, &text),
            Rule::Url => texts.url(&text),
            Rule::UrlPattern => texts.url_pattern(&text),
            Rule::Pattern => texts.pattern(&text),
            Rule::Method => texts.method(&text),
            Rule::Encoding if payload::is_base64(&text) => text,
            Rule::Status => status_of(&text, Some("")).unwrap_or_else(|| MASKED.to_owned()),
            Rule::Phrase => match phrase(&text).map(str::to_owned).or_else(|| status_of(&text, None)) {
                Some(known) => texts.keep(&known),
                None => texts.redactor.text(&text),
            },
            Rule::Port if is_port(text.as_bytes()) => text,
            Rule::Host => texts.host(&text),
            Rule::Path => text.split('/').map(|segment| texts.segment(segment)).collect::<Vec<_>>().join("/"),
            Rule::Media => texts.media(&text),
            Rule::Text | Rule::Word(_) | Rule::Name | Rule::Encoding => texts.redactor.text(&text),
            _ => return self.mask(at),
        };
        write_string(&replaced, &mut self.out);
    }

    /// The tokens of the items of a list.
    pub(super) fn items(&self, list: usize) -> Vec<usize> {
        let (mut items, mut at) = (Vec::new(), list + 1);
        while at < self.tokens[list].next {
            items.push(at);
            at = self.tokens[at].next;
        }
        items
    }

    /// The tokens of the keys of an object, each with its name.
    pub(super) fn members(&self, object: usize) -> Vec<(usize, String)> {
        let (mut members, mut at) = (Vec::new(), object + 1);
        while at < self.tokens[object].next {
            members.push((at, self.text_of(at)));
            at = self.tokens[at + 1].next;
        }
        members
    }

    /// The value of a member.
    pub(super) fn member(&self, object: usize, name: &str) -> Option<usize> {
        self.members(object).into_iter().find(|(_, known)| known == name).map(|(at, _)| at + 1)
    }

    fn list(&mut self, list: usize, rule: &Rule) {
        let token = self.tokens[list];
        let mut from = token.begin;
        for item in self.items(list) {
            self.out.extend_from_slice(&self.text[from..self.tokens[item].begin]);
            self.value(item, rule);
            from = self.tokens[item].end;
        }
        self.out.extend_from_slice(&self.text[from..token.end]);
    }

    fn object(&mut self, object: usize, members: &[(&str, Rule)]) {
        self.each_member(object, |this, key, name| {
            let rule = members.iter().find(|(known, _)| *known == name).map(|(_, rule)| rule);
            this.known_member(key, name, rule)
        });
    }

    /// Appends a member by its rule; false where it is left out.
    pub(super) fn known_member(&mut self, key: usize, name: &str, rule: Option<&Rule>) -> bool {
        match rule {
            Some(Rule::Drop) => return false,
            Some(rule) => {
                self.key(key);
                self.value(key + 1, rule);
            }
            None if self.around.outside.keeps_member(name) => {
                let token = self.tokens[key + 1];
                self.key(key);
                self.out.extend_from_slice(&self.text[token.begin..token.end]);
            }
            None => return false,
        }
        true
    }

    /// Appends a key and its colon.
    pub(super) fn key(&mut self, key: usize) {
        self.copy(key);
        let (key, value) = (self.tokens[key], self.tokens[key + 1]);
        self.out.extend_from_slice(&self.text[key.end..value.begin]);
    }

    /// Appends an object whose members `write` appends, or leaves out. White space stays.
    pub(super) fn each_member(
        &mut self,
        object: usize,
        mut write: impl FnMut(&mut Self, usize, &str) -> bool,
    ) {
        let token = self.tokens[object];
        self.out.push(b'{');
        let (mut from, mut first) = (token.begin + 1, true);
        for (key, name) in self.members(object) {
            let before = self.out.len();
            if !first {
                self.out.push(b',');
            }
            let gap = &self.text[from..self.tokens[key].begin];
            self.out.extend(gap.iter().filter(|byte| **byte != b','));
            if write(self, key, &name) {
                first = false;
            } else {
                self.out.truncate(before);
            }
            from = self.tokens[key + 1].end;
        }
        self.out.extend_from_slice(&self.text[from..token.end]);
    }

    /// A host or a path in parts.
    fn joined(&mut self, list: usize, rule: &Rule) {
        let separator = if matches!(rule, Rule::Host) { "." } else { "/" };
        let items = self.items(list);
        let is_text = |at: &usize| matches!(self.tokens[*at].kind, Kind::String { .. });
        if !items.iter().all(is_text) {
            // Segments may be objects, or numbers.
            let segment =
                Rule::ObjectOr(&[("value", Rule::Path), ("type", Rule::Word(&["string"]))], &Rule::Path);
            return self.list(list, &segment);
        }
        let parts: Vec<String> = items.iter().map(|at| self.text_of(*at)).collect();
        let whole = parts.join(separator);
        let replaced = if matches!(rule, Rule::Host) {
            self.texts.host(&whole)
        } else {
            parts.iter().map(|part| self.texts.segment(part)).collect::<Vec<_>>().join(separator)
        };
        self.out.push(b'[');
        for (at, part) in replaced.split(separator).enumerate().filter(|_| !items.is_empty()) {
            if at > 0 {
                self.out.push(b',');
            }
            write_string(part, &mut self.out);
        }
        self.out.push(b']');
    }

    pub(super) fn problem(&mut self, what: &str) {
        let location = format!("{}: entry {}", self.around.name, self.number);
        self.problems.push(Error::new(ErrorKind::Input, location, what));
    }
}

/// The digits of a number before its fraction, or as many as a number with an exponent may have.
fn integer_digits(number: &[u8]) -> usize {
    if number.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return usize::MAX;
    }
    number.iter().take_while(|byte| **byte != b'.').filter(|byte| byte.is_ascii_digit()).count()
}

fn is_port(text: &[u8]) -> bool {
    text.len() <= 5 && text.iter().all(u8::is_ascii_digit)
}

/// A reason phrase that is known, in any case.
fn phrase(text: &str) -> Option<&str> {
    PHRASES.iter().any(|known| known.eq_ignore_ascii_case(text.trim())).then_some(text)
}

/// A status that a text begins with, and the reason phrase behind it, or another one.
fn status_of(text: &str, other: Option<&str>) -> Option<String> {
    let code = payload::status(&text.into())?;
    let (_, behind) = text.trim_start().split_once(char::is_whitespace).unwrap_or((text, ""));
    let phrase = phrase(behind).or(other).unwrap_or(MASKED);
    Some(if phrase.trim().is_empty() { code.to_string() } else { format!("{code} {}", phrase.trim()) })
}
