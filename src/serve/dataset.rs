//! Data sets: the items of a server.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;

use super::preferences::unknown;
use super::properties::Properties;
use super::recorded;
use super::search::Query;
use super::selection::{self, Selected, Selections, Sort};
use super::store::{Kept, MAX_IN_MEMORY, Made, Store, not_kept};
use super::template::Template;
use crate::contract::paging::Search;
use crate::contract::{Contract, DatasetOptions, Envelope};
use crate::error::{Error, ErrorKind};
use crate::generate::{Generator, Preset, Style};
use crate::payload;
use crate::untrusted::to_compact_json;

/// Items of a generated data set that can be searched and sorted: they are kept then.
const MAX_SEARCHED: u64 = 100_000;

/// Items of a response without pages.
pub(super) const MAX_WITHOUT_PAGES: u64 = 10_000;

/// Combinations of presets whose data sets are cached.
const MAX_STYLES: usize = 4;

/// Bytes of items in memory, of each of these.
const MAX_STYLED: usize = 16 << 20;

/// The items of a server, generated or recorded: one consistent instance.
///
/// Clones are handles of the same items.
///
/// ```
/// use clients_contract::contract;
/// use clients_contract::serve::Dataset;
///
/// let data = Dataset::generated(contract::usual(), 137, 7)?;
/// assert_eq!(data.total(), 137);
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone)]
pub struct Dataset(Arc<Inner>);

struct Inner {
    contract: &'static Contract,
    /// Of the contract's envelopes, the one of responses.
    envelope: usize,
    store: Store,
    /// The items of a generated store, once they were searched.
    kept: OnceLock<Result<Kept, Unselected>>,
    /// One for each envelope.
    templates: Vec<OnceLock<Result<Template, String>>>,
    /// A page, in `envelope`.
    page: Option<Value>,
    /// The paths of recorded payloads that are no lists.
    paths: Vec<String>,
    /// Seed and presets of a generated data set.
    seed: Option<u64>,
    notes: Vec<String>,
    /// Bytes of items in memory, once they are searched.
    max_in_memory: usize,
    /// The documented properties of items.
    properties: OnceLock<Result<Properties, String>>,
    selections: Mutex<Selections>,
    styles: Mutex<VecDeque<(String, Dataset)>>,
}

/// Why nothing was selected.
#[derive(Clone, Debug)]
pub(super) enum Unselected {
    /// The request is wrong.
    Wrong(String),
    /// There are too many items.
    Large(String),
    /// Items cannot be read.
    Unreadable(String),
}

impl From<io::Error> for Unselected {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl Dataset {
    /// A data set of so many generated items; equal seeds give equal items.
    ///
    /// # Errors
    ///
    /// As [`Contract::recipe`]; [`ErrorKind::Usage`] when there are too many items.
    pub fn generated(contract: &'static Contract, total: u64, seed: u64) -> Result<Self, Error> {
        Self::styled(contract, total, seed, Style::default())
    }

    /// The same with values of this style, such as that of a [preset](Preset::combine).
    ///
    /// # Errors
    ///
    /// As [`Self::generated`].
    pub fn styled(contract: &'static Contract, total: u64, seed: u64, style: Style) -> Result<Self, Error> {
        Self::made(contract, total, seed, style, MAX_IN_MEMORY)
    }

    fn made(
        contract: &'static Contract,
        total: u64,
        seed: u64,
        style: Style,
        max_in_memory: usize,
    ) -> Result<Self, Error> {
        let envelope = contract.envelope(&[]);
        let items = envelope.items.clone();
        if contract.paging().is_none() && !items.is_empty() && total > MAX_WITHOUT_PAGES {
            let what = format!("a contract without paging has at most {MAX_WITHOUT_PAGES} items");
            return Err(Error::new(ErrorKind::Usage, "`total`", what));
        }
        let requested = DatasetOptions { seed, total, per_page: 1, style };
        let made = if let Some(pages) = contract.pages(&[&envelope.name], &requested)? {
            Made::Pages(pages, items)
        } else {
            let recipe = contract.recipe(&[&envelope.name], Some(1))?.styled(style);
            Made::Payloads(Generator::new(recipe, seed), items)
        };
        let store = Store::Made { made, total };
        Ok(Self(Arc::new(Inner { seed: Some(seed), max_in_memory, ..Inner::new(contract, store) })))
    }

