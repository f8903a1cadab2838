//! Responses that are redacted as they are recorded, and what `redact` and they share.

use std::path::{Path, PathBuf};

use clap::Args;
use clients_contract::contract::paging::Paging;
use clients_contract::redact::{Key, Outside, ParseTreatmentError, Policy, Recording, Redactor, Treatment};
use clients_contract::{Contract, Error, ErrorKind};

use crate::output::FILES;
use crate::settings::Redact as Settings;

/// The flags of a command that records.
#[derive(Debug, Args)]
pub struct Redacting {
    /// Redact responses before they are recorded; such a record cannot be resumed
    #[arg(long, requires = "record", conflicts_with_all = ["resume", "record_secrets"])]
    redact: bool,
    /// File with the key for pseudonyms, as `redact --key-file` takes it [default: a random key]
    #[arg(long, value_name = "FILE", requires = "redact")]
    redact_key_file: Option<PathBuf>,
    /// The table of the settings.
    #[arg(skip)]
    pub table: Settings,
}

impl Redacting {
    /// What responses of a contract become as they are recorded; URLs keep these paths.
    pub fn recording<'a>(
        &self,
        contract: &'a Contract,
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<Option<Recording>, Error> {
        if !self.redact {
            return Ok(None);
        }
        let policy = policy(&self.table, contract, false)?;
        let redactor = Redactor::new(policy, &key(self.redact_key_file.as_deref())?).max_remembered(0);
        let outside = outside(&self.table, paths.chain([&*contract.path]), contract);
        Ok(Some(Recording::new(redactor, outside)))
    }
}

impl Settings {
    /// What is done with fields, by pattern.
    fn treatments(&self) -> Result<Vec<(&str, Treatment)>, Error> {
        let read = |(pattern, name): (&'_ String, &'_ String)| {
            let wrong = |error: ParseTreatmentError| {
                Error::new(ErrorKind::Usage, format!("settings: redact.fields.{pattern}"), error.to_string())
            };
            name.parse().map_err(wrong)
        };
        self.fields.iter().map(|field| Ok((field.0.as_str(), read(field)?))).collect()
    }
}

/// The key in the file, or a random one.
pub fn key(file: Option<&Path>) -> Result<Key, Error> {
    let Some(path) = file else { return Key::random() };
    FILES.protect(path);
    Key::read(path)
}

/// The policy of the contract as the settings change it.
pub fn policy(table: &Settings, contract: &Contract, keep_unknown_enums: bool) -> Result<Policy, Error> {
    let policy = contract.redaction()?.keeping_unknown_enums(keep_unknown_enums);
    Ok(policy.overriding(table.treatments()?))
}

/// What is kept around bodies: these paths, the parameters of the contract, and what the settings list.
pub fn outside<'a>(
    table: &Settings,
    paths: impl IntoIterator<Item = &'a str>,
    contract: &Contract,
) -> Outside {
    Outside::new(paths)
        .parameters(contract.parameters.iter().map(|parameter| &*parameter.name))
        .numeric_parameters(contract.paging().into_iter().flat_map(Paging::numeric_parameters))
        .keep_headers(table.keep_headers.iter().map(String::as_str))
        .keep_members(table.keep_members.iter().map(String::as_str))
}
