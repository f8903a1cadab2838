//! HTML, for people: one file that works offline, without scripts and without styles.

mod card;
mod link;
mod page;

pub use page::write as write_document;

use std::io::{self, Write};

use super::document::{Block, Cell, Document, Section, Table, Tone};
use super::phrase::{self, listed, plural, size, word};
use super::{Format, Invocation, Options, Outcome, Render, Report, shell_command};
use crate::finding::{Severity, SuppressedBy};
use crate::untrusted::HtmlText;

pub(super) static FORMAT: Format = Format {
    name: "html",
    help: "one page for people: outcome, finding groups, and the statistics of drift",
    examples: true,
    render: Render::Report(write),
};

/// Maximum number of finding groups listed.
const MAX_GROUPS: usize = 1_000;

/// Maximum number of rows of a table about problems.
const MAX_ROWS: usize = 1_000;

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    write_document(&document(report, options), out)
}

/// The report as a document: what was not validated first, then findings, then what the command adds.
fn document(report: &Report, options: Options) -> Document {
    let outcome = report.outcome();
    let tone = match outcome {
        Outcome::Pass => Tone::Good,
        Outcome::Fail => Tone::Error,
        Outcome::Incomplete => Tone::Warning,
    };
    let mut sections: Vec<Section> = not_validated(report).into_iter().collect();
    sections.push(findings(report, options));
    sections.extend(report.sections.iter().cloned());
    sections.push(about(report, options));
    link::findings_and_properties(&mut sections);
    Document {
        kind: kind(report),
        title: title(report),
        verdict: Some((word(outcome), tone)),
        summary: phrase::summary(report, options).into(),
        figures: figures(report),
        sections,
    }
}

fn kind(report: &Report) -> HtmlText {
    let command = report.invocation.as_ref().map_or("report", |invocation| &invocation.command);
    format!("{} {command}", report.tool.name).into()
}

/// What it comes to, in few words.
fn title(report: &Report) -> HtmlText {
    let count = |severity| report.groups.count(severity);
    let [errors, warnings] = [count(Severity::Error), count(Severity::Warning)];
    let found = match (errors, warnings) {
        (0, 0) => "no errors or warnings".to_owned(),
        (0, _) => plural(warnings, "warning"),
        (_, 0) => plural(errors, "error"),
        _ => format!("{} and {}", plural(errors, "error"), plural(warnings, "warning")),
    };
    let checked = &report.checked;
    if report.compared.is_none() && checked.validated() == 0 {
        return phrase::NOTHING.into();
    }
    match &report.compared {
        Some(_) => format!("{found} between two schemas").into(),
        None => format!("{found} in {}", plural(checked.payloads, "payload")).into(),
    }
}

fn figures(report: &Report) -> Vec<(HtmlText, HtmlText, Tone)> {
    let if_any = |count: u64, tone| if count > 0 { tone } else { Tone::Plain };
    let figure = |name: &str, count: u64, tone| (name.into(), count.to_string().into(), if_any(count, tone));
    let mut figures = Vec::new();
    if report.compared.is_none() {
        let checked = &report.checked;
        figures.push(figure("payloads", checked.payloads, Tone::Plain));
        figures.push(figure("valid", checked.valid, Tone::Good));
        figures.push(figure("invalid", checked.invalid, Tone::Error));
        figures.push(figure("not validated", checked.not_validated, Tone::Warning));
        figures.push(figure("skipped", checked.skipped, Tone::Warning));
    }
    for (severity, name) in
        [(Severity::Error, "errors"), (Severity::Warning, "warnings"), (Severity::Info, "infos")]
    {
        figures.push(figure(name, report.groups.count(severity), severity.into()));
    }
    if let Some(compared) = &report.compared {
        figures.push(("version change".into(), compared.version_change.into(), Tone::Plain));
    }
    figures
}

/// What was not validated, not reported or not counted, and why.
fn not_validated(report: &Report) -> Option<Section> {
    let mut section = Section::new("not-validated", "Not validated");
    if report.interrupted {
        let text = "The run was interrupted. What follows is about the input read before that.";
        section.blocks.push(Block::Notice(Tone::Warning, text.into()));
    }
    if !report.problems.is_empty() {
        section.blocks.push(Block::Notice(Tone::Error, "Not all input could be read or validated:".into()));
        let row = |problem: &super::Problem| vec![Cell::code(&problem.origin), Cell::text(&problem.message)];
        let rows = report.problems.iter().take(MAX_ROWS).map(row);
        section.blocks.push(Block::Table(Table::new("Errors", &["Input", "Error"]).rows(rows)));
        if let Some(more @ 1..) = report.problems.len().checked_sub(MAX_ROWS) {
            section.blocks.push(Block::Text(format!("{more} more errors are not listed.").into()));
        }
    }
    if !report.not_validated.is_empty() {
        let columns = ["Reason", "Meaning", "Responses", "First"];
        let table = Table::new("Responses that were received and not validated", &columns);
        let rows = report.not_validated.iter().map(|entry| {
            let [name, first] = [entry.reason.name(), &entry.first.to_string()].map(Cell::code);
            vec![name, Cell::text(entry.reason.meaning()), Cell::count(entry.count), first]
        });
        section.blocks.push(Block::Table(table.rows(rows)));
    }
    section.blocks.extend(skipped(report));
    if !report.suppressed.is_empty() {
        let table = Table::new("Findings that are not reported", &["Rule", "Why", "Findings"]);
        let rows = report.suppressed.iter().map(|entry| {
            let why = match entry.by {
                SuppressedBy::Off => "the rule is switched off",
                SuppressedBy::Baseline => "accepted by the baseline",
            };
            vec![Cell::code(entry.rule.id), Cell::text(why), Cell::count(entry.count)]
        });
        section.blocks.push(Block::Table(table.rows(rows)));
    }
    (!section.blocks.is_empty()).then_some(section)
}

