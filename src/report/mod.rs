//! Report formats, and the report of a run.

mod accepted;
pub mod document;
mod github;
mod gitlab;
mod html;
mod invocation;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod phrase;
mod sarif;
mod text;

pub use accepted::Accepted;
pub use html::write_document;
pub use invocation::{Invocation, shell_command};
pub use json::{ID as REPORT_ID, VERSION as REPORT_VERSION, schema as report_schema};

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

use self::document::{Section, Sides};
use crate::error::{Error, parse_error};
use crate::finding::{Finding, Groups, Severity, Suppressed, did_you_mean};
use crate::origin::Origin;
use crate::payload::{NotValidated, NotValidatedCount, Skipped};

/// A report format. To add one, write its file and list it in [`FORMATS`].
#[derive(Debug)]
pub struct Format {
    /// The name of the format, as [`FromStr`] takes it.
    pub name: &'static str,
    /// One line of help.
    pub help: &'static str,
    /// Whether it shows the example of a group; if no format does, no snippets are made.
    pub examples: bool,
    /// How it is written.
    pub render: Render,
}

/// When a format is written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Render {
    /// Once, from the whole report.
    Report(fn(&Report, Options, &mut dyn Write) -> io::Result<()>),
    /// As it comes, payload by payload.
    Payload(fn(&PayloadReport<'_>, Options, &mut dyn Write) -> io::Result<()>),
}

/// Every format, the default first.
pub static FORMATS: &[&Format] = &[
    &text::FORMAT,
    &json::FORMAT,
    &ndjson::FORMAT,
    &sarif::FORMAT,
    &junit::FORMAT,
    &github::FORMAT,
    &gitlab::FORMAT,
    &markdown::FORMAT,
    &html::FORMAT,
];

parse_error! {
    /// A text that is no name of a format.
    ParseFormatError
}

impl FromStr for &'static Format {
    type Err = ParseFormatError;

    /// The format of this name.
    fn from_str(name: &str) -> Result<Self, ParseFormatError> {
        FORMATS.iter().copied().find(|format| format.name == name).ok_or_else(|| {
            let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            let near = did_you_mean(name, names.iter().copied());
            ParseFormatError(format!("unknown format `{name}`; expected one of {}{near}", names.join(", ")))
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

/// Options of a report.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Colours, for a terminal.
    pub color: bool,
    /// Maximum number of groups listed (of findings of a payload, in formats that list payloads); all without
    /// it.
    pub max_findings: Option<usize>,
    /// Minimum severity of the findings listed; all without it. Counts and the outcome do not depend on it.
    pub min_severity: Option<Severity>,
    /// Rewords text that names settings of the library in backticks, for a tool that calls them otherwise.
    pub wording: fn(&str) -> String,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, max_findings: None, min_severity: None, wording: str::to_owned }
    }
}

/// One payload and what was found in it.
#[derive(Clone, Copy, Debug)]
pub struct PayloadReport<'r> {
    /// Where the payload came from.
    pub origin: &'r Origin,
    /// Whether it was validated and the schema accepts it.
    pub valid: bool,
    /// Why it was not validated, if it was not.
    pub not_validated: Option<NotValidated>,
    /// What was found.
    pub findings: &'r [Finding],
    /// Findings that are only counted, because the payload has findings of too many groups.
    pub unlisted: u64,
    /// Why the payload was not validated to the end, if it was not.
    pub incomplete: Option<&'r str>,
    /// What was found and is not reported.
    pub suppressed: &'r [Suppressed],
}

/// The tool that reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tool {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

/// What payloads were validated against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContractId {
    /// The contract's `$id`, or the file of the schema.
    pub id: String,
    /// The contract's version; null for a schema without one.
    pub version: Option<String>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Everything was validated, and nothing is bad enough to fail.
    Pass,
    /// Something is.
    Fail,
    /// Not everything could be validated, or no payload was.
    Incomplete,
}

/// How much was received and validated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checked {
    /// Payloads received: the sum of `valid`, `invalid` and `not_validated`.
    pub payloads: u64,
    /// Those that are JSON and that the schema accepts.
    pub valid: u64,
    /// Those that are not JSON, or that the schema does not accept.
    pub invalid: u64,
    /// Responses with a status other than 2xx, or without a body.
    pub not_validated: u64,
    /// Files and entries skipped.
    pub skipped: u64,
    /// Bytes of the payloads received.
    pub bytes: u64,
}

impl Checked {
    /// Number of payloads that were validated, valid or not.
    #[must_use]
    pub fn validated(&self) -> u64 {
        self.valid.saturating_add(self.invalid)
    }
}

/// Something that could not be validated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// The file or stream.
    pub origin: String,
    /// What went wrong.
    pub message: String,
    /// The line of the file, if the origin does not include it.
    #[serde(skip)]
    pub line: Option<u64>,
}

/// The older schema, where two are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Compared {
    /// Its name: the file, or the `$id`.
    pub with: String,
    /// The semantic version change that the differences call for: `none`, `patch`, `minor` or `major`.
    pub version_change: &'static str,
}

