//! Generates responses.

use serde_json::{Value, json};

use super::envelopes::rewrapped;
use super::{Dataset, recipe_in, violations};
use crate::contract::{DatasetOptions, Envelope, Pages, PayloadFactory};
use crate::error::Error;
use crate::generate::{Catalogue, Recipe};
use crate::untrusted::to_compact_json;

/// Clients of a response where nobody says how many.
const CLIENTS: u32 = 10;

/// What is known of responses beyond their schemas.
#[derive(Debug)]
pub(super) struct Clients;

impl PayloadFactory for Clients {
    fn recipe(&self, envelope: &Envelope, items: Option<u32>) -> Result<Recipe, Error> {
        recipe_in(envelope, items.unwrap_or(CLIENTS))
    }

    fn catalogue(&self, envelope: &Envelope) -> Result<Catalogue, Error> {
        violations::catalogue_in(envelope)
    }

    fn pages(
        &self,
        envelope: &Envelope,
        requested: &DatasetOptions,
    ) -> Result<Option<Box<dyn Pages>>, Error> {
        let dataset = Dataset::new(requested.seed, requested.total, requested.per_page, requested.style)?;
        Ok(Some(Box::new(Wrapped { dataset, envelope: envelope.name.clone() })))
    }

    fn settle(&self, envelope: &Envelope, payload: &mut Value, items: u64) {
        let Some(info) = envelope.page_info.as_ref().and_then(|info| payload.pointer_mut(info)) else {
            return;
        };
        *info = if envelope.by_cursor {
            json!({"cursor": null, "hasMore": false})
        } else {
            json!({"currentPage": 1, "perPage": items, "total": items, "hasMore": false})
        };
    }
}

/// The pages of a data set in an envelope.
#[derive(Debug)]
struct Wrapped {
    dataset: Dataset,
    envelope: String,
}

impl Wrapped {
    fn rewrapped(&self, page: Value, number: u64) -> Value {
        let cursor = (number < self.dataset.pages()).then(|| format!("page-{}", number.saturating_add(1)));
        rewrapped(page, &self.envelope, cursor.as_deref())
    }
}

impl Pages for Wrapped {
    fn count(&self) -> u64 {
        self.dataset.pages()
    }

    fn page(&self, number: u64) -> Value {
        self.rewrapped(self.dataset.page(number), number)
    }

    fn write(&self, number: u64, into: &mut String) {
        let page = self.rewrapped(self.dataset.without_clients(number), number);
        // Nothing else in it is a list.
        let page = to_compact_json(&page);
        let (head, behind) = page.split_once("[]").unwrap_or((&page, ""));
        into.push_str(head);
        into.push('[');
        self.dataset.write_clients(number, into);
        into.push(']');
        into.push_str(behind);
    }
}
