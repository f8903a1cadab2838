//! A Code Quality report for GitLab.

use std::io::{self, Write};

use serde::Serialize;

use super::phrase::{self, NOTHING, file_of, listed, often, relative};
use super::{Format, Options, Render, Report};
use crate::finding::{Group, Severity, fingerprint};
use crate::origin::Origin;
use crate::untrusted::{path_text, write_pretty_json};

pub(super) static FORMAT: Format = Format {
    name: "gitlab",
    help: "GitLab Code Quality report, one issue per finding group",
    examples: false,
    render: Render::Report(write),
};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let listed = listed(report, options, usize::MAX);
    let problem = |origin: &str, path: String, begin: u64, message: String| Issue {
        description: message,
        check_name: "incomplete",
        fingerprint: fingerprint("incomplete", origin),
        severity: "critical",
        location: Location { path, lines: Lines { begin } },
    };
    let mut issues: Vec<Issue> = Vec::new();
    for trouble in &report.problems {
        let (file, begin) = file_of(trouble);
        let what = format!("{}: {}", trouble.origin, trouble.message);
        issues.push(problem(&trouble.origin, path(&file, report), begin, what));
    }
    if report.has_nothing() {
        issues.push(problem(".", ".".to_owned(), 1, NOTHING.to_owned()));
    }
    let info = |check_name, about: &str, path: &str, description: String| Issue {
        description,
        check_name,
        fingerprint: fingerprint(check_name, about),
        severity: "info",
        location: Location { path: path.to_owned(), lines: Lines { begin: 1 } },
    };
    for entry in &report.not_validated {
        let description = format!("not validated: {}", phrase::not_validated(entry));
        issues.push(info("not-validated", entry.reason.name(), &path(&entry.first, report), description));
    }
    if let Some(why) = phrase::suppressed(report) {
        let invalid = phrase::plural(report.checked.invalid, "invalid payload");
        issues.push(info("suppressed", "", ".", format!("{invalid}; {why}")));
    }
    issues.extend(listed.groups.iter().map(|group| issue(group, report)));
    write_pretty_json(&mut *out, &issues)?;
    out.write_all(b"\n")
}

/// The relative path of a file, as GitLab wants it.
fn path(origin: &Origin, report: &Report) -> String {
    let path = path_text(&relative(origin, report)).into_owned();
    if cfg!(windows) { path.replace('\\', "/") } else { path }
}

fn issue(group: &Group, report: &Report) -> Issue {
    let position = &group.first;
    // The line of a body that does not lie in a file as it is is named; that of its entry is linked.
    let (begin, inside) = if position.origin.lines_of().is_some() {
        (position.line, String::new())
    } else {
        let inside = format!(", first in {}, line {}", position.origin, position.line);
        (position.origin.begins().unwrap_or(1), inside)
    };
    Issue {
        description: format!("{}; {}{inside}", group.message(), often(group, report)),
        check_name: group.rule.id,
        fingerprint: group.fingerprint(),
        severity: match group.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        location: Location { path: path(&position.origin, report), lines: Lines { begin } },
    }
}
