//! A temporary file that is moved or copied to its place.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use tempfile::{NamedTempFile, TempPath};

use super::super::files::Files;
use super::super::output::Output;
use super::targets::Target;
use crate::error::{Error, ErrorKind};
use crate::payload::Codec;
use crate::untrusted::path_text;

/// Buffer of what is written and read.
const BUFFER: usize = 1 << 18;

/// What was written, decompressed, before it is at its place.
#[derive(Debug)]
pub(super) struct Spool {
    target: Target,
    layers: Vec<Codec>,
    writer: BufWriter<File>,
    path: TempPath,
}

/// A new file that is removed when the process ends early.
fn temporary(folder: &Path, files: &Files) -> io::Result<NamedTempFile> {
    let prefix = concat!(".", env!("CARGO_PKG_NAME"), "-");
    tempfile::Builder::new().prefix(prefix).make_in(folder, |path| files.temporary(path))
}

impl Spool {
    pub(super) fn new(target: Target, layers: Vec<Codec>, files: &Files) -> Result<Self, Error> {
        let name = target.name();
        let made = temporary(&target.folder(), files).map_err(|error| unwritable(&name, error))?;
        let (file, path) = made.into_parts();
        Ok(Self { target, layers, writer: BufWriter::with_capacity(BUFFER, file), path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it will be.
    pub(super) fn name(&self) -> String {
        self.target.name()
    }

    pub(super) fn unwritable(&self, error: io::Error) -> Error {
        unwritable(&self.name(), error)
    }

    pub(super) fn writer(&mut self) -> &mut dyn Write {
        &mut self.writer
    }

    /// Nothing more is written.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.writer.flush().map_err(|error| self.unwritable(error))
    }

    /// Puts it to its place, compressed as the input was.
    pub(super) fn finish(self, files: &Files) -> Result<(), Error> {
        let name = self.name();
        let failed = |error| unwritable(&name, error);
        let temporary_path = self.path.to_path_buf();
        let mut output = match &self.target {
            Target::Stdout => Output::stdout(),
            Target::Device(path) => Output::open(path, files)?,
            Target::File(path) => {
                let packed = if self.layers.is_empty() {
                    self.path
                } else {
                    let made = temporary(&self.target.folder(), files).map_err(failed)?;
                    let (mut file, packed) = made.into_parts();
                    let mut reader = packed_reader(&self.path, &self.layers).map_err(failed)?;
                    io::copy(&mut reader, &mut file).map_err(failed)?;
                    packed
                };
                let from = packed.to_path_buf();
                packed.persist(path).map_err(|error| failed(error.error))?;
                files.gone(&from);
                files.gone(&temporary_path);
                return Ok(());
            }
        };
        let mut reader = packed_reader(&self.path, &self.layers).map_err(failed)?;
        output.write(|out| io::copy(&mut reader, out).map(drop))?;
        output.finish()?;
        drop(self.path);
        files.gone(&temporary_path);
        Ok(())
    }
}

fn packed_reader(path: &Path, layers: &[Codec]) -> io::Result<Box<dyn Read>> {
    let file: Box<dyn Read> = Box::new(File::open(path)?);
    // The innermost codec comes first.
    Ok(layers.iter().rev().fold(file, |reader, codec| codec.compressed(reader)))
}

fn unwritable(name: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, name, "cannot be written").because(error)
}

impl Target {
    fn name(&self) -> String {
        match self {
            Self::Stdout => "<stdout>".to_owned(),
            Self::File(path) | Self::Device(path) => path_text(path).into_owned(),
        }
    }
}
