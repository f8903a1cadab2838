//! `clients-contract mutate`: would these payloads notice if the contract were weaker?

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use clients_contract::generate::mutate::{Mutant, Witness, Witnesses, first_found, mutants};
use clients_contract::untrusted::{Untrusted, path_text, to_pretty_json};
use clients_contract::validate::Engine;
use clients_contract::{Error, ErrorKind, Finding, Judgement, Schema, Validator};
use serde_json::{Value, json};

use super::Manner;
use super::feed::{Feed, Step};
use super::judging::PassedOver;
use super::reading::Reading;
use super::resources::Resources;
use super::set::Set;
use super::sources::Source;
use super::subject::Subject;
use crate::exit::Exit;
use crate::interrupt;
use crate::output::{Output, describe, note};
use crate::progress::{Progress, When};
use crate::settings::Settings;

/// Weaken the contract in one place at a time, and see whether the payloads notice.
///
/// A mutant is killed when a payload that broke the contract keeps the weaker one, or loses a finding. Those that survive
/// are told with a payload that would kill them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract mutate fixtures/invalid\n  \
clients-contract mutate tests/payloads --min-score 80 -o missing/")]
pub struct Mutate {
    /// Files, directories, patterns, or `-`, as `validate` takes them.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// JSON Schema to weaken instead of the built-in contract: JSON or YAML; `FILE#/definitions/X` is a part
    #[arg(long, value_name = "FILE[#POINTER]")]
    schema: Option<PathBuf>,
    #[command(flatten)]
    resources: Resources,
    /// How to tell the result.
    #[arg(short, long, value_enum, default_value = "text")]
    format: Form,
    /// Exit with 1 when less than so many percent of the mutants are killed.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_score: Option<u8>,
    /// Write the payload that would kill each survivor to this directory.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Show at most so many survivors in the text. Counts stay complete.
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_survivors: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// For programs: one object, all survivors.
    Json,
}

/// A mutant that no payload noticed, and one that would.
struct Survivor {
    mutant: Mutant,
    killer: Option<Arc<Witness>>,
}

/// Schemas are compiled and payloads judged for mutants up to so many bytes of their text.
const MAX_WORK: usize = 1 << 30;
/// So many bytes of own payloads are judged to find one that kills a survivor.
const MAX_OWN: usize = 256 << 20;

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

pub fn run(command: &Mutate, manner: Manner) -> Result<Exit, Error> {
    if command.output.as_deref().is_some_and(|folder| folder.as_os_str() == "-") {
        let what = "is not a directory: the payloads that kill survivors are files";
        return Err(Error::new(ErrorKind::Usage, "-", what));
    }
    let subject = Subject::of(command.schema.as_deref(), &command.resources, manner)?;
    let validator = subject.validator()?;
    let mut given = Witnesses::of(subject.schema());
    let (payloads, problems) = read(command, manner, &validator, &mut given)?;
    if payloads == 0 && interrupt::pressed() {
        return Ok(interrupt::exit());
    }
    if payloads == 0 {
        note(false, "error: no payloads were validated");
        return Ok(Exit::Incomplete);
    }
    let outcome = judge(&subject, &validator, &given, payloads)?;
    if let Some(folder) = &command.output {
        write_killers(folder, &outcome.survivors, manner)?;
    }
    let mut output = Output::open(None)?;
    match command.format {
        Form::Text => output.write(|out| out.write_all(text(&outcome, command.max_survivors).as_bytes()))?,
        Form::Json => output.write(|out| writeln!(out, "{}", to_pretty_json(&report(&outcome))))?,
    }
    output.finish()?;
    if given.dropped() > 0 {
        let dropped = given.dropped();
        note(
            false,
            &format!(
                "error: {dropped} payloads were not tried: those before them fill the memory for payloads"
            ),
        );
    }
    if interrupt::pressed() {
        note(false, "interrupted: the score is that of the mutants tried so far");
        return Ok(interrupt::exit());
    }
    Ok(match command.min_score {
        _ if problems > 0 || given.dropped() > 0 => Exit::Incomplete,
        Some(least) if outcome.score() < f64::from(least) => Exit::Findings,
        _ => Exit::Fine,
    })
}

/// Validates every payload once, by the contract as it is. How many there were, and how many problems.
fn read(
    command: &Mutate,
    manner: Manner,
    validator: &Validator,
    into: &mut Witnesses<'_>,
) -> Result<(u64, u64), Error> {
    let reading = command.reading.options(&Set::of(&Settings::default()))?;
    let progress = Progress::new(When::Never, true, false, None);
    let feed = Feed { reading: &reading, progress: &progress, validator, watch: None };
    let sources = command.paths.iter().map(|path| Source::of(path)).collect();
    let (mut payloads, mut problems, mut passed_over) = (0, 0, PassedOver::default());
    interrupt::watch();
    feed.judge(sources, 1, |step| {
        match step {
            Step::Judged(payload, Judgement { not_validated: Some(reason), .. }, _) => {
                let place = payload.origin();
                note(manner.quiet, &format!("not validated: {place}: {}", reason.name()));
            }
            Step::Judged(payload, judgement, _) => {
                payloads += 1;
                into.add(payload.bytes(), judgement.valid, &judgement.findings);
            }
            Step::Problem(error) => {
                problems += 1;
                note(false, &format!("error: {}", describe(&error)));
            }
            Step::Skipped(skipped) => passed_over.add(&skipped, &progress, manner),
            Step::Files(_) => {}
        }
        Ok(!interrupt::pressed())
    })?;
    passed_over.tell(manner);
    Ok((payloads, problems))
}

