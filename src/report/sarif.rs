//! SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::phrase::{self, NOTHING, listed, often, word};
use super::{Format, Options, Render, Report};
use crate::finding::{Group, Place, Position, Rule, Severity};
use crate::origin::Origin;
use crate::untrusted::{Untrusted, write_pretty_json};

pub(super) static FORMAT: Format = Format {
    name: "sarif",
    help: "SARIF 2.1.0, one result a cause with at most 100 locations",
    examples: true,
    render: Render::Report(write),
};

/// Results that GitHub takes of one run.
const MOST_RESULTS: usize = 25_000;

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool<'r>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<ResultOf<'r>>,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'r str,
    version: &'r str,
    semantic_version: &'r str,
    information_uri: &'static str,
    rules: Vec<RuleOf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleOf {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    default_configuration: Level,
}

#[derive(Serialize)]
struct Level {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

/// How the run went: what could not be judged is a notification, not a result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
    properties: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultOf<'r> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Location<'r>>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    occurrence_count: u64,
    properties: Properties<'r>,
}

#[derive(Serialize)]
struct Properties<'r> {
    payloads: u64,
    share: f64,
    schema_pointer: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are those of the standard")]
struct Location<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<Physical>,
    logical_locations: [Logical<'r>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical<'r> {
    fully_qualified_name: &'r str,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    start_column: u64,
}

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let listed = listed(report, options.max_findings.unwrap_or(MOST_RESULTS));
    let mut rules: Vec<&'static Rule> = Vec::new();
    for group in &listed.groups {
        if !rules.contains(&group.rule) {
            rules.push(group.rule);
        }
    }
    let results = listed.groups.iter().map(|group| result(group, report, &rules)).collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver(report, &rules) },
            invocations: [invocation(report, listed.note())],
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    write_pretty_json(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn driver<'r>(report: &'r Report, rules: &[&'static Rule]) -> Driver<'r> {
    let rule = |rule: &&'static Rule| RuleOf {
        id: rule.id,
        short_description: text(rule.summary),
        full_description: text(rule.help),
        help: text(format!("{}\n\nBreaks it: {}", rule.help, rule.example)),
        default_configuration: Level { level: level(rule.severity) },
    };
    Driver {
        name: &report.tool.name,
        version: &report.tool.version,
        semantic_version: &report.tool.version,
        information_uri: concat!("https://crates.io/crates/", env!("CARGO_PKG_NAME")),
        rules: rules.iter().map(rule).collect(),
    }
}

fn invocation(report: &Report, note: Option<String>) -> Invocation {
    let told = |level, message: String| Notification { level, message: text(message) };
    let mut notifications: Vec<Notification> = report
        .problems
        .iter()
        .map(|problem| told("error", message(&format!("{}: {}", problem.origin, problem.message))))
        .collect();
    if report.checked.validated() == 0 {
        notifications.push(told("error", NOTHING.to_owned()));
    }
    for entry in &report.not_validated {
        notifications.push(told("note", format!("not validated: {}", phrase::not_validated(entry))));
    }
    if let Some(why) = phrase::suppressed(report) {
        let invalid = phrase::plural(report.checked.invalid, "invalid payload");
        notifications.push(told("note", format!("{invalid}; {why}")));
    }
    notifications.extend(note.map(|note| told("warning", note)));
    let outcome = report.outcome();
    Invocation {
        execution_successful: outcome != super::Outcome::Incomplete,
        tool_execution_notifications: notifications,
        properties: BTreeMap::from([
            ("contract", report.contract.id.clone()),
            ("contract_version", report.contract.version.clone().unwrap_or_default()),
            ("outcome", word(outcome).to_owned()),
            ("summary", phrase::summary(report)),
        ]),
    }
}

fn result<'r>(group: &'r Group, report: &Report, rules: &[&'static Rule]) -> ResultOf<'r> {
    let example = group.example.as_ref();
    let mut told = format!("{}; {}", message(&group.message()), often(group, report));
    if let Some(example) = example {
        told.push('\n');
        told.push_str(&message(example.fragment()));
    }
    let mut locations: Vec<_> = group.positions.iter().map(|position| location(position, group)).collect();
    if locations.is_empty() {
        let Place { origin, line, column, .. } = &group.first;
        locations.push(location(&Position { origin: origin.clone(), line: *line, column: *column }, group));
    }
    ResultOf {
        rule_id: group.rule.id,
        rule_index: rules.iter().position(|rule| *rule == group.rule).unwrap_or_default(),
        level: level(group.severity),
        message: text(told),
        locations,
        partial_fingerprints: BTreeMap::from([("cause/v1", group.fingerprint())]),
        occurrence_count: group.count,
        properties: Properties {
            payloads: group.payloads,
            share: report.share(group.payloads),
            schema_pointer: &group.schema_pointer,
            example: example.map(crate::finding::Example::fragment),
        },
    }
}

fn location<'r>(position: &Position, group: &'r Group) -> Location<'r> {
    let lies_there = position.origin.lines_of().is_some();
    let region = Region { start_line: position.line, start_column: position.column };
    let physical = position.origin.path_bytes().map(|path| Physical {
        artifact_location: Artifact { uri: uri(path) },
        region: lies_there.then_some(region),
    });
    Location {
        physical_location: physical,
        logical_locations: [Logical { fully_qualified_name: &group.pointer, kind: "member" }],
        message: (!lies_there).then(|| text(inside(&position.origin, position))),
    }
}

fn inside(origin: &Origin, position: &Position) -> String {
    message(&format!("{origin}, line {}, column {}", position.line, position.column))
}

fn message(text: &str) -> String {
    Untrusted::from(text).sarif()
}

fn text(text: impl Into<String>) -> Text {
    Text { text: text.into() }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a URI reference: relative ones stay so, absolute ones get their scheme.
fn uri(path: &[u8]) -> String {
    let slash = |byte: &u8| if cfg!(windows) && *byte == b'\\' { b'/' } else { *byte };
    let path: Vec<u8> = path.iter().map(slash).collect();
    let path = path.strip_prefix(b"./").unwrap_or(&path);
    let drive = cfg!(windows) && path.get(1) == Some(&b':');
    let scheme = if drive {
        "file:///"
    } else if path.starts_with(b"/") {
        "file://"
    } else {
        ""
    };
    let mut uri = scheme.to_owned();
    for &byte in path {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
