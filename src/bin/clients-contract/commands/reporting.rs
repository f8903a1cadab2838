//! What is reported, where, and what makes a run fail.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use clients_contract::finding::Policy;
use clients_contract::report::{self, Format, Options};
use clients_contract::run::{Destination, Run, Shown, format};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind, Rule, Severity};

use super::Manner;
use super::set::Set;
use crate::output::{beside, file, note};
use crate::settings::{self, Settings};

/// The reports of every command that finds something.
#[derive(Debug, Args)]
pub struct Reporting {
    /// How to tell the findings. [default: text]
    #[arg(short, long, value_parser = formats(), env = "CLIENTS_CONTRACT_FORMAT")]
    format: Option<String>,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write a report to a file, too; may be given any number of times.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = wanted)]
    report: Vec<Wanted>,
    /// The least severity that makes the exit code 1. [default: error]
    #[arg(long, value_name = "SEVERITY", value_enum, ignore_case = true, env = "CLIENTS_CONTRACT_FAIL_ON")]
    fail_on: Option<FailOn>,
    /// Hold findings of a rule to be error, warning or info, or switch it off; may be repeated.
    #[arg(long, value_name = "RULE=LEVEL", value_parser = severity)]
    severity: Vec<(&'static Rule, Option<Severity>)>,
    /// Tell only what this file does not accept.
    #[arg(long, value_name = "FILE", env = "CLIENTS_CONTRACT_BASELINE")]
    pub baseline: Option<PathBuf>,
    /// Accept in this file what is found now; reasons, owners and days already there are kept.
    #[arg(long, value_name = "FILE", conflicts_with = "baseline", value_parser = beside())]
    pub write_baseline: Option<PathBuf>,
    /// Remove the entries of the baseline that matched nothing, if everything was checked; stderr names them
    #[arg(long, conflicts_with = "write_baseline")]
    pub prune_baseline: bool,
    /// Show at most this many causes (with ndjson: findings a payload). Counts stay complete.
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
    /// Minimum severity of the findings that reports list; exit code, counts and baselines do not depend on it
    /// [default: info; warning for drift in SARIF]
    #[arg(long, value_name = "SEVERITY", value_enum, ignore_case = true)]
    min_severity: Option<Level>,
    /// Category of the analysis in SARIF, for code scanning that keeps several of one commit apart
    #[arg(long, value_name = "NAME")]
    sarif_category: Option<String>,
    /// Take settings from this file, not from the nearest clients-contract.toml.
    #[arg(long, value_name = "FILE", conflicts_with = "no_settings")]
    settings: Option<PathBuf>,
    /// Take no settings from a file.
    #[arg(long)]
    no_settings: bool,
}

impl Reporting {
    /// The settings in force.
    pub fn settings(&self, manner: Manner) -> Result<Settings, Error> {
        let settings = Settings::load(self.settings.as_deref(), self.no_settings)?;
        if let Some(file) = &settings.file {
            note(manner.quiet, &format!("settings: {}", path_text(file)));
        }
        Ok(settings)
    }

