//! `clients-contract export`: writes the contract in another notation.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clients_contract::export::{NOTATIONS, Notation, Options};
use clients_contract::{Error, ErrorKind};

use super::subject::{Against, Where};
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::output;

/// Write the contract in another format: OpenAPI, TypeScript, JSON Schema, or a page to read and search
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract export html -o contract.html\n  \
clients-contract export openapi --server http://127.0.0.1:4010 > openapi.json\n  \
clients-contract export typescript --envelope list -o contract.ts\n  \
clients-contract export draft-07 --schema thing.schema.json > thing-07.schema.json")]
pub struct Export {
    /// Format to write
    #[arg(value_name = "FORMAT", value_parser = notations())]
    notation: &'static Notation,
    #[command(flatten)]
    pub against: Against,
    #[command(flatten)]
    settings: Where,
    /// URL of the server in the OpenAPI description [default: the host of the contract]
    #[arg(long, value_name = "URL", value_parser = server)]
    server: Option<String>,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn notations() -> impl TypedValueParser<Value = &'static Notation> {
    let value = |notation: &&Notation| PossibleValue::new(notation.name).help(notation.help);
    let values: PossibleValuesParser = NOTATIONS.iter().map(value).collect::<Vec<_>>().into();
    values.try_map(|name| name.parse::<&'static Notation>())
}

/// The URL of a server, or the path of one that consumers know.
fn server(text: &str) -> Result<String, String> {
    let is_of_url = |c: char| c.is_alphanumeric() || c.is_ascii_punctuation() && !"?#\"<>{}".contains(c);
    let rest = ["https://", "http://", "/"].iter().find_map(|start| text.strip_prefix(start));
    match rest {
        Some(rest) if (text.starts_with('/') || !rest.is_empty()) && rest.chars().all(is_of_url) => {
            Ok(text.to_owned())
        }
        _ => Err("expected a URL that begins with https://, http:// or /, without query".to_owned()),
    }
}

pub fn run(command: &Export, global: GlobalArgs) -> Result<Exit, Error> {
    if command.server.is_some() && command.notation.name != "openapi" {
        let what = format!("requires the format `openapi`; found `{}`", command.notation);
        return Err(Error::new(ErrorKind::Usage, "--server", what));
    }
    let subject = command.against.subject(global)?;
    let mut output = output::open(command.output.as_deref())?;
    let options = match &command.server {
        Some(url) => Options::default().server(url),
        None => Options::default(),
    };
    let text = command.notation.with(subject.contract(), subject.envelope(), &options)?;
    output.write(|out| out.write_all(&text))?;
    output.finish()?;
    Ok(Exit::Fine)
}
