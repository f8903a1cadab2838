//! A history as a section of a document.

use super::{By, History};
use crate::report::document::{Block, Cell, Chart, Point, Section, Table, Tone};

/// Maximum number of rows.
const MAX_ROWS: usize = 1_000;

/// The changes with the time at which each began, and a chart of each series in which something changed, as
/// far as there is room for them: a chart takes 2 kB.
#[must_use]
pub fn history_section(history: &History, by: By, max_charts: usize) -> Section {
    let text = format!("{}.", history.runs(by));
    let mut section = Section::new("history", "History").with(Block::Text(text.into()));
    if history.left_out > 0 {
        let text = format!("{} earlier points in time are not shown.", history.left_out);
        section.blocks.push(Block::Notice(Tone::Warning, text.into()));
    }
    if let Some(partial) = history.partial(by) {
        // A sentence begins with a capital letter.
        let text = format!("{}.", partial.replacen("the", "The", 1));
        section.blocks.push(Block::Notice(Tone::Warning, text.into()));
    }
    if history.shifts.is_empty() {
        return section.with(Block::Text("No significant change.".into()));
    }
    let rows = history.shifts.iter().take(MAX_ROWS).filter_map(|shift| {
        let (series, point) = (history.series.get(shift.series)?, history.points.get(shift.began)?);
        let sentence = history.sentence(shift);
        Some(vec![Cell::text(&point.name()), Cell::code(&series.location()), Cell::text(&sentence)])
    });
    let table = Table::new("Changes, and when each began", &["Began", "Location", "Change"]).rows(rows);
    section.blocks.push(Block::Table(table));
    let changed = history.changed();
    section
        .blocks
        .push(Block::Charts(changed.iter().take(max_charts).map(|at| chart(history, *at)).collect()));
    for (count, max, what) in
        [(history.shifts.len(), MAX_ROWS, "changes"), (changed.len(), max_charts, "charts")]
    {
        if let Some(more @ 1..) = count.checked_sub(max) {
            let text = format!("{more} more {what} are not shown.");
            section.blocks.push(Block::Notice(Tone::Warning, text.into()));
        }
    }
    section
}

fn chart(history: &History, at: usize) -> Chart {
    let series = &history.series[at];
    let points = series.samples.iter().zip(&history.points).map(|(sample, point)| Point {
        label: (&*point.name()).into(),
        value: sample.rate(),
        text: sample.to_string().into(),
    });
    let shifts: Vec<_> = history.shifts.iter().filter(|shift| shift.series == at).collect();
    let sentences: Vec<String> = shifts
        .iter()
        .map(|shift| format!("{}: {}", history.points[shift.began].name(), history.sentence(shift)))
        .collect();
    Chart {
        title: series.location().into(),
        measure: series.measure.to_string().into(),
        summary: format!("{}.", sentences.join("; ")).into(),
        points: points.collect(),
        marks: shifts.iter().map(|shift| shift.began).collect(),
    }
}
