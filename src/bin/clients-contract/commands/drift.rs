//! `clients-contract drift`: compares traffic as a whole with the contract.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use clap::Args;
use clients_contract::drift::{
    Coverage, Documents, Learner, Part, Profile, Refused, Watch, add_shares, changes_section, claims,
    sections, unmatched, write_table,
};
use clients_contract::finding::{SavedGroups, Suppressed, fingerprint};
use clients_contract::report::document::Section;
use clients_contract::report::{Checked, ContractId, PayloadReport, Problem};
use clients_contract::run::{Output, Run, Session, Shown, files};
use clients_contract::untrusted::{path_text, write_line};
use clients_contract::{Error, ErrorKind, Finding, Origin, Severity};
use jiff::{SignedDuration, Timestamp};

use super::again::Again;
use super::distributed::{Distributed, list_files};
use super::history::window;
use super::invocation::{invocation, of_history};
use super::past::{self, Past};
use super::subject::Subject;
use super::validate::{self, Prepared, Validate};
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::output::{self, FILES, beside, note};

/// Default minimum sample of findings about traffic as a whole.
const MIN_SAMPLE: u64 = 100;

/// Parts of the contract that are listed as not exercised without -v.
const MAX_MISSING: usize = 10;

/// Compare traffic as a whole with the contract: rates per property, likely renames, coverage
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract drift captures/ --profile monday.json\n  \
clients-contract drift --since monday.json day2.ndjson\n  clients-contract drift --merge a.json b.json\n\n\
--since reports statistically significant changes: Fisher's exact test, one-sided, at 1 % for all comparisons together \
(Bonferroni). Values of one payload count as one.")]
pub struct Drift {
    /// Merge profiles: PATHs are profiles, and the report covers all of their traffic
    #[arg(long)]
    merge: bool,
    /// Report what changed since this profile was written
    #[arg(long, value_name = "PROFILE")]
    since: Option<PathBuf>,
    /// Report what changed since the last run of this directory and since all runs of the window, and add a
    /// profile of this run
    ///
    /// `history` prints what changed over time. An entry has counts and locations, and no values and no hashes
    /// of values, except new enum values that are shaped like an identifier. Entries are named by the time of
    /// the run in UTC, and none is ever replaced.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["show_values", "since"], value_parser = beside())]
    history: Option<PathBuf>,
    /// How much time before this run --history compares with, such as 30d, 8w or 36h [default: 30d]
    #[arg(long, value_name = "DURATION", value_parser = window, requires = "history")]
    window: Option<SignedDuration>,
    /// Time of the run in --history, such as 2026-11-03 or 2026-11-03T06:30:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = past::time, requires = "history")]
    at: Option<Timestamp>,
    /// Write a profile of the traffic to this file
    ///
    /// A profile has counts, hashes and locations, and no values except new enum values that are shaped like
    /// an identifier.
    #[arg(long, value_name = "FILE", conflicts_with = "show_values", value_parser = beside())]
    profile: Option<PathBuf>,
    /// Show only these properties in text, such as 'courses/*/status'; may be repeated
    #[arg(long, value_name = "PATTERN")]
    fields: Vec<String>,
    /// Minimum number of occurrences before anything is claimed about a property [default: 100]
    #[arg(long, value_name = "N")]
    min_sample: Option<NonZeroU64>,
    /// Minimum coverage of the contract in percent; less is an error
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u64).range(0..=100))]
    min_coverage: Option<u64>,
    /// Write the schema changes that the traffic suggests to this file, as a JSON Patch (RFC 6902)
    ///
    /// One operation per line, each with its reason. The input is read again to verify that the patched
    /// schema accepts it; what cannot be learned is listed on stderr and causes exit code 3.
    #[arg(long, value_name = "FILE", value_parser = beside())]
    suggest: Option<PathBuf>,
    #[command(flatten)]
    distributed: Distributed,
    #[command(flatten)]
    pub validate: Validate,
}

