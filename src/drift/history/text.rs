//! Prints a history as text.

use std::io::{self, Write};

use super::{By, History, Series, Shift};
use crate::untrusted::write_line;

/// Points in time that a line shows at most; of more, the latest.
const MAX_COLUMNS: usize = 60;

/// Writes the changes with the time at which each began, then what varies over time as lines of bars, at most
/// `max` of each.
///
/// # Errors
///
/// Errors of the writer.
pub fn write_history(history: &History, by: By, max: usize, out: &mut dyn Write) -> io::Result<()> {
    write_line(out, format!("{}: {} payloads", history.runs(by), history.payloads()))?;
    if let Some(partial) = history.partial(by) {
        write_line(out, partial)?;
    }
    if history.left_out > 0 {
        write_line(out, format!("{} earlier points in time are not shown", history.left_out))?;
    }
    write_line(out, "")?;
    changes(history, max, out)?;
    let changed = history.changed();
    if changed.is_empty() {
        return Ok(());
    }
    write_line(out, "")?;
    write_line(out, "over time")?;
    for at in changed.iter().take(max) {
        let Some(series) = history.series.get(*at) else { continue };
        write_line(out, format!("  {}  {}: {}", bars(series), series.location(), series.measure))?;
    }
    more(changed.len(), max, out)
}

fn changes(history: &History, max: usize, out: &mut dyn Write) -> io::Result<()> {
    if history.shifts.is_empty() {
        return write_line(out, "no significant change");
    }
    write_line(out, "changes")?;
    for shift in history.shifts.iter().take(max) {
        let Shift { series, began, .. } = shift;
        let (Some(series), Some(point)) = (history.series.get(*series), history.points.get(*began)) else {
            continue;
        };
        write_line(out, format!("  {}  {}: {}", point.name(), series.location(), history.sentence(shift)))?;
    }
    more(history.shifts.len(), max, out)
}

fn more(count: usize, max: usize, out: &mut dyn Write) -> io::Result<()> {
    match count.checked_sub(max) {
        Some(more @ 1..) => write_line(out, format!("  and {more} more (-v lists all)")),
        _ => Ok(()),
    }
}

/// A bar for each point in time, from nothing to all; a dot where nothing was measured.
pub(super) fn bars(series: &Series) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let from = series.samples.len().saturating_sub(MAX_COLUMNS);
    let bar = |sample: &super::Sample| {
        let Some(rate) = sample.rate() else { return '·' };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 7")]
        let level = (rate * 7.0).round() as usize;
        // What is there does not look like nothing, nor what is missing like all.
        let level = match level {
            0 if sample.count > 0 => 1,
            7 if sample.count < sample.of => 6,
            level => level,
        };
        BARS[level.min(7)]
    };
    series.samples[from..].iter().map(bar).collect()
}
