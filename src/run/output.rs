//! Output streams and files, written atomically.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::files::Files;
use crate::error::{Error, ErrorKind};
use crate::untrusted::path_text;

/// An output: a stream, or a file that is complete or not there.
#[derive(Debug)]
pub struct Output {
    sink: Sink,
    /// The reader has closed the stream: further output is dropped.
    closed: bool,
}

enum Sink {
    Writer(BufWriter<Box<dyn Write + Send>>, &'static str),
    /// Written beside its place and moved there at the end.
    Whole(BufWriter<NamedTempFile>, PathBuf, Files),
    /// Something that is not a regular file, such as `/dev/null` or a named pipe.
    Stream(BufWriter<File>, PathBuf),
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writer(_, name) => name,
            Self::Whole(..) => "file",
            Self::Stream(..) => "stream",
        })
    }
}

impl Output {
    /// Opens a file to write to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it is an input, or another output writes to it; [`ErrorKind::Output`] when
    /// it cannot be written: that is found here, before the work.
    pub fn open(path: &Path, files: &Files) -> Result<Self, Error> {
        files.claim(path)?;
        let sink = open_file(path, files).map_err(|error| unwritable(path, error))?;
        Ok(Self { sink, closed: false })
    }

    /// Writes to a stream. Errors call it by the name.
    pub fn to(writer: impl Write + Send + 'static, name: &'static str) -> Self {
        Self { sink: Sink::Writer(BufWriter::new(Box::new(writer)), name), closed: false }
    }

    /// Writes to standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self::to(io::stdout(), "<stdout>")
    }

    /// Writes through `write`. A closed pipe is not an error: what follows is dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Output`] when it cannot be written.
    pub fn write(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        if self.closed {
            return Ok(());
        }
        let written = match &mut self.sink {
            Sink::Writer(out, _) => write(out),
            Sink::Whole(out, ..) => write(out),
            Sink::Stream(out, _) => write(out),
        };
        self.checked(written)
    }

    /// Hands on what was written so far, so that a reader sees it at once.
    ///
    /// # Errors
    ///
    /// As [`Output::write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        // Nobody sees a file before it is complete.
        if matches!(self.sink, Sink::Whole(..)) { Ok(()) } else { self.write(|out| out.flush()) }
    }

    /// Whether the reader has closed the stream.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Ends the output: flushes it, and moves a file to its place.
    ///
    /// # Errors
    ///
    /// As [`Output::write`].
    pub fn finish(mut self) -> Result<(), Error> {
        self.write(|out| out.flush())?;
        if let Sink::Whole(out, path, files) = self.sink {
            let file = out.into_inner().map_err(|error| unwritable(&path, error.into_error()))?;
            let temporary = file.path().to_owned();
            file.persist(&path).map_err(|error| unwritable(&path, error.error))?;
            files.gone(&temporary);
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
                Sink::Writer(_, name) => unwritable(Path::new(name), error),
                Sink::Whole(_, path, _) | Sink::Stream(_, path) => unwritable(path, error),
            }),
            Ok(()) => Ok(()),
        }
    }
}

fn open_file(path: &Path, files: &Files) -> io::Result<Sink> {
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
    let prefix = concat!(".", env!("CARGO_PKG_NAME"), "-");
    let file = tempfile::Builder::new().prefix(prefix).make_in(folder, |path| files.temporary(path))?;
    if let Ok(metadata) = path.metadata() {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    Ok(Sink::Whole(BufWriter::new(file), path.to_owned(), files.clone()))
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, path_text(path), "cannot be written").because(error)
}
