//! Runs: sources in, payloads validated, findings reported.
//!
//! A [`Run`] is what the tool's `validate` does, for a test, a service or another tool: it reads files,
//! directories, patterns, streams and live instances in order, validates payloads on many threads, groups
//! findings, applies a baseline, and writes reports.
//!
//! ```
//! use clients_contract::contract;
//! use clients_contract::report::Outcome;
//! use clients_contract::run::Run;
//!
//! let report = Run::new(contract::usual())
//!     .source("fixtures/valid")
//!     .source("fixtures/invalid/null-value")
//!     .jobs(4)
//!     .execute()?;
//! assert_eq!(report.outcome(), Outcome::Fail);
//! for group in report.groups.sorted() {
//!     println!("{} at {}: {} times", group.rule.id, group.pointer, group.count);
//! }
//! # Ok::<(), clients_contract::Error>(())
//! ```
//!
//! Memory is bounded whatever the input; the order of everything reported does not depend on the number of
//! threads.

#[doc(hidden)]
pub mod files;

mod baselines;
mod chunks;
mod events;
mod feed;
#[cfg(feature = "drift")]
#[doc(hidden)]
pub mod history;
mod input;
mod observe;
mod output;
mod outputs;
mod pages;
mod parts;
#[cfg(feature = "redact")]
mod redaction;
mod session;
mod source;
mod step;
mod stop;

pub use baselines::Baselines;
#[doc(hidden)]
pub use baselines::{OpenBaselines, baseline_schema};
pub use events::{Event, Events};
#[doc(hidden)]
pub use feed::STACK;
#[doc(hidden)]
pub use files::Files;
pub use observe::Observe;
#[doc(hidden)]
pub use output::Output;
#[doc(hidden)]
pub use outputs::Outputs;
pub use outputs::{Destination, Shown};
#[cfg(feature = "redact")]
pub use redaction::{Redacted, Redaction, SearchedFiles, search_files};
pub use session::Session;
pub use source::Source;
pub use step::Step;
pub use stop::Stop;

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread;

use crate::contract::{self, Contract};
use crate::error::Error;
use crate::finding::{Groups, Policy, Rule, Severity};
use crate::payload::{self, BeforeBeside};
use crate::report::{ContractId, Report};
use crate::validate::{Engine, Validator};
use session::{Choices, Inputs};
use source::Found;

/// Input shorter than this is validated by one thread by default.
const MIN_BYTES_FOR_THREADS: u64 = 1 << 20;

/// A run over sources; see the [module](self).
#[derive(Debug)]
pub struct Run<'c> {
    contract: Option<&'c Contract>,
    against: ContractId,
    validator: Validator,
    sources: Vec<Source>,
    reading: payload::Options,
    jobs: Option<NonZeroUsize>,
    policy: Policy,
    baselines: Baselines,
    fail_on: Option<Severity>,
    reports: Vec<(String, Destination)>,
    shown: Shown,
    category: Option<String>,
    choices: Choices,
    files: Files,
    events: Events,
    stop: Stop,
}

impl<'c> Run<'c> {
    /// A run that validates against a contract, and reads its responses in captures.
    #[must_use]
    pub fn new(contract: &'c Contract) -> Self {
        let id = ContractId { id: contract.id.clone(), version: contract.version.clone() };
        Self { contract: Some(contract), ..Self::with_validator("", contract.validator().clone()) }
            .against(id)
    }

    /// A run that validates by this validator, which reports name so, and reads all responses in captures.
    #[must_use]
    pub fn with_validator(name: &str, validator: Validator) -> Self {
        Self {
            contract: None,
            against: ContractId { id: name.to_owned(), version: None },
            validator,
            sources: Vec::new(),
            reading: payload::Options::default(),
            jobs: None,
            policy: Policy::default(),
            baselines: Baselines::default(),
            fail_on: Some(Severity::Error),
            reports: Vec::new(),
            shown: Shown::default(),
            category: None,
            choices: Choices::default(),
            files: Files::default(),
            events: Events::default(),
            stop: Stop::default(),
        }
    }

