//! SARIF 2.1.0, for code scanning.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::phrase::{self, NOTHING, listed, often, relative, word};
use super::{Format, Options, Render, Report};
use crate::finding::{Group, Position, Rule, Severity, TextLocation};
use crate::origin::Origin;
use crate::untrusted::{Untrusted, write_pretty_json};

pub(super) static FORMAT: Format = Format {
    name: "sarif",
    help: "SARIF 2.1.0, one result per finding group with at most 100 locations",
    examples: true,
    render: Render::Report(write),
};

/// Where the rules are documented.
const RULES: &str = concat!(
    "https://docs.rs/clients-contract/",
    env!("CARGO_PKG_VERSION"),
    "/clients_contract/fn.rules.html"
);

/// Results that GitHub takes of one run.
const MAX_RESULTS: usize = 25_000;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    automation_details: Option<Automation>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<ResultOf<'r>>,
}

/// Which analysis it is, where a tool has several.
#[derive(Serialize)]
struct Automation {
    id: String,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'r str,
    full_name: String,
    version: &'r str,
    semantic_version: &'r str,
    information_uri: &'static str,
    rules: Vec<RuleOf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleOf {
    id: &'static str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    help_uri: &'static str,
    default_configuration: Level,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Level {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

/// How the run went: what could not be validated is a notification, not a result.
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
    physical_location: Physical,
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
    region: Region,
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
    end_line: u64,
    end_column: u64,
}

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let listed = listed(report, options, MAX_RESULTS);
    let mut rules: Vec<&'static Rule> = Vec::new();
    for group in &listed.groups {
        if !rules.contains(&group.rule) {
            rules.push(group.rule);
        }
    }
    let mut uris = Uris::default();
    let results = listed.groups.iter().map(|group| result(group, report, &rules, &mut uris)).collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver(report, &rules, options) },
            automation_details: report.category.as_deref().map(automation),
            invocations: [invocation(report, options, listed.note())],
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    write_pretty_json(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn driver<'r>(report: &'r Report, rules: &[&'static Rule], options: Options) -> Driver<'r> {
    let rule = |rule: &&'static Rule| {
        let [impact, fix, example] = [rule.impact, rule.fix, rule.example].map(options.wording);
        RuleOf {
            id: rule.id,
            name: pascal_case(rule.id),
            short_description: text(rule.summary),
            help: Help {
                text: format!("{impact}\n\nHow to fix: {fix}\n\nExample: {example}"),
                markdown: format!(
                    "{impact}\n\n**How to fix:** {fix}\n\n**Example:**\n\n```text\n{example}\n```"
                ),
            },
            full_description: text(impact),
            help_uri: RULES,
            default_configuration: Level { level: level(rule.severity) },
        }
    };
    Driver {
        name: &report.tool.name,
        full_name: format!("{} {}", report.tool.name, report.tool.version),
        version: &report.tool.version,
        semantic_version: &report.tool.version,
        information_uri: concat!("https://crates.io/crates/", env!("CARGO_PKG_NAME")),
        rules: rules.iter().map(rule).collect(),
    }
}

/// The id of a category: without a slash behind it, it would be taken for that of a run.
fn automation(category: &str) -> Automation {
    Automation { id: format!("{}/", message(category).trim_end_matches('/')) }
}

/// The name of a rule. It has to differ from the id in more than its capitals.
fn pascal_case(id: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let name: String = id.split('-').map(word).collect();
    if id.contains('-') { name } else { name + "Rule" }
}

fn invocation(report: &Report, options: Options, note: Option<String>) -> Invocation {
    let notification = |level, message: String| Notification { level, message: text(message) };
    let mut notifications: Vec<Notification> = report
        .problems
        .iter()
        .map(|problem| notification("error", message(&format!("{}: {}", problem.origin, problem.message))))
        .collect();
    if report.has_nothing() {
        notifications.push(notification("error", NOTHING.to_owned()));
    }
    for entry in &report.not_validated {
        notifications.push(notification("note", format!("not validated: {}", phrase::not_validated(entry))));
    }
    if let Some(why) = phrase::suppressed(report) {
        let invalid = phrase::plural(report.checked.invalid, "invalid payload");
        notifications.push(notification("note", format!("{invalid}; {why}")));
    }
    notifications.extend(note.map(|note| notification("warning", note)));
    let outcome = report.outcome();
    Invocation {
        execution_successful: outcome != super::Outcome::Incomplete,
        tool_execution_notifications: notifications,
        properties: BTreeMap::from([
            ("contract", report.contract.id.clone()),
            ("contract_version", report.contract.version.clone().unwrap_or_default()),
            ("outcome", word(outcome).to_owned()),
            ("summary", phrase::summary(report, options)),
        ]),
    }
}

fn result<'r>(group: &'r Group, report: &Report, rules: &[&'static Rule], uris: &mut Uris) -> ResultOf<'r> {
    let example = group.example.as_ref();
    let mut sentence = format!("{}; {}", message(&group.message()), often(group, report));
    if let Some(example) = example {
        sentence.push('\n');
        sentence.push_str(&message(example.fragment()));
    }
    let mut at = |position: &Position| location(position, group, uris.of(&position.origin, report));
    let mut locations: Vec<_> = group.positions.iter().map(&mut at).collect();
    if locations.is_empty() {
        let TextLocation { origin, line, column, .. } = &group.first;
        locations.push(at(&Position { origin: origin.clone(), line: *line, column: *column }));
    }
    ResultOf {
        rule_id: group.rule.id,
        rule_index: rules.iter().position(|rule| *rule == group.rule).unwrap_or_default(),
        level: level(group.severity),
        message: text(sentence),
        locations,
        partial_fingerprints: BTreeMap::from([("findingGroup/v1", group.fingerprint())]),
        occurrence_count: group.count,
        properties: Properties {
            payloads: group.payloads,
            share: report.share(group.payloads),
            schema_pointer: &group.schema_pointer,
            example: example.map(crate::finding::Example::fragment),
        },
    }
}

/// A location in a file. An entry of a capture is the location of what is found in its body, whose lines are
/// not those of the file.
fn location<'r>(position: &Position, group: &'r Group, uri: String) -> Location<'r> {
    let Position { origin, line, column } = position;
    let (line, column) = origin.begins().map_or((*line, *column), |begins| (begins, 1));
    let region = Region {
        start_line: line,
        start_column: column,
        end_line: line,
        end_column: column.saturating_add(1),
    };
    Location {
        physical_location: Physical { artifact_location: Artifact { uri }, region },
        logical_locations: [Logical { fully_qualified_name: &group.pointer, kind: "member" }],
        message: origin.lines_of().is_none().then(|| text(inside(origin, position))),
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

/// The URI reference of each file: relative, without a scheme.
#[derive(Default)]
struct Uris(HashMap<String, String>);

impl Uris {
    fn of(&mut self, origin: &Origin, report: &Report) -> String {
        if let Some(uri) = self.0.get(origin.name()) {
            return uri.clone();
        }
        let mut uri = String::new();
        for name in &relative(origin, report) {
            if !uri.is_empty() {
                uri.push('/');
            }
            for &byte in name.as_encoded_bytes() {
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    uri.push(char::from(byte));
                } else {
                    let _ = write!(uri, "%{byte:02X}");
                }
            }
        }
        self.0.insert(origin.name().to_owned(), uri.clone());
        uri
    }
}
