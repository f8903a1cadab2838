//! `clients-contract infer`: infers a JSON Schema from traffic.

use std::path::PathBuf;

use clap::Args;
use clients_contract::drift::{Documents, Learner, Watch, infer, to_schema_text};
use clients_contract::finding::{Scope, rules};
use clients_contract::run::{Session, Step};
use clients_contract::validate::Promises;
use clients_contract::{Error, ErrorKind, Schema, Validator};
use serde_json::json;

use super::again::{self, Again};
use super::inputs::Inputs;
use super::live::Live;
use super::resources::Resources;
use super::subject::{Where, Which};
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::narrator::Narrator;
use crate::output::{self, note};
use crate::progress::When;

/// Infer a JSON Schema (2020-12) from payloads; it contains no values
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract infer captures/ > suggested.schema.json\n  \
clients-contract infer --merge suggested.schema.json more/ -o wider.schema.json")]
pub struct Infer {
    #[command(flatten)]
    inputs: Inputs,
    /// Extend this schema until it accepts the payloads, too
    ///
    /// The result accepts everything that the schema accepts. Properties that it does not list are added;
    /// where it allowed them, without assertions.
    #[arg(long, value_name = "SCHEMA")]
    merge: Option<PathBuf>,
    #[command(flatten)]
    resources: Resources,
    /// Write the schema to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    settings: Where,
    #[command(flatten)]
    pub live: Live,
}

pub fn run(command: &Infer, global: GlobalArgs) -> Result<Exit, Error> {
    // Any JSON will do without a schema, but for an error object instead of data.
    let schema = match &command.merge {
        Some(path) => command.resources.schema(path, global)?,
        None => command.resources.refuse().map(|()| Schema::from_value(json!({})))?,
    };
    let subject = command.which.subject(global)?;
    let promises = Promises { sequence: None, ..subject.validator()?.promises().clone() };
    let validator = Validator::with_promises(&schema, promises.clone())?;
    let narrator = Narrator::new(When::Auto, global, false);
    let (run, reread) = command.inputs.run(&command.live, &narrator, subject.endpoint())?;
    let mut session = run.validator(validator.clone()).open()?;
    let mut output = output::open(command.output.as_deref())?;
    let documents = command.merge.as_ref().map(|_| Documents::new(&schema, &promises)).transpose()?;
    let watch = Watch::new(documents.as_ref(), "").keeping_examples();
    let traffic = Again::of(&session, reread);
    interrupt::watch();
    let unread = read(&mut session, &watch, &narrator, global)?;
    let (profile, refused) = watch.finish_with_examples();
    narrator.finish(profile.observed);
    if interrupt::pressed() {
        let some = "the schema describes what was read so far";
        let what = if profile.observed > 0 { some } else { "nothing was read so far" };
        note(false, &format!("interrupted: {what}"));
    }
    if profile.observed == 0 && interrupt::pressed() {
        return Ok(interrupt::exit());
    }
    if profile.observed == 0 {
        let what = "no payloads found: nothing to infer";
        return Err(Error::new(ErrorKind::Input, "", what));
    }
    if profile.beyond > 0 {
        note(global.quiet, &format!("{} values are not described: too many properties", profile.beyond));
    }
    let (inferred, is_whole) = if command.merge.is_some() {
        let learner = Learner::new(&schema, &validator, &profile).widening();
        let suggestion = traffic.learn(learner, &profile, Some(refused), global)?;
        (suggestion.schema, suggestion.left.is_empty())
    } else {
        let mut learner = Learner::new(&schema, &validator, &profile);
        learner.learn(&profile.refusals.of(&rules::OUT_OF_RANGE));
        let beyond = learner.finish();
        again::report(&beyond);
        (infer(&profile), beyond.left.is_empty())
    };
    output.write(|out| writeln!(out, "{}", to_schema_text(&inferred)))?;
    output.finish()?;
    if interrupt::pressed() {
        return Ok(interrupt::exit());
    }
    Ok(if unread == 0 && is_whole { Exit::Fine } else { Exit::Incomplete })
}

/// Reads all input; returns how much of it could not be read.
fn read(
    session: &mut Session,
    watch: &Watch<'_>,
    narrator: &Narrator,
    global: GlobalArgs,
) -> Result<u64, Error> {
    let mut unread = 0_u64;
    session.each(Some(watch), |step| {
        match step {
            Step::Validated(payload, validation, _) => {
                let passed = validation
                    .findings
                    .iter()
                    .find(|finding| finding.rule.scope == Scope::Body || finding.rule.id == "api-error");
                let location = payload.origin().to_string();
                if let Some(reason) = validation.not_validated {
                    note(global.quiet, &format!("not validated: {location}: {}", reason.name()));
                } else if let Some(finding) = passed {
                    unread += 1;
                    note(global.quiet, &format!("skipped {location}: {}", finding.message()));
                }
            }
            Step::Problem(error) => {
                unread += 1;
                narrator.problem(&error);
            }
            Step::Skipped(skipped) => narrator.skipped(&skipped),
            Step::Files(_) => {}
        }
        Ok(!interrupt::pressed())
    })?;
    Ok(unread)
}
