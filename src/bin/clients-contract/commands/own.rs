//! Builds the contract that a settings file describes.

use clients_contract::contract::Builder;
use clients_contract::contract::paging::Paging;
use clients_contract::untrusted::path_text;
use clients_contract::{Contract, Error, ErrorKind};

use super::resources::Resources;
use crate::described::{Own, Parameters};
use crate::global_args::GlobalArgs;

impl Own {
    /// The contract. What is wrong with it names its key.
    pub fn contract(&self, global: GlobalArgs) -> Result<Contract, Error> {
        let Self { described, file, .. } = self;
        let schema = Resources::default().schema(&described.schema, global)?;
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
                let location = format!("{}: contract.{}", path_text(file), error.subject());
                Error::new(ErrorKind::Usage, location, error.message())
            }
            _ => error,
        })
    }
}

type With = fn(Builder, &str) -> Builder;

/// The parameters, with default names.
fn paging(given: Option<&Parameters>) -> Paging {
    let usual = Parameters::default();
    let given = given.unwrap_or(&usual);
    let name = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
    Paging::by_page(&name(&given.page, "page"), &name(&given.count, "count"))
        .or_by_cursor(&name(&given.cursor, "cursor"), &name(&given.per_page, "perPage"))
        .searched(&name(&given.query, "query"), &name(&given.sort, "sort"))
}
