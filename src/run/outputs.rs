//! The reports that a run writes.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::files::Files;
use super::output::Output;
use crate::error::{Error, ErrorKind};
use crate::finding::Severity;
use crate::report::{Format, Options, ParseFormatError, PayloadReport, Render, Report};

/// Where a report is written.
pub struct Destination {
    to: To,
    color: bool,
}

enum To {
    File(PathBuf),
    Writer(Box<dyn Write + Send>, &'static str),
}

impl Destination {
    /// A file, written atomically: it is complete or not there.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { to: To::File(path.into()), color: false }
    }

    /// A stream.
    pub fn writer(writer: impl Write + Send + 'static) -> Self {
        Self { to: To::Writer(Box::new(writer), "output"), color: false }
    }

    /// Standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self { to: To::Writer(Box::new(std::io::stdout()), "<stdout>"), color: false }
    }

    /// The same with colors, in formats that have some.
    #[must_use]
    pub fn colored(self, color: bool) -> Self {
        Self { color, ..self }
    }

    fn open(self, files: &Files) -> Result<Output, Error> {
        match self.to {
            To::File(path) => Output::open(&path, files),
            To::Writer(writer, name) => Ok(Output::to(writer, name)),
        }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            To::File(path) => f.debug_tuple("File").field(path).finish(),
            To::Writer(_, name) => f.debug_tuple("Writer").field(name).finish(),
        }
    }
}

impl From<&str> for Destination {
    fn from(path: &str) -> Self {
        Self::file(path)
    }
}

impl From<&Path> for Destination {
    fn from(path: &Path) -> Self {
        Self::file(path)
    }
}

impl From<PathBuf> for Destination {
    fn from(path: PathBuf) -> Self {
        Self::file(path)
    }
}

/// What reports show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Options of every report; colors are those of its destination.
    pub options: Options,
    /// Minimum severity in SARIF, unless the options have one.
    pub min_sarif: Option<Severity>,
}

impl Shown {
    /// The options of a format.
    #[must_use]
    pub fn by(self, format: &Format) -> Options {
        let of_format = self.min_sarif.filter(|_| format.name == "sarif");
        Options { min_severity: self.options.min_severity.or(of_format), ..self.options }
    }
}

#[derive(Debug)]
struct Target {
    format: &'static Format,
    options: Options,
    output: Output,
}

/// The reports of a run, open.
#[derive(Debug)]
pub struct Outputs(Vec<Target>);

impl Outputs {
    /// Opens every output, before the work.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] for an unknown format, and as [`Output::open`].
    pub fn open(wanted: Vec<(String, Destination)>, shown: Shown, files: &Files) -> Result<Self, Error> {
        let open = |(name, destination): (String, Destination)| {
            let format: &Format = name
                .parse()
                .map_err(|error: ParseFormatError| Error::new(ErrorKind::Usage, "", error.to_string()))?;
            let options = Options { color: destination.color, ..shown.by(format) };
            Ok(Target { format, options, output: destination.open(files)? })
        };
        Ok(Self(wanted.into_iter().map(open).collect::<Result<_, Error>>()?))
    }

    /// Whether any of them has this format.
    #[must_use]
    pub fn have(&self, format: &str) -> bool {
        self.0.iter().any(|target| target.format.name == format)
    }

    /// Whether any of them shows examples.
    pub(super) fn show_examples(&self) -> bool {
        self.0.iter().any(|target| target.format.examples)
    }

    /// Whether any of them is written payload by payload.
    pub(super) fn report_payloads(&self) -> bool {
        self.0.iter().any(|target| matches!(target.format.render, Render::Payload(_)))
    }

    /// Whether there were readers, and none is left.
    pub(super) fn are_closed(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|target| target.output.is_closed())
    }

    /// Reports a payload in the formats that are written payload by payload.
    ///
    /// # Errors
    ///
    /// As [`Output::write`].
    pub fn payload(&mut self, payload_report: &PayloadReport<'_>) -> Result<(), Error> {
        for Target { format, options, output } in &mut self.0 {
            if let Render::Payload(render) = format.render {
                output.write(|out| render(payload_report, *options, out))?;
                // Whoever reads along sees each line as it comes.
                output.flush()?;
            }
        }
        Ok(())
    }

    /// Writes to the first of them before its report, if it has this format.
    pub(super) fn write_before(
        &mut self,
        format: &str,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Error> {
        let target = self.0.first_mut().filter(|target| target.format.name == format);
        target.map_or(Ok(()), |target| target.output.write(write))
    }

    /// Writes what is written at the end, and moves every file to its place. One that cannot be written
    /// does not keep the others from it; the first such error is returned.
    ///
    /// # Errors
    ///
    /// As [`Output::write`].
    pub fn finish(self, report: &Report) -> Result<(), Error> {
        let finish = |Target { format, options, mut output }: Target| {
            if let Render::Report(render) = format.render {
                output.write(|out| render(report, options, out))?;
            }
            output.finish()
        };
        let results: Vec<_> = self.0.into_iter().map(finish).collect();
        results.into_iter().collect()
    }
}
