//! Are the clients of a walk in the order that was asked for?

use std::cmp::Ordering;

use serde_json::Value;

use super::paging;
use super::rules::SORT_NOT_KEPT;
use crate::payload::Payload;
use crate::validate::Breach;

/// The fields that can be judged. Those are always there or nearly so; the API documents no others.
const FIELDS: [&str; 4] = ["name", "slug", "createdAt", "updatedAt"];

/// What is known of the order so far. The API does not say which direction is meant, nor how it compares
/// letters: the order is broken when it is neither of the two directions in either way of comparing.
#[derive(Debug, Default)]
pub(super) struct Order {
    last: Option<String>,
    /// Rising and falling, by code points and without case, were seen to be broken.
    broken: [bool; 4],
    told: bool,
}

impl Order {
    /// Takes the clients of the next page. Few pages are asked for in an order, so that these are read once more
    /// rather than all fields of all pages remembered.
    pub(super) fn add(&mut self, payload: &Payload) -> Option<Breach> {
        let query = &payload.request()?.query;
        let (_, sort) = query.iter().find(|(name, _)| name == "sort")?;
        let field = FIELDS.iter().find(|field| *field == sort)?;
        let bytes = payload.bytes();
        let body: Value =
            serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
        let clients = body.pointer("/data/Clients/clients")?.as_array()?;
        for (index, client) in clients.iter().enumerate() {
            let Some(value) = client.get(field).and_then(Value::as_str) else { continue };
            if let Some(last) = &self.last {
                let exact = last.as_str().cmp(value);
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
            self.last = Some(value.to_owned());
            if !self.told && self.broken.iter().all(|broken| *broken) {
                self.told = true;
                let what = "is out of the order that `sort` asked for";
                return Some(Breach::new(&SORT_NOT_KEPT, paging::clients().index(index).key(field), what));
            }
        }
        None
    }
}
