//! How does one run over all its inputs go?

use clients_contract::drift::Watch;
use clients_contract::finding::{Policy, Scope, Suppressed, SuppressedBy};
use clients_contract::payload::{self, Payload, Skipped};
use clients_contract::report::{Accepted, Format, Render, Report, Told};
use clients_contract::validate::{Sequence, Unlisted};
use clients_contract::{Error, ErrorKind, Judgement, Validator};

use super::Manner;
use super::baselines::{NewBaseline, Pruning};
use super::feed::{Feed, Step};
use super::sources::Source;
use crate::exit::Exit;
use crate::interrupt;
use crate::output::{Output, describe, note};
use crate::progress::Progress;
use crate::reports::{Reports, Shown};

/// Entries of captures that were not judged: the first of them named, all of them counted.
#[derive(Default)]
pub struct PassedOver {
    count: u64,
    named: Vec<String>,
}

impl PassedOver {
    const MOST_NAMED: usize = 3;

    pub fn add(&mut self, skipped: &Skipped, progress: &Progress, manner: Manner) {
        if !skipped.is_entry() {
            let text = format!("note: {}: {}", skipped.origin, skipped.why);
            return progress.say(|| note(manner.quiet, &text));
        }
        self.count += 1;
        if manner.verbose {
            let text = format!("skipped {}: {}: {}", skipped.origin, skipped.what, skipped.why);
            progress.say(|| note(false, &text));
        } else if self.named.len() < Self::MOST_NAMED && !self.named.contains(&skipped.what) {
            self.named.push(skipped.what.clone());
        }
    }

    pub fn tell(&self, manner: Manner) {
        if self.count > 0 && !manner.verbose {
            let entries = if self.count == 1 { "entry" } else { "entries" };
            let named = self.named.join(", ");
            let more = "(-v names all of them and says why)";
            note(manner.quiet, &format!("skipped {} {entries} of captures: {named} {more}", self.count));
        }
    }
}

/// One run over all its inputs.
#[expect(clippy::struct_excessive_bools, reason = "as many decisions of the flags")]
pub struct Judging {
    pub validator: Validator,
    pub sequence: Sequence,
    pub policy: Policy,
    pub new_baseline: Option<NewBaseline>,
    pub report: Report,
    pub output: Output,
    pub reports: Reports,
    pub format: &'static Format,
    pub shown: Shown,
    pub pruning: Option<Pruning>,
    pub show_values: bool,
    /// Whether any report shows examples.
    pub examples: bool,
    /// Whether what cannot be judged is told by the results alone.
    pub problems_at_end: bool,
    pub progress: Progress,
    pub passed_over: PassedOver,
    pub manner: Manner,
    /// Whether severities and the baseline are left for the end, when all causes are known.
    pub decides_at_end: bool,
    /// Whether somebody wants to know what was seen though nobody reads what is told.
    pub is_kept: bool,
}

impl Judging {
    /// Judges all input, by so many threads, and lets `watch` look at it.
    pub fn judge(
        &mut self,
        sources: Vec<Source>,
        reading: &payload::Options,
        jobs: usize,
        watch: Option<&Watch<'_>>,
    ) -> Result<(), Error> {
        let (validator, progress) = (self.validator.clone(), self.progress.clone());
        let feed = Feed { reading, progress: &progress, validator: &validator, watch };
        feed.judge(sources, jobs, |step| self.take(step))
    }

    /// Takes what comes next; false when nobody wants to hear more.
    fn take(&mut self, step: Step) -> Result<bool, Error> {
        match step {
            Step::Judged(payload, judgement, bytes) => self.judged(&payload, judgement, bytes)?,
            Step::Skipped(skipped) => {
                self.report.checked.skipped += 1;
                self.passed_over.add(&skipped, &self.progress, self.manner);
            }
            Step::Files(count) => self.report.checked.skipped += count,
            Step::Problem(error) => self.problem(&error),
        }
        // A baseline is about all that there is, whoever reads the output.
        let wanted = self.is_kept || self.new_baseline.is_some() || self.pruning.is_some();
        let unread = self.output.is_closed() && self.reports.is_empty() && !wanted;
        Ok(!(interrupt::pressed() || unread))
    }

    fn judged(&mut self, payload: &Payload, mut judgement: Judgement, bytes: u64) -> Result<(), Error> {
        let of_the_sequence = self.sequence.next(payload, &judgement);
        judgement.findings.extend(of_the_sequence);
        let (off, incomplete) = self.unlisted(payload, &mut judgement);
        if self.decides_at_end {
            return self.gathered(payload, judgement, incomplete.as_deref(), bytes);
        }
        let mut suppressed = self.policy.apply(&mut judgement.findings);
        for Unlisted { rule, count } in off {
            Suppressed::add(&mut suppressed, rule, SuppressedBy::Off, count, 1);
        }
        let told = told(payload, &judgement, &suppressed, incomplete.as_deref());
        let (validator, show_values, examples) = (&self.validator, self.show_values, self.examples);
        self.report.add(&told, bytes, |finding| {
            if examples { validator.snippet(payload, finding, show_values) } else { Vec::new() }
        });
        self.tell_payload(&told)
    }