pub fn run(command: &Drift, global: GlobalArgs) -> Result<Exit, Error> {
    if command.distributed.list_files {
        let list = list_files(&command.validate.inputs.paths)?;
        write(output::open(None)?, "--list-files", Ok(list))?;
        return Ok(Exit::Fine);
    }
    command.since.iter().for_each(|path| FILES.protect(path));
    let Prepared { run, narrator, subject, format, shown, reread } =
        validate::prepare(&command.validate, global)?;
    let schema = subject.schema().clone();
    let contract = contract(&subject);
    let since = command.since.as_ref().map(|path| profile(path, &contract)).transpose()?;
    let past = command.past(&contract)?;
    let mut session = open(command, run, shown)?;
    let file = |path: &Option<PathBuf>| path.as_deref().map(|path| output::open(Some(path))).transpose();
    let (kept, patch) = (file(&command.profile)?, file(&command.suggest)?);
    let links = file(&command.distributed.links)?;
    if links.is_some() {
        session.keep_links();
    }
    let documents = subject.documents(session.validator())?;
    let again = Again::of(&session, reread);
    interrupt::watch();
    let (seen, refused) = if command.merge {
        (merged(command, &contract)?, None)
    } else {
        let (seen, refused) = watched(&mut session, &documents, &contract, command.suggest.is_some())?;
        (seen, Some(refused))
    };
    let coverage = Coverage::of(&documents, &seen);
    let min_sample = command.min_sample.map_or(MIN_SAMPLE, NonZeroU64::get);
    let before = since.as_ref().or_else(|| past.as_ref()?.last());
    let mut found = claims(&documents, &seen, before, min_sample);
    let mut of_several = Vec::new();
    if let Some(past) = &past {
        let of_last = found.len();
        past.compare(&documents, &seen, min_sample, &mut found);
        of_several.extend(found[of_last..].iter().map(Finding::fingerprint));
    }
    let least = command.min_coverage;
    found.extend(least.filter(|_| seen.observed > 0).and_then(|least| coverage.below(least)));
    documents.locate(&mut found);
    gather(&mut session, &seen, found, global)?;
    for error in past.iter().flat_map(|past| &past.skipped) {
        narrator.problem(error);
        session.report.problem(error);
    }
    if session.reports_in("html") {
        let entry = past.as_ref().and_then(Past::last_file);
        session.report.invocation = invocation().map(|it| of_history(it, entry, of_several));
        session.report.sections = page(command, &session, &documents, (&seen, &coverage), past.as_ref());
    }
    if seen.observed > 0 {
        for why in unmatched(&documents, &seen, &command.fields) {
            note(global.quiet, &format!("--fields: {why}"));
        }
        table(&mut session, command, &documents, &seen, &coverage, global)?;
    }
    let mut is_whole = true;
    // An interrupted run is reported, but its profile is not written.
    if !interrupt::pressed() {
        if let Some(output) = kept {
            write(output, "--profile", seen.to_json())?;
        }
        if let Some(output) = links {
            write(output, "--links", serde_json::to_string(&session.links()).map(|text| text + "\n"))?;
        }
        // Nothing is learned from a run that saw nothing.
        if let Some(past) = past.filter(|_| seen.observed > 0) {
            note(global.quiet, &format!("added {}", path_text(&past.add(&seen)?)));
        }
        if let Some(output) = patch {
            let learner = Learner::new(&schema, session.validator(), &seen);
            let suggestion = again.learn(learner, &seen, refused, global)?;
            is_whole = suggestion.left.is_empty();
            write(output, "--suggest", suggestion.to_json())?;
        }
    }
    let exit = validate::finish(session, &narrator, format, global)?;
    Ok(if is_whole || interrupt::pressed() { exit } else { Exit::Incomplete })
}

impl Drift {
    /// What `--history` compares with.
    fn past(&self, contract: &str) -> Result<Option<Past>, Error> {
        const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
        let open = |path: &PathBuf| Past::open(path, self.at, self.window.unwrap_or(WINDOW), contract);
        self.history.as_ref().map(open).transpose()
    }
}

