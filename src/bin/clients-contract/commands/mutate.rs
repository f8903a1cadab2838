//! `clients-contract mutate`: mutation testing of the contract with payloads.

mod page;
mod trial;

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread;

use clap::{Args, ValueEnum};
use clients_contract::generate::mutate::{Mutant, Witness, Witnesses, first_found, mutants};
use clients_contract::report::write_document;
use clients_contract::run::{Output, Step};
use clients_contract::untrusted::{Untrusted, path_text, to_pretty_json};
use clients_contract::{Error, ErrorKind, Validation, Validator};
use serde_json::{Value, json};

use super::inputs::{self, Reading, jobs};
use super::invocation::invocation;
use super::subject::{Against, Subject, Where};
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::narrator::Narrator;
use crate::output::{self, note};
use crate::progress::When;
use trial::{Given, Trial, violations};

/// Mutation testing: check that your invalid payloads detect every weakening of the contract
///
/// Each mutant weakens one subschema. It is killed if an invalid payload becomes valid or loses a finding
/// under it. Mutants that survive are listed with a payload that would kill them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract mutate captures/\n  \
clients-contract mutate --min-score 80 -o missing/ captures/")]
pub struct Mutate {
    /// Files, directories, glob patterns, or `-` for standard input, as in `validate`
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub against: Against,
    #[command(flatten)]
    settings: Where,
    /// Output format
    #[arg(short, long, value_enum, default_value = "text")]
    format: MutateFormat,
    /// Write another report to a file, for example `html=mutants.html`; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = wanted)]
    report: Vec<(MutateFormat, PathBuf)>,
    /// Minimum mutation score in percent; less causes exit code 1
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_score: Option<u8>,
    /// Write a payload that would kill each survivor to this directory
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Maximum number of survivors to list in text; counts stay complete
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_survivors: usize,
    /// Number of worker threads; the result does not depend on it [default: all processors]
    #[arg(short, long, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MutateFormat {
    /// For people
    Text,
    /// One JSON object with all survivors
    Json,
    /// One page for people
    Html,
}

/// Reads `FORMAT=FILE`.
fn wanted(text: &str) -> Result<(MutateFormat, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("expected FORMAT=FILE")?;
    match path {
        "" => Err("names no file".to_owned()),
        "-" => Err("standard output is for the results; choose their format with --format".to_owned()),
        path => Ok((MutateFormat::from_str(name, false)?, path.into())),
    }
}

/// A mutant that no payload noticed, and one that would.
struct Survivor {
    mutant: Mutant,
    killer: Option<Arc<Witness>>,
}

struct Outcome {
    payloads: u64,
    /// Mutants and killed ones by what was done.
    operators: BTreeMap<&'static str, (usize, usize)>,
    survivors: Vec<Survivor>,
}

impl Outcome {
    fn counts(&self) -> (usize, usize) {
        self.operators.values().fold((0, 0), |(all, killed), one| (all + one.0, killed + one.1))
    }

