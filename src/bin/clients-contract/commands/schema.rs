//! `clients-contract schema`: what does the contract say?

use std::path::{Path, PathBuf};

use clap::Args;
use clients_contract::drift::profile_schema;
use clients_contract::report::report_schema;
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::untrusted::path_text;
use clients_contract::{Contract, Error, ErrorKind};

use super::Manner;
use crate::exit::Exit;
use crate::output::{self, note};

/// Where the published schema of a JSON report lies.
const PUBLISHED_REPORT: &str = "schemas/report.schema.json";

/// Where the published schema of a traffic profile lies.
const PUBLISHED_PROFILE: &str = "schemas/profile.schema.json";

/// Print the JSON Schema of the contract, of a report or of a profile, or compare a file with it.
#[derive(Debug, Args)]
#[expect(clippy::option_option, reason = "an option without its value means the published file")]
pub struct SchemaCommand {
    /// Exit with 1 when the file is not the schema of this version.
    #[arg(long, value_name = "PATH")]
    check: Option<Option<PathBuf>>,
    /// Write the schema to the file.
    #[arg(long, value_name = "PATH", conflicts_with = "check")]
    write: Option<Option<PathBuf>>,
    /// The schema of the JSON report, not that of the contract.
    #[arg(long)]
    report: bool,
    /// The schema of the profile that `drift --profile` writes.
    #[arg(long, conflicts_with = "report")]
    profile: bool,
}

pub fn run(command: &SchemaCommand, manner: Manner) -> Result<Exit, Error> {
    let (document, published) = if command.report {
        (format!("{:#}\n", report_schema()), PUBLISHED_REPORT)
    } else if command.profile {
        (format!("{:#}\n", profile_schema()), PUBLISHED_PROFILE)
    } else {
        (Contract::clients().schema().to_json(), Contract::clients().published_path)
    };
    let path = |given: &Option<PathBuf>| given.clone().unwrap_or_else(|| published.into());
    if let Some(given) = &command.check {
        let option = match (command.report, command.profile) {
            (true, _) => "--report ",
            (_, true) => "--profile ",
            _ => "",
        };
        return check(&path(given), &document, option, manner);
    }
    let written = command.write.as_ref().map(path);
    let written = output::file(written.as_ref());
    let mut output = output::open(written)?;
    output.write(|out| out.write_all(document.as_bytes()))?;
    output.finish()?;
    if let Some(path) = written {
        note(manner.quiet, &format!("wrote {}", path_text(path)));
    }
    Ok(Exit::Fine)
}

fn check(path: &Path, document: &str, option: &str, manner: Manner) -> Result<Exit, Error> {
    let found = files::read(path, MAX_TEXT, ErrorKind::Input)?;
    if found == document.as_bytes() {
        note(manner.quiet, &format!("{} is up to date", path_text(path)));
        return Ok(Exit::Fine);
    }
    let renew = format!("clients-contract schema {option}--write {}", path_text(path));
    note(false, &format!("{} is stale; `{renew}` renews it", path_text(path)));
    Ok(Exit::Findings)
}
