//! Scans JSON text and gives each key, value and container with its offset.

use std::borrow::Cow;

use super::syntax_error::{SyntaxError, SyntaxErrorKind, lone_surrogate, not_utf8};

/// One step through the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    Begin { kind: Container, at: usize },
    End { end: usize },
    Key { raw: RawText<'a>, at: usize },
    Scalar { kind: Scalar, at: usize, end: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Object,
    Array,
}

impl Container {
    /// How it begins and how it ends.
    pub(crate) fn brackets(self) -> (&'static str, &'static str) {
        match self {
            Self::Object => ("{", "}"),
            Self::Array => ("[", "]"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Null,
    Boolean,
    Number,
    String,
}

/// The text between two quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawText<'a> {
    bytes: &'a [u8],
    escaped: bool,
}

impl<'a> RawText<'a> {
    /// The text with its escapes resolved.
    pub(crate) fn decode(self) -> Cow<'a, str> {
        let text = String::from_utf8_lossy(self.bytes);
        if !self.escaped {
            return text;
        }
        let quoted = format!("\"{text}\"");
        Cow::Owned(serde_json::from_str(&quoted).unwrap_or_default())
    }
}

/// The message about a truncated text.
pub(super) const CUT: &str = "ends before its JSON value is complete";

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Value,
    ItemOrEnd,
    KeyOrEnd,
    Key,
    CommaOrEnd,
    Nothing,
}

/// Walks a text once, in constant stack, and refuses whatever RFC 8259 refuses.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Container>,
    next: Next,
    max_depth: usize,
    /// Where the text stops being UTF-8, if it does.
    utf8_until: Option<(usize, bool)>,
}

impl<'a> Scanner<'a> {
    /// A scanner over one JSON value and the white space around it.
    pub(crate) fn new(bytes: &'a [u8], max_depth: usize) -> Self {
        let utf8_until =
            std::str::from_utf8(bytes).err().map(|error| (error.valid_up_to(), error.error_len().is_none()));
        let until = utf8_until.map_or(bytes.len(), |(until, _)| until);
        Self { text: &bytes[..until], at: 0, open: Vec::new(), next: Next::Value, max_depth, utf8_until }
    }

    /// A scanner in the middle of a text, where this comes next.
    pub(super) fn resumed(text: &'a [u8], inside: Option<Container>, next: Next) -> Self {
        let open = inside.into_iter().collect();
        Self { text, at: 0, open, next, max_depth: usize::MAX, utf8_until: None }
    }

    /// A scanner that is already inside a container of this kind: at its first member or item, or
    /// at a later one.
    pub(crate) fn within(kind: Container, bytes: &'a [u8], at_first: bool) -> Self {
        let next = match (kind, at_first) {
            (Container::Object, true) => Next::KeyOrEnd,
            (Container::Object, false) => Next::Key,
            (Container::Array, true) => Next::ItemOrEnd,
            (Container::Array, false) => Next::Value,
        };
        // Only asked for text that was read before, so that it is UTF-8.
        Self::resumed(bytes, Some(kind), next)
    }