    fn score(&self) -> f64 {
        let (all, killed) = self.counts();
        percent(killed, all)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
fn percent(part: usize, all: usize) -> f64 {
    if all == 0 { 100.0 } else { part as f64 * 100.0 / all as f64 }
}

pub fn run(command: &Mutate, global: GlobalArgs) -> Result<Exit, Error> {
    if command.output.as_deref().is_some_and(|folder| folder.as_os_str() == "-") {
        let what = "not a directory; payloads that kill survivors are written to files";
        return Err(Error::new(ErrorKind::Usage, "-", what));
    }
    let subject = command.against.subject(global)?;
    let validator = subject.validator()?;
    let all = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = command.jobs.map_or_else(all, NonZeroUsize::get);
    let mutants = mutants(subject.schema())?;
    let outputs = outputs(command)?;
    let mut given = Given::new(&validator, &mutants, jobs);
    let (payloads, problems) = read(command, (&subject, global), &mut given)?;
    let given = given.finish();
    if payloads == 0 && interrupt::pressed() {
        return Ok(interrupt::exit());
    }
    if payloads == 0 {
        note(false, "error: no payloads were validated");
        return Ok(Exit::Incomplete);
    }
    let outcome = run_trials(&subject, &mutants, (&validator, &given), (payloads, jobs))?;
    if let Some(folder) = &command.output {
        write_killers(folder, &outcome.survivors, global)?;
    }
    for (format, output) in outputs {
        write(command, &outcome, format, output)?;
    }
    if given.dropped() > 0 {
        let dropped = given.dropped();
        note(false, &format!("error: {dropped} payloads were not tried: memory limit for payloads reached"));
    }
    if interrupt::pressed() {
        note(false, "interrupted; the score covers the mutants tried so far");
        return Ok(interrupt::exit());
    }
    Ok(match command.min_score {
        _ if problems > 0 || given.dropped() > 0 => Exit::Incomplete,
        Some(least) if outcome.score() < f64::from(least) => Exit::Findings,
        _ => Exit::Fine,
    })
}

/// Opens the outputs, before the work.
fn outputs(command: &Mutate) -> Result<Vec<(MutateFormat, Output)>, Error> {
    let more = command.report.iter().map(|(format, path)| (*format, Some(path.as_path())));
    let all = std::iter::once((command.format, None)).chain(more);
    all.map(|(format, path)| Ok((format, output::open(path)?))).collect()
}

fn write(command: &Mutate, outcome: &Outcome, format: MutateFormat, mut output: Output) -> Result<(), Error> {
    match format {
        MutateFormat::Text => {
            output.write(|out| out.write_all(text(outcome, command.max_survivors).as_bytes()))?;
        }
        MutateFormat::Json => output.write(|out| writeln!(out, "{}", to_pretty_json(&report(outcome))))?,
        MutateFormat::Html => {
            let document = page::document(outcome, command.min_score, invocation().as_ref());
            output.write(|out| write_document(&document, out))?;
        }
    }
    output.finish()
}

/// Validates every payload once, by the contract as it is. How many there were, and how many problems.
fn read(
    command: &Mutate,
    (subject, global): (&Subject, GlobalArgs),
    given: &mut Given<'_>,
) -> Result<(u64, u64), Error> {
    let reading = command.reading.options();
    let narrator = Narrator::new(When::Never, global, false);
    let sources = command.paths.iter().map(|path| inputs::recorded(path));
    narrator.select(inputs::selection(&reading, subject.endpoint()));
    let run = inputs::run(&narrator, subject.endpoint());
    let run = run.validator(given.validator.clone()).reading(reading).holding();
    let (mut payloads, mut problems) = (0, 0);
    let mut session = run.sources(sources).jobs(given.jobs).open()?;
    interrupt::watch();
    session.each(None, |step| {
        match step {
            Step::Validated(payload, Validation { not_validated: Some(reason), .. }, _) => {
                let location = payload.origin();
                note(global.quiet, &format!("not validated: {location}: {}", reason.name()));
            }
            Step::Validated(payload, validation, _) => {
                payloads += 1;
                given.add(payload.bytes(), validation);
            }
            Step::Problem(error) => {
                problems += 1;
                narrator.problem(&error);
            }
            Step::Skipped(skipped) => narrator.skipped(&skipped),
            Step::Files(_) => {}
        }
        Ok(!interrupt::pressed())
    })?;
    narrator.finish(payloads);
    Ok((payloads, problems))
}

/// Runs every mutant against the payloads, and survivors against generated violations.
fn run_trials(
    subject: &Subject,
    mutants: &[Mutant],
    (validator, given): (&Validator, &Witnesses),
    (payloads, jobs): (u64, usize),
) -> Result<Outcome, Error> {
    let trial = Trial { validator, name: subject.name(), jobs, work: AtomicUsize::new(0) };
    let noticed: Vec<bool> = trial.each(given, mutants.iter())?.iter().map(Option::is_some).collect();
    let tried = mutants.iter().zip(&noticed);
    let alive: Vec<_> = tried.filter(|(_, noticed)| !**noticed).map(|(mutant, _)| mutant).collect();
    let killers = if alive.is_empty() {
        Vec::new()
    } else {
        trial.each(&violations(subject, (validator, jobs), (mutants, &alive))?, alive.iter().copied())?
    };
    let mut outcome = Outcome { payloads, operators: BTreeMap::new(), survivors: Vec::new() };
    for (mutant, noticed) in mutants.iter().zip(&noticed) {
        let count = outcome.operators.entry(mutant.operator).or_default();
        count.0 += 1;
        count.1 += usize::from(*noticed);
    }
    let survivors = alive.into_iter().cloned().zip(killers.into_iter().chain(std::iter::repeat(None)));
    outcome.survivors = survivors.map(|(mutant, killer)| Survivor { mutant, killer }).collect();
    Ok(outcome)
}

/// A JSON Pointer as text shows it.
fn location(pointer: &str) -> String {
    if pointer.is_empty() { "the root".to_owned() } else { format!("`{pointer}`") }
}

fn text(outcome: &Outcome, most: usize) -> String {
    let (all, killed) = outcome.counts();
    let mut lines = Vec::new();
    for Survivor { mutant, killer } in outcome.survivors.iter().take(most) {
        lines.push(format!("survived: {} at {}", mutant.operator, location(&mutant.schema_pointer)));
        lines.push(match killer.as_ref().and_then(|payload| Some((first_found(payload)?, payload))) {
            Some(((rule, pointer), payload)) => {
                format!(
                    "  killed by {rule} at {}: {}",
                    location(&pointer.to_string()),
                    String::from_utf8_lossy(&payload.body)
                )
            }
            None => "  no payload is known that would kill it".to_owned(),
        });
    }
    let more = outcome.survivors.len().saturating_sub(most);
    if more > 0 {
        let how = "--max-survivors N, -f json, or -o DIR for the payloads";
        lines.push(format!("and {more} more survivors ({how})"));
    }
    if !outcome.survivors.is_empty() {
        lines.push(String::new());
    }
    for (operator, (all, killed)) in &outcome.operators {
        lines.push(format!("{operator:<16} {killed:>5} of {all:>5} killed, {:.1} %", percent(*killed, *all)));
    }
    let payloads = if outcome.payloads == 1 { "payload" } else { "payloads" };
    let (by, score) = (outcome.payloads, outcome.score());
    lines.push(format!("score: {killed} of {all} mutants killed by {by} {payloads}, {score:.1} %"));
    let lines: Vec<_> = lines.iter().map(|line| Untrusted::from(line).line().into_owned()).collect();
    lines.join("\n") + "\n"
}

fn report(outcome: &Outcome) -> Value {
    let (all, killed) = outcome.counts();
    let operators: BTreeMap<_, _> = outcome
        .operators
        .iter()
        .map(|(operator, (all, killed))| (*operator, json!({"mutants": all, "killed": killed})))
        .collect();
    let survivors: Vec<_> = outcome.survivors.iter().map(survivor).collect();
    json!({
        "payloads": outcome.payloads, "mutants": all, "killed": killed, "score": outcome.score(),
        "operators": operators, "survivors": survivors,
    })
}

fn survivor(Survivor { mutant, killer }: &Survivor) -> Value {
    let killer = killer.as_ref().and_then(|killer| {
        let (rule, pointer) = first_found(killer)?;
        let body = String::from_utf8_lossy(&killer.body);
        Some(json!({"rule": rule, "pointer": pointer.to_string(), "body": body}))
    });
    json!({"operator": mutant.operator, "schema_pointer": mutant.schema_pointer, "killer": killer})
}

/// A file for each survivor that a payload would kill. One payload may kill several.
fn write_killers(folder: &Path, survivors: &[Survivor], global: GlobalArgs) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Output, path_text(folder).into_owned(), "cannot be created").because(error)
    })?;
    let bodies: std::collections::BTreeSet<_> =
        survivors.iter().filter_map(|survivor| Some(&survivor.killer.as_ref()?.body)).collect();
    for (count, body) in (1..).zip(&bodies) {
        let mut output = output::open(Some(&folder.join(format!("killer-{count:05}.json"))))?;
        output.write(|out| out.write_all(body))?;
        output.finish()?;
    }
    note(global.quiet, &format!("wrote {} payloads to {}", bodies.len(), path_text(folder)));
    Ok(())
}
