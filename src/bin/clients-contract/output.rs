//! Files and streams that the tool writes to.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clients_contract::Error;
use clients_contract::run::{Files, Output};
use clients_contract::untrusted::Untrusted;

use crate::flags;

/// The files that this process reads and writes.
pub static FILES: LazyLock<Files> = LazyLock::new(Files::default);

/// Opens `path`, or standard output without one or for `-`. What cannot be written is found here, before
/// the work; an input of this run is not written to, nor anything twice.
pub fn open(path: Option<&Path>) -> Result<Output, Error> {
    let path = path.filter(|path| path.as_os_str() != "-");
    path.map_or_else(|| Ok(Output::stdout()), |path| Output::open(path, &FILES))
}

/// The file that `-o` names, if it is not `-`, standard output.
pub fn file(output: Option<&PathBuf>) -> Option<&Path> {
    output.map(PathBuf::as_path).filter(|path| path.as_os_str() != "-")
}

/// Reads the name of a file that is written beside the results: `-`, standard output, is for these.
pub fn beside() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if path.as_os_str() == "-" {
            Err("standard output is for the results; pass a file name")
        } else {
            Ok(path)
        }
    })
}

/// Whether standard output and standard error are one terminal, file or pipe, as after `2>&1`.
pub fn is_shared() -> bool {
    let terminals = io::stdout().is_terminal() && io::stderr().is_terminal();
    terminals || are_one_file().unwrap_or_default()
}

#[cfg(unix)]
fn are_one_file() -> io::Result<bool> {
    use std::fs::File;
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;

    let (stdout, stderr) = (io::stdout(), io::stderr());
    let [one, other] = [stdout.as_fd(), stderr.as_fd()]
        .map(|stream| stream.try_clone_to_owned().and_then(|stream| File::from(stream).metadata()));
    let (one, other) = (one?, other?);
    Ok(one.dev() == other.dev() && one.ino() == other.ino())
}

#[cfg(not(unix))]
fn are_one_file() -> io::Result<bool> {
    Ok(false)
}

/// Prints a note on one line of standard error.
pub fn note(quiet: bool, text: &str) {
    if !quiet {
        // Nobody is left to tell when this fails.
        let _ = writeln!(io::stderr().lock(), "{}", shortened(&Untrusted::from(text).line()));
    }
}

/// A line that fills no terminal.
pub fn shortened(line: &str) -> Cow<'_, str> {
    const MAX_CHARS: usize = 2_000;
    match line.char_indices().nth(MAX_CHARS) {
        Some((cut, _)) => Cow::Owned(format!("{}…", &line[..cut])),
        None => Cow::Borrowed(line),
    }
}

/// An error with its location and its causes, with flags instead of settings.
pub fn describe(error: &Error) -> String {
    let (location, message) = (flags::in_subject(error.subject()), flags::in_text(&error.message()));
    if location.is_empty() { message } else { format!("{location}: {message}") }
}