    /// Validates by this validator; captures and instances are still read as those of the contract.
    #[must_use]
    pub fn validator(self, validator: Validator) -> Self {
        Self { validator, ..self }
    }

    /// What payloads are validated against, as reports name it.
    #[must_use]
    pub fn against(self, against: ContractId) -> Self {
        Self { against, ..self }
    }

    /// Adds a source: a path, a directory, a pattern, or any other [`Source`].
    #[must_use]
    pub fn source(mut self, source: impl Into<Source>) -> Self {
        self.sources.push(source.into());
        self
    }

    /// Adds sources.
    #[must_use]
    pub fn sources(mut self, sources: impl IntoIterator<Item = impl Into<Source>>) -> Self {
        self.sources.extend(sources.into_iter().map(Into::into));
        self
    }

    /// Reads all sources in the order of their names, not in the order in which they were added.
    #[must_use]
    pub fn by_name(mut self) -> Self {
        self.choices.by_name = true;
        self
    }

    /// How payloads are read. Without a selection, those of the contract are; `pass_large` and
    /// `before_beside` are set by the run.
    #[must_use]
    pub fn reading(self, reading: payload::Options) -> Self {
        Self { reading, ..self }
    }

    /// Holds every payload as a whole, for observers that need its bytes, where otherwise large ones are
    /// validated while they are read.
    #[must_use]
    pub fn holding(mut self) -> Self {
        self.choices.holds = true;
        self
    }

    /// The number of threads that validate; all processors if the input is worth it, and the number is not
    /// set or 0.
    #[must_use]
    pub fn jobs(self, jobs: usize) -> Self {
        Self { jobs: NonZeroUsize::new(jobs), ..self }
    }

    /// Severities of rules; a [baseline](Self::baseline) comes on top of it.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// The severity of the findings of a rule; `None` switches it off.
    #[must_use]
    pub fn severity(mut self, rule: &Rule, severity: Option<Severity>) -> Self {
        self.policy.set(rule, severity);
        self
    }

    /// The minimum severity of findings on which the run fails: errors unless it is set; `None` for none.
    #[must_use]
    pub fn fail_on(self, severity: Option<Severity>) -> Self {
        Self { fail_on: severity, ..self }
    }

    /// Suppresses the findings that the baseline in this file accepts.
    #[must_use]
    pub fn baseline(mut self, path: impl Into<PathBuf>) -> Self {
        self.baselines.path = Some(path.into());
        self
    }

    /// Removes the entries of the baseline that matched nothing, if everything was validated.
    #[must_use]
    pub fn prune_baseline(mut self) -> Self {
        self.baselines.prunes = true;
        self
    }

    /// Accepts what is found, in this file and instead of any other baseline.
    #[must_use]
    pub fn write_baseline(mut self, path: impl Into<PathBuf>) -> Self {
        self.baselines.new = Some(path.into());
        self
    }

    /// What is done with baselines, in one.
    #[must_use]
    pub fn baselines(self, baselines: Baselines) -> Self {
        Self { baselines, ..self }
    }

    /// Writes a report in the [format](crate::report::FORMATS) of this name.
    #[must_use]
    pub fn report(mut self, format: &str, destination: impl Into<Destination>) -> Self {
        self.reports.push((format.to_owned(), destination.into()));
        self
    }

