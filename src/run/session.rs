//! One run over all its sources.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

use super::baselines::OpenBaselines;
use super::events::{Event, Events};
use super::feed::Feed;
use super::observe::Observe;
use super::outputs::Outputs;
use super::source::{self, Found};
use super::step::Step;
use super::stop::Stop;
use crate::error::{Error, ErrorKind};
use crate::finding::{Policy, Scope, Suppressed, SuppressedBy};
use crate::payload::{self, Payload};
use crate::report::{Accepted, PayloadReport, Report};
use crate::validate::{Links, Sequence, Unlisted, Validation, Validator};

/// A run that is ready: inputs are found, outputs are open, and nothing is read yet.
///
/// [`Run::execute`](super::Run::execute) does all that follows. Somebody who has to do more in between does
/// it step by step: [`Session::validate`] or [`Session::each`], then [`Session::finish`].
pub struct Session {
    /// What was found so far.
    pub report: Report,
    /// Severities and the baseline.
    pub policy: Policy,
    pub(super) inputs: Option<Inputs>,
    pub(super) validator: Validator,
    pub(super) sequence: Sequence,
    pub(super) outputs: Outputs,
    pub(super) baselines: OpenBaselines,
    pub(super) events: Events,
    pub(super) stop: Stop,
    pub(super) wording: fn(&str) -> String,
    pub(super) choices: Choices,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("report", &self.report).finish_non_exhaustive()
    }
}

/// What the run is asked to do otherwise than usual.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "as many choices")]
pub(super) struct Choices {
    /// Whether snippets show values.
    pub(super) show_values: bool,
    /// Whether examples are made even where no report shows them.
    pub(super) examples: bool,
    /// Whether severities and the baseline are left for the end, when all finding groups are known.
    pub(super) defers: bool,
    /// Whether all input is needed even if the reports are no longer read.
    pub(super) keeps_going: bool,
    /// Whether payloads are always held as a whole.
    pub(super) holds: bool,
    /// Whether sources are read in the order of their names.
    pub(super) by_name: bool,
}

/// All input, and how it is read and validated.
pub(super) struct Inputs {
    pub(super) sources: Vec<Found>,
    pub(super) reading: payload::Options,
    pub(super) jobs: usize,
    pub(super) validator: Validator,
    pub(super) events: Events,
    pub(super) stop: Stop,
}

impl Inputs {
    fn each(
        self,
        observer: Option<&dyn Observe>,
        take: impl FnMut(Step) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let Self { sources, reading, jobs, validator, events, stop } = self;
        events.send(&Event::Start { bytes: source::bytes(&sources) });
        let feed =
            Feed { reading: &reading, jobs, validator: &validator, observer, events: &events, stop: &stop };
        feed.each(sources, take)
    }
}

impl Session {
    /// The validator of the run.
    #[must_use]
    pub fn validator(&self) -> &Validator {
        &self.validator
    }

    /// Keeps how the input may belong to what is before or after it, where it is a part of more.
    #[doc(hidden)]
    pub fn keep_links(&mut self) {
        self.sequence.keep_links();
    }

    /// How the input so far may belong to what is before or after it, where it is a part of more.
    #[doc(hidden)]
    #[must_use]
    pub fn links(&self) -> Links {
        self.sequence.links()
    }

    /// Has the run pass if it has no input, such as that of a server without requests.
    pub fn allow_no_input(&mut self) {
        self.report.allow_no_input();
    }

    /// Whether any report is written payload by payload.
    #[must_use]
    pub fn reports_payloads(&self) -> bool {
        self.outputs.report_payloads()
    }

    /// Whether any report has this format.
    #[must_use]
    pub fn reports_in(&self, format: &str) -> bool {
        self.outputs.have(format)
    }

    /// The files of all sources, which can be read again; `None` where something else is among them, such as
    /// a pipe.
    #[must_use]
    pub fn regular_files(&self) -> Option<Vec<PathBuf>> {
        let mut files = Vec::new();
        for source in self.inputs.iter().flat_map(|inputs| &inputs.sources) {
            let Found::Files(found, _) = source else { return None };
            files.extend(found.files.iter().cloned());
        }
        Some(files).filter(|files| files.iter().all(|file| file.is_file()))
    }

    /// Hands each step of the input to `take`, in order, until it returns false. Payloads are validated on
    /// the threads of the run, and nothing is added to the report. All input is read once.
    ///
    /// # Errors
    ///
    /// Those of `take`, and [`ErrorKind::Usage`] when an input turns out to be an output.
    pub fn each(
        &mut self,
        observer: Option<&dyn Observe>,
        take: impl FnMut(Step) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.inputs.take().map_or(Ok(()), |inputs| inputs.each(observer, take))
    }

    /// Validates all input and adds it to the report.
    ///
    /// # Errors
    ///
    /// When a report cannot be written, or an input turns out to be an output. What cannot be read or
    /// validated is a problem in the report.
    pub fn validate(&mut self, observer: Option<&dyn Observe>) -> Result<(), Error> {
        let inputs = self.inputs.take();
        inputs.map_or(Ok(()), |inputs| inputs.each(observer, |step| self.take(step)))
    }

