//! Options of a walk.

use std::time::Duration;

use super::pace::Rate;
use super::proxy::Proxy;
use super::record::Record;
use crate::error::named;
use crate::payload::DEFAULT_MAX_BODY;

/// The most pages of a walk unless [`Options::max_pages`] says otherwise.
pub const DEFAULT_MAX_PAGES: u64 = 10_000;

/// How long to wait for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, with its TLS handshake.
    pub connect: Duration,
    /// For the answer to begin, and for each piece of it.
    pub read: Duration,
    /// For the whole answer.
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            whole: Duration::from_secs(120),
        }
    }
}

/// How pages are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagingMode {
    /// By what the first answer says: by cursor where it gives one, by number otherwise.
    #[default]
    Auto,
    /// By number.
    Page,
    /// By the cursor of the page before.
    Cursor,
}

impl PagingMode {
    /// Every mode.
    pub const ALL: &'static [Self] = &[Self::Auto, Self::Page, Self::Cursor];

    /// The name, as [`FromStr`](std::str::FromStr) takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Page => "page",
            Self::Cursor => "cursor",
        }
    }

    /// One line of help.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Auto => "By cursor where the first response gives one, by number otherwise",
            Self::Page => "By number",
            Self::Cursor => "By the cursor of the page before",
        }
    }
}

named!(PagingMode, "paging mode", ParsePagingModeError);

/// How to walk. The defaults are polite.
#[derive(Debug)]
pub struct Options {
    /// A search, as the server understands it.
    pub query: Option<String>,
    /// The field to sort by.
    pub sort: Option<String>,
    /// Items a page.
    pub count: Option<u32>,
    /// How pages are asked for.
    pub paging: PagingMode,
    /// The first page to ask for, counted from 1.
    pub first_page: u64,
    /// The most pages to ask for: a limit that is meant, and ends the walk without a finding. Without it a walk is ended
    /// after [`DEFAULT_MAX_PAGES`], which is a finding and a problem: a server may always promise one more.
    pub max_pages: Option<u64>,
    /// Requests in a span of time; half of the documented limit.
    pub rate: Rate,
    /// How often a page is asked for again.
    pub retries: u32,
    /// The first wait before that; each further one is twice as long, by chance up to half shorter.
    pub retry_delay: Duration,
    /// The longest wait that a server may ask for.
    pub max_wait: Duration,
    /// How long to wait for an answer.
    pub timeouts: Timeouts,
    /// The most bytes of one answer, as it comes and decoded.
    pub max_body: u64,
    /// The proxy to go through. It sees no more than the name of the host, and is therefore for HTTPS only.
    pub proxy: Option<Proxy>,
    /// Certificates of authorities, as PEM, to trust beside the public ones.
    pub certificates: Option<Vec<u8>>,
    /// Whether any certificate is trusted.
    pub insecure: bool,
    /// Whether the key may be sent over plain HTTP to another machine.
    pub allow_http: bool,
    /// Where to record the answers.
    pub record: Option<Record>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            query: None,
            sort: None,
            count: None,
            paging: PagingMode::default(),
            first_page: 1,
            max_pages: None,
            rate: Rate { requests: 60, span: Duration::from_secs(60) },
            retries: 5,
            retry_delay: Duration::from_millis(500),
            max_wait: Duration::from_secs(300),
            timeouts: Timeouts::default(),
            max_body: DEFAULT_MAX_BODY,
            proxy: None,
            certificates: None,
            insecure: false,
            allow_http: false,
            record: None,
        }
    }
}
