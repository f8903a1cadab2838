//! Generates payloads that violate the contract at one known location.

use std::fs;
use std::path::Path;

use clap::Args;
use clients_contract::generate::{BrokenPayload, Catalogue, Choices, Generator, LabelledPayload, Target};
use clients_contract::run::Output;
use clients_contract::untrusted::{path_text, to_compact_json, to_pretty_json};
use clients_contract::{Error, ErrorKind, Finding, Pointer, Rule, Validator};
use serde_json::{Value, json};

use super::assignments::Assignments;
use super::ended;
use crate::commands::subject::Subject;
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::output::{self, note};

/// What to break.
#[derive(Debug, Args)]
pub struct Breaking {
    /// Generate payloads with exactly one violation each, labelled with rule and location
    ///
    /// NDJSON lines are {"rule","pointer","what","payload"}, or {"rule","pointer","what","body"} if the body
    /// is not JSON. Files: the payload, and beside it NAME.violation.json.
    #[arg(long)]
    invalid: bool,
    /// Generate every violation of every subschema once, in small payloads (NDJSON, always the same)
    #[arg(long, conflicts_with_all = ["seed", "number", "items", "presets", "size"])]
    exhaustive: bool,
    /// Violate only this rule; may be repeated
    #[arg(long, value_name = "RULE", value_parser = rule)]
    rule: Vec<&'static str>,
    /// Write the violating bodies without labels
    #[arg(long)]
    unlabelled: bool,
}

fn rule(id: &str) -> Result<&'static str, String> {
    let rule: Result<&'static Rule, _> = id.parse();
    rule.map(|rule| rule.id).map_err(|error| error.to_string())
}

impl Breaking {
    /// Whether violations are requested.
    pub fn requested(&self) -> bool {
        self.invalid || self.exhaustive || self.unlabelled || !self.rule.is_empty()
    }

    /// Whether every violation is to be generated once.
    pub fn is_exhaustive(&self) -> bool {
        self.exhaustive
    }
}

/// Random violations of generated payloads, or all of the smallest.
#[derive(Clone, Copy)]
pub struct ViolationRequest<'a> {
    pub breaking: &'a Breaking,
    pub subject: &'a Subject,
    pub assignments: &'a Assignments,
    pub number: u64,
    /// Makes the payloads to break.
    pub payloads: &'a dyn Fn() -> Result<Generator, Error>,
    pub seed: u64,
}

/// Maximum number of targets tried for one payload: some targets of a user's schema cannot be violated alone.
const TRIES: usize = 200;
/// Tries of one payload take no more bytes than this.
const MAX_JUDGED: usize = 256 << 20;

pub fn run(
    requested: ViolationRequest<'_>,
    folder: Option<&Path>,
    output: Option<&Path>,
    global: GlobalArgs,
) -> Result<Exit, Error> {
    let ViolationRequest { breaking, subject, assignments, number, payloads, seed } = requested;
    let rules = &breaking.rule;
    let whole = subject.catalogue()?;
    if let Some(position) = whole.stopped() {
        note(
            false,
            &format!(
                "{}#{position}: limit reached; schema locations from here on are not violated",
                subject.name()
            ),
        );
    }
    let catalogue = whole.filter(|target| rules.is_empty() || rules.contains(&target.rule().id));
    if catalogue.targets().is_empty() {
        let position = format!("--rule {}", rules.join(" --rule "));
        let message =
            "no single payload violates it: the rule is about several payloads, two schemas, or a capture";
        return Err(Error::new(ErrorKind::Usage, position, message));
    }
    let mut least = catalogue.base().clone();
    assignments.put_into(&mut least);
    let breaker =
        Breaker { catalogue: catalogue.with_base(least), validator: subject.validator()?, assignments };
    let mut to = To::open(folder, output, number, breaking.unlabelled)?;
    if breaking.exhaustive {
        let mut left_out = 0_u64;
        for target in breaker.catalogue.targets() {
            match breaker.smallest(target) {
                Some(violation) if !to.take(&violation)? || interrupt::pressed() => break,
                Some(_) => {}
                None => left_out += 1,
            }
        }
        if left_out > 0 {
            let ways = breaker.catalogue.targets().len();
            note(
                global.quiet,
                &format!("skipped {left_out} of {ways} violations: each would also violate another rule"),
            );
        }
    } else {
        for (count, payload) in (0..number).zip(payloads()?) {
            let mut choices = Choices::seeded(seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            if !to.take(&breaker.any(payload, &mut choices)?)? || interrupt::pressed() {
                break;
            }
        }
    }
    to.finish(global)
}

/// Generates violations that match their labels exactly.
struct Breaker<'a> {
    catalogue: Catalogue,
    validator: Validator,
    assignments: &'a Assignments,
}

