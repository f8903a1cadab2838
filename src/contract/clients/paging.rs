//! Validates the page information of one page.

use super::rules::{EMPTY_PAGE, HAS_MORE_DISAGREES, PAGE_OVERFLOW};
use crate::validate::{ShallowValue, Violation, WatchedValues};

/// The numbers of a page that are there to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) size: u64,
    pub(super) number: u64,
    pub(super) total: u64,
    pub(super) has_more: bool,
    /// Clients on the page.
    pub(super) clients: u64,
}

/// Which of the watched places is which, in every envelope.
const PER_PAGE: usize = 0;
const CURRENT_PAGE: usize = 1;
pub(super) const TOTAL: usize = 2;
pub(super) const HAS_MORE: usize = 3;
pub(super) const CLIENTS: usize = 4;
pub(super) const CURSOR: usize = 5;
pub(super) const IDS: usize = 6;

/// The places of what a request can ask of a page: its number and its size.
pub(super) const ASKED: [(&str, usize); 2] = [("page", CURRENT_PAGE), ("count", PER_PAGE)];

impl Page {
    /// The page, unless a number is missing (the schema's finding) or a placeholder: pages count
    /// from 1, and the documentation's example has 0 clients a page.
    pub(super) fn of(seen: &WatchedValues) -> Option<Self> {
        let number = |watch| match seen.one(watch) {
            Some(ShallowValue::Number(number)) => whole(number),
            _ => None,
        };
        let (Some(ShallowValue::Boolean(has_more)), Some(ShallowValue::Array(clients))) =
            (seen.one(HAS_MORE), seen.one(CLIENTS))
        else {
            return None;
        };
        let page = Self {
            size: number(PER_PAGE)?,
            number: number(CURRENT_PAGE)?,
            total: number(TOTAL)?,
            has_more: *has_more,
            clients: *clients as u64,
        };
        (page.size > 0 && page.number > 0).then_some(page)
    }

    fn ends_at(self) -> u64 {
        self.number.saturating_mul(self.size)
    }

    /// Whether the page promises clients that it does not have.
    fn is_empty_before_the_end(self) -> bool {
        let begins_at = (self.number - 1).saturating_mul(self.size);
        self.clients == 0 && (self.has_more || self.total > begins_at)
    }
}

/// A whole number however it is written: `25`, `25.0`, `2.5e1`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be whole and in range"
)]
fn whole(number: &serde_json::Number) -> Option<u64> {
    number.as_u64().or_else(|| {
        let number = number.as_f64()?;
        (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u64)
    })
}

/// The cursor of the next page, where there is one.
pub(super) fn cursor(seen: &WatchedValues) -> Option<&str> {
    match seen.one(CURSOR) {
        Some(ShallowValue::String(cursor)) if !cursor.is_empty() => Some(cursor),
        _ => None,
    }
}

/// Checks one numbered page by itself.
pub(super) fn check(seen: &WatchedValues) -> Vec<Violation> {
    let Some(page) = Page::of(seen) else { return Vec::new() };
    let mut violations = Vec::new();
    let mut violation =
        |rule, watch, what| violations.push(Violation::new(rule, seen.pointer_of(watch), what));
    if page.clients > page.size {
        violation(&PAGE_OVERFLOW, CLIENTS, "page has more items than `perPage`");
    }
    if page.has_more != (page.ends_at() < page.total) {
        violation(&HAS_MORE_DISAGREES, HAS_MORE, "contradicts `currentPage`, `perPage` and `total`");
    }
    if page.is_empty_before_the_end() {
        violation(&EMPTY_PAGE, CLIENTS, "page is empty, although the walk has not ended");
    }
    violations
}

/// The same where pages have cursors, unless this one is numbered all the same.
pub(super) fn check_with_cursor(seen: &WatchedValues) -> Vec<Violation> {
    if Page::of(seen).is_some() || seen.one(HAS_MORE) != Some(&ShallowValue::Boolean(true)) {
        return check(seen);
    }
    let mut violations = Vec::new();
    if cursor(seen).is_none() {
        let what = "true, but there is no `cursor` for the next page";
        violations.push(Violation::new(&HAS_MORE_DISAGREES, seen.pointer_of(HAS_MORE), what));
    }
    if seen.one(CLIENTS) == Some(&ShallowValue::Array(0)) {
        let what = "page is empty, although the walk has not ended";
        violations.push(Violation::new(&EMPTY_PAGE, seen.pointer_of(CLIENTS), what));
    }
    violations
}
