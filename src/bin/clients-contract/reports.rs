//! Which reports are written beside the results?

use std::path::PathBuf;

use clients_contract::report::{self, Format, Options, Render, Report, Told};
use clients_contract::{Error, Severity};

use crate::output::Output;

/// One `--report FORMAT=FILE`.
#[derive(Clone, Debug)]
pub struct Wanted {
    format: &'static Format,
    pub path: PathBuf,
}

/// Reads `FORMAT=FILE`.
pub fn wanted(text: &str) -> Result<Wanted, String> {
    let (name, path) = text.split_once('=').ok_or("is not FORMAT=FILE")?;
    let format = report::format(name).ok_or_else(|| {
        let names: Vec<&str> = report::FORMATS.iter().map(|format| format.name).collect();
        format!("no format `{name}`{}; there are {}", crate::did_you_mean(name, &names), names.join(", "))
    })?;
    match path {
        "" => Err("names no file".to_owned()),
        "-" => Err("standard output is for the results; choose their format with --format".to_owned()),
        path => Ok(Wanted { format, path: path.into() }),
    }
}

/// How reports show what was found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    pub options: Options,
    /// Minimum severity in SARIF where nobody chose one.
    pub min_sarif: Option<Severity>,
}

impl Shown {
    /// The options of a format.
    pub fn by(self, format: &Format) -> Options {
        let of_format = self.min_sarif.filter(|_| format.name == "sarif");
        Options { min_severity: self.options.min_severity.or(of_format), ..self.options }
    }
}

/// All reports of a run, each in a file that is whole or not there.
pub struct Reports(Vec<(&'static Format, Output)>);

impl Reports {
    /// Opens every file, before the work.
    pub fn open(wanted: &[Wanted]) -> Result<Self, Error> {
        let open = |wanted: &Wanted| Ok((wanted.format, Output::open(Some(&wanted.path))?));
        Ok(Self(wanted.iter().map(open).collect::<Result<_, Error>>()?))
    }

    /// Whether any of them shows examples.
    pub fn show_examples(&self) -> bool {
        self.0.iter().any(|(format, _)| format.examples)
    }

    /// Whether any of them is written as payloads come.
    pub fn tell_payloads(&self) -> bool {
        self.0.iter().any(|(format, _)| matches!(format.render, Render::Payload(_)))
    }

    /// Whether none was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells a payload to the formats that are written as payloads come.
    pub fn payload(&mut self, told: &Told<'_>, shown: Shown) -> Result<(), Error> {
        for (format, output) in &mut self.0 {
            if let Render::Payload(render) = format.render {
                output.write(|out| render(told, plain(shown.by(format)), out))?;
            }
        }
        Ok(())
    }

    /// Writes what is written at the end, and moves every file to its place. One that cannot be written
    /// does not keep the others from it; the first such error is returned.
    pub fn finish(self, report: &Report, shown: Shown) -> Result<(), Error> {
        let finish = |(format, mut output): (&Format, Output)| {
            if let Render::Report(render) = format.render {
                output.write(|out| render(report, plain(shown.by(format)), out))?;
            }
            output.finish()
        };
        let results: Vec<_> = self.0.into_iter().map(finish).collect();
        results.into_iter().collect()
    }
}

/// Files have no colours.
fn plain(options: Options) -> Options {
    Options { color: false, ..options }
}
