//! `clients-contract infer`: which JSON Schema does traffic suggest?

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use clients_contract::contract::clients::PROMISES;
use clients_contract::drift::{Watch, infer};
use clients_contract::finding::Scope;
use clients_contract::untrusted::to_pretty_json;
use clients_contract::validate::Promises;
use clients_contract::{Error, ErrorKind, Schema, Validator};
use serde_json::json;

use super::Manner;
use super::feed::{Feed, Step};
use super::live::Live;
use super::reading::Reading;
use super::set::Set;
use super::sources::{self, Source};
use super::validate::jobs;
use crate::exit::Exit;
use crate::interrupt;
use crate::output::{Output, describe, note};
use crate::progress::{Progress, When};
use crate::settings::Settings;

/// Print the JSON Schema (2020-12) that payloads suggest: types, what is always there, formats. No values.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  clients-contract infer captures/ > suggested.schema.json")]
pub struct Infer {
    /// Files, directories, an http:// or https:// URL of an instance, patterns, or `-` for standard input, as validate
    /// takes them.
    #[arg(value_name = "PATH", required_unless_present = "instance")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Read by so many threads.
    #[arg(short, long, value_name = "N", default_value = "1", value_parser = jobs)]
    jobs: NonZeroUsize,
    #[command(flatten)]
    live: Live,
}

pub fn run(command: &Infer, manner: Manner) -> Result<Exit, Error> {
    let sources = Source::recorded(&command.paths);
    command.live.protect();
    let mut output = Output::open(command.output.as_deref())?;
    let settings = Settings::default();
    let mut reading = command.reading.options(&Set::of(&settings))?;
    reading.pass_large = true;
    let sources = Source::all(sources, &command.paths, &command.live, &settings, reading.max_body)?;
    // Any JSON will do, but for an error object instead of data.
    let promises = Promises { sequence: None, ..PROMISES };
    let validator = Validator::with_promises(&Schema::from_value(json!({})), promises)?;
    let progress = Progress::new(When::Auto, manner.quiet, manner.verbose, sources::bytes(&sources));
    let watch = Watch::new(None, "");
    let feed = Feed { reading: &reading, progress: &progress, validator: &validator, watch: Some(&watch) };
    interrupt::watch();
    let mut unread = 0_u64;
    feed.judge(sources, command.jobs.get(), |step| {
        match step {
            Step::Judged(payload, judgement, _) => {
                let passed = judgement
                    .findings
                    .iter()
                    .find(|finding| finding.rule.scope == Scope::Body || finding.rule.id == "api-error");
                let place = payload.origin().to_string();
                if let Some(reason) = judgement.not_validated {
                    note(manner.quiet, &format!("not validated: {place}: {}", reason.name()));
                } else if let Some(finding) = passed {
                    unread += 1;
                    note(manner.quiet, &format!("passed over {place}: {}", finding.message()));
                }
            }
            Step::Problem(error) => {
                unread += 1;
                progress.say(|| note(false, &format!("error: {}", describe(&error))));
            }
            Step::Skipped(_) | Step::Files(_) => {}
        }
        Ok(!interrupt::pressed())
    })?;
    progress.finish();
    let profile = watch.finish();
    if interrupt::pressed() {
        let what = if profile.observed > 0 {
            "the schema describes what was read so far"
        } else {
            "nothing was read so far"
        };
        note(false, &format!("interrupted: {what}"));
    }
    if profile.observed == 0 && interrupt::pressed() {
        return Ok(interrupt::exit());
    }
    if profile.observed == 0 {
        let what = "nothing was read that is an answer, so nothing is suggested";
        return Err(Error::new(ErrorKind::Input, "", what));
    }
    if profile.beyond > 0 {
        let what = "values of fields are not described: there are more than 20,000 fields";
        note(manner.quiet, &format!("{} {what}", profile.beyond));
    }
    output.write(|out| writeln!(out, "{}", to_pretty_json(&infer(&profile))))?;
    output.finish()?;
    if interrupt::pressed() {
        return Ok(interrupt::exit());
    }
    Ok(if unread > 0 { Exit::Incomplete } else { Exit::Fine })
}
