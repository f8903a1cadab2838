//! Exit codes.

use std::process::ExitCode;

use clients_contract::report::Outcome;
use clients_contract::{Error, ErrorKind};

/// The exit codes, all of them. They never depend on the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Fine = 0,
    /// Findings at or above `--fail-on`; a schema file that is stale.
    Findings = 1,
    /// Wrong usage or settings.
    Usage = 2,
    /// Could not answer, or not all of it: unreadable input, a bad schema, nothing to check.
    Incomplete = 3,
    /// Hung up (SIGHUP), after what was found was reported.
    HungUp = 129,
    /// Interrupted (SIGINT), after what was found was reported.
    Interrupted = 130,
    /// Terminated (SIGTERM), after what was found was reported.
    Terminated = 143,
}

impl Exit {
    /// Every exit code with what it means.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Fine, "no findings at or above --fail-on"),
        (Self::Findings, "findings"),
        (Self::Usage, "usage error"),
        (Self::Incomplete, "incomplete (unreadable input, invalid schema, nothing to validate)"),
        (Self::Interrupted, "ended by SIGINT"),
        (Self::Terminated, "ended by SIGTERM"),
        (Self::HungUp, "ended by SIGHUP"),
    ];

    /// The code for a job that could not be done.
    pub fn of(error: &Error) -> Self {
        if error.kind() == ErrorKind::Usage { Self::Usage } else { Self::Incomplete }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Fine,
            Outcome::Fail => Self::Findings,
            Outcome::Incomplete => Self::Incomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
