//! `clients-contract schema`: what does the contract say?

use std::path::{Path, PathBuf};

use clap::Args;
use clients_contract::drift::profile_schema;
use clients_contract::report::report_schema;
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind};

use super::Manner;
use super::resources::Resources;
use super::subject::{Subject, Where, Which};
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
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    settings: Where,
}

pub fn run(command: &SchemaCommand, manner: Manner) -> Result<Exit, Error> {
    let (document, published) = if command.report {
        (format!("{:#}\n", report_schema()), Some(PUBLISHED_REPORT))
    } else if command.profile {
        (format!("{:#}\n", profile_schema()), Some(PUBLISHED_PROFILE))
    } else {
        let settings = command.settings.load()?;
        let subject = Subject::of(&command.which, None, &settings, &Resources::default(), manner)?;
        (subject.schema().to_json(), subject.envelope().published_path)
    };
    let path = |given: &Option<PathBuf>| {
        let unpublished = || Error::new(ErrorKind::Usage, "schema", "is published in no file: name one");
        given.clone().or(published.map(Into::into)).ok_or_else(unpublished)
    };
    if let Some(given) = &command.check {
        let option = match (command.report, command.profile) {
            (true, _) => "--report ",
            (_, true) => "--profile ",
            _ => "",
        };
        return check(&path(given)?, &document, option, manner);
    }
    let written = command.write.as_ref().map(path).transpose()?;
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
