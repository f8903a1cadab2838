//! `clients-contract validate`: validates payloads against the contract.

use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clients_contract::Error;
use clients_contract::report::{Accepted, Format, Render, Report};
use clients_contract::run::{Run, Session, Shown};
use clients_contract::validate::{DEFAULT_MAX_DEPTH, Engine, MAX_DEPTHS};

use super::inputs::{Inputs, Reread};
use super::invocation::invocation;
use super::live::Live;
use super::reporting::Reporting;
use super::subject::{Against, Subject};
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::narrator::Narrator;
use crate::output::{self, note};
use crate::progress::When;

/// Validate recorded or live payloads against the contract
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  clients-contract validate captures/\n  clients-contract validate --fail-on warning -f json day1.ndjson\n  \
curl -s http://127.0.0.1:8080/v1/things | clients-contract validate --schema thing.schema.json -"
)]
pub struct Validate {
    #[command(flatten)]
    pub inputs: Inputs,
    #[command(flatten)]
    pub against: Against,
    #[command(flatten)]
    pub reporting: Reporting,
    /// Show values in snippets instead of their types
    #[arg(long)]
    pub show_values: bool,
    /// Maximum nesting depth of a body, from 1 to 512 levels [default: 128]
    #[arg(long, value_name = "LEVELS", value_parser = depth)]
    max_depth: Option<usize>,
    /// Validation engine; results do not depend on it [default: auto]
    #[arg(long, value_parser = engines())]
    engine: Option<String>,
    /// When to show progress on stderr [default: auto]
    #[arg(long, value_name = "WHEN", value_enum)]
    progress: Option<When>,
    // The heading of its flags holds for all behind it.
    #[command(flatten)]
    pub live: Live,
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
    /// What to validate against.
    pub subject: Subject,
    /// The format of the results.
    pub format: &'static Format,
    pub shown: Shown,
    pub reread: Reread,
}

pub fn run(command: &Validate, global: GlobalArgs) -> Result<Exit, Error> {
    let Prepared { run, narrator, format, .. } = prepare(command, global)?;
    let mut session = run.open()?;
    interrupt::watch();
    session.validate(None)?;
    finish(session, &narrator, format, global)
}

/// Writes the reports and notes, and returns the exit code.
pub fn finish(
    session: Session,
    narrator: &Narrator,
    format: &Format,
    global: GlobalArgs,
) -> Result<Exit, Error> {
    finished(session, narrator, format, global).map(|(exit, _)| exit)
}

/// The same with the report.
pub fn finished(
    mut session: Session,
    narrator: &Narrator,
    format: &Format,
    global: GlobalArgs,
) -> Result<(Exit, Report), Error> {
    narrator.end_progress();
    if session.reports_in("html") && session.report.invocation.is_none() {
        session.report.invocation = invocation();
    }
    let (engine, why) = session.validator().engine_in_use();
    let report = session.finish()?;
    if matches!(format.render, Render::Payload(_)) && report.has_nothing() {
        note(false, "error: no payloads were validated");
    }
    narrator.finish(report.checked.payloads);
    // The other formats have that themselves.
    if ["gitlab", "junit", "markdown", "ndjson", "sarif"].contains(&format.name) {
        for line in report.accepted.iter().flat_map(Accepted::notes) {
            note(false, &format!("warning: baseline: {line}"));
        }
    }
    if global.verbose {
        note(false, &format!("validated by {} with the {engine} engine: {why}", report.contract.id));
    }
    if report.interrupted {
        note(false, "interrupted; partial results were reported");
        return Ok((interrupt::exit(), report));
    }
    Ok((report.outcome().into(), report))
}

/// Sets up a run.
pub fn prepare(command: &Validate, global: GlobalArgs) -> Result<Prepared, Error> {
    let Validate { reporting, .. } = command;
    let format = reporting.format()?;
    // Where results and messages go to one terminal, file or pipe, the results list the problems, once.
    let leaves_problems =
        !reporting.is_file() && matches!(format.render, Render::Report(_)) && output::is_shared();
    let narrator = Narrator::new(command.progress.unwrap_or(When::Auto), global, leaves_problems);
    let subject = command.against.subject(global)?;
    let validator = subject.validator()?;
    let unasserted: Vec<String> =
        validator.unasserted_formats().map(|(name, location)| format!("`{name}` at {location}")).collect();
    if !unasserted.is_empty() {
        let message = format!("formats not asserted, values are not checked: {}", unasserted.join(", "));
        note(global.quiet, &message);
    }
    let depth = command.max_depth.unwrap_or(DEFAULT_MAX_DEPTH);
    let engine = command.engine.as_deref().and_then(|engine| engine.parse().ok()).unwrap_or_default();
    let validator = validator.max_depth(depth)?.engine(engine)?;
    let (run, reread) = command.inputs.run(&command.live, &narrator, subject.endpoint())?;
    let run = run.validator(validator).against(subject.contract_id()).show_values(command.show_values);
    let (run, shown) = (reporting.run(run, global)?, reporting.shown());
    Ok(Prepared { run, narrator, subject, format, shown, reread })
}