    /// The next step, `None` after the value and everything behind it.
    pub(crate) fn step(&mut self) -> Result<Option<Event<'a>>, SyntaxError> {
        let step = self.step_in_text();
        match (&step, self.utf8_until) {
            (Ok(None), Some(broken)) => Err(not_utf8(broken)),
            (Err(syntax_error), Some(broken)) if syntax_error.kind == SyntaxErrorKind::Truncated => {
                Err(not_utf8(broken))
            }
            _ => step,
        }
    }

    fn step_in_text(&mut self) -> Result<Option<Event<'a>>, SyntaxError> {
        loop {
            self.skip_space();
            let Some(&byte) = self.text.get(self.at) else {
                return if self.next == Next::Nothing { Ok(None) } else { Err(self.truncated()) };
            };
            match (self.next, byte) {
                (Next::Nothing, _) => {
                    return Err(self.not_json("trailing data after the JSON value"));
                }
                (Next::CommaOrEnd, b',') => {
                    self.at += 1;
                    self.next = if self.inside(Container::Object) { Next::Key } else { Next::Value };
                }
                (Next::CommaOrEnd | Next::KeyOrEnd, b'}') if self.inside(Container::Object) => {
                    return Ok(Some(self.end()));
                }
                (Next::CommaOrEnd | Next::ItemOrEnd, b']') if self.inside(Container::Array) => {
                    return Ok(Some(self.end()));
                }
                (Next::CommaOrEnd, _) => return Err(self.no_comma(byte)),
                (Next::KeyOrEnd | Next::Key, b'"') => return self.key().map(Some),
                (Next::KeyOrEnd | Next::Key, _) => return Err(self.no_key(byte)),
                (Next::Value | Next::ItemOrEnd, _) => return self.value(byte).map(Some),
            }
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    fn inside(&self, kind: Container) -> bool {
        self.open.last() == Some(&kind)
    }

    fn end(&mut self) -> Event<'a> {
        self.open.pop();
        self.at += 1;
        self.after_value();
        Event::End { end: self.at }
    }

    fn after_value(&mut self) {
        self.next = if self.open.is_empty() { Next::Nothing } else { Next::CommaOrEnd };
    }

    fn key(&mut self) -> Result<Event<'a>, SyntaxError> {
        let at = self.at;
        let raw = self.string()?;
        self.skip_space();
        match self.text.get(self.at) {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.not_json("expected `:` after a key")),
            None => return Err(self.truncated()),
        }
        self.next = Next::Value;
        Ok(Event::Key { raw, at })
    }

    fn value(&mut self, byte: u8) -> Result<Event<'a>, SyntaxError> {
        let at = self.at;
        let kind = match byte {
            b'{' => return self.begin(Container::Object, Next::KeyOrEnd),
            b'[' => return self.begin(Container::Array, Next::ItemOrEnd),
            b'"' => {
                self.string()?;
                Scalar::String
            }
            b'-' | b'0'..=b'9' => {
                self.number()?;
                Scalar::Number
            }
            b't' => self.literal(b"true", Scalar::Boolean)?,
            b'f' => self.literal(b"false", Scalar::Boolean)?,
            b'n' => self.literal(b"null", Scalar::Null)?,
            _ => return Err(self.no_value(byte)),
        };
        self.after_value();
        Ok(Event::Scalar { kind, at, end: self.at })
    }

    fn begin(&mut self, kind: Container, next: Next) -> Result<Event<'a>, SyntaxError> {
        let at = self.at;
        if self.open.len() >= self.max_depth {
            return Err(SyntaxError::too_deep(at, self.max_depth));
        }
        self.open.push(kind);
        self.at += 1;
        self.next = next;
        Ok(Event::Begin { kind, at })
    }

    fn literal(&mut self, word: &[u8], kind: Scalar) -> Result<Scalar, SyntaxError> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            Ok(kind)
        } else if word.starts_with(rest) {
            Err(self.truncated())
        } else {
            Err(self.not_json("unknown literal; expected `true`, `false` or `null`"))
        }
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.text.get(self.at) {
            self.at += 1;
        }
        if self.at > from {
            Ok(())
        } else if self.at == self.text.len() {
            Err(self.truncated())
        } else {
            Err(self.not_json("invalid number: digits are missing"))
        }
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        if self.text.get(self.at) == Some(&b'0') {
            self.at += 1;
            if let Some(b'0'..=b'9') = self.text.get(self.at) {
                return Err(self.not_json("invalid number: leading zero"));
            }
        } else {
            self.digits()?;
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<RawText<'a>, SyntaxError> {
        let from = self.at + 1;
        let mut escaped = false;
        self.at = from;
        loop {
            match self.text.get(self.at) {
                None => return Err(self.truncated()),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0..=0x1f) => {
                    return Err(self.not_json("unescaped control character in a string"));
                }
                Some(_) => self.at += 1,
            }
        }
        let bytes = &self.text[from..self.at];
        self.at += 1;
        Ok(RawText { bytes, escaped })
    }

    fn escape(&mut self) -> Result<(), SyntaxError> {
        match self.text.get(self.at + 1) {
            None => return Err(self.truncated()),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let start = self.at;
                let unit = self.unit()?;
                if (0xdc00..0xe000).contains(&unit) {
                    return Err(lone_surrogate(start));
                }
                if (0xd800..0xdc00).contains(&unit) {
                    self.low_surrogate(start)?;
                }
            }
            Some(_) => return Err(self.not_json("invalid escape in a string")),
        }
        Ok(())
    }

    /// Four hex digits after `\u`.
    fn unit(&mut self) -> Result<u16, SyntaxError> {
        let mut unit = 0;
        for offset in 2..6 {
            let Some(&byte) = self.text.get(self.at + offset) else {
                return Err(self.truncated());
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(self.not_json("`\\u` escape without four hex digits"));
            };
            unit = unit * 16 + digit;
        }
        self.at += 6;
        Ok(u16::try_from(unit).unwrap_or(u16::MAX))
    }

    fn low_surrogate(&mut self, start: usize) -> Result<(), SyntaxError> {
        for (offset, wanted) in [(0, b'\\'), (1, b'u')] {
            match self.text.get(self.at + offset) {
                None => return Err(self.truncated()),
                Some(&byte) if byte == wanted => {}
                Some(_) => return Err(lone_surrogate(start)),
            }
        }
        let unit = self.unit()?;
        if (0xdc00..0xe000).contains(&unit) { Ok(()) } else { Err(lone_surrogate(start)) }
    }

    pub(super) fn truncated(&self) -> SyntaxError {
        let offset = self.text.len();
        let blank = self.text.iter().all(u8::is_ascii_whitespace);
        let what = if blank { "empty" } else { CUT };
        SyntaxError { kind: SyntaxErrorKind::Truncated, offset, what: what.to_owned() }
    }

    pub(super) fn not_json(&self, what: &str) -> SyntaxError {
        SyntaxError { kind: SyntaxErrorKind::NotJson, offset: self.at, what: format!("not JSON: {what}") }
    }

    fn no_comma(&self, byte: u8) -> SyntaxError {
        match (byte, self.inside(Container::Object)) {
            (b'/', _) => self.not_json("comments are not allowed"),
            (_, true) => self.not_json("expected `,` or `}` after a member"),
            (_, false) => self.not_json("expected `,` or `]` after an item"),
        }
    }

    fn no_key(&self, byte: u8) -> SyntaxError {
        match (byte, self.next) {
            (b'/', _) => self.not_json("comments are not allowed"),
            (b'}', Next::Key) => self.not_json("trailing comma before `}`"),
            (b'\'', _) => self.not_json("key in single quotes"),
            _ => self.not_json("key without quotes"),
        }
    }

    fn no_value(&self, byte: u8) -> SyntaxError {
        let rest = &self.text[self.at..];
        let signed = rest.strip_prefix(b"+").unwrap_or(rest);
        match byte {
            b'<' => self.not_json("found HTML or XML"),
            b'/' => self.not_json("comments are not allowed"),
            b'\'' => self.not_json("string in single quotes"),
            b'+' | b'N' | b'I' if signed.starts_with(b"NaN") || signed.starts_with(b"Infinity") => {
                self.not_json("`NaN` and `Infinity` are not JSON numbers")
            }
            b'+' | b'.' => self.not_json("invalid number: begins with `+` or `.`"),
            _ => self.not_json("expected a value"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::syntax_error;
    use super::*;

    #[test]
    fn every_cut_of_a_document_is_truncated() {
        let text = r#" {"ключ\u00e9":[1.5e+3,-0,"\ud83d\ude00","é",true,false,null,{}]} "#.as_bytes();
        assert_eq!(syntax_error(text, 128), None);
        let last = text.len() - 1;
        for cut in 0..last {
            let kind = syntax_error(&text[..cut], 128).map(|syntax_error| syntax_error.kind);
            assert_eq!(kind, Some(SyntaxErrorKind::Truncated), "cut at {cut}");
        }
    }

    #[test]
    fn what_rfc_8259_refuses_is_not_json_at_its_location() {
        let cases: [(&[u8], usize); 20] = [
            (b"[1,]", 3),
            (b"{\"a\":1,}", 7),
            (b"[01]", 2),
            (b"[1.]", 3),
            (b"[+1]", 1),
            (b"[.5]", 1),
            (b"[NaN]", 1),
            (b"[\"\x01\"]", 2),
            (b"[\"\\x\"]", 2),
            (b"[\"\\ud800\"]", 2),
            (b"[\"\\ude00\"]", 2),
            (b"[\"\\ud800\\u0041\"]", 2),
            (b"[1 2]", 3),
            (b"{a:1}", 1),
            (b"[] x", 3),
            (b"<html>", 0),
            (b"// hm\n{}", 0),
            (b"[\"a\xff\"]", 3),
            (b"[nulx]", 1),
            (b"{\"a\" 1}", 5),
        ];
        for (text, offset) in cases {
            let syntax_error =
                syntax_error(text, 128).map(|syntax_error| (syntax_error.kind, syntax_error.offset));
            assert_eq!(syntax_error, Some((SyntaxErrorKind::NotJson, offset)), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn depth_is_counted_in_open_containers() {
        let nested = |levels: usize| [b"[".repeat(levels), b"]".repeat(levels)].concat();
        assert_eq!(syntax_error(&nested(128), 128), None);
        let deep =
            syntax_error(&nested(100_000), 128).map(|syntax_error| (syntax_error.kind, syntax_error.offset));
        assert_eq!(deep, Some((SyntaxErrorKind::TooDeep, 128)));
    }
}
