//! The commands of the tool.

mod again;
mod completions;
mod contracts;
mod diff;
mod distributed;
mod drift;
mod export;
mod generate;
mod headings;
mod history;
mod infer;
mod inputs;
mod invocation;
mod listen;
mod live;
mod man;
mod mutate;
mod own;
mod past;
mod proxy;
mod recording;
mod redact;
mod reporting;
mod resources;
mod rules;
mod schema;
mod serve;
mod skill;
mod subject;
mod validate;

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{CommandFactory, Parser, Subcommand};
use clients_contract::Error;
use clients_contract::contract;
use clients_contract::untrusted::path_text;

use self::headings::GLOBAL;
use crate::exit::Exit;
use crate::global_args::{Color, GlobalArgs};
use crate::output::note;
use crate::settings::{self, Settings};

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let contract = contract::usual();
    let version = contract.version.as_deref().unwrap_or_default();
    format!("{} (contract {} {version})", env!("CARGO_PKG_VERSION"), contract.id)
});

static ABOUT: LazyLock<String> = LazyLock::new(|| {
    let contract = contract::usual();
    format!(
        "Contract tests for JSON responses; the built-in contract is `{} {}`",
        contract.method, contract.path
    )
});

static EXITS: LazyLock<String> = LazyLock::new(|| {
    let exits = Exit::ALL.iter().map(|(exit, meaning)| format!("{} {meaning}", *exit as u8));
    format!("Exit codes: {}.", exits.collect::<Vec<_>>().join("; "))
});

#[derive(Debug, Parser)]
#[command(about = ABOUT.as_str(), version = VERSION.as_str(), arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = EXITS.as_str())]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print only errors on stderr
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    quiet: bool,
    /// Print more details on stderr
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = GLOBAL)]
    verbose: bool,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_enum, help_heading = GLOBAL)]
    color: Color,
    /// The settings file in force.
    #[arg(skip)]
    settings: Option<PathBuf>,
}

impl Cli {
    /// The same with what settings say beside the defaults of flags.
    pub fn with(mut self, settings: Settings) -> Self {
        let reporting = match &mut self.command {
            Command::Validate(command) => Some(&mut command.reporting),
            Command::Drift(command) => Some(&mut command.validate.reporting),
            Command::Diff(command) => Some(&mut command.reporting),
            Command::Proxy(command) => Some(&mut command.reporting),
            _ => None,
        };
        if let Some(reporting) = reporting {
            reporting.rules = settings.rules;
        }
        let own = match &mut self.command {
            Command::Validate(command) => Some(&mut command.against.which.own),
            Command::Drift(command) => Some(&mut command.validate.against.which.own),
            Command::Infer(command) => Some(&mut command.which.own),
            Command::Generate(command) => Some(&mut command.against.which.own),
            Command::Mutate(command) => Some(&mut command.against.which.own),
            Command::Serve(command) => Some(&mut command.which.own),
            Command::Proxy(command) => Some(&mut command.which.own),
            Command::Redact(command) => Some(&mut command.against.which.own),
            Command::Schema(command) => Some(&mut command.which.own),
            Command::Export(command) => Some(&mut command.against.which.own),
            Command::Contracts(command) => Some(&mut command.own),
            Command::Diff(_)
            | Command::History(_)
            | Command::Rules(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Skill(_) => None,
        };
        if let Some(own) = own {
            *own = settings.own;
        }
        let table = match &mut self.command {
            Command::Validate(command) => Some(&mut command.live.redacting.table),
            Command::Drift(command) => Some(&mut command.validate.live.redacting.table),
            Command::Infer(command) => Some(&mut command.live.redacting.table),
            Command::Proxy(command) => Some(&mut command.redacting.table),
            Command::Redact(command) => Some(&mut command.table),
            _ => None,
        };
        if let Some(table) = table {
            *table = settings.redact;
        }
        self.settings = Some(settings.file);
        self
    }
}

/// What a selection of entries means where all of them are rewritten.
const KEPT_PATHS: &str =
    "Path whose segments are kept in URLs, beside those of the contract; may be repeated";

/// The command line, complete.
pub fn command() -> clap::Command {
    // The baseline of the environment is one of payloads, too.
    let command = Cli::command()
        .mut_subcommand("diff", |diff| diff.mut_arg("baseline", |arg| arg.env(None::<&'static str>)))
        .mut_subcommand("redact", |redact| {
            redact.mut_arg("url_path", |arg| arg.help(KEPT_PATHS).long_help(KEPT_PATHS))
        });
    command.mut_subcommands(|command| {
        let command = match (settings::help(&command), command.get_after_help()) {
            (Some(settings), Some(examples)) => {
                let help = format!("{examples}\n\n{settings}");
                command.after_long_help(help)
            }
            _ => command,
        };
        headings::grouped(command)
    })
}

#[derive(Debug, Subcommand)]
enum Command {
    Validate(Box<validate::Validate>),
    Drift(Box<drift::Drift>),
    History(history::HistoryCommand),
    Infer(Box<infer::Infer>),
    Generate(Box<generate::Generate>),
    Mutate(mutate::Mutate),
    Serve(Box<serve::Serve>),
    Proxy(Box<proxy::Proxy>),
    Redact(Box<redact::Redact>),
    Schema(schema::SchemaCommand),
    Export(export::Export),
    Diff(Box<diff::Diff>),
    Rules(rules::Rules),
    Contracts(contracts::Contracts),
    Completions(completions::Completions),
    Man(man::Manual),
    Skill(skill::Skill),
}

pub fn run(cli: Cli) -> Result<Exit, Error> {
    let global = GlobalArgs { quiet: cli.quiet, verbose: cli.verbose, color: cli.color };
    if let Some(file) = &cli.settings {
        note(global.quiet, &format!("settings: {}", path_text(file)));
    }
    match cli.command {
        Command::Validate(command) => validate::run(&command, global),
        Command::Drift(command) => drift::run(&command, global),
        Command::History(command) => history::run(&command, global),
        Command::Infer(command) => infer::run(&command, global),
        Command::Generate(command) => generate::run(&command, global),
        Command::Mutate(command) => mutate::run(&command, global),
        Command::Serve(command) => serve::run(&command, global),
        Command::Proxy(command) => proxy::run(&command, global),
        Command::Redact(command) => redact::run(&command, global),
        Command::Schema(command) => schema::run(&command, global),
        Command::Export(command) => export::run(&command, global),
        Command::Diff(command) => diff::run(&command, global),
        Command::Rules(command) => rules::run(&command, global),
        Command::Contracts(command) => contracts::run(&command, global),
        Command::Completions(command) => completions::run(&command),
        Command::Man(command) => man::run(&command),
        Command::Skill(command) => skill::run(&command),
    }
}
