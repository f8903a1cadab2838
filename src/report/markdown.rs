//! Markdown, for a step summary or a comment.

use std::io::{self, Write};

use super::phrase::{self, clean, listed, location_of, share, word};
use super::{Format, Options, Render, Report};
use crate::finding::{Example, Group};
use crate::untrusted::Untrusted;

pub(super) static FORMAT: Format = Format {
    name: "markdown",
    help: "Markdown for a step summary: tables of finding groups, and an example of each",
    examples: true,
    render: Render::Report(write),
};

/// Maximum number of bytes: a step summary holds 1 MiB, and other steps may use some of it.
const MAX_BYTES: usize = 1_000_000;

/// Bytes that the tables may use; the rest is for examples.
const MAX_BYTES_IN_TABLES: usize = 600_000;

/// The text so far, and what did not fit.
#[derive(Default)]
struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    /// Adds a piece unless that would make the page too long; nothing more of its kind is added then.
    fn each(&mut self, max: usize, pieces: impl Iterator<Item = String>) {
        let mut full = false;
        for piece in pieces {
            full |= self.text.len() + piece.len() > max;
            if full {
                self.left_out += 1;
            } else {
                self.text.push_str(&piece);
            }
        }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let listed = listed(report, options, usize::MAX);
    let mut page = Page::default();
    let outcome = word(report.outcome());
    page.put(&format!("## {}: {outcome}\n\n", report.tool.name));
    page.put(&format!("{}.\n\n", escaped(&phrase::summary(report, options))));
    let version = report.contract.version.as_deref().unwrap_or("no version");
    page.put(&format!("Contract: {} ({}).\n", code(&cut(&report.contract.id)), escaped(&cut(version))));
    if !report.problems.is_empty() {
        page.put("\n### Errors\n\n| Input | Error |\n|---|---|\n");
        let row = |problem: &super::Problem| {
            format!("| {} | {} |\n", code(&problem.origin), escaped(&problem.message))
        };
        page.each(MAX_BYTES_IN_TABLES / 2, report.problems.iter().map(row));
    }
    if !report.not_validated.is_empty() {
        page.put("\n### Not validated\n\n| Reason | Responses | First |\n|---|---:|---|\n");
        for entry in &report.not_validated {
            let first = code(&entry.first.to_string());
            page.put(&format!("| `{}` | {} | {first} |\n", entry.reason.name(), entry.count));
        }
    }
    if !listed.groups.is_empty() {
        page.put("\n### Findings\n\n");
        page.put("| Severity | Rule | Location | Count | Payloads | Share | First |\n");
        page.put("|---|---|---|---:|---:|---:|---|\n");
        page.each(MAX_BYTES_IN_TABLES, listed.groups.iter().map(|group| row(group, report)));
        page.put("\n### Examples\n");
        let shown = listed.groups.iter().filter_map(|group| Some((*group, group.example.as_ref()?)));
        page.each(MAX_BYTES, shown.map(|(group, example)| section(group, example)));
    }
    if page.left_out > 0 {
        let many = page.left_out;
        page.put(&format!("\n> Cut to fit a step summary of 1 MiB: {many} rows and examples are omitted.\n"));
    }
    if let Some(note) = listed.note() {
        page.put(&format!("\n> {note}.\n"));
    }
    out.write_all(page.text.as_bytes())
}

fn row(group: &Group, report: &Report) -> String {
    let location = if group.pointer.is_empty() { "body".to_owned() } else { code(&group.pointer) };
    format!(
        "| {} | `{}` | {location} | {} | {} | {} | {} |\n",
        group.severity,
        group.rule.id,
        group.count,
        group.payloads,
        share(group, report),
        code(&location_of(&group.first)),
    )
}

fn section(group: &Group, example: &Example) -> String {
    let lines: Vec<_> = example.lines.iter().map(|line| clean(line)).collect();
    let block = lines.join("\n");
    // A fence is longer than every run of backticks within.
    let longest = block.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let at = code(&location_of(&example.location));
    format!(
        "\n**{}** {} ({at})\n\n{fence}text\n{block}\n{fence}\n",
        escaped(group.rule.id),
        escaped(&group.message())
    )
}

/// The beginning of a text that may be of any length.
fn cut(text: &str) -> String {
    text.chars().take(1_000).collect()
}

fn escaped(text: &str) -> String {
    Untrusted::from(text).markdown()
}

fn code(text: &str) -> String {
    Untrusted::from(text).markdown_code()
}
