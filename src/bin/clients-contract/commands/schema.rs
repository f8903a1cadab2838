//! `clients-contract schema`: prints the schema of the contract.

use std::path::{Path, PathBuf};

use clap::Args;
use clients_contract::drift::{history_schema, profile_schema};
use clients_contract::report::report_schema;
use clients_contract::run::baseline_schema;
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind};

use serde_json::Value;

use super::subject::Which;
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::output::{self, note};
use crate::settings;

/// Print or check the JSON Schema of the contract or of the tool's own files
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract schema > contract.schema.json\n  \
clients-contract schema --write contract.schema.json\n  clients-contract schema --check contract.schema.json")]
#[expect(clippy::option_option, reason = "an option without its value means the published file")]
pub struct SchemaCommand {
    /// Exit with 1 if the file differs from the schema of this version
    /// [default file: the published one in schemas/]
    #[arg(long, value_name = "PATH")]
    check: Option<Option<PathBuf>>,
    /// Write the schema to this file
    /// [default file: the published one in schemas/]
    #[arg(long, value_name = "PATH", conflicts_with = "check")]
    write: Option<Option<PathBuf>>,
    #[command(flatten)]
    of: Of,
    #[command(flatten)]
    pub which: Which,
    /// Ignore settings files
    #[arg(long)]
    no_settings: bool,
}

/// The document that the schema is of; the contract's payloads unless one is named.
#[derive(Debug, Args)]
#[group(multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "as many flags")]
struct Of {
    /// Schema of the JSON report
    #[arg(long)]
    report: bool,
    /// Schema of profiles, as `drift --profile` writes them
    #[arg(long)]
    profile: bool,
    /// Schema of the output of `history -f json`
    #[arg(long)]
    history: bool,
    /// Schema of settings files
    #[arg(id = "of_settings", long = "settings")]
    settings: bool,
    /// Schema of baselines
    #[arg(long)]
    baseline: bool,
}

impl Of {
    /// The schema of a file, where it is published, and the option that names it.
    fn schema(&self) -> Option<(String, &'static str, &'static str)> {
        let pretty = |schema: Value| format!("{schema:#}\n");
        Some(match self {
            Self { report: true, .. } => (pretty(report_schema()), "schemas/report.schema.json", "--report "),
            Self { profile: true, .. } => {
                (pretty(profile_schema()), "schemas/profile.schema.json", "--profile ")
            }
            Self { history: true, .. } => {
                (pretty(history_schema()), "schemas/history.schema.json", "--history ")
            }
            Self { settings: true, .. } => {
                let schema = settings::schema(&super::command());
                (pretty(schema), "schemas/settings.schema.json", "--settings ")
            }
            Self { baseline: true, .. } => {
                (pretty(baseline_schema()), "schemas/baseline.schema.json", "--baseline ")
            }
            _ => return None,
        })
    }
}

pub fn run(command: &SchemaCommand, global: GlobalArgs) -> Result<Exit, Error> {
    let (document, published, option) = if let Some((document, published, option)) = command.of.schema() {
        (document, Some(published), option.to_owned())
    } else {
        let subject = command.which.subject(global)?;
        (subject.schema().to_json(), subject.envelope().published_path, command.which.flags())
    };
    let path = |given: &Option<PathBuf>| {
        let unpublished =
            || Error::new(ErrorKind::Usage, "schema", "not published in a file: pass a file name");
        given.clone().or(published.map(Into::into)).ok_or_else(unpublished)
    };
    if let Some(given) = &command.check {
        return check(&path(given)?, &document, &option, global);
    }
    let written = command.write.as_ref().map(path).transpose()?;
    let written = output::file(written.as_ref());
    let mut output = output::open(written)?;
    output.write(|out| out.write_all(document.as_bytes()))?;
    output.finish()?;
    if let Some(path) = written {
        note(global.quiet, &format!("wrote {}", path_text(path)));
    }
    Ok(Exit::Fine)
}

fn check(path: &Path, document: &str, option: &str, global: GlobalArgs) -> Result<Exit, Error> {
    let found = files::read(path, MAX_TEXT, ErrorKind::Input)?;
    if found == document.as_bytes() {
        note(global.quiet, &format!("{} is up to date", path_text(path)));
        return Ok(Exit::Fine);
    }
    let renew = format!("clients-contract schema {option}--write {}", path_text(path));
    note(false, &format!("{} is stale; `{renew}` renews it", path_text(path)));
    Ok(Exit::Findings)
}
