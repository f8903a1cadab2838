//! Which files are read, which are written, and which are only there for a moment?

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind};

/// What makes two names the same file: the file itself, through links of any kind, or where it would be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Identity {
    #[cfg(unix)]
    Node(u64, u64),
    Path(PathBuf),
}

#[derive(Default)]
struct Files {
    /// What is read in this run, and under which name.
    inputs: HashMap<Identity, String>,
    written: HashSet<Identity>,
    temporary: BTreeSet<PathBuf>,
}

/// Whether what is written may hold values of payloads.
static PRIVATE: AtomicBool = AtomicBool::new(false);

static FILES: LazyLock<Mutex<Files>> = LazyLock::new(Mutex::default);

fn files() -> MutexGuard<'static, Files> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that a file is an input: it is not written to in this run.
pub fn protect(path: &Path) {
    // What is not there is not overwritten, and what is no file holds nothing.
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        let name = path_text(path);
        let mut files = files();
        for identity in identities(path) {
            files.inputs.entry(identity).or_insert_with(|| name.clone().into_owned());
        }
    }
}

/// Bytes that a schema, a settings file, a baseline or a certificate may have.
pub const MAX_TEXT: u64 = 64 << 20;

/// A whole file that is not a payload, of at most so many bytes. Devices and named pipes are refused: they may have no end, or nobody who writes.
/// Descriptors of a shell (`<(...)`) are read.
pub fn read(path: &Path, max: u64, kind: ErrorKind) -> Result<Vec<u8>, Error> {
    let name = || path_text(path).into_owned();
    let unreadable = |error: io::Error| Error::new(kind, name(), "cannot be read").because(error);
    let handed_over = ["/dev/fd", "/dev/stdin", "/proc/self/fd"].iter().any(|place| path.starts_with(place));
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !(metadata.is_file() || metadata.is_dir() || handed_over) {
        return Err(Error::new(kind, name(), "is not a regular file"));
    }
    read_from(&name(), File::open(path).map_err(unreadable)?, max, kind)
}

/// The same from a reader.
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

/// Notes that standard input may be a file.
pub fn protect_stdin() {
    if cfg!(unix) {
        protect(Path::new("/dev/stdin"));
    }
}

/// Notes that what is written from now on may hold values of payloads: new files are for their owner alone.
pub fn hold_values() {
    PRIVATE.store(true, Ordering::Relaxed);
}

/// Creates a file that is not there yet.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if PRIVATE.load(Ordering::Relaxed) {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path)
}

/// Claims a file to write to.
///
/// # Errors
///
/// [`ErrorKind::Usage`] when it is an input, or claimed already. Devices and pipes take anything.
pub fn claim(path: &Path) -> Result<(), Error> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Ok(());
    }
    let wrong = |what: String| Err(Error::new(ErrorKind::Usage, path_text(path), what));
    let identities = identities(path);
    let mut files = files();
    if let Some(input) = identities.iter().find_map(|identity| files.inputs.get(identity)) {
        return wrong(format!("would overwrite the input {input}: choose another file"));
    }
    if identities.iter().any(|identity| files.written.contains(identity)) {
        return wrong("would be written twice: choose another file for one of the outputs".to_owned());
    }
    files.written.extend(identities);
    Ok(())
}

/// Notes that a body is read which a capture names, so that nothing is written to its file.
///
/// # Errors
///
/// [`ErrorKind::Usage`] when the file is to be written in this run.
pub fn read_beside(path: &Path) -> Result<(), Error> {
    let identities = identities(path);
    if identities.iter().any(|identity| files().written.contains(identity)) {
        let what =
            "is an input, the body of a response, and would be overwritten: choose another output file";
        return Err(Error::new(ErrorKind::Usage, path_text(path), what));
    }
    protect(path);
    Ok(())
}

/// The names under which a file is known, whether it is there or not.
fn identities(path: &Path) -> Vec<Identity> {
    let mut all = Vec::new();
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path) {
        use std::os::unix::fs::MetadataExt;

        all.push(Identity::Node(metadata.dev(), metadata.ino()));
    }
    if let Some(real) = real(path) {
        // The usual file systems of these do not tell `x` from `X`.
        let folds = cfg!(any(windows, target_os = "macos"));
        all.push(Identity::Path(if folds { real.to_string_lossy().to_lowercase().into() } else { real }));
    }
    all
}

/// Where a file is, or would be, with every link on the way resolved.
pub fn real(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

/// Creates a file that is removed when the tool ends, unless it is moved to its place before.
pub fn temporary(path: &Path) -> io::Result<File> {
    let mut files = files();
    let made = create(path)?;
    files.temporary.insert(path.to_owned());
    Ok(made)
}

/// Notes that a temporary file is no more.
pub fn gone(path: &Path) {
    files().temporary.remove(path);
}

/// Removes every temporary file and ends the process. No other one is made meanwhile.
pub fn remove_and_exit(code: u8) -> ! {
    let files = files();
    for path in &files.temporary {
        // Nobody is left to tell when this fails.
        let _ = fs::remove_file(path);
    }
    #[expect(clippy::exit, reason = "a signal asked for it")]
    std::process::exit(code.into())
}

/// Reads the name of a file that is written beside the results: `-`, standard output, is for these.
pub fn beside() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if path.as_os_str() == "-" {
            Err("standard output is for the results; name a file")
        } else {
            Ok(path)
        }
    })
}
