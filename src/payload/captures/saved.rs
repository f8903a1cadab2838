//! Splits concatenated HTTP responses into heads and bodies, for whoever rewrites them.

use std::io;

use super::dump::Dump;
use super::headers::Headers;
use crate::payload::stream::Reader;
use crate::payload::{NotValidated, codecs};

/// A saved response.
#[derive(Debug)]
pub(crate) struct Saved {
    /// White space before it.
    pub(crate) before: Vec<u8>,
    /// The status line and the headers, to the empty line behind them.
    pub(crate) head: Vec<u8>,
    /// The body, without chunks and compression.
    pub(crate) body: Vec<u8>,
    /// White space behind it.
    pub(crate) behind: Vec<u8>,
}

/// Saved responses, one at a time.
pub(crate) struct SavedResponses<'r> {
    dump: Dump<'r>,
    max_body: u64,
    begun: bool,
}

impl<'r> SavedResponses<'r> {
    pub(in crate::payload) fn new(reader: Reader<'r>, max_body: u64) -> Self {
        Self { dump: Dump::new(reader, max_body), max_body, begun: false }
    }

    /// The next response.
    pub(in crate::payload) fn next(&mut self) -> io::Result<Option<Saved>> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
        let space = self.dump.lead()?;
        let before = self.dump.text()[..space].to_vec();
        self.dump.drop_front(space);
        if !self.dump.hold(1)? && self.begun {
            return Ok(None);
        }
        self.begun = true;
        let Some(code) = self.dump.status(0)? else {
            return Err(wrong("is not saved HTTP from here on: no status line such as `HTTP/1.1 200 OK`"));
        };
        let Some(end) = self.dump.head()? else {
            return Err(wrong("has headers that are cut off or are not HTTP"));
        };
        let head = self.dump.text()[..end].to_vec();
        let headers = Headers::of(&head);
        let range = self.dump.body(end, code, &headers)?;
        let text = self.dump.text();
        let bytes = range.joined.unwrap_or_else(|| text[end..range.end].to_vec());
        let behind = text[range.end..range.next].to_vec();
        let is_blank = behind.trim_ascii().is_empty();
        let body = if NotValidated::of_status(code).is_some() {
            // Nobody looks at its body, so that it may be anything.
            codecs::body(bytes.clone(), &headers.coding, self.max_body).map_or(bytes, |(body, _)| body)
        } else {
            codecs::body(bytes, &headers.coding, self.max_body)?.0
        };
        self.dump.drop_front(range.next);
        Ok(Some(Saved { before, head, body, behind: if is_blank { behind } else { Vec::new() } }))
    }
}
