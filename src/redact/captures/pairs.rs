//! Rewrites headers and parameters, in a list or in an object.

use super::rewriter::Rewriter;
use super::rules::Rule;
use super::tape::Kind;
use crate::redact::replacing::write_string;

/// The members that have the name of a header or a parameter.
const NAMES: [&str; 2] = ["name", "key"];

/// What a header or a parameter becomes: its name and its value, or nothing.
type Replace<'r> = fn(&mut Rewriter<'r>, &str, &str) -> Option<(String, String)>;

impl<'r> Rewriter<'r> {
    pub(super) fn headers(&mut self, at: usize) {
        let replace: Replace<'r> = |this, name, value| {
            let value = this.texts.header(name, value)?;
            Some((name.to_owned(), value))
        };
        self.pairs(at, replace);
    }

    pub(super) fn parameters(&mut self, at: usize) {
        let replace: Replace<'r> = |this, name, value| {
            let value = this.texts.parameter(name, value)?;
            Some((this.texts.parameter_name(name), value))
        };
        self.pairs(at, replace);
    }

    fn pairs(&mut self, at: usize, replace: Replace<'r>) {
        if self.tokens[at].kind == Kind::Object {
            return self.map(at, replace);
        }
        self.out.push(b'[');
        let mut first = true;
        for item in self.items(at) {
            if self.tokens[item].kind != Kind::Object {
                continue;
            }
            let text = |this: &Self, name: &str| {
                this.member(item, name).filter(|at| is_scalar(this, *at)).map(|at| scalar(this, at))
            };
            let Some(name) = NAMES.iter().find_map(|key| text(self, key)) else { continue };
            let value = text(self, "value").unwrap_or_default();
            let Some((name, value)) = replace(self, &name, &value) else { continue };
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            self.each_member(item, |this, key, member| {
                let text = match member {
                    "name" | "key" => &name,
                    "value" => &value,
                    "type" => {
                        return this.known_member(
                            key,
                            member,
                            Some(&Rule::Word(&["text", "file", "default"])),
                        );
                    }
                    "contentType" => return this.known_member(key, member, Some(&Rule::Media)),
                    "disabled" | "enabled" => return this.known_member(key, member, Some(&Rule::Plain)),
                    _ => return false,
                };
                this.key(key);
                // A null stays one.
                if matches!(this.tokens[key + 1].kind, Kind::String { .. } | Kind::Number) {
                    write_string(text, &mut this.out);
                } else {
                    this.mask(key + 1);
                }
                true
            });
        }
        self.out.push(b']');
    }

    /// An object by names, of which a value is a text, several, or what is wanted of one.
    fn map(&mut self, object: usize, replace: Replace<'r>) {
        self.each_member(object, |this, key, name| {
            let Some((kept, _)) = replace(this, name, "") else { return false };
            let value = key + 1;
            let before = this.out.len();
            write_string(&kept, &mut this.out);
            this.out.push(b':');
            if this.matched(value, name, replace) {
                return true;
            }
            this.out.truncate(before);
            false
        });
    }

    /// The value of a member of such an object; false where it is left out.
    fn matched(&mut self, at: usize, name: &str, replace: Replace<'r>) -> bool {
        let mut is_written = true;
        if self.is_container(at) {
            self.inside(|this| is_written = this.known_matched(at, name, replace));
            return is_written;
        }
        self.known_matched(at, name, replace)
    }

    fn known_matched(&mut self, at: usize, name: &str, replace: Replace<'r>) -> bool {
        match self.tokens[at].kind {
            Kind::Array => {
                self.out.push(b'[');
                for (index, item) in self.items(at).into_iter().enumerate() {
                    if index > 0 {
                        self.out.push(b',');
                    }
                    if !self.matched(item, name, replace) {
                        self.out.extend_from_slice(b"null");
                    }
                }
                self.out.push(b']');
            }
            Kind::Object => self.each_member(at, |this, key, member| match member {
                "equalTo" | "contains" | "values" => {
                    this.key(key);
                    this.matched(key + 1, name, replace)
                }
                "key" => {
                    this.key(key);
                    let name = this.texts.parameter_name(name);
                    write_string(&name, &mut this.out);
                    true
                }
                "matches" | "doesNotMatch" => this.known_member(key, member, Some(&Rule::Pattern)),
                "caseInsensitive" | "absent" => this.known_member(key, member, Some(&Rule::Plain)),
                _ => false,
            }),
            Kind::String { .. } | Kind::Number => {
                let value = scalar(self, at);
                let Some((_, value)) = replace(self, name, &value) else { return false };
                write_string(&value, &mut self.out);
            }
            Kind::Literal => self.mask(at),
        }
        true
    }
}

fn is_scalar(rewriter: &Rewriter<'_>, at: usize) -> bool {
    matches!(rewriter.tokens[at].kind, Kind::String { .. } | Kind::Number)
}

/// A text, or the text of a number.
fn scalar(rewriter: &Rewriter<'_>, at: usize) -> String {
    match rewriter.tokens[at].kind {
        Kind::String { .. } => rewriter.text_of(at),
        _ => String::from_utf8_lossy(rewriter.raw(at)).into_owned(),
    }
}
