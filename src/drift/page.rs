//! The statistics of traffic as sections of a document.

use std::collections::HashSet;

use super::coverage::{Coverage, Part};
use super::profile::{Documents, Profile};
use super::shares::{kind, share};
use super::table::{Row, rows};
use super::tree::lines;
use crate::finding::{Groups, rules};
use crate::pointer::child;
use crate::report::document::{Anchor, Bar, Block, Cell, Section, Table, Tone, Tree};

/// Maximum number of properties of all trees on a page without findings.
const MAX_NODES: usize = 500;

/// Number of properties that make room for a finding group: pages stay small.
const NODES_OF_GROUP: usize = 3;

/// Number of finding groups that properties make room for.
const MAX_GROUPS: usize = 100;

/// Maximum number of rows of a table.
const MAX_ROWS: usize = 200;

/// The properties as a tree with bars, and the coverage of the contract. Properties with findings are in the
/// tree before others.
#[must_use]
pub fn sections(
    documents: &Documents,
    profile: &Profile,
    coverage: &Coverage,
    groups: &Groups,
) -> Vec<Section> {
    let mut properties = Section::new("tree", "Properties");
    let mut undocumented = Vec::new();
    let found: HashSet<&str> = groups.sorted().iter().map(|group| group.pointer.as_str()).collect();
    let room = MAX_NODES - NODES_OF_GROUP * groups.sorted().len().min(MAX_GROUPS);
    let max = room / documents.seen(profile).count().max(1);
    for (at, (one, field)) in documents.seen(profile).enumerate() {
        if at > 0 {
            let text = format!("In the envelope `{}`:", one.envelope().unwrap_or_default());
            properties.blocks.push(Block::Text(text.into()));
        }
        let rows = rows(Some(&one.root()), field);
        add_undocumented(&rows, "", &mut undocumented);
        let (lines, left_out) = lines(&rows, &found, max);
        if left_out > 0 {
            let text = format!(
                "{left_out} properties are not listed. Undocumented properties, those with findings and those \
                 nearest to the root are listed first, and each kind of object where it is nearest to the root."
            );
            properties.blocks.push(Block::Notice(Tone::Warning, text.into()));
        }
        let head = ["Property", "Present", "Null", "Types and values"];
        let caption = "Properties with the rates at which they are present and null".into();
        properties.blocks.push(Block::Tree(Tree { caption, head, lines }));
    }
    vec![properties, covered(coverage, undocumented)]
}

/// A row for each undocumented property.
fn add_undocumented(rows: &[Row<'_>], around: &str, all: &mut Vec<Vec<Cell>>) {
    for row in rows {
        let pointer = child(around, row.name);
        if row.is_new {
            all.push(undocumented(row, &pointer));
        }
        add_undocumented(&row.rows, &pointer, all);
    }
}

fn undocumented(row: &Row<'_>, pointer: &str) -> Vec<Cell> {
    let kind = row.field.map(kind).unwrap_or_default();
    let (seen, parents) = (row.seen(), row.parents);
    let bar = Bar::of(seen, parents, format!("{} ({seen} of {parents})", share(seen, parents)));
    vec![Cell::code(pointer), Cell::text(&kind), Cell::Bar(bar)]
}

/// What of the contract the payloads exercise, and what of the payloads the contract does not know.
fn covered(coverage: &Coverage, undocumented: Vec<Vec<Cell>>) -> Section {
    const PARTS: [(Part, &str, &str); 4] = [
        (Part::Field, "Properties", "Documented and never seen"),
        (Part::Member, "Enum values", "Enum values that never occur"),
        (Part::Null, "Nulls", "Nullable and never null"),
        (Part::Empty, "Empty arrays and strings", "Arrays and strings that are never empty"),
    ];
    let rows = PARTS.iter().map(|(part, name, _)| {
        let [done, of] = coverage.count(*part);
        let share = if of == 0 {
            Cell::text("none documented")
        } else {
            Cell::Bar(Bar::of(done, of, format!("{done} of {of}")))
        };
        vec![Cell::text(name), share]
    });
    let table = Table::new("Coverage of the contract", &["Part", "Exercised"]).rows(rows);
    let text = format!("The payloads exercise {} % of the contract.", coverage.percent());
    let mut section =
        Section::new("coverage", "Coverage").with(Block::Text(text.into())).with(Block::Table(table));
    for (part, _, title) in PARTS {
        let missing = coverage.missing().iter().filter(|(missing, _)| *missing == part);
        let rows: Vec<_> = missing.map(|(_, name)| vec![Cell::code(name)]).collect();
        section.blocks.extend(folded(title, &["Schema location"], rows));
    }
    section.blocks.extend(folded("Seen and undocumented", &["Location", "Types", "Present"], undocumented));
    section
}

fn folded(title: &str, head: &[&'static str], mut rows: Vec<Vec<Cell>>) -> Option<Block> {
    if rows.is_empty() {
        return None;
    }
    let count = rows.len();
    rows.truncate(MAX_ROWS);
    let cut = if rows.len() < count { format!(", the first {MAX_ROWS} of them") } else { String::new() };
    let title = format!("{title} ({count}{cut})");
    Some(Block::Folded(title.as_str().into(), Table::new(&title, head).rows(rows)))
}

/// What changed since earlier traffic, with links to the findings. `before` names this traffic.
#[must_use]
pub fn changes_section(groups: &Groups, before: &[String]) -> Section {
    let of_change = [&rules::PRESENCE_DROPPED, &rules::NULL_RATE_ROSE, &rules::VALUE_APPEARED];
    let changed = groups.sorted().into_iter().filter(|group| of_change.contains(&group.rule));
    let rows: Vec<_> = changed
        .take(MAX_ROWS)
        .map(|group| {
            let anchor = Anchor::finding(&group.fingerprint());
            let link = Cell::Link(anchor, group.rule.id.into());
            vec![link, Cell::code(&group.pointer), Cell::text(&group.statement())]
        })
        .collect();
    let text = format!("Compared with {}.", before.join(" and with "));
    let section = Section::new("changes", "Changes since earlier traffic").with(Block::Text(text.into()));
    if rows.is_empty() {
        return section.with(Block::Text("No significant change.".into()));
    }
    let table = Table::new("Changes since earlier traffic", &["Rule", "Location", "Change"]);
    section.with(Block::Table(table.rows(rows)))
}
