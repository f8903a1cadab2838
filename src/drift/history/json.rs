//! A history as JSON, and the schema of it.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{By, History, Measure, Sample, Shift};
use crate::error::Error;
use crate::schema;
use crate::untrusted::{write_line, write_pretty_json};

/// The `$id` of the schema of a history.
pub const HISTORY_ID: &str = "urn:clients-contract:history";

/// The semantic version of the JSON of a history: a new member raises the second number, anything that could
/// break a reader the first.
pub const HISTORY_VERSION: &str = "1.0.0";

/// What changed over time, and when each change began.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "History of clients-contract")]
struct Document<'h> {
    /// The semantic version of this shape.
    history_version: &'static str,
    /// The contract of the profiles.
    contract: &'h str,
    /// What is one point in time.
    by: By,
    /// The points in time, in order.
    points: Vec<Point<'h>>,
    /// Points in time before the first of `points` that there was no room for.
    points_left_out: usize,
    /// Entries that could not be used.
    skipped: Vec<Skipped<'h>>,
    /// What varies over time.
    series: Vec<OfSeries<'h>>,
    /// The changes, in order of time, then of location.
    changes: Vec<Change<'h>>,
}

/// A point in time: a run, a day, or a week.
#[derive(Serialize, JsonSchema)]
struct Point<'h> {
    /// The time of the run, the day, or the Monday of the week, in UTC.
    time: &'h str,
    /// When its first run was.
    first: String,
    /// When its last run was.
    last: String,
    /// The files of its runs.
    #[schemars(length(min = 1))]
    entries: &'h [String],
    /// Payloads received.
    payloads: u64,
    /// Whether the window leaves out some of its runs.
    partial: bool,
}

/// An entry that could not be used.
#[derive(Serialize, JsonSchema)]
struct Skipped<'h> {
    /// The file.
    entry: &'h str,
    /// Why.
    message: String,
}

/// Something that is measured.
#[derive(Serialize, JsonSchema)]
struct Measured<'h> {
    /// The location, a JSON Pointer with `*` for array indexes.
    pointer: &'h str,
    /// The envelope, of a contract with several, if it is not the first.
    envelope: Option<&'h str>,
    /// What is measured.
    measure: Kind,
    /// The rule of a finding, or the enum value; null of others.
    of: Option<&'h str>,
}

/// What is measured.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Measure")]
enum Kind {
    /// How many payloads are invalid.
    Invalid,
    /// In how many payloads a finding of the rule is.
    Finding,
    /// In how many objects a property is.
    Presence,
    /// How many values are null.
    NullRate,
    /// How many strings are the enum value.
    EnumValue,
}

/// Counts of one thing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Series")]
struct OfSeries<'h> {
    #[serde(flatten)]
    what: Measured<'h>,
    /// One for each point in time.
    samples: &'h [Sample],
}

/// Something that changed, and when it began.
#[derive(Serialize, JsonSchema)]
struct Change<'h> {
    /// The `time` of the first point at which it is so.
    began: &'h str,
    /// The number of that point, from 0.
    point: usize,
    /// The number of the series, from 0.
    series: usize,
    #[serde(flatten)]
    what: Measured<'h>,
    /// The change as a sentence without its time and location.
    message: String,
    /// From the change before, or the first point, to this one.
    before: Sample,
    /// From this change to the next one, or the last point.
    after: Sample,
}

/// The JSON Schema (2020-12) of a history in JSON, derived from the types it is written from.
#[must_use]
pub fn history_schema() -> Value {
    schema::of_document::<Document<'static>>(HISTORY_ID, HISTORY_VERSION)
}

/// Writes a history as one JSON object, with the entries that could not be used.
///
/// # Errors
///
/// Errors of the writer.
pub fn write_history_json(
    history: &History,
    by: By,
    skipped: &[Error],
    out: &mut dyn Write,
) -> io::Result<()> {
    let skipped = skipped.iter().map(|error| Skipped { entry: error.subject(), message: error.message() });
    let document = Document {
        history_version: HISTORY_VERSION,
        contract: &history.contract,
        by,
        points: points(history),
        points_left_out: history.left_out,
        skipped: skipped.collect(),
        series: series(history),
        changes: changes(history),
    };
    write_pretty_json(&mut *out, &document)?;
    write_line(out, "")
}

fn points(history: &History) -> Vec<Point<'_>> {
    let points = history.points.iter().map(|point| Point {
        time: &point.label,
        first: point.first.to_string(),
        last: point.last.to_string(),
        entries: &point.entries,
        payloads: point.payloads,
        partial: point.is_partial,
    });
    points.collect()
}

fn series(history: &History) -> Vec<OfSeries<'_>> {
    (0..history.series.len())
        .filter_map(|at| {
            Some(OfSeries { what: measured(history, at)?, samples: &history.series.get(at)?.samples })
        })
        .collect()
}

fn changes(history: &History) -> Vec<Change<'_>> {
    let change = |shift: &Shift| {
        let Shift { series, began, before, after } = shift;
        Some(Change {
            began: &history.points.get(*began)?.label,
            point: *began,
            series: *series,
            what: measured(history, *series)?,
            message: history.sentence(shift),
            before: *before,
            after: *after,
        })
    };
    history.shifts.iter().filter_map(change).collect()
}

fn measured(history: &History, at: usize) -> Option<Measured<'_>> {
    let series = history.series.get(at)?;
    let measure = match series.measure {
        Measure::Invalid => Kind::Invalid,
        Measure::Finding(_) => Kind::Finding,
        Measure::Presence => Kind::Presence,
        Measure::NullRate => Kind::NullRate,
        Measure::Value(..) => Kind::EnumValue,
    };
    let (pointer, envelope) = (&*series.pointer, series.envelope.as_deref());
    Some(Measured { pointer, envelope, measure, of: series.measure.subject() })
}
