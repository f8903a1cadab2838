//! What changed over time as a page.

use clients_contract::Error;
use clients_contract::drift::{History, history_section};
use clients_contract::report::document::{Block, Cell, Document, Section, Table, Tone};
use clients_contract::report::{Invocation, shell_command};
use clients_contract::untrusted::path_text;
use jiff::SignedDuration;

use super::HistoryCommand;

/// Maximum number of charts.
const MAX_CHARTS: usize = 60;

/// The changes, the charts, and how the page was made.
pub(super) fn document(
    command: &HistoryCommand,
    history: &History,
    skipped: &[Error],
    invocation: Option<&Invocation>,
) -> Document {
    let changes = history.shifts.len();
    let plural = if changes == 1 { "change" } else { "changes" };
    let runs: usize = history.points.iter().map(|point| point.entries.len()).sum();
    let figure = |name: &str, count: String, tone| (name.into(), count.into(), tone);
    let damaged = if skipped.is_empty() { Tone::Plain } else { Tone::Error };
    Document {
        kind: concat!(env!("CARGO_PKG_NAME"), " history").into(),
        title: format!("{changes} {plural} over time").into(),
        verdict: (!skipped.is_empty()).then_some(("incomplete", Tone::Warning)),
        summary: format!("Contract: `{}`.", history.contract).into(),
        figures: vec![
            figure("runs", runs.to_string(), Tone::Plain),
            figure("payloads", history.payloads().to_string(), Tone::Plain),
            figure("entries skipped", skipped.len().to_string(), damaged),
        ],
        sections: [
            self::skipped(skipped),
            Some(history_section(history, command.by, MAX_CHARTS)),
            Some(about(command, history, invocation)),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn skipped(skipped: &[Error]) -> Option<Section> {
    let row = |error: &Error| vec![Cell::code(error.subject()), Cell::text(&error.message())];
    let table = Table::new("Entries that were skipped", &["Entry", "Error"]);
    let notice = Block::Notice(Tone::Error, "Not all entries could be read:".into());
    let rows = Block::Table(table.rows(skipped.iter().map(row)));
    (!skipped.is_empty()).then(|| Section::new("skipped", "Skipped").with(notice).with(rows))
}

/// Settings, versions, inputs.
fn about(command: &HistoryCommand, history: &History, invocation: Option<&Invocation>) -> Section {
    let row = |name: &str, value: &str| vec![Cell::text(name), Cell::code(value)];
    let rows = [
        row("Tool", concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"))),
        row("Contract", &history.contract),
        row("Directory", &path_text(&command.folder)),
        row("Point of time", command.by.name()),
        row("Window", &command.window.map_or_else(|| "all".to_owned(), in_words)),
    ];
    let title = "Settings, versions and inputs";
    let table = Table::new(title, &["What", "Value"]).rows(rows).fixed();
    let mut section = Section::new("about", title).with(Block::Table(table));
    if let Some(text) = invocation.and_then(|given| shell_command(given.of_run.as_ref()?).ok()) {
        section.blocks.push(Block::Text("Command of this report:".into()));
        section.blocks.push(Block::Command(text));
    }
    section
}

fn in_words(window: SignedDuration) -> String {
    match window.as_hours() {
        hours if hours % 24 == 0 => format!("{} days before the last run", hours / 24),
        hours => format!("{hours} hours before the last run"),
    }
}
