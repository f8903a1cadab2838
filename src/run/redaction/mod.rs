//! Redacts files into files: what is written is searched for leaks before it is at its place.

mod spool;
mod targets;

use std::io::{self, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use walkdir::WalkDir;

use super::files::Files;
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::payload::{self, BeforeBeside, Opened, Options};
use crate::redact::{LeakSearch, Leaks, Outside, Redactor, Summary, rewrite};
use crate::report::Outcome;
use crate::untrusted::path_text;
use spool::Spool;
use targets::{Folders, Pair, Target, pairs};

/// The name of standard input.
const STDIN: &str = "<stdin>";

/// A redaction of files. Nothing is written unless nothing leaks.
///
/// ```
/// use std::path::Path;
/// use clients_contract::contract;
/// use clients_contract::redact::{Key, Outside, Redactor};
/// use clients_contract::run::Redaction;
///
/// let folder = tempfile::tempdir()?;
/// let output = folder.path().join("shared.har");
/// let contract = contract::usual();
/// let redactor = Redactor::new(contract.redaction()?, &Key::random()?);
/// let redacted = Redaction::new(redactor, Outside::new([&*contract.path]))
///     .execute(&["fixtures/captures/chrome.har".into()], &output)?;
/// assert_eq!(redacted.leaks.len(), 0);
/// assert!(output.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Redaction {
    redactor: Redactor,
    outside: Outside,
    reading: Options,
    jobs: Option<NonZeroUsize>,
    key_prefixes: Vec<String>,
    allowed: Vec<&'static str>,
    force: bool,
    files: Files,
}

/// What a redaction did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Redacted {
    /// How many files were read.
    pub files: u64,
    /// What was done with values.
    pub summary: Summary,
    /// The leaks that were found, by the names of outputs. With any, nothing was written.
    pub leaks: Vec<(String, Leaks)>,
    /// What could not be read or was left out.
    pub problems: Vec<Error>,
    /// Whether there were more values than are remembered, so that not all of them were searched for.
    pub is_partial: bool,
}

impl Redacted {
    /// A failure if there are leaks; incomplete if something was left out or not searched for.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match () {
            () if !self.leaks.is_empty() => Outcome::Fail,
            () if !self.problems.is_empty() || self.files == 0 => Outcome::Incomplete,
            () if self.is_partial => Outcome::Incomplete,
            () => Outcome::Pass,
        }
    }
}

impl Redaction {
    /// A redaction by this redactor, which keeps this outside of bodies.
    #[must_use]
    pub fn new(redactor: Redactor, outside: Outside) -> Self {
        Self {
            redactor,
            outside,
            reading: Options::default(),
            jobs: None,
            key_prefixes: Vec::new(),
            allowed: Vec::new(),
            force: false,
            files: Files::default(),
        }
    }

    /// How inputs are read.
    #[must_use]
    pub fn reading(self, reading: Options) -> Self {
        Self { reading, ..self }
    }

    /// The number of threads; all processors without it. What is written does not depend on it.
    #[must_use]
    pub fn jobs(self, jobs: Option<NonZeroUsize>) -> Self {
        Self { jobs, ..self }
    }

    /// What keys of the API begin with, which are leaks wherever they are.
    #[must_use]
    pub fn key_prefixes(self, prefixes: impl IntoIterator<Item = String>) -> Self {
        Self { key_prefixes: prefixes.into_iter().collect(), ..self }
    }

    /// Rules of leaks that are not searched for.
    #[must_use]
    pub fn allow(self, rules: impl IntoIterator<Item = &'static str>) -> Self {
        Self { allowed: rules.into_iter().collect(), ..self }
    }

    /// Whether files are overwritten.
    #[must_use]
    pub fn force(self, force: bool) -> Self {
        Self { force, ..self }
    }

    /// The files that are read and written, where more are than those of this redaction.
    #[doc(hidden)]
    #[must_use]
    pub fn files(self, files: &Files) -> Self {
        Self { files: files.clone(), ..self }
    }

    /// Redacts inputs: files, directories, patterns, or `-`, standard input. One file becomes the file
    /// `output`, or standard output for `-`; several become files of a directory with their relative paths.
    /// New files are for their owner alone.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when an output is an input, or is there and not to be overwritten;
    /// [`ErrorKind::Output`] when it cannot be written. What is wrong with an input is a problem of the
    /// result.
    pub fn execute(mut self, inputs: &[PathBuf], output: &Path) -> Result<Redacted, Error> {
        self.files.hold_values();
        let files = self.files.clone();
        self.reading.before_beside = BeforeBeside::new(move |path| files.read_beside(path));
        let mut redacted = Redacted::default();
        // Dropped after what is in them.
        let mut folders = Folders::default();
        let pairs = pairs(inputs, output, self.force, &self.files, &mut folders, &mut redacted.problems)?;
        let mut spools = Vec::new();
        for pair in pairs {
            spools.extend(self.rewrite(pair, &mut redacted)?);
        }
        redacted.summary = self.redactor.summary().clone();
        redacted.is_partial =
            self.redactor.written().is_partial() && !self.allowed.contains(&crate::redact::ORIGINAL);
        self.search(&spools, &mut redacted)?;
        if redacted.leaks.is_empty() {
            for (spool, _) in spools {
                spool.finish(&self.files)?;
            }
        }
        Ok(redacted)
    }

