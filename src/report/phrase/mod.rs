//! Phrases that the formats share.

mod files;

pub(super) use files::{file_of, relative};

use std::borrow::Cow;
use std::fmt::Write;

use super::{Options, Outcome, Report};
use crate::finding::{Group, Severity, SuppressedBy, TextLocation};
use crate::payload::NotValidatedCount;
use crate::untrusted::Untrusted;

/// The groups that a format lists, and the number of findings that it does not list.
pub(super) struct Listed<'r> {
    /// The groups listed, worst first.
    pub(super) groups: Vec<&'r Group>,
    /// Findings of groups that are not listed, except for those below the minimum severity.
    pub(super) beyond: u64,
    /// Those of them that are errors.
    pub(super) errors_beyond: u64,
}

/// The worst groups of at least the minimum severity, at most `max` of them unless the options have a limit.
pub(super) fn listed(report: &Report, options: Options, max: usize) -> Listed<'_> {
    let mut groups = report.groups.sorted();
    groups.retain(|group| options.min_severity.is_none_or(|min| group.severity >= min));
    groups.truncate(options.max_findings.unwrap_or(max));
    let reported = |severity: Option<Severity>| -> u64 {
        let alike = groups.iter().filter(|group| severity.is_none_or(|severity| group.severity == severity));
        alike.map(|group| group.count).sum()
    };
    let all = [Severity::Error, Severity::Warning, Severity::Info];
    let all: u64 = all.iter().map(|severity| report.groups.count(*severity)).sum();
    let errors_beyond = report.groups.count(Severity::Error) - reported(Some(Severity::Error));
    let below = below(report, options);
    Listed { beyond: (all - reported(None)).saturating_sub(below), errors_beyond, groups }
}

/// Number of findings below the minimum severity.
fn below(report: &Report, options: Options) -> u64 {
    let all = [Severity::Error, Severity::Warning, Severity::Info];
    let below = all.iter().filter(|severity| options.min_severity.is_some_and(|min| **severity < min));
    below.map(|severity| report.groups.count(*severity)).sum()
}

impl Listed<'_> {
    /// Number of findings that are not listed, whatever the reason.
    pub(super) fn unlisted(&self, report: &Report) -> u64 {
        let all = [Severity::Error, Severity::Warning, Severity::Info];
        let all: u64 = all.iter().map(|severity| report.groups.count(*severity)).sum();
        all - self.groups.iter().map(|group| group.count).sum::<u64>()
    }

    /// What is left out, where something is.
    pub(super) fn note(&self) -> Option<String> {
        (self.beyond > 0).then(|| format!("{} not listed", plural(self.beyond, "more finding")))
    }
}

/// The word for an outcome.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Incomplete => "incomplete",
    }
}

/// How much was checked and what came of it, without the outcome.
pub(super) fn summary(report: &Report, options: Options) -> String {
    let checked = &report.checked;
    if let Some(compared) = &report.compared {
        let (change, counts) = (compared.version_change, counts(report, options));
        let [id, with] = [&report.contract.id, &compared.with].map(|name| clean(name));
        return format!("{id} compared with {with}; {counts}; suggested version change: {change}");
    }
    let mut text = format!(
        "{} checked ({}), {} valid, {} invalid",
        plural(checked.payloads, "payload"),
        size(checked.bytes),
        checked.valid,
        checked.invalid,
    );
    if let Some(why) = suppressed(report) {
        let _ = write!(text, " ({why})");
    }
    if checked.not_validated > 0 {
        let _ = write!(text, ", {} not validated ({})", checked.not_validated, reasons(report));
    }
    if checked.skipped > 0 {
        let _ = write!(text, ", {} skipped", checked.skipped);
    }
    if report.has_nothing() {
        text.push_str("; ");
        text.push_str(NOTHING);
    }
    if checked.payloads == 0 {
        return text;
    }
    format!("{text}; {}", counts(report, options))
}

/// Why payloads are invalid without a reported finding: "1 finding switched off: invalid-format".
pub(super) fn suppressed(report: &Report) -> Option<String> {
    let explain = |by: SuppressedBy, how: &str| {
        let all = report.suppressed.iter().filter(|entry| entry.by == by && entry.invalidates());
        let (count, rules): (Vec<u64>, Vec<&str>) = all.map(|entry| (entry.count, entry.rule.id)).unzip();
        let count = count.into_iter().fold(0, u64::saturating_add);
        (count > 0).then(|| format!("{} {how}: {}", plural(count, "finding"), rules.join(", ")))
    };
    let ways = [
        explain(SuppressedBy::Off, "switched off"),
        explain(SuppressedBy::Baseline, "accepted by the baseline"),
    ];
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    (report.checked.invalid > 0 && !ways.is_empty()).then(|| ways.join("; "))
}

/// The reasons for which responses were not validated, with their counts where there are several.
fn reasons(report: &Report) -> String {
    match &report.not_validated[..] {
        [one] => one.reason.name().to_owned(),
        many => {
            let one = |entry: &NotValidatedCount| format!("{} {}", entry.count, entry.reason.name());
            many.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    }
}

/// One line on each reason for which responses were not validated, and the first of these responses.
pub(super) fn not_validated(entry: &NotValidatedCount) -> String {
    let NotValidatedCount { reason, count, first } = entry;
    let which = if *count > 1 { "first " } else { "" };
    format!("{}: {}, {which}{first}", plural(*count, "response"), reason.name())
}

fn counts(report: &Report, options: Options) -> String {
    let severity = |severity: Severity, word| plural(report.groups.count(severity), word);
    let [errors, warnings, infos] = [
        severity(Severity::Error, "error"),
        severity(Severity::Warning, "warning"),
        severity(Severity::Info, "info"),
    ];
    let counts = format!("{errors}, {warnings}, {infos}");
    match (options.min_severity, below(report, options)) {
        (Some(min), hidden @ 1..) => format!("{counts} ({hidden} below {min} not listed)"),
        _ => counts,
    }
}

/// What is reported when no payload was valid or invalid.
pub(super) const NOTHING: &str = "no payloads were validated";

/// How many findings in how many payloads, and how many of all that is.
pub(super) fn often(group: &Group, report: &Report) -> String {
    if report.compared.is_some() {
        return plural(group.count, "location");
    }
    let payloads = report.checked.payloads;
    let times = plural(group.count, "time");
    format!("{times} in {} of {} ({})", group.payloads, plural(payloads, "payload"), share(group, report))
}

/// The share of payloads that have the finding, in percent.
pub(super) fn share(group: &Group, report: &Report) -> String {
    let share = report.share(group.payloads) * 100.0;
    // A share that is not quite all must not read as all, nor one that is not nothing as nothing.
    let share = if group.payloads == report.checked.payloads { 100.0 } else { share.clamp(0.1, 99.9) };
    format!("{share:.1} %")
}

/// Where a location is, as `file:line:column` only where the file has it there.
pub(super) fn location_of(location: &TextLocation) -> String {
    match location.origin.lines_of() {
        Some(_) => location.to_string(),
        None => format!("{}, line {}, column {}", location.origin, location.line, location.column),
    }
}

pub(super) fn plural(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(super) fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        ..1e3 => format!("{bytes} B"),
        ..1e6 => format!("{:.1} kB", bytes / 1e3),
        ..1e9 => format!("{:.1} MB", bytes / 1e6),
        _ => format!("{:.1} GB", bytes / 1e9),
    }
}

/// A part of a line of a terminal, a log, XML or a message.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    match Untrusted::from(text).line() {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(spelt) => Cow::Owned(spelt),
    }
}
