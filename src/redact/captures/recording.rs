//! Redacts responses as they are recorded.

use std::fmt;

use super::rewriter::{self, Around};
use super::{Outside, rules, write_line};
use crate::payload::{Input, Options};
use crate::redact::Redactor;

/// Redacts responses before they are recorded. What was recorded is not searched for leaks.
pub struct Recording {
    redactor: Redactor,
    around: Around,
}

impl Recording {
    /// A recording by this redactor, which keeps this outside of bodies.
    #[must_use]
    pub fn new(redactor: Redactor, outside: Outside) -> Self {
        let around = Around { outside, folder: None, options: Options::default(), name: String::new() };
        Self { redactor, around }
    }

    /// Lines of NDJSON as they become.
    pub(crate) fn lines(&mut self, lines: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(lines.len());
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let (text, end) = line.split_at(line.len() - usize::from(line.ends_with(b"\n")));
            write_line(text, &mut self.redactor, &self.around, &mut out);
            out.extend_from_slice(end);
        }
        out
    }

    /// An entry of a HAR as it becomes, with what stands before it.
    pub(crate) fn entry(&mut self, entry: &[u8]) -> Vec<u8> {
        let begin = memchr::memchr(b'{', entry).unwrap_or(entry.len());
        let (before, text) = entry.split_at(begin);
        let mut out = before.to_vec();
        let path = ["log", "entries", "*"].map(str::to_owned);
        if let Some(rule) = rules::rule(Input::Har, &path)
            && rewriter::rewrite(&mut self.redactor, &self.around, (text, 0), rule, &mut out).is_ok()
        {
            return out;
        }
        // What is no entry is not recorded.
        out.truncate(begin);
        out.extend_from_slice(b"null");
        out
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").finish_non_exhaustive()
    }
}