    fn threads(&self) -> NonZeroUsize {
        self.jobs.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }

    /// Rewrites a file into a temporary one.
    fn rewrite(&mut self, pair: Pair, redacted: &mut Redacted) -> Result<Option<(Spool, Vec<u64>)>, Error> {
        let opened = if let Some(path) = &pair.input {
            payload::open(path, &self.reading).map(Opened::ahead)
        } else {
            let reader = BufReader::with_capacity(1 << 16, io::stdin());
            payload::open_reader(reader, Origin::file(STDIN), &self.reading)
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                redacted.problems.push(error);
                return Ok(None);
            }
        };
        redacted.files += 1;
        let layers = opened.layers().to_vec();
        let mut spool = Spool::new(pair.target, layers, &self.files)?;
        let (jobs, redactor) = (self.threads(), &mut self.redactor);
        let rewritten = rewrite(opened, redactor, &self.outside, jobs, spool.writer());
        let rewritten = rewritten.map_err(|error| spool.unwritable(error))?;
        spool.flush()?;
        redacted.problems.extend(rewritten.problems);
        Ok(Some((spool, rewritten.cuts)))
    }

    /// Searches all that was written for all that was replaced.
    fn search(&self, spools: &[(Spool, Vec<u64>)], redacted: &mut Redacted) -> Result<(), Error> {
        let prefixes = self.key_prefixes.iter().map(String::as_str);
        let search = LeakSearch::default()
            .allow(self.allowed.iter().copied())
            .key_prefixes(prefixes)
            .public(self.outside.texts())
            .written(self.redactor.written());
        for (spool, cuts) in spools {
            let leaks = search.run_file(spool.path(), cuts, self.threads());
            let leaks = leaks.map_err(|error| spool.unwritable(error))?;
            if leaks.count > 0 {
                redacted.leaks.push((spool.name(), leaks));
            }
        }
        Ok(())
    }
}

/// What a search of files found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SearchedFiles {
    /// Files that were searched to their ends.
    pub files: u64,
    /// Those with leaks.
    pub leaks: Vec<(String, Leaks)>,
    /// What could not be read, and directories without files.
    pub problems: Vec<Error>,
}

/// Searches files, and all files of directories, for the shapes of what must not be shared, decompressed as they
/// are read.
///
/// # Errors
///
/// [`ErrorKind::Usage`] when there is no input.
pub fn search_files(inputs: &[PathBuf], search: &LeakSearch) -> Result<SearchedFiles, Error> {
    if inputs.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "", "no file to check"));
    }
    let SearchedFiles { mut files, mut leaks, mut problems } = SearchedFiles::default();
    let named = inputs.iter().flat_map(|input| match input {
        input if input == Path::new("-") => vec![input.clone()],
        input if input.is_dir() => files_of(input, &mut problems),
        input => {
            let sources = payload::expand([input]);
            problems.extend(sources.problems);
            sources.files
        }
    });
    let named: Vec<PathBuf> = named.collect();
    for input in &named {
        let (name, reader): (String, Box<dyn io::Read>) = if input == Path::new("-") {
            (STDIN.to_owned(), Box::new(io::stdin()))
        } else {
            match payload::decompressed(input) {
                Ok(reader) => (path_text(input).into_owned(), Box::new(reader)),
                Err(error) => {
                    problems.push(error);
                    continue;
                }
            }
        };
        match search.run(reader) {
            Ok(found) => {
                files += 1;
                if found.count > 0 {
                    leaks.push((name, found));
                }
            }
            Err(error) => problems.push(payload::unreadable(&name, error)),
        }
    }
    Ok(SearchedFiles { files, leaks, problems })
}

/// All regular files of a directory, in order of their paths; one without any is a problem.
fn files_of(folder: &Path, problems: &mut Vec<Error>) -> Vec<PathBuf> {
    let (mut files, before) = (Vec::new(), problems.len());
    for entry in WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                problems.push(payload::unreadable(&path_text(&path), error.into()));
            }
        }
    }
    if files.is_empty() && problems.len() == before {
        problems.push(Error::new(ErrorKind::Input, path_text(folder), "contains no file to search"));
    }
    files
}

impl Target {
    fn folder(&self) -> PathBuf {
        match self {
            Self::File(path) => match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
                _ => PathBuf::from("."),
            },
            Self::Stdout | Self::Device(_) => std::env::temp_dir(),
        }
    }
}