    /// Takes the next step; false if no more are needed.
    fn take(&mut self, step: Step) -> Result<bool, Error> {
        match step {
            Step::Validated(payload, validation, bytes) => self.validated(&payload, validation, bytes)?,
            Step::Skipped(skipped) => {
                self.report.skip(&skipped);
                self.events.send(&Event::Skipped(&skipped));
            }
            Step::Files(count) => self.report.skip_files(count),
            Step::Problem(error) => self.problem(&error),
        }
        // A baseline is about all that there is, whoever reads the output.
        let needed = self.choices.keeps_going || self.baselines.are_written();
        let unread = self.outputs.are_closed() && !needed;
        Ok(!(self.stop.is_stopped() || unread))
    }

    fn validated(&mut self, payload: &Payload, mut validation: Validation, bytes: u64) -> Result<(), Error> {
        let of_the_sequence = self.sequence.next(payload, &validation);
        validation.findings.extend(of_the_sequence);
        let (off, incomplete) = self.unlisted(payload, &mut validation);
        let incomplete = incomplete.as_deref();
        if self.choices.defers {
            self.add(payload, &payload_report(payload, &validation, &[], incomplete), bytes);
            if !self.reports_payloads() {
                return Ok(());
            }
            // What is decided here is not counted: the end decides on all of it again.
            let suppressed = self.policy.clone().apply(&mut validation.findings);
            return self.report_payload(&payload_report(payload, &validation, &suppressed, incomplete));
        }
        let mut suppressed = self.policy.apply(&mut validation.findings);
        for Unlisted { rule, count } in off {
            Suppressed::add(&mut suppressed, rule, SuppressedBy::Off, count, 1);
        }
        let payload_report = payload_report(payload, &validation, &suppressed, incomplete);
        self.add(payload, &payload_report, bytes);
        self.report_payload(&payload_report)
    }

    fn add(&mut self, payload: &Payload, payload_report: &PayloadReport<'_>, bytes: u64) {
        let (validator, Choices { show_values, examples, .. }) = (&self.validator, self.choices);
        self.report.add(payload_report, bytes, |finding| {
            if examples { validator.snippet(payload, finding, show_values) } else { Vec::new() }
        });
    }

    /// Counts the findings that are not listed and reports the run as incomplete; returns those whose rules
    /// are off, and why the payload was not validated to the end.
    fn unlisted(
        &mut self,
        payload: &Payload,
        validation: &mut Validation,
    ) -> (Vec<Unlisted>, Option<String>) {
        let is_off = |unlisted: &mut Unlisted| self.policy.severity(unlisted.rule).is_none();
        let off = validation.unlisted.extract_if(.., is_off).collect();
        for unlisted in &validation.unlisted {
            if let Some(severity) = self.policy.severity(unlisted.rule) {
                self.report.groups.add_unlisted(severity, unlisted.count);
            }
        }
        let incomplete = validation.incomplete();
        if let Some(why) = &incomplete {
            self.problem(&Error::new(ErrorKind::Unsupported, payload.origin().to_string(), why.as_str()));
        }
        (off, incomplete)
    }

    fn problem(&mut self, error: &Error) {
        self.events.send(&Event::Problem(error));
        self.report.problem(error);
        if let Some(problem) = self.report.problems.last_mut() {
            problem.message = (self.wording)(&problem.message);
        }
    }

    /// Writes to the reports that are written payload by payload.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn report_payload(&mut self, payload_report: &PayloadReport<'_>) -> Result<(), Error> {
        self.outputs.payload(payload_report)
    }

    /// Writes text before the first report, if it has this format.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_before(
        &mut self,
        format: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        self.outputs.write_before(format, write)
    }

    /// Writes all reports and the baseline. Of a run that was stopped, the reports show what was found so
    /// far, and baselines stay as they are.
    ///
    /// # Errors
    ///
    /// When one of them cannot be written.
    pub fn finish(mut self) -> Result<Report, Error> {
        if let Some(why) = self.report.groups.incomplete() {
            self.problem(&Error::new(ErrorKind::Unsupported, "findings", why));
        }
        self.report.accepted = self.policy.baseline().map(Accepted::of);
        self.report.interrupted = self.stop.is_stopped();
        self.outputs.finish(&self.report)?;
        if self.report.interrupted {
            return Ok(self.report);
        }
        // Rules about many payloads as a whole are checked by whoever decides at the end.
        let whole = self.choices.defers;
        let checks = |scope| scope != Scope::Change && (whole || scope != Scope::Corpus);
        self.baselines.write(&mut self.report, &self.policy, checks, &self.events)?;
        Ok(self.report)
    }
}

/// A payload and what was found in it, for the formats.
fn payload_report<'p>(
    payload: &'p Payload,
    validation: &'p Validation,
    suppressed: &'p [Suppressed],
    incomplete: Option<&'p str>,
) -> PayloadReport<'p> {
    PayloadReport {
        origin: payload.origin(),
        valid: validation.valid,
        not_validated: validation.not_validated,
        findings: &validation.findings,
        unlisted: validation.unlisted.iter().map(|unlisted| unlisted.count).sum(),
        incomplete,
        suppressed,
    }
}
