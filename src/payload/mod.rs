//! Payloads, and the files and captures that they are read from.

mod attached;
mod blocks;
#[cfg(feature = "captures")]
mod captures;
#[cfg(feature = "captures")]
mod codecs;
mod detect;
mod documents;
mod head;
mod input;
mod item;
mod lead;
mod limit;
mod line_watch;
mod lines;
mod not_validated;
mod options;
#[cfg(feature = "redact")]
pub(crate) mod parts;
mod paths;
mod pick;
#[cfg(all(feature = "captures", feature = "reports"))]
mod prefetch;
mod requests;
mod selection;
mod size;
mod skim;
mod source;
mod space;
mod stream;
mod whole;
#[cfg(not(feature = "captures"))]
mod without_captures;

use input::Recognized;
pub use input::{Input, ParseInputError};
pub use item::{Item, Request, Skipped};
pub use limit::DEFAULT_MAX_BODY;
#[cfg(feature = "live")]
pub(crate) use limit::too_large;
pub use not_validated::{NotValidated, NotValidatedCount};
pub use options::{BeforeBeside, Options};
pub use paths::{Sources, expand};
pub(crate) use pick::{items, members, pick, string};
#[cfg(feature = "live")]
pub(crate) use requests::{push_line, request_line, requested_url};
pub use selection::{ParseSelectionError, Selection};
pub use size::{ByteSize, ParseByteSizeError};
#[cfg(feature = "redact")]
pub(crate) use source::decompressed;
#[cfg(feature = "reports")]
pub(crate) use source::open_lines;
pub use source::{Body, Items, Opened, file, open, open_at, open_reader, read};
pub use stream::{Reader, unreadable};

#[cfg(not(feature = "captures"))]
use without_captures::{captures, codecs};

#[cfg(feature = "redact")]
pub(crate) use captures::{
    MAX_DEPTH, body_bytes, coding, fields, is_base64, mended, pattern_fits, status, too_deep, unescaped,
};
#[cfg(feature = "redact")]
pub(crate) use codecs::Codec;
#[cfg(feature = "redact")]
pub(crate) use requests::{recorded_line, requested};

use std::ops::Range;
use std::sync::Arc;

use crate::origin::Origin;

/// Decodes a body by its `Content-Encoding`, up to a maximum size.
#[cfg(feature = "serve")]
pub(crate) fn decoded(bytes: Vec<u8>, coding: &str, max: u64) -> std::io::Result<Vec<u8>> {
    codecs::body(bytes, coding, max).map(|(bytes, _)| bytes)
}

/// Decodes a body that was received: what its `Content-Encoding` names must have been applied, and nothing
/// else, since consumers rely on it.
///
/// # Errors
///
/// [`Unsupported`](std::io::ErrorKind::Unsupported) where the header and the body disagree.
#[cfg(feature = "live")]
pub(crate) fn as_sent(bytes: Vec<u8>, coding: &str, max: u64) -> std::io::Result<Vec<u8>> {
    codecs::as_sent(bytes, coding, max)
}

/// As much of a body as can be decoded: of one that is cut off, its beginning.
#[cfg(feature = "serve")]
pub(crate) fn decoded_beginning(bytes: &[u8], coding: &str, max: u64) -> Vec<u8> {
    codecs::beginning(bytes, coding, max)
}

/// Whether a body without a `Content-Encoding` is a JSON object or array, so that it need not be decoded.
#[cfg(feature = "serve")]
pub(crate) fn is_plain(bytes: &[u8], coding: &str) -> bool {
    coding.is_empty() && matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Decodes a text that a recorder marked as base64.
#[cfg(feature = "redact")]
pub(crate) fn from_base64(text: Vec<u8>) -> std::io::Result<Vec<u8>> {
    captures::from_base64(text)
}

/// Bytes of a body. Lines of one file lie in one piece of memory, which none of them is copied out of.
#[derive(Clone, Debug)]
enum Bytes {
    Own(Vec<u8>),
    Part(Arc<Vec<u8>>, Range<usize>),
}

/// One payload: the bytes of a JSON body, as they arrived.
///
/// ```
/// use clients_contract::{Origin, Payload};
///
/// let payload = Payload::new(Origin::file("page.json"), br#"{"data": {}}"#.to_vec());
/// assert_eq!(payload.bytes().len(), 12);
/// ```
#[derive(Clone, Debug)]
pub struct Payload {
    origin: Origin,
    bytes: Bytes,
    line: u64,
    column: u64,
    status: Option<u16>,
    request: Option<Request>,
    /// Why there is no body, where the capture knows that there is none.
    missing: Option<NotValidated>,
    ended_after: Option<u64>,
}

impl Payload {
    /// A body of its own.
    #[must_use]
    pub fn new(origin: Origin, bytes: Vec<u8>) -> Self {
        Self::of_bytes(origin, Bytes::Own(bytes))
    }

    fn of_bytes(origin: Origin, bytes: Bytes) -> Self {
        let (line, column) = (1, 1);
        Self { origin, bytes, line, column, status: None, request: None, missing: None, ended_after: None }
    }

    /// A body that is held elsewhere, too.
    #[cfg(feature = "serve")]
    pub(crate) fn shared(origin: Origin, bytes: Arc<Vec<u8>>) -> Self {
        let all = 0..bytes.len();
        Self::of_bytes(origin, Bytes::Part(bytes, all))
    }

    /// A body that is a part of something read in one go.
    fn part(origin: Origin, chunk: Arc<Vec<u8>>, range: Range<usize>) -> Self {
        Self::of_bytes(origin, Bytes::Part(chunk, range))
    }

    /// A body that begins on this line (counted from 1) of a larger file.
    #[must_use]
    pub fn starting_at(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    /// The same, in this column (counted from 1) of that line.
    pub(crate) fn starting_in(mut self, column: u64) -> Self {
        self.column = column;
        self
    }

    /// A body that was recorded with its HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// A body that was recorded with its request.
    #[must_use]
    pub fn with_request(mut self, request: Request) -> Self {
        self.request = Some(request);
        self
    }

    /// A page at which a walk was stopped after this number of pages, although it promises more.
    #[must_use]
    pub fn with_page_limit(mut self, pages: u64) -> Self {
        self.ended_after = Some(pages);
        self
    }

    /// Where it came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The bytes as they arrived.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Own(bytes) => bytes,
            Bytes::Part(chunk, range) => chunk.get(range.clone()).unwrap_or_default(),
        }
    }

    /// The line of the file on which the body begins, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The column of that line in which the body begins, counted from 1.
    pub(crate) fn column(&self) -> u64 {
        self.column
    }

    /// The HTTP status it came with, where that was recorded.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Its request, where that was recorded.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        self.request.as_ref()
    }

    /// The number of pages after which the walk was stopped at this one, although it promises more.
    #[must_use]
    pub fn page_limit(&self) -> Option<u64> {
        self.ended_after
    }
}
