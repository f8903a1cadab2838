//! Traffic over time: profiles of many runs, and when each change began.

mod json;
mod page;
mod seen;
mod series;
mod shifts;
mod text;

pub use json::{HISTORY_ID, HISTORY_VERSION, history_schema, write_history_json};
pub use page::history_section;
pub use series::{Measure, Sample, Series};
pub use text::write_history;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::Serialize;

use self::seen::{Names, Seen};
use self::shifts::shifts;
use super::profile::Profile;
use crate::error::parse_error;

/// Points in time of a history at most; of more, the latest are looked at.
pub const MAX_POINTS: usize = 1_000;

/// The profile of one run.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// The name of its file.
    pub name: String,
    /// When the run was.
    pub time: Timestamp,
    /// What it saw.
    pub profile: Profile,
}

/// What is one point in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// A run.
    Run,
    /// A day of UTC.
    #[default]
    Day,
    /// A week of UTC, from Monday to Sunday.
    Week,
}

impl By {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Run, Self::Day, Self::Week];

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// The point in time that a run belongs to: the day, or the Monday of the week.
    fn label(self, time: Timestamp) -> String {
        let date = TimeZone::UTC.to_datetime(time).date();
        match self {
            Self::Run => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Self::Day => date.to_string(),
            Self::Week => monday(date).to_string(),
        }
    }
}

fn monday(date: Date) -> Date {
    let days = date.weekday().to_monday_zero_offset();
    date.checked_sub(i64::from(days).days()).unwrap_or(date)
}

parse_error! {
    /// A text that is none of `run`, `day` and `week`.
    ParseByError
}

impl FromStr for By {
    type Err = ParseByError;

    fn from_str(name: &str) -> Result<Self, ParseByError> {
        let found = Self::ALL.into_iter().find(|by| by.name() == name);
        found.ok_or_else(|| ParseByError(format!("`{name}` is unknown; expected run, day or week")))
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A point in time: a run, a day, or a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPoint {
    /// The time or the date, in UTC.
    pub label: String,
    /// When its first run was.
    pub first: Timestamp,
    /// When its last run was.
    pub last: Timestamp,
    /// The files of its runs.
    pub entries: Vec<String>,
    /// Payloads received.
    pub payloads: u64,
    /// Whether the window leaves out some of its runs.
    pub is_partial: bool,
}

impl HistoryPoint {
    /// The label, with a word if the point is partial.
    fn name(&self) -> Cow<'_, str> {
        if self.is_partial { format!("{} (partial)", self.label).into() } else { (&*self.label).into() }
    }
}

/// Something that changed, and when it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The number of the series.
    pub series: usize,
    /// The number of the first point in time at which it is so.
    pub began: usize,
    /// From the change before, or the first point, to this one.
    pub before: Sample,
    /// From this change to the next one, or the last point.
    pub after: Sample,
}

/// Traffic over time.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The contract of the profiles.
    pub contract: String,
    /// The points in time, in order.
    pub points: Vec<HistoryPoint>,
    /// What varies over time.
    pub series: Vec<Series>,
    /// The changes, in order of time, then of location.
    pub shifts: Vec<Shift>,
    /// Points in time before the first of `points` that there was no room for.
    pub left_out: usize,
}

/// Runs in order of time, of which counts alone are kept.
#[derive(Clone, Debug)]
pub struct HistoryBuilder {
    by: By,
    contract: String,
    points: VecDeque<(HistoryPoint, Seen)>,
    /// The last point, of which further runs may come.
    last: Option<(HistoryPoint, Profile)>,
    names: Names,
    left_out: usize,
}

impl HistoryBuilder {
    /// Of no runs yet.
    #[must_use]
    pub fn new(by: By) -> Self {
        let (points, names) = (VecDeque::new(), Names::default());
        Self { by, contract: String::new(), points, last: None, names, left_out: 0 }
    }

    /// Adds a run, of the same contract as the others. One that is not later than they are counts as the last
    /// of them.
    pub fn add(&mut self, entry: HistoryEntry) {
        let HistoryEntry { name, time, profile } = entry;
        let time = self.last.as_ref().map_or(time, |(point, _)| time.max(point.last));
        let label = self.by.label(time);
        let same = |(point, _): &&mut (HistoryPoint, Profile)| self.by != By::Run && point.label == label;
        if let Some((point, known)) = self.last.as_mut().filter(same) {
            point.entries.push(name);
            point.last = time;
            point.payloads = point.payloads.saturating_add(profile.payloads);
            known.merge(profile);
            return;
        }
        self.close();
        self.contract.clone_from(&profile.contract);
        let (payloads, entries) = (profile.payloads, vec![name]);
        let point = HistoryPoint { label, first: time, last: time, entries, payloads, is_partial: false };
        self.last = Some((point, profile));
    }

