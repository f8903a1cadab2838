//! Which contract does a settings file describe?

use std::path::PathBuf;

use clients_contract::contract::Builder;
use clients_contract::contract::paging::Paging;
use clients_contract::{Contract, Error, ErrorKind};
use serde::Deserialize;

use super::Manner;
use super::resources::Resources;
use crate::settings::Settings;

/// The name of a contract, or its description.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected the name of a contract, or a table with `schema` and only known keys"
)]
pub enum OwnContract {
    Named(String),
    Described(Box<Described>),
}

/// A contract that somebody describes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Described {
    pub schema: PathBuf,
    name: Option<String>,
    version: Option<String>,
    host: Option<String>,
    method: Option<String>,
    path: Option<String>,
    items: Option<String>,
    page_info: Option<String>,
    #[serde(default)]
    secrets: Vec<String>,
    paging: Option<Parameters>,
}

/// The parameters that pages are asked for with.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Parameters {
    page: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
    per_page: Option<String>,
    query: Option<String>,
    sort: Option<String>,
}

impl OwnContract {
    /// Its name, as `--contract` takes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Described(described) => described.name.as_deref().unwrap_or("own"),
        }
    }

    /// Whether it is the name of another contract.
    pub fn is_only_a_name(&self) -> bool {
        matches!(self, Self::Named(_))
    }

    /// The file of its schema.
    pub fn schema_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::Named(_) => None,
            Self::Described(described) => Some(&mut described.schema),
        }
    }

    /// The contract. What is wrong with it names its key.
    pub fn contract(&self, settings: &Settings, manner: Manner) -> Result<Contract, Error> {
        let Self::Described(described) = self else {
            return Err(settings.wrong("contract", "is only a name".to_owned()));
        };
        let schema = Resources::default().schema(&described.schema, manner)?;
        let mut builder = Contract::builder(self.name(), schema).secrets(&described.secrets);
        for (value, with) in [
            (&described.version, Builder::version as With),
            (&described.host, Builder::host),
            (&described.method, Builder::method),
            (&described.path, Builder::path),
            (&described.items, Builder::items),
            (&described.page_info, Builder::page_info),
        ] {
            if let Some(value) = value {
                builder = with(builder, value);
            }
        }
        if described.page_info.is_some() || described.paging.is_some() {
            builder = builder.paging(paging(described.paging.as_ref()));
        }
        let wrong = |error: Error| match error.kind() {
            ErrorKind::Usage => settings.wrong(&format!("contract.{}", error.place()), error.message()),
            _ => error,
        };
        builder.build().map_err(wrong)
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