/// Tries every mutant on the payloads given, and on breaches of our own those that survive.
fn judge(
    subject: &Subject,
    validator: &Validator,
    given: &Witnesses<'_>,
    payloads: u64,
) -> Result<Outcome, Error> {
    let weaker = Weaker::of(subject, validator);
    let mut own = None;
    let mut outcome = Outcome { payloads, operators: BTreeMap::new(), survivors: Vec::new() };
    for mutant in mutants(subject.schema()) {
        if interrupt::pressed() {
            break;
        }
        let noticed = given.killer(&mutant, |schema, body| weaker.judge(schema, body)).is_some();
        let mut killer = None;
        if !noticed {
            if own.is_none() {
                own = Some(breaches(subject, validator)?);
            }
            let own = own.as_ref();
            killer = own.and_then(|own| own.killer(&mutant, |schema, body| weaker.judge(schema, body)));
        }
        if weaker.left.get() == 0 {
            let message = format!(
                "stopped after {} MiB of schemas and payloads: the mutants from here on were not tried",
                MAX_WORK >> 20
            );
            let place = format!("{}#{}", subject.name(), mutant.schema_pointer);
            return Err(Error::new(ErrorKind::Unsupported, place, message));
        }
        let count = outcome.operators.entry(mutant.operator).or_default();
        count.0 += 1;
        count.1 += usize::from(noticed);
        if !noticed {
            outcome.survivors.push(Survivor { mutant, killer });
        }
    }
    Ok(outcome)
}

/// Judges bodies by weaker schemas, as long as there is work left.
struct Weaker<'s> {
    subject: &'s Subject,
    /// Whether mutants are run by the streaming engine, which needs no other compiled.
    streaming: bool,
    left: Cell<usize>,
}

impl<'s> Weaker<'s> {
    fn of(subject: &'s Subject, validator: &Validator) -> Self {
        let streaming = validator.engine_in_use().0 == Engine::Stream.name();
        Self { subject, streaming, left: Cell::new(MAX_WORK) }
    }

    /// `None` where the mutant is no schema of its dialect, or no work is left.
    fn judge(&self, schema: Value, body: &[u8]) -> Option<(bool, Vec<Finding>)> {
        let left = self.left.get().saturating_sub(schema.to_string().len() + body.len());
        self.left.set(left);
        if left == 0 {
            return None;
        }
        let (schema, promises) = (Schema::from_value(schema), self.subject.promises());
        let weaker = if self.streaming {
            Validator::of_valid(&schema, promises)
        } else {
            Validator::with_promises(&schema, promises).ok()?
        };
        let judgement = weaker.validate(body);
        Some((judgement.valid, judgement.findings))
    }
}

/// Payloads that break every place of the contract in every way, once each.
fn breaches<'s>(subject: &'s Subject, validator: &Validator) -> Result<Witnesses<'s>, Error> {
    let mut witnesses = Witnesses::of(subject.schema());
    let (catalogue, mut left) = (subject.catalogue()?, MAX_OWN);
    for target in catalogue.targets() {
        let Some(breach) = catalogue.least(target) else { continue };
        let body = breach.body.to_text();
        left = left.saturating_sub(body.len());
        if left == 0 || witnesses.dropped() > 0 {
            let what = "survivors from here on are listed without a payload that kills them";
            let place = format!("{}#{}", subject.name(), target.schema_pointer());
            note(false, &format!("{place}: stopped after {} MiB of payloads: {what}", MAX_OWN >> 20));
            break;
        }
        let judgement = validator.validate(body.as_bytes());
        witnesses.add(body.as_bytes(), judgement.valid, &judgement.findings);
    }
    Ok(witnesses)
}

fn text(outcome: &Outcome, most: usize) -> String {
    let (all, killed) = outcome.counts();
    let mut lines = Vec::new();
    for Survivor { mutant, killer } in outcome.survivors.iter().take(most) {
        lines.push(format!("survived: {} at {}", mutant.operator, mutant.schema_pointer));
        lines.push(match killer.as_ref().and_then(|payload| Some((first_found(payload)?, payload))) {
            Some(((rule, pointer), payload)) => {
                format!("  killed by {rule} at `{pointer}`: {}", String::from_utf8_lossy(&payload.body))
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
fn write_killers(folder: &Path, survivors: &[Survivor], manner: Manner) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Output, path_text(folder).into_owned(), "cannot be made").because(error)
    })?;
    let bodies: std::collections::BTreeSet<_> =
        survivors.iter().filter_map(|survivor| Some(&survivor.killer.as_ref()?.body)).collect();
    for (count, body) in (1..).zip(&bodies) {
        let mut output = Output::open(Some(&folder.join(format!("killer-{count:05}.json"))))?;
        output.write(|out| out.write_all(body))?;
        output.finish()?;
    }
    note(manner.quiet, &format!("wrote {} payloads to {}", bodies.len(), path_text(folder)));
    Ok(())
}
