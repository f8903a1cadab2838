//! `clients-contract validate`: do these payloads keep the contract?

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use clap::{Args, ValueEnum};
use clients_contract::drift::Watch;
use clients_contract::finding::Policy;
use clients_contract::payload;
use clients_contract::report::{self, Format, Judge, Render, Report};
use clients_contract::untrusted::path_text;
use clients_contract::validate::{DEFAULT_MAX_DEPTH, Engine, MAX_DEPTHS};
use clients_contract::{Contract, Error, ErrorKind, Rule, Schema, Severity, Validator};

use super::Manner;
use super::baselines::{NewBaseline, Pruning, baseline_at};
use super::judging::{Judging, PassedOver};
use super::listing::Listing;
use super::live::Live;
use super::reading::Reading;
use super::resources::Resources;
use super::set::Set;
use super::sources::{Source, bytes};
use crate::exit::Exit;
use crate::files;
use crate::interrupt;
use crate::output::{self, Output, note};
use crate::progress::{Progress, When};
use crate::reports::{Reports, Wanted, wanted};
use crate::settings::{self, Settings};

/// Check recorded or live payloads against the contract.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  clients-contract validate captures/\n  curl -s … | clients-contract validate -\n  \
clients-contract validate -f json --fail-on warning day1.ndjson\n\nclients-contract.toml can hold defaults \
for --input, --url-path, --max-body, --schema, --format, --report, --fail-on, --show-values, --max-findings, --min-severity, --max-depth, \
--baseline and --progress under their names, for --severity as the table [rules], and for a live instance --query, --sort, \
--count, --page, --max-pages, --rate-limit, --retries, --retry-delay, --max-wait and --timeout."
)]
pub struct Validate {
    /// Files, directories, an http:// or https:// URL of an instance, patterns such as 'day*.har', or `-` for standard input.
    ///
    /// JSON, NDJSON, HAR, Postman collections, WireMock journals and mappings, and what `curl -i` prints;
    /// compressed with gzip, zstd or brotli or not. Of a directory: its .json, .ndjson, .jsonl and .har
    /// files.
    #[arg(value_name = "PATH", required_unless_present = "instance")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// JSON Schema to validate against instead of the built-in contract: JSON or YAML; `FILE#/definitions/X` is a part
    #[arg(long, value_name = "FILE[#POINTER]", env = "CLIENTS_CONTRACT_SCHEMA")]
    schema: Option<PathBuf>,
    #[command(flatten)]
    resources: Resources,
    /// How to tell the findings. [default: text]
    #[arg(short, long, value_parser = formats(), env = "CLIENTS_CONTRACT_FORMAT")]
    format: Option<String>,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write a report to a file, too; may be given any number of times.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = wanted)]
    report: Vec<Wanted>,
    /// The least severity that makes the exit code 1. [default: error]
    #[arg(long, value_name = "SEVERITY", value_enum, ignore_case = true, env = "CLIENTS_CONTRACT_FAIL_ON")]
    fail_on: Option<FailOn>,
    /// Hold findings of a rule to be error, warning or info, or switch it off; may be repeated.
    #[arg(long, value_name = "RULE=LEVEL", value_parser = severity)]
    severity: Vec<(&'static Rule, Option<Severity>)>,
    /// Tell only what this file does not accept.
    #[arg(long, value_name = "FILE", env = "CLIENTS_CONTRACT_BASELINE")]
    baseline: Option<PathBuf>,
    /// Accept in this file what is found now; reasons, owners and days already there are kept.
    #[arg(long, value_name = "FILE", conflicts_with = "baseline", value_parser = files::beside())]
    write_baseline: Option<PathBuf>,
    /// Remove the entries of the baseline that matched nothing, if everything was validated; stderr names them
    #[arg(long, conflicts_with = "write_baseline")]
    prune_baseline: bool,
    /// Show values in snippets, not only their types.
    #[arg(long)]
    show_values: bool,
    /// Show at most this many causes (with ndjson: findings a payload). Counts stay complete.
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
    #[command(flatten)]
    listing: Listing,
    /// Refuse bodies that are nested deeper, from 1 to 512. [default: 128]
    #[arg(long, value_name = "LEVELS", value_parser = depth)]
    max_depth: Option<usize>,
    /// What judges; all engines say the same. [default: auto]
    #[arg(long, value_parser = engines())]
    engine: Option<String>,
    /// Judge by so many threads; what is told, and its order, is the same. [default: all processors]
    #[arg(short, long, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    /// When to show progress on stderr. [default: auto]
    #[arg(long, value_name = "WHEN", value_enum)]
    progress: Option<When>,
    /// Take settings from this file, not from the nearest clients-contract.toml.
    #[arg(long, value_name = "FILE", conflicts_with = "no_settings")]
    settings: Option<PathBuf>,
    /// Take no settings from a file.
    #[arg(long)]
    no_settings: bool,
    #[command(flatten)]
    live: Live,
}

