//! Rewrites the body of a recorded response, wherever its format has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::rewriter::Rewriter;
use super::rules::{Content, Rule};
use super::tape::Kind;
use crate::payload::parts::Parts;
use crate::payload::{self};
use crate::redact::replacing::write_string;

/// A surrogate, which makes a text that is not Unicode.
const NOT_UNICODE: &[u8] = b"\\ud800";

impl Rewriter<'_> {
    /// Appends a response.
    pub(super) fn content(&mut self, response: usize, content: &'static Content) {
        let coding =
            self.member(response, content.headers).map(|headers| coding(self, headers)).unwrap_or_default();
        self.each_member(response, |this, key, name| match content.inside {
            Some(inside) if inside == name && this.tokens[key + 1].kind == Kind::Object => {
                let members = content.members.iter().find(|(known, _)| *known == name);
                let members = members.map_or(&[][..], |(_, rule)| match rule {
                    Rule::Object(members) => members,
                    _ => &[],
                });
                this.key(key);
                write_inside(this, key + 1, content, members, &coding);
                true
            }
            _ => member(this, (response, key), name, content, content.members, &coding),
        });
    }
}

/// Appends the object that has the body.
fn write_inside(
    this: &mut Rewriter<'_>,
    object: usize,
    content: &'static Content,
    members: &'static [(&'static str, Rule)],
    coding: &str,
) {
    this.each_member(object, |this, key, name| member(this, (object, key), name, content, members, coding));
}

fn member(
    this: &mut Rewriter<'_>,
    (object, key): (usize, usize),
    name: &str,
    content: &'static Content,
    members: &'static [(&'static str, Rule)],
    coding: &str,
) -> bool {
    let value = key + 1;
    let is_text = matches!(this.tokens[value].kind, Kind::String { .. });
    let is_base64 = content.base64.contains(&name);
    if is_text && (is_base64 || content.text.contains(&name)) {
        let encoding = this.member(object, "encoding").map(|at| this.text_of(at));
        let is_base64 = is_base64 || encoding.is_some_and(|encoding| encoding == "base64");
        this.key(key);
        let bytes = this.bytes(value);
        response_body(this, bytes, is_base64, coding);
        return true;
    }
    if name == content.json {
        this.key(key);
        let token = this.tokens[value];
        this.body_into(&this.text[token.begin..token.end]);
        return true;
    }
    if let Some((file, in_files, into)) = content.file
        && file == name
        && is_text
    {
        return beside(this, (object, key), in_files, into, coding);
    }
    let rule = members.iter().find(|(known, _)| *known == name).map(|(_, rule)| rule);
    this.known_member(key, name, rule)
}

/// Appends the body that is in a file of its own, in place of the name of the file; the name where there is
/// none.
fn beside(
    this: &mut Rewriter<'_>,
    (object, key): (usize, usize),
    in_files: bool,
    into: &str,
    coding: &str,
) -> bool {
    let name = this.text_of(key + 1);
    if this.member(object, into).is_some() {
        return false;
    }
    match Parts::beside(this.around.folder.as_ref(), &this.around.options, &name, in_files) {
        Ok(Some(bytes)) => {
            write_string(into, &mut this.out);
            this.out.push(b':');
            response_body(this, bytes, false, coding);
        }
        Ok(None) => {
            this.key(key);
            let replaced = this.texts.redactor.text(&name);
            write_string(&replaced, &mut this.out);
        }
        Err(error) => {
            this.problems.push(error);
            this.key(key);
            let replaced = this.texts.redactor.text(&name);
            write_string(&replaced, &mut this.out);
        }
    }
    true
}

/// Appends a body as a text, in base64 if it was.
fn response_body(this: &mut Rewriter<'_>, bytes: Vec<u8>, is_base64: bool, coding: &str) {
    let decoded = if is_base64 { payload::from_base64(bytes) } else { Ok(bytes) };
    let max = this.around.options.max_body;
    let decoded = decoded
        .and_then(|bytes| if coding.is_empty() { Ok(bytes) } else { payload::decoded(bytes, coding, max) });
    let bytes = match decoded {
        Ok(bytes) => bytes,
        Err(error) => {
            this.problem(&format!("{error}; it is omitted"));
            Vec::new()
        }
    };
    let mut body = Vec::with_capacity(bytes.len() + bytes.len() / 8);
    // Writing to memory does not fail.
    let _ = this.texts.redactor.body(&bytes, &mut body);
    if bytes.is_empty() {
        body.clear();
    }
    if is_base64 { this.base64(&body) } else { this.body_text(&body) }
}

impl Rewriter<'_> {
    /// Appends JSON as it becomes.
    pub(super) fn body_into(&mut self, json: &[u8]) {
        let _ = self.texts.redactor.body(json, &mut self.out);
    }

    /// Appends the body of a request: JSON, a form, or masked.
    pub(super) fn request_body(&mut self, bytes: &[u8], is_base64: bool) {
        let mut body = Vec::new();
        let text = std::str::from_utf8(bytes).ok();
        // The first name of a form has none of these; a data URL has.
        let is_name = |name: &str| !name.contains([':', ';', ',', '/']);
        let is_form = |text: &&str| {
            text.split_once('=').is_some_and(|(name, _)| is_name(name))
                && !text.contains(|letter: char| letter.is_whitespace() || "{<\"".contains(letter))
        };
        if bytes.is_empty() {
        } else if let Some(form) = text.filter(is_form) {
            body.extend_from_slice(self.texts.query(form).as_bytes());
        } else {
            let _ = self.texts.redactor.body(bytes, &mut body);
        }
        if is_base64 { self.base64(&body) } else { self.body_text(&body) }
    }

    fn base64(&mut self, bytes: &[u8]) {
        let text = STANDARD.encode(bytes);
        self.texts.redactor.written_mut().wrote(&text);
        write_string(&text, &mut self.out);
    }

    /// Appends bytes as a string; what is not Unicode is not afterwards, either.
    fn body_text(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        for chunk in bytes.utf8_chunks() {
            escape(chunk.valid().as_bytes(), &mut self.out);
            for _ in 0..chunk.invalid().len().min(1) {
                self.out.extend_from_slice(NOT_UNICODE);
            }
        }
        self.out.push(b'"');
    }
}

/// Appends a text with the escapes of JSON.
fn escape(text: &[u8], out: &mut Vec<u8>) {
    let mut from = 0;
    let is_special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    while let Some(at) = text[from..].iter().position(is_special).map(|at| from + at) {
        out.extend_from_slice(&text[from..at]);
        match text[at] {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        from = at + 1;
    }
    out.extend_from_slice(&text[from..]);
}

/// The values of `Content-Encoding`.
fn coding(this: &Rewriter<'_>, headers: usize) -> String {
    let headers = serde_json::from_slice(this.raw(headers)).unwrap_or_default();
    payload::coding(&headers)
}
