//! Annotations for GitHub Actions: workflow commands, worst first.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use super::phrase::{self, NOTHING, clean, file_of, listed, location_of, often, relative, word};
use super::{Accepted, Format, Options, Render, Report};
use crate::finding::{Group, Severity};
use crate::untrusted::{Untrusted, annotation_data, path_text};

pub(super) static FORMAT: Format = Format {
    name: "github",
    help: "annotations for GitHub Actions, one per finding group, worst first",
    examples: true,
    render: Render::Report(write),
};

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let listed = listed(report, options, usize::MAX);
    for problem in &report.problems {
        let (file, line) = file_of(problem);
        let mut origin = &*problem.origin;
        let mut at = String::new();
        if file.path().is_some_and(|path| Path::new(path).is_file()) {
            let path = relative(&file, report);
            let _ = write!(
                at,
                ",file={},line={line}",
                Untrusted::from(path_text(&path).as_ref()).annotation_property()
            );
            // The annotation has the line.
            origin = origin.strip_suffix(&format!(":{line}")).unwrap_or(origin);
        }
        let message = Untrusted::from(format!("{origin}: {}", problem.message));
        writeln!(out, "::error title=incomplete{at}::{}", message.annotation())?;
    }
    if report.has_nothing() {
        writeln!(out, "::error title=incomplete::{NOTHING}")?;
    }
    for entry in &report.not_validated {
        let message = phrase::not_validated(entry);
        writeln!(out, "::notice title=not validated::{}", Untrusted::from(message).annotation())?;
    }
    if let Some(why) = phrase::suppressed(report) {
        let invalid = phrase::plural(report.checked.invalid, "invalid payload");
        writeln!(
            out,
            "::notice title=suppressed::{}",
            Untrusted::from(format!("{invalid}; {why}")).annotation()
        )?;
    }
    for note in report.accepted.iter().flat_map(Accepted::notes) {
        writeln!(out, "::warning title=baseline::{}", Untrusted::from(note).annotation())?;
    }
    for group in &listed.groups {
        annotation(group, report, out)?;
    }
    if let Some(note) = listed.note() {
        writeln!(out, "{note}")?;
    }
    // No annotation, only a line of the log.
    writeln!(out, "{}: {}", word(report.outcome()), phrase::summary(report, options))
}

fn annotation(group: &Group, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let command = match group.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let position = group.example.as_ref().map_or(&group.first, |example| &example.location);
    let mut message = clean(&group.message()).into_owned();
    for line in group.example.iter().flat_map(|example| &example.lines) {
        message.push('\n');
        message.push_str(&clean(line));
    }
    let mut at = String::new();
    if position.origin.lines_of().is_none() {
        let _ = write!(at, ", here at {}", location_of(position));
    }
    if group.count > 1 || !at.is_empty() {
        let last =
            if group.count > 1 { format!(", last at {}", location_of(&group.last)) } else { String::new() };
        let _ = write!(message, "\n{}{}", often(group, report), clean(&format!("{at}{last}")));
    }
    let mut properties = format!("title={}", group.rule.id);
    if let Some(file) = position.origin.lines_of() {
        let file = Untrusted::from(file);
        let _ = write!(
            properties,
            ",file={},line={},col={}",
            file.annotation_property(),
            position.line,
            position.column
        );
    } else if let Some(line) = position.origin.begins() {
        // A body inside a capture is annotated where its entry begins.
        let path = relative(&position.origin, report);
        let file = path_text(&path);
        let _ =
            write!(properties, ",file={},line={line}", Untrusted::from(file.as_ref()).annotation_property());
    }
    writeln!(out, "::{command} {properties}::{}", annotation_data(&message))
}