/// What a page shows behind the findings.
fn page(
    command: &Drift,
    session: &Session,
    documents: &Documents,
    (seen, coverage): (&Profile, &Coverage),
    past: Option<&Past>,
) -> Vec<Section> {
    if seen.observed == 0 {
        return Vec::new();
    }
    let mut all = sections(documents, seen, coverage, &session.report.groups);
    let since = command.since.iter().map(|path| format!("`{}`", path_text(path)));
    let before: Vec<String> = since.chain(past.iter().flat_map(|past| past.names())).collect();
    if !before.is_empty() {
        all.push(changes_section(&session.report.groups, &before));
    }
    all.extend(past.filter(|_| !before.is_empty()).map(|past| past.section(seen)));
    all
}

/// Opens the run.
fn open(command: &Drift, run: Run<'_>, shown: Shown) -> Result<Session, Error> {
    let is_kept = command.profile.is_some() || command.history.is_some();
    let learns = command.suggest.is_some();
    if is_kept && command.validate.show_values {
        let what = "cannot be written while values are shown: show-values is on in the settings";
        let flag = if command.profile.is_some() { "--profile" } else { "--history" };
        return Err(Error::new(ErrorKind::Usage, flag, what));
    }
    // Code scanning is for what asks for a change.
    let run = run.by_name().deferred().show(Shown { min_sarif: Some(Severity::Warning), ..shown });
    let run = if is_kept || learns { run.keeping_on() } else { run };
    // Whoever merges profiles may want to see examples.
    let session = if is_kept { run.with_examples() } else { run }.open()?;
    if command.merge && session.reports_payloads() {
        let what = "reports single payloads, and profiles contain none";
        return Err(Error::new(ErrorKind::Usage, "ndjson", what));
    }
    Ok(session)
}

/// The contract, as profiles name it: a schema that somebody brings by what it says, wherever its file lies.
fn contract(subject: &Subject) -> String {
    let ContractId { id, version, .. } = subject.contract_id();
    let contract = match version {
        Some(version) => format!("{id} {version}"),
        None => format!("schema {}", fingerprint("schema", &subject.schema().as_value().to_string())),
    };
    // The fields of another envelope are other fields.
    match &*subject.envelope().name {
        name if name == subject.contract().envelopes()[0].name => contract,
        name => format!("{contract}, envelope {name}"),
    }
}

/// Bytes that a profile may have.
const MAX_PROFILE: u64 = 1 << 30;

fn profile(path: &Path, contract: &str) -> Result<Profile, Error> {
    let name = path_text(path).into_owned();
    Profile::from_slice(&name, &files::read(path, MAX_PROFILE, ErrorKind::Input)?)?.made_with(&name, contract)
}

/// Validates all input, and makes a profile of it.
fn watched(
    session: &mut Session,
    documents: &Documents,
    contract: &str,
    learns: bool,
) -> Result<(Profile, Refused), Error> {
    let watch = Watch::new(Some(documents), contract);
    let watch = if learns { watch.keeping_examples() } else { watch };
    session.validate(Some(&watch))?;
    let (mut seen, refused) = watch.finish_with_examples();
    let report = &mut session.report;
    let Checked { payloads, valid, skipped, bytes, .. } = report.checked;
    (seen.payloads, seen.valid, seen.skipped, seen.bytes) = (payloads, valid, skipped, bytes);
    seen.skipped_files = report.skipped_files;
    seen.not_validated = std::mem::take(&mut report.not_validated);
    let problem = |problem: Problem| (problem.origin, problem.message);
    seen.problems = std::mem::take(&mut report.problems).into_iter().map(problem).collect();
    seen.problems.sort();
    seen.causes = SavedGroups::of(&report.groups);
    Ok((seen, refused))
}