    /// What reports show, and how they call settings.
    #[must_use]
    pub fn show(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    /// Shows values in snippets, not only their types. Outputs are readable by their owner alone.
    #[must_use]
    pub fn show_values(mut self, show: bool) -> Self {
        self.choices.show_values = show;
        self
    }

    /// The category of the analysis in SARIF.
    #[must_use]
    pub fn category(self, category: Option<String>) -> Self {
        Self { category, ..self }
    }

    /// Groups findings before severity overrides and the baseline, for callers that apply them to finding
    /// groups when all of them are known: see [`Policy::apply_to`].
    #[must_use]
    pub fn deferred(mut self) -> Self {
        self.choices.defers = true;
        self
    }

    /// Makes examples although no report shows them.
    #[must_use]
    pub fn with_examples(mut self) -> Self {
        self.choices.examples = true;
        self
    }

    /// Reads all input even if the reports are no longer read.
    #[must_use]
    pub fn keeping_on(mut self) -> Self {
        self.choices.keeps_going = true;
        self
    }

    /// The files that are read and written, where more are than those of the run.
    #[doc(hidden)]
    #[must_use]
    pub fn files(self, files: &Files) -> Self {
        Self { files: files.clone(), ..self }
    }

    /// Receives events, for progress and messages.
    #[must_use]
    pub fn events(self, events: &Events) -> Self {
        Self { events: events.clone(), ..self }
    }

    /// The handle that ends the run early.
    #[must_use]
    pub fn stop(self, stop: &Stop) -> Self {
        Self { stop: stop.clone(), ..self }
    }

    /// Does it all.
    ///
    /// # Errors
    ///
    /// When the run could not start, or a report could not be written. What could not be read or validated is
    /// a problem in the report, and makes its [outcome](Report::outcome) incomplete.
    pub fn execute(self) -> Result<Report, Error> {
        let mut session = self.open()?;
        thread::scope(|scope| {
            let work = || session.validate(None);
            let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
            worker.map_err(feed::no_thread)?.join().unwrap_or_else(|panic| resume_unwind(panic))
        })?;
        session.finish()
    }

    /// Finds all inputs and opens all outputs.
    ///
    /// # Errors
    ///
    /// [`Usage`](crate::ErrorKind::Usage) when an output would overwrite an input or another output, for an
    /// unknown format, and for a baseline that cannot be read; [`Output`](crate::ErrorKind::Output) when an
    /// output cannot be written.
    pub fn open(mut self) -> Result<Session, Error> {
        let files = &self.files;
        if self.choices.show_values {
            files.hold_values();
        }
        let found: Vec<Found> = self.sources.into_iter().map(|source| source.find(files)).collect();
        let own = self.contract.map_or(&[][..], |contract| contract.rules);
        let rules = contract::rules().chain(own.iter().copied()).collect();
        let baselines = self.baselines.open(rules, &mut self.policy, files)?;
        let outputs = Outputs::open(self.reports, self.shown, files)?;
        #[cfg(feature = "live")]
        let found = found
            .into_iter()
            .map(|source| source.connect(self.contract, files))
            .collect::<Result<Vec<_>, _>>()?;
        let jobs = jobs(self.jobs, &found);
        let mut reading = self.reading;
        reading.pass_large = !self.choices.holds && self.validator.engine_in_use().0 == Engine::Stream.name();
        let read = files.clone();
        reading.before_beside = BeforeBeside::new(move |path| read.read_beside(path));
        reading.selection = reading.selection.or_else(|| self.contract.map(Contract::selection));
        let mut report = Report::new(self.against, self.fail_on);
        report.category = self.category;
        if self.choices.defers {
            report.groups = Groups::mergeable();
        }
        self.choices.examples |= outputs.show_examples();
        let inputs = Inputs {
            sources: if self.choices.by_name { source::by_name(found) } else { found },
            reading,
            jobs,
            validator: self.validator.clone(),
            events: self.events.clone(),
            stop: self.stop.clone(),
        };
        Ok(Session {
            report,
            policy: self.policy,
            inputs: Some(inputs),
            sequence: self.validator.sequence(),
            validator: self.validator,
            outputs,
            baselines,
            events: self.events,
            stop: self.stop,
            wording: self.shown.options.wording,
            choices: self.choices,
        })
    }
}

/// How many threads validate these sources.
fn jobs(requested: Option<NonZeroUsize>, sources: &[Found]) -> usize {
    // Threads do not pay for what one reads in a moment, nor for what is long in coming.
    let is_live = sources.iter().all(Found::is_live);
    let bytes = source::bytes(sources);
    let is_worth = !is_live && bytes.is_none_or(|bytes| bytes >= MIN_BYTES_FOR_THREADS);
    let all = || thread::available_parallelism().ok().filter(|_| is_worth);
    requested.or_else(all).map_or(1, NonZeroUsize::get)
}
