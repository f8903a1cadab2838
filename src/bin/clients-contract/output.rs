//! Where does output go?

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clients_contract::untrusted::{Untrusted, path_text};
use clients_contract::{Error, ErrorKind};
use tempfile::NamedTempFile;

use crate::files;

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
    /// Opens `path`, or standard output without one or for `-`. What cannot be written is found here, before
    /// the work; an input of this run is not written to, nor anything twice.
    pub fn open(path: Option<&Path>) -> Result<Self, Error> {
        let sink = match path.filter(|path| path.as_os_str() != "-") {
            None => Sink::Stdout(BufWriter::new(io::stdout())),
            Some(path) => {
                files::claim(path)?;
                open_file(path).map_err(|error| unwritable(path, error))?
            }
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
            let temporary = file.path().to_owned();
            file.persist(&path).map_err(|error| unwritable(&path, error.error))?;
            files::gone(&temporary);
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
    let file = tempfile::Builder::new().prefix(".clients-contract-").make_in(folder, files::temporary)?;
    if let Ok(metadata) = path.metadata() {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    Ok(Sink::Whole(BufWriter::new(file), path.to_owned()))
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, path_text(path), "cannot be written").because(error)
}

/// Says something to the person at the terminal, on one line of standard error.
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

/// An error with its place and its causes.
pub fn describe(error: &Error) -> String {
    if error.place().is_empty() { error.message() } else { format!("{}: {}", error.place(), error.message()) }
}

/// The file that `-o` names, if it is not `-`, standard output.
pub fn file(output: Option<&PathBuf>) -> Option<&Path> {
    output.map(PathBuf::as_path).filter(|path| path.as_os_str() != "-")
}
