//! Directories with a profile of each run, which are only ever added to.

use std::collections::VecDeque;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tempfile::NamedTempFile;

use super::files::{self, Files};
use crate::drift::{HistoryEntry, Profile};
use crate::error::{Error, ErrorKind};
use crate::untrusted::path_text;

/// Bytes that one entry may have.
const MAX_ENTRY: u64 = 256 << 20;

/// How far ahead of the clock the time of an entry may be: the clocks of two machines differ.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// How the names of entries begin that are not complete yet.
const TEMPORARY: &str = concat!(".", env!("CARGO_PKG_NAME"), "-entry-");

/// How old such a file may be: an entry is written in moments.
const MAX_TEMPORARY_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// How the time of an entry is written in its name, in UTC.
const NAME: &str = "%Y%m%dT%H%M%SZ";

/// Whether an entry can have this time: one that is too far ahead of the clock, or that has no name, is never
/// read.
///
/// # Errors
///
/// Why not.
pub fn check_time(time: Timestamp, clock: Timestamp) -> Result<(), &'static str> {
    if time > latest(clock) {
        return Err("is more than a day ahead of the clock");
    }
    if time_of(&name_of(time, 1)).is_none() {
        return Err("is before year 0");
    }
    Ok(())
}

/// The last time that an entry can have.
fn latest(clock: Timestamp) -> Timestamp {
    clock.saturating_add(MAX_AHEAD).unwrap_or(Timestamp::MAX)
}

/// A directory with a profile of each run, named by the time of the run in UTC: `20261103T063000Z.json`, with
/// `-2` and so on for further runs in that second. Other files in it are ignored.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    files: Files,
}

/// The entries of a directory that are looked at, in order of time. Each is read when it is asked for, so that
/// there is one at a time in memory.
#[derive(Debug, Default)]
pub struct Entries {
    folder: PathBuf,
    named: VecDeque<Named>,
    /// Those that could not be read so far: the file, and why.
    pub skipped: Vec<Error>,
    /// When the last run was that the window leaves out.
    pub left_out: Option<Timestamp>,
}

impl Entries {
    /// The contract of the last entry that can be read.
    pub fn contract(&self) -> Option<String> {
        self.named.iter().rev().find_map(|named| Some(self.read(named).ok()?.contract))
    }

    fn read(&self, named: &Named) -> Result<Profile, Error> {
        let path = self.folder.join(&named.name);
        let bytes = files::read(&path, MAX_ENTRY, ErrorKind::Input)?;
        Profile::from_slice(&path_text(&path), &bytes)
    }
}

impl Iterator for Entries {
    type Item = HistoryEntry;

    fn next(&mut self) -> Option<HistoryEntry> {
        while let Some(named) = self.named.pop_front() {
            match self.read(&named) {
                Ok(profile) => return Some(HistoryEntry { name: named.name, time: named.time, profile }),
                Err(error) => self.skipped.push(error),
            }
        }
        None
    }
}

/// The name of an entry, and what it means.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    time: Timestamp,
    number: u64,
    name: String,
}

impl Folder {
    /// Opens a directory to read from it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when it is none.
    pub fn open(path: &Path, files: &Files) -> Result<Self, Error> {
        let wrong = |what: &str| Error::new(ErrorKind::Input, path_text(path), what);
        let metadata = fs::metadata(path).map_err(|error| wrong("cannot be read").because(error))?;
        if !metadata.is_dir() {
            return Err(wrong("not a directory; expected the directory of `history`"));
        }
        Ok(Self { path: path.to_owned(), files: files.clone() })
    }

    /// Opens a directory to add to it, and makes it if it is not there. One that cannot be written to is
    /// found before the work; nothing is left in it until an entry is added.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Output`] when it cannot be made or written to.
    pub fn create(path: &Path, files: &Files) -> Result<Self, Error> {
        let folder = Self { path: path.to_owned(), files: files.clone() };
        let probe = fs::create_dir_all(path).and_then(|()| folder.temporary());
        let probe = probe.map_err(|error| unwritable(path, error))?;
        let name = probe.path().to_owned();
        probe.close().map_err(|error| unwritable(path, error))?;
        files.gone(&name);
        Ok(folder)
    }

    /// A file for an entry that is not complete yet.
    fn temporary(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new().prefix(TEMPORARY).make_in(&self.path, |path| self.files.temporary(path))
    }

    /// Removes what runs have left that were killed while they added an entry. What cannot be removed stays.
    fn remove_old_temporary(&self) {
        let is_old = |entry: &DirEntry| {
            let is_temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
            let metadata = || entry.metadata().ok().filter(Metadata::is_file);
            let age = || metadata()?.modified().ok()?.elapsed().ok();
            is_temporary && age().is_some_and(|age| age > MAX_TEMPORARY_AGE)
        };
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten().filter(is_old) {
            let _ = fs::remove_file(entry.path());
        }
    }

    /// Reads all entries, or those of a window that ends with the last one: a history that has not been added
    /// to is no empty one. An entry that is more than a day ahead of the clock is skipped: one of them is wrong.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when the directory cannot be read. What is wrong with an entry is in
    /// [`Entries::skipped`].
    pub fn read(&self, clock: Timestamp, window: Option<SignedDuration>) -> Result<Entries, Error> {
        let mut read = Entries::default();
        let mut named = self.named_by(clock, &mut read.skipped)?;
        if let (Some(window), Some(last)) = (window, named.last()) {
            let first = last.time.saturating_sub(window).unwrap_or(Timestamp::MIN);
            let old = named.iter().take_while(|entry| entry.time <= first).count();
            read.left_out = named.drain(..old).next_back().map(|entry| entry.time);
        }
        Ok(self.entries(named, read))
    }