/// The profiles together.
fn merged(command: &Drift, contract: &str) -> Result<Profile, Error> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut all = Profile::new(contract);
    let mut taken = Vec::new();
    for path in &command.validate.inputs.paths {
        if interrupt::pressed() {
            break;
        }
        if taken.contains(&real(path)) {
            let location = path_text(path).into_owned();
            return Err(Error::new(
                ErrorKind::Usage,
                location,
                "given twice; traffic would be counted twice",
            ));
        }
        taken.push(real(path));
        all.merge(profile(path, contract)?);
    }
    Ok(all)
}

/// Adds everything to the report: what was found in payloads, with its shares, and what is claimed of all of
/// them. One run and profiles that are merged come along here alike.
fn gather(
    session: &mut Session,
    seen: &Profile,
    mut found: Vec<Finding>,
    global: GlobalArgs,
) -> Result<(), Error> {
    let report = &mut session.report;
    let not_validated = seen.not_validated.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.count));
    report.not_validated.clone_from(&seen.not_validated);
    report.skipped_files = seen.skipped_files;
    report.checked = Checked {
        payloads: seen.payloads,
        valid: seen.valid,
        invalid: seen.payloads.saturating_sub(seen.valid).saturating_sub(not_validated),
        not_validated,
        skipped: seen.skipped,
        bytes: seen.bytes,
    };
    let problem = |(origin, message): &(String, String)| Problem {
        origin: origin.clone(),
        message: message.clone(),
        line: None,
    };
    report.problems = seen.problems.iter().map(problem).collect();
    if seen.observed == 0 && report.checked.validated() > 0 && seen.problems.is_empty() {
        let message = "not a response of the contract; its properties were not counted".to_owned();
        report.problems.push(Problem { origin: "all that was read".to_owned(), message, line: None });
    }
    if seen.beyond > 0 {
        let what = "values of properties were not counted: there are more than 20,000 properties";
        note(global.quiet, &format!("{} {what}", seen.beyond));
    }
    report.groups = seen.causes.clone().into_groups(clients_contract::rules());
    report.suppressed = session.policy.apply_to(&mut report.groups);
    add_shares(&mut report.groups, seen);
    let of_all = session.policy.apply(&mut found);
    Suppressed::merge(&mut report.suppressed, &of_all);
    report.groups.add_whole(&found, seen.observed);
    if session.reports_payloads() && seen.observed > 0 {
        let origin = Origin::file("<traffic>");
        session.report_payload(&PayloadReport {
            origin: &origin,
            valid: session.report.checked.invalid == 0,
            not_validated: None,
            findings: &found,
            unlisted: 0,
            incomplete: None,
            suppressed: &of_all,
        })?;
    }
    Ok(())
}

fn table(
    session: &mut Session,
    command: &Drift,
    documents: &Documents,
    seen: &Profile,
    coverage: &Coverage,
    global: GlobalArgs,
) -> Result<(), Error> {
    let verbose = global.verbose;
    session.write_before("text", |out| {
        write_table(documents, seen, &command.fields, out)?;
        write_line(out, "")?;
        write_line(out, format!("coverage {}", coverage.summary()))?;
        let missing = coverage.missing();
        let most = if verbose { missing.len() } else { MAX_MISSING };
        for (part, name) in missing.iter().take(most) {
            let what = match part {
                Part::Field => "never seen",
                Part::Member => "never a value",
                Part::Null => "never null",
                Part::Empty => "never empty",
            };
            write_line(out, format!("  {what}: {name}"))?;
        }
        if missing.len() > most {
            write_line(out, format!("  and {} more (-v lists all)", missing.len() - most))?;
        }
        write_line(out, "")
    })
}

fn write(mut output: Output, flag: &str, text: Result<String, serde_json::Error>) -> Result<(), Error> {
    let text =
        text.map_err(|error| Error::new(ErrorKind::Output, flag, "cannot be written").because(error))?;
    output.write(|out| out.write_all(text.as_bytes()))?;
    output.finish()
}
