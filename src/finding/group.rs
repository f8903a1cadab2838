//! Groups findings by rule and pointer, and counts them.

use std::collections::HashMap;
use std::fmt;

use super::{Finding, Rule, Severity, fingerprint, sentence};
use crate::origin::Origin;
use crate::pointer::Pointer;

/// Groups of one severity that are kept; findings of further ones are only counted.
const MAX_GROUPS: usize = 10_000;

/// Maximum number of positions kept of one group.
pub(super) const MAX_POSITIONS: usize = 100;

/// Positions kept of all groups together, whichever come first: some 5 MB.
const MAX_POSITIONS_OF_ALL: usize = 100_000;

/// Findings of a group that are shown, to keep the smallest: showing costs more than counting.
const SHOWN: u64 = 8;

/// One location in one payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLocation {
    /// The payload.
    pub origin: Origin,
    /// The location inside it.
    pub pointer: Pointer,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in Unicode code points, counted from 1.
    pub column: u64,
}

impl fmt::Display for TextLocation {
    /// `file:line:column`, as editors and terminals take it, where the body lies in the file as it is;
    /// `run.har#4 line 3 column 5` otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin.location(self.line, self.column))
    }
}

/// A location without its pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The payload.
    pub origin: Origin,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in Unicode code points, counted from 1.
    pub column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin.location(self.line, self.column))
    }
}

/// One finding of a group, shown in its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Where it is.
    pub location: TextLocation,
    /// The fragment of the payload around it, and a line of carets under it.
    pub lines: Vec<String>,
}

impl Example {
    /// The fragment without its carets.
    #[must_use]
    pub fn fragment(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }
}

/// A finding group: findings with the same rule and pointer, whatever the array indexes.
#[derive(Clone, Debug)]
pub struct Group {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// How bad it is.
    pub severity: Severity,
    /// The location, with `*` for every array index.
    pub pointer: String,
    /// The message of the first finding, without its location.
    pub what: String,
    /// The schema location of the keyword; empty if there is none.
    pub schema_pointer: String,
    /// Number of findings.
    pub count: u64,
    /// Number of payloads with at least one.
    pub payloads: u64,
    /// The first of them.
    pub first: TextLocation,
    /// The last of them.
    pub last: TextLocation,
    /// The smallest of the first few of them (eight), shown in its surroundings; `None` where nothing can
    /// be shown.
    pub example: Option<Example>,
    /// Where the first of them are: at most 100, and fewer or none once 100,000 of all groups are kept.
    pub positions: Vec<Position>,
    pub(super) last_payload: u64,
    /// Whether all findings have the same message.
    pub(super) alike: bool,
}

impl Group {
    fn new(finding: &Finding, pointer: String) -> Self {
        let location = location_of(finding);
        Self {
            rule: finding.rule,
            severity: finding.severity,
            pointer,
            what: finding.what.clone(),
            schema_pointer: finding.schema_pointer.clone(),
            count: 0,
            payloads: 0,
            first: location.clone(),
            last: location,
            example: None,
            positions: Vec::new(),
            last_payload: 0,
            alike: true,
        }
    }

    fn count(&mut self, finding: &Finding, payload: u64) {
        self.count += 1 + finding.further;
        if self.last_payload != payload {
            self.last_payload = payload;
            self.payloads += 1;
        }
        self.alike &= self.what == finding.what;
        if self.count > 1 {
            self.last.origin.clone_from(&finding.origin);
            self.last.pointer.clone_from(&finding.pointer);
            self.last.line = finding.line;
            self.last.column = finding.column;
        }
    }

    /// Shows one of the first occurrences, and keeps it when it is smaller than what is there.
    fn show(&mut self, finding: &Finding, in_first_file: bool, snippet: impl Fn(&Finding) -> Vec<String>) {
        if self.count > SHOWN || in_first_file && finding.origin.name() != self.first.origin.name() {
            return;
        }
        let lines = snippet(finding);
        let size = |lines: &[String]| lines.first().map_or(0, |line| line.chars().count());
        let smaller = self.example.as_ref().is_none_or(|example| size(&lines) < size(&example.lines));
        if !lines.is_empty() && smaller {
            self.example = Some(Example { location: location_of(finding), lines });
        }
    }

    fn keep_position(&mut self, finding: &Finding) -> bool {
        let keeps = self.positions.len() < MAX_POSITIONS;
        if keeps {
            self.positions.push(Position {
                origin: finding.origin.clone(),
                line: finding.line,
                column: finding.column,
            });
        }
        keeps
    }

    /// The message: the location, with `*` for array indexes, then what was found.
    #[must_use]
    pub fn message(&self) -> String {
        let others = if self.alike { "" } else { "; other occurrences differ" };
        sentence(self.rule, &self.pointer, &format!("{}{others}", self.what))
    }

    /// The fingerprint of the group, the same in every run.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(self.rule.id, &self.pointer)
    }
}

fn location_of(finding: &Finding) -> TextLocation {
    TextLocation {
        origin: finding.origin.clone(),
        pointer: finding.pointer.clone(),
        line: finding.line,
        column: finding.column,
    }
}

