//! How bad is a change, and whom does it hurt?

use super::fact::{Effect, Fact};
use super::rules::{self, NOBODY};
use super::witness::Shown;
use crate::finding::{Rule, Severity};

/// What is thought of a fact: the rule, how bad it is, whom it hurts. `shown` is asked, where the fact alone does not
/// settle it, whether a value that is new was found.
pub(super) fn judge(
    fact: &Fact,
    shown: impl FnOnce() -> Shown,
) -> Option<(&'static Rule, Severity, &'static str)> {
    let rule = rules::about(&fact.change, fact.place.tokens().is_empty())?;
    let grave = rule.severity == Severity::Error;
    let severity = match fact.effect {
        Effect::Widens | Effect::Unknown if grave => match shown() {
            Shown::InPayload | Shown::AtPlace => Severity::Error,
            Shown::Nowhere if fact.certain => Severity::Error,
            // What was not looked for to the end counts as found.
            Shown::Stopped if fact.effect == Effect::Widens => Severity::Error,
            Shown::Nowhere | Shown::Impossible | Shown::Stopped => Severity::Warning,
        },
        Effect::Widens | Effect::Unknown => Severity::Warning,
        // What only narrows, or does nothing, is never an error.
        Effect::Narrows | Effect::Neither if grave => Severity::Info,
        Effect::Narrows | Effect::Neither => rule.severity,
    };
    let hurts = match fact.effect {
        Effect::Narrows | Effect::Neither if grave => NOBODY,
        Effect::Widens | Effect::Unknown if rule.help == NOBODY => {
            "Consumers that rely on what was promised before: by this a new value may come through."
        }
        _ => rule.help,
    };
    Some((rule, severity, hurts))
}
