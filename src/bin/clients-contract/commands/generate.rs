//! `clients-contract generate`: payloads that keep the contract.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use clients_contract::clients;
use clients_contract::generate::Generator;
use clients_contract::{Error, ErrorKind};
use serde_json::Value;

use super::Manner;
use super::breaches::{self, Breaking};
use crate::exit::Exit;
use crate::output::{Output, note};

/// Make payloads that keep the contract, the same ones for the same seed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract generate --seed 7 > page.json\n  \
clients-contract generate -n 1000 --clients 3 --seed 7 > pages.ndjson\n  \
clients-contract generate -n 20 -f json -o fixtures/")]
pub struct Generate {
    /// How many responses to make.
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    number: u64,
    /// How many clients each response has.
    #[arg(long, value_name = "N", default_value_t = 10)]
    clients: u32,
    /// The same seed makes the same bytes; without it a random one is taken and told on stderr.
    #[arg(long)]
    seed: Option<u64>,
    /// One JSON document a response, or one response a line. [default: ndjson for more than one]
    #[arg(short, long, value_enum)]
    format: Option<Form>,
    /// Write to this file instead of standard output; with several JSON documents, to this directory.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    breaking: Breaking,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Indented JSON.
    Json,
    /// One response a line.
    Ndjson,
}

pub fn run(command: &Generate, manner: Manner) -> Result<Exit, Error> {
    let lines = command.number > 1 || command.breaking.asked();
    let form = command.format.unwrap_or(if lines { Form::Ndjson } else { Form::Json });
    let output = command.output.as_deref();
    // Before a seed is told that nothing is made from.
    let several = if command.breaking.asked() { command.number.max(2) } else { command.number };
    let folder = folder(several, form, output)?;
    let known = command.breaking.is_exhaustive().then_some(0);
    let seed = command.seed.or(known).unwrap_or_else(|| {
        let seed = RandomState::new().hash_one("seed");
        note(manner.quiet, &format!("seed {seed} (--seed {seed} makes the same again)"));
        seed
    });
    let responses = Generator::new(clients::recipe(command.clients)?, seed);
    if command.breaking.asked() {
        let asked = breaches::Asked { breaking: &command.breaking, number: command.number, responses, seed };
        return breaches::run(asked, folder, output, manner);
    }
    match folder {
        Some(folder) => into_folder(responses, command.number, folder, manner),
        None => into_one(responses, command.number, form, output),
    }
}

/// The directory that JSON documents go to, a file each. One document goes to a directory where the path is
/// one already, or is written as one.
fn folder(number: u64, form: Form, output: Option<&Path>) -> Result<Option<&Path>, Error> {
    let wrong = |place: &str, message: &str| Err(Error::new(ErrorKind::Usage, place, message));
    match (form, output) {
        (Form::Json, None) if number > 1 => {
            wrong("--format json", "several JSON documents need a directory: -o DIR, or -f ndjson")
        }
        (Form::Json, Some(path)) if number > 1 && path.exists() && !path.is_dir() => wrong(
            &path.display().to_string(),
            "is no directory, and several JSON documents need one; -f ndjson writes them to one file",
        ),
        (Form::Json, Some(path)) => {
            let written_as_one = path.to_string_lossy().ends_with(std::path::is_separator);
            Ok((number > 1 || path.is_dir() || written_as_one).then_some(path))
        }
        _ => Ok(None),
    }
}

fn into_one(responses: Generator, number: u64, form: Form, path: Option<&Path>) -> Result<Exit, Error> {
    let mut output = Output::open(path)?;
    for (_, response) in (0..number).zip(responses) {
        output.write(|out| match form {
            Form::Json => writeln!(out, "{response:#}"),
            Form::Ndjson => writeln!(out, "{response}"),
        })?;
        if output.is_closed() {
            break;
        }
    }
    output.finish()?;
    Ok(Exit::Fine)
}

fn into_folder(responses: Generator, number: u64, folder: &Path, manner: Manner) -> Result<Exit, Error> {
    fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Output, folder.display().to_string(), "cannot be made").because(error)
    })?;
    let digits = number.to_string().len().max(3);
    for (count, response) in (1..=number).zip(responses) {
        one_file(&response, &folder.join(format!("response-{count:0digits$}.json")))?;
    }
    note(
        manner.quiet,
        &format!("wrote {number} {} to {}", if number == 1 { "file" } else { "files" }, folder.display()),
    );
    Ok(Exit::Fine)
}

fn one_file(response: &Value, path: &Path) -> Result<(), Error> {
    let mut output = Output::open(Some(path))?;
    output.write(|out| writeln!(out, "{response:#}"))?;
    output.finish()
}
