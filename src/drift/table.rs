//! Prints a profile as a table.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::claims::allows;
use super::field::Field;
use super::profile::{Documents, Profile};
use super::shares::share;
use crate::finding::did_you_mean;
use crate::pointer::{child, escape, unescape};
use crate::schema::model::Subschemas;
use crate::untrusted::{Untrusted, write_line};

/// Columns of a name.
const NAME: usize = 36;

/// Maximum number of enum members listed for one field.
const MAX_MEMBERS: usize = 6;

/// Maximum number of names listed of fields of one object that were never seen.
const MAX_UNSEEN: usize = 4;

/// One field of the table.
pub(super) struct Row<'t> {
    pub(super) name: &'t str,
    /// `None` where the traffic has none.
    pub(super) field: Option<&'t Field>,
    /// Whether the contract does not know it.
    pub(super) is_new: bool,
    /// Whether it, or its type or one of its values, is not in the contract.
    pub(super) is_foreign: bool,
    pub(super) parents: u64,
    /// Where the contract lists the properties of its objects.
    pub(super) object: Option<String>,
    /// How bad this field is, or the worst below it.
    worst: u64,
    pub(super) rows: Vec<Self>,
}

impl Row<'_> {
    pub(super) fn seen(&self) -> u64 {
        self.field.map_or(0, |field| field.seen)
    }

    /// Whether it or anything in it is not in the contract.
    pub(super) fn has_foreign(&self) -> bool {
        self.worst >= FOREIGN
    }
}

/// Writes rows, of all fields or of those that match a pattern.
struct Table<'t, 'w> {
    only: &'t [String],
    /// The steps to the rows to come from the root, each behind a `/`.
    path: String,
    depth: usize,
    out: &'w mut dyn Write,
}

/// No name that a schema lists, to see what it says of any other.
pub(super) const ANY: &str = "\u{1}";

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
        let mut table = Table { only, path: String::new(), depth: 0, out };
        table.all(&rows(Some(&one.root()), field))?;
    }
    Ok(())
}

impl Table<'_, '_> {
    fn all(&mut self, rows: &[Row<'_>]) -> io::Result<()> {
        let unseen: Vec<&Row<'_>> =
            rows.iter().filter(|row| row.seen() == 0 && self.only.is_empty()).collect();
        let together = unseen.len() > 1;
        for row in rows.iter().filter(|row| !together || row.seen() > 0) {
            self.row(row)?;
        }
        if let Some(first) = unseen.first().filter(|_| together) {
            let label = format!("{}({} properties)", "  ".repeat(self.depth), unseen.len());
            let named = unseen.iter().take(MAX_UNSEEN).map(|row| row.name);
            let more = if unseen.len() > MAX_UNSEEN { ", …" } else { "" };
            let named = named.collect::<Vec<_>>().join(", ");
            let (bar, parents) = (bar(0, 1), first.parents);
            write_line(self.out, format!("{label:NAME$} {bar} 0 of {parents}: never seen: {named}{more}"))?;
        }
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let around = self.path.len();
        if !self.only.is_empty() {
            self.path.push('/');
            escape(row.name, &mut self.path);
        }
        let all = self.only.is_empty();
        if all || self.only.iter().any(|pattern| matches(pattern, &self.path)) {
            let label = if all { "  ".repeat(self.depth) + row.name } else { self.path.clone() };
            // Its columns count what is shown.
            let (label, bar) = (Untrusted::from(label), bar(row.seen(), row.parents));
            let (label, seen, parents, details) = (label.line(), row.seen(), row.parents, details(row));
            write_line(self.out, format!("{label:NAME$} {bar} {seen} of {parents}: {details}"))?;
        }
        self.depth += 1;
        self.all(&row.rows)?;
        self.depth -= 1;
        self.path.truncate(around);
        Ok(())
    }
}

fn bar(seen: u64, parents: u64) -> &'static str {
    const ALL: &str = "██████████··········";
    let filled = usize::try_from(permille(seen, parents) / 100).unwrap_or(0).min(10);
    // Each of the first ten has three bytes, and each of the others two.
    &ALL[(10 - filled) * 3..30 + (10 - filled) * 2]
}

/// The fields in a field, the worst first.
pub(super) fn rows<'t>(known: Option<&Subschemas<'t>>, field: &'t Field) -> Vec<Row<'t>> {
    let lists = known.is_some_and(|known| known.listed_at().is_some());
    let mut all = Vec::new();
    for (name, below) in &field.properties {
        let member = known.and_then(|known| known.member(name));
        let new = lists && member.is_none();
        all.push(row(member.as_ref(), name, below, field.object, new));
    }
    if let Some(known) = known.filter(|_| field.object > 0) {
        for name in known.names().into_iter().filter(|name| !field.properties.contains_key(*name)) {
            let (parents, worst) = (field.object, 1_000);
            let (is_new, is_foreign, object, rows) = (false, false, None, Vec::new());
            all.push(Row { name, field: None, is_new, is_foreign, parents, object, worst, rows });
        }
    }
    if let Some(items) = field.items.as_ref().filter(|items| items.seen > 0) {
        let item = known.map(|known| known.item(0));
        all.push(row(item.as_ref(), "*", items, items.seen, false));
    }
    all.sort_by(|a, b| b.worst.cmp(&a.worst).then_with(|| a.name.cmp(b.name)));
    all
}

