//! `clients-contract contracts`: lists the contracts.

use std::io::{self, Write};

use clap::Args;
use clients_contract::contract;
use clients_contract::finding::did_you_mean;
use clients_contract::untrusted::write_line;
use clients_contract::{Contract, Error};

use super::subject::Where;
use crate::described::Own;
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::output;

/// List the contracts, or describe one
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  clients-contract contracts\n  clients-contract contracts --settings things.toml"
)]
pub struct Contracts {
    /// Contract to describe
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    settings: Where,
    /// The contract that the settings describe.
    #[arg(skip)]
    pub own: Option<Own>,
}

pub fn run(command: &Contracts, global: GlobalArgs) -> Result<Exit, Error> {
    let own = command.own.as_ref().map(|own| own.contract(global)).transpose()?;
    let all: Vec<&Contract> = contract::ALL.iter().map(|contract| &***contract).chain(&own).collect();
    let shown: Vec<&Contract> = match &command.name {
        None => all,
        Some(name) => {
            let names: Vec<&str> = all.iter().map(|contract| &*contract.name).collect();
            let message = || {
                let near = did_you_mean(name, names.iter().copied());
                format!("`{name}` is unknown; expected {}{near}", names.join(", "))
            };
            let found = all.iter().find(|contract| contract.name == *name).copied();
            let unknown = || Error::new(clients_contract::ErrorKind::Usage, "contract", message());
            vec![found.ok_or_else(unknown)?]
        }
    };
    let mut output = output::open(None)?;
    output.write(|out| {
        shown.iter().try_for_each(|contract| match command.name {
            None => line(contract, out),
            Some(_) => describe(contract, out),
        })
    })?;
    output.finish()?;
    Ok(Exit::Fine)
}

fn line(contract: &Contract, out: &mut dyn Write) -> io::Result<()> {
    let version = contract.version.as_deref().unwrap_or("-");
    let Contract { name, method, path, summary, .. } = contract;
    write_line(out, format!("{name:12} {version:8} {method} {path}  {summary}").trim_end())
}

fn describe(contract: &Contract, out: &mut dyn Write) -> io::Result<()> {
    line(contract, out)?;
    let mut item = |kind: &str, text: String| write_line(out, format!("  {kind:14} {text}"));
    if let Some(host) = &contract.host {
        item("host", host.clone())?;
    }
    if let Some(authentication) = &contract.authentication {
        let prefixes = authentication.prefixes.iter().map(|(prefix, what)| format!("{prefix}… ({what})"));
        let keys = prefixes.collect::<Vec<_>>().join(", ");
        item("authentication", format!("{} {keys}", authentication.scheme))?;
    }
    for parameter in &contract.parameters {
        item("parameter", format!("{}: {}", parameter.name, parameter.meaning))?;
    }
    for envelope in contract.envelopes() {
        item("envelope", format!("{} {}", envelope.name, envelope.summary))?;
    }
    for limit in &contract.rate_limits {
        item("rate limit", format!("{}: {} a minute, burst {}", limit.plan, limit.per_minute, limit.burst))?;
    }
    for error in &contract.errors {
        item(
            "error",
            format!("{}: {} {}", error.status, error.meaning, error.example).trim_end().to_owned(),
        )?;
    }
    let secrets: Vec<&str> = contract.secrets().iter().collect();
    if !secrets.is_empty() {
        item("secrets", secrets.join(", "))?;
    }
    Ok(())
}