impl Breaker<'_> {
    /// A violation in the payload; in the smallest one where something else of the payload (a page's numbers)
    /// would no longer agree with what is broken.
    fn any(&self, mut payload: Value, choices: &mut Choices) -> Result<LabelledPayload, Error> {
        self.assignments.set(&mut payload);
        let (mut tries, mut left) = (0..TRIES, MAX_JUDGED);
        let size = payload.to_string().len();
        let made = tries.find_map(|_| {
            left = left.checked_sub(size)?;
            let target = self.catalogue.pick(choices)?;
            let violation = self.catalogue.violate(target, &payload, choices);
            violation.and_then(|violation| self.checked(violation)).or_else(|| self.smallest(target))
        });
        made.ok_or_else(|| {
            let message = "no payload could be made with a violation at this one location only";
            Error::new(ErrorKind::Unsupported, "--invalid", message)
        })
    }

    /// The target in the smallest payload, if it is hit alone there.
    fn smallest(&self, target: &Target) -> Option<LabelledPayload> {
        self.catalogue.smallest_for(target).and_then(|violation| self.checked(violation))
    }

    /// The violation, if the validator finds what its label names and nothing else. Members that are assigned
    /// have their value also in what was added on the way, unless that removes the violation.
    fn checked(&self, violation: LabelledPayload) -> Option<LabelledPayload> {
        let assigned = match &violation.payload {
            BrokenPayload::Json(value) if !self.assignments.is_empty() => {
                let mut value = value.clone();
                self.assignments.put_into(&mut value);
                let mut assigned = violation.clone();
                assigned.payload = BrokenPayload::Json(value);
                Some(assigned)
            }
            _ => None,
        };
        assigned.into_iter().chain([violation]).find(|violation| {
            let findings = self.validator.validate(violation.payload.to_text().as_bytes()).findings;
            // One for each keyword that is broken there.
            let labelled = |one: &Finding| one.rule == violation.rule && one.pointer == violation.pointer;
            !findings.is_empty() && findings.iter().all(labelled)
        })
    }
}

/// Where violations are written.
enum Sink<'a> {
    Folder { folder: &'a Path, written: u64, digits: usize },
    One(Output),
}

/// Writes violations, with their labels or without.
struct To<'a> {
    sink: Sink<'a>,
    unlabelled: bool,
}

impl<'a> To<'a> {
    fn open(
        folder: Option<&'a Path>,
        output: Option<&Path>,
        number: u64,
        unlabelled: bool,
    ) -> Result<Self, Error> {
        let Some(folder) = folder else {
            return Ok(Self { sink: Sink::One(output::open(output)?), unlabelled });
        };
        fs::create_dir_all(folder).map_err(|error| {
            Error::new(ErrorKind::Output, path_text(folder).into_owned(), "cannot be created").because(error)
        })?;
        let sink = Sink::Folder { folder, written: 0, digits: number.to_string().len().max(5) };
        Ok(Self { sink, unlabelled })
    }

    /// Writes a violation; false when the reader has closed the stream.
    fn take(&mut self, violation: &LabelledPayload) -> Result<bool, Error> {
        match &mut self.sink {
            Sink::One(output) => {
                let line = if self.unlabelled { violation.payload.to_text() } else { line(violation) };
                output.write(|out| writeln!(out, "{line}"))?;
                Ok(!output.is_closed())
            }
            Sink::Folder { folder, written, digits } => {
                *written += 1;
                let name = format!("violation-{written:0digits$}");
                let text = match &violation.payload {
                    BrokenPayload::Json(value) => to_pretty_json(value) + "\n",
                    BrokenPayload::Text(text) => text.clone(),
                };
                write(&folder.join(format!("{name}.json")), &text)?;
                if !self.unlabelled {
                    let label =
                        format!("{}}}\n", label(violation.rule.id, &violation.pointer, &violation.what));
                    write(&folder.join(format!("{name}.violation.json")), &label)?;
                }
                Ok(true)
            }
        }
    }

    fn finish(self, global: GlobalArgs) -> Result<Exit, Error> {
        match self.sink {
            Sink::One(output) => output.finish()?,
            Sink::Folder { folder, written, .. } => {
                let labels = if self.unlabelled { "" } else { " and their labels" };
                note(global.quiet, &format!("wrote {written} payloads{labels} to {}", path_text(folder)));
            }
        }
        Ok(ended())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let mut output = output::open(Some(path))?;
    output.write(|out| out.write_all(text.as_bytes()))?;
    output.finish()
}

/// The label, without its closing brace.
fn label(rule: &str, pointer: &Pointer, what: &str) -> String {
    let [rule, pointer, what] = [rule, &pointer.to_string(), what].map(|text| to_compact_json(&json!(text)));
    format!("{{\"rule\":{rule},\"pointer\":{pointer},\"what\":{what}")
}

/// One violation as a line, with keys in reading order.
fn line(violation: &LabelledPayload) -> String {
    let label = label(violation.rule.id, &violation.pointer, &violation.what);
    match &violation.payload {
        BrokenPayload::Json(value) => format!("{label},\"payload\":{}}}", to_compact_json(value)),
        BrokenPayload::Text(text) => format!("{label},\"body\":{}}}", to_compact_json(&json!(text))),
    }
}