    /// A data set of these items, each as it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Output`] when a temporary file for many of them cannot be written.
    pub fn of(contract: &'static Contract, items: impl IntoIterator<Item = Value>) -> Result<Self, Error> {
        let mut kept = Kept::default();
        for item in items {
            kept.push(to_compact_json(&item).as_bytes()).map_err(not_kept)?;
        }
        Ok(Self(Arc::new(Inner::new(contract, Store::Kept(kept)))))
    }

    /// The items of recorded pages, in the order of the pages, each once. Responses are in the envelope of
    /// the first page.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when a path cannot be read, or there is no page; [`ErrorKind::Output`] when a
    /// temporary file for many items cannot be written.
    pub fn recorded<P: AsRef<std::path::Path>>(
        contract: &'static Contract,
        paths: impl IntoIterator<Item = P>,
        reading: &payload::Options,
    ) -> Result<Self, Error> {
        let recorded = recorded::read(contract, paths, reading)?;
        Ok(Self(Arc::new(Inner {
            envelope: recorded.envelope,
            page: recorded.page,
            paths: recorded.paths,
            notes: recorded.notes,
            ..Inner::new(contract, Store::Kept(recorded.items))
        })))
    }

    /// The number of items.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.store.len()
    }

    /// What was left out of recorded pages.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// The contract that it belongs to.
    #[must_use]
    pub fn contract(&self) -> &'static Contract {
        self.0.contract
    }

    /// The envelope of its responses.
    #[must_use]
    pub fn envelope(&self) -> &'static Envelope {
        &self.0.contract.envelopes()[self.0.envelope]
    }

    pub(super) fn paths(&self) -> &[String] {
        &self.0.paths
    }

    pub(super) fn is_generated(&self) -> bool {
        self.0.seed.is_some()
    }

    pub(super) fn item(&self, index: u64) -> io::Result<String> {
        match self.0.kept.get() {
            Some(Ok(kept)) => kept.item(index),
            _ => self.0.store.item(index),
        }
    }

    /// Responses in an envelope of the contract.
    pub(super) fn template(&self, envelope: &Envelope) -> Result<&Template, String> {
        let all = self.0.contract.envelopes();
        let at = all.iter().position(|one| one.name == envelope.name).unwrap_or(0);
        let page = self.0.page.as_ref().filter(|_| at == self.0.envelope);
        let template = self.0.templates[at]
            .get_or_init(|| Template::of(self.0.contract, &all[at], page).map_err(|error| error.to_string()));
        template.as_ref().map_err(Clone::clone)
    }

    /// The style of presets in a preference, or why there is none.
    pub(super) fn style(&self, names: &str) -> Result<Style, String> {
        if !self.is_generated() {
            return Err("a preset needs a generated data set".to_owned());
        }
        // In a query, `+` is a space.
        let list: Vec<&str> = names.split(['+', ',', ' ']).filter(|name| !name.is_empty()).collect();
        if list.contains(&"large") {
            return Err("the preset `large` is for payloads of a size, not for a data set".to_owned());
        }
        let known = Preset::ALL.iter().map(|preset| preset.name).filter(|name| *name != "large");
        let known: Vec<&str> = known.collect();
        let wrong = if list.is_empty() { Some(&"") } else { list.iter().find(|name| !known.contains(name)) };
        if let Some(name) = wrong {
            return Err(unknown("preset", name, &known));
        }
        Preset::combine(&list).map_err(|error| error.message())
    }

    /// The same instance with the values of these presets.
    pub(super) fn with_presets(&self, names: &str) -> Result<Self, String> {
        let style = self.style(names)?;
        let mut styles = self.0.styles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = styles.iter().find(|(known, _)| known == names) {
            return Ok(known.clone());
        }
        let seed = self.0.seed.unwrap_or_default();
        let made = Self::made(self.0.contract, self.total(), seed, style, MAX_STYLED);
        let made = made.map_err(|error| error.to_string())?;
        if styles.len() >= MAX_STYLES {
            styles.pop_front();
        }
        styles.push_back((names.to_owned(), made.clone()));
        Ok(made)
    }

    /// Whether the contract documents this property of items.
    ///
    /// # Errors
    ///
    /// The end of a message: the documented property that was probably meant, if one is similar.
    pub(super) fn documents(&self, property: &str) -> Result<(), String> {
        let properties = self.0.properties.get_or_init(|| {
            // The items are the same in all envelopes.
            Properties::of(self.0.contract.envelope(&[])).map_err(|error| error.to_string())
        });
        properties.as_ref().map_err(Clone::clone)?.check(property)
    }

    /// The items that match a query, sorted.
    pub(super) fn select(&self, query: &str, sort: &str) -> Result<Arc<Selected>, Unselected> {
        let (query, sort) = (query.trim(), sort.trim());
        if query.is_empty() && sort.is_empty() {
            return Ok(Arc::new(Selected::All(self.total())));
        }
        let name = format!("{sort}\0{query}");
        if let Some(selected) = self.selections().get(&name) {
            return Ok(selected);
        }
        let selected = Arc::new(self.selected(query, sort)?);
        self.selections().add(name, &selected);
        Ok(selected)
    }

    fn selections(&self) -> MutexGuard<'_, Selections> {
        self.0.selections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn selected(&self, query: &str, sort: &str) -> Result<Selected, Unselected> {
        let search = self.0.contract.paging().map_or_else(Search::default, |paging| paging.search.clone());
        let query = if query.is_empty() { None } else { Some(query) };
        let query = query.map(|query| Query::parse(query, &search)).transpose();
        let query = query.map_err(|error| Unselected::Wrong(format!("the query {error}")))?;
        let sort = self.sort(sort).map_err(Unselected::Wrong)?;
        Ok(selection::select(self.kept()?.items(), query.as_ref(), sort.as_ref())?)
    }

    fn sort(&self, text: &str) -> Result<Option<Sort>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let expected = "expected a property to sort by, such as `name`, `-name` or `name:desc`";
        let sort = Sort::parse(text).ok_or(expected)?;
        let property = sort.property();
        let unknown = |near| format!("cannot sort by `{property}`: the contract has no such property{near}");
        self.documents(property).map_err(unknown)?;
        Ok(Some(sort))
    }

    /// All items, so that they are generated once for all searches.
    fn kept(&self) -> Result<&Kept, Unselected> {
        match &self.0.store {
            Store::Kept(kept) => Ok(kept),
            store @ Store::Made { total, .. } => {
                if *total > MAX_SEARCHED {
                    let what = "a generated data set is searched and sorted up to";
                    return Err(Unselected::Large(format!("{what} {MAX_SEARCHED} items")));
                }
                let keep = || {
                    let mut kept = Kept::in_memory(self.0.max_in_memory);
                    for index in 0..*total {
                        kept.push(store.item(index)?.as_bytes())?;
                    }
                    Ok(kept)
                };
                self.0.kept.get_or_init(keep).as_ref().map_err(Clone::clone)
            }
        }
    }
}

impl Inner {
    fn new(contract: &'static Contract, store: Store) -> Self {
        Self {
            contract,
            envelope: 0,
            store,
            kept: OnceLock::new(),
            templates: contract.envelopes().iter().map(|_| OnceLock::new()).collect(),
            page: None,
            paths: Vec::new(),
            seed: None,
            notes: Vec::new(),
            max_in_memory: MAX_IN_MEMORY,
            properties: OnceLock::new(),
            selections: Mutex::default(),
            styles: Mutex::default(),
        }
    }
}

impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dataset")
            .field("contract", &self.0.contract.name)
            .field("total", &self.total())
            .finish_non_exhaustive()
    }
}