    /// Reads the entries before a run: those of a window that ends with it, and the last one however old. The
    /// time of the run is that of the clock (`is_clock`) or was given. What is later than a time that was
    /// given is no entry before it.
    ///
    /// # Errors
    ///
    /// As [`Folder::read`].
    pub fn read_before(
        &self,
        run: Timestamp,
        is_clock: bool,
        window: SignedDuration,
    ) -> Result<Entries, Error> {
        let mut read = Entries::default();
        let mut named = if is_clock {
            self.named_by(run, &mut read.skipped)?
        } else {
            let mut named = self.named(&mut read.skipped)?;
            named.retain(|entry| entry.time <= run);
            named
        };
        let first = run.saturating_sub(window).unwrap_or(Timestamp::MIN);
        let old = named.iter().take_while(|entry| entry.time <= first).count();
        let old = old.min(named.len().saturating_sub(1));
        read.left_out = named.drain(..old).next_back().map(|entry| entry.time);
        Ok(self.entries(named, read))
    }

    /// The names of entries that are not ahead of the clock, in order.
    fn named_by(&self, clock: Timestamp, skipped: &mut Vec<Error>) -> Result<Vec<Named>, Error> {
        let (named, ahead): (Vec<_>, Vec<_>) =
            self.named(skipped)?.into_iter().partition(|entry| entry.time <= latest(clock));
        let what = "dated more than a day ahead of the clock; rename it if the clock is right";
        skipped.extend(ahead.iter().map(|entry| self.wrong(&entry.name, what)));
        Ok(named)
    }

    fn entries(&self, named: Vec<Named>, entries: Entries) -> Entries {
        Entries { folder: self.path.clone(), named: named.into(), ..entries }
    }

    /// The names of entries, in order.
    fn named(&self, skipped: &mut Vec<Error>) -> Result<Vec<Named>, Error> {
        let unreadable = |error: io::Error| {
            Error::new(ErrorKind::Input, path_text(&self.path), "cannot be read").because(error)
        };
        let mut named = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let name = path_text(name.as_ref()).into_owned();
            if name.starts_with('.') || name.strip_suffix(".json").is_none() {
                continue;
            }
            match time_of(&name) {
                Some((time, number)) => named.push(Named { time, number, name }),
                None => skipped.push(self.wrong(&name, "not named by a time, such as 20261103T063000Z.json")),
            }
        }
        named.sort();
        skipped.sort_by(|a, b| a.subject().cmp(b.subject()));
        Ok(named)
    }

    fn wrong(&self, name: &str, what: &str) -> Error {
        Error::new(ErrorKind::Input, path_text(&self.path.join(name)), what)
    }

    /// Adds the profile of a run, slimmed, and returns the name of its file. The file is complete or not
    /// there, and no file is replaced, also not by another run at the same time. Temporary files of entries
    /// that are older than a day are removed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Output`] when it cannot be written.
    pub fn add(self, profile: &Profile, time: Timestamp) -> Result<String, Error> {
        let path = self.path.clone();
        let unwritable = |error: io::Error| unwritable(&path, error);
        let text = profile.slim().to_json().map_err(|error| unwritable(error.into()))?;
        self.remove_old_temporary();
        let mut next = self.temporary().map_err(unwritable)?;
        next.write_all(text.as_bytes()).map_err(unwritable)?;
        next.as_file().sync_all().map_err(unwritable)?;
        let temporary = next.path().to_owned();
        for number in 1.. {
            let name = name_of(time, number);
            match next.persist_noclobber(path.join(&name)) {
                Ok(_) => {
                    self.files.gone(&temporary);
                    // Not every system has directories that can be opened.
                    let _ = File::open(&path).and_then(|folder| folder.sync_all());
                    return Ok(name);
                }
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => next = error.file,
                Err(error) => return Err(unwritable(error.error)),
            }
        }
        Err(unwritable(io::ErrorKind::AlreadyExists.into()))
    }
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, path_text(path), "cannot be written").because(error)
}

fn name_of(time: Timestamp, number: u64) -> String {
    let time = time.strftime(NAME);
    if number == 1 { format!("{time}.json") } else { format!("{time}-{number}.json") }
}

/// The time in the name of an entry, and its number in that second.
fn time_of(name: &str) -> Option<(Timestamp, u64)> {
    let stem = name.strip_suffix(".json")?;
    let (time, number) = match stem.split_once('-') {
        Some((time, number)) => (time, number.parse().ok().filter(|number| *number > 1)?),
        None => (stem, 1),
    };
    let time = TimeZone::UTC.to_timestamp(DateTime::strptime(NAME, time).ok()?).ok()?;
    (name_of(time, number) == name).then_some((time, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        let time: Timestamp = "2026-11-03T06:30:00Z".parse().unwrap();
        for number in [1, 2, 17] {
            assert_eq!(time_of(&name_of(time, number)), Some((time, number)));
        }
        assert_eq!(name_of(time, 1), "20261103T063000Z.json");
        for (time, expected) in [
            ("2026-11-04T06:30:00Z", Ok(())),
            ("2026-11-04T06:30:01Z", Err("is more than a day ahead of the clock")),
            ("0000-01-01T00:00:00Z", Ok(())),
            ("-000001-12-31T23:59:59Z", Err("is before year 0")),
        ] {
            assert_eq!(check_time(time.parse().unwrap(), "2026-11-03T06:30:00Z".parse().unwrap()), expected);
        }
        for name in ["20261103T063000Z-1.json", "20261103T063000Z-02.json", "2026113T063000Z.json", "x.json"]
        {
            assert_eq!(time_of(name), None, "{name}");
        }
    }
}