    /// Keeps the counts of the last point.
    fn close(&mut self) {
        let Some((point, profile)) = self.last.take() else { return };
        self.points.push_back((point, self.names.seen(&profile)));
        if self.points.len() > MAX_POINTS {
            self.points.pop_front();
            self.left_out += 1;
        }
    }

    /// The history. The last run before the first one, if a window leaves it out, makes the first point partial
    /// if it belongs to it.
    ///
    /// Statistically significant changes are reported: Fisher's exact test, two-sided, at 1 % for all
    /// comparisons together (Bonferroni); values of one payload count as one. It begins where the binomial
    /// likelihood of the series has its maximum.
    #[must_use]
    pub fn finish(mut self, left_out: Option<Timestamp>) -> History {
        self.close();
        let Self { by, contract, points, left_out: dropped, .. } = self;
        let seen: Vec<&Seen> = points.iter().map(|(_, seen)| seen).collect();
        let series = series::all(&seen);
        let mut points: Vec<HistoryPoint> = points.into_iter().map(|(point, _)| point).collect();
        if let (true, Some(left_out), 0, Some(first)) = (by != By::Run, left_out, dropped, points.first_mut())
        {
            first.is_partial = by.label(left_out) == first.label;
        }
        let comparisons = series.len() * points.len();
        let mut shifts: Vec<Shift> = Vec::new();
        for (number, one) in series.iter().enumerate() {
            let found = shifts_of(one, comparisons);
            shifts.extend(found.into_iter().map(|(began, before, after)| Shift {
                series: number,
                began,
                before,
                after,
            }));
        }
        shifts.sort_by_key(|shift| (shift.began, shift.series));
        History { contract, points, series, shifts, left_out: dropped }
    }
}

impl History {
    /// How many runs there are and when they were, in words.
    fn runs(&self, by: By) -> String {
        let entries: usize = self.points.iter().map(|point| point.entries.len()).sum();
        let unit = if by == By::Run { By::Run } else { By::Day };
        let first = self.points.first().map(|point| unit.label(point.first)).unwrap_or_default();
        let last = self.points.last().map(|point| unit.label(point.last)).unwrap_or_default();
        let runs = if entries == 1 { "run" } else { "runs" };
        format!("{entries} {runs} from {first} to {last}, by {by}")
    }

    /// What is said of a partial point.
    fn partial(&self, by: By) -> Option<String> {
        let point = self.points.first().filter(|point| point.is_partial)?;
        Some(format!("the {by} {} is partial: its first runs are outside the window", point.label))
    }

    /// Payloads received.
    #[must_use]
    pub fn payloads(&self) -> u64 {
        self.points.iter().fold(0, |sum: u64, point| sum.saturating_add(point.payloads))
    }

    /// The numbers of the series in which something changed, in order.
    fn changed(&self) -> Vec<usize> {
        let mut changed: Vec<usize> = self.shifts.iter().map(|shift| shift.series).collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// A change as a sentence without its time and location.
    #[must_use]
    pub fn sentence(&self, shift: &Shift) -> String {
        let Some(series) = self.series.get(shift.series) else { return String::new() };
        let Shift { before, after, .. } = shift;
        let verb = match (before.count, after.count) {
            (0, _) if series.measure.comes_and_goes() => "appeared",
            (_, 0) if series.measure.comes_and_goes() => "disappeared",
            _ if after.is_above(before) => "rose",
            _ => "dropped",
        };
        format!("{} {verb}: from {before} to {after}", series.measure)
    }
}

fn shifts_of(series: &Series, comparisons: usize) -> Vec<(usize, Sample, Sample)> {
    let starts = shifts(&series.samples, comparisons);
    let mut ends = starts.iter().copied().skip(1).chain([series.samples.len()]);
    let mut from = 0;
    let mut found = Vec::new();
    for began in &starts {
        let to = ends.next().unwrap_or(series.samples.len());
        let [before, after] = [from..*began, *began..to].map(|range| Sample::sum(&series.samples[range]));
        found.push((*began, before, after));
        from = *began;
    }
    found
}
