//! What reports list of all that was found.

use clap::{Args, ValueEnum};
use clients_contract::report::{Options, Report};
use clients_contract::{Error, ErrorKind, Severity};

use super::set::Set;
use crate::reports::Shown;

/// Options of reports, of whichever command.
#[derive(Debug, Args)]
pub struct Listing {
    /// Minimum severity of the findings that reports list; exit code, counts and baselines do not depend on it
    /// [default: info; warning for drift in SARIF]
    #[arg(long, value_name = "SEVERITY", value_enum, ignore_case = true)]
    min_severity: Option<Level>,
    /// Category of the analysis in SARIF, for code scanning that keeps several of one commit apart
    #[arg(long, value_name = "NAME")]
    sarif_category: Option<String>,
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

impl Listing {
    /// What a report shows: with colours or without, and so many causes.
    pub fn shown(&self, set: &Set<'_>, color: bool, max_findings: Option<usize>) -> Result<Shown, Error> {
        let max_findings = max_findings.or(set.settings.max_findings);
        let least = set.choice(self.min_severity, set.settings.min_severity.as_deref(), "min-severity")?;
        let min_severity = least.map(Level::severity);
        Ok(Shown { options: Options { color, max_findings, min_severity }, min_sarif: None })
    }

    /// Names the category in a report.
    pub fn name(&self, report: &mut Report) -> Result<(), Error> {
        if self.sarif_category.as_ref().is_some_and(|name| name.trim_matches('/').is_empty()) {
            return Err(Error::new(ErrorKind::Usage, "--sarif-category", "names nothing"));
        }
        report.category.clone_from(&self.sarif_category);
        Ok(())
    }
}
