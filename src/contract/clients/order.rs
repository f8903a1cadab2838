//! Validates the order of the clients of a walk.

use std::cmp::Ordering;

use super::rules::SORT_ORDER_MISMATCH;
use crate::payload::{self, Payload};
use crate::pointer::Pointer;
use crate::validate::Violation;

/// The fields that can be checked. Those are always there or nearly so; the API documents no others.
const FIELDS: [&str; 4] = ["name", "slug", "createdAt", "updatedAt"];

/// What is known of the order so far. The API does not say which direction is meant, nor how it compares
/// letters: the order is broken when it is neither of the two directions in either way of comparing.
#[derive(Debug, Default)]
pub(super) struct Order {
    last: Option<String>,
    /// Rising and falling, by code points and without case, were seen to be broken.
    broken: [bool; 4],
    reported: bool,
}

impl Order {
    /// Takes the clients of the next page. Few pages are requested in an order, so that these are read once more
    /// rather than all fields of all pages remembered.
    /// `clients` is where they are.
    pub(super) fn add(&mut self, payload: &Payload, clients: &Pointer) -> Option<Violation> {
        let query = &payload.request()?.query;
        let (_, sort) = query.iter().find(|(name, _)| name == "sort")?;
        let field = FIELDS.iter().find(|field| *field == sort)?;
        for (index, value) in values(payload, clients, field) {
            if let Some(last) = &self.last {
                let exact = last.cmp(&value);
                let folded = last.to_lowercase().cmp(&value.to_lowercase());
                for (broken, wrong) in self.broken.iter_mut().zip([
                    exact == Ordering::Greater,
                    exact == Ordering::Less,
                    folded == Ordering::Greater,
                    folded == Ordering::Less,
                ]) {
                    *broken |= wrong;
                }
            }
            self.last = Some(value);
            if !self.reported && self.broken.iter().all(|broken| *broken) {
                self.reported = true;
                let what = "not in the order requested with `sort`";
                return Some(Violation::new(
                    &SORT_ORDER_MISMATCH,
                    clients.clone().index(index).key(field),
                    what,
                ));
            }
        }
        None
    }
}

/// The values of a field, each with the number of its client. The body is scanned, not held as a tree.
fn values(payload: &Payload, clients: &Pointer, field: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let text = payload.bytes();
    let text = std::str::from_utf8(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).unwrap_or_default();
    let clients = payload::pick(text, &[&*clients.to_string()]).ok().and_then(|found| found[0]);
    let Some(clients) = clients else { return found };
    let mut index = 0;
    let take = |client| {
        let value = payload::members(client, &[field]).ok().and_then(|values| values[0]);
        let value = value.filter(|value| value.get().starts_with('"')).and_then(payload::string);
        found.extend(value.map(|value| (index, value.into_owned())));
        index += 1;
    };
    // Whatever else than a list it is has no order.
    let _ = payload::items(clients, take);
    found
}
