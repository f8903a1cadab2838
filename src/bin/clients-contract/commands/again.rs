//! Validates traffic against the suggested schema.

use std::path::PathBuf;

use clients_contract::Error;
use clients_contract::drift::{Learner, Profile, Refused, Suggestion};
use clients_contract::run::{Session, Step};

use super::inputs::{self, Reread};
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::narrator::Narrator;
use crate::output::note;
use crate::progress::When;

/// Times that all traffic is read again, at most. One is enough unless a value hides what else is wrong with
/// it.
const MAX_PASSES: usize = 5;

/// Names what was not learned.
pub fn report(suggestion: &Suggestion) {
    for left in &suggestion.left {
        note(false, &format!("error: not learned: {left}"));
    }
}

/// Traffic that can be read again, and how.
pub struct Again {
    /// The files; `None` where there is something else among the input.
    files: Option<Vec<PathBuf>>,
    reread: Reread,
}

impl Again {
    pub fn of(session: &Session, reread: Reread) -> Self {
        Self { files: session.regular_files(), reread }
    }

    /// Changes the schema until it accepts the traffic: first the payloads that are kept, then all that can
    /// be read again. What is refused all the same is in the suggestion, and is reported.
    pub fn learn(
        &self,
        mut learner: Learner<'_>,
        seen: &Profile,
        refused: Option<Refused>,
        global: GlobalArgs,
    ) -> Result<Suggestion, Error> {
        learner.learn(&seen.refusals);
        let is_from_profiles = refused.is_none();
        let tried = match refused {
            Some(refused) => self.try_all(&mut learner, refused, global)?,
            // The files are profiles.
            None => false,
        };
        if !tried && learner.is_changed() {
            let what = if is_from_profiles {
                "schema not verified on payloads: profiles hold none"
            } else {
                "schema verified on one payload per finding only: not all input can be read again"
            };
            note(global.quiet, what);
        }
        let suggestion = learner.finish();
        report(&suggestion);
        if let [first, others @ ..] = &suggestion.unlisted[..] {
            let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
            let why = "the object is described in another document, or in a condition only";
            note(global.quiet, &format!("not listed: {first}{more}: {why}"));
        }
        Ok(suggestion)
    }

    /// Whether all traffic was read again.
    fn try_all(
        &self,
        learner: &mut Learner<'_>,
        mut refused: Refused,
        global: GlobalArgs,
    ) -> Result<bool, Error> {
        for pass in 1..=MAX_PASSES {
            learner.verify(&refused);
            if !learner.is_changed() {
                return Ok(true);
            }
            let Some(files) = &self.files else { return Ok(false) };
            let still = self.pass(files.clone(), learner, global)?;
            if interrupt::pressed() {
                return Ok(false);
            }
            let is_refused = learner.is_refused(&still.refusals);
            let has_changed = learner.learn(&still.refusals);
            if is_refused && (pass == MAX_PASSES || !has_changed) {
                learner.leave(&still.refusals);
            }
            if !has_changed {
                return Ok(true);
            }
            refused.merge(still);
        }
        Ok(true)
    }

    /// What the schema as it is now refuses of all traffic.
    fn pass(&self, files: Vec<PathBuf>, learner: &Learner<'_>, global: GlobalArgs) -> Result<Refused, Error> {
        let validator = learner.validator()?;
        let narrator = Narrator::new(When::Auto, global, false);
        let Reread { contract, reading, jobs } = &self.reread;
        let run = inputs::run(&narrator, contract).sources(files).reading(reading.clone()).jobs(*jobs);
        let mut refused = Refused::default();
        run.validator(validator).open()?.each(None, |step| {
            if let Step::Validated(payload, validation, _) = step
                && learner.learns_from(&validation)
            {
                refused.add(payload.bytes(), &validation);
            }
            Ok(!interrupt::pressed())
        })?;
        narrator.end_progress();
        Ok(refused)
    }
}
