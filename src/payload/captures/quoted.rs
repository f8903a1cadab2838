//! Distinguishes status lines that begin a response from those quoted in a body.

use std::io;

use memchr::memmem::Finder;

use super::dump::{Dump, MAX_STATUS_LINE};
use super::markup::Root;

/// How far behind a status line the end of the element is looked for that it may be quoted in.
const MAX_QUOTED: usize = 64 << 10;

impl Dump<'_> {
    /// The next status line that begins a response, or the end of the input.
    pub(super) fn next_status_line(&mut self, from: usize) -> io::Result<usize> {
        let finder = Finder::new(b"HTTP/");
        let root = Root::of(&self.text()[from..]);
        let mut closed = from;
        let mut at = from;
        loop {
            self.within(at - from)?;
            let length = self.text().len();
            if let Some(found) = finder.find(&self.text()[at..]) {
                at += found;
                if self.begins_response(from, at, root.as_ref(), &mut closed)? {
                    return Ok(at);
                }
                at += 1;
            } else {
                at = at.max(length.saturating_sub(finder.needle().len() - 1));
                if !self.hold(length + 1)? {
                    return Ok(length);
                }
            }
        }
    }

    /// Whether a response begins here, in or behind a body of unknown length: at the beginning of a line,
    /// behind the end of the root element, or, where there is no such, anywhere; and nothing but headers
    /// follows up to an empty line. No response begins before `closed`.
    fn begins_response(
        &mut self,
        body: usize,
        at: usize,
        root: Option<&Root>,
        closed: &mut usize,
    ) -> io::Result<bool> {
        if at < *closed || !self.is_status(at)? {
            return Ok(false);
        }
        let before = &self.text()[body..at];
        let open = root.filter(|root| !root.is_closed(before));
        let begins_line = before.last().is_none_or(|byte| *byte == b'\n');
        if !begins_line && open.is_some() {
            return Ok(false);
        }
        let text = &self.text()[at..];
        let Some(end) = memchr::memchr(b'\n', &text[..text.len().min(MAX_STATUS_LINE)]) else {
            return Ok(begins_line && text.len() < MAX_STATUS_LINE);
        };
        if let Some(other) = self.no_header(at + end + 1)? {
            // What begins before that line is followed by it, too.
            *closed = other;
            return Ok(false);
        }
        if let Some(root) = open {
            self.hold(at + MAX_QUOTED)?;
            let text = &self.text()[at..];
            if let Some((length, true)) = root.tag(&text[..text.len().min(MAX_QUOTED)]) {
                *closed = at + length;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The first line from here to an empty one, or to the end of the input, that is no header.
    fn no_header(&mut self, from: usize) -> io::Result<Option<usize>> {
        self.hold(from + MAX_QUOTED)?;
        let text = &self.text()[from..];
        let text = &text[..text.len().min(MAX_QUOTED)];
        // The last line may be cut off.
        let text = &text[..memchr::memrchr(b'\n', text).unwrap_or_default()];
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_. ".contains(byte);
        let is_header = |line: &[u8]| {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let is_named = name.len() < line.len() && !name.is_empty() && name.iter().all(is_name);
            is_named || line.starts_with(b" ") || line.starts_with(b"\t")
        };
        let mut at = from;
        for line in text.split(|byte| *byte == b'\n') {
            let text = line.trim_ascii_end();
            if text.is_empty() {
                break;
            } else if !is_header(text) {
                return Ok(Some(at));
            }
            at += line.len() + 1;
        }
        Ok(None)
    }
}