fn row<'t>(
    known: Option<&Subschemas<'t>>,
    name: &'t str,
    field: &'t Field,
    parents: u64,
    is_new: bool,
) -> Row<'t> {
    let rows = rows(known, field);
    let foreign = known.is_some_and(|known| field.types().iter().any(|name| !allows(known, name)));
    let is_foreign = is_new || foreign || !field.new_members.is_empty() || field.other_members > 0;
    let absent = 1_000 - permille(field.seen, parents);
    let worst = if is_foreign { FOREIGN } else { absent };
    let worst = rows.iter().map(|row| row.worst).max().unwrap_or(0).max(worst);
    let object = known.and_then(Subschemas::listed_at);
    Row { name, field: Some(field), is_new, is_foreign, parents, object, worst, rows }
}

fn permille(some: u64, all: u64) -> u64 {
    let permille = u128::from(some.min(all)) * 1_000 / u128::from(all.max(1));
    u64::try_from(permille).unwrap_or(1_000)
}

/// Types, nulls, distinct values, enum members, formats, ranges.
fn details(row: &Row<'_>) -> String {
    let Some(field) = row.field.filter(|field| field.seen > 0) else { return "never seen".to_owned() };
    let mut all = facts(field);
    if field.null > 0 {
        all.insert(1, format!("{} null", share(field.null, field.seen)));
    }
    let new = if row.is_new { "NEW, " } else { "" };
    format!("{new}{}", all.join(", "))
}

/// The types first, then distinct values, enum members, formats, ranges.
pub(super) fn facts(field: &Field) -> Vec<String> {
    let mut all = vec![field.types().join("|")];
    let mut add = |part: String| all.push(part);
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
    for (span, [before, one, many]) in [
        (field.length, ["", " character", " characters"]),
        (field.numbers, ["within ", "", ""]),
        (field.counts, ["", " item", " items"]),
    ] {
        match span {
            Some(span) if span.least < span.most => {
                add(format!("{before}{}..{}{many}", span.least, span.most));
            }
            Some(span) if one.is_empty() => add(format!("always {}", span.least)),
            Some(span) => {
                let least = span.least.to_string();
                add(format!("{least}{}", if least == "1" { one } else { many }));
            }
            None => {}
        }
    }
    if field.other_properties > 0 {
        add(format!("{} other properties", field.other_properties));
    }
    all
}

/// For each pattern of [`write_table`] that matches no property, why: the contract documents one that was not
/// seen, or none is known, with the most similar path.
pub fn unmatched(documents: &Documents, profile: &Profile, patterns: &[String]) -> Vec<String> {
    if patterns.is_empty() {
        return Vec::new();
    }
    let mut paths = Vec::new();
    for (one, field) in documents.seen(profile) {
        let mut pending: Vec<(String, Vec<Row<'_>>)> = vec![(String::new(), rows(Some(&one.root()), field))];
        while let Some((around, rows)) = pending.pop() {
            for row in rows {
                let path = child(&around, row.name);
                paths.push(path.clone());
                pending.push((path, row.rows));
            }
        }
    }
    let is_unmatched = |pattern: &&String| !paths.iter().any(|path| matches(pattern, path));
    let why = |pattern: &String| {
        if documents.seen(profile).any(|(one, _)| documented(&one.root(), pattern)) {
            return format!("`{pattern}` is documented, but was not seen in the payloads");
        }
        let steps = pattern.trim_matches('/').split('/').count();
        let ends = paths.iter().filter_map(|path| last_steps(path, steps));
        let ends = ends.filter(|end| !end.ends_with('*'));
        let near = did_you_mean(pattern.trim_matches('/'), ends);
        format!("no property in the payloads matches `{pattern}`{near}")
    };
    patterns.iter().filter(is_unmatched).map(why).collect()
}

/// Whether the contract lists a property, anywhere, whose last steps are those of the pattern.
fn documented(root: &Subschemas<'_>, pattern: &str) -> bool {
    let mut here = distinct(vec![root.clone()], inside);
    for step in pattern.trim_matches('/').split('/') {
        let next = here.iter().flat_map(|known| match step {
            "*" => inside(known),
            name => listed(known, &unescape(name)).into_iter().collect(),
        });
        here = distinct(next.collect(), |_| Vec::new());
    }
    !here.is_empty()
}

/// All that is reached from these, each set of subschemas once.
fn distinct<'m>(
    mut pending: Vec<Subschemas<'m>>,
    reached: impl Fn(&Subschemas<'m>) -> Vec<Subschemas<'m>>,
) -> Vec<Subschemas<'m>> {
    let mut visited = BTreeSet::new();
    let mut all = Vec::new();
    while let Some(known) = pending.pop() {
        if visited.insert(known.identity().to_vec()) {
            pending.extend(reached(&known));
            all.push(known);
        }
    }
    all
}

/// The members that are listed, those that have any other name, and the items.
fn inside<'m>(known: &Subschemas<'m>) -> Vec<Subschemas<'m>> {
    let names = known.names().into_iter().filter_map(|name| known.member(name));
    let items = known.describes_items().then(|| known.items());
    names.chain(known.member(ANY)).chain(items).collect()
}

fn listed<'m>(known: &Subschemas<'m>, name: &str) -> Option<Subschemas<'m>> {
    known.member(name).filter(|_| known.lists(name))
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
