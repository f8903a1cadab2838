//! The whole report as one JSON object, for programs.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::phrase::listed;
use super::{
    Accepted, Checked, Compared, ContractId, Format, Options, Outcome, Problem, Render, Report, Tool,
};
use crate::finding::{Example, Group, Severity, Suppressed, TextLocation};
use crate::payload::{NotValidated, NotValidatedCount};
use crate::schema;
use crate::untrusted::write_pretty_json;

pub(super) static FORMAT: Format = Format {
    name: "json",
    help: "one JSON object: the run, its outcome and the finding groups",
    examples: true,
    render: Render::Report(write),
};

/// The `$id` of the schema of a JSON report.
pub const ID: &str = "urn:clients-contract:report";

/// The semantic version of the JSON report: a new member raises the second number, anything that could
/// break a reader the first.
pub const VERSION: &str = "3.0.0";

/// What a run found, by group.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Report of clients-contract")]
struct Document<'r> {
    /// The semantic version of this shape.
    report_version: &'static str,
    /// The tool that reports.
    tool: &'r Tool,
    /// What payloads were validated against.
    contract: &'r ContractId,
    /// How the run ended, by its `--fail-on`.
    outcome: Outcome,
    /// How much was received and validated.
    checked: Checked,
    /// What could not be validated.
    problems: &'r [Problem],
    /// Responses that were received and not validated, by reason.
    not_validated: Vec<Unvalidated>,
    /// Findings that are not reported, by rule: they still make payloads invalid.
    suppressed: &'r [Suppressed],
    /// What a baseline accepted; null without one.
    baseline: Option<&'r Accepted>,
    /// The older schema, where two are compared; not there otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<&'r Compared>,
    /// The groups, worst first.
    findings: Vec<ReportGroup<'r>>,
    /// Findings beyond the groups listed; 0 when all are listed.
    uncounted: u64,
}

/// Responses that were not validated for one reason.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotValidatedCount")]
struct Unvalidated {
    /// The reason.
    reason: NotValidated,
    /// Number of responses.
    count: u64,
    /// The first of them.
    first: String,
}

/// A finding group: findings with the same rule and pointer, whatever the array indexes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FindingGroup")]
struct ReportGroup<'r> {
    /// The rule that was broken; its id is permanent.
    rule: &'r str,
    /// How bad it is.
    severity: Severity,
    /// The location, a JSON Pointer with `*` for every array index.
    pointer: &'r str,
    /// The whole sentence.
    message: String,
    /// Number of findings.
    count: u64,
    /// Number of payloads with at least one.
    payloads: u64,
    /// `payloads` of all payloads received.
    #[schemars(range(min = 0.0, max = 1.0))]
    share: f64,
    /// The first 16 hex digits of SHA-256(rule, NUL, pointer): the same in every run.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    fingerprint: String,
    /// Schema location of the keyword: a JSON Pointer, after `URI#` in another document; empty if there is
    /// none.
    schema_pointer: &'r str,
    /// The first of them.
    first: ReportLocation,
    /// The last of them.
    last: ReportLocation,
    /// The smallest of the first few, shown in its surroundings; null where nothing can be shown.
    example: Option<Shown<'r>>,
}

/// One location in one payload.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Location")]
struct ReportLocation {
    /// The payload.
    origin: String,
    /// The location inside it, a JSON Pointer.
    pointer: String,
    /// Line, counted from 1.
    #[schemars(range(min = 1))]
    line: u64,
    /// Column in Unicode code points, counted from 1.
    #[schemars(range(min = 1))]
    column: u64,
}

/// A fragment of a payload.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Example")]
struct Shown<'r> {
    /// Keys and structure around the location on one line, at most 100 columns, values masked by their type
    /// unless they were requested. Where schemas are compared: what the newer one says there or, asked for a
    /// witness, a payload that it allows and the older one refuses.
    text: &'r str,
    /// Where it is.
    location: ReportLocation,
}

/// The JSON Schema (2020-12) of a JSON report, derived from the types it is written from.
///
/// ```
/// use clients_contract::report;
///
/// assert_eq!(report::report_schema()["$id"], report::REPORT_ID);
/// ```
#[must_use]
pub fn schema() -> Value {
    schema::of_document::<Document<'static>>(ID, VERSION)
}

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let listed = listed(report, options, usize::MAX);
    let document = Document {
        report_version: VERSION,
        tool: &report.tool,
        contract: &report.contract,
        outcome: report.outcome(),
        checked: report.checked,
        problems: &report.problems,
        not_validated: report.not_validated.iter().map(unvalidated).collect(),
        suppressed: &report.suppressed,
        baseline: report.accepted.as_ref(),
        compared: report.compared.as_ref(),
        findings: listed.groups.iter().map(|group| group_of(group, report)).collect(),
        uncounted: listed.unlisted(report),
    };
    write_pretty_json(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn unvalidated(NotValidatedCount { reason, count, first }: &NotValidatedCount) -> Unvalidated {
    Unvalidated { reason: *reason, count: *count, first: first.to_string() }
}

fn group_of<'r>(group: &'r Group, report: &Report) -> ReportGroup<'r> {
    ReportGroup {
        rule: group.rule.id,
        severity: group.severity,
        pointer: &group.pointer,
        message: group.message(),
        count: group.count,
        payloads: group.payloads,
        share: report.share(group.payloads),
        fingerprint: group.fingerprint(),
        schema_pointer: &group.schema_pointer,
        first: location_of(&group.first),
        last: location_of(&group.last),
        example: group.example.as_ref().map(shown),
    }
}

fn shown(example: &Example) -> Shown<'_> {
    Shown { text: example.fragment(), location: location_of(&example.location) }
}

fn location_of(TextLocation { origin, pointer, line, column }: &TextLocation) -> ReportLocation {
    ReportLocation { origin: origin.to_string(), pointer: pointer.to_string(), line: *line, column: *column }
}