    /// The format of the results.
    pub fn format(&self, set: &Set<'_>) -> Result<&'static Format, Error> {
        match (&self.format, &set.settings.format) {
            (None, Some(name)) => {
                format(set.known(name, "format", report::FORMATS.iter().map(|format| format.name))?)
            }
            (name, _) => format(name.as_deref().unwrap_or("text")),
        }
    }

    /// Whether the results go to a file.
    pub fn is_file(&self) -> bool {
        file(self.output.as_ref()).is_some()
    }

    /// The run with these reports, severities and baselines.
    pub fn run<'c>(&self, run: Run<'c>, set: &Set<'_>, manner: Manner) -> Result<Run<'c>, Error> {
        let mut run = run.policy(self.policy(set.settings)?).fail_on(self.fail_on(set)?);
        run = run.category(self.category()?);
        for (format, destination) in self.reports(set, manner)? {
            run = run.report(&format, destination);
        }
        if let Some(path) = self.baseline(Some(set.settings))? {
            run = run.baseline(path);
        }
        if let Some(path) = &self.write_baseline {
            run = run.write_baseline(path);
        }
        Ok(if self.prune_baseline { run.prune_baseline() } else { run })
    }

    /// Where the results go, and then each further report.
    pub fn reports(&self, set: &Set<'_>, manner: Manner) -> Result<Vec<(String, Destination)>, Error> {
        let to = file(self.output.as_ref());
        let main = to.map_or_else(Destination::stdout, Destination::from);
        let main = main.colored(manner.colors(to.is_some()));
        let read = |text: &String| {
            let wanted = wanted(text).map_err(|message| set.wrong("report", message))?;
            set.settings.may_write("report", &wanted.path)?;
            Ok(wanted)
        };
        let set_reports = set.settings.report.iter().map(read);
        let more: Vec<Wanted> = if self.report.is_empty() {
            set_reports.collect::<Result<_, Error>>()?
        } else {
            self.report.clone()
        };
        let main = std::iter::once((self.format(set)?.name.to_owned(), main));
        Ok(main.chain(more.into_iter().map(|Wanted { format, path }| (format, path.into()))).collect())
    }

    /// The minimum severity of findings on which the run fails.
    pub fn fail_on(&self, set: &Set<'_>) -> Result<Option<Severity>, Error> {
        let least = set.choice(self.fail_on, set.settings.fail_on.as_deref(), "fail-on")?;
        Ok(least.unwrap_or(FailOn::Error).severity())
    }

    /// Severities of the settings, and those of flags instead.
    pub fn policy(&self, settings: &Settings) -> Result<Policy, Error> {
        let mut policy = Policy::default();
        for (rule, severity) in settings.severities()?.into_iter().chain(self.severity.iter().copied()) {
            policy.set(rule, severity);
        }
        Ok(policy)
    }

    /// The baseline to read or prune. One to prune that the settings name lies in their folder: they may come with somebody
    /// else's repository.
    pub fn baseline<'b>(&'b self, settings: Option<&'b Settings>) -> Result<Option<&'b Path>, Error> {
        let set = settings.and_then(|settings| Some((settings, settings.baseline.as_deref()?)));
        match (self.baseline.as_deref(), set) {
            (None, Some((settings, path))) => {
                if self.prune_baseline {
                    settings.may_write("baseline", path)?;
                }
                Ok(Some(path))
            }
            (None, None) if self.prune_baseline => {
                let what = "no baseline to prune: name one with --baseline";
                Err(Error::new(ErrorKind::Usage, "--prune-baseline", what))
            }
            (flag, _) => Ok(flag),
        }
    }

    /// What reports show.
    pub fn shown(&self, set: &Set<'_>) -> Result<Shown, Error> {
        let max_findings = self.max_findings.or(set.settings.max_findings);
        let least = set.choice(self.min_severity, set.settings.min_severity.as_deref(), "min-severity")?;
        let min_severity = least.map(Level::severity);
        Ok(Shown { options: Options { color: false, max_findings, min_severity }, min_sarif: None })
    }

    /// The category of the analysis.
    pub fn category(&self) -> Result<Option<String>, Error> {
        if self.sarif_category.as_ref().is_some_and(|name| name.trim_matches('/').is_empty()) {
            return Err(Error::new(ErrorKind::Usage, "--sarif-category", "names nothing"));
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
    let (name, path) = text.split_once('=').ok_or("is not FORMAT=FILE")?;
    let format = format(name).map_err(|error| error.message())?;
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

fn severity(text: &str) -> Result<(&'static Rule, Option<Severity>), String> {
    let (id, level) = text.split_once('=').ok_or("not of the form RULE=LEVEL")?;
    settings::decision(id, level)
}
