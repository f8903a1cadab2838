//! One JSON object a payload, as it comes, for pipes.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Format, Options, PayloadReport, Render};
use crate::finding::Finding;
use crate::payload::NotValidated;
use crate::untrusted::write_json;

pub(super) static FORMAT: Format = Format {
    name: "ndjson",
    help: "one JSON object per payload, in input order, as it is validated",
    examples: false,
    render: Render::Payload(write),
};

#[derive(Serialize)]
struct Line<'r> {
    origin: String,
    /// Null where it was not validated.
    valid: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_validated: Option<NotValidated>,
    findings: Vec<&'r Finding>,
    /// Findings beyond those listed.
    #[serde(skip_serializing_if = "is_zero")]
    not_listed: u64,
    /// Why the payload was not validated to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete: Option<&'r str>,
    /// Findings that are not reported, by rule.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    suppressed: BTreeMap<&'static str, u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn write(payload_report: &PayloadReport<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let is_listed = |finding: &&Finding| options.min_severity.is_none_or(|min| finding.severity >= min);
    let max = options.max_findings.unwrap_or(usize::MAX);
    let findings: Vec<&Finding> = payload_report.findings.iter().filter(is_listed).take(max).collect();
    let count = |finding: &Finding| 1 + finding.further;
    let all: u64 = payload_report.findings.iter().map(count).sum();
    let mut suppressed = BTreeMap::new();
    for entry in payload_report.suppressed {
        *suppressed.entry(entry.rule.id).or_insert(0) += entry.count;
    }
    let line = Line {
        origin: payload_report.origin.to_string(),
        valid: payload_report.not_validated.is_none().then_some(payload_report.valid),
        not_validated: payload_report.not_validated,
        not_listed: all + payload_report.unlisted
            - findings.iter().map(|finding| count(finding)).sum::<u64>(),
        incomplete: payload_report.incomplete,
        findings,
        suppressed,
    };
    write_json(&mut *out, &line)?;
    out.write_all(b"\n")
}
