//! Prints a profile as a table.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::claims::allows;
use super::field::Field;
use super::profile::{Documents, Profile};
use super::shares::share;
use crate::finding::did_you_mean;
use crate::pointer::child;
use crate::schema::model::Subschemas;
use crate::untrusted::{Untrusted, write_line};

/// Columns of a name.
const NAME: usize = 36;

/// Maximum number of enum members listed for one field.
const MAX_MEMBERS: usize = 6;

/// Maximum number of names listed of fields of one object that were never seen.
const MAX_UNSEEN: usize = 4;

/// One field of the table.
struct Row {
    /// Its steps from the root, each behind a `/`.
    path: String,
    depth: usize,
    name: String,
    tail: String,
    seen: u64,
    parents: u64,
    /// How bad this field is, or the worst below it.
    worst: u64,
    rows: Vec<Row>,
}

/// What is not in the contract, or is of a type that is not.
const FOREIGN: u64 = 2_000;

/// Writes the fields as a tree with bars, the worst first: those that the contract does not know, or of
/// another type than it says; then those that are there least. Those of one object that were never seen share
/// a line. `only` leaves the fields that match one of these patterns, each with its whole path: steps joined
/// by `/`, `*` for any step, as the last steps of the path.
///
/// # Errors
///
/// Errors of the writer.
pub fn write_table(
    documents: &Documents,
    profile: &Profile,
    only: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (at, (one, field)) in documents.seen(profile).enumerate() {
        if at > 0 {
            write_line(out, format!("in the envelope {}:", one.envelope().unwrap_or_default()))?;
        }
        write_all(&rows(Some(&one.root()), field, "", 0), only, out)?;
    }
    Ok(())
}

fn write_all(rows: &[Row], only: &[String], out: &mut dyn Write) -> io::Result<()> {
    let unseen: Vec<&Row> = rows.iter().filter(|row| row.seen == 0 && only.is_empty()).collect();
    let together = unseen.len() > 1;
    for row in rows.iter().filter(|row| !together || row.seen > 0) {
        write(row, only, out)?;
    }
    if let Some(first) = unseen.first().filter(|_| together) {
        let label = format!("{}({} properties)", "  ".repeat(first.depth), unseen.len());
        let named = unseen.iter().take(MAX_UNSEEN).map(|row| &*row.name);
        let more = if unseen.len() > MAX_UNSEEN { ", …" } else { "" };
        let named = named.collect::<Vec<_>>().join(", ");
        let (bar, parents) = (bar(0, 1), first.parents);
        write_line(out, format!("{label:NAME$} {bar} 0 of {parents}: never seen: {named}{more}"))?;
    }
    Ok(())
}

fn bar(seen: u64, parents: u64) -> String {
    let filled = usize::try_from(permille(seen, parents) / 100).unwrap_or(0);
    "█".repeat(filled) + &"·".repeat(10 - filled)
}

fn rows(known: Option<&Subschemas<'_>>, field: &Field, path: &str, depth: usize) -> Vec<Row> {
    let lists = known.is_some_and(|known| known.listed_at().is_some());
    let mut all = Vec::new();
    for (name, below) in &field.properties {
        let member = known.and_then(|known| known.member(name));
        let new = lists && member.is_none();
        all.push(row(member.as_ref(), name, below, field.object, new, path, depth));
    }
    if let Some(known) = known.filter(|_| field.object > 0) {
        let none = Field::default();
        for name in known.names().into_iter().filter(|name| !field.properties.contains_key(*name)) {
            all.push(row(None, name, &none, field.object, false, path, depth));
        }
    }
    if let Some(items) = field.items.as_ref().filter(|items| items.seen > 0) {
        let item = known.map(|known| known.item(0));
        all.push(row(item.as_ref(), "*", items, items.seen, false, path, depth));
    }
    all.sort_by(|a, b| b.worst.cmp(&a.worst).then_with(|| a.name.cmp(&b.name)));
    all
}

fn row(
    known: Option<&Subschemas<'_>>,
    name: &str,
    field: &Field,
    parents: u64,
    new: bool,
    path: &str,
    depth: usize,
) -> Row {
    let path = child(path, name);
    let rows = rows(known, field, &path, depth + 1);
    let foreign = known.is_some_and(|known| field.types().iter().any(|name| !allows(known, name)));
    let foreign = new || foreign || !field.new_members.is_empty() || field.other_members > 0;
    let absent = 1_000 - permille(field.seen, parents);
    let worst = if foreign { FOREIGN } else { absent };
    Row {
        tail: new_or_missing(field, if new { "NEW, " } else { "" }),
        depth,
        name: name.to_owned(),
        seen: field.seen,
        parents,
        worst: rows.iter().map(|row| row.worst).max().unwrap_or(0).max(worst),
        path,
        rows,
    }
}

