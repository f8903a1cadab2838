//! Envelopes: the shapes that an endpoint puts around its items.

use std::sync::OnceLock;

use serde_json::Value;

use super::paging::PageMembers;
use crate::schema::Schema;
use crate::validate::{Promises, Shape, Source};

/// A shape of an endpoint's responses: a schema, and the location of the items in it.
///
/// ```
/// use clients_contract::contract::Envelope;
/// use clients_contract::{Contract, Schema};
/// use serde_json::json;
///
/// let wrapped = json!({"properties": {"data": {"properties": {"things": {"items": {"type": "string"}}}}}});
/// let plain = json!({"properties": {"things": {"items": {"type": "string"}}}});
/// let contract = Contract::builder("things", Schema::from_value(wrapped))
///     .items("/data/things")
///     .envelope(Envelope::new("plain", Schema::from_value(plain)).items("/things"))
///     .build()?;
/// let validation = contract.validate(br#"{"things": ["a", 1]}"#);
/// let found: Vec<_> = validation.findings.iter().map(|finding| finding.message()).collect();
/// assert_eq!(found, [
///     "body: found envelope `plain`; expected `documented`",
///     "`/things/1`: expected string, found a number",
/// ]);
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Debug)]
pub struct Envelope {
    /// Its name, as `--envelope` takes it.
    pub name: String,
    /// What it looks like.
    pub summary: String,
    /// A JSON Pointer to the list of items; empty where the payload is one thing.
    pub items: String,
    /// JSON Pointer to the object with the page information.
    pub page_info: Option<String>,
    /// Whether its pages have cursors, rather than numbers.
    pub by_cursor: bool,
    /// The file of its published schema, in the repository that publishes it.
    pub published_path: Option<&'static str>,
    pub(super) promises: Option<Promises>,
    pub(super) schema: OnceLock<Schema>,
    derive: Option<fn() -> Value>,
    /// Its compiled schema: a path and a text.
    table: Option<(&'static str, &'static str)>,
}

impl Envelope {
    /// An envelope of a schema.
    #[must_use]
    pub fn new(name: &str, schema: Schema) -> Self {
        Self { schema: OnceLock::from(schema), ..Self::empty(name) }
    }

    /// An envelope whose schema is derived from types when it is first used.
    pub(super) fn derived(name: &str, derive: fn() -> Value, promises: Promises) -> Self {
        Self { derive: Some(derive), promises: Some(promises), ..Self::empty(name) }
    }

    fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            summary: String::new(),
            items: String::new(),
            page_info: None,
            by_cursor: false,
            published_path: None,
            promises: None,
            schema: OnceLock::new(),
            derive: None,
            table: None,
        }
    }

    /// The same, whose schema is published in this file.
    pub(super) fn published(self, path: &'static str) -> Self {
        Self { published_path: Some(path), ..self }
    }

    /// The same, whose schema is compiled already: the path of its table in this project, and the text. A
    /// test compares it with the schema.
    pub(super) fn compiled(self, path: &'static str, table: &'static str) -> Self {
        Self { table: Some((path, table)), ..self }
    }

    /// The same with what it looks like.
    #[must_use]
    pub fn summary(self, summary: &str) -> Self {
        Self { summary: summary.to_owned(), ..self }
    }

    /// The same with a JSON Pointer to the list of items.
    #[must_use]
    pub fn items(self, pointer: &str) -> Self {
        Self { items: pointer.to_owned(), ..self }
    }

    /// Sets the JSON Pointer to the object with the page information.
    #[must_use]
    pub fn page_info(self, pointer: &str) -> Self {
        Self { page_info: Some(pointer.to_owned()), ..self }
    }

    /// The same, whose pages have cursors.
    #[must_use]
    pub fn by_cursor(self) -> Self {
        Self { by_cursor: true, ..self }
    }

    /// Its JSON Schema, derived from the types at the first call where there are types.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        let derive = || self.derive.map(|derive| derive()).unwrap_or_default();
        self.schema.get_or_init(|| Schema::from_value(derive()).tested())
    }

    /// Whether its schema is known to be valid.
    pub(super) fn is_known(&self) -> bool {
        self.derive.is_some()
    }

    /// The page information of a response in it.
    pub(super) fn page_members(&self) -> Option<PageMembers> {
        let page_info = self.page_info.as_ref()?;
        Some(PageMembers::usual(&self.items, page_info, self.by_cursor))
    }

    /// What validation needs of it.
    pub(super) fn shape(&self, promises: &Promises) -> Shape {
        let source = match self.derive {
            None => Source::Given(self.schema().clone()),
            Some(derive) => Source::Known(derive, self.table.map(|(_, text)| text)),
        };
        Shape {
            name: self.name.clone(),
            items: self.items.clone(),
            source,
            promises: self.promises.clone().unwrap_or_else(|| promises.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use crate::contract;
    use crate::validate::table_of;

    #[test]
    fn tables_of_built_in_contracts_are_what_their_schemas_compile_to() {
        for envelope in contract::ALL.iter().flat_map(|contract| contract.envelopes()) {
            let Some((path, text)) = envelope.table else { continue };
            let compiled = table_of(envelope.schema()).unwrap();
            if env::var_os("UPDATE_DOCS").is_some() && compiled != text {
                fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/").to_owned() + path, &compiled).unwrap();
                panic!("{path} is renewed: run the tests again");
            }
            assert!(compiled == text, "{path} is stale: `UPDATE_DOCS=1 cargo test --lib tables` renews it");
        }
    }
}
