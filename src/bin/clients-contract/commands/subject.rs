//! The contract and the envelopes that the arguments select.

use std::path::{Path, PathBuf};

use clap::Args;
use clients_contract::contract::{self, Envelope};
use clients_contract::drift::Documents;
use clients_contract::finding::did_you_mean;
use clients_contract::generate::{Catalogue, Recipe};
use clients_contract::report::ContractId;
use clients_contract::untrusted::path_text;
use clients_contract::validate::Promises;
use clients_contract::{Contract, Error, ErrorKind, Origin, Schema, Validator};

use super::resources::{Resources, split};
use crate::described::Own;
use crate::global_args::GlobalArgs;

/// Which contract is meant, of whichever command.
#[derive(Debug, Args)]
pub struct Which {
    /// Contract to validate against; `clients-contract contracts` lists them
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// Envelope to accept, or `any` for all known ones; may be repeated [default: documented]
    #[arg(long, value_name = "NAME")]
    envelope: Vec<String>,
    /// The contract that the settings describe.
    #[arg(skip)]
    pub own: Option<Own>,
}

impl Which {
    /// The contract.
    pub fn subject(&self, global: GlobalArgs) -> Result<Subject, Error> {
        Subject::of(self, None, &Resources::default(), global)
    }

    /// The flags that select the same, each with a space behind it.
    pub fn flags(&self) -> String {
        let contract = self.contract.iter().map(|name| format!("--contract {name} "));
        contract.chain(self.envelope.iter().map(|name| format!("--envelope {name} "))).collect()
    }

    /// The contract that is named, or else that of the settings, or else the usual one.
    fn chosen(&self, global: GlobalArgs) -> Result<&'static Contract, Error> {
        let own = || self.own.as_ref().map(|own| own.contract(global).map(kept));
        let Some(name) = &self.contract else { return own().unwrap_or_else(|| Ok(contract::usual())) };
        if self.own.as_ref().is_some_and(|own| own.name() == name) {
            return own().unwrap_or_else(|| Ok(contract::usual()));
        }
        contract::named(name).ok_or_else(|| {
            let built_in = contract::ALL.iter().map(|contract| &*contract.name);
            let known: Vec<&str> = built_in.chain(self.own.as_ref().map(Own::name)).collect();
            let message =
                format!("`{name}` is unknown; expected {}{}", known.join(", "), did_you_mean(name, known));
            Error::new(ErrorKind::Usage, "--contract", message)
        })
    }
}

/// What payloads are compared with: a schema of the user, or a contract.
#[derive(Debug, Args)]
pub struct Against {
    /// JSON Schema or OpenAPI schema object (JSON or YAML) to use instead of a contract
    #[arg(long, value_name = "FILE[#POINTER]", env = "CLIENTS_CONTRACT_SCHEMA")]
    schema: Option<PathBuf>,
    #[command(flatten)]
    resources: Resources,
    #[command(flatten)]
    pub which: Which,
}

impl Against {
    /// The schema or the contract.
    pub fn subject(&self, global: GlobalArgs) -> Result<Subject, Error> {
        Subject::of(&self.which, self.schema.as_deref(), &self.resources, global)
    }

    pub fn has_schema(&self) -> bool {
        self.schema.is_some()
    }
}

/// Where the settings are, of commands that read no other settings than the contract.
#[derive(Debug, Args)]
pub struct Where {
    /// Settings file to use instead of the nearest clients-contract.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_settings")]
    settings: Option<PathBuf>,
    /// Ignore settings files
    #[arg(long)]
    no_settings: bool,
}

/// A contract, and which of its envelopes are accepted.
pub struct Subject {
    contract: &'static Contract,
    accepted: Vec<String>,
    /// The file given with `--schema` instead.
    file: Option<PathBuf>,
}

impl Subject {
    /// The schema of a flag or the contract of a flag; the usual contract otherwise.
    fn of(
        which: &Which,
        schema: Option<&Path>,
        resources: &Resources,
        global: GlobalArgs,
    ) -> Result<Self, Error> {
        if schema.is_some() && which.contract.is_some() {
            let what = "cannot be used with --schema: a contract has its own";
            return Err(Error::new(ErrorKind::Usage, "--contract", what));
        }
        let subject = if let Some(path) = schema {
            Self::brought(path, resources.schema(path, global)?)?
        } else {
            resources.refuse()?;
            Self { contract: which.chosen(global)?, accepted: Vec::new(), file: None }
        };
        let subject = Self { accepted: which.envelope.clone(), ..subject };
        // A wrong name is reported here, before the work.
        subject.validator().map_err(|error| Error::new(error.kind(), "--envelope", error.to_string()))?;
        Ok(subject)
    }

    fn brought(path: &Path, schema: Schema) -> Result<Self, Error> {
        let contract = Contract::builder(&path_text(path), schema).build()?;
        let file = Some(split(path).0);
        Ok(Self { contract: kept(contract), accepted: Vec::new(), file })
    }

    pub fn contract(&self) -> &'static Contract {
        self.contract
    }

    /// The contract of the endpoint that is asked: a schema that somebody brings says nothing of one.
    pub fn endpoint(&self) -> &'static Contract {
        if self.is_schema() { contract::usual() } else { self.contract() }
    }

    /// Whether it is only a schema.
    pub fn is_schema(&self) -> bool {
        self.file.is_some()
    }

    pub fn accepted(&self) -> Vec<&str> {
        self.accepted.iter().map(String::as_str).collect()
    }

    /// The first envelope that is accepted.
    pub fn envelope(&self) -> &Envelope {
        self.contract().envelope(&self.accepted())
    }

    pub fn schema(&self) -> &Schema {
        self.envelope().schema()
    }

    pub fn validator(&self) -> Result<Validator, Error> {
        self.contract().validator().clone().accepting(&self.accepted())
    }

    /// Its identification in reports.
    pub fn contract_id(&self) -> ContractId {
        ContractId { id: self.contract().id.clone(), version: self.contract().version.clone() }
    }

    /// What traffic is compared with: the envelope that is accepted first, and beside it the others.
    pub fn documents(&self, validator: &Validator) -> Result<Documents, Error> {
        let (first, promises) = (self.envelope(), validator.promises());
        let file = self.file.as_ref().map(|file| Origin::at(file));
        let contract = self.contract();
        let ready = move |envelope: &Envelope, promises: &Promises| {
            let documents = Documents::new(envelope.schema(), promises)?;
            Ok(match file.clone().or_else(|| contract.origin(envelope)) {
                Some(origin) => documents.in_file(origin),
                None => documents,
            })
        };
        let documents = ready(first, promises)?.in_envelope(&first.name);
        let others = contract.envelopes().iter().filter(|other| other.name != first.name);
        Ok(others.fold(documents, |documents, other| {
            let (ready, promises) = (ready.clone(), promises.clone());
            // The validator has compiled its schema, too.
            documents.and(&other.name, move || ready(other, &promises).ok())
        }))
    }

    /// A recipe for payloads, with this number of items each if they have any.
    pub fn recipe(&self, items: Option<u32>) -> Result<Recipe, Error> {
        self.contract().recipe(&self.accepted(), items)
    }

    /// What the schema is called.
    pub fn name(&self) -> &str {
        self.schema().name()
    }

    /// Every violation of it, each in the smallest payload.
    pub fn catalogue(&self) -> Result<Catalogue, Error> {
        self.contract().catalogue(&self.accepted())
    }
}

/// A contract of which there is one in a process, and which is needed to its end.
fn kept(contract: Contract) -> &'static Contract {
    Box::leak(Box::new(contract))
}
