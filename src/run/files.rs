//! Tracks the files that a run reads and writes, and removes temporary ones.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorKind};
use crate::untrusted::path_text;

/// What makes two names the same file: the file itself, through links of any kind, or where it would be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Identity {
    #[cfg(unix)]
    Node(u64, u64),
    Path(PathBuf),
}

#[derive(Debug, Default)]
struct State {
    /// What is read, and under which name.
    inputs: HashMap<Identity, String>,
    /// Those that `inputs` does not have by their paths yet: most runs write to no file.
    unresolved: Vec<PathBuf>,
    written: HashSet<Identity>,
    temporary: BTreeSet<PathBuf>,
    /// Whether what is written may hold values of payloads.
    is_private: bool,
}

impl State {
    /// Resolves the paths of all inputs.
    fn resolve(&mut self) {
        for path in std::mem::take(&mut self.unresolved) {
            if let Some(identity) = location(&path) {
                self.inputs.entry(identity).or_insert_with(|| path_text(&path).into_owned());
            }
        }
    }
}

/// The files of a run: no output overwrites an input or another output, and temporary files are known until
/// they are gone.
///
/// Clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct Files(Arc<Mutex<State>>);

impl Files {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a file is an input: it is not written to.
    pub fn protect(&self, path: &Path) {
        // What is not there is not overwritten, and what is no file holds nothing.
        if let Ok(metadata) = fs::metadata(path) {
            self.protect_found(path, &metadata);
        }
    }

    /// The same with the metadata of the file.
    pub(super) fn protect_found(&self, path: &Path, metadata: &Metadata) {
        if metadata.is_file() {
            let mut state = self.state();
            if let Some(node) = node(metadata) {
                state.inputs.entry(node).or_insert_with(|| path_text(path).into_owned());
            }
            state.unresolved.push(path.to_owned());
        }
    }

    /// Notes that standard input may be a file.
    pub fn protect_stdin(&self) {
        if cfg!(unix) {
            self.protect(Path::new("/dev/stdin"));
        }
    }

    /// Notes that what is written from now on may hold values of payloads: new files are for their owner
    /// alone.
    pub fn hold_values(&self) {
        self.state().is_private = true;
    }

    /// Claims a file to write to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it is an input, or claimed already. Devices and pipes take anything.
    pub fn claim(&self, path: &Path) -> Result<(), Error> {
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Ok(());
        }
        let wrong = |what: String| Err(Error::new(ErrorKind::Usage, path_text(path), what));
        let identities = identities(path);
        let mut state = self.state();
        state.resolve();
        if let Some(input) = identities.iter().find_map(|identity| state.inputs.get(identity)) {
            return wrong(format!("would overwrite the input {input}: choose another file"));
        }
        if identities.iter().any(|identity| state.written.contains(identity)) {
            return wrong("would be written twice: choose another file for one of the outputs".to_owned());
        }
        state.written.extend(identities);
        Ok(())
    }

    /// Notes that a body is read which a capture names, so that nothing is written to its file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the file is claimed to be written.
    pub(super) fn read_beside(&self, path: &Path) -> Result<(), Error> {
        let identities = identities(path);
        if identities.iter().any(|identity| self.state().written.contains(identity)) {
            let what =
                "is an input, the body of a response, and would be overwritten: choose another output file";
            return Err(Error::new(ErrorKind::Usage, path_text(path), what));
        }
        self.protect(path);
        // The same body may be read any number of times.
        self.state().resolve();
        Ok(())
    }

    /// Creates a file that is removed when the process ends early, unless it is moved to its place before.
    pub(super) fn temporary(&self, path: &Path) -> io::Result<File> {
        let mut state = self.state();
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if state.is_private {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let made = options.open(path)?;
        state.temporary.insert(path.to_owned());
        Ok(made)
    }

    /// Notes that a temporary file is no more.
    pub(super) fn gone(&self, path: &Path) {
        self.state().temporary.remove(path);
    }

    /// Removes every temporary file before the process ends. No other one is created while the result is
    /// held.
    pub fn remove_temporary(&self) -> Removed<'_> {
        let mut state = self.state();
        for path in std::mem::take(&mut state.temporary) {
            // Nobody is left to tell when this fails.
            let _ = fs::remove_file(path);
        }
        Removed { _state: state }
    }
}

/// See [`Files::remove_temporary`].
#[derive(Debug)]
pub struct Removed<'f> {
    _state: MutexGuard<'f, State>,
}

/// Bytes that a schema, a settings file, a baseline or a certificate may have: 64 MiB.
pub const MAX_TEXT: u64 = 64 << 20;

/// Reads a whole file that is not a payload, up to a maximum size. Devices and named pipes are refused:
/// they may have no end, or no writer. Descriptors of a shell (`<(...)`) are read.
///
/// # Errors
///
/// Of this kind, when it cannot be read or is larger.
pub fn read(path: &Path, max: u64, kind: ErrorKind) -> Result<Vec<u8>, Error> {
    let name = || path_text(path).into_owned();
    let unreadable = |error: io::Error| Error::new(kind, name(), "cannot be read").because(error);
    let handed_over =
        ["/dev/fd", "/dev/stdin", "/proc/self/fd"].iter().any(|location| path.starts_with(location));
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !(metadata.is_file() || metadata.is_dir() || handed_over) {
        return Err(Error::new(kind, name(), "is not a regular file"));
    }
    read_from(&name(), File::open(path).map_err(unreadable)?, max, kind)
}

/// The same from a reader.
///
/// # Errors
///
/// As [`read`].
pub fn read_from(name: &str, reader: impl Read, max: u64, kind: ErrorKind) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    reader
        .take(max + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(kind, name, "cannot be read").because(error))?;
    if bytes.len() as u64 > max {
        return Err(Error::new(kind, name, format!("is too large: at most {} MiB are read", max >> 20)));
    }
    Ok(bytes)
}

/// The names under which a file is known, whether it is there or not.
fn identities(path: &Path) -> Vec<Identity> {
    let node = fs::metadata(path).ok().as_ref().and_then(node);
    node.into_iter().chain(location(path)).collect()
}

/// What identifies a file that is there, where the system tells it.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems do not tell it")]
fn node(metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;

    Some(Identity::Node(metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn node(_: &Metadata) -> Option<Identity> {
    None
}

fn location(path: &Path) -> Option<Identity> {
    let real = real(path)?;
    // The usual file systems of these do not tell `x` from `X`.
    let folds = cfg!(any(windows, target_os = "macos"));
    Some(Identity::Path(if folds { real.to_string_lossy().to_lowercase().into() } else { real }))
}

/// Where a file is, or would be, with every link on the way resolved.
#[must_use]
pub fn real(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}
