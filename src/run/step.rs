//! Steps of a run: payloads, skipped entries and problems.

use crate::error::Error;
use crate::payload::{Payload, Skipped};
use crate::validate::Validation;

/// One step of a run, in the order of its input.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are of the largest kind")]
pub enum Step {
    /// A payload, what was found in it, and how many bytes it has: those of a large one are gone by now.
    Validated(Payload, Validation, u64),
    /// An entry of a capture, or another part of a file, that is skipped.
    Skipped(Skipped),
    /// Files of a directory that are skipped.
    Files(u64),
    /// Something that could not be read or validated.
    Problem(Error),
}

/// What comes next.
pub(super) enum Raw {
    /// Payloads to validate.
    Bodies(Vec<Payload>),
    /// A payload to validate while it is read; see [`Input::large`](super::input::Input::large).
    Large(Payload),
    /// Nothing to validate.
    Done(Step),
}

pub(super) fn problem(error: Error) -> Raw {
    Raw::Done(Step::Problem(error))
}
