//! Flags of reports, and of what makes a run fail.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use clients_contract::finding::Policy;
use clients_contract::report::{self, Format, Options, ParseFormatError};
use clients_contract::run::{Baselines, Destination, Run, Shown};
use clients_contract::{Error, ErrorKind, Severity};

use crate::flags;
use crate::global_args::GlobalArgs;
use crate::output::{beside, file};
use crate::settings::{self, Decision};

/// The reports of every command that finds something.
#[derive(Debug, Args)]
pub struct Reporting {
    /// Format of the report [default: text]
    #[arg(short, long, value_parser = formats(), env = "CLIENTS_CONTRACT_FORMAT")]
    format: Option<String>,
    /// Write the report to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write another report to a file, for example `sarif=findings.sarif`; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = wanted)]
    report: Vec<Wanted>,
    /// Minimum severity that causes exit code 1 [default: error]
    #[arg(long, value_name = "SEVERITY", value_enum, ignore_case = true, env = "CLIENTS_CONTRACT_FAIL_ON")]
    fail_on: Option<FailOn>,
    /// Override the severity of a rule: error, warning, info, or off; may be repeated
    #[arg(long, value_name = "RULE=LEVEL", value_parser = severity)]
    severity: Vec<Decision>,
    /// The same of the settings.
    #[arg(skip)]
    pub rules: Vec<Decision>,
    /// Suppress the findings listed in this baseline
    #[arg(long, value_name = "FILE", env = "CLIENTS_CONTRACT_BASELINE")]
    baseline: Option<PathBuf>,
    /// Write the current findings to this baseline; reasons, owners and expiry dates in it are kept
    #[arg(long, value_name = "FILE", conflicts_with = "baseline", value_parser = beside())]
    write_baseline: Option<PathBuf>,
    /// Remove baseline entries that matched nothing, if everything was validated
    #[arg(long, conflicts_with = "write_baseline")]
    prune_baseline: bool,
    /// Maximum number of finding groups to list (ndjson: findings per payload); counts stay complete
    /// [default: 100 in text]
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
    /// Minimum severity to list; exit code, counts and baselines do not depend on it
    /// [default: info; SARIF of drift: warning]
    #[arg(long, value_name = "SEVERITY", value_enum, ignore_case = true)]
    min_severity: Option<Level>,
    /// SARIF category, which separates several analyses of one commit in code scanning
    #[arg(long, value_name = "NAME")]
    sarif_category: Option<String>,
    /// Settings file to use instead of the nearest clients-contract.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_settings")]
    settings: Option<PathBuf>,
    /// Ignore settings files
    #[arg(long)]
    no_settings: bool,
}

impl Reporting {
    /// The run with these reports, severities and baselines.
    pub fn run<'c>(&self, run: Run<'c>, global: GlobalArgs) -> Result<Run<'c>, Error> {
        let mut run = run.policy(self.policy()).fail_on(self.fail_on()).show(self.shown());
        run = run.category(self.category()?);
        for (format, destination) in self.reports(global) {
            run = run.report(&format, destination);
        }
        Ok(run.baselines(self.baselines()))
    }

    /// The format of the results.
    pub fn format(&self) -> Result<&'static Format, Error> {
        let format = self.format.as_deref().unwrap_or("text").parse();
        format.map_err(|error: ParseFormatError| Error::new(ErrorKind::Usage, "", error.to_string()))
    }

    /// Whether the results go to a file.
    pub fn is_file(&self) -> bool {
        file(self.output.as_ref()).is_some()
    }

    /// Where the results go, and then each further report.
    pub fn reports(&self, global: GlobalArgs) -> Vec<(String, Destination)> {
        let to = file(self.output.as_ref());
        let main =
            to.map_or_else(Destination::stdout, Destination::from).colored(global.colors(to.is_some()));
        let main = (self.format.clone().unwrap_or_else(|| "text".to_owned()), main);
        let more = self.report.iter().cloned().map(|Wanted { format, path }| (format, path.into()));
        std::iter::once(main).chain(more).collect()
    }

    /// The minimum severity of findings on which the run fails.
    pub fn fail_on(&self) -> Option<Severity> {
        self.fail_on.unwrap_or(FailOn::Error).severity()
    }

    /// Severities of the settings, and those of flags instead.
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        for (rule, severity) in self.rules.iter().chain(&self.severity) {
            policy.set(rule, *severity);
        }
        policy
    }

    /// What is done with baselines.
    pub fn baselines(&self) -> Baselines {
        let (path, new) = (self.baseline.clone(), self.write_baseline.clone());
        Baselines { path, new, prunes: self.prune_baseline }
    }

    /// What reports show.
    pub fn shown(&self) -> Shown {
        let min_severity = self.min_severity.map(Level::severity);
        let wording = flags::in_text;
        let options = Options { color: false, max_findings: self.max_findings, min_severity, wording };
        Shown { options, min_sarif: None }
    }

    /// The category of the analysis.
    pub fn category(&self) -> Result<Option<String>, Error> {
        if self.sarif_category.as_ref().is_some_and(|name| name.trim_matches('/').is_empty()) {
            return Err(Error::new(ErrorKind::Usage, "--sarif-category", "empty value"));
        }
        Ok(self.sarif_category.clone())
    }
}

fn formats() -> PossibleValuesParser {
    let value = |format: &&Format| PossibleValue::new(format.name).help(format.help);
    report::FORMATS.iter().map(value).collect::<Vec<_>>().into()
}

/// One `--report FORMAT=FILE`.
#[derive(Clone, Debug)]
struct Wanted {
    format: String,
    path: PathBuf,
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let (name, path) = text.split_once('=').ok_or("expected FORMAT=FILE")?;
    let format: &Format = name.parse().map_err(|error: ParseFormatError| error.to_string())?;
    match path {
        "" => Err("names no file".to_owned()),
        "-" => Err("standard output is for the results; choose their format with --format".to_owned()),
        path => Ok(Wanted { format: format.name.to_owned(), path: path.into() }),
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Error,
    Warning,
    Info,
}

impl Level {
    fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
        }
    }
}

fn severity(text: &str) -> Result<Decision, String> {
    let (id, level) = text.split_once('=').ok_or("not of the form RULE=LEVEL")?;
    settings::decision(id, level)
}