    /// Counts the findings that are not listed and reports the run as incomplete; returns those whose rules are off, and why
    /// the payload was not validated to the end.
    fn unlisted(&mut self, payload: &Payload, judgement: &mut Judgement) -> (Vec<Unlisted>, Option<String>) {
        let is_off = |unlisted: &mut Unlisted| self.policy.severity(unlisted.rule).is_none();
        let off = judgement.unlisted.extract_if(.., is_off).collect();
        for unlisted in &judgement.unlisted {
            if let Some(severity) = self.policy.severity(unlisted.rule) {
                self.report.groups.add_unlisted(severity, unlisted.count);
            }
        }
        let incomplete = judgement.incomplete();
        if let Some(why) = &incomplete {
            self.problem(&Error::new(ErrorKind::Unsupported, payload.origin().to_string(), why.as_str()));
        }
        (off, incomplete)
    }

    /// The same where causes are gathered before anybody decides on them.
    fn gathered(
        &mut self,
        payload: &Payload,
        mut judgement: Judgement,
        incomplete: Option<&str>,
        bytes: u64,
    ) -> Result<(), Error> {
        let gathered = told(payload, &judgement, &[], incomplete);
        let (validator, show_values, examples) = (&self.validator, self.show_values, self.examples);
        self.report.add(&gathered, bytes, |finding| {
            if examples { validator.snippet(payload, finding, show_values) } else { Vec::new() }
        });
        if !self.tells_payloads() {
            return Ok(());
        }
        // What is decided here is not counted: the end decides on all of it again.
        let suppressed = self.policy.clone().apply(&mut judgement.findings);
        self.tell_payload(&told(payload, &judgement, &suppressed, incomplete))
    }

    /// Tells a payload to the formats that are written as payloads come.
    pub fn tell_payload(&mut self, told: &Told<'_>) -> Result<(), Error> {
        self.reports.payload(told, self.shown)?;
        if let Render::Payload(render) = self.format.render {
            self.output.write(|out| render(told, self.shown.by(self.format), out))?;
            // Whoever reads along sees each line as it comes.
            self.output.flush()?;
        }
        Ok(())
    }

    /// Whether any format is written as payloads come.
    pub fn tells_payloads(&self) -> bool {
        matches!(self.format.render, Render::Payload(_)) || self.reports.tell_payloads()
    }

    /// What cannot be judged is said at once, and again in the report, unless both come to one terminal.
    fn problem(&mut self, error: &Error) {
        if !self.problems_at_end {
            self.progress.say(|| note(false, &format!("error: {}", describe(error))));
        }
        self.report.problem(error);
    }

    /// Tells what was found and says with which code to end.
    pub fn finish(mut self) -> Result<Exit, Error> {
        self.progress.finish();
        if let Some(why) = self.report.groups.incomplete() {
            self.problem(&Error::new(ErrorKind::Unsupported, "findings", why));
        }
        if let Some(baseline) = self.policy.baseline() {
            self.report.accepted = Some(Accepted::of(baseline));
        }
        match self.format.render {
            Render::Report(render) => {
                self.output.write(|out| render(&self.report, self.shown.by(self.format), out))?;
            }
            Render::Payload(_) if self.report.checked.validated() == 0 => {
                note(false, "error: no payloads were validated");
            }
            Render::Payload(_) => {}
        }
        self.output.finish()?;
        self.reports.finish(&self.report, self.shown)?;
        self.passed_over.tell(self.manner);
        if self.manner.verbose {
            let (engine, why) = self.validator.engine_in_use();
            note(false, &format!("judged by {} with the {engine} engine: {why}", self.report.contract.id));
        }
        if interrupt::pressed() {
            note(false, "interrupted: what was found so far is reported, the rest was not validated");
            return Ok(interrupt::exit());
        }
        if let Some(baseline) = self.new_baseline {
            return baseline.write(&self.report, self.manner);
        }
        if let Some(pruning) = self.pruning {
            // Only drift looks at many payloads as a whole, and decides on them at the end.
            let whole = self.decides_at_end;
            let checks = |scope| scope != Scope::Change && (whole || scope != Scope::Corpus);
            pruning.write(&self.report, &self.policy, checks, self.manner)?;
        }
        Ok(self.report.outcome().into())
    }
}

/// A payload and what was found in it, for the formats.
fn told<'p>(
    payload: &'p Payload,
    judgement: &'p Judgement,
    suppressed: &'p [Suppressed],
    incomplete: Option<&'p str>,
) -> Told<'p> {
    Told {
        origin: payload.origin(),
        valid: judgement.valid,
        not_validated: judgement.not_validated,
        findings: &judgement.findings,
        unlisted: judgement.unlisted.iter().map(|unlisted| unlisted.count).sum(),
        incomplete,
        suppressed,
    }
}
