//! What do the numbers of one page promise?

use super::rules::{EMPTY_PAGE, HAS_MORE_DISAGREES, PAGE_OVERFLOW};
use crate::pointer::Pointer;
use crate::validate::{Breach, Invariant, Seen, Sightings};

/// The numbers of a page that are there to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) size: u64,
    pub(super) number: u64,
    pub(super) total: u64,
    pub(super) has_more: bool,
    /// Clients on the page.
    pub(super) clients: u64,
}

/// Where those numbers stand, as [`Page::of`] wants to see them.
pub(super) const WATCH: [&str; 5] = [
    "/data/Clients/pageInfo/perPage",
    "/data/Clients/pageInfo/currentPage",
    "/data/Clients/pageInfo/total",
    "/data/Clients/pageInfo/hasMore",
    "/data/Clients/clients",
];

impl Page {
    /// The page, unless a number is missing (the schema's finding) or a placeholder: pages count
    /// from 1, and the documentation's example has 0 clients a page.
    pub(super) fn of(seen: &Sightings) -> Option<Self> {
        let number = |watch| match seen.one(watch) {
            Some(Seen::Number(number)) => whole(number),
            _ => None,
        };
        let (Some(Seen::Boolean(has_more)), Some(Seen::Array(clients))) = (seen.one(3), seen.one(4)) else {
            return None;
        };
        let page = Self {
            size: number(0)?,
            number: number(1)?,
            total: number(2)?,
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

/// A member of `pageInfo`.
pub(super) fn page_info(name: &str) -> Pointer {
    Pointer::root().key("data").key("Clients").key("pageInfo").key(name)
}

/// The list of clients.
pub(super) fn clients() -> Pointer {
    Pointer::root().key("data").key("Clients").key("clients")
}

/// Judges one page by itself.
pub(super) const INVARIANT: Invariant = Invariant { watch: &WATCH, judge, instead_of_schema: false };

fn judge(seen: &Sightings) -> Vec<Breach> {
    let Some(page) = Page::of(seen) else { return Vec::new() };
    let mut breaches = Vec::new();
    if page.clients > page.size {
        breaches.push(Breach::new(&PAGE_OVERFLOW, clients(), "has more items than `perPage` says"));
    }
    if page.has_more != (page.ends_at() < page.total) {
        let what = "disagrees with `currentPage`, `perPage` and `total`";
        breaches.push(Breach::new(&HAS_MORE_DISAGREES, page_info("hasMore"), what));
    }
    if page.is_empty_before_the_end() {
        breaches.push(Breach::new(&EMPTY_PAGE, clients(), "is empty, although more is promised"));
    }
    breaches
}
