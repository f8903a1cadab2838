//! The report for a person at a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::phrase::{self, clean, listed, often, plural, word};
use super::{Format, Options, Outcome, Render, Report};
use crate::finding::{Group, Scope, Severity, TextLocation};

pub(super) static FORMAT: Format = Format {
    name: "text",
    help: "for people: each finding group once, with location, snippet and count",
    examples: true,
    render: Render::Report(write),
};

/// Default number of groups shown.
const MAX_GROUPS: usize = 100;

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { color: options.color };
    let all = Options { max_findings: None, ..options };
    let groups = listed(report, all, usize::MAX).groups;
    let max = options.max_findings.unwrap_or(MAX_GROUPS);
    for group in groups.iter().take(max) {
        write_group(group, report, &paint, out)?;
    }
    if groups.len() > max {
        let how = (options.wording)("`max_findings` shows more");
        let more = u64::try_from(groups.len() - max).unwrap_or(u64::MAX);
        let more = plural(more, "more finding group");
        writeln!(out, "… and {more} ({how})\n")?;
    }
    if report.groups.uncounted() > 0 {
        writeln!(out, "… and {} findings in groups that are not listed\n", report.groups.uncounted())?;
    }
    for problem in &report.problems {
        let what = format!("{}: {}", clean(&problem.origin), clean(&problem.message));
        writeln!(out, "{} {what}\n", paint.on(Severity::Error, "error:"))?;
    }
    for entry in &report.not_validated {
        let what = clean(&phrase::not_validated(entry)).into_owned();
        writeln!(out, "{} {what}\n", paint.on(Severity::Warning, "not validated:"))?;
    }
    accepted(report, &paint, out)?;
    summary(report, options, &paint, out)
}

/// What a baseline did, and what of it wants a look.
fn accepted(report: &Report, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let Some(accepted) = &report.accepted else { return Ok(()) };
    for note in accepted.notes() {
        writeln!(out, "{} {note}", paint.on(Severity::Warning, "baseline:"))?;
    }
    if accepted.findings > 0 {
        writeln!(out, "{} accepted by the baseline", plural(accepted.findings, "finding"))?;
    }
    Ok(())
}

fn write_group(group: &Group, report: &Report, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let label = format!("{}[{}]", group.severity, group.rule.id);
    let label = paint.on(group.severity, &label);
    writeln!(out, "{label} {}", paint.bold(&clean(&group.message())))?;
    let shown = group.example.as_ref().map_or(&group.first, |example| &example.location);
    // What is said of all payloads together has no place in one.
    if group.rule.scope != Scope::Corpus {
        writeln!(out, "  {} {}", paint.dim("-->"), clean(&shown.to_string()))?;
    }
    for (number, line) in group.example.iter().flat_map(|example| &example.lines).enumerate() {
        let line = clean(line);
        let line = if number == 0 { line.into_owned() } else { paint.on(group.severity, &line) };
        writeln!(out, "   {} {line}", paint.dim("|"))?;
    }
    if group.count > 1 {
        let [first, last] = [&group.first, &group.last].map(TextLocation::to_string);
        // The arrow points at the example, which need not be the first.
        let first = if *shown == group.first { String::new() } else { format!(", first at {first}") };
        let positions = format!("{first}, last at {last}");
        writeln!(out, "   {} {}{}", paint.dim("="), often(group, report), clean(&positions))?;
    }
    writeln!(out)
}

fn summary(report: &Report, options: Options, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let outcome = report.outcome();
    let label = match outcome {
        Outcome::Pass => paint.good(word(outcome)),
        Outcome::Fail => paint.on(Severity::Error, word(outcome)),
        Outcome::Incomplete => paint.on(Severity::Warning, word(outcome)),
    };
    writeln!(out, "{label}: {}", phrase::summary(report, options))
}

struct Paint {
    color: bool,
}

impl Paint {
    fn with(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn on(&self, severity: Severity, text: &str) -> String {
        let color = match severity {
            Severity::Error => AnsiColor::BrightRed,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Info => AnsiColor::Cyan,
        };
        self.with(color.on_default().bold(), text)
    }

    fn good(&self, text: &str) -> String {
        self.with(AnsiColor::Green.on_default().bold(), text)
    }

    fn bold(&self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    fn dim(&self, text: &str) -> String {
        self.with(AnsiColor::BrightBlue.on_default(), text)
    }
}