/// Input shorter than this is judged by one thread unless somebody asks for more.
const WORTH_THREADS: u64 = 1 << 20;

pub(super) fn formats() -> clap::builder::PossibleValuesParser {
    let value = |format: &&Format| clap::builder::PossibleValue::new(format.name).help(format.help);
    report::FORMATS.iter().map(value).collect::<Vec<_>>().into()
}

fn engines() -> clap::builder::PossibleValuesParser {
    let value = |engine: &Engine| clap::builder::PossibleValue::new(engine.name()).help(engine.help());
    Engine::ALL.iter().map(value).collect::<Vec<_>>().into()
}

/// More threads than any machine has a use for are a typo.
const MAX_JOBS: usize = 1_024;

/// A number of threads.
pub(super) fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MAX_JOBS);
    number.ok_or_else(|| format!("not a number from 1 to {MAX_JOBS}"))
}

fn depth(text: &str) -> Result<usize, String> {
    let (least, most) = MAX_DEPTHS.into_inner();
    let levels = text.parse().ok().filter(|levels| MAX_DEPTHS.contains(levels));
    levels.ok_or_else(|| format!("not a number from {least} to {most}"))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

pub(super) fn severity(text: &str) -> Result<(&'static Rule, Option<Severity>), String> {
    let (id, level) = text.split_once('=').ok_or("not of the form RULE=LEVEL")?;
    settings::decision(id, level)
}

/// A run that is made ready.
pub struct Prepared {
    pub judging: Judging,
    /// The schema to validate against instead of the contract's.
    pub schema: Option<Schema>,
    pub sources: Vec<Source>,
    pub settings: Settings,
    pub reading: payload::Options,
    pub jobs: usize,
}

impl Prepared {
    /// Judges all input, and lets `watch` look at it.
    pub fn judge(&mut self, watch: Option<&Watch<'_>>) -> Result<(), Error> {
        interrupt::watch();
        self.judging.judge(std::mem::take(&mut self.sources), &self.reading, self.jobs, watch)
    }
}

pub fn run(command: &Validate, manner: Manner) -> Result<Exit, Error> {
    let mut prepared = prepare(command, manner)?;
    prepared.judge(None)?;
    prepared.judging.finish()
}

/// Opens what is written to and reads what is judged by, before the work.
pub fn prepare(command: &Validate, manner: Manner) -> Result<Prepared, Error> {
    let settings = Settings::load(command.settings.as_deref(), command.no_settings)?;
    if let Some(file) = &settings.file {
        note(manner.quiet, &format!("settings: {}", path_text(file)));
    }
    let set = Set::of(&settings);
    let format = set.format(command.format.as_deref())?;
    let fail_on =
        set.choice(command.fail_on, settings.fail_on.as_deref(), "fail-on")?.unwrap_or(FailOn::Error);
    let mut reading = command.reading.options(&set)?;
    let progress =
        set.choice(command.progress, settings.progress.as_deref(), "progress")?.unwrap_or(When::Auto);
    let show_values = command.show_values || settings.show_values == Some(true);
    if show_values {
        files::hold_values();
    }
    let sources = Source::recorded(&command.paths);
    let baseline = command.baseline.as_ref().or(settings.baseline.as_ref());
    // A new baseline takes the place of the one before.
    let baseline = baseline.filter(|_| command.write_baseline.is_none());
    let pruned = command.prune_baseline.then(|| pruned(command, &settings, baseline)).transpose()?;
    let read = baseline.filter(|_| pruned.is_none());
    read.into_iter().chain(&settings.since).for_each(|path| files::protect(path));
    command.live.protect();
    let (judge, schema, validator) =
        judge(command.schema.as_ref().or(settings.schema.as_ref()), &command.resources, manner)?;
    let unasserted: Vec<String> =
        validator.unasserted_formats().map(|(name, location)| format!("`{name}` at {location}")).collect();
    if !unasserted.is_empty() {
        let message = format!("formats not asserted, values are not checked: {}", unasserted.join(", "));
        note(manner.quiet, &message);
    }
    let set_depth = settings.max_depth.map(|levels| depth(&levels.to_string())).transpose();
    let set_depth = set_depth.map_err(|message| set.wrong("max-depth", message))?;
    let depth = command.max_depth.or(set_depth).unwrap_or(DEFAULT_MAX_DEPTH);
    let new_baseline = command.write_baseline.as_deref().map(NewBaseline::open).transpose()?;
    let pruning = pruned.map(Pruning::open).transpose()?;
    let wanted = set.reports(&command.report)?;
    let reports = Reports::open(&wanted)?;
    let sources = Source::all(sources, &command.paths, &command.live, &settings, reading.max_body)?;
    let bytes = bytes(&sources);
    let all = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let set_jobs = settings.jobs.map(|number| jobs(&number.to_string())).transpose();
    let set_jobs = set_jobs.map_err(|message| set.wrong("jobs", message))?;
    let asked = command.jobs.or(set_jobs).map(NonZeroUsize::get);
    // Threads do not pay for what one reads in a moment, nor for what is long in coming.
    let live = sources.iter().all(|source| matches!(source, Source::Live(_)));
    let worth = !live && bytes.is_none_or(|bytes| bytes >= WORTH_THREADS);
    let jobs = asked.unwrap_or_else(|| if worth { all() } else { 1 });
    let validator = validator.max_depth(depth)?.engine(engine(command, &set)?)?;
    reading.pass_large = validator.engine_in_use().0 == Engine::Stream.name();
    let output = output::file(command.output.as_ref());
    let mut report = Report::new(judge, fail_on.severity());
    command.listing.name(&mut report)?;
    let judging = Judging {
        sequence: validator.sequence(),
        validator,
        passed_over: PassedOver::default(),
        policy: policy(command, &settings, baseline)?,
        new_baseline,
        pruning,
        report,
        shown: command.listing.shown(&set, manner.colors(output.is_some()), command.max_findings)?,
        output: Output::open(output)?,
        examples: format.examples || reports.show_examples(),
        reports,
        problems_at_end: output.is_none() && is_read_as_it_ends(format),
        format,
        show_values,
        progress: Progress::new(progress, manner.quiet, manner.verbose, bytes),
        manner,
        decides_at_end: false,
        is_kept: false,
    };
    Ok(Prepared { judging, schema, sources, settings, reading, jobs })
}

impl Validate {
    /// The schema to validate against instead of the contract's.
    pub fn schema<'s>(&'s self, settings: &'s Settings) -> Option<&'s Path> {
        self.schema.as_deref().or(settings.schema.as_deref())
    }
}

/// The baseline to prune. One that the settings name lies in their folder: they may come with somebody else's repository.
fn pruned<'b>(
    command: &Validate,
    settings: &Settings,
    baseline: Option<&'b PathBuf>,
) -> Result<&'b Path, Error> {
    let what = "no baseline to prune: name one with --baseline";
    let path = baseline.ok_or_else(|| Error::new(ErrorKind::Usage, "--prune-baseline", what))?;
    if command.baseline.is_none() {
        settings.may_write("baseline", path)?;
    }
    Ok(path)
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

/// What to judge by, made ready.
fn judge(
    schema: Option<&PathBuf>,
    resources: &Resources,
    manner: Manner,
) -> Result<(Judge, Option<Schema>, Validator), Error> {
    if let Some(path) = schema {
        let name = path_text(path).into_owned();
        let schema = resources.schema(path, manner)?;
        let validator = Validator::new(&schema)?;
        return Ok((Judge { id: name, version: None }, Some(schema), validator));
    }
    resources.refuse()?;
    let contract = Contract::clients();
    let judge = Judge { id: contract.id.to_owned(), version: Some(contract.version.to_owned()) };
    Ok((judge, None, contract.validator().clone()))
}

fn policy(command: &Validate, settings: &Settings, baseline: Option<&PathBuf>) -> Result<Policy, Error> {
    let mut policy = Policy::default();
    for (rule, severity) in settings.severities()?.into_iter().chain(command.severity.iter().copied()) {
        policy.set(rule, severity);
    }
    // What a new baseline is to accept must be told whole.
    if let Some(path) = baseline {
        policy.accept(baseline_at(path)?);
    }
    Ok(policy)
}