fn permille(some: u64, all: u64) -> u64 {
    let permille = u128::from(some.min(all)) * 1_000 / u128::from(all.max(1));
    u64::try_from(permille).unwrap_or(1_000)
}

/// Types, nulls, distinct values, enum members, formats, ranges.
fn new_or_missing(field: &Field, before: &str) -> String {
    if field.seen == 0 {
        return "never seen".to_owned();
    }
    let mut text = format!("{before}{}", field.types().join("|"));
    let mut add = |part: String| {
        let _ = write!(text, ", {part}");
    };
    if field.null > 0 {
        add(format!("{} null", share(field.null, field.seen)));
    }
    let (distinct, exact) = field.distinct();
    if distinct > 0 {
        add(format!("{}{distinct} distinct", if exact { "" } else { "about " }));
    }
    let mut members: Vec<_> =
        field.new_members.iter().map(|(name, times)| (true, name, times.count)).collect();
    members.extend(field.members.iter().map(|(name, times)| (false, name, times.count)));
    members.sort_by(|a, b| (b.0, b.2, a.1).cmp(&(a.0, a.2, b.1)));
    for (new, name, count) in members.iter().take(MAX_MEMBERS) {
        add(format!("{}{name} {}", if *new { "NEW " } else { "" }, share(*count, field.seen)));
    }
    if members.len() > MAX_MEMBERS {
        add(format!("{} more values", members.len() - MAX_MEMBERS));
    }
    if field.other_members > 0 {
        add(format!("{} other values", field.other_members));
    }
    for (name, count) in &field.formats {
        add(format!("{} {name}", share(*count, field.string)));
    }
    for (span, before, behind) in
        [(field.length, "", " characters"), (field.numbers, "within ", ""), (field.counts, "", " items")]
    {
        if let Some(span) = span {
            add(format!("{before}{}..{}{behind}", span.least, span.most));
        }
    }
    if field.other_properties > 0 {
        add(format!("{} other properties", field.other_properties));
    }
    text
}

fn write(row: &Row, only: &[String], out: &mut dyn Write) -> io::Result<()> {
    let all = only.is_empty();
    if all || only.iter().any(|pattern| matches(pattern, &row.path)) {
        let label = if all { format!("{}{}", "  ".repeat(row.depth), row.name) } else { row.path.clone() };
        // Its columns count what is shown.
        let (label, bar) = (Untrusted::from(label), bar(row.seen, row.parents));
        let (label, Row { seen, parents, tail, .. }) = (label.line(), row);
        write_line(out, format!("{label:NAME$} {bar} {seen} of {parents}: {tail}"))?;
    }
    write_all(&row.rows, only, out)
}

/// The patterns of [`write_table`] that match no property, each with the most similar path, as the end of a
/// message.
pub fn unmatched<'p>(
    documents: &Documents,
    profile: &Profile,
    patterns: &'p [String],
) -> Vec<(&'p str, String)> {
    if patterns.is_empty() {
        return Vec::new();
    }
    let trees: Vec<Vec<Row>> =
        documents.seen(profile).map(|(one, field)| rows(Some(&one.root()), field, "", 0)).collect();
    let mut paths = Vec::new();
    let mut pending: Vec<&Row> = trees.iter().flatten().collect();
    while let Some(row) = pending.pop() {
        paths.push(row.path.as_str());
        pending.extend(&row.rows);
    }
    let is_unmatched = |pattern: &&String| !paths.iter().any(|path| matches(pattern, path));
    let nearest = |pattern: &'p String| {
        let steps = pattern.trim_matches('/').split('/').count();
        let ends = paths.iter().filter_map(|path| last_steps(path, steps));
        let ends = ends.filter(|end| !end.ends_with('*'));
        (pattern.as_str(), did_you_mean(pattern.trim_matches('/'), ends))
    };
    patterns.iter().filter(is_unmatched).map(nearest).collect()
}

/// The last steps of a path, if it has so many.
fn last_steps(path: &str, count: usize) -> Option<&str> {
    let (start, _) = path.rmatch_indices('/').nth(count.checked_sub(1)?)?;
    Some(&path[start + 1..])
}

/// Whether the last steps of a path are those of the pattern.
fn matches(pattern: &str, path: &str) -> bool {
    let mut steps = path.split('/').skip(1).collect::<Vec<_>>().into_iter().rev();
    pattern
        .trim_matches('/')
        .split('/')
        .rev()
        .all(|wanted| steps.next().is_some_and(|step| wanted == "*" || wanted == step))
}
