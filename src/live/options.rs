//! Options of a walk.

use std::time::Duration;

use super::pace::Rate;
use super::proxy::Proxy;
use super::record::Record;
use super::timeouts::Timeouts;
use crate::error::named;
use crate::payload::DEFAULT_MAX_BODY;
#[cfg(feature = "redact")]
use crate::redact::Recording;

/// Maximum number of pages of a walk without [`Options::max_pages`].
pub const DEFAULT_MAX_PAGES: u64 = 10_000;

/// How pages are requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagingMode {
    /// By cursor if the first response has one, by number otherwise.
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

/// Options of a walk. The defaults are gentle to the server.
#[derive(Debug)]
pub struct Options {
    /// A search, as the server understands it.
    pub query: Option<String>,
    /// The field to sort by.
    pub sort: Option<String>,
    /// Items per page.
    pub count: Option<u32>,
    /// How pages are requested.
    pub paging: PagingMode,
    /// The first page to request, counted from 1.
    pub first_page: u64,
    /// Maximum number of pages; the walk ends there without a finding. Without it a walk is stopped after
    /// [`DEFAULT_MAX_PAGES`], which is a finding and a problem: a server may promise more pages for ever.
    pub max_pages: Option<u64>,
    /// Request rate; half of the documented limit by default.
    pub rate: Rate,
    /// Number of retries per page.
    pub retries: u32,
    /// Initial retry delay; doubles with each attempt, minus a random part of up to half.
    pub retry_delay: Duration,
    /// Maximum delay that a server may request.
    pub max_wait: Duration,
    /// Timeouts of a request.
    pub timeouts: Timeouts,
    /// Maximum size of one response in bytes, compressed and decoded.
    pub max_body: u64,
    /// The proxy. It sees only the host name, and is therefore for HTTPS only.
    pub proxy: Option<Proxy>,
    /// Certificates of authorities, as PEM, to trust beside the public ones.
    pub certificates: Option<Vec<u8>>,
    /// Whether any certificate is trusted.
    pub insecure: bool,
    /// Whether the key may be sent over plain HTTP to another machine.
    pub allow_http: bool,
    /// The file to record responses to.
    pub record: Option<Record>,
    /// What responses become before they are recorded. A record that is resumed is not redacted.
    #[cfg(feature = "redact")]
    pub redaction: Option<Recording>,
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
            #[cfg(feature = "redact")]
            redaction: None,
        }
    }
}
