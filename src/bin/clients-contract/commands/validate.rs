//! `clients-contract validate`: do these payloads keep the contract?

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clients_contract::Error;
use clients_contract::report::{Format, Render};
use clients_contract::run::{Run, Session, Shown};
use clients_contract::validate::{DEFAULT_MAX_DEPTH, Engine, MAX_DEPTHS};

use super::Manner;
use super::inputs::{Inputs, Reread};
use super::reporting::Reporting;
use super::resources::Resources;
use super::set::Set;
use super::subject::{Subject, Which};
use crate::exit::Exit;
use crate::interrupt;
use crate::narrator::Narrator;
use crate::output::{FILES, note};
use crate::progress::When;
use crate::settings::Settings;

/// Check recorded or live payloads against the contract.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  clients-contract validate captures/\n  curl -s … | clients-contract validate -\n  \
clients-contract validate -f json --fail-on warning day1.ndjson\n\nclients-contract.toml can hold defaults \
for --input, --url-path, --max-body, --schema, --contract, --format, --report, --fail-on, --show-values, --max-findings, --min-severity, --max-depth, \
--baseline and --progress under their names, for --severity as the table [rules], and for a live instance --query, --sort, \
--count, --page, --max-pages, --paging, --rate-limit, --retries, --retry-delay, --max-wait and --timeout."
)]
pub struct Validate {
    #[command(flatten)]
    pub inputs: Inputs,
    /// JSON Schema to validate against instead of the built-in contract: JSON or YAML; `FILE#/definitions/X` is a part
    #[arg(long, value_name = "FILE[#POINTER]", env = "CLIENTS_CONTRACT_SCHEMA")]
    schema: Option<PathBuf>,
    #[command(flatten)]
    resources: Resources,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    reporting: Reporting,
    /// Show values in snippets, not only their types.
    #[arg(long)]
    show_values: bool,
    /// Refuse bodies that are nested deeper, from 1 to 512. [default: 128]
    #[arg(long, value_name = "LEVELS", value_parser = depth)]
    max_depth: Option<usize>,
    /// What judges; all engines say the same. [default: auto]
    #[arg(long, value_parser = engines())]
    engine: Option<String>,
    /// When to show progress on stderr. [default: auto]
    #[arg(long, value_name = "WHEN", value_enum)]
    progress: Option<When>,
}

fn engines() -> PossibleValuesParser {
    let value = |engine: &Engine| PossibleValue::new(engine.name()).help(engine.help());
    Engine::ALL.iter().map(value).collect::<Vec<_>>().into()
}

fn depth(text: &str) -> Result<usize, String> {
    let (least, most) = MAX_DEPTHS.into_inner();
    let levels = text.parse().ok().filter(|levels| MAX_DEPTHS.contains(levels));
    levels.ok_or_else(|| format!("not a number from {least} to {most}"))
}

/// A run that is set up.
pub struct Prepared {
    pub run: Run<'static>,
    pub narrator: Arc<Narrator>,
    pub settings: Settings,
    /// What to validate against.
    pub subject: Subject,
    /// The format of the results.
    pub format: &'static Format,
    pub shown: Shown,
    pub show_values: bool,
    pub reread: Reread,
}

pub fn run(command: &Validate, manner: Manner) -> Result<Exit, Error> {
    let Prepared { run, narrator, format, .. } = prepare(command, manner)?;
    let mut session = run.open()?;
    interrupt::watch();
    session.validate(None)?;
    finish(session, &narrator, format, manner)
}

/// Writes the reports, says what there is to say beside them, and with which code to end.
pub fn finish(session: Session, narrator: &Narrator, format: &Format, manner: Manner) -> Result<Exit, Error> {
    narrator.end_progress();
    let (engine, why) = session.validator().engine_in_use();
    let report = session.finish()?;
    if matches!(format.render, Render::Payload(_)) && report.checked.validated() == 0 {
        note(false, "error: no payloads were validated");
    }
    narrator.finish();
    if manner.verbose {
        note(false, &format!("judged by {} with the {engine} engine: {why}", report.contract.id));
    }
    if report.interrupted {
        note(false, "interrupted: what was found so far is reported, the rest was not validated");
        return Ok(interrupt::exit());
    }
    Ok(report.outcome().into())
}

/// Sets up a run.
pub fn prepare(command: &Validate, manner: Manner) -> Result<Prepared, Error> {
    let Validate { reporting, .. } = command;
    let settings = reporting.settings(manner)?;
    let set = Set::of(&settings);
    let format = reporting.format(&set)?;
    let progress =
        set.choice(command.progress, settings.progress.as_deref(), "progress")?.unwrap_or(When::Auto);
    let leaves_problems = !reporting.is_file() && is_read_as_it_ends(format);
    let narrator = Narrator::leaving_problems(progress, manner, leaves_problems);
    settings.since.iter().for_each(|path| FILES.protect(path));
    let schema = command.schema.as_ref();
    let subject = Subject::of(&command.which, schema, &settings, &command.resources, manner)?;
    let validator = subject.validator()?;
    let unasserted: Vec<String> =
        validator.unasserted_formats().map(|(name, location)| format!("`{name}` at {location}")).collect();
    if !unasserted.is_empty() {
        let message = format!("formats not asserted, values are not checked: {}", unasserted.join(", "));
        note(manner.quiet, &message);
    }
    let set_depth = settings.max_depth.map(|levels| depth(&levels.to_string())).transpose();
    let set_depth = set_depth.map_err(|message| set.wrong("max-depth", message))?;
    let depth = command.max_depth.or(set_depth).unwrap_or(DEFAULT_MAX_DEPTH);
    let validator = validator.max_depth(depth)?.engine(engine(command, &set)?)?;
    let show_values = command.show_values || settings.show_values == Some(true);
    let (run, reread) = command.inputs.run(&set, &narrator, subject.endpoint())?;
    let run = run.validator(validator).against(subject.judge()).show_values(show_values);
    let shown = reporting.shown(&set)?;
    let run = reporting.run(run, &set, manner)?.show(shown);
    Ok(Prepared { run, narrator, subject, format, shown, show_values, reread, settings })
}

/// Whether somebody reads results and messages on one terminal, so that what could not be judged is best told
/// once, in the results.
fn is_read_as_it_ends(format: &Format) -> bool {
    matches!(format.render, Render::Report(_)) && io::stdout().is_terminal() && io::stderr().is_terminal()
}

/// The engine that is asked for.
fn engine(command: &Validate, set: &Set<'_>) -> Result<Engine, Error> {
    let named = |name: &str| Engine::ALL.iter().copied().find(|engine| engine.name() == name);
    let name = match (&command.engine, &set.settings.engine) {
        (None, Some(name)) => set.known(name, "engine", Engine::ALL.iter().map(|engine| engine.name()))?,
        (flag, _) => flag.as_deref().unwrap_or_default(),
    };
    Ok(named(name).unwrap_or_default())
}
