//! Reads, writes and prunes the baselines of a run.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::events::Events;
use super::files::{self, Files, MAX_TEXT};
use super::output::Output;
use crate::error::{Error, ErrorKind};
use crate::finding::baseline::{self, Accept, without};
use crate::finding::{Baseline, Policy, Rule, Scope};
use crate::report::{Checked, Outcome, Report};
use crate::schema::TomlSchema;
use crate::untrusted::path_text;

/// The baseline of a run, and what is done with it.
#[derive(Clone, Debug, Default)]
pub struct Baselines {
    /// The file whose entries are accepted.
    pub path: Option<PathBuf>,
    /// The file that is written at the end and accepts what was found; it takes the place of the one before.
    pub new: Option<PathBuf>,
    /// Whether entries that matched nothing are removed at the end.
    pub prunes: bool,
}

impl Baselines {
    /// Reads the baseline, whose entries are of these rules, and opens what is written before the work.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when a file is not a baseline or cannot be read, or there is none to prune;
    /// [`ErrorKind::Output`] when one cannot be written.
    pub fn open(
        self,
        rules: Vec<&'static Rule>,
        policy: &mut Policy,
        files: &Files,
    ) -> Result<OpenBaselines, Error> {
        let path = self.path.filter(|_| self.new.is_none());
        match &path {
            Some(path) if !self.prunes => files.protect(path),
            None if self.prunes => {
                return Err(Error::new(ErrorKind::Usage, "`prune_baseline`", "needs a baseline to prune"));
            }
            _ => {}
        }
        if let Some(path) = &path {
            policy.accept(read_baseline(path, &rules)?);
        }
        let new = self.new.map(|path| NewBaseline::open(&path, &rules, files)).transpose()?;
        let pruning = path.filter(|_| self.prunes).map(|path| Pruning::open(&path, files)).transpose()?;
        Ok(OpenBaselines { new, pruning, rules })
    }
}

/// Baselines that are written at the end.
#[derive(Debug)]
pub struct OpenBaselines {
    new: Option<NewBaseline>,
    pruning: Option<Pruning>,
    rules: Vec<&'static Rule>,
}

impl OpenBaselines {
    /// Whether any is written, so that all input is needed even if the reports are not read to their end.
    pub(super) fn are_written(&self) -> bool {
        self.new.is_some() || self.pruning.is_some()
    }

    /// Writes them, if they are to be written; a report whose findings are accepted does not fail on them.
    /// `checks` decides which rules are checked.
    ///
    /// # Errors
    ///
    /// When there are too many finding groups, or a file cannot be written.
    pub fn write(
        self,
        report: &mut Report,
        policy: &Policy,
        checks: impl Fn(Scope) -> bool,
        events: &Events,
    ) -> Result<(), Error> {
        let rules = self.rules;
        let is_checked = |entry: &Accept| {
            policy.is_on(entry) && rules.iter().any(|rule| rule.id == entry.rule && checks(rule.scope))
        };
        if let Some(new) = self.new {
            new.write(report, is_checked, events)?;
        }
        self.pruning.map_or(Ok(()), |pruning| pruning.write(report, policy, is_checked, events))
    }
}

/// A baseline that is written at the end of a run.
#[derive(Debug)]
struct NewBaseline {
    path: PathBuf,
    output: Output,
    /// The previous content of the file.
    earlier: Option<Baseline>,
}

impl NewBaseline {
    fn open(path: &Path, rules: &[&Rule], files: &Files) -> Result<Self, Error> {
        // What it accepts already is kept.
        let earlier = if path.exists() { Some(read_baseline(path, rules)?) } else { None };
        Ok(Self { path: path.to_owned(), output: Output::open(path, files)?, earlier })
    }

    /// Accepts all findings of a report. Earlier entries that matched nothing are removed if everything was
    /// validated; those of rules that the run does not check stay.
    fn write(
        self,
        report: &mut Report,
        is_checked: impl Fn(&Accept) -> bool,
        events: &Events,
    ) -> Result<(), Error> {
        let Self { path, mut output, earlier } = self;
        let whole = is_whole(report);
        let stays = |entry: &Accept| !whole || !is_checked(entry);
        let text = Baseline::accepting(&report.groups, earlier.as_ref(), stays, &today())?;
        output.write(|out| out.write_all(text.as_bytes()))?;
        output.finish()?;
        events.note(&format!("wrote {}", path_text(&path)));
        report.set_fail_on(None);
        Ok(())
    }
}

/// A baseline whose obsolete entries are removed at the end of a run.
#[derive(Debug)]
struct Pruning {
    path: PathBuf,
    text: String,
    output: Output,
}

impl Pruning {
    fn open(path: &Path, files: &Files) -> Result<Self, Error> {
        let text = text_of(path)?;
        Ok(Self { path: path.to_owned(), text, output: Output::open(path, files)? })
    }

    /// Removes the entries that matched nothing in a run that validated everything, and names them. Entries
    /// of rules that the run does not check stay: whether they still occur is unknown.
    fn write(
        self,
        report: &Report,
        policy: &Policy,
        is_checked: impl Fn(&Accept) -> bool,
        events: &Events,
    ) -> Result<(), Error> {
        let Self { path, text, mut output } = self;
        let name = path_text(&path);
        if !is_whole(report) {
            events.warn(&format!("{name}: not pruned: not everything was validated"));
            return Ok(());
        }
        let obsolete: Vec<&Accept> =
            policy.obsolete().into_iter().filter(|entry| is_checked(entry)).collect();
        if obsolete.is_empty() {
            events.note(&format!("{name}: nothing to prune"));
            return Ok(());
        }
        let pruned = without(&name, &text, &obsolete)?;
        output.write(|out| out.write_all(pruned.as_bytes()))?;
        output.finish()?;
        for entry in obsolete {
            events.note(&format!("{name}: removed {} at `{}`", entry.rule, entry.pointer));
        }
        Ok(())
    }
}

/// Whether a run validated everything: then what no finding matched does not occur any more.
fn is_whole(report: &Report) -> bool {
    let Checked { payloads, not_validated, .. } = report.checked;
    report.outcome() != Outcome::Incomplete && payloads > 0 && not_validated == 0
}

fn read_baseline(path: &Path, rules: &[&Rule]) -> Result<Baseline, Error> {
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
    Baseline::parse(&path_text(path), &text_of(path)?, &today(), &ids)
}

fn text_of(path: &Path) -> Result<String, Error> {
    String::from_utf8(files::read(path, MAX_TEXT, ErrorKind::Usage)?)
        .map_err(|error| Error::new(ErrorKind::Usage, path_text(path), "is not UTF-8").because(error))
}

/// The current day in UTC.
fn today() -> String {
    jiff::Timestamp::now().to_string().chars().take(10).collect()
}

/// The JSON Schema of a baseline.
#[must_use]
pub fn baseline_schema() -> Value {
    let mut schema = TomlSchema::of::<baseline::File>();
    let description = "Findings that are accepted for now, by rule and location.";
    schema.identify("urn:clients-contract:baseline", "Baseline", description);
    schema.into_value()
}
