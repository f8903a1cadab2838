//! Rewrites the body of a recorded response, wherever its format has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::rewriter::Rewriter;
use super::rules::{Content, Rule};
use super::tape::Kind;
use crate::payload::parts::Parts;
use crate::payload::{self, NotValidated};
use crate::redact::replacing::write_string;

/// A surrogate, which makes a text that is not Unicode.
const NOT_UNICODE: &[u8] = b"\\ud800";

impl Rewriter<'_> {
    /// Appends a response.
    pub(super) fn content(&mut self, response: usize, content: &'static Content) {
        let coding =
            self.member(response, content.headers).map(|headers| coding(self, headers)).unwrap_or_default();
        let response_of = Response { is_validated: is_validated(self, response), coding };
        let facts = Facts::of(self, response, content, &response_of);
        self.each_member(response, |this, key, name| match content.inside {
            Some(inside) if inside == name && this.tokens[key + 1].kind == Kind::Object => {
                let members = content.members.iter().find(|(known, _)| *known == name);
                let members = members.map_or(&[][..], |(_, rule)| match rule {
                    Rule::Object(members) => members,
                    _ => &[],
                });
                this.key(key);
                write_inside(this, key + 1, content, members, &response_of);
                true
            }
            _ => member(this, key, name, content, content.members, &facts),
        });
    }
}

/// What is known of a response.
struct Response {
    /// The values of `Content-Encoding`.
    coding: String,
    /// Whether its status is one of which bodies are looked at.
    is_validated: bool,
}

/// What the members of an object say about the body in it.
struct Facts<'c> {
    is_base64: bool,
    /// Whether it has the member that the body of a file is put in.
    has_body: bool,
    response: &'c Response,
}

impl<'c> Facts<'c> {
    fn of(this: &Rewriter<'_>, object: usize, content: &Content, response: &'c Response) -> Self {
        let (mut encoding, mut has_body) = (None, false);
        for (key, name) in this.members(object) {
            has_body |= content.file.is_some_and(|(_, _, into)| into == name);
            if name == "encoding" {
                encoding.get_or_insert(key + 1);
            }
        }
        let is_base64 = encoding.is_some_and(|at| payload::is_base64(&this.text_of(at)));
        Self { is_base64, has_body, response }
    }
}

/// Appends the object that has the body.
fn write_inside(
    this: &mut Rewriter<'_>,
    object: usize,
    content: &'static Content,
    members: &'static [(&'static str, Rule)],
    response: &Response,
) {
    let facts = Facts::of(this, object, content, response);
    this.each_member(object, |this, key, name| member(this, key, name, content, members, &facts));
}

fn member(
    this: &mut Rewriter<'_>,
    key: usize,
    name: &str,
    content: &'static Content,
    members: &'static [(&'static str, Rule)],
    facts: &Facts<'_>,
) -> bool {
    let value = key + 1;
    let is_text = matches!(this.tokens[value].kind, Kind::String { .. });
    let is_base64 = content.base64.contains(&name);
    let file = content.file.filter(|(file, ..)| *file == name);
    if is_base64 || content.text.contains(&name) || file.is_some() {
        if !is_text {
            // What is no body is none afterwards.
            this.key(key);
            this.mask(value);
            return true;
        }
        if let Some((_, in_files, into)) = file {
            return beside(this, key, in_files, into, facts);
        }
        this.key(key);
        let bytes = this.bytes(value);
        response_body(this, bytes, is_base64 || facts.is_base64, facts.response);
        return true;
    }
    if name == content.json {
        this.key(key);
        let token = this.tokens[value];
        this.body_into(&this.text[token.begin..token.end]);
        return true;
    }
    let rule = members.iter().find(|(known, _)| *known == name).map(|(_, rule)| rule);
    this.known_member(key, name, rule)
}

/// Appends the body that is in a file of its own, in place of the name of the file; the name where there is
/// none.
fn beside(this: &mut Rewriter<'_>, key: usize, in_files: bool, into: &str, facts: &Facts<'_>) -> bool {
    let name = this.text_of(key + 1);
    if facts.has_body {
        return false;
    }
    match Parts::beside(this.around.folder.as_ref(), &this.around.options, &name, in_files) {
        Ok(Some(bytes)) => {
            write_string(into, &mut this.out);
            this.out.push(b':');
            response_body(this, bytes, false, facts.response);
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
fn response_body(this: &mut Rewriter<'_>, bytes: Vec<u8>, is_base64: bool, response: &Response) {
    let max = this.around.options.max_body;
    // Nobody looks at the others, so that they may be anything.
    let anything = (!response.is_validated && bytes.len() as u64 <= max).then(|| bytes.clone());
    let decoded = payload::body_bytes(bytes, is_base64, &response.coding, max);
    let decoded = decoded.or_else(|error| anything.ok_or(error));
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

/// Whether a response has a status of which bodies are looked at.
fn is_validated(this: &Rewriter<'_>, response: usize) -> bool {
    let members = this.members(response).into_iter();
    let statuses = members.filter(|(_, name)| matches!(&**name, "status" | "code"));
    let mut statuses = statuses.filter_map(|(key, _)| {
        serde_json::from_slice(this.raw(key + 1)).ok().and_then(|value| payload::status(&value))
    });
    statuses.next_back().is_none_or(|status| NotValidated::of_status(status).is_none())
}
