//! Groups findings by rule and pointer, and counts them.

use std::collections::{BTreeSet, HashMap};

use super::candidates::{Candidates, MAX_SHOWN};
use super::location::{Example, Position, TextLocation};
use super::{Finding, Rule, Severity, fingerprint, sentence};

/// Groups of one severity that are kept: the first ones in the order of their locations and rules, so that it
/// makes no difference in which order findings come. Findings of the others are only counted.
const MAX_GROUPS: usize = 10_000;

/// Maximum number of positions kept of one group.
pub(super) const MAX_POSITIONS: usize = 100;

/// Positions kept of all groups together: some 5 MB. The more groups there are, the fewer are kept of each.
const MAX_POSITIONS_OF_ALL: usize = 100_000;

/// Positions kept of each of so many groups.
fn positions_of_each(groups: usize) -> usize {
    (MAX_POSITIONS_OF_ALL / groups.max(1)).min(MAX_POSITIONS)
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
    /// Where the first of them are: at most 100, and fewer where there are more than 1,000 groups.
    pub positions: Vec<Position>,
    /// What `example` is chosen from, where groups are merged.
    pub(super) candidates: Candidates,
    pub(super) last_payload: u64,
    /// Whether all findings have the same message.
    pub(super) alike: bool,
}

impl Group {
    fn new(finding: &Finding, pointer: String) -> Self {
        let location = TextLocation::of(finding);
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
            candidates: Candidates::default(),
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
    fn show(&mut self, finding: &Finding, snippet: impl Fn(&Finding) -> Vec<String>) {
        if self.count > MAX_SHOWN {
            return;
        }
        let lines = snippet(finding);
        let size = |lines: &[String]| lines.first().map_or(0, |line| line.chars().count());
        let smaller = self.example.as_ref().is_none_or(|example| size(&lines) < size(&example.lines));
        if !lines.is_empty() && smaller {
            self.example = Some(Example { location: TextLocation::of(finding), lines });
        }
    }

    /// The same for a group that is merged with those of other runs.
    fn propose(&mut self, finding: &Finding, snippet: impl Fn(&Finding) -> Vec<String>) {
        if finding.origin.name() == self.first.origin.name() && self.candidates.are_open() {
            let lines = || snippet(finding);
            self.candidates.add(TextLocation::of(finding), 1 + finding.further, lines);
            self.example = self.candidates.example();
        }
    }

    fn keep_position(&mut self, finding: &Finding, max: usize) {
        if self.positions.len() < max {
            self.positions.push(Position {
                origin: finding.origin.clone(),
                line: finding.line,
                column: finding.column,
            });
        }
    }

    /// The message: the location, with `*` for array indexes, then what was found.
    #[must_use]
    pub fn message(&self) -> String {
        sentence(self.rule, &self.pointer, &self.statement())
    }

    /// The message without the location.
    #[must_use]
    pub fn statement(&self) -> String {
        let others = if self.alike { "" } else { "; other occurrences differ" };
        format!("{}{others}", self.what)
    }

    /// The fingerprint of the group, the same in every run.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(self.rule.id, &self.pointer)
    }
}

/// Findings grouped by rule and pointer, in bounded memory.
#[derive(Debug, Default)]
pub struct Groups {
    listed: Vec<Group>,
    /// The group of a rule, a severity and a location: changes of one rule can differ in severity.
    index: HashMap<(&'static str, Severity, String), usize>,
    /// Locations and rules of the groups of a severity, once there is no room for one more.
    full: [Option<BTreeSet<(String, &'static str)>>; 3],
    payload: u64,
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
        all.bound_positions();
        all
    }

    /// Leaves as many positions of each group as there is room for.
    fn bound_positions(&mut self) {
        let max = positions_of_each(self.listed.len());
        self.listed.iter_mut().for_each(|group| group.positions.truncate(max));
    }

    /// Begins a group, unless as many are kept and come before it.
    #[cold]
    fn begin(&mut self, key: (&'static str, Severity, String), finding: &Finding) -> Option<usize> {
        let group = Group::new(finding, key.2.clone());
        let at = if self.has_room(key.1) {
            self.listed.push(group);
            // As groups get more, each has room for fewer positions.
            if self.listed.len().is_multiple_of(1_000) {
                self.bound_positions();
            }
            self.listed.len() - 1
        } else {
            self.replace_last(&key, group)?
        };
        self.index.insert(key, at);
        Some(at)
    }

    /// Puts a group in the place of the last one of its severity, whose findings are only counted from then on.
    fn replace_last(&mut self, key: &(&'static str, Severity, String), group: Group) -> Option<usize> {
        let (rule, severity, pointer) = key;
        let same = self.index.keys().filter(|(_, other, _)| other == severity);
        let names = self.full[*severity as usize]
            .get_or_insert_with(|| same.map(|(rule, _, pointer)| (pointer.clone(), *rule)).collect());
        names.last().filter(|last| (&last.0, last.1) > (pointer, *rule))?;
        let (last, of_rule) = names.pop_last()?;
        names.insert((pointer.clone(), *rule));
        let at = self.index.remove(&(of_rule, *severity, last))?;
        let count = std::mem::replace(&mut self.listed[at], group).count;
        self.beyond[*severity as usize] += count;
        self.refused += count;
        Some(at)
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
            let known = self.index.get(&key).copied();
            let Some(at) = known.or_else(|| self.begin(key, finding)) else {
                self.beyond[finding.severity as usize] += 1 + finding.further;
                self.refused += 1 + finding.further;
                continue;
            };
            let max = positions_of_each(self.listed.len());
            let group = &mut self.listed[at];
            group.count(finding, self.payload);
            if self.mergeable {
                group.propose(finding, &snippet);
            } else {
                group.show(finding, &snippet);
            }
            group.keep_position(finding, max);
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
