//! How does one run over all its inputs go?

use std::path::PathBuf;

use clients_contract::finding::{Baseline, Policy};
use clients_contract::payload::{self, Item, Opened, Payload, Skipped};
use clients_contract::report::{Accepted, Format, Options, Render, Report, Told};
use clients_contract::validate::Sequence;
use clients_contract::{Error, Origin, Validator};

use super::Manner;
use super::validate::Source;
use crate::exit::Exit;
use crate::interrupt::{self, Stdin};
use crate::output::{Output, describe, note};
use crate::progress::Progress;
use crate::reports::Reports;

/// A baseline that is to be written at the end.
pub struct NewBaseline {
    pub path: PathBuf,
    pub output: Output,
    /// What the file said before.
    pub earlier: Option<Baseline>,
}

/// Entries of captures that were not judged: the first of them named, all of them counted.
#[derive(Default)]
pub struct PassedOver {
    count: u64,
    named: Vec<String>,
}

impl PassedOver {
    const MOST_NAMED: usize = 3;

    fn add(&mut self, skipped: &Skipped, progress: &Progress, manner: Manner) {
        self.count += 1;
        if manner.verbose {
            let text = format!("skipped {}: {}: {}", skipped.origin, skipped.what, skipped.why);
            progress.say(|| note(false, &text));
        } else if self.named.len() < Self::MOST_NAMED && !self.named.contains(&skipped.what) {
            self.named.push(skipped.what.clone());
        }
    }

    fn tell(&self, manner: Manner) {
        if self.count > 0 && !manner.verbose {
            let entries = if self.count == 1 { "entry" } else { "entries" };
            let named = self.named.join(", ");
            let more = "(-v names all of them and says why)";
            note(manner.quiet, &format!("skipped {} {entries} of captures: {named} {more}", self.count));
        }
    }
}

/// One run over all its inputs.
pub struct Judging {
    pub validator: Validator,
    pub sequence: Sequence,
    pub policy: Policy,
    pub new_baseline: Option<NewBaseline>,
    pub report: Report,
    pub output: Output,
    pub reports: Reports,
    pub format: &'static Format,
    pub options: Options,
    pub show_values: bool,
    /// Whether any report shows examples.
    pub examples: bool,
    /// Whether what cannot be judged is told by the results alone.
    pub problems_at_end: bool,
    pub progress: Progress,
    pub reading: payload::Options,
    pub passed_over: PassedOver,
    pub manner: Manner,
}

impl Judging {
    /// Judges all that one argument leads to.
    pub fn source(&mut self, source: &Source) -> Result<(), Error> {
        let sources = match source {
            Source::Stdin => {
                let reader = self.progress.reading(Stdin::new());
                return self.opened(payload::open_reader(reader, Origin::stdin(), &self.reading));
            }
            Source::Files(sources) => sources,
        };
        self.report.checked.skipped += sources.skipped;
        for error in &sources.problems {
            self.problem(error);
        }
        for path in &sources.files {
            if self.is_over() {
                break;
            }
            let opened = payload::file(path).and_then(|file| {
                let origin = Origin::file(path.display().to_string());
                payload::open_reader(self.progress.reading(file), origin, &self.reading)
            });
            self.opened(opened)?;
        }
        Ok(())
    }

    fn opened(&mut self, opened: Result<Opened<'_>, Error>) -> Result<(), Error> {
        let items = match opened {
            Ok(opened) => opened.items(),
            Err(error) => {
                self.problem(&error);
                return Ok(());
            }
        };
        for item in items {
            // A body that was being read when Ctrl-C came is not whole.
            if self.is_over() {
                break;
            }
            match item {
                Ok(Item::Payload(payload)) => self.payload(&payload)?,
                Ok(Item::Skipped(skipped)) => {
                    self.report.checked.skipped += 1;
                    self.passed_over.add(&skipped, &self.progress, self.manner);
                }
                Err(error) => self.problem(&error),
            }
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        interrupt::pressed() || self.output.is_closed() && self.reports.is_empty()
    }

    fn payload(&mut self, payload: &Payload) -> Result<(), Error> {
        let mut judgement = self.validator.validate_payload(payload);
        let of_the_sequence = self.sequence.next(payload, &judgement);
        judgement.findings.extend(of_the_sequence);
        self.policy.apply(&mut judgement.findings);
        let told = Told { origin: payload.origin(), valid: judgement.valid, findings: &judgement.findings };
        let (validator, show_values, examples) = (&self.validator, self.show_values, self.examples);
        self.report.add(&told, payload.bytes().len(), |finding| {
            if examples { validator.snippet(payload, finding, show_values) } else { Vec::new() }
        });
        self.reports.payload(&told, self.options)?;
        if let Render::Payload(render) = self.format.render {
            self.output.write(|out| render(&told, self.options, out))?;
            // Whoever reads along sees each line as it comes.
            self.output.flush()?;
        }
        Ok(())
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
        if let Some(baseline) = self.policy.baseline() {
            self.report.accepted = Some(Accepted::of(baseline));
        }
        match self.format.render {
            Render::Report(render) => self.output.write(|out| render(&self.report, self.options, out))?,
            Render::Payload(_) if self.report.checked.payloads == 0 => {
                note(false, "error: nothing was judged, and that is not a pass");
            }
            Render::Payload(_) => {}
        }
        self.output.finish()?;
        self.reports.finish(&self.report, self.options)?;
        self.passed_over.tell(self.manner);
        if self.manner.verbose {
            note(false, &format!("judged by {}", self.report.contract.id));
        }
        if interrupt::pressed() {
            note(false, "interrupted: what was found so far is told, the rest was not judged");
            return Ok(Exit::Interrupted);
        }
        if let Some(baseline) = self.new_baseline {
            return baseline.write(&self.report, self.manner);
        }
        Ok(self.report.outcome().into())
    }
}

impl NewBaseline {
    fn write(self, report: &Report, manner: Manner) -> Result<Exit, Error> {
        let Self { path, mut output, earlier } = self;
        let text = Baseline::accepting(&report.groups, earlier.as_ref())?;
        output.write(|out| out.write_all(text.as_bytes()))?;
        output.finish()?;
        note(manner.quiet, &format!("wrote {}", path.display()));
        // What was found is accepted; what could not be judged is not.
        let judged = report.problems.is_empty() && report.checked.payloads > 0;
        Ok(if judged { Exit::Fine } else { Exit::Incomplete })
    }
}
