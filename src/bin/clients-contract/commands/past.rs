//! Earlier traffic that `drift` compares with: a profile, or a directory of them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clients_contract::drift::{
    By, Documents, HistoryBuilder, HistoryEntry, Profile, changed, history_section,
};
use clients_contract::report::document::Section;
use clients_contract::run::history::{Folder, check_time};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, Finding};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::history::other_contract;
use crate::output::FILES;

/// Maximum number of charts on the page of a run; `history` has more.
const MAX_CHARTS: usize = 20;

/// What earlier runs saw.
pub struct Past {
    folder: Folder,
    path: PathBuf,
    time: Timestamp,
    history: HistoryBuilder,
    /// The last run.
    last: Option<Profile>,
    /// All runs together, if there are several.
    all: Option<Profile>,
    /// The files of the first and of the last run.
    files: Option<(String, String)>,
    count: usize,
    /// When the last run was that the window leaves out.
    left_out: Option<Timestamp>,
    /// What of it could not be read.
    pub skipped: Vec<Error>,
}

impl Past {
    /// Reads the runs of the window before a time, by default that of the clock, and the last run.
    pub fn open(
        path: &Path,
        at: Option<Timestamp>,
        window: SignedDuration,
        contract: &str,
    ) -> Result<Self, Error> {
        let folder = Folder::create(path, &FILES)?;
        let time = at.unwrap_or_else(Timestamp::now);
        let mut entries = folder.read_before(time, at.is_none(), window)?;
        let mut past = Self {
            folder,
            path: path.to_owned(),
            time,
            history: HistoryBuilder::new(By::Day),
            last: None,
            all: None,
            files: None,
            count: 0,
            left_out: entries.left_out,
            skipped: Vec::new(),
        };
        for entry in &mut entries {
            if entry.profile.contract == contract {
                past.see(entry);
            } else {
                let file = path.join(&entry.name);
                past.skipped.push(other_contract(&file, &entry.profile.contract, contract));
            }
        }
        past.skipped.splice(0..0, entries.skipped);
        Ok(past)
    }

    /// Takes the next run.
    fn see(&mut self, entry: HistoryEntry) {
        let file = path_text(&self.path.join(&entry.name)).into_owned();
        self.files = Some(match self.files.take() {
            Some((first, _)) => (first, file),
            None => (file.clone(), file),
        });
        self.count += 1;
        if let Some(before) = self.last.replace(entry.profile.clone()) {
            self.all.get_or_insert(before).merge(entry.profile.clone());
        }
        self.history.add(entry);
    }

    /// The last run.
    pub fn last(&self) -> Option<&Profile> {
        self.last.as_ref()
    }

    /// The file of the last run.
    pub fn last_file(&self) -> Option<String> {
        self.files.as_ref().map(|(_, last)| last.clone())
    }

    /// What was compared with, in words.
    pub fn names(&self) -> Vec<String> {
        match &self.files {
            None => Vec::new(),
            Some((_, last)) if self.count == 1 => vec![format!("`{last}`")],
            Some((first, last)) => {
                vec![format!("`{last}`"), format!("all {} runs from `{first}` on", self.count)]
            }
        }
    }

    /// Adds what changed since all earlier runs together, where the last one alone does not show it.
    pub fn compare(&self, documents: &Documents, seen: &Profile, min_sample: u64, found: &mut Vec<Finding>) {
        let Some(all) = &self.all else { return };
        let count = self.count;
        for mut finding in changed(documents, seen, all, min_sample) {
            let is_known = |known: &Finding| {
                known.rule == finding.rule && known.pointer.starred() == finding.pointer.starred()
            };
            if !found.iter().any(is_known) {
                let _ = write!(finding.what, " (compared with the {count} runs before)");
                found.push(finding);
            }
        }
    }

    /// The history with this run in it.
    pub fn section(&self, seen: &Profile) -> Section {
        let mut history = self.history.clone();
        // The clocks of two machines differ: it is the last one in any case.
        history.add(HistoryEntry { name: "this run".to_owned(), time: self.time, profile: seen.slim() });
        history_section(&history.finish(self.left_out), By::Day, MAX_CHARTS)
    }

    /// Adds this run.
    pub fn add(self, seen: &Profile) -> Result<PathBuf, Error> {
        let Self { folder, path, time, .. } = self;
        Ok(path.join(folder.add(seen, time)?))
    }
}

/// Reads a time or a date, of UTC, that an entry can have.
pub fn time(text: &str) -> Result<Timestamp, String> {
    let of_date = || TimeZone::UTC.to_timestamp(text.parse::<Date>().ok()?.at(0, 0, 0, 0)).ok();
    let time = text.parse::<Timestamp>().ok().or_else(of_date).ok_or_else(|| {
        format!(
            "`{text}` is no time; expected one such as 2026-11-03T06:30:00Z, or a date such as 2026-11-03"
        )
    })?;
    check_time(time, Timestamp::now()).map_err(|why| format!("`{text}` {why}"))?;
    Ok(time)
}
