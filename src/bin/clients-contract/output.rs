//! Where does output go?

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clients_contract::{Error, ErrorKind};
use tempfile::NamedTempFile;

/// Standard output, or a file that is whole or not there.
pub struct Output {
    sink: Sink,
    /// Nobody reads any more: further output is dropped, the judging goes on.
    closed: bool,
}

enum Sink {
    Stdout(BufWriter<io::Stdout>),
    /// Written beside its place and moved there at the end.
    Whole(BufWriter<NamedTempFile>, PathBuf),
    /// Something that is not a regular file, such as `/dev/null` or a named pipe.
    Stream(BufWriter<File>, PathBuf),
}

impl Output {
    /// Opens `path`, or standard output without one. What cannot be written is found here, before
    /// the work.
    pub fn open(path: Option<&Path>) -> Result<Self, Error> {
        let sink = match path {
            None => Sink::Stdout(BufWriter::new(io::stdout())),
            Some(path) => open_file(path).map_err(|error| unwritable(path, error))?,
        };
        Ok(Self { sink, closed: false })
    }

    /// Writes through `write`. A closed pipe is not an error: what follows is dropped.
    pub fn write(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        if self.closed {
            return Ok(());
        }
        let written = match &mut self.sink {
            Sink::Stdout(out) => write(out),
            Sink::Whole(out, _) => write(out),
            Sink::Stream(out, _) => write(out),
        };
        self.checked(written)
    }

    /// Hands on what was written so far, so that a reader sees it at once.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.write(|out| out.flush())
    }

    /// Whether anybody still reads.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Ends the output: flushes it, and moves a file to its place.
    pub fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        if let Sink::Whole(out, path) = self.sink {
            let file = out.into_inner().map_err(|error| unwritable(&path, error.into_error()))?;
            file.persist(&path).map_err(|error| unwritable(&path, error.error))?;
        }
        Ok(())
    }

    fn checked(&mut self, written: io::Result<()>) -> Result<(), Error> {
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(match &self.sink {
                Sink::Stdout(_) => unwritable(Path::new("<stdout>"), error),
                Sink::Whole(_, path) | Sink::Stream(_, path) => unwritable(path, error),
            }),
            Ok(()) => Ok(()),
        }
    }
}

fn open_file(path: &Path) -> io::Result<Sink> {
    // A link is written through, and a device by itself, not in its place.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let special = path.metadata().is_ok_and(|metadata| !metadata.is_file());
    if special || path.starts_with("/dev") || path.starts_with("/proc") {
        let file = File::options().write(true).open(path)?;
        return Ok(Sink::Stream(BufWriter::new(file), path.to_owned()));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Opened as any new file is, readable by the umask, and with an error that does not name it: the
    // library's own way makes it private and puts its name, which nobody knows, into the message.
    let new = |path: &Path| File::options().write(true).create_new(true).open(path);
    let file = tempfile::Builder::new().prefix(".clients-contract-").make_in(folder, new)?;
    if let Ok(metadata) = path.metadata() {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    Ok(Sink::Whole(BufWriter::new(file), path.to_owned()))
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, path.display().to_string(), "cannot be written").because(error)
}

/// Says something to the person at the terminal, on standard error.
pub fn note(quiet: bool, text: &str) {
    if !quiet {
        // Nobody is left to tell when this fails.
        let _ = writeln!(io::stderr().lock(), "{}", clean(text));
    }
}

/// Names of files and pieces of schemas must not steer the terminal, nor fill it.
fn clean(text: &str) -> String {
    const MOST: usize = 2_000;
    let mut clean = String::new();
    for (count, character) in text.chars().enumerate() {
        match character {
            _ if count == MOST => return clean + "…",
            '\n' => clean.push(character),
            _ if character.is_control() => clean.extend(character.escape_unicode()),
            _ => clean.push(character),
        }
    }
    clean
}

/// An error with its place and its causes.
pub fn describe(error: &Error) -> String {
    if error.place().is_empty() { error.message() } else { format!("{}: {}", error.place(), error.message()) }
}
