//! Generates responses.

use serde_json::{Value, json};

use super::envelopes::rewrapped;
use super::{Dataset, recipe_in, violations};
use crate::contract::{DatasetOptions, Envelope, Pages, PayloadFactory};
use crate::error::Error;
use crate::generate::{Catalogue, Recipe};

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

impl Pages for Wrapped {
    fn count(&self) -> u64 {
        self.dataset.pages()
    }

    fn page(&self, number: u64) -> Value {
        let cursor = (number < self.dataset.pages()).then(|| format!("page-{}", number.saturating_add(1)));
        rewrapped(self.dataset.page(number), &self.envelope, cursor.as_deref())
    }
}
