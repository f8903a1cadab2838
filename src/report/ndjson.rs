//! One JSON object a payload, as it comes, for pipes.

use std::io::{self, Write};

use serde::Serialize;

use super::{Format, Options, Render, Told};
use crate::finding::Finding;

pub(super) static FORMAT: Format = Format {
    name: "ndjson",
    help: "one JSON object a payload, in input order, as it comes",
    examples: false,
    render: Render::Payload(write),
};

#[derive(Serialize)]
struct Line<'r> {
    origin: String,
    valid: bool,
    findings: &'r [Finding],
}

fn write(told: &Told<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let most = options.max_findings.unwrap_or(usize::MAX).min(told.findings.len());
    let line = Line { origin: told.origin.to_string(), valid: told.valid, findings: &told.findings[..most] };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