/// Findings grouped by rule and pointer, in bounded memory.
#[derive(Debug, Default)]
pub struct Groups {
    listed: Vec<Group>,
    /// The group of a rule, a severity and a location: changes of one rule can differ in severity.
    index: HashMap<(&'static str, Severity, String), usize>,
    payload: u64,
    positions: usize,
    by_severity: [u64; 3],
    /// Groups kept of each severity: those of one never take the room of a worse one.
    kept: [usize; 3],
    /// Findings of groups that there was no room for, here or in one payload.
    beyond: [u64; 3],
    /// Those for which there was no room here.
    refused: u64,
    /// Whether examples come from the first file alone.
    mergeable: bool,
}

impl Groups {
    /// Groups that are merged with those of other runs: the example of a group comes from the first file that
    /// has it.
    #[must_use]
    pub fn mergeable() -> Self {
        Self { mergeable: true, ..Self::default() }
    }

    /// Groups from an earlier run, and the number of findings beyond them by severity.
    pub(super) fn of(groups: impl Iterator<Item = Group>, beyond: [u64; 3]) -> Self {
        let mut all = Self { beyond, by_severity: beyond, refused: beyond.iter().sum(), ..Self::default() };
        for group in groups {
            all.add_group(group);
        }
        all
    }

    /// Whether one more group of this severity is kept; counts it if so.
    fn has_room(&mut self, severity: Severity) -> bool {
        let kept = &mut self.kept[severity as usize];
        let room = *kept < MAX_GROUPS;
        *kept += usize::from(room);
        room
    }

    fn add_group(&mut self, group: Group) {
        let (severity, count) = (group.severity as usize, group.count);
        if self.has_room(group.severity) {
            let key = (group.rule.id, group.severity, group.pointer.clone());
            self.index.insert(key, self.listed.len());
            self.listed.push(group);
        } else {
            self.beyond[severity] = self.beyond[severity].saturating_add(count);
            self.refused = self.refused.saturating_add(count);
        }
        self.by_severity[severity] = self.by_severity[severity].saturating_add(count);
    }

    /// Adds findings that are in no group: counted, not kept.
    pub fn add_unlisted(&mut self, severity: Severity, count: u64) {
        for counts in [&mut self.by_severity, &mut self.beyond] {
            counts[severity as usize] = counts[severity as usize].saturating_add(count);
        }
    }

    /// Adds findings about this number of payloads as a whole.
    pub fn add_whole(&mut self, findings: &[Finding], payloads: u64) {
        for finding in findings {
            let mut group = Group::new(finding, finding.pointer.starred());
            (group.count, group.payloads) = (1, payloads);
            self.add_group(group);
        }
    }

    /// Lets `decide` change or remove each group.
    pub(super) fn decide(&mut self, mut decide: impl FnMut(&mut Group) -> bool) {
        let listed = std::mem::take(&mut self.listed);
        let others = Self::of(std::iter::empty(), self.beyond);
        *self = Self { mergeable: self.mergeable, refused: self.refused, ..others };
        for mut group in listed {
            if decide(&mut group) {
                self.add_group(group);
            }
        }
    }

    /// Appends the text of `more` to the message of each group.
    pub fn add_to(&mut self, more: impl Fn(&Group) -> Option<String>) {
        for group in &mut self.listed {
            if let Some(more) = more(group) {
                group.what.push_str(&more);
            }
        }
    }

    /// Findings beyond the groups kept: infos, warnings, errors.
    #[cfg(feature = "drift")]
    pub(super) fn beyond(&self) -> [u64; 3] {
        self.beyond
    }

    /// Adds the findings of the next payload. `snippet` is called for the first few
    /// findings of a group only.
    pub fn add(&mut self, findings: &[Finding], snippet: impl Fn(&Finding) -> Vec<String>) {
        self.payload += 1;
        for finding in findings {
            self.by_severity[finding.severity as usize] += 1 + finding.further;
            let key = (finding.rule.id, finding.severity, finding.pointer.starred());
            let at = if let Some(&at) = self.index.get(&key) {
                at
            } else if self.has_room(finding.severity) {
                self.listed.push(Group::new(finding, key.2.clone()));
                self.index.insert(key, self.listed.len() - 1);
                self.listed.len() - 1
            } else {
                self.beyond[finding.severity as usize] += 1 + finding.further;
                self.refused += 1 + finding.further;
                continue;
            };
            let group = &mut self.listed[at];
            group.count(finding, self.payload);
            group.show(finding, self.mergeable, &snippet);
            if self.positions < MAX_POSITIONS_OF_ALL && group.keep_position(finding) {
                self.positions += 1;
            }
        }
    }

    /// The groups, worst first: by severity, then by number of payloads.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.listed.iter().collect();
        groups.sort_by(|a, b| {
            (b.severity, b.payloads, b.count)
                .cmp(&(a.severity, a.payloads, a.count))
                .then_with(|| (&a.pointer, a.rule.id).cmp(&(&b.pointer, b.rule.id)))
        });
        groups
    }

    /// Number of findings with this severity, in all groups and beyond them.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        self.by_severity[severity as usize]
    }

    /// Findings of groups beyond the first 10,000 of their severity, of one payload or of all: counted, not
    /// kept.
    #[must_use]
    pub fn uncounted(&self) -> u64 {
        self.beyond.iter().sum()
    }

    /// Why not every finding is in a group, where the findings of all payloads together have too many.
    #[must_use]
    pub fn incomplete(&self) -> Option<String> {
        (self.refused > 0).then(|| {
            let count = self.refused;
            format!("{count} findings not listed: more than {MAX_GROUPS} groups of one severity")
        })
    }

    /// Whether any finding is at or above `severity`.
    #[must_use]
    pub fn any_at_least(&self, severity: Severity) -> bool {
        self.by_severity[severity as usize..].iter().any(|&count| count > 0)
    }
}