/// What was skipped, and why.
fn skipped(report: &Report) -> Vec<Block> {
    let Report { skipped, skipped_files, checked, .. } = report;
    let mut blocks = Vec::new();
    if !skipped.is_empty() {
        let row = |one: &super::Problem| vec![Cell::code(&one.origin), Cell::text(&one.message)];
        let title = match skipped.len() {
            1 => "1 entry skipped".to_owned(),
            count => format!("{count} entries skipped"),
        };
        let table = Table::new("Entries that were skipped", &["Entry", "Reason"]);
        blocks.push(Block::Folded(title.into(), table.rows(skipped.iter().map(row))));
    }
    if *skipped_files > 0 {
        let text = format!(
            "{} in directories skipped: hidden, a symbolic link, or neither a payload nor a capture.",
            plural(*skipped_files, "file")
        );
        blocks.push(Block::Text(text.into()));
    }
    let named = u64::try_from(skipped.len()).unwrap_or(u64::MAX).saturating_add(*skipped_files);
    if let Some(more @ 1..) = checked.skipped.checked_sub(named) {
        blocks.push(Block::Text(format!("{more} more skipped, not listed.").into()));
    }
    blocks
}

fn findings(report: &Report, options: Options) -> Section {
    let listed = listed(report, options, MAX_GROUPS);
    let section = Section::new("findings", "Findings");
    if listed.groups.is_empty() {
        let text = match listed.note() {
            Some(note) => format!("{note}."),
            None if report.compared.is_none() && report.checked.validated() == 0 => {
                format!("None, because {}.", phrase::NOTHING)
            }
            None => "None.".to_owned(),
        };
        return section.with(Block::Text(text.into()));
    }
    let section = match listed.beyond {
        beyond @ 1.. => {
            let shown = match listed.groups.len() {
                1 => "The worst finding group is listed".to_owned(),
                count => format!("The worst {count} finding groups are listed"),
            };
            let are = if beyond == 1 { "is" } else { "are" };
            let text = format!("{shown}; {} of other groups {are} not.", plural(beyond, "finding"));
            section.with(Block::Notice(Tone::Warning, text.into()))
        }
        0 => section,
    };
    let cards = card::all(&listed.groups, report, options);
    section.with(Block::Cards(cards))
}

/// Settings, versions, inputs.
fn about(report: &Report, options: Options) -> Section {
    let row = |name: &str, value: &str| vec![Cell::text(name), Cell::code(value)];
    let version = report.contract.version.as_deref().unwrap_or("none");
    let mut rows = vec![
        row("Tool", &format!("{} {}", report.tool.name, report.tool.version)),
        row("Contract", &report.contract.id),
        row("Contract version", version),
    ];
    match &report.compared {
        Some(compared) => rows.push(row("Compared with", &compared.with)),
        None => rows.push(row("Bytes of payloads", &size(report.checked.bytes))),
    }
    let fails = report.fail_on.map_or("never", Severity::name);
    rows.push(row("Fails on findings of at least", fails));
    if let Some(min) = options.min_severity {
        rows.push(row("Lists findings of at least", min.name()));
    }
    if let Some(accepted) = &report.accepted {
        rows.push(row("Findings accepted by the baseline", &accepted.findings.to_string()));
        rows.push(row("Expired entries of the baseline", &accepted.expired.len().to_string()));
        rows.push(row("Entries of the baseline that matched nothing", &accepted.stale.len().to_string()));
    }
    let section = Section::new("about", "Settings, versions and inputs");
    let versions = Table::new("Settings and versions", &["What", "Value"]).rows(rows).fixed();
    let section = section.with(Block::Table(versions));
    let Some(Invocation { settings, inputs, of_run, .. }) = &report.invocation else { return section };
    let setting = |(name, value): &(String, String)| vec![Cell::code(name), Cell::code(value)];
    let section = if settings.is_empty() {
        section
    } else {
        let table = Table::new("Flags", &["Flag", "Value"]).rows(settings.iter().map(setting)).fixed();
        section.with(Block::Table(table))
    };
    let rows = inputs.iter().take(MAX_ROWS).map(|input| vec![Cell::code(input)]);
    let section = section.with(Block::Table(Table::new("Inputs", &["Input"]).rows(rows)));
    match of_run.as_deref().map_or(Err(card::NOT_AGAIN), shell_command) {
        Ok(command) => {
            section.with(Block::Text("Command of this report:".into())).with(Block::Command(command))
        }
        Err(why) => section.with(Block::Text(format!("No command of this report: {why}.").into())),
    }
}
