//! Decides after each page whether and how the next one is requested.

use std::collections::HashSet;

use super::options::{Options, PagingMode};
use super::page::Page;
use crate::contract::paging::Paging;
use crate::error::{Error, ErrorKind};

/// How the next page is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NextPage {
    /// By number, unless the first page gives a cursor.
    First,
    ByNumber,
    ByCursor(Option<String>),
}

impl NextPage {
    pub(super) fn of(paging: Option<&Paging>, options: &Options) -> Result<Self, Error> {
        let wrong = |what: &str| Err(Error::new(ErrorKind::Usage, "paging", what));
        let Some(paging) = paging else {
            let Options { query, sort, count, first_page, max_pages, .. } = options;
            let asks = query.is_some() || sort.is_some() || count.is_some() || *first_page != 1;
            return if asks || max_pages.is_some() || options.paging != PagingMode::Auto {
                wrong("contract has no paging: remove query, sort, page and count")
            } else {
                Ok(Self::First)
            };
        };
        match options.paging {
            PagingMode::Page if paging.numbers.is_none() => wrong("contract has no numbered pages"),
            PagingMode::Cursor if paging.cursors.is_none() => wrong("contract has no cursor paging"),
            PagingMode::Page => Ok(Self::ByNumber),
            PagingMode::Auto if paging.numbers.is_some() => Ok(Self::First),
            _ if options.first_page != 1 => wrong("cursor paging must begin at page 1"),
            _ => Ok(Self::ByCursor(None)),
        }
    }
}

/// Bytes of a cursor.
const MAX_CURSOR: usize = 4_096;

/// What is known of the walk so far.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) pages: u64,
    items: u64,
    pub(super) of: Option<u64>,
    /// Digests of the pages' items.
    seen: HashSet<[u8; 32]>,
    cursors: HashSet<String>,
}

impl Progress {
    /// Counts a page, and returns whether to continue; an error if that is unknown, or the walk would not
    /// end.
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        paging: &Paging,
        next_page: &mut NextPage,
    ) -> Result<bool, &'static str> {
        const NO_END: &str = "promises more pages and has no new items: walk stopped, since it would not end";
        const FAR: &str =
            "promises more pages beyond those of its `total`: walk stopped, since it would not end";
        self.pages += 1;
        let Page { more, total, count, digest, cursor, needs_cursor } = Page::of(bytes, &paging.members)?;
        self.items = self.items.saturating_add(count);
        if let Some(total) = total.filter(|_| count > 0 && self.of.is_none()) {
            self.of = Some(total.div_ceil(count));
        }
        if !more {
            return Ok(false);
        }
        let known = !self.seen.insert(digest);
        let far = total.is_some_and(|total| self.items > total.saturating_add(count));
        if *next_page == NextPage::First {
            let by_cursor = paging.cursors.is_some() && (cursor.is_some() || needs_cursor);
            *next_page = if by_cursor { NextPage::ByCursor(None) } else { NextPage::ByNumber };
        }
        if let NextPage::ByCursor(next) = next_page {
            *next = Some(self.next_cursor(cursor)?);
        }
        match (count == 0 || known, far) {
            (true, _) => Err(NO_END),
            (false, true) => Err(FAR),
            (false, false) => Ok(true),
        }
    }

    /// The cursor to go on with.
    fn next_cursor(&mut self, cursor: Option<String>) -> Result<String, &'static str> {
        const NONE: &str = "promises more pages and has no cursor";
        const LONG: &str = "has a cursor longer than 4096 bytes";
        const AGAIN: &str = "repeats the cursor of an earlier page: walk stopped, since it would not end";
        let cursor = cursor.ok_or(NONE)?;
        if cursor.len() > MAX_CURSOR {
            return Err(LONG);
        }
        if self.cursors.insert(cursor.clone()) { Ok(cursor) } else { Err(AGAIN) }
    }
}
