//! Earlier traffic that `drift` compares with: a profile, or a directory of them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clients_contract::drift::{By, Documents, History, HistoryEntry, Profile, changed, history_section};
use clients_contract::report::document::Section;
use clients_contract::run::history::{Entries, Folder, check_time};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, Finding};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::history::other_contract;
use crate::output::FILES;

/// What earlier runs saw.
pub struct Past {
    folder: Folder,
    path: PathBuf,
    time: Timestamp,
    entries: Vec<HistoryEntry>,
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
        let Entries { mut entries, mut skipped, left_out } =
            folder.read_before(time, at.is_none(), window)?;
        for entry in entries.extract_if(.., |entry| entry.profile.contract != contract) {
            skipped.push(other_contract(&path.join(&entry.name), &entry.profile.contract, contract));
        }
        Ok(Self { folder, path: path.to_owned(), time, entries, left_out, skipped })
    }

    /// The last run.
    pub fn last(&self) -> Option<&Profile> {
        self.entries.last().map(|entry| &entry.profile)
    }

    /// The file of the last run.
    pub fn last_file(&self) -> Option<String> {
        self.entries.last().map(|entry| self.file(entry))
    }

    fn file(&self, entry: &HistoryEntry) -> String {
        path_text(&self.path.join(&entry.name)).into_owned()
    }

    /// What was compared with, in words.
    pub fn names(&self) -> Vec<String> {
        match &self.entries[..] {
            [] => Vec::new(),
            [one] => vec![format!("`{}`", self.file(one))],
            [first, .., last] => vec![
                format!("`{}`", self.file(last)),
                format!("all {} runs from `{}` on", self.entries.len(), self.file(first)),
            ],
        }
    }

    /// Adds what changed since all earlier runs together, where the last one alone does not show it.
    pub fn compare(&self, documents: &Documents, seen: &Profile, min_sample: u64, found: &mut Vec<Finding>) {
        let [first, others @ ..] = &self.entries[..] else { return };
        if others.is_empty() {
            return;
        }
        let mut all = first.profile.clone();
        for entry in others {
            all.merge(entry.profile.clone());
        }
        let count = self.entries.len();
        for mut finding in changed(documents, seen, &all, min_sample) {
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
        let now = HistoryEntry { name: "this run".to_owned(), time: self.time, profile: seen.slim() };
        let mut entries: Vec<_> = self.entries.iter().cloned().chain([now]).collect();
        // The clocks of two machines differ.
        entries.sort_by_key(|entry| entry.time);
        history_section(&History::of(entries, By::Day, self.left_out), By::Day)
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
