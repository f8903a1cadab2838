//! Finds the end of a JSON value by its brackets and quotes, until a line end in a string.

/// Walks over a JSON value by its brackets and quotes.
#[derive(Debug, Default)]
pub(super) struct Brackets {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

pub(super) enum Scanned {
    /// The value goes on.
    All,
    /// It ends after this number of bytes.
    End(usize),
    NotJson,
}

impl Brackets {
    pub(super) fn over(&mut self, text: &[u8]) -> Scanned {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if self.in_string && !self.escaped {
                let rest = &text[at..];
                at += memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
                match text.get(at) {
                    Some(b'"') => self.in_string = false,
                    Some(b'\\') => self.escaped = true,
                    Some(_) => return Scanned::NotJson,
                    None => return Scanned::All,
                }
            } else if self.escaped {
                self.escaped = false;
                if byte == b'\n' {
                    return Scanned::NotJson;
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' if self.depth > 0 => self.depth -= 1,
                    b',' | b':' | b'-' | b'+' | b'.' | b'E' | b'0'..=b'9' | b'a'..=b'z' if self.depth > 0 => {
                    }
                    b' ' | b'\t' | b'\r' | b'\n' => {}
                    _ => return Scanned::NotJson,
                }
            }
            at += 1;
            if self.depth == 0 && !self.in_string {
                return Scanned::End(at);
            }
        }
        Scanned::All
    }
}
