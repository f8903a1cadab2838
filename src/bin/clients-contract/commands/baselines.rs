//! Baselines that a run reads, writes and prunes.

use std::path::{Path, PathBuf};

use clients_contract::finding::baseline::{Accept, without};
use clients_contract::finding::{Baseline, Policy, Scope};
use clients_contract::report::{Outcome, Report};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind};

use super::Manner;
use crate::exit::Exit;
use crate::files;
use crate::output::{Output, note};

/// A baseline that is to be written at the end.
pub struct NewBaseline {
    path: PathBuf,
    output: Output,
    /// What the file said before.
    earlier: Option<Baseline>,
}

impl NewBaseline {
    /// Opened before the work, so that what cannot be written is found then.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let earlier = if path.exists() { Some(baseline_at(path)?) } else { None };
        Ok(Self { path: path.to_owned(), output: Output::open(Some(path))?, earlier })
    }

    pub fn write(self, report: &Report, manner: Manner) -> Result<Exit, Error> {
        let Self { path, mut output, earlier } = self;
        let text = Baseline::accepting(&report.groups, earlier.as_ref(), &today())?;
        output.write(|out| out.write_all(text.as_bytes()))?;
        output.finish()?;
        note(manner.quiet, &format!("wrote {}", path_text(&path)));
        // What was found is accepted; what could not be judged is not.
        let judged = report.problems.is_empty() && report.checked.validated() > 0;
        Ok(if judged { Exit::Fine } else { Exit::Incomplete })
    }
}

/// A baseline whose obsolete entries are to be removed at the end.
pub struct Pruning {
    path: PathBuf,
    text: String,
    output: Output,
}

impl Pruning {
    /// Opened before the work, as a new baseline is.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let text = text_of(path)?;
        Ok(Self { path: path.to_owned(), text, output: Output::open(Some(path))? })
    }

    /// Removes the entries that matched nothing in a run that validated everything, and names them. Entries of rules that
    /// the command does not check stay: nobody knows whether they still occur.
    pub fn write(
        self,
        report: &Report,
        policy: &Policy,
        checks: impl Fn(Scope) -> bool,
        manner: Manner,
    ) -> Result<(), Error> {
        let Self { path, text, mut output } = self;
        let name = path_text(&path);
        if report.outcome() == Outcome::Incomplete || report.checked.not_validated > 0 {
            note(false, &format!("{name}: not pruned: not everything was validated"));
            return Ok(());
        }
        let is_checked = |entry: &&Accept| {
            clients_contract::rules().any(|rule| rule.id == entry.rule && checks(rule.scope))
        };
        let obsolete: Vec<&Accept> = policy.obsolete().into_iter().filter(is_checked).collect();
        if obsolete.is_empty() {
            note(manner.quiet, &format!("{name}: nothing to prune"));
            return Ok(());
        }
        let pruned = without(&name, &text, &obsolete)?;
        output.write(|out| out.write_all(pruned.as_bytes()))?;
        output.finish()?;
        for entry in obsolete {
            note(manner.quiet, &format!("{name}: removed {} at `{}`", entry.rule, entry.pointer));
        }
        Ok(())
    }
}

/// Reads a baseline.
pub fn baseline_at(path: &Path) -> Result<Baseline, Error> {
    let ids: Vec<&str> = clients_contract::rules().map(|rule| rule.id).collect();
    Baseline::parse(&path_text(path), &text_of(path)?, &today(), &ids)
}

fn text_of(path: &Path) -> Result<String, Error> {
    String::from_utf8(files::read(path, files::MAX_TEXT, ErrorKind::Usage)?)
        .map_err(|error| Error::new(ErrorKind::Usage, path_text(path), "is not UTF-8").because(error))
}

/// The day it is, in UTC.
fn today() -> String {
    jiff::Timestamp::now().to_string().chars().take(10).collect()
}
