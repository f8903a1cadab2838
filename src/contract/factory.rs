//! Generates payloads that keep or violate a contract.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use super::Contract;
use super::envelope::Envelope;
use crate::error::{Error, ErrorKind};
use crate::generate::{Catalogue, Choices, Hint, Items, Kind, Knowledge, Member, Members, Recipe, Style};
use crate::untrusted::to_compact_json;
use crate::validate::Validator;

/// Generates payloads of a contract. The defaults use the schema alone.
pub trait PayloadFactory: Debug + Send + Sync {
    /// A recipe for payloads in an envelope, with this number of items each if they have any.
    ///
    /// # Errors
    ///
    /// As [`Recipe::new`].
    fn recipe(&self, envelope: &Envelope, items: Option<u32>) -> Result<Recipe, Error>;

    /// Every violation in an envelope, each in the smallest payload. A schema without valid values is
    /// an error: nothing violates it at one location alone.
    ///
    /// # Errors
    ///
    /// As [`Catalogue::new`].
    fn catalogue(&self, envelope: &Envelope) -> Result<Catalogue, Error> {
        by_schema(envelope)
    }

    /// The pages of one consistent instance; `None` if they cannot be made to agree.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when there are too many items, or none a page.
    fn pages(
        &self,
        envelope: &Envelope,
        requested: &DatasetOptions,
    ) -> Result<Option<Box<dyn Pages>>, Error> {
        let _ = (envelope, requested);
        Ok(None)
    }

    /// Makes the page information of a payload agree with this number of items on a single page.
    fn settle(&self, envelope: &Envelope, payload: &mut Value, items: u64) {
        let _ = (envelope, payload, items);
    }
}

/// Options of a dataset.
#[derive(Clone, Copy, Debug)]
pub struct DatasetOptions {
    /// The same seed makes the same pages.
    pub seed: u64,
    /// Items on all pages.
    pub total: u64,
    /// Items a page.
    pub per_page: u32,
    /// What values look like.
    pub style: Style,
}

/// The pages of one instance.
pub trait Pages: Debug + Send + Sync {
    /// Number of pages.
    fn count(&self) -> u64;

    /// The page of that number, counted from 1.
    fn page(&self, number: u64) -> Value;

    /// Appends the same page as JSON on one line, as [`to_compact_json`] writes it.
    fn write(&self, number: u64, into: &mut String) {
        into.push_str(&to_compact_json(&self.page(number)));
    }
}

/// By the schema and what is known of names.
#[derive(Clone, Default)]
pub(super) struct Plain {
    knowledge: Option<Arc<dyn Knowledge>>,
}

impl Plain {
    pub(super) fn knowing(knowledge: impl Knowledge + 'static) -> Self {
        Self { knowledge: Some(Arc::new(knowledge)) }
    }
}

impl Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plain").finish_non_exhaustive()
    }
}

impl PayloadFactory for Plain {
    fn recipe(&self, envelope: &Envelope, items: Option<u32>) -> Result<Recipe, Error> {
        let schema = envelope.schema();
        let list = envelope.items.rsplit('/').next().unwrap_or_default().to_owned();
        let counted =
            Counted { inner: self.knowledge.clone(), items: items.filter(|_| !list.is_empty()), list };
        Recipe::knowing(schema, counted).map_err(|error| error.within(schema.name()))
    }
}

/// Knowledge, and how many items a payload has.
struct Counted {
    inner: Option<Arc<dyn Knowledge>>,
    items: Option<u32>,
    /// The name of the list of items.
    list: String,
}

impl Knowledge for Counted {
    fn hint(&self, member: &Member<'_>) -> Hint {
        let hint = self.inner.as_ref().map(|inner| inner.hint(member)).unwrap_or_default();
        match self.items {
            Some(items) if member.name == self.list && member.kind == Kind::Array => {
                Hint { presence: Some(100), null: Some(0), items: Some(Items::Exactly(items)), ..hint }
            }
            _ => hint,
        }
    }

    fn reads(&self, member: &Member<'_>) -> bool {
        self.inner.as_ref().is_some_and(|inner| inner.reads(member))
    }

    fn settle(&self, definition: &str, object: &Members<'_>) -> Vec<(String, Value)> {
        self.inner.as_ref().map(|inner| inner.settle(definition, object)).unwrap_or_default()
    }
}

fn by_schema(envelope: &Envelope) -> Result<Catalogue, Error> {
    let schema = envelope.schema();
    let catalogue = Catalogue::new(schema)?;
    let base = catalogue.base().to_string();
    if !catalogue.has_no_base() && Validator::new(schema)?.validate(base.as_bytes()).valid {
        return Ok(catalogue);
    }
    match Recipe::new(schema).map_err(|error| error.within(schema.name())) {
        Ok(recipe) => Ok(catalogue.with_base(recipe.build(&mut Choices::replay(Vec::new())))),
        Err(error) if catalogue.has_no_base() || error.kind() == ErrorKind::Schema => Err(error),
        Err(_) => Ok(catalogue),
    }
}

/// For each, the envelope is the first of those that are accepted.
impl Contract {
    /// How to build payloads that keep it; with so many items each, if they have any.
    ///
    /// # Errors
    ///
    /// As [`Recipe::new`].
    pub fn recipe(&self, accepted: &[&str], items: Option<u32>) -> Result<Recipe, Error> {
        self.factory.recipe(self.envelope(accepted), items)
    }

    /// Every way to break it, in the smallest payload that can be made.
    ///
    /// # Errors
    ///
    /// As [`Catalogue::new`], and when no value keeps the schema.
    pub fn catalogue(&self, accepted: &[&str]) -> Result<Catalogue, Error> {
        self.factory.catalogue(self.envelope(accepted))
    }

    /// The pages of one consistent instance; `None` if they cannot be made to agree.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when there are too many items, or none a page.
    pub fn pages(
        &self,
        accepted: &[&str],
        requested: &DatasetOptions,
    ) -> Result<Option<Box<dyn Pages>>, Error> {
        self.factory.pages(self.envelope(accepted), requested)
    }

    /// Makes the page information of a payload agree with this number of items on a single page.
    pub fn settle(&self, accepted: &[&str], payload: &mut Value, items: u64) {
        self.factory.settle(self.envelope(accepted), payload, items);
    }
}