/// The report of a run.
///
/// ```
/// use clients_contract::report::{ContractId, Outcome, Report};
///
/// let report = Report::new(ContractId { id: "urn:example".into(), version: None }, None);
/// assert_eq!(report.outcome(), Outcome::Incomplete, "nothing checked is not a pass");
/// ```
#[derive(Debug)]
pub struct Report {
    /// The tool that reports.
    pub tool: Tool,
    /// What payloads were validated against.
    pub contract: ContractId,
    /// How much was validated.
    pub checked: Checked,
    /// What could not be validated.
    pub problems: Vec<Problem>,
    /// Entries that were skipped, and why: the first 1,000 of them.
    pub skipped: Vec<Problem>,
    /// Number of files of directories that were skipped: hidden, symbolic links, or of another kind.
    pub skipped_files: u64,
    /// Responses that were not validated, by reason.
    pub not_validated: Vec<NotValidatedCount>,
    /// Findings that are not reported, by rule.
    pub suppressed: Vec<Suppressed>,
    /// The finding groups.
    pub groups: Groups,
    /// What a baseline accepted, where there is one.
    pub accepted: Option<Accepted>,
    /// What the schema was compared with, where schemas are compared.
    pub compared: Option<Compared>,
    /// Both schemas at the locations of findings, by severity and fingerprint, where schemas are compared.
    pub sides: HashMap<(Severity, String), Sides>,
    /// What a report for people shows behind the findings.
    pub sections: Vec<Section>,
    /// How the report was made, where it is known.
    pub invocation: Option<Invocation>,
    /// Category of the analysis, for code scanning that keeps several of one tool apart.
    pub category: Option<String>,
    /// Directory that paths in reports for code hosts are relative to: the working directory unless set.
    pub base: PathBuf,
    /// Whether the run was stopped before all input was validated.
    pub interrupted: bool,
    fail_on: Option<Severity>,
    /// Whether a run without any input passes.
    allows_no_input: bool,
    /// Problems that there was no room for.
    unlisted: u64,
}

/// Maximum number of skipped entries listed.
const MAX_SKIPPED: usize = 1_000;

/// Maximum number of problems listed; the last one is listed too.
const MAX_PROBLEMS: usize = 10_000;

impl Report {
    /// An empty report; it fails on findings of `fail_on` or worse, never without it.
    #[must_use]
    pub fn new(contract: ContractId, fail_on: Option<Severity>) -> Self {
        Self {
            tool: Tool {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            contract,
            checked: Checked::default(),
            problems: Vec::new(),
            skipped: Vec::new(),
            skipped_files: 0,
            not_validated: Vec::new(),
            suppressed: Vec::new(),
            groups: Groups::default(),
            accepted: None,
            compared: None,
            sides: HashMap::new(),
            sections: Vec::new(),
            invocation: None,
            category: None,
            base: std::env::current_dir().unwrap_or_default(),
            interrupted: false,
            fail_on,
            allows_no_input: false,
            unlisted: 0,
        }
    }

    /// Counts an entry that is skipped.
    pub fn skip(&mut self, Skipped { origin, what, why }: &Skipped) {
        self.checked.skipped += 1;
        if self.skipped.len() < MAX_SKIPPED {
            let message = if what.is_empty() { why.to_string() } else { format!("{what}: {why}") };
            self.skipped.push(Problem { origin: origin.to_string(), message, line: None });
        }
    }

    /// Counts files of directories that are skipped.
    pub fn skip_files(&mut self, count: u64) {
        self.checked.skipped = self.checked.skipped.saturating_add(count);
        self.skipped_files = self.skipped_files.saturating_add(count);
    }

    /// Adds a payload with its size in bytes. `snippet` is called for the first few findings of a group, of
    /// which the smallest is kept.
    pub fn add(
        &mut self,
        payload_report: &PayloadReport<'_>,
        bytes: u64,
        snippet: impl Fn(&Finding) -> Vec<String>,
    ) {
        self.checked.payloads += 1;
        self.checked.bytes += bytes;
        match payload_report.not_validated {
            Some(reason) => {
                self.checked.not_validated += 1;
                NotValidatedCount::add(&mut self.not_validated, reason, payload_report.origin);
            }
            None if payload_report.valid => self.checked.valid += 1,
            None => self.checked.invalid += 1,
        }
        Suppressed::merge(&mut self.suppressed, payload_report.suppressed);
        self.groups.add(payload_report.findings, snippet);
    }

    /// Adds a problem. Of more than 10,000, only the last one is listed beside the first ones.
    pub fn problem(&mut self, error: &Error) {
        let mut message = error.message();
        if self.problems.len() > MAX_PROBLEMS {
            self.problems.pop();
            self.unlisted += 1;
            let _ = write!(message, "; {} problems before it are not listed", self.unlisted);
        }
        self.problems.push(Problem { origin: error.subject().to_owned(), message, line: error.line() });
    }

    /// Fails on findings of this severity or worse from now on; never without it.
    pub fn set_fail_on(&mut self, severity: Option<Severity>) {
        self.fail_on = severity;
    }

    /// Has a run without any input pass, such as that of a server without requests.
    pub fn allow_no_input(&mut self) {
        self.allows_no_input = true;
    }

    /// Whether it is incomplete because no payload was validated.
    #[must_use]
    pub fn has_nothing(&self) -> bool {
        let had_input = self.checked.payloads + self.checked.skipped > 0;
        self.checked.validated() == 0 && (had_input || !self.allows_no_input)
    }

    /// Writes it in a format.
    ///
    /// # Errors
    ///
    /// Those of `out`, and [`io::ErrorKind::Unsupported`] for a format that is written payload by payload.
    pub fn write(&self, format: &Format, options: Options, out: &mut dyn Write) -> io::Result<()> {
        match format.render {
            Render::Report(render) => render(self, options, out),
            Render::Payload(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// How the run ended. What could not be validated outweighs what was found.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let is_whole = self.problems.is_empty() && self.groups.uncounted() == 0 && !self.interrupted;
        if self.has_nothing() || !is_whole {
            Outcome::Incomplete
        } else if self.fail_on.is_some_and(|severity| self.groups.any_at_least(severity)) {
            Outcome::Fail
        } else {
            Outcome::Pass
        }
    }

    /// `payloads` of all payloads received, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share is read by people")]
    pub fn share(&self, payloads: u64) -> f64 {
        payloads as f64 / self.checked.payloads.max(1) as f64
    }
}
