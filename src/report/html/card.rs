//! Finding groups as cards.

use std::collections::HashMap;

use super::super::document::{Anchor, Bar, Card};
use super::super::phrase::{location_of, often, share};
use super::super::{Invocation, Options, Report, shell_command};
use crate::finding::{Group, Scope};
use crate::untrusted::HtmlText;

/// A card for each group; groups of one rule and location are told apart in their anchors.
pub(super) fn all(groups: &[&Group], report: &Report, options: Options) -> Vec<Card> {
    let mut taken: HashMap<String, u32> = HashMap::new();
    let card = |group: &&Group| {
        let fingerprint = group.fingerprint();
        let times = taken.entry(fingerprint.clone()).or_default();
        *times += 1;
        let anchor = match times {
            1 => Anchor::finding(&fingerprint),
            times => Anchor::finding(&format!("{fingerprint}-{times}")),
        };
        one(group, anchor, report, options)
    };
    groups.iter().map(card).collect()
}

fn one(group: &Group, anchor: Anchor, report: &Report, options: Options) -> Card {
    let is_change = report.compared.is_some();
    let is_whole = group.rule.scope == Scope::Corpus;
    let in_words = || format!("{} of payloads", share(group, report));
    let bar = || Bar::of(group.payloads, report.checked.payloads, in_words());
    let sides = report.sides.get(&(group.severity, group.fingerprint()));
    let example = group.example.as_ref().filter(|_| sides.is_none());
    let snippet = example.map_or(&[][..], |example| &example.lines);
    let command = reproducing(group, report);
    Card {
        severity: group.severity,
        rule: group.rule.id,
        location: group.pointer.as_str().into(),
        what: sides.map_or_else(|| group.statement(), |_| change(group).0).into(),
        share: (!is_change && !is_whole).then(bar),
        snippet: snippet.iter().map(HtmlText::from).collect(),
        sides: sides.cloned(),
        facts: facts(group, report, options),
        no_command: command.as_ref().err().copied().flatten(),
        command: command.ok(),
        property: None,
        fingerprint: group.fingerprint().into(),
        anchor,
    }
}

fn facts(group: &Group, report: &Report, options: Options) -> Vec<(&'static str, HtmlText)> {
    let rule = group.rule;
    let code = |text: &str| HtmlText::from(format!("`{text}`"));
    let mut facts = vec![("Meaning", HtmlText::from(rule.summary))];
    for (name, text) in [("Who breaks", rule.impact), ("How to fix", rule.fix)] {
        if !text.is_empty() {
            facts.push((name, (options.wording)(text).into()));
        }
    }
    // What is said of all payloads together has no place in one.
    if rule.scope != Scope::Corpus {
        facts.push(("Occurrences", often(group, report).into()));
        if let Some(example) = group.example.as_ref().filter(|example| example.location != group.first) {
            facts.push(("Snippet", code(&location_of(&example.location))));
        }
        facts.push(("First", code(&location_of(&group.first))));
        if group.count > 1 {
            facts.push(("Last", code(&location_of(&group.last))));
        }
    }
    if let Some(before) = change(group).1.filter(|_| report.compared.is_some()) {
        facts.push(("Schema location before", code(&before)));
    }
    if !group.schema_pointer.is_empty() {
        facts.push(("Schema location", code(&group.schema_pointer)));
    }
    facts
}

/// The statement of a change without what stands beside it: who breaks, and the schema locations. Also the
/// schema location before.
fn change(group: &Group) -> (String, Option<String>) {
    let statement = group.statement();
    let now = if group.schema_pointer.is_empty() { "#" } else { &group.schema_pointer };
    let locations = format!(" ({now}, before ");
    let Some((what, rest)) = statement.rsplit_once(&locations) else { return (statement, None) };
    let impact = group.rule.impact.trim_end_matches('.').to_lowercase();
    let is_impact = |end: &str| !impact.is_empty() && end.to_lowercase() == impact;
    let what = what.rsplit_once("; ").filter(|(_, end)| is_impact(end)).map_or(what, |(what, _)| what);
    let (before, others) = rest.split_once(')').unwrap_or((rest, ""));
    (format!("{what}{others}"), Some(before.to_owned()))
}

/// The command that shows a finding again: with the file alone in which it was, if it is about one payload and
/// this is a file. Otherwise why there is none, where that is not plain.
fn reproducing(group: &Group, report: &Report) -> Result<HtmlText, Option<&'static str>> {
    let Some(Invocation { of_file, of_run, unrepeatable, .. }) = &report.invocation else { return Err(None) };
    if unrepeatable.contains(&group.fingerprint()) {
        return Err(Some(
            "compared with several runs of the history, to which the command would add another",
        ));
    }
    let file = || {
        let origin =
            group.example.as_ref().map_or(&group.first, |example| &example.location).origin.file_path()?;
        let path = origin.to_str()?.to_owned();
        // What begins with a hyphen would be a flag.
        let path = if path.starts_with('-') { format!("./{path}") } else { path };
        Some(of_file.as_ref()?.iter().cloned().chain([path]).collect::<Vec<_>>())
    };
    let of_payload = match group.rule.scope {
        Scope::Corpus | Scope::Change => false,
        // It may be about several payloads together.
        Scope::Invariant => report.checked.payloads == 1,
        _ => true,
    };
    let of_file = of_payload.then(file).flatten();
    let Some(words) = of_file.as_ref().or(of_run.as_ref()) else { return Err(Some(NOT_AGAIN)) };
    let command = shell_command(words).map_err(Some)?;
    // There can be a thousand of them.
    let is_short = of_file.is_some() || command.to_string().len() <= MAX_COMMAND;
    if is_short { Ok(command) } else { Err(Some("use the command of this report, which is at its end")) }
}

/// Maximum number of bytes of a command that is repeated with findings.
const MAX_COMMAND: usize = 500;

/// Why there is no command.
pub(super) const NOT_AGAIN: &str = "standard input and a live instance cannot be read again";
