//! Which contract does a settings file describe?

use std::path::{Path, PathBuf};

use clients_contract::contract::Builder;
use clients_contract::contract::paging::Paging;
use clients_contract::untrusted::path_text;
use clients_contract::{Contract, Error, ErrorKind};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Manner;
use super::resources::Resources;

/// A contract that somebody describes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Described {
    /// The schema of a response: a file, JSON or YAML, relative to this one; `FILE#/definitions/X` is a part.
    schema: PathBuf,
    /// The name, as `--contract` takes it; `own` by default.
    name: Option<String>,
    version: Option<String>,
    /// The URL of an instance, with `{instance}` for its name.
    host: Option<String>,
    /// The method of its requests; GET by default.
    method: Option<String>,
    /// The path on any host; `{id}` is any one step of it.
    path: Option<String>,
    /// JSON Pointer to the items of a page.
    items: Option<String>,
    /// JSON Pointer to the object that says where a page is among the others.
    page_info: Option<String>,
    /// Members whose values are never shown.
    #[serde(default)]
    secrets: Vec<String>,
    paging: Option<Parameters>,
}

/// The parameters that pages are asked for with.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Parameters {
    page: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
    per_page: Option<String>,
    query: Option<String>,
    sort: Option<String>,
}

/// The contract of a settings file.
#[derive(Clone, Debug)]
pub struct Own {
    described: Described,
    file: PathBuf,
    /// Whether a flag names the file.
    is_named: bool,
}

impl Own {
    pub fn new(described: Described, file: &Path, is_named: bool) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        let described = Described { schema: folder.join(&described.schema), ..described };
        Self { described, file: file.to_owned(), is_named }
    }

    /// Its name, as `--contract` takes it.
    pub fn name(&self) -> &str {
        self.described.name.as_deref().unwrap_or("own")
    }

    /// The contract. What is wrong with it names its key.
    pub fn contract(&self, manner: Manner) -> Result<Contract, Error> {
        let Self { described, file, .. } = self;
        let schema = Resources::default().schema(&described.schema, manner)?;
        let mut builder = Contract::builder(self.name(), schema).secrets(&described.secrets);
        for (value, with) in [
            (&described.version, Builder::version as With),
            (&described.method, Builder::method),
            (&described.path, Builder::path),
            (&described.items, Builder::items),
            (&described.page_info, Builder::page_info),
        ] {
            if let Some(value) = value {
                builder = with(builder, value);
            }
        }
        // A file that is found by itself must not say who sees the key.
        if let Some(host) = described.host.as_ref().filter(|_| self.is_named) {
            builder = builder.host(host);
        }
        if described.page_info.is_some() || described.paging.is_some() {
            builder = builder.paging(paging(described.paging.as_ref()));
        }
        builder.build().map_err(|error| match error.kind() {
            ErrorKind::Usage => {
                let place = format!("{}: contract.{}", path_text(file), error.place());
                Error::new(ErrorKind::Usage, place, error.message())
            }
            _ => error,
        })
    }
}

type With = fn(Builder, &str) -> Builder;

/// The parameters, by their usual names where nobody says otherwise.
fn paging(given: Option<&Parameters>) -> Paging {
    let usual = Parameters::default();
    let given = given.unwrap_or(&usual);
    let name = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
    Paging::by_page(&name(&given.page, "page"), &name(&given.count, "count"))
        .or_by_cursor(&name(&given.cursor, "cursor"), &name(&given.per_page, "perPage"))
        .searched(&name(&given.query, "query"), &name(&given.sort, "sort"))
}
