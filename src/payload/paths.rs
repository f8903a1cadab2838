//! Expands paths, directories and glob patterns to files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{Input, attached};
use crate::error::{Error, ErrorKind};
use crate::untrusted::path_text;

/// The files of a list of paths.
#[derive(Debug, Default)]
pub struct Sources {
    /// The files to read, in the order of the paths, those of a directory by their bytes.
    pub files: Vec<PathBuf>,
    /// Skipped entries of directories: hidden, symbolic links, or of another kind.
    pub skipped: u64,
    /// Paths that do not exist.
    pub problems: Vec<Error>,
}

/// Expands paths to files. A directory expands to its `.json`, `.ndjson`, `.jsonl` and `.har` files,
/// compressed (`.gz`, `.zst`, `.br`) or not, in all depths, without symbolic links, hidden entries the
/// `__files` beside `mappings` of WireMock and the bodies of a HAR beside it; a file that is named is always
/// read, and a directory that is named must contain some. A path that does not exist and has `*`, `?` or `[`
/// in it is a pattern, which must match something.
pub fn expand<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Sources {
    let mut sources = Sources::default();
    for path in paths {
        let path = path.as_ref();
        match matches(path) {
            None => sources.add_named(path),
            Some(Ok(found)) => found.iter().for_each(|path| sources.add(path)),
            Some(Err(error)) => sources.problems.push(error),
        }
    }
    sources
}

/// What a pattern matches, in the order of its bytes; `None` for a path.
#[cfg(feature = "captures")]
fn matches(path: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    let pattern = path.to_str().filter(|text| text.contains(SPECIAL))?;
    if fs::symlink_metadata(path).is_ok() {
        return None;
    }
    let wrong = |message: &str| Error::new(ErrorKind::Input, pattern, message);
    // As in a shell, hidden files are matched only by a pattern that begins with a dot.
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        require_literal_separator: true,
        ..glob::MatchOptions::new()
    };
    let found = if pattern.contains("**") {
        glob::Pattern::new(pattern).map(|compiled| walk(pattern, &compiled, options))
    } else {
        // What cannot be listed cannot match.
        glob::glob_with(pattern, options).map(|found| found.filter_map(Result::ok).collect())
    };
    Some(match found {
        Err(error) => Err(wrong("is not a valid glob pattern").because(error)),
        Ok(found) if found.is_empty() => Err(wrong("matches no file")),
        Ok(mut found) => {
            sort(&mut found);
            Ok(found)
        }
    })
}

/// What makes a pattern of a path.
#[cfg(feature = "captures")]
const SPECIAL: [char; 3] = ['*', '?', '['];

/// The files that a pattern with `**` matches. Symbolic links are not followed: they may lead in a
/// circle.
#[cfg(feature = "captures")]
fn walk(text: &str, pattern: &glob::Pattern, options: glob::MatchOptions) -> Vec<PathBuf> {
    let literal = Path::new(text).iter().take_while(|part| !part.to_string_lossy().contains(SPECIAL));
    let literal: PathBuf = literal.collect();
    let here = literal.as_os_str().is_empty();
    let root = if here { Path::new(".") } else { &literal };
    let files = WalkDir::new(root).min_depth(1).into_iter().filter_map(Result::ok);
    files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| if here { entry.path().components().skip(1).collect() } else { entry.into_path() })
        .filter(|path: &PathBuf| pattern.matches_path_with(path, options))
        .collect()
}

#[cfg(not(feature = "captures"))]
fn matches(_: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    None
}

/// Whether a file describes the payloads beside it, what is wrong with one or what all were made from, and is
/// none itself.
fn is_label(path: &Path) -> bool {
    let name = path.as_os_str().as_encoded_bytes();
    name.ends_with(b".violation.json") || name.ends_with(b".manifest.json")
}

/// Whether WireMock keeps bodies in this folder for the mappings beside it, with which they are read.
fn holds_bodies_of_mappings(folder: &Path) -> bool {
    folder.ends_with("__files") && folder.with_file_name("mappings").is_dir()
}

fn sort(paths: &mut [PathBuf]) {
    paths.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
}

impl Sources {
    /// A named directory without files is an error: it must not pass as checked.
    fn add_named(&mut self, path: &Path) {
        let before = (self.files.len(), self.problems.len());
        self.add(path);
        if before == (self.files.len(), self.problems.len()) {
            let location = path_text(path).into_owned();
            let [all @ .., last] = Input::EXTENSIONS;
            let all = all.iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(", ");
            let what = format!("contains no file to read: of a directory, {all} and .{last} files are read");
            self.problems.push(Error::new(ErrorKind::Input, location, what));
        }
    }

    fn add(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_directory(path),
            Ok(_) => self.files.push(path.to_path_buf()),
            Err(error) => {
                let dangles = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
                let what = if dangles && error.kind() == io::ErrorKind::NotFound {
                    "cannot be read: it is a broken symbolic link"
                } else {
                    "cannot be read"
                };
                let location = path_text(path).into_owned();
                self.problems.push(Error::new(ErrorKind::Input, location, what).because(error));
            }
        }
    }

    fn add_directory(&mut self, root: &Path) {
        let mut found = Vec::new();
        let mut walk = WalkDir::new(root).min_depth(1).into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let location = path_text(error.path().unwrap_or(root)).into_owned();
                    let unread = Error::new(ErrorKind::Input, location, "cannot be read");
                    // What walked there names the location once more.
                    let cause = error.into_io_error();
                    self.problems.push(match cause {
                        Some(cause) => unread.because(cause),
                        None => unread,
                    });
                    continue;
                }
            };
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if entry.file_type().is_dir() {
                if hidden || holds_bodies_of_mappings(entry.path()) {
                    self.skipped += 1;
                    walk.skip_current_dir();
                }
            } else if entry.file_type().is_file()
                && !hidden
                && !is_label(entry.path())
                && Input::is_likely(entry.path())
            {
                found.push(entry.into_path());
            } else {
                self.skipped += 1;
            }
        }
        self.skipped += attached::remove(&mut found);
        sort(&mut found);
        self.files.append(&mut found);
    }
}
